import type { DiagnoseOptions } from '../../diagnostics/diagnose.js'
import type { Diagnosis, DiagnosisCode } from '../../diagnostics/types.js'
import { readSettings } from '../../node/load-config.js'
import { diagnoseFrom } from '../../node/diagnose.js'
import { normalizeOrigin } from '../../diagnostics/origin.js'
import { ConfigurationError } from '../../errors/errors.js'
import { type Arguments, UsageError } from '../arguments.js'
import { CONNECTION_OPTIONS, type Command, JSON_OPTION } from '../command.js'
import { givenOptions, placesOf } from '../connection.js'
import { type IO, interruptSignal } from '../io.js'
import { jsonLines } from '../json.js'
import { SERVES_PAGES_ONLY, START_WITH_ORIGIN } from '../proxy/server.js'
import { FAILED, IS_PROXY, asCommandLineStep } from '../report-error.js'
import { styleFor } from '../style.js'
import { oneLine } from '../text.js'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Finds out why a server cannot be used, and what to do',
  positionals: '[endpoint]',
  count: { min: 0, max: 1 },
  options: {
    origin: { type: 'string', value: 'url', description: 'also check what a browser refuses pages of this origin' },
    ...CONNECTION_OPTIONS,
    timeout: { type: 'string', value: 'seconds', description: 'time limit of a request (default: 5)' },
    ...JSON_OPTION,
  },
  details: `
Exit code: 0 if the server can be used, 1 if not, 2 for a command line that cannot be understood.

  lmstudio-provider doctor
  lmstudio-provider doctor http://192.168.1.20:1234
  lmstudio-provider doctor --origin https://app.example
`,
  async run(args, io) {
    const origin = originOf(args)
    const { signal, release } = interruptSignal(io)
    try {
      const endpoint = endpointSetting(args, io)
      const diagnosis = await diagnoseFrom(diagnoseOptions(args, io, { signal, origin }), placesOf(io))
      if (args.flag('json')) io.stdout.write(jsonLines({ endpoint, ...diagnosis }, 2))
      else printChecklist({ endpoint, origin, diagnosis }, io)
      return diagnosis.code === 'ok' ? 0 : FAILED
    } finally {
      release()
    }
  },
}

/** @throws {@link UsageError} the option is not an origin */
function originOf(args: Arguments): string | undefined {
  const given = args.text('origin')
  try {
    return given === undefined ? undefined : normalizeOrigin(given)
  } catch (error) {
    if (!ConfigurationError.isInstance(error)) throw error
    throw new UsageError(`${error.message.replace('The option origin', '--origin')} ${error.hint}`)
  }
}

function diagnoseOptions(
  args: Arguments,
  io: IO,
  { signal, origin }: { readonly signal: AbortSignal; readonly origin: string | undefined },
): DiagnoseOptions {
  return { ...givenOptions(args, io, args.positionals[0]), signal, ...(origin === undefined ? {} : { origin }) }
}

interface EndpointSetting {
  readonly value: string
  readonly source: string
}

function endpointSetting({ positionals: [given] }: Arguments, io: IO): EndpointSetting {
  return given === undefined ? readSettings(placesOf(io)).config.endpoint : { value: given, source: 'argument' }
}

interface Stage {
  readonly title: string
  /** The diagnoses with which it fails. */
  readonly codes: readonly DiagnosisCode[]
}

/** What a server needs to be usable, in the order in which it is checked. */
const STAGES: readonly Stage[] = [
  { title: 'A server responds', codes: ['not-running', 'timeout', 'dns', 'tls', 'offline', 'unknown'] },
  { title: 'It is a model server', codes: ['server-error', 'wrong-service', 'wrong-path'] },
  { title: 'It accepts the token, or needs none', codes: ['auth-required', 'auth-rejected'] },
  { title: 'It has models', codes: ['no-models'] },
  { title: 'Its version has all routes', codes: ['old-version'] },
]

/**
 * Returns the stages in the order in which their failures take precedence: what a browser refuses hides whether a server
 * accepts the token and has models.
 */
function stagesFor(origin: string | undefined): readonly Stage[] {
  const [reachable, ...others] = STAGES
  return origin === undefined
    ? STAGES
    : [reachable!, { title: `A browser lets pages of ${oneLine(origin)} use it`, codes: [] }, ...others]
}

/** Returns the index of the stage that failed. Diagnoses of no stage are those of a browser, which come second. */
function failedStage(code: DiagnosisCode, stages: readonly Stage[]): number {
  if (code === 'ok') return stages.length
  const failed = stages.findIndex(({ codes }) => codes.includes(code))
  return failed < 0 ? 1 : failed
}

interface Checklist {
  readonly endpoint: EndpointSetting
  readonly origin: string | undefined
  readonly diagnosis: Diagnosis
}

function printChecklist({ endpoint, origin, diagnosis }: Checklist, io: IO): void {
  const { code, summary, evidence } = diagnosis
  const style = styleFor(io.stdout, io.env)
  const print = (line: string): unknown => io.stdout.write(`${line}\n`)
  print(`${style.bold(oneLine(endpoint.value))} ${style.dim(`(${oneLine(endpoint.source)})`)}`)
  const stages = stagesFor(origin)
  const failed = failedStage(code, stages)
  for (const [index, { title }] of stages.entries()) {
    if (index < failed) print(`  ${style.green('✔')} ${title}`)
    else if (index === failed) print(`  ${style.red('✖')} ${title}`)
    else print(style.dim(`  – ${title}`))
  }
  print('')
  print(code === 'ok' ? style.green(oneLine(summary)) : `${style.red(oneLine(summary))} ${style.dim(`[${code}]`)}`)
  for (const step of stepsOf(diagnosis, origin)) print(`  ${style.dim('→')} ${oneLine(asCommandLineStep(step))}`)
  // A failed request is both the summary and the evidence.
  const facts = evidence.filter((line) => line !== summary)
  if (facts.length > 0) print('')
  for (const line of facts) print(style.dim(oneLine(line)))
}

function stepsOf({ code, summary, steps, evidence }: Diagnosis, origin: string | undefined): readonly string[] {
  const text = [summary, ...evidence].join('\n')
  if (text.includes(START_WITH_ORIGIN)) return [`Start the proxy with \`--origin ${origin}\`.`]
  if (text.includes(SERVES_PAGES_ONLY)) {
    return [
      `${IS_PROXY}: add the \`--origin\` of a page that it allows.`,
      'Or run `doctor` with the address of the server behind the proxy.',
    ]
  }
  // CORS lets every page in. The proxy lets in only the pages of one origin.
  return code === 'cors-disabled' && origin !== undefined
    ? [...steps, `Or leave CORS off and run \`npx lmstudio-provider proxy --origin ${origin}\`.`]
    : steps
}

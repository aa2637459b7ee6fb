import type { DiagnoseOptions } from '../../diagnostics/diagnose.js'
import type { Diagnosis, DiagnosisCode } from '../../diagnostics/types.js'
import { readSettings } from '../../node/load-config.js'
import { diagnoseFrom } from '../../node/diagnose.js'
import type { Arguments } from '../arguments.js'
import { CONNECTION_OPTIONS, type Command, JSON_OPTION } from '../command.js'
import { givenOptions, placesOf } from '../connection.js'
import { type IO, interruptSignal } from '../io.js'
import { FAILED, errorToJSON, reportError } from '../report-error.js'
import { styleFor } from '../style.js'
import { oneLine } from '../text.js'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Finds out why a server cannot be used, and what to do',
  positionals: '[endpoint]',
  count: { min: 0, max: 1 },
  options: {
    ...CONNECTION_OPTIONS,
    timeout: { type: 'string', value: 'seconds', description: 'time limit of a request (default: 5)' },
    ...JSON_OPTION,
  },
  details: `
Exit code: 0 if the server can be used, else 1.

  lmstudio-provider doctor
  lmstudio-provider doctor http://192.168.1.20:1234
`,
  async run(args, io) {
    const { signal, release } = interruptSignal(io)
    try {
      const endpoint = endpointSetting(args, io)
      const diagnosis = await diagnoseFrom(diagnoseOptions(args, io, signal), placesOf(io))
      if (args.flag('json')) io.stdout.write(`${JSON.stringify({ endpoint, ...diagnosis }, undefined, 2)}\n`)
      else printChecklist(endpoint, diagnosis, io)
      return diagnosis.code === 'ok' ? 0 : FAILED
    } catch (error) {
      if (args.flag('json')) io.stdout.write(`${JSON.stringify({ error: errorToJSON(error) })}\n`)
      return reportError(error, io, 'doctor')
    } finally {
      release()
    }
  },
}

function diagnoseOptions(args: Arguments, io: IO, signal: AbortSignal): DiagnoseOptions {
  return { ...givenOptions(args, io, args.positionals[0]), signal }
}

interface EndpointSetting {
  readonly value: string
  readonly source: string
}

function endpointSetting({ positionals: [given] }: Arguments, io: IO): EndpointSetting {
  return given === undefined ? readSettings(placesOf(io)).config.endpoint : { value: given, source: 'argument' }
}

/** What a server needs to be usable, in the order in which it is checked. */
const STAGES = [
  'A server answers',
  'It is a model server',
  'It accepts the token',
  'It has models',
  'Its version has all routes',
] as const

/** The stage at which each diagnosis fails. */
const FAILED_STAGE: Readonly<Record<Exclude<DiagnosisCode, 'ok'>, number>> = {
  'not-running': 0,
  timeout: 0,
  dns: 0,
  tls: 0,
  offline: 0,
  unknown: 0,
  // Only a page in a browser gets these: nothing reached the server.
  'cors-disabled': 0,
  'permission-required': 0,
  'permission-denied': 0,
  'mixed-content': 0,
  'insecure-context': 0,
  'server-error': 1,
  'wrong-service': 1,
  'wrong-path': 1,
  'auth-required': 2,
  'auth-rejected': 2,
  'no-models': 3,
  'old-version': 4,
}

function printChecklist(endpoint: EndpointSetting, { code, summary, steps, evidence }: Diagnosis, io: IO): void {
  const style = styleFor(io.stdout, io.env)
  const print = (line: string): unknown => io.stdout.write(`${line}\n`)
  print(`${style.bold(oneLine(endpoint.value))} ${style.dim(`(${oneLine(endpoint.source)})`)}`)
  const failed = code === 'ok' ? STAGES.length : FAILED_STAGE[code]
  for (const [index, stage] of STAGES.entries()) {
    if (index < failed) print(`  ${style.green('✔')} ${stage}`)
    else if (index === failed) print(`  ${style.red('✖')} ${stage}`)
    else print(style.dim(`  – ${stage}`))
  }
  print('')
  print(code === 'ok' ? style.green(oneLine(summary)) : `${style.red(oneLine(summary))} ${style.dim(`[${code}]`)}`)
  for (const step of steps) print(`  ${style.dim('→')} ${oneLine(step)}`)
  print('')
  for (const line of evidence) print(style.dim(oneLine(line)))
}

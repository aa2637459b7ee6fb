import { resolve } from 'node:path'
import type { LMStudioOptions } from '../../config/options.js'
import { closestMatch } from '../../utils/edit-distance.js'
import { type Arguments, UsageError } from '../arguments.js'
import { CONNECTION_OPTIONS, type Command, JSON_OPTION } from '../command.js'
import { apiTokenOf, completedOptions } from '../connection.js'
import { INTERRUPTED, type IO, Interrupted, interruptSignal } from '../io.js'
import { jsonLines } from '../json.js'
import { FAILED, USAGE, reportError } from '../report-error.js'
import { styleFor } from '../style.js'
import { oneLine } from '../text.js'
import { counts } from '../verify/counts.js'
import { PROBES } from '../verify/probes/index.js'
import { type VerifyOptions, type VerifyReport, verifyServer } from '../verify/run.js'
import type { Finding, ProbeResult } from '../verify/types.js'
import { toJSONReport, writeReport } from '../verify/write-report.js'
import { packageVersion } from '../version.js'

const DEFAULT_FOLDER = 'lmstudio-verify'
// A model may be loaded for the first request.
const DEFAULT_PROBE_SECONDS = 120
const DEFAULT_TOTAL_SECONDS = 900

export const verify: Command = {
  name: 'verify',
  summary: 'Compares a server with what docs/http-api.md assumes, and records its responses',
  positionals: '<endpoint>',
  count: { min: 1, max: 1 },
  options: {
    model: { type: 'string', value: 'id', description: 'chat model (default: a loaded one)' },
    'embedding-model': { type: 'string', value: 'id', description: 'embedding model (default: a loaded one)' },
    'decision-model': { type: 'string', value: 'id', description: 'decision model (default: a loaded one)' },
    only: { type: 'string', value: 'group', multiple: true, description: 'run one group of checks, such as Tools' },
    'allow-load': { type: 'boolean', description: 'load and unload models' },
    out: { type: 'string', value: 'folder', description: `where the report is written (default: ${DEFAULT_FOLDER})` },
    timeout: {
      type: 'string',
      value: 'seconds',
      description: `limit of one group (default: ${DEFAULT_PROBE_SECONDS})`,
    },
    'total-timeout': {
      type: 'string',
      value: 'seconds',
      description: `limit of the whole run (default: ${DEFAULT_TOTAL_SECONDS})`,
    },
    ...CONNECTION_OPTIONS,
    ...JSON_OPTION,
  },
  details: `
Works with LM Studio, llama.cpp, Ollama, vLLM and other OpenAI-compatible servers. Sends about 40 requests, most of
which read or generate a few sentences. Nothing is loaded or unloaded without --allow-load.
Exit code: 0 if every assumption that was tried held, 1 if one did not, 2 if the server cannot be used, 130 after Ctrl+C.

  lmstudio-provider verify http://127.0.0.1:1234
  lmstudio-provider verify http://127.0.0.1:8080 --out llama-cpp --json
`,
  async run(args, io) {
    const { signal, release } = interruptSignal(io)
    const isJSON = args.flag('json')
    try {
      const provider = completedOptions(args, io, args.positionals[0])
      const report = await verifyServer({ ...readOptions(args, provider, signal), ...(isJSON ? {} : progress(io)) })
      const token = await apiTokenOf(provider)
      const folder = resolve(io.cwd, args.text('out') ?? DEFAULT_FOLDER)
      const metadata = {
        date: new Date().toISOString(),
        version: packageVersion(),
        secrets: token === undefined ? [] : [token],
      }
      writeReport(folder, report, metadata)
      if (isJSON) io.stdout.write(jsonLines(toJSONReport(report, metadata), 2))
      else printSummary(report, folder, io)
      if (signal.aborted) return INTERRUPTED
      return counts(report.results).failed === 0 && report.stopped === undefined ? 0 : FAILED
    } catch (error) {
      const code = reportError(error, io, { command: 'verify', isJSON })
      return error instanceof Interrupted ? code : USAGE
    } finally {
      release()
    }
  },
}

function readOptions(args: Arguments, provider: LMStudioOptions, signal: AbortSignal): VerifyOptions {
  return {
    provider,
    model: args.text('model'),
    embeddingModel: args.text('embedding-model'),
    decisionModel: args.text('decision-model'),
    only: readProbes(args.list('only')),
    allowLoad: args.flag('allow-load'),
    probeTimeout: (args.integer('timeout', 1, 86_400) ?? DEFAULT_PROBE_SECONDS) * 1000,
    totalTimeout: (args.integer('total-timeout', 1, 86_400) ?? DEFAULT_TOTAL_SECONDS) * 1000,
    signal,
  }
}

/** Returns the names of the probes, however they are capitalized; `undefined` for all. */
function readProbes(groups: readonly string[]): readonly string[] | undefined {
  const names = PROBES.map(({ name }) => name)
  const found = groups.map((group) => {
    const name = names.find((one) => one.toLowerCase() === group.toLowerCase())
    if (name !== undefined) return name
    const match = closestMatch(group, names)
    const suggestion =
      match === undefined ? `The groups are ${names.join(', ')}.` : `Did you mean ${JSON.stringify(match)}?`
    throw new UsageError(`Unknown group ${JSON.stringify(group)}. ${suggestion}`)
  })
  return found.length === 0 ? undefined : found
}

/** Prints the results during the run. */
function progress({ stdout, env }: IO): Pick<VerifyOptions, 'onStart' | 'onResult'> {
  const style = styleFor(stdout, env)
  const marks: Readonly<Record<Finding['outcome'], string>> = {
    held: style.green('✔'),
    failed: style.red('✖'),
    'not-tried': style.dim('–'),
  }
  return {
    onStart({ server, endpoint, model, embeddingModel }) {
      const version = server.version === undefined ? '' : ` ${oneLine(server.version)}`
      stdout.write(`${style.bold(server.kind + version)} at ${endpoint}\n`)
      stdout.write(`Model: ${oneLine(model ?? 'none')}; embedding model: ${oneLine(embeddingModel ?? 'none')}\n`)
    },
    onResult({ probe, findings }: ProbeResult) {
      stdout.write(`\n${style.bold(probe)}\n`)
      for (const { section, assumption, outcome, detail } of findings) {
        const line = `${section.padEnd(5)} ${assumption}`
        stdout.write(`  ${marks[outcome]} ${outcome === 'not-tried' ? style.dim(line) : line}\n`)
        if (detail !== undefined && outcome !== 'held') stdout.write(`          ${style.dim(oneLine(detail))}\n`)
      }
    },
  }
}

function printSummary({ results, stopped }: VerifyReport, folder: string, { stdout, env }: IO): void {
  const style = styleFor(stdout, env)
  const { held, failed, notTried } = counts(results)
  const failures = failed === 0 ? `${failed} did not hold` : style.red(`${failed} did not hold`)
  stdout.write(`\n${style.green(`${held} held`)}, ${failures}, ${notTried} could not be tried.\n`)
  if (stopped !== undefined) stdout.write(`${style.yellow('The report is incomplete:')} ${stopped}.\n`)
  stdout.write(`Report: ${folder}\n`)
}

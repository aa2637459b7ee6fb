import { splitHint } from '../errors/error-codes.js'
import { ProviderError } from '../errors/provider-error.js'
import { toSafeText } from '../errors/redact.js'
import { UsageError } from './arguments.js'
import { INTERRUPTED, type IO, Interrupted } from './io.js'
import { jsonLines } from './json.js'
import { SERVES_PAGES_ONLY } from './proxy/server.js'
import { styleFor } from './style.js'
import { oneLine } from './text.js'

/** What a step says of the proxy of this package. */
export const IS_PROXY = 'This is `lmstudio-provider proxy`, which responds only to web pages'

/** Exit code for a failure, and for a command line that cannot be understood. */
export const FAILED = 1
export const USAGE = 2

/** The command that failed. */
export interface FailedCommand {
  readonly command: string | undefined
  /** Whether a program reads standard output. */
  readonly isJSON: boolean
}

/** Prints why a command failed, and returns the exit code. */
export function reportError(error: unknown, io: IO, { command, isJSON }: FailedCommand): number {
  if (isJSON) io.stdout.write(jsonLines({ error: errorToJSON(error) }))
  if (error instanceof Interrupted) return INTERRUPTED
  if (error instanceof UsageError) {
    const help = ['npx lmstudio-provider', command, '--help'].filter(Boolean).join(' ')
    printError(io, error.message, [`Run ${help} to see the options.`])
    return USAGE
  }
  if (ProviderError.isInstance(error)) printError(io, error.message, stepsOf(error))
  else printError(io, error instanceof Error ? error.message : String(error), [])
  return FAILED
}

/** Returns the hint of an error as steps for the command line. */
function stepsOf(error: ProviderError): readonly string[] {
  return error.message.includes(SERVES_PAGES_ONLY)
    ? [`${IS_PROXY}: use the address of the server behind the proxy.`]
    : splitHint(error).map(asCommandLineStep)
}

/** Replaces the options of the library that a hint names by those of the command line. */
export const asCommandLineStep = (step: string): string =>
  COMMAND_LINE_TEXTS.reduce((text, [code, replacement]) => text.replace(code, replacement), step)

const COMMAND_LINE_TEXTS = [
  ['Set `allowRemote: true`', 'Pass `--allow-remote`'],
  ['as `apiToken`', 'as `--api-token`'],
  [
    '`listModels()` returns the `type` and `capabilities` of each model',
    '`npx lmstudio-provider models` lists the type of each model',
  ],
  ['What arrived of a stream is in `partial`', 'What had arrived is above'],
] as const

/** Prints that a port is in use, and returns the exit code. */
export function reportPortInUse(io: IO, port: number, owner = ''): number {
  printError(io, `Port ${port} is in use${owner}.`, ['Pass another --port, or --port 0 for a free one.'])
  return FAILED
}

/** Prints a cause, then what to do. */
function printError({ stderr, env }: IO, cause: string, steps: readonly string[]): void {
  const style = styleFor(stderr, env)
  stderr.write(`${style.red('error:')} ${oneLine(cause, 1000)}\n`)
  for (const step of steps) stderr.write(`  ${style.dim('→')} ${oneLine(step)}\n`)
}

function errorToJSON(error: unknown): unknown {
  if (ProviderError.isInstance(error)) return error.toJSON()
  return error instanceof Error
    ? { name: error.name, message: toSafeText(error.message) }
    : { message: toSafeText(String(error)) }
}

import { tmpdir } from 'node:os'
import { PassThrough, Readable } from 'node:stream'
import type { IO, InterruptSignal } from '../../src/cli/io.js'
import { runCLI } from '../../src/cli/run-cli.js'

export interface CLIOptions {
  /** What standard input holds, or the stream itself; it is empty by default. `keepOpen` leaves it open for {@link RunningCLI.type}. */
  readonly stdin?: string | Readable
  readonly keepOpen?: boolean
  /** Whether the streams are a terminal. @default false */
  readonly isTTY?: boolean
  /** Whether standard output is a file or a pipe, also where the other streams are a terminal. @default false */
  readonly isPiped?: boolean
  /** Width of the terminal, in characters. */
  readonly columns?: number
  readonly env?: Record<string, string>
  readonly cwd?: string
}

export interface CLIResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCLI {
  readonly result: Promise<CLIResult>
  /** What was printed so far. */
  readonly stdout: () => string
  /** Resolves once standard output contains a text. */
  readonly printed: (text: string) => Promise<void>
  /** Resolves once standard error contains a text. */
  readonly reported: (text: string) => Promise<void>
  readonly type: (text: string) => void
  readonly endInput: () => void
  readonly interrupt: (signal?: InterruptSignal) => void
}

/** Runs the command line in this process, with streams and signals of its own. */
export function startCLI(args: readonly string[], options: CLIOptions = {}): RunningCLI {
  const { stdin = '', keepOpen = false, isTTY = false, isPiped = false, columns, env = {}, cwd = tmpdir() } = options
  const typed = new PassThrough()
  if (typeof stdin === 'string' && stdin !== '') typed.write(stdin)
  if (!keepOpen) typed.end()
  const input = Object.assign(stdin instanceof Readable ? stdin : typed, { isTTY })
  const stdout = createOutput(isTTY && !isPiped)
  const stderr = createOutput(isTTY)
  const listeners = new Set<(signal: InterruptSignal) => void>()
  const io: IO = {
    stdin: input,
    stdout: Object.assign(stdout.stream, { columns }),
    stderr: stderr.stream,
    env,
    cwd,
    onInterrupt(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const result = runCLI(args, io).then((code) => ({ code, stdout: stdout.text(), stderr: stderr.text() }))
  return {
    result,
    stdout: stdout.text,
    printed: stdout.printed,
    reported: stderr.printed,
    type: (text) => typed.write(text),
    endInput: () => typed.end(),
    interrupt: (signal = 'SIGINT') => {
      for (const listener of listeners) listener(signal)
    },
  }
}

/** Runs the command line to its end. */
export const cli = (args: readonly string[], options?: CLIOptions): Promise<CLIResult> => startCLI(args, options).result

/** A writable stream that keeps its text. */
function createOutput(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY })
  let text = ''
  const waiting = new Set<() => void>()
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    for (const check of waiting) check()
  })
  const printed = (expected: string): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!text.includes(expected)) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  // What is written synchronously before the end is still in the stream's buffer.
  const flushed = (): string => {
    const rest = stream.read() as string | null
    if (rest !== null) text += rest
    return text
  }
  return { stream, text: flushed, printed }
}

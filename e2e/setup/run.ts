import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'

/** A Node program under test. */
export interface Run extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams
  /** The output so far, of both streams. */
  readonly output: () => string
  /** Resolves once the output contains `text`. */
  printed(text: string): Promise<void>
  readonly exitCode: Promise<number | null>
}

/** Starts a Node program. Disposing kills it if it is still running. */
export function run(cwd: string, args: readonly string[], environment: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...environment } })
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  const watchers = new Set<() => void>()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const watch of watchers) watch()
    })
  }
  return {
    child,
    exitCode,
    output: () => output,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          if (output.includes(text)) resolve()
        }
        watchers.add(watch)
        child.once('close', () =>
          reject(new Error(`The program ended without printing ${JSON.stringify(text)}: ${output}`)),
        )
        watch()
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exitCode
    },
  }
}

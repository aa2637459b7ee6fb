import type { IO, InterruptSignal } from './io.js'

/** Exit code of a process whose reader went away: 128 plus the number of SIGPIPE. */
const BROKEN_PIPE = 141

const SIGNALS: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM']

/** Returns the streams, environment and signals of this process. */
export function createProcessIO(): IO {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // `… | head` closes the pipe early, and the rest is not read.
      process.exit(error.code === 'EPIPE' ? BROKEN_PIPE : 1)
    })
  }
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    onInterrupt(listener) {
      for (const signal of SIGNALS) process.on(signal, listener)
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener)
      }
    },
  }
}

/** A stream that text is written to. */
export interface Output {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** Everything that a command uses of its process, so that tests can replace it. */
export interface IO {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Calls the listener for each signal, which then does not end the process. Returns a function that stops this. */
  readonly onInterrupt: (listener: (signal: InterruptSignal) => void) => () => void
}

/** Ctrl+C, or a request of another program to end. */
export type InterruptSignal = 'SIGINT' | 'SIGTERM'

/** Exit code of a process that Ctrl+C ended: 128 plus the number of SIGINT. */
export const INTERRUPTED = 130

/** Returns a signal that the first Ctrl+C aborts, and a function that ends this. */
export function interruptSignal(io: IO): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController()
  const release = io.onInterrupt(() => controller.abort(new Interrupted()))
  return { signal: controller.signal, release }
}

/** Resolves at the first Ctrl+C from now on. */
export async function untilInterrupted(io: IO): Promise<void> {
  let release: (() => void) | undefined
  await new Promise<void>((resolve) => {
    release = io.onInterrupt(() => resolve())
  })
  release?.()
}

/** The reason of an abort by Ctrl+C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  constructor() {
    super('Interrupted.')
  }
}

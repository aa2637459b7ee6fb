import { ProviderError } from './provider-error.js'

/** How many callers the stack of an error names. Several calls may share one request, and so one error. */
const callerCounts = /* @__PURE__ */ new WeakMap<object, number>()
// A tool loop and the stream of one of its rounds.
const MAX_CALLERS = 2

/** The stack of a public call, as far as the engine can capture it. */
export interface CallerStack {
  readonly stack?: string
}

/**
 * Captures the line that called the public function `verb`. Cheap: the text is made when it is read.
 *
 * @remarks
 * V8 follows `await` from function to function, but not through shared promises and streams. There the stack of an error
 * would end inside this library.
 */
export function captureCaller(verb: (...args: never[]) => unknown): CallerStack {
  const caller: { stack?: string } = {}
  // Firefox before 138 and Safari before 26 do not have it.
  ;(Error as Partial<ErrorConstructor>).captureStackTrace?.(caller, verb)
  return caller
}

/** Adds the caller's line to the stack of an error of this package and returns the error. Other errors stay as they are. */
export function addCaller(error: unknown, caller: CallerStack): unknown {
  try {
    if (ProviderError.isInstance(error)) appendFrames(error, caller)
  } catch {
    // An application can freeze errors, and `Error.prepareStackTrace` can throw. The error matters more than its stack.
  }
  return error
}

function appendFrames(error: Error, { stack }: CallerStack): void {
  // `Error.prepareStackTrace` can make anything of a stack.
  if (typeof stack !== 'string' || typeof error.stack !== 'string') return
  const count = callerCounts.get(error) ?? 0
  if (count >= MAX_CALLERS) return
  callerCounts.set(error, count + 1)
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  const missing = frames.filter((frame) => !error.stack!.includes(frame.trim().replace(/^at (async )?/, '')))
  error.stack = [error.stack, ...missing].join('\n')
}

/** Runs a public call; the stack of its error names the line that called `verb`. */
export async function withCaller<T>(verb: (...args: never[]) => unknown, run: () => Promise<T>): Promise<T> {
  const caller = captureCaller(verb)
  try {
    return await run()
  } catch (error) {
    throw addCaller(error, caller)
  }
}

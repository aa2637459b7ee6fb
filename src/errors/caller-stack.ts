/** Errors whose stack already names a caller: several calls may share one request, and so one error. */
const named = /* @__PURE__ */ new WeakSet<object>()

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

/** Adds the caller's line to the stack of an error, once, and returns the error. */
export function addCaller(error: unknown, { stack }: CallerStack): unknown {
  if (!(error instanceof Error) || stack === undefined || error.stack === undefined || named.has(error)) return error
  named.add(error)
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  const missing = frames.filter((frame) => !error.stack!.includes(frame.trim().replace(/^at (async )?/, '')))
  if (missing.length > 0) error.stack = [error.stack, ...missing].join('\n')
  return error
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

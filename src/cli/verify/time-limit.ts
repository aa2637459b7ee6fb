/** A signal that aborts with its parent, or when its time is over. */
export interface TimeLimit {
  readonly signal: AbortSignal
  /** Ends the limit. Must be called, or the timer keeps the process alive. */
  readonly release: () => void
}

/** Limits the time of some work. `AbortSignal.any` is not used: Node 20 may collect its sources before they abort. */
export function createTimeLimit(parent: AbortSignal, ms: number, message: string): TimeLimit {
  const controller = new AbortController()
  const abort = (): void => controller.abort(parent.reason)
  const timer = setTimeout(() => controller.abort(new Error(message)), ms)
  if (parent.aborted) abort()
  else parent.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer)
      parent.removeEventListener('abort', abort)
    },
  }
}

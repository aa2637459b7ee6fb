/** Nothing to do: for promises whose failure somebody else reports. */
export const ignore = (): void => {}

interface FanOut {
  readonly runs: Set<() => void>
  readonly fire: () => void
}

const fanOuts = new WeakMap<AbortSignal, FanOut>()

/**
 * Runs `run` when the signal aborts; what is returned ends that.
 *
 * @remarks
 * One listener serves all who wait for a signal: a page's one signal for a hundred calls would make Node warn of a leak,
 * and adding to a long list of listeners is linear there.
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  const fanOut = fanOuts.get(signal) ?? open(signal)
  fanOut.runs.add(run)
  return () => {
    fanOut.runs.delete(run)
    if (fanOut.runs.size > 0) return
    signal.removeEventListener('abort', fanOut.fire)
    if (fanOuts.get(signal) === fanOut) fanOuts.delete(signal)
  }
}

function open(signal: AbortSignal): FanOut {
  const runs = new Set<() => void>()
  const fire = (): void => {
    fanOuts.delete(signal)
    for (const run of runs) run()
  }
  const fanOut = { runs, fire }
  fanOuts.set(signal, fanOut)
  signal.addEventListener('abort', fire, { once: true })
  return fanOut
}

/** Throws the reason of a signal that has aborted. React Native's signals have no `throwIfAborted`. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw signal.reason
}

/** Rejects with the signal's reason the moment it aborts, even when `promise` does not listen to it. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) {
    promise.catch(ignore)
    return Promise.reject(signal.reason as Error)
  }
  return new Promise<T>((resolve, reject) => {
    const stop = onAbort(signal, () => reject(signal.reason as Error))
    const settle =
      <V>(settled: (value: V) => void) =>
      (value: V): void => {
        stop()
        settled(value)
      }
    promise.then(settle(resolve), settle(reject))
  })
}

export const isSignal = (value: unknown): value is AbortSignal =>
  typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value

/** Lets the controller follow `signal`; what is returned ends that, so that a long-lived signal collects no listeners. */
export function followSignal(controller: AbortController, signal: AbortSignal | undefined): () => void {
  // What is none is refused by whoever checks the options, with words for it.
  if (!isSignal(signal)) return ignore
  const follow = (): void => controller.abort(signal.reason)
  if (!signal.aborted) return onAbort(signal, follow)
  follow()
  return ignore
}

/** Waits, or rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const elapsed = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  return raceAbort(elapsed, signal).finally(() => clearTimeout(timer))
}

/** The reason of an abort that was given none. */
export function abortError(message: string): DOMException {
  return new DOMException(message, 'AbortError')
}

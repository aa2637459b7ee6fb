/** Does nothing. For promises whose rejection is reported elsewhere. */
export const ignore = (): void => {}

interface FanOut {
  readonly callbacks: Set<() => void>
  readonly onAbort: () => void
}

const fanOuts = /* @__PURE__ */ new WeakMap<AbortSignal, FanOut>()

/**
 * Calls `callback` when the signal aborts. The returned function removes the callback.
 *
 * @remarks
 * All callbacks of a signal share one listener. With one listener each, Node would warn of a leak as soon as a program uses
 * one signal for a dozen calls, and adding a listener to a long list takes linear time there.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const fanOut = fanOuts.get(signal) ?? createFanOut(signal)
  fanOut.callbacks.add(callback)
  return () => {
    fanOut.callbacks.delete(callback)
    if (fanOut.callbacks.size > 0) return
    signal.removeEventListener('abort', fanOut.onAbort)
    if (fanOuts.get(signal) === fanOut) fanOuts.delete(signal)
  }
}

function createFanOut(signal: AbortSignal): FanOut {
  const callbacks = new Set<() => void>()
  const onAbort = (): void => {
    fanOuts.delete(signal)
    for (const callback of callbacks) callback()
  }
  const fanOut = { callbacks, onAbort }
  fanOuts.set(signal, fanOut)
  signal.addEventListener('abort', onAbort, { once: true })
  return fanOut
}

/** Throws the reason of a signal that has aborted. Signals in React Native do not have `throwIfAborted`. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw signal.reason
}

/** Rejects with the signal's reason as soon as it aborts, even if `promise` ignores the signal. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) {
    promise.catch(ignore)
    return Promise.reject(signal.reason as Error)
  }
  return new Promise<T>((resolve, reject) => {
    const stop = onAbort(signal, () => reject(signal.reason as Error))
    const stopAnd =
      <V>(settle: (value: V) => void) =>
      (value: V): void => {
        stop()
        settle(value)
      }
    promise.then(stopAnd(resolve), stopAnd(reject))
  })
}

/**
 * Resolves to the result of `run`, or to `undefined` if `run` fails or takes longer than `ms`. For functions of the platform
 * and of the application, which may never settle, throw at once, or return no promise.
 *
 * @param run - receives a signal that aborts at the end in any case, so that nothing is left running
 *
 * @throws the reason of `signal`, as soon as it aborts
 */
export async function tryWithin<T>(
  ms: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => T | PromiseLike<T>,
): Promise<T | undefined> {
  throwIfAborted(signal)
  const controller = new AbortController()
  const unfollow = followSignal(controller, signal)
  const timer = setTimeout(() => controller.abort(), ms)
  try {
    return await raceAbort(Promise.resolve(controller.signal).then(run), controller.signal)
  } catch {
    throwIfAborted(signal)
    return undefined
  } finally {
    clearTimeout(timer)
    unfollow()
    controller.abort()
  }
}

/** Tests whether a value is an AbortSignal, of any realm or polyfill. */
export const isSignal = (value: unknown): value is AbortSignal =>
  typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value

/**
 * Aborts the controller when `signal` aborts. The returned function ends that, so that a long-lived signal does not collect
 * listeners.
 */
export function followSignal(controller: AbortController, signal: AbortSignal | undefined): () => void {
  // The check of the options rejects a value that is not a signal, with a message of its own.
  if (!isSignal(signal)) return ignore
  const follow = (): void => controller.abort(signal.reason)
  if (!signal.aborted) return onAbort(signal, follow)
  follow()
  return ignore
}

/**
 * Waits.
 *
 * @param ms - time to wait, in ms
 *
 * @throws the signal's reason, as soon as it aborts
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const elapsed = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  return raceAbort(elapsed, signal).finally(() => clearTimeout(timer))
}

/** Creates the reason of an abort for which the caller gave none. */
export function abortError(message: string): DOMException {
  return new DOMException(message, 'AbortError')
}

/** Whether an error is an abort: by its name, or because it is the reason of this signal. */
export function isAbortOf(error: unknown, signal: AbortSignal | undefined): boolean {
  // Next.js has a class of its own for a client that leaves.
  const isNamed = ['AbortError', 'ResponseAborted'].includes(
    String((error as { readonly name?: unknown } | null)?.name),
  )
  return isNamed || (signal?.aborted === true && error === signal.reason)
}

/** Nothing to do: for promises whose failure somebody else reports. */
export const ignore = (): void => {}

/** Rejects with the signal's reason the moment it aborts, even when `promise` does not listen to it. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) {
    promise.catch(ignore)
    return Promise.reject(signal.reason as Error)
  }
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    const settle =
      <V>(settled: (value: V) => void) =>
      (value: V): void => {
        signal.removeEventListener('abort', onAbort)
        settled(value)
      }
    promise.then(settle(resolve), settle(reject))
  })
}

/** Lets the controller follow `signal`; what is returned ends that, so that a long-lived signal collects no listeners. */
export function followSignal(controller: AbortController, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return ignore
  const follow = (): void => controller.abort(signal.reason)
  if (signal.aborted) follow()
  else signal.addEventListener('abort', follow, { once: true })
  return () => signal.removeEventListener('abort', follow)
}

/** Waits, or rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error)
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** The reason of an abort that was given none. */
export function abortError(message: string): DOMException {
  return new DOMException(message, 'AbortError')
}

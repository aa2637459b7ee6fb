/** All waiting of the mock, so that a test can release it and nothing is left over after a reset. */
export interface Waits {
  /** Resolves after `ms`; rejects with the signal's reason, or with the reason given to `clear`. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Resolves when released; rejects with the signal's reason, or with the reason given to `clear`. */
  hold(signal: AbortSignal): Promise<void>
  /** Resolves every current `hold`. */
  release(): void
  /** Resolves as soon as something is held. */
  whenHeld(): Promise<void>
  /** Rejects every wait. */
  clear(reason: unknown): void
}

export function createWaits(): Waits {
  const held = new Set<() => void>()
  const rejects = new Set<(reason: unknown) => void>()
  let heldWatchers: (() => void)[] = []

  /** Runs `start`, which resolves the promise it is given and returns its cleanup; a signal and `clear` reject it. */
  const wait = (signal: AbortSignal | undefined, start: (resolve: () => void) => () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const cleanUp = (): void => {
        stop()
        rejects.delete(rejectWait)
        signal?.removeEventListener('abort', onAbort)
      }
      const rejectWait = (reason: unknown): void => {
        cleanUp()
        reject(reason)
      }
      const onAbort = (): void => rejectWait(signal?.reason)
      const stop = start(() => {
        cleanUp()
        resolve()
      })
      rejects.add(rejectWait)
      signal?.addEventListener('abort', onAbort, { once: true })
    })

  return {
    sleep: (ms, signal) =>
      wait(signal, (resolve) => {
        const timer = setTimeout(resolve, ms)
        return () => clearTimeout(timer)
      }),

    hold: (signal) =>
      wait(signal, (resolve) => {
        held.add(resolve)
        const watchers = heldWatchers
        heldWatchers = []
        for (const notify of watchers) notify()
        return () => held.delete(resolve)
      }),

    release: () => {
      for (const resolve of held) resolve()
    },

    whenHeld: () =>
      held.size > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            heldWatchers.push(resolve)
          }),

    clear: (reason) => {
      for (const reject of rejects) reject(reason)
    },
  }
}

/** Settles like `promise`, but rejects with the signal's reason as soon as it aborts. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Everything the mock waits for, so that a test can let it go and nothing outlives a reset. */
export interface Waits {
  /** Resolves after `ms`; rejects with the signal's reason, if there is one, or when cleared. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Resolves when released; rejects with the signal's reason or when cleared. */
  hold(signal: AbortSignal): Promise<void>
  release(): void
  whenHeld(): Promise<void>
  /** Ends every wait by rejecting it. */
  clear(reason: unknown): void
}

export function createWaits(): Waits {
  const held = new Set<() => void>()
  const ends = new Set<(reason: unknown) => void>()
  let watchers: (() => void)[] = []

  /** A promise that a signal and `clear` can end; `start` gets its resolve and gives back what undoes the wait. */
  const wait = (signal: AbortSignal | undefined, start: (resolve: () => void) => () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const settle = (): void => {
        undo()
        ends.delete(end)
        signal?.removeEventListener('abort', onAbort)
      }
      const end = (reason: unknown): void => {
        settle()
        reject(reason)
      }
      const onAbort = (): void => end(signal?.reason)
      const undo = start(() => {
        settle()
        resolve()
      })
      ends.add(end)
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
        const told = watchers
        watchers = []
        for (const tell of told) tell()
        return () => held.delete(resolve)
      }),

    release: () => {
      for (const letGo of held) letGo()
    },

    whenHeld: () =>
      held.size > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            watchers.push(resolve)
          }),

    clear: (reason) => {
      for (const end of ends) end(reason)
    },
  }
}

/** The promise, or the signal's reason, whichever comes first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

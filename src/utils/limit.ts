import { raceAbort } from './abort.js'

/** When to stop waiting for a promise that may never settle, and what to do then. */
export interface Limit<T> {
  /** In ms. */
  readonly ms: number
  readonly signal?: AbortSignal | undefined
  /** Returns the result once the time is over, or throws. */
  readonly onExpired: () => T
}

/**
 * Waits for a promise of other code, which may never settle.
 *
 * @throws the signal's reason, as soon as it aborts
 */
export async function withLimit<T>(promise: Promise<T>, { ms, signal, onExpired }: Limit<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)))
  const settled = promise.then((value) => ({ value }))
  try {
    const first = await raceAbort(Promise.race([settled, expired]), signal)
    return first === undefined ? onExpired() : first.value
  } finally {
    clearTimeout(timer)
  }
}

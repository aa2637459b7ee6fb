import { ignore, tryWithin } from '../utils/abort.js'

/** The part of the Web Locks API that is used. */
interface Scope {
  readonly navigator?: {
    readonly locks?: {
      request(name: string, options: { signal: AbortSignal }, run: () => unknown): Promise<unknown>
    }
  }
}

/**
 * Waits for a lock that all tabs and workers of the origin share, and resolves to the function that frees it.
 *
 * @remarks
 * The lock only avoids work that is done twice, so no call fails without it: without Web Locks (older browsers, plain
 * http, most servers), where the page may not use them, and once the wait has taken `ms`, this resolves to a function that
 * does nothing. The browser frees the lock of a tab that is closed or crashes.
 *
 * @throws the signal's reason, as soon as it aborts
 */
export async function acquireTabLock(name: string, ms: number, signal: AbortSignal | undefined): Promise<() => void> {
  const { locks } = (globalThis as Scope).navigator ?? {}
  if (typeof locks?.request !== 'function') return ignore
  let release: () => void = ignore
  try {
    await tryWithin(
      ms,
      signal,
      (waiting) =>
        new Promise<void>((resolve, reject) => {
          const held = new Promise<void>((end) => (release = end))
          const onTurn = (): Promise<void> | undefined => {
            // Nothing would free a lock that is granted after the wait.
            if (waiting.aborted) return undefined
            resolve()
            return held
          }
          locks.request(name, { signal: waiting }, onTurn).catch(reject)
        }),
    )
    return release
  } catch (error) {
    // It may have been granted in the same turn.
    release()
    throw error
  }
}

import { onAbort } from './abort.js'

/** Returns the slot; further calls do nothing. */
type Release = () => void

/** Limits how many holders there are at a time. Others wait in order of arrival. */
export interface Semaphore {
  /** Takes a slot if one is free now. */
  tryAcquire(): Release | undefined
  /** Waits for a slot. Rejects with the signal's reason if it aborts first. */
  acquire(signal?: AbortSignal): Promise<Release>
}

/** Creates a semaphore with `size` slots. */
export function createSemaphore(size: number): Semaphore {
  let free = size
  const waiting = new Set<() => void>()

  function createRelease(): Release {
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const [next] = waiting
      if (next === undefined) free++
      else next()
    }
  }

  function tryAcquire(): Release | undefined {
    if (free === 0) return undefined
    free--
    return createRelease()
  }

  return {
    tryAcquire,
    acquire(signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
      const release = tryAcquire()
      if (release !== undefined) return Promise.resolve(release)
      return new Promise((resolve, reject) => {
        const onTurn = (): void => {
          stopWaiting()
          resolve(createRelease())
        }
        const stopListening =
          signal &&
          onAbort(signal, () => {
            stopWaiting()
            reject(signal.reason as Error)
          })
        const stopWaiting = (): void => {
          waiting.delete(onTurn)
          stopListening?.()
        }
        waiting.add(onTurn)
      })
    },
  }
}

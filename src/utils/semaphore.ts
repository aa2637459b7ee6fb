import { onAbort } from './abort.js'

/** Lets a number of holders in at a time; the rest wait in order of arrival. */
export interface Semaphore {
  /** The function that gives the place back, when there is a place now. */
  tryAcquire(): (() => void) | undefined
  /** Resolves to the function that gives the place back; rejects with the signal's reason when it aborts first. */
  acquire(signal?: AbortSignal): Promise<() => void>
}

export function createSemaphore(size: number): Semaphore {
  let free = size
  const waiting = new Set<() => void>()

  function enter(): () => void {
    let held = true
    return () => {
      if (!held) return
      held = false
      const [next] = waiting
      if (next === undefined) free++
      else next()
    }
  }

  function tryAcquire(): (() => void) | undefined {
    if (free === 0) return undefined
    free--
    return enter()
  }

  return {
    tryAcquire,
    acquire(signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
      const place = tryAcquire()
      if (place !== undefined) return Promise.resolve(place)
      return new Promise((resolve, reject) => {
        const onTurn = (): void => {
          leave()
          resolve(enter())
        }
        const stop =
          signal &&
          onAbort(signal, () => {
            leave()
            reject(signal.reason as Error)
          })
        const leave = (): void => {
          waiting.delete(onTurn)
          stop?.()
        }
        waiting.add(onTurn)
      })
    },
  }
}

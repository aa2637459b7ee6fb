/** Lets a number of holders in at a time; the rest wait in order of arrival. */
export interface Semaphore {
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

  return {
    acquire(signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
      if (free > 0) {
        free--
        return Promise.resolve(enter())
      }
      return new Promise((resolve, reject) => {
        const onTurn = (): void => {
          leave()
          resolve(enter())
        }
        const onAbort = (): void => {
          leave()
          reject(signal?.reason as Error)
        }
        const leave = (): void => {
          waiting.delete(onTurn)
          signal?.removeEventListener('abort', onAbort)
        }
        waiting.add(onTurn)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
  }
}

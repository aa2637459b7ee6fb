import type { CallOptions, Config } from '../config/options.js'
import { TimeoutError } from '../errors/errors.js'
import { followSignal } from '../utils/abort.js'
import { createSemaphore } from '../utils/semaphore.js'
import type { RequestSpec } from './request-spec.js'

/** Lets `maxConcurrency` generations run at a time. */
export interface GenerationQueue {
  /** Returns the function that frees the slot, or `undefined` when no slot is free. */
  tryEnter(): (() => void) | undefined
  /** Waits in order of arrival, for at most `timeout`, or `generationTimeout` without one. */
  enter(spec: RequestSpec, options: CallOptions): Promise<() => void>
}

export function createGenerationQueue({ maxConcurrency, generationTimeout, endpoint }: Config): GenerationQueue {
  const slots = createSemaphore(maxConcurrency)
  return {
    tryEnter: slots.tryAcquire,
    async enter({ method, route }, options) {
      const limit = options.timeout === undefined ? 'generationTimeout' : 'timeout'
      const timeoutMs = options.timeout ?? generationTimeout
      const waiting = new AbortController()
      const stopFollowing = followSignal(waiting, options.signal)
      const timer = setTimeout(() => {
        const why = `${maxConcurrency} other generations are running (\`maxConcurrency\`)`
        waiting.abort(
          new TimeoutError(`The request waited ${timeoutMs} ms (\`${limit}\`): ${why}, ${method} ${route}.`, {
            code: 'queue-timeout',
            limit,
            timeoutMs,
            endpoint,
          }),
        )
      }, timeoutMs)
      try {
        return await slots.acquire(waiting.signal)
      } finally {
        clearTimeout(timer)
        stopFollowing()
      }
    },
  }
}

import type { CallRecord } from '../call-log.js'
import type { MockFraming } from '../types.js'
import type { Waits } from '../waits.js'
import type { BodySteps } from './steps.js'
import { isConnectionReset } from './wire-response.js'
import { writeSteps } from './write-steps.js'

interface BodyStreamOptions {
  readonly steps: BodySteps
  readonly framing: MockFraming
  readonly waits: Waits
  readonly call: CallRecord
  /** Aborts when the client disconnects or the mock is reset; its reason becomes the error of the body. */
  readonly signal: AbortSignal
  /** Writes the body without waiting for a reader, as into the buffer of a socket: for bodies that already exist. */
  readonly eager: boolean
}

/** Creates a response body from steps. Unless `eager`, a step runs only when a reader asks for its bytes. */
export function createBodyStream(options: BodyStreamOptions): ReadableStream<Uint8Array> {
  const { call, signal } = options
  const stopped = new AbortController()
  const chunks = writeSteps(options.steps, options.framing, options.waits, stopped.signal)
  const listeners = new AbortController()

  const finish = (outcome: 'completed' | 'aborted' | 'dropped'): void => {
    listeners.abort()
    call.finish(outcome)
    if (outcome === 'completed') return
    // The signal wakes a writer that sleeps or is held; `return` closes one that is suspended at a `yield`.
    stopped.abort()
    chunks.return(undefined).catch(() => undefined)
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const onAbort = (): void => {
          controller.error(signal.reason)
          finish(isConnectionReset(signal.reason) ? 'dropped' : 'aborted')
        }
        if (signal.aborted) onAbort()
        else signal.addEventListener('abort', onAbort, { once: true, signal: listeners.signal })
      },
      async pull(controller) {
        try {
          const next = await chunks.next()
          if (call.isFinished) return
          if (next.done === true) {
            controller.close()
            finish('completed')
          } else {
            controller.enqueue(next.value.bytes)
            call.eventsSent += next.value.events
          }
        } catch (error) {
          if (call.isFinished) return
          controller.error(error)
          finish('dropped')
        }
      },
      cancel() {
        finish('aborted')
      },
    },
    // Not `Infinity`: workerd accepts integers only.
    { highWaterMark: options.eager ? Number.MAX_SAFE_INTEGER : 0 },
  )
}

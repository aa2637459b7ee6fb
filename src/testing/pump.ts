import type { CallRecord } from './call-log.js'
import type { Step } from './steps.js'
import type { MockFraming } from './types.js'
import type { Waits } from './waits.js'
import { isDrop } from './wire-reply.js'
import { writeSteps } from './write-steps.js'

interface PumpOptions {
  readonly steps: Iterable<Step> | AsyncIterable<Step>
  readonly framing: MockFraming
  readonly waits: Waits
  readonly call: CallRecord
  /** Aborts when the client goes away or the mock is reset; its reason becomes the body's error. */
  readonly signal: AbortSignal
  /** A body that is already there goes out without waiting for a reader, as into a socket's buffer. */
  readonly eager: boolean
}

/** The response body of some steps. Nothing is made before a reader asks for it, unless `eager`. */
export function pump(options: PumpOptions): ReadableStream<Uint8Array> {
  const { call, signal } = options
  const gone = new AbortController()
  const source = writeSteps(options.steps, options.framing, options.waits, gone.signal)
  const listeners = new AbortController()

  const finish = (how: 'completed' | 'aborted' | 'dropped'): void => {
    listeners.abort()
    call.finish(how)
    if (how === 'completed') return
    // A writer that waits in a sleep or hold is woken by the signal; one that rests at a yield is closed by `return`.
    gone.abort()
    source.return(undefined).catch(() => undefined)
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const stop = (): void => {
          controller.error(signal.reason)
          finish(isDrop(signal.reason) ? 'dropped' : 'aborted')
        }
        if (signal.aborted) stop()
        else signal.addEventListener('abort', stop, { once: true, signal: listeners.signal })
      },
      async pull(controller) {
        try {
          const next = await source.next()
          if (call.isOver) return
          if (next.done === true) {
            controller.close()
            finish('completed')
          } else {
            controller.enqueue(next.value.bytes)
            call.eventsSent += next.value.events
          }
        } catch (error) {
          if (call.isOver) return
          controller.error(error)
          finish('dropped')
        }
      },
      cancel() {
        finish('aborted')
      },
    },
    // Not Infinity: workerd takes whole numbers only.
    { highWaterMark: options.eager ? Number.MAX_SAFE_INTEGER : 0 },
  )
}

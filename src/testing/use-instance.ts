import type { Exchange } from './exchange.js'
import type { Instance } from './state.js'

/** Records that a call uses an instance until it is over: an instance in use is not idle. */
export function markUsed({ call, settings }: Exchange, { activity }: Instance): void {
  activity.users += 1
  void call.finished.then(() => {
    activity.users -= 1
    activity.lastUsedAt = settings.now()
  })
}

/**
 * Resolves when a prediction may start. It counts until its call is over; the predictions beyond `parallel` wait in
 * order of arrival. Rejects with the signal's reason when the client disconnects before its turn.
 */
export async function takeTurn({ call, settings, signal }: Exchange, { activity }: Instance): Promise<void> {
  signal.throwIfAborted()
  const { waiting } = activity
  if (activity.running < settings.parallel) {
    activity.running += 1
  } else {
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        waiting.splice(waiting.indexOf(start), 1)
        reject(signal.reason)
      }
      waiting.push(start)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
  void call.finished.then(() => {
    const next = waiting.shift()
    if (next === undefined) activity.running -= 1
    else next()
  })
}

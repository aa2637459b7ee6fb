import { ignore } from '../utils/abort.js'
import type { Attempt } from './attempt.js'

/** Returns an attempt whose body has arrived as a whole, to be read like a stream. */
export function bufferedAttempt({ status, headers, isRedirect, context, sentAt }: Attempt, text: string): Attempt {
  let rest: Uint8Array | undefined = new TextEncoder().encode(text)
  const read = async (): Promise<Uint8Array | undefined> => {
    const bytes = rest
    rest = undefined
    return bytes
  }
  return {
    status,
    headers,
    isRedirect,
    context,
    sentAt,
    isOver: true,
    isBuffered: true,
    onEnd: ignore,
    read,
    peek: async () => text,
    text: async () => text,
    restartIdleTimer: ignore,
    restartFirstByteTimer: ignore,
    drain: ignore,
    close: ignore,
  }
}

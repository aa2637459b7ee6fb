import { createEventStream } from '../streaming/event-stream.js'
import type { ResponseStream } from './types.js'

/** Creates a stream that opens when it is first read; its `text-delta` events are its text. */
export function createResponseStream<Event extends { readonly type: string }, Response>(
  open: Parameters<typeof createEventStream<Event, Response>>[0],
  signal: AbortSignal | undefined,
): ResponseStream<Event, Response> {
  const events = createEventStream(open, signal)
  const stream = {
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
    textStream: events.select((event) =>
      event.type === 'text-delta' ? (event as unknown as { readonly text: string }).text : undefined,
    ),
    toReadableStream: () => events.toReadableStream(),
    abort: (reason?: unknown) => events.abort(reason),
  }
  // Not enumerable, because reading it begins the request: printing or copying the stream must not.
  return Object.defineProperty(stream, 'response', { get: () => events.response }) as ResponseStream<Event, Response>
}

import type { ResponseStream } from './types.js'
import { type EventSource, createEventStream } from '../streaming/event-stream.js'

/** A stream that opens its source when it is first read; `text-delta` events are its text. */
export function createResponseStream<E extends { readonly type: string }, R>(
  begin: (signal: AbortSignal) => Promise<EventSource<E, R>>,
  signal: AbortSignal | undefined,
): ResponseStream<E, R> {
  const events = createEventStream(begin, signal)
  const stream = {
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
    textStream: events.select((event) =>
      event.type === 'text-delta' ? (event as unknown as { readonly text: string }).text : undefined,
    ),
    toReadableStream: () => events.toReadableStream(),
    abort: (reason?: unknown) => events.abort(reason),
  }
  // Hidden from whoever prints or copies the stream: reading it begins the request.
  return Object.defineProperty(stream, 'response', { get: () => events.response }) as ResponseStream<E, R>
}

/** A whole answer as a source of events: for servers that ignore the wish for a stream. */
export function replay<E, R>(events: E[], response: R): EventSource<E, R> {
  return {
    poll: () => events.shift(),
    get isDone() {
      return events.length === 0
    },
    fill: async () => {},
    result: () => response,
    close: () => {},
  }
}

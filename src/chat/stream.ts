import { checkCallOptions } from '../config/resolve.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { CompletionEvent, CompletionRequest, CompletionResponse, CompletionStream } from '../types/completion.js'
import { createEventStream, type EventSource } from '../utils/event-stream.js'
import { ROUTES } from '../wire/routes.js'
import { CompletionSource } from './completion-source.js'
import { fromCompletion } from './from-wire.js'
import { checkRequest } from './request.js'
import { toWireBody } from './to-wire.js'

/**
 * The answer of `POST /v1/chat/completions` as it is made.
 *
 * @param settle - runs the opening of the stream, and may replace its error
 */
export function stream(
  transport: Transport,
  request: CompletionRequest,
  options: CallOptions = {},
  settle: <T>(opening: Promise<T>) => Promise<T> = (opening) => opening,
): CompletionStream {
  const begin = async (signal: AbortSignal): Promise<EventSource<CompletionEvent, CompletionResponse>> => {
    checkCallOptions(options)
    checkRequest(request)
    const body = await toWireBody(request, true)
    const answer = await transport.openStream(
      { method: 'POST', route: ROUTES.chatCompletions, body, kind: 'generation' },
      { ...options, signal },
    )
    if (answer.kind === 'events') return new CompletionSource(answer.exchange, request.model, transport.config.log)
    return replay(fromCompletion(answer.answer, request.model))
  }
  const events = createEventStream((signal) => settle(begin(signal)), options.signal)
  return {
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
    textStream: events.select((event) => (event.type === 'text-delta' ? event.text : undefined)),
    get response() {
      return events.response
    },
    toReadableStream: () => events.toReadableStream(),
    abort: (reason) => events.abort(reason),
  }
}

/** A whole answer as a source of events: for servers that ignore the wish for a stream. */
function replay({
  response,
  events,
}: ReturnType<typeof fromCompletion>): EventSource<CompletionEvent, CompletionResponse> {
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

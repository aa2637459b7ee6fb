import { checkCallOptions } from '../config/resolve.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { CompletionEvent, CompletionRequest, CompletionResponse, CompletionStream } from '../types/completion.js'
import { ignore } from '../utils/abort.js'
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
  settle: <T>(opening: Promise<T>, signal: AbortSignal) => Promise<T> = (opening) => opening,
): CompletionStream {
  const { model } = request ?? {}
  const prepared = prepare(request, options)
  const begin = async (signal: AbortSignal): Promise<EventSource<CompletionEvent, CompletionResponse>> => {
    const body = await prepared()
    const answer = await transport.openStream(
      { method: 'POST', route: ROUTES.chatCompletions, body, kind: 'generation' },
      { ...options, signal },
    )
    if (answer.kind === 'events') return new CompletionSource(answer.exchange, model, transport.config.log)
    return replay(fromCompletion(answer.answer, model))
  }
  const events = createEventStream((signal) => settle(begin(signal), signal), options?.signal)
  const stream = {
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
    textStream: events.select((event) => (event.type === 'text-delta' ? event.text : undefined)),
    toReadableStream: () => events.toReadableStream(),
    abort: (reason?: unknown) => events.abort(reason),
  }
  // Hidden from whoever prints or copies the stream: reading it begins the request.
  return Object.defineProperty(stream, 'response', { get: () => events.response }) as CompletionStream
}

/** Reads the request now, since its owner may change it before the stream is read; what is wrong is told by reading. */
function prepare(request: CompletionRequest, options: CallOptions): () => string | Promise<string> {
  try {
    checkCallOptions(options)
    checkRequest(request)
    const body = toWireBody(request, true)
    if (body instanceof Promise) body.catch(ignore)
    return () => body
  } catch (error) {
    return () => {
      throw error
    }
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

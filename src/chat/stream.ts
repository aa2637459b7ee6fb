import { checkCallOptions } from '../config/resolve.js'
import { answerStream, prepareBody, replay } from '../generation/answer-stream.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { CompletionEvent, CompletionRequest, CompletionResponse, CompletionStream } from '../types/completion.js'
import type { EventSource } from '../utils/event-stream.js'
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
  let model = ''
  const prepared = prepareBody(() => {
    checkCallOptions(options)
    checkRequest(request)
    model = request.model
    return toWireBody(request, true)
  })
  const begin = async (signal: AbortSignal): Promise<EventSource<CompletionEvent, CompletionResponse>> => {
    const body = await prepared()
    const answer = await transport.openStream(
      { method: 'POST', route: ROUTES.chatCompletions, body, kind: 'generation' },
      { ...options, signal },
    )
    if (answer.kind === 'events') return new CompletionSource(answer.exchange, model, transport.config.log)
    const { events, response } = fromCompletion(answer.answer, model)
    return replay(events, response)
  }
  return answerStream((signal) => settle(begin(signal), signal), options?.signal)
}

import { CompletionSource } from '../chat/completion-source.js'
import { fromCompletion } from '../chat/from-wire.js'
import { checkCallOptions } from '../config/resolve.js'
import { answerStream, prepareBody, replay } from '../generation/answer-stream.js'
import { warnOfSubstitution } from '../generation/substitution.js'
import type { RequestSpec, Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { CompletionEvent, CompletionResponse } from '../types/completion.js'
import type { TextCompletionRequest, TextCompletionResponse, TextCompletionStream } from '../types/text-completion.js'
import type { EventSource } from '../utils/event-stream.js'
import { ROUTES } from '../wire/routes.js'
import { toTextBody } from './request.js'

const spec = (body: string): RequestSpec => ({ method: 'POST', route: ROUTES.completions, body, kind: 'generation' })

/** The whole answer of `POST /v1/completions`. */
export async function completeText(
  transport: Transport,
  request: TextCompletionRequest,
  options?: CallOptions,
): Promise<TextCompletionResponse> {
  checkCallOptions(options)
  const body = toTextBody(request, false)
  const { model } = request
  const { response } = fromCompletion(await transport.requestJSON(spec(body), options), model)
  warnOfSubstitution(transport.config.log, model, response.model)
  return response
}

/**
 * The answer of `POST /v1/completions` as it is made.
 *
 * @param settle - runs the opening of the stream, and may replace its error
 */
export function streamCompleteText(
  transport: Transport,
  request: TextCompletionRequest,
  options: CallOptions | undefined,
  settle: <T>(opening: Promise<T>, signal: AbortSignal) => Promise<T>,
): TextCompletionStream {
  let model = ''
  const prepared = prepareBody(() => {
    checkCallOptions(options)
    const body = toTextBody(request, true)
    model = request.model
    return body
  })
  const begin = async (signal: AbortSignal): Promise<EventSource<CompletionEvent, CompletionResponse>> => {
    const body = await prepared()
    const answer = await transport.openStream(spec(body), { ...options, signal })
    if (answer.kind === 'events') return new CompletionSource(answer.exchange, model, transport.config.log)
    const { events, response } = fromCompletion(answer.answer, model)
    return replay(events, response)
  }
  // No other events come: text has no tools and no place for thinking.
  return answerStream((signal) => settle(begin(signal), signal), options?.signal) as TextCompletionStream
}

import { checkCallOptions } from '../config/resolve.js'
import { answerStream, prepareBody, replay } from '../generation/answer-stream.js'
import { warnOfSubstitution } from '../generation/substitution.js'
import type { RequestSpec, Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { RespondEvent, RespondRequest, RespondResponse, RespondStream } from '../types/responses.js'
import type { EventSource } from '../utils/event-stream.js'
import { ROUTES } from '../wire/routes.js'
import { fromResponse } from './from-wire.js'
import { checkRespondRequest } from './request.js'
import { ResponseSource } from './response-source.js'
import { toRespondBody } from './to-wire.js'

const spec = (body: string): RequestSpec => ({ method: 'POST', route: ROUTES.responses, body, kind: 'generation' })

/** The whole answer of `POST /v1/responses`. */
export async function respond(
  transport: Transport,
  request: RespondRequest,
  options?: CallOptions,
): Promise<RespondResponse> {
  checkCallOptions(options)
  checkRespondRequest(request)
  const { model } = request
  const body = await toRespondBody(request, false)
  const { response } = fromResponse(await transport.requestJSON(spec(body), options), model)
  warnOfSubstitution(transport.config.log, model, response.model)
  return response
}

/**
 * The answer of `POST /v1/responses` as it is made.
 *
 * @param settle - runs the opening of the stream, and may replace its error
 */
export function streamRespond(
  transport: Transport,
  request: RespondRequest,
  options: CallOptions | undefined,
  settle: <T>(opening: Promise<T>, signal: AbortSignal) => Promise<T>,
): RespondStream {
  let model = ''
  const prepared = prepareBody(() => {
    checkCallOptions(options)
    checkRespondRequest(request)
    model = request.model
    return toRespondBody(request, true)
  })
  const begin = async (signal: AbortSignal): Promise<EventSource<RespondEvent, RespondResponse>> => {
    const body = await prepared()
    const answer = await transport.openStream(spec(body), { ...options, signal })
    if (answer.kind === 'events') return new ResponseSource(answer.exchange, model, transport.config.log)
    const { events, response } = fromResponse(answer.answer, model)
    return replay(events, response)
  }
  return answerStream((signal) => settle(begin(signal), signal), options?.signal)
}

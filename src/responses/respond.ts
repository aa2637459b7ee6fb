import { ask, askStream, type Asked, type Generation, type Settle } from '../generation/ask.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { RespondEvent, RespondRequest, RespondResponse, RespondStream } from '../types/responses.js'
import { ROUTES } from '../wire/routes.js'
import { fromResponse } from './from-wire.js'
import { checkRespondRequest } from './request.js'
import { ResponseSource } from './response-source.js'
import { toRespondBody } from './to-wire.js'

const generation: Generation<RespondRequest, Asked, RespondEvent, RespondResponse> = {
  route: ROUTES.responses,
  prepare(request, stream) {
    checkRespondRequest(request)
    return { asked: { model: request.model }, body: toRespondBody(request, stream) }
  },
  read: fromResponse,
  Source: ResponseSource,
}

/** The whole answer of `POST /v1/responses`. */
export const respond = (
  transport: Transport,
  request: RespondRequest,
  options?: CallOptions,
): Promise<RespondResponse> => ask(generation, transport, request, options)

/** The answer of `POST /v1/responses` as it is made. */
export const streamRespond = (
  transport: Transport,
  request: RespondRequest,
  options: CallOptions | undefined,
  settle: Settle,
): RespondStream => askStream(generation, transport, request, options, settle)

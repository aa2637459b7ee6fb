import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import {
  type RequestContext,
  type GenerationRoute,
  runGeneration,
  streamGeneration,
} from '../generation/run-generation.js'
import type { Client } from '../http/types.js'
import { checkRespondRequest, toRespondBody } from './request.js'
import { fromResponse } from './response.js'
import { ResponseSource } from './stream.js'
import type { RespondEvent, RespondRequest, RespondResponse, RespondStream } from './types.js'

const generation: GenerationRoute<RespondRequest, RequestContext, RespondEvent, RespondResponse> = {
  route: ROUTES.responses,
  prepare(request, stream) {
    checkRespondRequest(request)
    return { asked: { model: request.model }, body: toRespondBody(request, stream) }
  },
  read: fromResponse,
  Source: ResponseSource,
}

/** The whole answer of `POST /v1/responses`. */
export const respond = (client: Client, request: RespondRequest, options?: CallOptions): Promise<RespondResponse> =>
  runGeneration(generation, client, request, options)

/** The answer of `POST /v1/responses` as it is made. */
export const streamRespond = (client: Client, request: RespondRequest, options?: CallOptions): RespondStream =>
  streamGeneration(generation, client, request, options)

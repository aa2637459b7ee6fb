import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import {
  type GenerationRoute,
  type RequestContext,
  runGeneration,
  streamGeneration,
} from '../generation/run-generation.js'
import { hasImages } from '../generation/messages.js'
import type { Client } from '../http/types.js'
import { toRequestBody, validateRespondRequest } from './request.js'
import { parseRespond } from './response-accumulator.js'
import { RespondParser } from './stream.js'
import type { RespondEvent, RespondRequest, RespondResponse, RespondStream } from './types.js'

const responses: GenerationRoute<RespondRequest, RequestContext, RespondEvent, RespondResponse> = {
  route: ROUTES.responses,
  prepare(request, stream) {
    validateRespondRequest(request)
    const { model, input, tools = [] } = request
    const needs = { vision: typeof input !== 'string' && hasImages(input), toolUse: tools.length > 0 }
    return { context: { model }, body: toRequestBody(request, stream), needs }
  },
  parseResponse: parseRespond,
  createParser: (attempt, context) => new RespondParser(attempt, context),
}

/** Requests a response of the responses route: see {@link LMStudioProvider.respond}. */
export async function respond(
  client: Client,
  request: RespondRequest,
  options?: CallOptions,
): Promise<RespondResponse> {
  return runGeneration(responses, client, { request, options })
}

/** Streams a response of the responses route: see {@link LMStudioProvider.streamRespond}. */
export function streamRespond(client: Client, request: RespondRequest, options?: CallOptions): RespondStream {
  return streamGeneration(responses, client, { request, options })
}

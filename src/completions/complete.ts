import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import {
  type RequestContext,
  type GenerationRoute,
  runGeneration,
  streamGeneration,
} from '../generation/run-generation.js'
import type { CompletionEvent } from '../generation/types.js'
import type { Client } from '../http/types.js'
import type { CompletionResponse } from '../types.js'
import { checkRequest, toWireBody } from './request.js'
import { fromCompletion } from './response.js'
import { CompletionSource } from './stream.js'
import type { CompletionRequest, CompletionStream } from './types.js'

const generation: GenerationRoute<CompletionRequest, RequestContext, CompletionEvent, CompletionResponse> = {
  route: ROUTES.chatCompletions,
  prepare(request, stream) {
    checkRequest(request)
    return { asked: { model: request.model }, body: toWireBody(request, stream) }
  },
  read: fromCompletion,
  Source: CompletionSource,
}

/** The whole answer of `POST /v1/chat/completions`. */
export const complete = (
  client: Client,
  request: CompletionRequest,
  options?: CallOptions,
): Promise<CompletionResponse> => runGeneration(generation, client, request, options)

/** The answer of `POST /v1/chat/completions` as it is made. */
export const stream = (client: Client, request: CompletionRequest, options?: CallOptions): CompletionStream =>
  streamGeneration(generation, client, request, options)

import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import {
  type GenerationRoute,
  type RequestContext,
  runGeneration,
  streamGeneration,
} from '../generation/run-generation.js'
import type { CompletionEvent } from '../generation/types.js'
import type { Client } from '../http/types.js'
import type { CompletionResponse } from '../types.js'
import { toRequestBody, validateCompletionRequest } from './request.js'
import { parseCompletion } from './response.js'
import { CompletionParser } from './stream.js'
import type { CompletionRequest, CompletionStream } from './types.js'

const chatCompletions: GenerationRoute<CompletionRequest, RequestContext, CompletionEvent, CompletionResponse> = {
  route: ROUTES.chatCompletions,
  prepare(request, stream) {
    validateCompletionRequest(request)
    return { context: { model: request.model }, body: toRequestBody(request, stream) }
  },
  parseResponse: parseCompletion,
  createParser: (attempt, context) => new CompletionParser(attempt, context),
}

/** Requests a chat completion: see {@link ModelProvider.complete}. */
export async function complete(
  client: Client,
  request: CompletionRequest,
  options?: CallOptions,
): Promise<CompletionResponse> {
  return runGeneration(chatCompletions, client, { request, options })
}

/** Streams a chat completion: see {@link ModelProvider.stream}. */
export function stream(client: Client, request: CompletionRequest, options?: CallOptions): CompletionStream {
  return streamGeneration(chatCompletions, client, { request, options })
}

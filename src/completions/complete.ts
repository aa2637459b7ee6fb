import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { type GenerationRoute, runGeneration, streamGeneration } from '../generation/run-generation.js'
import type { CompletionEvent } from '../generation/types.js'
import { hasImages } from '../generation/messages.js'
import type { Client } from '../http/types.js'
import type { CompletionResponse } from '../types.js'
import { toRequestBody, validateCompletionRequest } from './request.js'
import { type CompletionContext, parseCompletion } from './response.js'
import { CompletionParser } from './stream.js'
import type { CompletionRequest, CompletionStream } from './types.js'

/**
 * How `POST /v1/chat/completions` generates.
 *
 * @internal
 */
export const chatCompletions: GenerationRoute<
  CompletionRequest,
  CompletionContext,
  CompletionEvent,
  CompletionResponse
> = {
  route: ROUTES.chatCompletions,
  prepare(request, stream, requestsUsage) {
    validateCompletionRequest(request)
    const toolNames = request.tools?.map(({ name }) => name)
    const context = { model: request.model, reading: toolNames && { toolNames } }
    const needs =
      request.model === undefined
        ? { vision: hasImages(request.messages ?? []), toolUse: (request.tools ?? []).length > 0 }
        : undefined
    return { context, body: toRequestBody(request, stream, requestsUsage), needs }
  },
  parseResponse: parseCompletion,
  createParser: (attempt, context, options) => new CompletionParser(attempt, context, options),
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

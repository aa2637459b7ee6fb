import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { type GenerationRoute, runGeneration, streamGeneration } from '../generation/run-generation.js'
import type { Client } from '../http/types.js'
import { checkReasoning } from './check-reasoning.js'
import { toRequestBody, validateChatRequest } from './request.js'
import { type ChatContext, parseChat } from './response.js'
import { ChatParser } from './stream.js'
import type { ChatEvent, ChatRequest, ChatResponse, ChatStream } from './types.js'

const nativeChat: GenerationRoute<ChatRequest, ChatContext, ChatEvent, ChatResponse> = {
  route: ROUTES.nativeChat,
  prepare(request, stream) {
    validateChatRequest(request)
    const { model, reasoning, maxTokens, input } = request
    const needs = { vision: typeof input !== 'string' && input.some(({ type }) => type === 'image') }
    return { context: { model, reasoning, maxTokens }, body: toRequestBody(request, stream), needs }
  },
  preflight: checkReasoning,
  parseResponse: parseChat,
  createParser: (attempt, context) => new ChatParser(attempt, context),
}

/** Requests a turn of LM Studio's own chat: see {@link LMStudioProvider.chat}. */
export async function chat(client: Client, request: ChatRequest, options?: CallOptions): Promise<ChatResponse> {
  return runGeneration(nativeChat, client, { request, options })
}

/** Streams a turn of LM Studio's own chat: see {@link LMStudioProvider.streamChat}. */
export function streamChat(client: Client, request: ChatRequest, options?: CallOptions): ChatStream {
  return streamGeneration(nativeChat, client, { request, options })
}

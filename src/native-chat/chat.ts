import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { type GenerationRoute, runGeneration, streamGeneration } from '../generation/run-generation.js'
import type { Client } from '../http/types.js'
import { checkReasoning } from './check-reasoning.js'
import { checkRequest, toWireBody } from './request.js'
import { type RequestContext, fromChat } from './response.js'
import { ChatSource } from './stream.js'
import type { ChatEvent, ChatRequest, ChatResponse, ChatStream } from './types.js'

const generation: GenerationRoute<ChatRequest, RequestContext, ChatEvent, ChatResponse> = {
  route: ROUTES.nativeChat,
  prepare(request, stream) {
    checkRequest(request)
    const { model, reasoning, maxTokens } = request
    return { asked: { model, reasoning, maxTokens }, body: toWireBody(request, stream) }
  },
  read: fromChat,
  preflight: checkReasoning,
  Source: ChatSource,
}

/** The whole answer of `POST /api/v1/chat`. */
export const chat = (client: Client, request: ChatRequest, options?: CallOptions): Promise<ChatResponse> =>
  runGeneration(generation, client, request, options)

/** The answer of `POST /api/v1/chat` as it is made. */
export const streamChat = (client: Client, request: ChatRequest, options?: CallOptions): ChatStream =>
  streamGeneration(generation, client, request, options)

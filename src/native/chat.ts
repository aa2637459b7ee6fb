import { ask, askStream, type Check, type Generation, type Settle } from '../generation/ask.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { ChatEvent, ChatRequest, ChatResponse, ChatStream } from '../types/chat.js'
import { ROUTES } from '../wire/routes.js'
import { ChatSource } from './chat-source.js'
import { checkReasoning, type Capabilities } from './check-reasoning.js'
import { fromChat, type Asked } from './from-wire.js'
import { checkRequest } from './request.js'
import { toWireBody } from './to-wire.js'

const generation: Generation<ChatRequest, Asked, ChatEvent, ChatResponse> = {
  route: ROUTES.nativeChat,
  prepare(request, stream) {
    checkRequest(request)
    const { model, reasoning, maxTokens } = request
    return { asked: { model, reasoning, maxTokens }, body: toWireBody(request, stream) }
  },
  read: fromChat,
  Source: ChatSource,
}

const check =
  (capabilities: Capabilities): Check<Asked> =>
  (asked, options) =>
    checkReasoning(asked, capabilities, options)

/** The whole answer of `POST /api/v1/chat`. */
export const chat = (
  transport: Transport,
  capabilities: Capabilities,
  request: ChatRequest,
  options?: CallOptions,
): Promise<ChatResponse> => ask(generation, transport, request, options, check(capabilities))

/** The answer of `POST /api/v1/chat` as it is made. */
export const streamChat = (
  transport: Transport,
  capabilities: Capabilities,
  request: ChatRequest,
  options: CallOptions | undefined,
  settle: Settle,
): ChatStream => askStream(generation, transport, request, options, settle, check(capabilities))

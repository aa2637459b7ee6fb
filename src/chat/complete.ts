import { ask, askStream, type Asked, type Generation, type Settle } from '../generation/ask.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { CompletionEvent, CompletionRequest, CompletionResponse, CompletionStream } from '../types/completion.js'
import { ROUTES } from '../wire/routes.js'
import { CompletionSource } from './completion-source.js'
import { fromCompletion } from './from-wire.js'
import { checkRequest } from './request.js'
import { toWireBody } from './to-wire.js'

const generation: Generation<CompletionRequest, Asked, CompletionEvent, CompletionResponse> = {
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
  transport: Transport,
  request: CompletionRequest,
  options?: CallOptions,
): Promise<CompletionResponse> => ask(generation, transport, request, options)

/** The answer of `POST /v1/chat/completions` as it is made. */
export const stream = (
  transport: Transport,
  request: CompletionRequest,
  options: CallOptions | undefined,
  settle: Settle,
): CompletionStream => askStream(generation, transport, request, options, settle)

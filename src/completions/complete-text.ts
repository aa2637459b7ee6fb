import { CompletionSource } from '../chat/completion-source.js'
import { fromCompletion } from '../chat/from-wire.js'
import { ask, askStream, type Asked, type Generation, type Settle } from '../generation/ask.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { CompletionEvent, CompletionResponse } from '../types/completion.js'
import type { TextCompletionRequest, TextCompletionResponse, TextCompletionStream } from '../types/text-completion.js'
import { ROUTES } from '../wire/routes.js'
import { toTextBody } from './request.js'

const generation: Generation<TextCompletionRequest, Asked, CompletionEvent, CompletionResponse> = {
  route: ROUTES.completions,
  prepare: (request, stream) => ({ body: toTextBody(request, stream), asked: { model: request.model } }),
  read: fromCompletion,
  Source: CompletionSource,
}

/** The whole answer of `POST /v1/completions`. */
export const completeText = (
  transport: Transport,
  request: TextCompletionRequest,
  options?: CallOptions,
): Promise<TextCompletionResponse> => ask(generation, transport, request, options)

/** The answer of `POST /v1/completions` as it is made. */
export const streamCompleteText = (
  transport: Transport,
  request: TextCompletionRequest,
  options: CallOptions | undefined,
  settle: Settle,
): TextCompletionStream =>
  // No other events come: text has no tools and no place for thinking.
  askStream(generation, transport, request, options, settle) as TextCompletionStream

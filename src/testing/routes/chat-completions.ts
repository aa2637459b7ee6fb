import type { Exchange } from '../exchange.js'
import { generate } from '../generation.js'
import { asObject, asString } from '../json-values.js'
import { chatCompletion, chatCompletionStream } from '../replies/chat-completion.js'
import { modelUnloaded, throwStringError } from '../replies/errors.js'
import { overflowResponse } from '../replies/overflow.js'
import { isUnloaded, paceWhole } from '../replies/pacing.js'
import { type WireResponse, eventStream, jsonResponse } from '../replies/wire-response.js'
import { readChatRequest } from '../requests/chat-completions.js'
import { resolveModel } from '../resolve-model.js'

/** `POST /v1/chat/completions` and `/api/v0/chat/completions`. */
export async function chatCompletions(exchange: Exchange): Promise<WireResponse> {
  const draft = readChatRequest(exchange)
  const target = await resolveModel(exchange, asString(asObject(exchange.body).model), 'chat')
  const overflow = overflowResponse(draft, target)
  if (overflow !== undefined) return overflow
  const generation = await generate(exchange, draft, target)
  if (draft.stream) return eventStream(chatCompletionStream(exchange, generation))
  await paceWhole(exchange, generation)
  if (isUnloaded(exchange, generation)) throwStringError(modelUnloaded)
  return jsonResponse(chatCompletion(exchange, generation))
}

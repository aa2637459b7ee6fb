import type { Exchange } from '../exchange.js'
import { generate } from '../generation.js'
import { asObject, asString } from '../json-values.js'
import { overflowResponse } from '../replies/overflow.js'
import { paceWhole } from '../replies/pacing.js'
import { textCompletion, textCompletionStream } from '../replies/text-completion.js'
import { type WireResponse, eventStream, jsonResponse } from '../replies/wire-response.js'
import { readCompletionRequest } from '../requests/chat-completions.js'
import { resolveModel } from '../resolve-model.js'

/** `POST /v1/completions` and `/api/v0/completions`: continues the prompt, without a prompt template or reasoning. */
export async function completions(exchange: Exchange): Promise<WireResponse> {
  const draft = readCompletionRequest(exchange)
  const target = await resolveModel(exchange, asString(asObject(exchange.body).model), 'chat')
  const overflow = overflowResponse(draft, target)
  if (overflow !== undefined) return overflow
  const generation = await generate(exchange, draft, target)
  if (draft.stream) return eventStream(textCompletionStream(exchange, generation))
  await paceWhole(exchange, generation)
  return jsonResponse(textCompletion(exchange, generation))
}

import { storeConversation } from '../conversations.js'
import type { Exchange } from '../exchange.js'
import { generate } from '../generation.js'
import { asObject, asString } from '../json-values.js'
import { overflowResponse } from '../replies/overflow.js'
import { paceWhole } from '../replies/pacing.js'
import { responseCallId, responseId, responseObject, responseStream } from '../replies/response-object.js'
import { type WireResponse, eventStream, jsonResponse } from '../replies/wire-response.js'
import { readResponsesRequest } from '../requests/responses.js'
import { resolveModel } from '../resolve-model.js'

/** `POST /v1/responses` */
export async function responses(exchange: Exchange): Promise<WireResponse> {
  const draft = readResponsesRequest(exchange)
  const body = asObject(exchange.body)
  const target = await resolveModel(exchange, asString(body.model), 'chat')
  const overflow = overflowResponse(draft, target)
  if (overflow !== undefined) return overflow
  const generation = await generate(exchange, draft, target)
  const store = (): void => {
    if (body.store === false) return
    // Tool results name a call by the id that the response has shown.
    const toolCalls = generation.toolCalls.map((call) => ({ ...call, id: responseCallId(call) }))
    storeConversation(exchange, responseId(generation), { ...generation, toolCalls })
  }
  if (draft.stream) return eventStream(responseStream(exchange, generation, store))
  await paceWhole(exchange, generation)
  store()
  return jsonResponse(responseObject(exchange, generation))
}

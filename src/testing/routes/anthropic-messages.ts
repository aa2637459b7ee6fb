import type { Exchange } from '../exchange.js'
import { findOverflow, generate } from '../generation.js'
import { asObject, asString } from '../json-values.js'
import { anthropicMessage, anthropicMessageStream } from '../replies/anthropic-message.js'
import { anthropicError, contextExceeded } from '../replies/errors.js'
import { paceWhole } from '../replies/pacing.js'
import { namedFrame } from '../replies/steps.js'
import { type WireResponse, eventStream, jsonResponse } from '../replies/wire-response.js'
import { readAnthropicRequest } from '../requests/anthropic-messages.js'
import { resolveModel } from '../resolve-model.js'

/** `POST /v1/messages`, in the shape of Anthropic's API. */
export async function anthropicMessages(exchange: Exchange): Promise<WireResponse> {
  const draft = readAnthropicRequest(exchange)
  const target = await resolveModel(exchange, asString(asObject(exchange.body).model), 'chat')
  if (findOverflow(draft, target) !== undefined) {
    const error = anthropicError(contextExceeded)
    return draft.stream ? eventStream([namedFrame('error', error)]) : jsonResponse(error, 400)
  }
  const generation = await generate(exchange, draft, target)
  if (draft.stream) return eventStream(anthropicMessageStream(exchange, generation))
  await paceWhole(exchange, generation)
  return jsonResponse(anthropicMessage(generation))
}

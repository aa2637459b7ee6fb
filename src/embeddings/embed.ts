import * as v from 'valibot'
import { toUsage } from '../wire/usage.js'
import { invalidRequest, validateRequest } from '../config/validate.js'
import { InvalidResponseError } from '../errors/api-errors.js'
import { serialise } from '../transport/serialise.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { EmbeddingRequest, EmbeddingResponse } from '../types/embeddings.js'
import { name, textOr } from '../utils/schema.js'
import { embeddingsSchema } from '../wire/embeddings.js'
import { parseWire } from '../wire/parse.js'
import { ROUTES } from '../wire/routes.js'

const requestSchema = v.strictObject({
  model: name,
  input: textOr(v.array(v.string(), 'must be a text or a list of texts: LM Studio takes no token ids')),
})

/** Vectors of texts: `POST /v1/embeddings`. */
export async function embed(
  transport: Transport,
  request: EmbeddingRequest,
  options?: CallOptions,
): Promise<EmbeddingResponse> {
  validateRequest(requestSchema, request)
  const { model, input } = request
  if (Array.isArray(input) && input.length === 0)
    throw invalidRequest([{ path: ['input'], message: 'must hold something to embed' }])
  const answer = await transport.requestJSON(
    { method: 'POST', route: ROUTES.embeddings, body: serialise({ model, input }), kind: 'generation' },
    options,
  )
  const { endpoint } = transport.config
  const wire = parseWire(embeddingsSchema, answer.body, 'The answer', { endpoint })
  const expected = typeof input === 'string' ? 1 : input.length
  // The order of `data` is not promised, `index` is; a server that leaves it out keeps the order.
  const embeddings: number[][] = []
  wire.data.forEach((item, position) => (embeddings[item.index ?? position] = item.embedding))
  const isWhole =
    wire.data.length === expected &&
    embeddings.length === expected &&
    Array.from(embeddings).every((vector) => vector !== undefined && vector.length > 0)
  if (!isWhole) {
    throw new InvalidResponseError(`The answer holds ${wire.data.length} vectors for ${expected} texts.`, {
      code: 'wrong-count',
      endpoint,
    })
  }
  return { model: wire.model || model, embeddings, usage: toUsage(wire.usage), raw: answer.body }
}

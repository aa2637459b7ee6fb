import { InvalidResponseError } from '../errors/api-errors.js'
import { serialise } from '../transport/serialise.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { EmbeddingRequest, EmbeddingResponse } from '../types/embeddings.js'
import { embeddingsSchema } from '../wire/embeddings.js'
import { parseWire } from '../wire/parse.js'
import { ROUTES } from '../wire/routes.js'
import { toUsage } from '../wire/usage.js'

/** Vectors of the texts of one `POST /v1/embeddings`. */
export async function embedBatch(
  transport: Transport,
  { model, input }: EmbeddingRequest,
  options: CallOptions,
): Promise<EmbeddingResponse> {
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
    Array.from(embeddings).every((vector) => vector !== undefined)
  if (!isWhole) {
    throw new InvalidResponseError(`The answer holds ${wire.data.length} vectors for ${expected} texts.`, {
      code: 'wrong-count',
      endpoint,
    })
  }
  return { model: wire.model || model, embeddings, usage: toUsage(wire.usage), raw: answer.body }
}

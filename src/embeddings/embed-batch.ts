import { explainMissingModel } from '../models/missing-model.js'
import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { InvalidResponseError } from '../errors/errors.js'
import { type WireUsage, toUsage, usageSchema } from '../generation/usage.js'
import { serialize } from '../http/serialize.js'
import type { Client } from '../http/types.js'
import { type Nullish, count, text } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'
import type { EmbeddingRequest, EmbeddingResponse } from './types.js'

export interface WireEmbeddings {
  readonly model?: Nullish<string>
  readonly data: readonly { readonly index?: Nullish<number>; readonly embedding: number[] }[]
  readonly usage?: Nullish<WireUsage>
}

// One look instead of a schema per number, and no copy: a batch is a hundred thousand of them.
const isVector = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)

/** Body of `POST /v1/embeddings`. */
export const embeddingsSchema: v.GenericSchema<unknown, WireEmbeddings> = v.looseObject({
  model: text,
  data: v.array(v.looseObject({ index: count, embedding: v.custom<number[]>(isVector) })),
  usage: v.nullish(usageSchema),
})

/** Vectors of the texts of one `POST /v1/embeddings`. */
export async function embedBatch(
  client: Client,
  { model, input }: EmbeddingRequest,
  options: CallOptions,
): Promise<EmbeddingResponse> {
  const spec = {
    method: 'POST',
    route: ROUTES.embeddings,
    body: serialize({ model, input }),
    kind: 'generation',
  } as const
  const answer = await client
    .requestJSON(spec, options)
    .catch((error: unknown) => explainMissingModel(client, error, model, options))
  const { endpoint } = client.config
  const wire = parseResponse(embeddingsSchema, answer.body, 'The answer', { endpoint })
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

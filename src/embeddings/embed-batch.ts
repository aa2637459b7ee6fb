import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { InvalidResponseError } from '../errors/errors.js'
import { toUsage, usageSchema } from '../generation/usage.js'
import type { Client } from '../http/types.js'
import { explainMissingModel } from '../models/missing-model.js'
import { once } from '../utils/once.js'
import { count, text } from '../validation/schema.js'
import { parseResponse, serialize } from '../validation/validate.js'
import type { EmbeddingRequest, EmbeddingResponse } from './types.js'

// One check per vector instead of a schema per number, and no copy: a batch has about 100,000 numbers.
const isVector = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)

/** Response body of `POST /v1/embeddings`. */
export const embeddingsSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    model: text,
    data: v.array(v.looseObject({ index: count, embedding: v.custom<number[]>(isVector) })),
    usage: v.nullish(usageSchema),
  }),
)

type WireEmbeddings = v.InferOutput<ReturnType<typeof embeddingsSchema>>

/** Requests the vectors of one batch with a single `POST /v1/embeddings`. */
export async function embedBatch(
  client: Client,
  { model, input }: EmbeddingRequest,
  options: CallOptions,
): Promise<EmbeddingResponse> {
  const { endpoint } = client.config
  const spec = {
    method: 'POST',
    route: ROUTES.embeddings,
    body: serialize({ model, input }),
    kind: 'generation',
  } as const
  const { body } = await client
    .requestJSON(spec, options)
    .catch((error: unknown) => explainMissingModel(client, error, model, options))
  const wire = parseResponse(embeddingsSchema(), body, 'The response', { endpoint })
  const embeddings = sortByIndex(wire.data, typeof input === 'string' ? 1 : input.length, endpoint)
  return { model: wire.model || model, embeddings, usage: toUsage(wire.usage), raw: body }
}

/** Sorts the vectors into the order of the texts. The order of `data` is not guaranteed, and `index` is optional. */
function sortByIndex(data: WireEmbeddings['data'], length: number, endpoint: string): number[][] {
  const fail = (message: string): never => {
    throw new InvalidResponseError(message, { code: 'wrong-count', endpoint })
  }
  if (data.length !== length) fail(`The number of vectors is wrong: expected ${length}, received ${data.length}.`)
  const embeddings: number[][] = []
  data.forEach(({ index, embedding }, position) => (embeddings[index ?? position] = embedding))
  // `Array.from` turns gaps into `undefined`, which `every` would skip.
  const isComplete = embeddings.length === length && Array.from(embeddings).every((vector) => vector !== undefined)
  return isComplete ? embeddings : fail('The indices of the vectors are wrong: some are missing or occur twice.')
}

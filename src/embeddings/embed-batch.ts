import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { InvalidResponseError } from '../errors/errors.js'
import { toUsage } from '../generation/usage.js'
import type { Client } from '../http/types.js'
import { explainMissingModel } from '../models/missing-model.js'
import { once } from '../utils/once.js'
import { tolerant, optionalCount, optionalText } from '../validation/schema.js'
import { parseResponse, serialize } from '../validation/validate.js'
import type { EmbeddingRequest, EmbeddingResponse } from './types.js'
import { toVector } from './vector.js'

const usageSchema = /* @__PURE__ */ once(() =>
  v.looseObject({ prompt_tokens: optionalCount, completion_tokens: optionalCount, total_tokens: optionalCount }),
)

/** Response body of `POST /v1/embeddings`. The vectors are read on their own, to name the text of one that is missing. */
const embeddingsSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    model: optionalText,
    data: v.array(v.looseObject({ index: tolerant(v.number()), embedding: v.optional(v.unknown()) })),
    usage: tolerant(usageSchema()),
  }),
)

type WireEmbeddings = v.InferOutput<ReturnType<typeof embeddingsSchema>>

/** The texts of one request. */
interface Batch extends Pick<EmbeddingRequest, 'input'> {
  readonly model: string
}

/** Requests the vectors of one batch with a single `POST /v1/embeddings`. */
export async function embedBatch(
  client: Client,
  { model, input }: Batch,
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
  data.forEach(({ index, embedding }, position) => {
    const at = index ?? position
    embeddings[at] = toVector(embedding, `text ${at + 1} of ${length}`, endpoint)
  })
  // `Array.from` turns gaps into `undefined`, which `every` would skip.
  const isComplete = embeddings.length === length && Array.from(embeddings).every((vector) => vector !== undefined)
  return isComplete ? embeddings : fail('The indices of the vectors are wrong: some are missing or occur twice.')
}

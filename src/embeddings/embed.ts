import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ProviderError, attachHidden } from '../errors/provider-error.js'
import { checkModel } from '../generation/run-generation.js'
import { runVerb } from '../http/client.js'
import type { Client } from '../http/types.js'
import { defaultModel } from '../models/pick-model.js'
import { throwIfAborted } from '../utils/abort.js'
import { once } from '../utils/once.js'
import { runParallel } from '../utils/run-parallel.js'
import { type EntriesOf, id, whole } from '../validation/schema.js'
import { readRequest, validateRequest } from '../validation/validate.js'
import { embedBatch } from './embed-batch.js'
import { EmbeddingAccumulator } from './embedding-accumulator.js'
import type { EmbeddingRequest, EmbeddingResponse } from './types.js'

// Larger batches are no faster, because the server embeds one text after the other; with smaller ones the round trips
// become noticeable. 64 vectors of 4096 numbers are about 6 MB of JSON, a tenth of the largest body that is read.
const BATCH_SIZE = 64

const requestSchema = /* @__PURE__ */ once(() => {
  const text = v.custom<string>(
    (value) => typeof value === 'string' && /\S/.test(value),
    'must be a string that is not blank (LM Studio does not accept token ids)',
  )
  const invalid = v.custom<never>(() => false, 'must be a string, or an array of at least one string')
  const input: v.GenericSchema = v.lazy((value) =>
    typeof value === 'string' ? text : Array.isArray(value) && value.length > 0 ? v.array(text) : invalid,
  )
  return v.strictObject({
    model: v.optional(id),
    input,
    batchSize: whole(1, 10_000),
    concurrency: whole(1, 1000),
  } satisfies EntriesOf<EmbeddingRequest>)
})

/** Embeds texts in batches, each with its own `POST /v1/embeddings`. See {@link LMStudioProvider.embed}. */
export function embed(
  client: Client,
  request: EmbeddingRequest,
  options: CallOptions = {},
): Promise<EmbeddingResponse> {
  return runVerb(embed, client, () => embedInBatches(client, request, options))
}

async function embedInBatches(
  client: Client,
  received: EmbeddingRequest,
  options: CallOptions,
): Promise<EmbeddingResponse> {
  checkCallOptions(options)
  // A copy, because the caller may change the list while the batches are sent.
  const request = readRequest(received)
  validateRequest(requestSchema(), request)
  throwIfAborted(options.signal)
  const { endpoint, maxConcurrency } = client.config
  const { input, batchSize = BATCH_SIZE, concurrency = Math.max(1, Math.floor(maxConcurrency / 2)) } = request
  const texts = typeof input === 'string' ? [input] : input
  const model = request.model ?? (await defaultModel(client, { type: 'embedding' }, options))
  const collected = new EmbeddingAccumulator(texts.length, endpoint)
  const rangeOf = (index: number): readonly [from: number, to: number] => [
    index * batchSize,
    Math.min((index + 1) * batchSize, texts.length),
  ]
  const count = Math.ceil(texts.length / batchSize)
  const failure = await runParallel({ count, concurrency, signal: options.signal }, async (index, signal) => {
    const [from, to] = rangeOf(index)
    const batch = { model, input: typeof input === 'string' ? input : texts.slice(from, to) }
    const response = await embedBatch(client, batch, { ...options, signal })
    // Before the vectors are added, since those of another model cannot be compared with them.
    if (collected.isEmpty) checkModel(client.config, model, response)
    collected.add(response, from)
  })
  if (failure === undefined) return collected.response()
  // The vectors of the batches that ran with it are lost, at most `concurrency` - 1 batches.
  const { error, index } = failure
  const [from, to] = rangeOf(index)
  const partial = collected.partial({ from, to })
  // A caller may abort with a ProviderError of another call, which must stay as it is.
  if (partial !== undefined && ProviderError.isInstance(error) && error !== options.signal?.reason) {
    attachHidden(error, 'partial', partial)
  }
  throw error
}

import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { InvalidResponseError } from '../errors/errors.js'
import { ProviderError, attachHidden } from '../errors/provider-error.js'
import { warnAboutSubstitution } from '../generation/model-substitution.js'
import { sumUsage } from '../generation/usage.js'
import type { Client } from '../http/types.js'
import type { Usage } from '../types.js'
import { followSignal, throwIfAborted } from '../utils/abort.js'
import { name, whole } from '../validation/schema.js'
import { validateRequest } from '../validation/validate.js'
import { embedBatch } from './embed-batch.js'
import type { EmbeddingRequest, EmbeddingResponse, PartialEmbeddings } from './types.js'

// Beyond it a batch gains no speed, since the server takes text after text; below it the round trips begin to count.
// 64 vectors of 4096 numbers are some 6 MB of JSON, a tenth of what a body may have.
const BATCH_SIZE = 64

const text = v.custom<string>(
  (value) => typeof value === 'string' && /\S/.test(value),
  'must be a text that is not empty: LM Studio takes no token ids, and nothing has no meaning',
)
const nothing = v.custom<never>(() => false, 'must be a text, or a list of texts that is not empty')
const input: v.GenericSchema = v.lazy((value) =>
  typeof value === 'string' ? text : Array.isArray(value) && value.length > 0 ? v.array(text) : nothing,
)

const requestSchema = v.strictObject({ model: name, input, batchSize: whole(1, 10_000), concurrency: whole(1, 1000) })

/**
 * Vectors of texts: `POST /v1/embeddings`, as often as the batches need.
 */
export async function embed(
  client: Client,
  request: EmbeddingRequest,
  options: CallOptions = {},
): Promise<EmbeddingResponse> {
  checkCallOptions(options)
  validateRequest(requestSchema, request)
  const { endpoint, maxConcurrency } = client.config
  const { model, batchSize = BATCH_SIZE, concurrency = Math.max(1, Math.floor(maxConcurrency / 2)) } = request
  throwIfAborted(options.signal)
  const isText = typeof request.input === 'string'
  // The owner of the list may change it while the batches are sent.
  const inputs = isText ? [request.input as string] : [...request.input]
  const embeddings = Array.from<number[] | undefined>({ length: inputs.length })
  const running = new AbortController()
  const unfollow = followSignal(running, options.signal)
  let next = 0
  let first: EmbeddingResponse | undefined
  const usages: Usage[] = []
  let raw: unknown
  let failure: { readonly error: unknown; readonly from: number; readonly to: number } | undefined

  function take(batch: EmbeddingResponse, from: number, to: number): void {
    const length = (first ?? batch).embeddings[0]!.length
    if (batch.embeddings.some((vector) => vector.length !== length)) {
      throw new InvalidResponseError(`The vectors are not all of ${length} numbers: they cannot be compared.`, {
        code: 'mixed-dimensions',
        endpoint,
      })
    }
    if (first === undefined) warnAboutSubstitution(client.config.log, model, batch)
    first ??= batch
    batch.embeddings.forEach((vector, index) => (embeddings[from + index] = vector))
    usages.push(batch.usage)
    // No more than one: kept whole, the bodies would double what this call holds.
    if (to === inputs.length) raw = batch.raw
  }

  async function work(): Promise<void> {
    while (next < inputs.length && failure === undefined) {
      const from = next
      const to = Math.min(from + batchSize, inputs.length)
      next = to
      try {
        const batch = { model, input: isText ? inputs[0]! : inputs.slice(from, to) }
        const { signal } = running
        take(await embedBatch(client, batch, { ...options, signal }), from, to)
      } catch (error) {
        if (failure !== undefined) return
        failure = { error, from, to }
        // What still runs would only keep the error waiting; it costs as many batches as ran beside this one.
        running.abort(error)
      }
    }
  }

  const workers = Math.min(concurrency, Math.ceil(inputs.length / batchSize))
  await Promise.all(Array.from({ length: workers }, work))
  unfollow()
  if (failure !== undefined) {
    const { error, from, to } = failure
    // A caller may abort with an error of ours, which is none of this call's.
    const isOurs = ProviderError.isInstance(error) && error !== options.signal?.reason
    if (isOurs && first !== undefined) {
      const partial = {
        model: first.model,
        embeddings,
        usage: sumUsage(usages),
        failed: { from, to },
      } satisfies PartialEmbeddings
      attachHidden(error, 'partial', partial)
    }
    throw error
  }
  return { model: first!.model, embeddings: embeddings as number[][], usage: sumUsage(usages), raw }
}

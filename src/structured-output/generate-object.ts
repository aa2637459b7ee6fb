import type { CallOptions } from '../config/options.js'
import { assertProvider } from '../generation/assert-provider.js'
import type { ModelProvider } from '../provider.js'
import { prepare } from './object-request.js'
import { readObject } from './parse-object.js'
import { failedTwice, isRepairable, toRepair } from './repair.js'
import type { ObjectRequest, ObjectResponse } from './types.js'

/**
 * An answer that fits a schema, parsed and checked. `T` is what the schema gives; for plain JSON Schema, which says
 * nothing to the compiler, name it: `generateObject<Bird>(…)`.
 *
 * @remarks
 * One `complete` of the provider, with `repair` at most two, each with the limits of `options`. JSON in a Markdown fence,
 * among prose, or where a thinking model put it into its reasoning, is found. `POST /v1/chat/completions`.
 * @throws {@link OutputValidationError} with the answer as `text`, all of the answer as `response`, and the code
 * `output-truncated` (the token limit came first), `output-not-json`, `output-mismatch` (with `issues`),
 * `output-empty` or `output-refused`; after a repair round the first failure is its `cause`
 * @throws {@link InvalidRequestError} no schema, or one that JSON Schema cannot say; tools
 * @throws what {@link ModelProvider.complete} throws
 *
 * @example
 * ```ts
 * const schema = v.object({ name: v.string(), wingspanCm: v.number() })
 * const { object } = await generateObject(lmstudio, { model, prompt: 'Name a bird.', schema, maxTokens: 500 })
 * ```
 */
export async function generateObject<T = unknown, I = T>(
  provider: Pick<ModelProvider, 'complete'>,
  request: ObjectRequest<T, I>,
  options?: CallOptions,
): Promise<ObjectResponse<T>> {
  assertProvider(provider, 'complete')
  const { completion, schema, mayRepair } = prepare(request, options)
  const response = await provider.complete(completion, options)
  try {
    return { object: await readObject(schema, response), response }
  } catch (error) {
    if (!mayRepair || !isRepairable(error)) throw error
    const repaired = await provider.complete(toRepair(completion, error), options)
    const object = await readObject(schema, repaired).catch((second: unknown) => {
      throw failedTwice(error, second)
    })
    return { object, response: repaired, rejected: response }
  }
}

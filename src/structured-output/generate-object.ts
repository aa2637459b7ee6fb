import { withCaller } from '../errors/caller-stack.js'
import type { CompletionRequest } from '../completions/types.js'
import type { CallOptions } from '../config/options.js'
import { assertProvider, checkedCompletion } from '../generation/assert-provider.js'
import type { ModelProvider } from '../provider.js'
import type { CompletionResponse } from '../types.js'
import { raceAbort, throwIfAborted } from '../utils/abort.js'
import { prepareObjectRequest } from './object-request.js'
import { parseObject } from './parse-object.js'
import { isRepairable, toRepairRequest, withFirstError } from './repair.js'
import type { ObjectRequest, ObjectResponse } from './types.js'

/**
 * Generates an object that matches a schema. The type of the object is inferred from a schema of valibot, zod or arktype;
 * for plain JSON Schema, give it: `generateObject<Bird>(…)`.
 *
 * @remarks
 * Sends one `POST /v1/chat/completions`, or at most two with `repair`; `options` apply to each request. Also finds JSON in
 * a Markdown fence, within prose, and in the reasoning of a thinking model that returns no text.
 * @throws {@link OutputValidationError} `output-truncated` (the token limit was reached first), `output-not-json`,
 * `output-mismatch` (with `issues`), `output-empty`, `output-refused` or `schema-failed` (the schema threw). The error has
 * the `text` and the `response`; after a repair round, its `cause` is the first error.
 * @throws {@link InvalidRequestError} the schema is missing or cannot be expressed as JSON Schema, or the request has tools
 * @throws the errors of {@link ModelProvider.complete}
 *
 * @example
 * ```ts
 * const schema = v.object({ name: v.string(), wingspanCm: v.number() })
 * const { object } = await generateObject(lmstudio, { model, prompt: 'Name a bird.', schema, maxTokens: 500 })
 * ```
 */
export function generateObject<T = unknown, I = T>(
  provider: Pick<ModelProvider, 'complete'>,
  request: ObjectRequest<T, I>,
  options?: CallOptions,
): Promise<ObjectResponse<T>> {
  return withCaller(generateObject, () => generateAndParse(provider, request, options))
}

async function generateAndParse<T = unknown, I = T>(
  provider: Pick<ModelProvider, 'complete'>,
  request: ObjectRequest<T, I>,
  options?: CallOptions,
): Promise<ObjectResponse<T>> {
  assertProvider(provider, 'complete')
  const { completion, schema, repair } = prepareObjectRequest(request, options)
  const signal = options?.signal
  const generate = async (round: CompletionRequest): Promise<CompletionResponse> => {
    throwIfAborted(signal)
    // A provider of the application may ignore the signal.
    return checkedCompletion(await raceAbort(provider.complete(round, options), signal), false)
  }
  const response = await generate(completion)
  try {
    return { object: await parseObject(schema, response, signal), response }
  } catch (error) {
    if (!repair || !isRepairable(error)) throw error
    const repaired = await generate(toRepairRequest(completion, error))
    const object = await parseObject(schema, repaired, signal).catch((second: unknown) => {
      throw withFirstError(error, second)
    })
    return { object, response: repaired, rejected: response }
  }
}

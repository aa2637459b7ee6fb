import * as v from 'valibot'
import { validateRequest } from '../config/validate.js'
import { callOptionEntries } from '../generation/request-parts.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import { serialise } from '../transport/serialise.js'
import type { TextCompletionRequest } from '../types/text-completion.js'
import { compact } from '../utils/json.js'
import { name } from '../utils/schema.js'

const requestSchema = v.strictObject({ ...callOptionEntries, model: name, prompt: v.string(), ...samplingEntries })

/** The body of `POST /v1/completions` as JSON; throws an {@link InvalidRequestError} that lists what is wrong. */
export function toTextBody(request: TextCompletionRequest, stream: boolean): string {
  validateRequest(requestSchema, request)
  return serialise(
    compact({
      model: request.model,
      prompt: request.prompt,
      ...toWireSampling(request),
      ...request.extraBody,
      stream,
      stream_options: stream ? { include_usage: true } : undefined,
    }),
  )
}

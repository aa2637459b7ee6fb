import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import {
  type RequestContext,
  type GenerationRoute,
  runGeneration,
  streamGeneration,
} from '../generation/run-generation.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import type { CompletionEvent } from '../generation/types.js'
import { serialize } from '../http/serialize.js'
import type { Client } from '../http/types.js'
import type { CompletionResponse } from '../types.js'
import { compact } from '../utils/json.js'
import { callOptionEntries } from '../config/call-options.js'
import { name } from '../validation/schema.js'
import { validateRequest } from '../validation/validate.js'
import { fromCompletion } from './response.js'
import { CompletionSource } from './stream.js'
import type { TextCompletionRequest, TextCompletionResponse, TextCompletionStream } from './types.js'

const generation: GenerationRoute<TextCompletionRequest, RequestContext, CompletionEvent, CompletionResponse> = {
  route: ROUTES.completions,
  prepare: (request, stream) => ({ body: toTextBody(request, stream), asked: { model: request.model } }),
  read: fromCompletion,
  Source: CompletionSource,
}

/** The whole answer of `POST /v1/completions`. */
export const completeText = (
  client: Client,
  request: TextCompletionRequest,
  options?: CallOptions,
): Promise<TextCompletionResponse> => runGeneration(generation, client, request, options)

/** The answer of `POST /v1/completions` as it is made. */
export const streamCompleteText = (
  client: Client,
  request: TextCompletionRequest,
  options?: CallOptions,
): TextCompletionStream =>
  // No other events come: text has no tools and no place for thinking.
  streamGeneration(generation, client, request, options) as TextCompletionStream

const requestSchema = v.strictObject({ ...callOptionEntries, model: name, prompt: v.string(), ...samplingEntries })

/** The body of `POST /v1/completions` as JSON; throws an {@link InvalidRequestError} that lists what is wrong. */
export function toTextBody(request: TextCompletionRequest, stream: boolean): string {
  validateRequest(requestSchema, request)
  return serialize(
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

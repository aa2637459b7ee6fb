import * as v from 'valibot'
import { callOptionEntries } from '../config/call-options.js'
import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { type GenerationRoute, runGeneration, streamGeneration } from '../generation/run-generation.js'
import { samplingEntries, toWireSampling } from '../generation/sampling.js'
import type { CompletionEvent } from '../generation/types.js'
import type { Client } from '../http/types.js'
import type { CompletionResponse } from '../types.js'
import { once } from '../utils/once.js'
import { type EntriesOf, id } from '../validation/schema.js'
import { validateRequest, serialize } from '../validation/validate.js'
import { type CompletionContext, parseCompletion } from './response.js'
import { CompletionParser } from './stream.js'
import type { TextCompletionRequest, TextCompletionResponse, TextCompletionStream } from './types.js'

const requestSchema = /* @__PURE__ */ once(() => {
  const entries = {
    model: v.optional(id),
    prompt: v.string(),
    ...samplingEntries,
  } satisfies EntriesOf<TextCompletionRequest>
  return v.strictObject({ ...callOptionEntries, ...entries })
})

/**
 * Maps a request to the body of `POST /v1/completions`.
 *
 * @throws {@link InvalidRequestError} lists everything that is wrong with the request
 */
export function toTextBody(request: TextCompletionRequest, stream: boolean, requestsUsage = stream): string {
  validateRequest(requestSchema(), request)
  const { model, prompt, extraBody } = request
  const usage = requestsUsage ? { stream_options: { include_usage: true } } : {}
  return serialize({ model, prompt, ...toWireSampling(request), ...usage, ...extraBody, stream })
}

const textCompletions: GenerationRoute<TextCompletionRequest, CompletionContext, CompletionEvent, CompletionResponse> =
  {
    route: ROUTES.completions,
    prepare: (request, stream, requestsUsage) => ({
      body: toTextBody(request, stream, requestsUsage),
      // The text is left as it is, and a base model may have nothing to add.
      context: { model: request.model, reading: { reasoningTags: false, acceptsNoText: true } },
    }),
    parseResponse: parseCompletion,
    createParser: (attempt, context, options) => new CompletionParser(attempt, context, options),
  }

/** Continues a text as it is: see {@link LMStudioProvider.completeText}. */
export async function completeText(
  client: Client,
  request: TextCompletionRequest,
  options?: CallOptions,
): Promise<TextCompletionResponse> {
  return runGeneration(textCompletions, client, { request, options })
}

/** Streams the continuation of a text: see {@link LMStudioProvider.streamCompleteText}. */
export function streamCompleteText(
  client: Client,
  request: TextCompletionRequest,
  options?: CallOptions,
): TextCompletionStream {
  // The events of tools and reasoning cannot occur: a text completion has neither.
  return streamGeneration(textCompletions, client, { request, options }) as TextCompletionStream
}

import * as v from 'valibot'
import type { SamplingSettings } from './types.js'
import { type JSONObject, isObject } from '../utils/json.js'
import { name, optional, range, textOr, whole } from '../validation/schema.js'

// What chat and text completions are told about how to choose tokens, and which model to load for it.

const text = v.string()

type Sampling = Omit<SamplingSettings, 'extraBody'>

/** Checks of what {@link toWireSampling} reads. */
export const samplingEntries: Readonly<Record<keyof Sampling | 'extraBody', v.GenericSchema>> = {
  temperature: range(0, Infinity),
  topP: range(0, 1),
  topK: whole(0),
  minP: range(0, 1),
  maxTokens: whole(1),
  stop: v.optional(textOr(v.array(text, 'must be a text or a list of texts'))),
  seed: whole(-Infinity),
  presencePenalty: range(-2, 2),
  frequencyPenalty: range(-2, 2),
  repeatPenalty: optional((value) => Number.isFinite(value) && (value as number) > 0, 'must be a number above 0'),
  logitBias: optional(
    (value) =>
      isObject(value) && Object.values(value).every((bias) => Number.isFinite(bias) && Math.abs(bias as number) <= 100),
    'must be an object of numbers from -100 to 100 by token id',
  ),
  ttlSeconds: whole(1),
  draftModel: v.optional(name),
  extraBody: v.optional(v.custom(isObject, 'must be an object')),
}

/** The fields of the wire for them. */
export const toWireSampling = (request: Sampling): JSONObject => ({
  temperature: request.temperature,
  top_p: request.topP,
  top_k: request.topK,
  min_p: request.minP,
  max_tokens: request.maxTokens,
  stop: request.stop,
  seed: request.seed,
  presence_penalty: request.presencePenalty,
  frequency_penalty: request.frequencyPenalty,
  repeat_penalty: request.repeatPenalty,
  logit_bias: request.logitBias,
  ttl: request.ttlSeconds,
  draft_model: request.draftModel,
})

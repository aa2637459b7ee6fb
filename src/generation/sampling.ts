import * as v from 'valibot'
import { isObject, type JSONObject } from '../utils/json.js'
import { type EntriesOf, name, optional, range, textOr, whole } from '../validation/schema.js'
import type { SamplingSettings } from './types.js'

/** The schema entries of {@link SamplingSettings}. */
export const samplingEntries = {
  temperature: /* @__PURE__ */ range(0, Infinity),
  topP: /* @__PURE__ */ range(0, 1),
  topK: /* @__PURE__ */ whole(0),
  minP: /* @__PURE__ */ range(0, 1),
  maxTokens: /* @__PURE__ */ whole(1),
  stop: /* @__PURE__ */ v.optional(
    /* @__PURE__ */ textOr(
      /* @__PURE__ */ v.array(/* @__PURE__ */ v.string(), 'must be a string or a list of strings'),
    ),
  ),
  seed: /* @__PURE__ */ whole(-Infinity),
  presencePenalty: /* @__PURE__ */ range(-2, 2),
  frequencyPenalty: /* @__PURE__ */ range(-2, 2),
  repeatPenalty: /* @__PURE__ */ optional(
    (value) => Number.isFinite(value) && (value as number) > 0,
    'must be a number above 0',
  ),
  logitBias: /* @__PURE__ */ optional(isLogitBias, 'must be an object of numbers from -100 to 100 by token id'),
  ttlSeconds: /* @__PURE__ */ whole(1),
  draftModel: /* @__PURE__ */ v.optional(name),
  extraBody: /* @__PURE__ */ v.optional(/* @__PURE__ */ v.custom(isObject, 'must be an object')),
} satisfies EntriesOf<SamplingSettings>

function isLogitBias(value: unknown): boolean {
  const isBias = (bias: unknown): boolean => Number.isFinite(bias) && Math.abs(bias as number) <= 100
  return isObject(value) && Object.values(value).every(isBias)
}

/** Maps the settings to the names of the wire, without `extraBody`. */
export const toWireSampling = (settings: SamplingSettings): JSONObject => ({
  temperature: settings.temperature,
  top_p: settings.topP,
  top_k: settings.topK,
  min_p: settings.minP,
  max_tokens: settings.maxTokens,
  stop: settings.stop,
  seed: settings.seed,
  presence_penalty: settings.presencePenalty,
  frequency_penalty: settings.frequencyPenalty,
  repeat_penalty: settings.repeatPenalty,
  logit_bias: settings.logitBias,
  ttl: settings.ttlSeconds,
  draft_model: settings.draftModel,
})

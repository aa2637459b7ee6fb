import * as v from 'valibot'
import { toUsage } from '../generation/usage.js'
import { once } from '../utils/once.js'
import { count, text, toolArguments, type Wire } from '../validation/schema.js'
import type { RespondUsage } from './types.js'

// Every field is optional and unknown fields pass: only a wrong type in a field that is read is an error.
const itemSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    type: text,
    id: text,
    content: v.nullish(v.array(v.looseObject({ type: text, text }))),
    call_id: text,
    name: text,
    arguments: toolArguments,
  }),
)

/** Token counts, as `/v1/responses` and `/v1/decisions` report them. */
export const usageSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    input_tokens: count,
    output_tokens: count,
    total_tokens: count,
    input_tokens_details: v.nullish(v.looseObject({ cached_tokens: count })),
    output_tokens_details: v.nullish(v.looseObject({ reasoning_tokens: count })),
  }),
)

const envelopeSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    id: text,
    model: text,
    status: text,
    incomplete_details: v.nullish(v.looseObject({ reason: text })),
    output: v.nullish(v.array(itemSchema())),
    usage: v.nullish(usageSchema()),
  }),
)

/** A complete response, which must have a list of items. */
export const responseSchema = /* @__PURE__ */ once(() =>
  v.looseObject({ ...envelopeSchema().entries, output: v.array(itemSchema()) }),
)

/** An event, whatever its name. */
export const eventSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    response: v.nullish(envelopeSchema()),
    item: v.nullish(itemSchema()),
    item_id: text,
    output_index: count,
    content_index: count,
    delta: text,
    text,
    arguments: toolArguments,
  }),
)

/** One item of the output: `reasoning`, `message`, `function_call`, or a newer type. */
export type WireItem = Wire<ReturnType<typeof itemSchema>>
export type WireResponse = Wire<ReturnType<typeof envelopeSchema>>
export type WireEvent = Wire<ReturnType<typeof eventSchema>>
type WireUsage = Wire<ReturnType<typeof usageSchema>>

/** Maps token counts; a count that the server did not report stays `undefined`. */
export function toRespondUsage(usage: WireUsage): RespondUsage {
  const cachedTokens = usage.input_tokens_details?.cached_tokens ?? undefined
  return {
    ...toUsage({
      prompt_tokens: usage.input_tokens,
      completion_tokens: usage.output_tokens,
      total_tokens: usage.total_tokens,
      completion_tokens_details: usage.output_tokens_details,
    }),
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
  }
}

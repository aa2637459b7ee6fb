import * as v from 'valibot'
import type { Usage } from '../types.js'
import { count, nullable, type Wire } from '../validation/schema.js'

const cacheDetails = /* @__PURE__ */ nullable(/* @__PURE__ */ v.looseObject({ cached_tokens: count }))
const reasoningDetails = /* @__PURE__ */ nullable(/* @__PURE__ */ v.looseObject({ reasoning_tokens: count }))

export const usageSchema = /* @__PURE__ */ v.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: cacheDetails,
  completion_tokens_details: reasoningDetails,
  // The names of newer APIs, which some servers use here too.
  input_tokens: count,
  output_tokens: count,
  input_tokens_details: cacheDetails,
  output_tokens_details: reasoningDetails,
})

export type WireUsage = Wire<typeof usageSchema>

/** Maps token counts; a count that the server did not report stays `undefined`. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  const inputDetails = usage?.prompt_tokens_details ?? usage?.input_tokens_details
  const outputDetails = usage?.completion_tokens_details ?? usage?.output_tokens_details
  const cachedTokens = inputDetails?.cached_tokens ?? undefined
  const reasoningTokens = outputDetails?.reasoning_tokens ?? undefined
  return {
    inputTokens: usage?.prompt_tokens ?? usage?.input_tokens ?? undefined,
    outputTokens: usage?.completion_tokens ?? usage?.output_tokens ?? undefined,
    totalTokens: usage?.total_tokens ?? undefined,
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  }
}

/** Adds up token counts; a count that one of them lacks is `undefined`. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sum = (key: keyof Usage): number | undefined =>
    usages.reduce<number | undefined>((total, { [key]: tokens }) => {
      return total === undefined || tokens === undefined ? undefined : total + tokens
    }, 0)
  const cachedTokens = sum('cachedTokens')
  const reasoningTokens = sum('reasoningTokens')
  return {
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    totalTokens: sum('totalTokens'),
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  }
}

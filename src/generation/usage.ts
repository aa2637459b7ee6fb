import * as v from 'valibot'
import type { Usage } from '../types.js'
import { count, type Wire } from '../validation/schema.js'

export const usageSchema = /* @__PURE__ */ v.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  completion_tokens_details: /* @__PURE__ */ v.nullish(/* @__PURE__ */ v.looseObject({ reasoning_tokens: count })),
})

export type WireUsage = Wire<typeof usageSchema>

/** Maps token counts; a count that the server did not report stays `undefined`. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  const reasoningTokens = usage?.completion_tokens_details?.reasoning_tokens ?? undefined
  return {
    inputTokens: usage?.prompt_tokens ?? undefined,
    outputTokens: usage?.completion_tokens ?? undefined,
    totalTokens: usage?.total_tokens ?? undefined,
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  }
}

/** Adds up token counts; a count that one of them lacks is `undefined`. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sum = (key: keyof Usage): number | undefined =>
    usages.reduce<number | undefined>((total, { [key]: tokens }) => {
      return total === undefined || tokens === undefined ? undefined : total + tokens
    }, 0)
  const reasoningTokens = sum('reasoningTokens')
  return {
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    totalTokens: sum('totalTokens'),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  }
}

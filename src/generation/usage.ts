import * as v from 'valibot'
import type { Usage } from '../types.js'
import { type Nullish, count } from '../validation/schema.js'

/** Token counts; what the server did not say stays `undefined`. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  const reasoningTokens = usage?.completion_tokens_details?.reasoning_tokens ?? undefined
  return {
    inputTokens: usage?.prompt_tokens ?? undefined,
    outputTokens: usage?.completion_tokens ?? undefined,
    totalTokens: usage?.total_tokens ?? undefined,
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  }
}

/** The counts of all; one that any of them does not give is not known. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sum = (key: keyof Usage): number | undefined =>
    usages.reduce<number | undefined>((total, { [key]: count }) => {
      return total === undefined || count === undefined ? undefined : total + count
    }, 0)
  const reasoningTokens = sum('reasoningTokens')
  return {
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    totalTokens: sum('totalTokens'),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  }
}

// Everything is optional and unknown members pass: only a wrong type in a field that is read is an error.
export const usageSchema: v.GenericSchema<unknown, WireUsage> = v.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  completion_tokens_details: v.nullish(v.looseObject({ reasoning_tokens: count })),
})

export interface WireUsage {
  readonly prompt_tokens?: Nullish<number>
  readonly completion_tokens?: Nullish<number>
  readonly total_tokens?: Nullish<number>
  readonly completion_tokens_details?: Nullish<{ readonly reasoning_tokens?: Nullish<number> }>
}

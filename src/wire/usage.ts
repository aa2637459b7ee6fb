import type { Usage } from '../types/completion.js'
import type { WireUsage } from './types.js'

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

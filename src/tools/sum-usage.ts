import type { Usage } from '../types/completion.js'
import type { ToolStep } from '../types/tools.js'

/** The tokens of all rounds; a count that one of them does not give is not known. */
export function sumUsage(steps: readonly ToolStep[]): Usage {
  const usages = steps.map(({ response }) => response.usage)
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

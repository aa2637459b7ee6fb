import type { Usage } from '../types/completion.js'

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

import type { CompletionStats, Usage } from 'lmstudio-provider'

/** With fewer tokens, the speed is an accident: two tokens in one chunk would be thousands per second. */
const MIN_TOKENS = 10
/** Below this, the page measures how chunks arrive instead of how fast the model generates. */
const MIN_GENERATION_MS = 100

/** Returns the tokens per second of a response, or `undefined` if the response is too short to measure. */
export function tokensPerSecond({
  stats,
  usage,
}: {
  readonly stats: CompletionStats
  readonly usage: Usage
}): number | undefined {
  const { tokensPerSecond, durationMs, timeToFirstTokenMs, measuredBy } = stats
  if ((usage.outputTokens ?? MIN_TOKENS) < MIN_TOKENS) return undefined
  if (measuredBy.tokensPerSecond === 'server') return tokensPerSecond
  const generationMs = (durationMs ?? 0) - (timeToFirstTokenMs ?? 0)
  return generationMs < MIN_GENERATION_MS ? undefined : tokensPerSecond
}

import type { CompletionResponse } from 'lmstudio-provider'

const whole = new Intl.NumberFormat('en')
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** `85 ms`, `1.2 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${oneDigit.format(ms / 1000)} s`
}

/** `8,192`; a dash where the server does not say. */
export const count = (value: number | undefined): string => (value === undefined ? '–' : whole.format(value))

/** What is known of an answer's speed, most telling first. */
export function speed({ stats, usage, finishReason }: CompletionResponse): string[] {
  const facts: string[] = []
  if (stats.tokensPerSecond !== undefined) facts.push(`${oneDigit.format(stats.tokensPerSecond)} tokens/s`)
  if (stats.timeToFirstTokenMs !== undefined) facts.push(`first token after ${duration(stats.timeToFirstTokenMs)}`)
  if (usage.outputTokens !== undefined) facts.push(`${count(usage.outputTokens)} tokens`)
  if (finishReason !== 'stop') facts.push(`ended by ${finishReason}`)
  return facts
}

import type { CompletionStats, MeasuredBy } from '../types/completion.js'
import type { WireStats } from '../wire/types.js'

/** What this client's clock says, milliseconds. */
export interface Measured {
  readonly durationMs: number
  /** `undefined` when the answer came in one piece. */
  readonly timeToFirstTokenMs: number | undefined
  readonly outputTokens: number | undefined
}

/** Figures of the server where it gives them, of our clock otherwise; each says whose it is. */
export function toStats(server: WireStats | null | undefined, client: Measured): CompletionStats {
  const measuredBy: Record<string, MeasuredBy> = {}
  const choose = (
    name: string,
    reported: number | null | undefined,
    measured: number | undefined,
  ): number | undefined => {
    const value = reported ?? measured
    if (value !== undefined) measuredBy[name] = reported === null || reported === undefined ? 'client' : 'server'
    return value
  }
  const seconds = (value: number | null | undefined): number | undefined =>
    value === null || value === undefined ? undefined : value * 1000
  return {
    timeToFirstTokenMs: choose('timeToFirstTokenMs', seconds(server?.time_to_first_token), client.timeToFirstTokenMs),
    tokensPerSecond: choose('tokensPerSecond', server?.tokens_per_second, speed(client)),
    durationMs: choose('durationMs', seconds(server?.generation_time), client.durationMs),
    measuredBy,
  }
}

/** LM Studio's own formula: output tokens over the time after the first one came. */
function speed({ durationMs, timeToFirstTokenMs, outputTokens }: Measured): number | undefined {
  if (timeToFirstTokenMs === undefined || outputTokens === undefined) return undefined
  const generating = durationMs - timeToFirstTokenMs
  return outputTokens > 0 && generating > 0 ? (outputTokens / generating) * 1000 : undefined
}

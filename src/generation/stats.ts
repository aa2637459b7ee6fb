import type { CompletionStats, MeasuredBy } from '../types.js'
import type { Nullish } from '../validation/schema.js'

export interface WireStats {
  readonly tokens_per_second?: Nullish<number>
  readonly time_to_first_token?: Nullish<number>
  readonly generation_time?: Nullish<number>
}

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
  return {
    timeToFirstTokenMs: choose('timeToFirstTokenMs', toMs(server?.time_to_first_token), client.timeToFirstTokenMs),
    tokensPerSecond: choose('tokensPerSecond', server?.tokens_per_second, speed(client)),
    durationMs: choose('durationMs', toMs(server?.generation_time), client.durationMs),
    measuredBy,
  }
}

/** Seconds of the server in milliseconds. */
export const toMs = (seconds: number | null | undefined): number | undefined =>
  seconds === null || seconds === undefined ? undefined : seconds * 1000

/** LM Studio's own formula: output tokens over the time after the first one came. */
function speed({ durationMs, timeToFirstTokenMs, outputTokens }: Measured): number | undefined {
  if (timeToFirstTokenMs === undefined || outputTokens === undefined) return undefined
  const generating = durationMs - timeToFirstTokenMs
  return outputTokens > 0 && generating > 0 ? (outputTokens / generating) * 1000 : undefined
}

import * as v from 'valibot'
import type { CompletionStats, MeasuredBy } from '../types.js'
import { figure, type Wire } from '../validation/schema.js'

export const statsSchema = /* @__PURE__ */ v.looseObject({
  tokens_per_second: figure,
  time_to_first_token: figure,
  generation_time: figure,
})

export type WireStats = Wire<typeof statsSchema>

/** Figures of this client's clock, in ms. */
export interface Measured {
  readonly durationMs: number
  /** `undefined` for a response that was not streamed. */
  readonly timeToFirstTokenMs: number | undefined
  readonly outputTokens: number | undefined
}

const FIGURES = ['timeToFirstTokenMs', 'tokensPerSecond', 'durationMs'] as const

type Figures = Record<(typeof FIGURES)[number], number | undefined>

/** Takes each figure from the server where it reports one, else from this client's clock, and notes which it was. */
export function toStats(server: WireStats | null | undefined, client: Measured): CompletionStats {
  const { timeToFirstTokenMs, durationMs, outputTokens = 0 } = client
  const generationMs = durationMs - (timeToFirstTokenMs ?? durationMs)
  // LM Studio's own formula: output tokens over the time after the first token.
  const tokensPerSecond = outputTokens > 0 && generationMs > 0 ? (outputTokens / generationMs) * 1000 : undefined
  const figures: Figures = { timeToFirstTokenMs, tokensPerSecond, durationMs }
  const reported = server ? reportedFigures(server) : undefined
  const measuredBy: Partial<Record<keyof Figures, MeasuredBy>> = {}
  for (const name of FIGURES) {
    const figure = reported?.[name]
    if (figure !== undefined) figures[name] = figure
    if (figures[name] !== undefined) measuredBy[name] = figure === undefined ? 'client' : 'server'
  }
  return { ...figures, measuredBy }
}

const reportedFigures = (server: WireStats): Figures => ({
  timeToFirstTokenMs: toMs(server.time_to_first_token),
  tokensPerSecond: server.tokens_per_second ?? undefined,
  durationMs: toMs(server.generation_time),
})

/** Converts the server's seconds to ms. */
export const toMs = (seconds: number | null | undefined): number | undefined =>
  seconds === null || seconds === undefined ? undefined : seconds * 1000

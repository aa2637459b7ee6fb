import * as v from 'valibot'
import { count, figure, nullable, type Wire } from '../validation/schema.js'
import { type WireStats, statsSchema } from './stats.js'
import { type WireUsage, usageSchema } from './usage.js'

/** What llama.cpp reports about its speed, in tokens and ms. */
const timingsSchema = /* @__PURE__ */ v.looseObject({
  cache_n: count,
  prompt_n: count,
  prompt_ms: figure,
  predicted_n: count,
  predicted_ms: figure,
  predicted_per_second: figure,
})

/** The figures of a response, in the forms of all servers. */
export const figureEntries = {
  usage: /* @__PURE__ */ nullable(usageSchema),
  stats: /* @__PURE__ */ nullable(statsSchema),
  timings: /* @__PURE__ */ nullable(timingsSchema),
  // Ollama, in tokens and ns.
  total_duration: figure,
  load_duration: figure,
  prompt_eval_count: count,
  prompt_eval_duration: figure,
  eval_count: count,
  eval_duration: figure,
}

const figuresSchema = /* @__PURE__ */ v.looseObject(figureEntries)

export type WireFigures = Wire<typeof figuresSchema>

/** Returns the token counts that a body or chunk reports; `undefined` for one without any. */
export function usageIn({ usage, timings, ...ollama }: WireFigures): WireUsage | undefined {
  if (usage) return usage
  if (timings) {
    const { prompt_n: processed, cache_n: cached, predicted_n: predicted } = timings
    const isKnown = typeof processed === 'number'
    return {
      prompt_tokens: isKnown ? processed + (cached ?? 0) : undefined,
      completion_tokens: predicted,
      total_tokens: isKnown && typeof predicted === 'number' ? processed + (cached ?? 0) + predicted : undefined,
      prompt_tokens_details: { cached_tokens: cached },
    }
  }
  const { prompt_eval_count: input, eval_count: output, total_duration: duration } = ollama
  if (typeof output !== 'number' || typeof duration !== 'number') return undefined
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: typeof input === 'number' ? input + output : undefined,
  }
}

/** Returns the speed that a body or chunk reports, in LM Studio's form; `undefined` for one without any. */
export function statsIn({ stats, timings, ...ollama }: WireFigures): WireStats | undefined {
  if (stats && Object.keys(stats).length > 0) return stats
  if (timings) {
    return {
      tokens_per_second: timings.predicted_per_second,
      time_to_first_token: sum(1e3, timings.prompt_ms, 0),
      generation_time: sum(1e3, timings.prompt_ms, timings.predicted_ms),
    }
  }
  const { total_duration: total, load_duration: load, prompt_eval_duration: prompt } = ollama
  const { eval_count: tokens, eval_duration: duration } = ollama
  if (typeof total !== 'number') return undefined
  return {
    tokens_per_second: typeof tokens === 'number' && duration ? (tokens / duration) * 1e9 : undefined,
    time_to_first_token: sum(1e9, load, prompt),
    generation_time: total / 1e9,
  }
}

/** Adds two durations and converts them to seconds; `undefined` unless both are known. */
const sum = (perSecond: number, one: number | null | undefined, other: number | null | undefined): number | undefined =>
  typeof one === 'number' && typeof other === 'number' ? (one + other) / perSecond : undefined

/** Returns the share of the prompt that llama.cpp has processed, 0–1; `undefined` where it cannot be read. */
export function progressIn(progress: unknown): number | undefined {
  const { total, processed } = Object(progress) as { readonly total?: unknown; readonly processed?: unknown }
  if (typeof total !== 'number' || typeof processed !== 'number') return undefined
  const share = processed / total
  return share >= 0 ? Math.min(1, share) : undefined
}

import { describe, expect, it } from 'vitest'
import { progressIn, statsIn, usageIn } from '../../src/generation/server-figures.js'

describe('usageIn', () => {
  it.each<[string, Parameters<typeof usageIn>[0], object | undefined]>([
    ['nothing', {}, undefined],
    ['`usage` first', { usage: { prompt_tokens: 1 }, timings: { prompt_n: 5 } }, { prompt_tokens: 1 }],
    [
      'timings with a cache',
      { timings: { prompt_n: 5, cache_n: 16, predicted_n: 14 } },
      {
        prompt_tokens: 21,
        completion_tokens: 14,
        total_tokens: 35,
        prompt_tokens_details: { cached_tokens: 16 },
      },
    ],
    [
      'timings without a cache',
      { timings: { prompt_n: 5, predicted_n: 14 } },
      { prompt_tokens: 5, completion_tokens: 14, total_tokens: 19, prompt_tokens_details: {} },
    ],
    ['timings of the prompt alone', { timings: { prompt_n: 5 } }, { prompt_tokens: 5, prompt_tokens_details: {} }],
    [
      'timings of the response alone',
      { timings: { predicted_n: 14 } },
      { completion_tokens: 14, prompt_tokens_details: {} },
    ],
    [
      'the counts of Ollama',
      { prompt_eval_count: 21, eval_count: 14, total_duration: 5 },
      { prompt_tokens: 21, completion_tokens: 14, total_tokens: 35 },
    ],
    ['the counts of Ollama without a prompt', { eval_count: 14, total_duration: 5 }, { completion_tokens: 14 }],
    ['a count that another server may mean otherwise', { eval_count: 14 }, undefined],
    ['a duration alone', { total_duration: 5 }, undefined],
  ])('reads %s', (_, figures, usage) => {
    expect(usageIn(figures)).toEqual(usage)
  })
})

describe('statsIn', () => {
  const timings = { prompt_ms: 40.5, predicted_ms: 200, predicted_per_second: 70 }

  it.each<[string, Parameters<typeof statsIn>[0], object | undefined]>([
    ['nothing', {}, undefined],
    ['`stats` first', { stats: { tokens_per_second: 7 }, timings }, { tokens_per_second: 7 }],
    [
      'timings where `stats` is empty',
      { stats: {}, timings },
      { tokens_per_second: 70, time_to_first_token: 0.0405, generation_time: 0.2405 },
    ],
    ['timings without durations', { timings: { predicted_per_second: 70 } }, { tokens_per_second: 70 }],
    ['timings of the prompt alone', { timings: { prompt_ms: 40 } }, { time_to_first_token: 0.04 }],
    ['timings of the response alone', { timings: { predicted_ms: 40 } }, {}],
    [
      'the durations of Ollama',
      { total_duration: 5e8, load_duration: 1e8, prompt_eval_duration: 1.5e8, eval_count: 14, eval_duration: 2e8 },
      { tokens_per_second: 70, time_to_first_token: 0.25, generation_time: 0.5 },
    ],
    [
      'the durations of Ollama without a speed',
      { total_duration: 5e8, load_duration: 1e8, eval_count: 14, eval_duration: 0 },
      { generation_time: 0.5 },
    ],
    ['durations without a count', { total_duration: 5e8, eval_duration: 2e8 }, { generation_time: 0.5 }],
    ['durations without their total', { load_duration: 1e8, prompt_eval_duration: 1e8 }, undefined],
  ])('reads %s', (_, figures, stats) => {
    expect(statsIn(figures)).toEqual(stats)
  })
})

describe('progressIn', () => {
  it.each<[unknown, number | undefined]>([
    [{ total: 8, processed: 0 }, 0],
    [{ total: 8, processed: 2 }, 0.25],
    [{ total: 8, processed: 8 }, 1],
    [{ total: 8, processed: 9 }, 1],
    [{ total: 8, processed: -1 }, undefined],
    [{ total: 0, processed: 0 }, undefined],
    [{ total: '8', processed: 2 }, undefined],
    [{ total: 8, processed: '2' }, undefined],
    [null, undefined],
    [undefined, undefined],
    ['half', undefined],
  ])('reads %j as %s', (progress, share) => {
    expect(progressIn(progress)).toBe(share)
  })
})

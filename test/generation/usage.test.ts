import { describe, expect, it } from 'vitest'
import { sumUsage, toUsage } from '../../src/generation/usage.js'

const UNKNOWN = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }

describe('toUsage', () => {
  it.each([
    [undefined, {}],
    [null, {}],
    [{}, {}],
    [{ prompt_tokens: null, completion_tokens: null, completion_tokens_details: null }, {}],
    [
      { prompt_tokens: 0, total_tokens: 0 },
      { inputTokens: 0, totalTokens: 0 },
    ],
    [
      { prompt_tokens: 21, completion_tokens: 14, total_tokens: 35 },
      { inputTokens: 21, outputTokens: 14, totalTokens: 35 },
    ],
    [
      { input_tokens: 21, output_tokens: 14 },
      { inputTokens: 21, outputTokens: 14 },
    ],
    [
      { prompt_tokens: 0, input_tokens: 21, completion_tokens: 0, output_tokens: 14 },
      { inputTokens: 0, outputTokens: 0 },
    ],
    [{ prompt_tokens_details: { cached_tokens: 0 }, input_tokens_details: { cached_tokens: 9 } }, { cachedTokens: 0 }],
    [{ input_tokens_details: { cached_tokens: 9 } }, { cachedTokens: 9 }],
    [{ output_tokens_details: { reasoning_tokens: 9 } }, { reasoningTokens: 9 }],
    [{ completion_tokens_details: { reasoning_tokens: 0 } }, { reasoningTokens: 0 }],
    [{ completion_tokens_details: { reasoning_tokens: null } }, {}],
  ])('maps %j and leaves other counts undefined', (wire, usage) => {
    expect(toUsage(wire)).toStrictEqual({ ...UNKNOWN, ...usage })
  })
})

describe('sumUsage', () => {
  const usage = { inputTokens: 20, outputTokens: 10, totalTokens: 30 }

  it('adds up each count', () => {
    const reasoning = { ...usage, reasoningTokens: 4 }
    expect(sumUsage([reasoning, reasoning])).toStrictEqual({
      inputTokens: 40,
      outputTokens: 20,
      totalTokens: 60,
      reasoningTokens: 8,
    })
  })

  it('adds up cached tokens', () => {
    const cached = { ...usage, cachedTokens: 4 }
    expect(sumUsage([cached, cached]).cachedTokens).toBe(8)
  })

  it('leaves a count undefined that one of them lacks', () => {
    expect(sumUsage([usage, { ...usage, outputTokens: undefined, reasoningTokens: 4 }])).toStrictEqual({
      inputTokens: 40,
      outputTokens: undefined,
      totalTokens: 60,
    })
  })
})

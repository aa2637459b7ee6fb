import { expect, it } from 'vitest'
import { toUsage } from '../../src/generation/usage.js'

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
  [{ completion_tokens_details: { reasoning_tokens: 0 } }, { reasoningTokens: 0 }],
  [{ completion_tokens_details: { reasoning_tokens: null } }, {}],
])('reads %j, inventing no count', (wire, usage) => {
  expect(toUsage(wire)).toEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined, ...usage })
})

it('has no reasoning count where the server gives none', () => {
  expect(toUsage({ prompt_tokens: 1 })).not.toHaveProperty('reasoningTokens')
})

import { describe, expect, it } from 'vitest'
import type { ServerError } from '../../src/http/error-body.js'
import { isOutputTooLong, readTokenCounts, type TokenCounts } from '../../src/http/token-counts.js'

const FIELDS: ServerError = {
  message: '',
  type: undefined,
  code: undefined,
  param: undefined,
  issues: [],
  promptTokens: undefined,
  contextLength: undefined,
}

const read = (words: string, fields: Partial<ServerError> = {}): TokenCounts =>
  readTokenCounts(words, { ...FIELDS, ...fields })

const LIMITS = [
  'The maximum context length is 8192 tokens.',
  'The maximum model length of 8192 is exceeded.',
  'Exceeds the maximum model length (8192).',
  'Exceeds the maximum context length 8192.',
  'Too large for a model with 8192 maximum context length.',
  'It was loaded with a context length of only 8192 tokens.',
  "Longer than the model's context length (8192 tokens).",
  'Exceeds the available context size (8192 tokens).',
  'Exceeds the context window of 8192.',
  'Exceeds the context window (8192).',
  'Exceeds the context window 8192.',
  'n_keep >= n_ctx (8192).',
  'The sum must be <= 8192.',
  'Inputs must have less than 8192 tokens.',
  'The input has to be less than 8192 tokens.',
  'Greater than max_seq_len 8192.',
  'Exceeds max length: 8192.',
  'Exceeds the maximum sequence length 8192.',
  'Exceeds the max model length: 8192.',
  'too long: 9001 tokens > 8192 maximum',
  'Tokens exceed the configured limit of 8192.',
  'Exceeds the number of tokens allowed (8192).',
  'exceed context limit: 9001 + 160 > 8192',
  'Current batch size: 8192.',
  'Larger than the batch size 8192.',
]

const PROMPTS = [
  '(9001 in your prompt; the rest in the completion)',
  '(9001 in the messages, the rest in the completion)',
  '9001 tokens from the input messages',
  'Your request has 9001 input tokens.',
  'The prompt contains 9001 tokens.',
  'Your prompt contains at least 9001 tokens.',
  'Given: 9001 `inputs` tokens',
  'Your messages resulted in 9001 tokens.',
  'Your messages resulted in over 9001 tokens.',
  'The request (9001 tokens) is too long.',
  'The input (length 9001) is too long.',
  'The prompt (9001 token) is too long.',
  'The prompt (9001) is too long.',
  'Trying to keep the first 9001 tokens.',
  'n_keep (9001) is too large.',
  'Prompt length 9001 is too long.',
  'The context length: 9001 is too long.',
  'prompt tokens: 9001',
  'The prompt is too long: 9001 tokens.',
  'The token count (9001) is too large.',
  'Requested tokens (9001) do not fit.',
  'exceed context limit: 9001 + 160 > 8192',
]

const OUTPUTS = [
  'the rest and 160 in the completion',
  'the rest and 160 for the completion',
  '160 tokens for the completion',
  'You requested 160 output tokens.',
  "plus 160 'max_tokens'",
  'plus 160 max_tokens',
  'and 160 `max_new_tokens`',
  'and 160 max_new_tokens',
  "'max_tokens' is too large: 160.",
  'max_completion_tokens is too large: 160.',
  'exceed context limit: 9001 + 160 > 8192',
]

describe('the token counts of an overflow', () => {
  it.each(LIMITS)('have the limit of: %s', (words) => expect(read(words).limit).toBe(8192))

  it.each(PROMPTS)('have the prompt of: %s', (words) => expect(read(words).prompt).toBe(9001))

  it.each(OUTPUTS)('have the requested output of: %s', (words) => expect(read(words).output).toBe(160))

  it('have the prompt that remains of a total', () => {
    expect(read('You requested 9161 tokens, 160 in the completion.')).toEqual({
      prompt: 9001,
      output: 160,
      limit: undefined,
    })
    expect(read('You requested a total of 9001 tokens.').prompt).toBe(9001)
  })

  it('are those of the fields, before those of the words', () => {
    const words = 'The request (1 tokens) exceeds the available context size (2 tokens).'
    expect(read(words, { promptTokens: 9001, contextLength: 8192 })).toMatchObject({ prompt: 9001, limit: 8192 })
  })

  it('are not known without numbers', () => {
    expect(read('The prompt is too long for the context.')).toEqual({
      prompt: undefined,
      output: undefined,
      limit: undefined,
    })
  })
})

describe('isOutputTooLong', () => {
  it.each<[boolean, TokenCounts]>([
    [true, { prompt: 8191, output: 1, limit: 8192 }],
    [false, { prompt: 8192, output: 1, limit: 8192 }],
    [false, { prompt: 8191, output: 0, limit: 8192 }],
    [false, { prompt: undefined, output: 1, limit: 8192 }],
    [false, { prompt: 8191, output: undefined, limit: 8192 }],
    [false, { prompt: 8191, output: 1, limit: undefined }],
  ])('is %s for %j', (expected, counts) => expect(isOutputTooLong(counts)).toBe(expected))
})

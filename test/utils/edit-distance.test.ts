import { expect, it } from 'vitest'
import { closestMatch } from '../../src/utils/edit-distance.js'

const KEYS = [
  'model',
  'messages',
  'maxTokens',
  'topP',
  'topK',
  'temperature',
  'toolChoice',
  'toolCalls',
  'stop',
  'seed',
]

it.each([
  ['max_tokens', 'maxTokens'],
  ['MaxTokens', 'maxTokens'],
  ['maxtoken', 'maxTokens'],
  ['temprature', 'temperature'],
  ['tool_choice', 'toolChoice'],
  ['tool_calls', 'toolCalls'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['mesages', 'messages'],
  ['modle', 'model'],
])('takes %s for %s', (word, meant) => expect(closestMatch(word, KEYS)).toBe(meant))

it.each(['zebra', 'qqqqqqqqqqqq', 'logprobs', 'n', ''])('takes %j for nothing it knows', (word) =>
  expect(closestMatch(word, KEYS)).toBeUndefined(),
)

it('prefers the exact candidate to a near one that comes first', () => {
  expect(closestMatch('topK', ['topP', 'topK'])).toBe('topK')
})

it('finds nothing among no candidates', () => expect(closestMatch('model', [])).toBeUndefined())

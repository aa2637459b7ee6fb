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
])('corrects %s to %s', (word, meant) => expect(closestMatch(word, KEYS)).toBe(meant))

it.each(['zebra', 'qqqqqqqqqqqq', 'logprobs', 'n', ''])('finds no match for %j', (word) =>
  expect(closestMatch(word, KEYS)).toBeUndefined(),
)

it('prefers an exact match to a close one that comes first', () => {
  expect(closestMatch('topK', ['topP', 'topK'])).toBe('topK')
})

it('finds no match without candidates', () => expect(closestMatch('model', [])).toBeUndefined())

it.each([
  ['two edits in a short word', 'ttpk', 'topK'],
  ['a third of a long word', 'tempXXXture', 'temperature'],
])('accepts %s', (_, word, match) => expect(closestMatch(word, KEYS)).toBe(match))

it.each([
  ['three edits in a short word', 'txyk', ['topP']],
  ['more than a third of a long word', 'temXXXXture', ['temperature']],
])('rejects %s', (_, word, candidates) => expect(closestMatch(word, candidates)).toBeUndefined())

import { expect, it } from 'vitest'
import { toFinishReason } from '../../src/generation/finish-reason.js'

it.each([
  ['stop', false, 'stop'],
  ['eos', false, 'stop'],
  ['end_turn', false, 'stop'],
  ['length', false, 'length'],
  ['max_tokens', false, 'length'],
  ['tool_calls', true, 'tool-calls'],
  ['function_call', true, 'tool-calls'],
  ['content_filter', false, 'content-filter'],
  ['error', false, 'error'],
  ['sunset', false, 'other'],
  ['', false, 'other'],
  ['constructor', false, 'other'],
  ['__proto__', false, 'other'],
  [undefined, false, 'other'],
  // A server may say `stop`, or nothing, after tool calls.
  ['stop', true, 'tool-calls'],
  [undefined, true, 'tool-calls'],
  // Cut in the middle: the calls are not whole, and that must be known.
  ['length', true, 'length'],
  ['content_filter', true, 'content-filter'],
  ['tool_calls', false, 'tool-calls'],
] as const)('%s with tool calls %s means %s', (raw, hasToolCalls, reason) => {
  expect(toFinishReason(raw, hasToolCalls)).toBe(reason)
})

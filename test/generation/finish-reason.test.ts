import { describe, expect, it } from 'vitest'
import { toFinishReason, worseFinishReason } from '../../src/generation/finish-reason.js'

describe('toFinishReason', () => {
  it.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['completed', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['max_output_tokens', 'length'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['content_filter', 'content-filter'],
    ['error', 'error'],
    ['failed', 'error'],
    ['abort', 'error'],
    ['aborted', 'error'],
    ['cancelled', 'error'],
    ['canceled', 'error'],
    ['timeout', 'error'],
    ['insufficient_system_resource', 'error'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['eos_token', 'stop'],
    ['stop_sequence', 'stop'],
    ['model_length', 'length'],
    ['tool_use', 'tool-calls'],
    ['sunset', 'other'],
    ['', 'other'],
    ['constructor', 'other'],
    ['__proto__', 'other'],
    [undefined, 'other'],
  ] as const)('maps %s to %s', (raw, reason) => {
    expect(toFinishReason(raw, false)).toBe(reason)
  })

  it.each([
    ['stop', 'tool-calls'],
    ['eos', 'tool-calls'],
    [undefined, 'tool-calls'],
    ['tool_calls', 'tool-calls'],
    ['sunset', 'other'],
    // The calls may be cut.
    ['length', 'length'],
    ['content_filter', 'content-filter'],
  ] as const)('maps %s to %s when there are tool calls', (raw, reason) => {
    expect(toFinishReason(raw, true)).toBe(reason)
  })
})

describe('worseFinishReason', () => {
  it.each([
    ['stop', 'tool_calls', 'tool_calls'],
    ['stop', 'length', 'length'],
    ['length', 'stop', 'length'],
    ['content_filter', 'stop', 'content_filter'],
    ['length', 'content_filter', 'content_filter'],
    ['content_filter', 'length', 'length'],
    ['length', 'error', 'error'],
    ['error', 'length', 'error'],
    ['error', 'stop', 'error'],
    ['failed', 'error', 'error'],
  ])('of %s and then %s is %s', (before, after, worse) => {
    expect(worseFinishReason(before, after)).toBe(worse)
  })
})

import { describe, expect, it } from 'vitest'
import { readJSONOutput } from '../../src/generation/json-output.js'
import type { CompletionResponse } from '../../src/types.js'

const read = (text: string, more: Partial<CompletionResponse> = {}) =>
  readJSONOutput({ finishReason: 'stop', ...more, text } as CompletionResponse)

describe('the JSON of a response', () => {
  it.each<[string, string, unknown]>([
    ['JSON alone', ' {"a":1}\n', { a: 1 }],
    ['a list', '[1,2]', [1, 2]],
    ['a value without brackets', '7', 7],
    ['a fence', '```json\n{"a":1}\n```', { a: 1 }],
    ['a fence without a language', '```\n[1]\n```', [1]],
    ['a fence of several lines', '```json\n{\n"a": 1\n}\n```', { a: 1 }],
    ['a fence with brackets around it', 'Fill {x}:\n```json\n{"a":1}\n```\nDone with {y}.', { a: 1 }],
    ['a fence with a value', 'The number:\n```\n7\n```', 7],
    ['an object within prose', 'Here: {"a":{"b":[1]}} as asked.', { a: { b: [1] } }],
    ['a list within prose', 'Here: [1,[2]] as asked.', [1, [2]]],
    ['a longer object after a shorter one', '{"a":1} or {"a":1,"b":2} or {}', { a: 1, b: 2 }],
    ['a longer object before a shorter one', '{"a":1,"b":2} or {"a":1} or {}', { a: 1, b: 2 }],
    ['the first of two that are equally long', '{"a":1} or {"a":2}', { a: 1 }],
    ['an object after text in brackets', '{this is not JSON at all} {"a":1}', { a: 1 }],
    ['an object before text in brackets', '{"a":1} {this is not JSON at all}', { a: 1 }],
    ['an object after a closing bracket', '} {"a":1} }', { a: 1 }],
    ['brackets in strings', '{"a":"}{"} and {b}', { a: '}{' }],
    ['an escaped quote in a string', String.raw`{"a":"\"}{"} and {b}`, { a: '"}{' }],
    ['an escaped backslash in a string', String.raw`{"a":"\\"} and {b}`, { a: '\\' }],
    ['a quote that is not closed', '{"a":1} and {"b', { a: 1 }],
    ['a second object that is one character longer', 'Either {"a":1} or {"a":12}.', { a: 12 }],
    ['two lists', '[1,2] or [3]', [1, 2]],
    ['an odd quote before an object', 'A 5" board: {"a":1} here.', { a: 1 }],
    ['an odd quote before a list', 'A 5" board: [1] here.', [1]],
    ['many escaped quotes in a string that is not closed', `{"${'\\"'.repeat(100_000)}`, undefined],
    ['nothing', 'Seven gulls.', undefined],
    ['cut JSON', '{"a":', undefined],
  ])('is found in a text with %s', (_, text, value) => {
    expect(read(text)).toEqual({ text: text.trim(), value, failure: 'output-not-json' })
  })

  it.each<[string, Partial<CompletionResponse>, string]>([
    ['', { finishReason: 'stop' }, 'output-empty'],
    [' \n', { finishReason: 'stop' }, 'output-empty'],
    ['', { finishReason: 'length' }, 'output-truncated'],
    ['{"a', { finishReason: 'length' }, 'output-truncated'],
    ['No.', { finishReason: 'content-filter' }, 'output-refused'],
    ['No.', { finishReason: 'stop' }, 'output-not-json'],
  ])('is missing in %j with %j as %s', (text, more, failure) => {
    expect(read(text, more)).toEqual({ text: text.trim(), value: undefined, failure })
  })

  it('is read from the reasoning where there is no text', () => {
    expect(read(' ', { reasoning: '\n{"a":1} ' })).toEqual({
      text: '{"a":1}',
      value: { a: 1 },
      failure: 'output-empty',
    })
    expect(read('No.', { reasoning: '{"a":1}' }).value).toBeUndefined()
  })

  it('is not looked for within the prose of the reasoning, where it is a draft', () => {
    expect(read('', { reasoning: 'Perhaps {"a":1}?' })).toEqual({
      text: 'Perhaps {"a":1}?',
      value: undefined,
      failure: 'output-empty',
    })
  })
})

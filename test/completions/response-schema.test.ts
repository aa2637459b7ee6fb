import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { chunkSchema, completionSchema, isPlainChunk, isPlainCompletion } from '../../src/completions/response.js'
import { fixtureJSON, fixtureNames, fixtureText } from '../helpers/fixtures.js'

const accepts = (schema: v.GenericSchema, value: unknown): boolean => v.safeParse(schema, value).success

describe('completionSchema and chunkSchema', () => {
  it.each(fixtureNames('.json').filter((name) => /^(v0-)?chat-completion/.test(name)))(
    'completionSchema returns %s unchanged',
    (name) => {
      expect(v.parse(completionSchema(), fixtureJSON(name))).toEqual(fixtureJSON(name))
    },
  )

  it.each(fixtureNames('.sse').filter((name) => name.startsWith('chat-stream')))(
    'chunkSchema returns every event of %s unchanged',
    (name) => {
      const events = fixtureText(name)
        .match(/(?<=^data: )\{.*$/gm)!
        .map((text) => JSON.parse(text) as unknown)
      expect(events.map((event) => v.parse(chunkSchema(), event))).toEqual(events)
    },
  )

  it.each([
    ['an empty choice', { choices: [{}] }],
    ['an empty list of choices', { choices: [] }],
    [
      'unknown fields',
      {
        choices: [{ message: { content: 'a', refusal: null, audio: {} }, logprobs: { content: [] }, x: 1 }],
        runtime: { name: 'r' },
        x: [],
      },
    ],
    ['an unknown finish reason', { choices: [{ message: { content: 'a' }, finish_reason: 'sunset' }] }],
    [
      'null in every field',
      {
        id: null,
        model: null,
        usage: null,
        stats: null,
        choices: [
          {
            index: null,
            message: { content: null, reasoning: null, reasoning_content: null, tool_calls: null },
            finish_reason: null,
          },
        ],
      },
    ],
    ['counts that are null', { choices: [{}], usage: { prompt_tokens: null, completion_tokens_details: null } }],
    ['a message that is null', { choices: [{ message: null }] }],
    [
      'empty tool calls',
      {
        choices: [
          {
            message: { tool_calls: [{}, { function: null }, { id: null, function: { name: null, arguments: null } }] },
          },
        ],
      },
    ],
    [
      'tool calls whose arguments are an object',
      { choices: [{ message: { tool_calls: [{ function: { name: 'f', arguments: { a: [1] } } }] } }] },
    ],
    ['empty stats', { choices: [{}], stats: {} }],
  ])('completionSchema returns %s unchanged', (_, body) => expect(v.parse(completionSchema(), body)).toEqual(body))

  it.each([[{}], [{ choices: null }], [{ choices: [], usage: { prompt_tokens: 1 } }], [{ type: 'ping' }]])(
    'chunkSchema returns %j, which has no choice, unchanged',
    (chunk) => {
      expect(v.parse(chunkSchema(), chunk)).toEqual(chunk)
    },
  )

  const withMessage = (message: unknown): object => ({ choices: [{ message, delta: message }] })

  it.each<[string, unknown]>([
    ['a string', 'x'],
    ['choices that are an object', { choices: {} }],
    ['a choice that is a string', { choices: ['a'] }],
    ['a message that is a string', withMessage('a')],
    ['content that is a number', withMessage({ content: 7 })],
    ['content that is a boolean', withMessage({ content: true })],
    ['text that is a number', { choices: [{ text: 7 }] }],
  ])('both schemas reject %s, since the text would be lost', (_, body) => {
    expect([accepts(completionSchema(), body), accepts(chunkSchema(), body)]).toEqual([false, false])
  })

  it.each<[string, unknown, unknown]>([
    ['an id that is a number', { id: 7, choices: [{}] }, { id: undefined, choices: [{}] }],
    ['a model that is an object', { model: {}, choices: [{}] }, { model: undefined, choices: [{}] }],
    [
      'a finish reason that is a boolean',
      { choices: [{ finish_reason: true }] },
      { choices: [{ finish_reason: undefined }] },
    ],
    ['usage that is a string', { choices: [], usage: 'x' }, { choices: [], usage: undefined }],
    [
      'counts that are strings, negative, fractional or infinite',
      {
        choices: [],
        usage: { prompt_tokens: '21', completion_tokens: -1, total_tokens: 1.5, input_tokens: Infinity },
      },
      {
        choices: [],
        usage: {
          prompt_tokens: undefined,
          completion_tokens: undefined,
          total_tokens: undefined,
          input_tokens: undefined,
        },
      },
    ],
    [
      'stats that are strings',
      { choices: [], stats: { tokens_per_second: 'fast' } },
      { choices: [], stats: { tokens_per_second: undefined } },
    ],
    ['tool calls that are a number', withMessage({ tool_calls: 7 }), withMessage({ tool_calls: undefined })],
    ['a tool call that is null', withMessage({ tool_calls: [null] }), withMessage({ tool_calls: [{}] })],
    [
      'a tool call whose id is a number',
      withMessage({ tool_calls: [{ id: 7 }] }),
      withMessage({ tool_calls: [{ id: undefined }] }),
    ],
    [
      'a tool call whose index is a string',
      withMessage({ tool_calls: [{ index: '0' }] }),
      withMessage({ tool_calls: [{ index: undefined }] }),
    ],
    [
      'a tool call whose name and arguments are numbers',
      withMessage({ tool_calls: [{ function: { name: 7, arguments: 7 } }] }),
      withMessage({ tool_calls: [{ function: { name: undefined, arguments: undefined } }] }),
    ],
  ])('both schemas read %s as absent', (_, body, expected) => {
    expect(v.parse(completionSchema(), body)).toStrictEqual(expected)
    expect(v.parse(chunkSchema(), body)).toStrictEqual(expected)
  })

  it('chunkSchema rejects a list, such as a list of issues', () => {
    expect(accepts(chunkSchema(), [{ code: 'invalid_literal', message: 'no' }])).toBe(false)
  })

  it.each([[{}], [{ choices: null }]])('completionSchema rejects %j, which has no choices', (body) => {
    expect(accepts(completionSchema(), body)).toBe(false)
  })
})

describe('isPlainChunk and isPlainCompletion', () => {
  const body = (message: object, fields: object, choice: object): object => ({
    id: 'c',
    model: 'm',
    choices: [{ index: 0, ...message, finish_reason: null, ...choice }],
    ...fields,
  })
  /** A chunk, and the same as a complete response. */
  const chunk = (delta: object, fields: object = {}, choice: object = {}): [unknown, unknown] => [
    body({ delta }, fields, choice),
    body({ message: delta }, fields, choice),
  ]
  const both = (value: unknown): [unknown, unknown] => [value, value]

  it.each([
    ['text', chunk({ content: 'a' })],
    ['reasoning_content', chunk({ reasoning_content: 'a' })],
    ['reasoning', chunk({ reasoning: 'a' })],
    ['a role alone', chunk({ role: 'assistant' })],
    ['a finish reason', chunk({}, {}, { finish_reason: 'stop' })],
    ['a choice without an index', chunk({ content: 'a' }, {}, { index: undefined })],
    ['tool calls that are null', chunk({ content: 'a', tool_calls: null })],
    ['an error that is null', chunk({ content: 'a' }, { error: null })],
    ['empty stats', chunk({ content: 'a' }, { stats: {} })],
  ])('both accept %s', (_, [delta, message]) => {
    expect([isPlainChunk(delta), isPlainCompletion(message)]).toEqual([true, true])
  })

  it.each([
    ['usage', chunk({ content: 'a' }, { usage: { prompt_tokens: 1 } })],
    ['an empty list of tool calls', chunk({ content: 'a', tool_calls: [] })],
  ])('isPlainCompletion accepts %s, and isPlainChunk leaves it to the schema', (_, [delta, message]) => {
    expect([isPlainChunk(delta), isPlainCompletion(message)]).toEqual([false, true])
  })

  it.each([
    ['a string', both('text')],
    ['null', both(null)],
    ['undefined', both(undefined)],
    ['a list', both([])],
    ['an error', chunk({ content: 'a' }, { error: 'x' })],
    ['usage of another type', chunk({ content: 'a' }, { usage: { prompt_tokens: '1' } })],
    ['stats', chunk({ content: 'a' }, { stats: { tokens_per_second: 1 } })],
    ['tool calls', chunk({ tool_calls: [{ index: 0 }] })],
    ['an empty list of choices', both({ choices: [] })],
    [
      'two choices',
      [
        {
          choices: [
            { index: 0, delta: {} },
            { index: 1, delta: {} },
          ],
        },
        {
          choices: [
            { index: 0, message: {} },
            { index: 1, message: {} },
          ],
        },
      ],
    ],
    ['choices that are a string', both({ choices: 'x' })],
    ['a choice that is null', both({ choices: [null] })],
    ['another choice than the first', chunk({ content: 'a' }, {}, { index: 1 })],
    ['a choice without delta and message', both({ choices: [{ index: 0 }] })],
    ['content of another type', chunk({ content: 7 })],
    ['reasoning of another type', chunk({ reasoning: 7 })],
    ['reasoning_content of another type', chunk({ reasoning_content: 7 })],
    ['an id of another type', chunk({}, { id: 7 })],
    ['a model of another type', chunk({}, { model: 7 })],
    ['a finish reason of another type', chunk({}, {}, { finish_reason: 7 })],
    ['progress', chunk({ content: 'a' }, { prompt_progress: {} })],
    ['timings', chunk({ content: 'a' }, { timings: {} })],
    ['citations', chunk({ content: 'a' }, { citations: [] })],
    ["Ollama's figures", chunk({ content: 'a' }, { total_duration: 1 })],
    ['a message besides a delta', both(body({ delta: { content: 'a' }, message: { content: 'a' } }, {}, {}))],
    ['usage in the choice', chunk({ content: 'a' }, {}, { usage: {} })],
    ['text besides a message', chunk({ content: 'a' }, {}, { text: 'a' })],
    ['log probabilities', chunk({ content: 'a' }, {}, { logprobs: { content: [] } })],
    ['a single function call', chunk({ function_call: { name: 'f' } })],
    ['a refusal of another type', chunk({ refusal: 7 })],
    ['annotations', chunk({ annotations: [] })],
    ['negative usage', chunk({ content: 'a' }, { usage: { prompt_tokens: -1 } })],
  ])('both leave %s to the schema', (_, [delta, message]) => {
    expect([isPlainChunk(delta), isPlainCompletion(message)]).toEqual([false, false])
  })
})

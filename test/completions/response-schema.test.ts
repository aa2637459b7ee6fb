import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { chunkSchema, completionSchema, isPlainChunk } from '../../src/completions/response.js'
import { usageSchema } from '../../src/generation/usage.js'
import { fixtureJSON, fixtureNames, fixtureText } from '../helpers/fixtures.js'

const completions = fixtureNames('.json').filter((name) => /^(v0-)?chat-completion/.test(name))
const streams = fixtureNames('.sse').filter((name) => name.startsWith('chat-stream'))

describe('recorded bodies', () => {
  it.each(completions)('%s passes unchanged', (name) => {
    const body = fixtureJSON(name)
    expect(v.parse(completionSchema(), body)).toEqual(body)
  })

  it.each(streams)('every event of %s passes unchanged', (name) => {
    const events = fixtureText(name)
      .match(/(?<=^data: )\{.*$/gm)!
      .map((text) => JSON.parse(text) as unknown)
    for (const event of events) expect(v.parse(chunkSchema(), event)).toEqual(event)
    expect(events.length).toBeGreaterThan(2)
  })
})

describe('what passes', () => {
  it.each([
    ['nothing but a choice', { choices: [{}] }],
    ['no choice', { choices: [] }],
    [
      'unknown members everywhere',
      {
        choices: [{ message: { content: 'a', refusal: null, audio: {} }, logprobs: { content: [] }, x: 1 }],
        runtime: { name: 'r' },
        x: [],
      },
    ],
    ['unknown finish reasons', { choices: [{ message: { content: 'a' }, finish_reason: 'sunset' }] }],
    [
      'null wherever nothing needs to be',
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
    ['null counts', { choices: [{}], usage: { prompt_tokens: null, completion_tokens_details: null } }],
    ['a message that is null', { choices: [{ message: null }] }],
    [
      'tool calls with nothing in them',
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
  ])('%s', (_, body) => expect(v.parse(completionSchema(), body)).toEqual(body))

  it('a chunk without choices, which is how usage and news of the server come', () => {
    for (const chunk of [{}, { choices: null }, { choices: [], usage: { prompt_tokens: 1 } }, { type: 'ping' }]) {
      expect(v.parse(chunkSchema(), chunk)).toEqual(chunk)
    }
  })
})

describe('what is refused', () => {
  const choice = (message: unknown): unknown => ({ choices: [{ message, delta: message }] })
  it.each([
    ['a body that is no object', 'x'],
    ['choices that are no list', { choices: {} }],
    ['a choice that is no object', { choices: ['a'] }],
    ['an id that is a number', { id: 7, choices: [{}] }],
    ['a model that is an object', { model: {}, choices: [{}] }],
    ['a finish reason that is true', { choices: [{ finish_reason: true }] }],
    ['usage that is a text', { choices: [], usage: 'x' }],
    ['counts that are texts', { choices: [], usage: { prompt_tokens: '21' } }],
    ['stats that are texts', { choices: [], stats: { tokens_per_second: 'fast' } }],
    ['content that is a number', choice({ content: 7 })],
    ['content that is a list of parts', choice({ content: [{ type: 'text', text: 'a' }] })],
    ['reasoning that is an object', choice({ reasoning: {} })],
    ['reasoning_content that is true', choice({ reasoning_content: true })],
    ['tool calls that are an object', choice({ tool_calls: {} })],
    ['a tool call that is null', choice({ tool_calls: [null] })],
    ['a tool call whose id is a number', choice({ tool_calls: [{ id: 7 }] })],
    ['a tool call whose index is a text', choice({ tool_calls: [{ index: '0' }] })],
    ['a tool call whose name is a number', choice({ tool_calls: [{ function: { name: 7 } }] })],
    ['a tool call whose arguments are a number', choice({ tool_calls: [{ function: { name: 'f', arguments: 7 } }] })],
  ])('%s', (_, body) => {
    expect(v.safeParse(completionSchema(), body).success).toBe(false)
    expect(v.safeParse(chunkSchema(), body).success).toBe(false)
  })

  it('an event that is a list, as a list of issues is', () => {
    expect(v.safeParse(chunkSchema(), [{ code: 'invalid_literal', message: 'no' }]).success).toBe(false)
  })

  it('a whole answer without choices', () => {
    expect(v.safeParse(completionSchema(), {}).success).toBe(false)
    expect(v.safeParse(completionSchema(), { choices: null }).success).toBe(false)
  })

  it('usage of another kind', () => expect(v.safeParse(usageSchema, 'many').success).toBe(false))
})

describe('isPlainChunk', () => {
  const chunk = (delta: object, more: object = {}, choice: object = {}): unknown => ({
    id: 'c',
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: null, ...choice }],
    ...more,
  })

  it.each([
    ['text', chunk({ content: 'a' })],
    ['reasoning', chunk({ reasoning_content: 'a' })],
    ['reasoning under its other name', chunk({ reasoning: 'a' })],
    ['a role alone', chunk({ role: 'assistant' })],
    ['an ending', chunk({}, {}, { finish_reason: 'stop' })],
    ['no index', chunk({ content: 'a' }, {}, { index: undefined })],
    ['no tool calls', chunk({ content: 'a', tool_calls: null })],
    ['an error that is null', chunk({ content: 'a' }, { error: null })],
  ])('takes %s', (_, value) => expect(isPlainChunk(value)).toBe(true))

  it.each([
    ['no object', 'text'],
    ['null', null],
    ['nothing', undefined],
    ['a list', []],
    ['an error', chunk({ content: 'a' }, { error: 'x' })],
    ['usage', chunk({ content: 'a' }, { usage: { prompt_tokens: 1 } })],
    ['stats', chunk({ content: 'a' }, { stats: { tokens_per_second: 1 } })],
    ['tool calls', chunk({ tool_calls: [{ index: 0 }] })],
    ['a list of no tool calls', chunk({ tool_calls: [] })],
    ['no choices', { choices: [] }],
    [
      'two choices',
      {
        choices: [
          { index: 0, delta: {} },
          { index: 1, delta: {} },
        ],
      },
    ],
    ['choices of another kind', { choices: 'x' }],
    ['a choice of another kind', { choices: [null] }],
    ['another choice than the first', chunk({ content: 'a' }, {}, { index: 1 })],
    ['a choice without a delta', { choices: [{ index: 0 }] }],
    ['content of another kind', chunk({ content: 7 })],
    ['reasoning of another kind', chunk({ reasoning: 7 })],
    ['reasoning_content of another kind', chunk({ reasoning_content: 7 })],
    ['an id of another kind', chunk({}, { id: 7 })],
    ['a model of another kind', chunk({}, { model: 7 })],
    ['a finish reason of another kind', chunk({}, {}, { finish_reason: 7 })],
  ])('leaves %s to the schema', (_, value) => expect(isPlainChunk(value)).toBe(false))
})

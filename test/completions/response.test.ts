import { describe, expect, it } from 'vitest'
import { parseCompletion } from '../../src/completions/response.js'
import { parseMessage } from '../helpers/chat.js'
import { context, ENDPOINT } from '../helpers/client.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { thrownBy } from '../helpers/provider-errors.js'

const parse = (body: unknown) => parseCompletion({ body, sentAt: 0, context }, { model: 'requested' })

const tide = { id: '518204773', name: 'tide_at', arguments: { harbour: 'Oban' }, rawArguments: '{"harbour":"Oban"}' }

describe('parseCompletion', () => {
  it.each<[string, object]>([
    [
      'chat-completion',
      {
        id: 'chatcmpl-9q2k7m1x4c0v8b3n6a5s',
        model: 'acme/tern-4b',
        text: 'Seven gulls.',
        reasoning: 'Counting the birds.',
        toolCalls: [],
        finishReason: 'stop',
        rawFinishReason: 'stop',
        usage: { inputTokens: 21, outputTokens: 14, totalTokens: 35, reasoningTokens: 9 },
      },
    ],
    ['chat-completion-reasoning-field', { text: 'Seven gulls.', reasoning: 'Counting the birds.' }],
    ['chat-completion-inline-think', { text: 'Seven gulls.', reasoning: '\nCounting the birds.\n' }],
    ['chat-completion-json-in-reasoning', { text: '', reasoning: '{"gulls":7}', finishReason: 'stop' }],
    [
      'chat-completion-tools',
      { text: '', toolCalls: [tide], finishReason: 'tool-calls', rawFinishReason: 'tool_calls' },
    ],
    [
      'chat-completion-speculative',
      { stats: { tokensPerSecond: 71.2, measuredBy: { tokensPerSecond: 'server', durationMs: 'client' } } },
    ],
    [
      'v0-chat-completion',
      {
        text: 'Kittiwake.',
        stats: {
          timeToFirstTokenMs: 210,
          tokensPerSecond: 63.2,
          durationMs: 290,
          measuredBy: { timeToFirstTokenMs: 'server', tokensPerSecond: 'server', durationMs: 'server' },
        },
      },
    ],
  ])('parses the fixture %s', (name, expected) => {
    const body = fixtureJSON(`${name}.json`)
    const { response } = parse(body)
    expect(response).toMatchObject(expected)
    expect(response.raw).toEqual(body)
  })

  it('returns the events of a stream that arrives at once', () => {
    const { events, response } = parse(fixtureJSON('chat-completion-tools.json'))
    expect(events).toEqual([
      { type: 'completion-start', id: 'chatcmpl-t0o1', model: 'acme/tern-4b' },
      { type: 'tool-call-start', index: 0, id: '518204773', name: 'tide_at' },
      { type: 'tool-call-delta', index: 0, id: '518204773', argumentsDelta: '{"harbour":"Oban"}' },
      { type: 'tool-call', index: 0, toolCall: tide },
      { type: 'completion-end', response },
    ])
  })

  it('returns the events of reasoning before those of text', () => {
    const { events } = parse(fixtureJSON('chat-completion.json'))
    expect(events.map(({ type }) => type)).toEqual([
      'completion-start',
      'reasoning-delta',
      'text-delta',
      'completion-end',
    ])
  })

  it('skips a tool call without a name in a truncated response, and numbers the others from 0 in all events', () => {
    const { events } = parseMessage(
      {
        tool_calls: [
          { index: 0, function: { arguments: '{}' } },
          { index: 1, id: 'a', function: { name: 'f', arguments: '{}' } },
        ],
      },
      'length',
    )
    expect(events.flatMap((event) => ('index' in event ? [[event.type, event.index]] : []))).toEqual([
      ['tool-call-start', 0],
      ['tool-call-delta', 0],
      ['tool-call', 0],
    ])
  })

  it('keeps two tool calls apart that have the same index and id', () => {
    const call = (name: string): object => ({ index: 0, id: '0', function: { name, arguments: '{}' } })
    const { toolCalls } = parseMessage({ tool_calls: [call('f'), call('g')] }).response
    expect(toolCalls.map(({ id, name }) => [id, name])).toEqual([
      ['0', 'f'],
      ['call_2', 'g'],
    ])
  })

  it('keeps the start of a think tag that no tag followed', () => {
    expect(parseMessage({ content: '<thi' }).response.text).toBe('<thi')
  })

  it('uses the requested model and undefined figures when the response has neither', () => {
    expect(parse({ choices: [{ message: { content: 'a' } }] }).response).toMatchObject({
      id: '',
      model: 'requested',
      finishReason: 'other',
      rawFinishReason: undefined,
      usage: { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined },
    })
  })

  it.each([{ reasoning_content: '' }, { reasoning: null }, {}])('omits `reasoning` for %j', (fields) => {
    expect(parseMessage({ content: 'a', ...fields }).response).not.toHaveProperty('reasoning')
  })

  it('measures no time to first token, because the response arrives at once', () => {
    const { stats } = parseMessage({ content: 'a' }).response
    expect(stats.timeToFirstTokenMs).toBeUndefined()
    expect(stats.measuredBy).toEqual({ durationMs: 'client' })
  })

  it('accepts an empty response that a content filter caused', () => {
    const body = { choices: [{ message: { content: '' }, finish_reason: 'content_filter' }] }
    expect(parse(body).response).toMatchObject({ text: '', rawFinishReason: 'content_filter' })
  })

  it.each<[string, unknown]>([
    ['the fixture of an empty response', fixtureJSON('chat-completion-empty.json')],
    [
      'a response with output tokens but without text',
      { choices: [{ message: { content: null }, finish_reason: 'stop' }], usage: { completion_tokens: 42 } },
    ],
    ['a response with 0 output tokens', { choices: [{ message: {} }], usage: { completion_tokens: 0 } }],
    ['an empty list of choices', { choices: [] }],
    ['a choice without a message', { choices: [{}] }],
    ['a message that is null', { choices: [{ message: null }] }],
  ])('throws for %s, as some engines report a context overflow this way', (_, body) => {
    const error = thrownBy(() => parse(body))
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'empty-response', endpoint: ENDPOINT })
    expect((error as { readonly hint: string }).hint).toContain('context')
  })

  it.each([[{}], [{ choices: null }], [[]], ['text'], [null], [{ choices: [{ message: { content: 7 } }] }]])(
    'throws for %j, which has another shape',
    (body) => {
      expect(thrownBy(() => parse(body))).toMatchObject({ name: 'InvalidResponseError', code: 'invalid-response' })
    },
  )
})

import { describe, expect, it } from 'vitest'
import { parseCompletion } from '../../src/completions/response.js'
import { InvalidResponseError } from '../../src/errors/index.js'
import { parseMessage } from '../helpers/chat.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { thrownBy } from '../helpers/provider-errors.js'
import { context, ENDPOINT } from '../helpers/client.js'

const read = (name: string): ReturnType<typeof parseCompletion> =>
  parseCompletion({ body: fixtureJSON(name), sentAt: 0, context }, { model: 'asked/for' })
const tide = { id: '518204773', name: 'tide_at', arguments: { harbour: 'Oban' }, rawArguments: '{"harbour":"Oban"}' }

describe('recorded answers', () => {
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
    [
      'chat-completion-inline-think',
      { text: 'Seven gulls.', reasoning: expect.stringContaining('Counting the birds.') },
    ],
    ['chat-completion-json-in-reasoning', { text: '', reasoning: '{"gulls":7}', finishReason: 'stop' }],
    [
      'chat-completion-tools',
      { text: '', toolCalls: [tide], finishReason: 'tool-calls', rawFinishReason: 'tool_calls' },
    ],
    [
      'chat-completion-speculative',
      {
        stats: expect.objectContaining({
          tokensPerSecond: 71.2,
          measuredBy: expect.objectContaining({ tokensPerSecond: 'server', durationMs: 'client' }),
        }),
      },
    ],
    [
      'v0-chat-completion',
      {
        text: 'Kittiwake.',
        stats: expect.objectContaining({
          timeToFirstTokenMs: 210,
          durationMs: 290,
          measuredBy: { timeToFirstTokenMs: 'server', tokensPerSecond: 'server', durationMs: 'server' },
        }),
      },
    ],
  ])('%s', (name, expected) => {
    const { response } = read(`${name}.json`)
    expect(response).toMatchObject(expected)
    expect(response.raw).toEqual(fixtureJSON(`${name}.json`))
  })

  it('an answer without a word is an error that says so', () => {
    const error = thrownBy(() => read('chat-completion-empty.json'))
    expect(error).toBeInstanceOf(InvalidResponseError)
    expect(error).toMatchObject({ code: 'empty-response', endpoint: ENDPOINT })
    expect((error as InvalidResponseError).hint).toMatch(/context/)
  })
})

describe('events', () => {
  it('are those of a stream that came all at once', () => {
    const { events, response } = read('chat-completion-tools.json')
    expect(events).toEqual([
      { type: 'completion-start', id: 'chatcmpl-t0o1', model: 'acme/tern-4b' },
      { type: 'tool-call-start', index: 0, id: '518204773', name: 'tide_at' },
      { type: 'tool-call-delta', index: 0, id: '518204773', argumentsDelta: '{"harbour":"Oban"}' },
      { type: 'tool-call', index: 0, toolCall: tide },
      { type: 'completion-end', response },
    ])
  })

  it('tell the reasoning before the text', () => {
    expect(read('chat-completion.json').events.map(({ type }) => type)).toEqual([
      'completion-start',
      'reasoning-delta',
      'text-delta',
      'completion-end',
    ])
  })

  it('give a call the same index from its beginning to its end, also behind an entry without a name', () => {
    const { events } = parseMessage({
      tool_calls: [
        { index: 0, function: { arguments: '{}' } },
        { index: 1, id: 'a', function: { name: 'f', arguments: '{}' } },
      ],
    })
    const indices = events.flatMap((event) => ('index' in event ? [event.index] : []))
    expect(new Set(indices).size).toBe(1)
  })
})

describe('shapes', () => {
  it('names the model that was asked for where the answer names none', () => {
    const answer = { body: { choices: [{ message: { content: 'a' } }] }, sentAt: 0, context }
    expect(parseCompletion(answer, { model: 'asked/for' }).response).toMatchObject({
      id: '',
      model: 'asked/for',
      finishReason: 'other',
      rawFinishReason: undefined,
      usage: { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined },
    })
  })

  it('has no reasoning where there is none', () => {
    expect(parseMessage({ content: 'a', reasoning_content: '' }).response).not.toHaveProperty('reasoning')
    expect(parseMessage({ content: 'a', reasoning: null }).response).not.toHaveProperty('reasoning')
  })

  it('takes reasoning once when both fields hold it', () => {
    expect(parseMessage({ content: 'a', reasoning_content: 'r', reasoning: 'r' }).response.reasoning).toBe('r')
  })

  it('leaves a tag in the content alone where the server separates reasoning itself', () => {
    expect(parseMessage({ content: '<think>x</think>a', reasoning_content: 'r' }).response).toMatchObject({
      text: '<think>x</think>a',
      reasoning: 'r',
    })
  })

  it('knows no time of the first token of an answer in one piece', () => {
    const { stats } = parseMessage({ content: 'a' }).response
    expect(stats.timeToFirstTokenMs).toBeUndefined()
    expect(stats.durationMs).toBeGreaterThan(0)
  })

  it('takes an empty answer for one when the model did write tokens, or a filter took them', () => {
    const body = (finish_reason: string, usage: object): unknown => ({
      choices: [{ message: { content: '' }, finish_reason }],
      usage,
    })
    const answer = (finishReason: string, usage = {}): unknown =>
      parseCompletion({ body: body(finishReason, usage), sentAt: 0, context }, { model: 'm' }).response
    expect(answer('stop', { completion_tokens: 1 })).toMatchObject({ text: '', finishReason: 'stop' })
    expect(answer('content_filter')).toMatchObject({ text: '', finishReason: 'content-filter' })
    expect(() => answer('stop', { completion_tokens: 0 })).toThrow(InvalidResponseError)
    expect(() => answer('length')).toThrow(InvalidResponseError)
  })

  it.each([[{}], [{ choices: null }], [[]], ['text'], [null], [{ choices: [{ message: { content: 7 } }] }]])(
    'refuses %j',
    (body) => {
      expect(() => parseCompletion({ body, sentAt: 0, context }, { model: 'm' })).toThrow(InvalidResponseError)
    },
  )

  it.each([
    [{ choices: [] }],
    [{ choices: [{}] }],
    [{ choices: [{ message: null }] }],
    [{ choices: [{ message: { tool_calls: [{ function: { arguments: '{}' } }] } }] }],
  ])('takes %j for no answer', (body) => {
    expect(thrownBy(() => parseCompletion({ body, sentAt: 0, context }, { model: 'm' }))).toMatchObject({
      code: 'empty-response',
    })
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseChat } from '../../src/native-chat/response.js'
import type { ChatOutputItem } from '../../src/native-chat/types.js'
import { context, ENDPOINT } from '../helpers/client.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { thrownBy } from '../helpers/provider-errors.js'

const MESSAGE = { type: 'message', content: 'Hi.' }

const parse = (body: unknown, maxTokens?: number) =>
  parseChat({ body, sentAt: 0, context }, { model: 'requested', maxTokens })
const outputOf = (...output: object[]): readonly ChatOutputItem[] => parse({ output }).response.output

afterEach(() => void vi.useRealTimers())

describe('parseChat', () => {
  it('parses the fixture native-chat', () => {
    const body = fixtureJSON('native-chat.json')
    const { response } = parse(body)
    expect(response).toMatchObject({
      text: 'Found one entry.',
      reasoning: 'Look it up.',
      modelInstanceId: 'acme/tern-4b',
      responseId: 'resp_00aa11bb22cc',
      finishReason: 'stop',
      isFinishReasonInferred: true,
      usage: { inputTokens: 210, outputTokens: 48, totalTokens: 258, reasoningTokens: 6 },
      stats: {
        tokensPerSecond: 41.5,
        timeToFirstTokenMs: 620,
        modelLoadTimeMs: 5100,
        measuredBy: { tokensPerSecond: 'server', timeToFirstTokenMs: 'server', durationMs: 'client' },
      },
    })
    expect(response.output).toEqual([
      { type: 'reasoning', text: 'Look it up.' },
      {
        type: 'tool-call',
        name: 'find_bird',
        arguments: { name: 'tern' },
        output: '[{"type":"text","text":"1 hit"}]',
        source: { type: 'ephemeral-mcp', serverLabel: 'birds' },
      },
      { type: 'message', text: 'Found one entry.' },
    ])
    expect(response.raw).toEqual(body)
  })

  it('parses the invalid tool call of the fixture native-chat-invalid-tool-call', () => {
    expect(parse(fixtureJSON('native-chat-invalid-tool-call.json')).response.output[0]).toEqual({
      type: 'invalid-tool-call',
      reason: 'Cannot find tool with name find_fish.',
      kind: 'invalid-name',
      name: 'find_fish',
    })
  })

  it('returns the events of a stream with the same response', () => {
    const { response, events } = parse(fixtureJSON('native-chat.json'))
    const call = { name: 'find_bird', source: { type: 'ephemeral-mcp', serverLabel: 'birds' } }
    expect(events).toEqual([
      { type: 'chat-start', modelInstanceId: 'acme/tern-4b' },
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: 'Look it up.' },
      { type: 'reasoning-end' },
      { type: 'tool-call-start', ...call },
      { type: 'tool-call-arguments', ...call, arguments: { name: 'tern' } },
      { type: 'tool-call-success', ...call, arguments: { name: 'tern' }, output: '[{"type":"text","text":"1 hit"}]' },
      { type: 'text-start' },
      { type: 'text-delta', text: 'Found one entry.' },
      { type: 'text-end' },
      { type: 'chat-end', response },
    ])
  })

  it('joins the messages to the text and the reasoning items to the reasoning', () => {
    const { response } = parse({
      output: [
        { type: 'reasoning', content: 'A' },
        { type: 'message', content: 'One, ' },
        { type: 'reasoning', content: 'B' },
        { type: 'message', content: 'two.' },
      ],
    })
    expect([response.text, response.reasoning, response.output.length]).toEqual(['One, two.', 'AB', 4])
  })

  it('passes an item of an unknown type through, whatever its fields', () => {
    const item = { type: 'painting', content: { oil: true }, tool: 7 }
    const { response, events } = parse({ output: [item, MESSAGE] })
    expect(response.output[0]).toEqual({ type: 'unknown', name: 'painting', data: item })
    expect(events[1]).toEqual({ type: 'unknown', name: 'painting', data: item })
  })

  it.each<[string, object, object]>([
    ['a plugin', { type: 'plugin', plugin_id: 'mcp/birds' }, { type: 'plugin', id: 'mcp/birds' }],
    ['a plugin without an id', { type: 'plugin' }, { type: 'plugin', id: '' }],
    ['an MCP server without a label', { type: 'ephemeral_mcp' }, { type: 'ephemeral-mcp', serverLabel: '' }],
    [
      'a source of an unknown type',
      { type: 'cloud', region: 1 },
      { type: 'unknown', data: { type: 'cloud', region: 1 } },
    ],
  ])('maps the source of a tool: %s', (_, info, source) => {
    expect(outputOf({ type: 'tool_call', tool: 't', provider_info: info })[0]).toMatchObject({ source })
  })

  it('accepts tool calls that lack most fields', () => {
    expect(
      outputOf({ type: 'tool_call' }, { type: 'tool_call', output: { hits: 1 } }, { type: 'invalid_tool_call' }),
    ).toEqual([
      { type: 'tool-call', name: '', arguments: undefined, output: '' },
      { type: 'tool-call', name: '', arguments: undefined, output: '{"hits":1}' },
      { type: 'invalid-tool-call', reason: '', kind: 'other', name: undefined },
    ])
  })

  it('maps arguments and source of an invalid tool call, in the output and in its event', () => {
    const metadata = {
      type: 'invalid_arguments',
      tool_name: 'find_bird',
      arguments: { nmae: 'tern' },
      provider_info: { type: 'plugin', plugin_id: 'mcp/birds' },
    }
    const { response, events } = parse({ output: [{ type: 'invalid_tool_call', reason: 'No name.', metadata }] })
    const call = {
      reason: 'No name.',
      kind: 'invalid-arguments',
      name: 'find_bird',
      arguments: { nmae: 'tern' },
      source: { type: 'plugin', id: 'mcp/birds' },
    }
    expect(response.output).toEqual([{ type: 'invalid-tool-call', ...call }])
    expect(events[1]).toEqual({ type: 'tool-call-failure', ...call })
  })

  it('returns no delta for a message without text', () => {
    const { events } = parse({ output: [{ type: 'message', content: null }, MESSAGE] })
    expect(events.map(({ type }) => type)).toEqual([
      'chat-start',
      'text-start',
      'text-end',
      'text-start',
      'text-delta',
      'text-end',
      'chat-end',
    ])
  })

  it('uses the requested model and undefined figures when the response has neither', () => {
    vi.useFakeTimers()
    const { response } = parseChat(
      { body: { output: [MESSAGE] }, sentAt: performance.now() - 50, context },
      { model: 'requested' },
    )
    expect(response).toMatchObject({ modelInstanceId: 'requested', finishReason: 'stop' })
    expect(response).not.toHaveProperty('responseId')
    expect(response).not.toHaveProperty('reasoning')
    expect(response.usage).toEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined })
    expect(response.stats).toEqual({
      modelLoadTimeMs: undefined,
      timeToFirstTokenMs: undefined,
      tokensPerSecond: undefined,
      durationMs: 50,
      measuredBy: { durationMs: 'client' },
    })
  })

  it.each([
    [8, 7, 'stop'],
    [8, 8, 'length'],
    [8, 9, 'length'],
    [undefined, 9, 'stop'],
    [8, undefined, 'stop'],
  ])('given maxTokens %s and %s output tokens, infers the finish reason %s', (maxTokens, tokens, finishReason) => {
    const body = { output: [MESSAGE], stats: { total_output_tokens: tokens } }
    expect(parse(body, maxTokens).response.finishReason).toBe(finishReason)
  })

  it('keeps a load time of 0', () => {
    const body = { output: [MESSAGE], stats: { model_load_time_seconds: 0 } }
    expect(parse(body).response.stats.modelLoadTimeMs).toBe(0)
  })

  it.each<[string, object]>([
    ['an empty output', { output: [], stats: { total_output_tokens: 0 } }],
    ['an output of empty texts', { output: [{ type: 'message', content: '' }, { type: 'reasoning' }] }],
  ])('throws for %s', (_, body) => {
    expect(thrownBy(() => parse(body))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'empty-response',
      endpoint: ENDPOINT,
    })
  })

  it('accepts an empty output only where the limit of tokens explains it', () => {
    const body = { output: [], stats: { total_output_tokens: 3 } }
    expect(parse(body, 3).response).toMatchObject({ text: '', finishReason: 'length' })
    expect(thrownBy(() => parse(body))).toMatchObject({ code: 'empty-response' })
    expect(thrownBy(() => parse(body, 4))).toMatchObject({ code: 'empty-response' })
  })

  it.each<[string, unknown]>([
    ['an item that is null', null],
    ['an item that is a number', 7],
    ['counts that are strings', undefined],
  ])('reads the rest of a response with %s', (_, odd) => {
    const body = { output: odd === undefined ? [MESSAGE] : [odd, MESSAGE], stats: { input_tokens: '3' } }
    const { response } = parse(body)
    expect(response).toMatchObject({ text: 'Hi.', output: [{ type: 'message', text: 'Hi.' }] })
    expect(response.usage.inputTokens).toBeUndefined()
    expect(response.raw).toBe(body)
  })

  it('passes an item without a type through', () => {
    expect(outputOf({ content: 'x' }, MESSAGE)).toEqual([
      { type: 'unknown', name: '', data: { content: 'x' } },
      { type: 'message', text: 'Hi.' },
    ])
  })

  it('reads a tool call whose fields are odd', () => {
    expect(outputOf({ type: 'tool_call', tool: 7, arguments: null, provider_info: 'x' }, MESSAGE)[0]).toEqual({
      type: 'tool-call',
      name: '',
      arguments: null,
      output: '',
    })
    expect(outputOf({ type: 'invalid_tool_call', reason: [], metadata: 7 }, MESSAGE)[0]).toEqual({
      type: 'invalid-tool-call',
      reason: '',
      kind: 'other',
      name: undefined,
    })
  })

  it.each([
    [{ status: 'failed', output: [MESSAGE], error_message: 'Busy.' }, 'Busy.'],
    [{ status: 'failed', output: [MESSAGE] }, 'The generation failed.'],
  ])('throws for a status that says that the chat failed: %j', (body, serverMessage) => {
    expect(thrownBy(() => parse(body))).toMatchObject({ name: 'ApiError', serverMessage })
  })

  it.each<[string, unknown]>([
    ['a string', 'Hello'],
    ['null', null],
    ['a body without output', {}],
    ['an output that is an object', { output: {} }],
    ['an output that is a text', { output: 'canary' }],
  ])('throws for %s, without quoting the response', (_, body) => {
    const error = thrownBy(() => parse(body))
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'invalid-response' })
    expect((error as Error).message).not.toContain('canary')
  })
})

describe('content that is not a text', () => {
  const part = { type: 'text', text: 'hi' }

  it.each<[string, unknown, string]>([
    ['a list of one part', [part], 'hi'],
    ['a list of parts', [part, { type: 'text', text: ' you' }], 'hi you'],
    ['a list of texts', ['hi', ' you'], 'hi you'],
    ['one part', part, 'hi'],
    ['a part of another type', [{ type: 'output_text', text: 'hi' }], 'hi'],
  ])('is read: %s', (_, content, text) => {
    const { response } = parse({
      output: [
        { type: 'message', content },
        { type: 'reasoning', content },
      ],
    })
    expect(response).toMatchObject({ text, reasoning: text })
  })
})

import { describe, expect, it } from 'vitest'
import { InvalidResponseError } from '../../src/errors/index.js'
import { parseChat } from '../../src/native-chat/response.js'
import type { ChatEvent, ChatResponse } from '../../src/native-chat/types.js'
import { integrationSecrets } from '../../src/http/scrub.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { thrownBy } from '../helpers/provider-errors.js'
import { context, ENDPOINT } from '../helpers/client.js'

const read = (body: unknown, maxTokens?: number): { response: ChatResponse; events: readonly ChatEvent[] } =>
  parseChat({ body, sentAt: performance.now() - 50, context }, { model: 'asked/for', maxTokens })
const said = (...output: object[]): ChatResponse => read({ output }).response
const message = { type: 'message', content: 'Hi.' }

describe('a recorded answer', () => {
  it('is read whole', () => {
    const body = fixtureJSON('native-chat.json')
    const { response } = read(body)
    expect(response).toMatchObject({
      text: 'Found one entry.',
      reasoning: 'Look it up.',
      modelInstanceId: 'acme/tern-4b',
      responseId: expect.stringMatching(/^resp_/),
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

  it('tells of a call that could not be run', () => {
    expect(read(fixtureJSON('native-chat-invalid-tool-call.json')).response.output[0]).toEqual({
      type: 'invalid-tool-call',
      reason: 'Cannot find tool with name find_fish.',
      kind: 'invalid-name',
      name: 'find_fish',
    })
  })

  it('consists of events that make the same answer', () => {
    const { response, events } = read(fixtureJSON('native-chat.json'))
    expect(events.map(({ type }) => type)).toEqual([
      'chat-start',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'tool-call-start',
      'tool-call-arguments',
      'tool-call-success',
      'text-start',
      'text-delta',
      'text-end',
      'chat-end',
    ])
    expect(events[4]).toEqual({
      type: 'tool-call-start',
      name: 'find_bird',
      source: { type: 'ephemeral-mcp', serverLabel: 'birds' },
    })
    expect(events[5]).toEqual({ ...events[4], type: 'tool-call-arguments', arguments: { name: 'tern' } })
    expect(events[6]).toMatchObject({ type: 'tool-call-success', output: '[{"type":"text","text":"1 hit"}]' })
    expect(events.at(-1)).toEqual({ type: 'chat-end', response })
  })
})

describe('output', () => {
  it('has its messages and its reasoning joined', () => {
    const answer = said(
      { type: 'reasoning', content: 'A' },
      { type: 'message', content: 'One, ' },
      { type: 'reasoning', content: 'B' },
      { type: 'message', content: 'two.' },
    )
    expect([answer.text, answer.reasoning, answer.output.length]).toEqual(['One, two.', 'AB', 4])
  })

  it('keeps items from the future as they are, whatever their members', () => {
    const item = { type: 'painting', content: { oil: true }, tool: 7 }
    const { response, events } = read({ output: [item, message] })
    expect(response.output[0]).toEqual({ type: 'unknown', name: 'painting', data: item })
    expect(events[1]).toEqual({ type: 'unknown', name: 'painting', data: item })
  })

  it.each<[string, object, object]>([
    ['a plugin', { type: 'plugin', plugin_id: 'mcp/birds' }, { type: 'plugin', id: 'mcp/birds' }],
    ['a plugin without a name', { type: 'plugin' }, { type: 'plugin', id: '' }],
    ['a server without a label', { type: 'ephemeral_mcp' }, { type: 'ephemeral-mcp', serverLabel: '' }],
    ['something new', { type: 'cloud', region: 1 }, { type: 'unknown', data: { type: 'cloud', region: 1 } }],
  ])('says that a tool is of %s', (_name, info, source) => {
    expect(said({ type: 'tool_call', tool: 't', provider_info: info }).output[0]).toMatchObject({ source })
  })

  it('bears a call of which little is said', () => {
    expect(
      said({ type: 'tool_call' }, { type: 'tool_call', output: { hits: 1 } }, { type: 'invalid_tool_call' }, message)
        .output,
    ).toEqual([
      { type: 'tool-call', name: '', arguments: undefined, output: '' },
      { type: 'tool-call', name: '', arguments: undefined, output: '{"hits":1}' },
      { type: 'invalid-tool-call', reason: '', kind: 'other', name: undefined },
      { type: 'message', text: 'Hi.' },
    ])
  })

  it('tells what arguments were wrong, and whose tool it was', () => {
    const metadata = {
      type: 'invalid_arguments',
      tool_name: 'find_bird',
      arguments: { nmae: 'tern' },
      provider_info: { type: 'plugin', plugin_id: 'mcp/birds' },
    }
    const { response, events } = read({
      output: [{ type: 'invalid_tool_call', reason: 'No name.', metadata }, message],
    })
    const call = {
      reason: 'No name.',
      kind: 'invalid-arguments',
      name: 'find_bird',
      arguments: { nmae: 'tern' },
      source: { type: 'plugin', id: 'mcp/birds' },
    }
    expect(response.output[0]).toEqual({ type: 'invalid-tool-call', ...call })
    expect(events[1]).toEqual({ type: 'tool-call-failure', ...call })
  })

  it('without a delta for a message without text', () => {
    const { events } = read({ output: [{ type: 'message', content: null }, message] })
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
})

describe('what the server does not say', () => {
  it('is the model that was asked for, no id, and unknown figures', () => {
    const { response } = read({ output: [message] })
    expect(response).toMatchObject({ modelInstanceId: 'asked/for', finishReason: 'stop' })
    expect(response).not.toHaveProperty('responseId')
    expect(response).not.toHaveProperty('reasoning')
    expect(response.usage).toEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined })
    expect(response.stats).toMatchObject({
      modelLoadTimeMs: undefined,
      timeToFirstTokenMs: undefined,
      measuredBy: { durationMs: 'client' },
    })
    expect(response.stats.durationMs).toBeGreaterThanOrEqual(50)
  })

  it.each([
    [8, 7, 'stop'],
    [8, 8, 'length'],
    [8, 9, 'length'],
    [undefined, 9, 'stop'],
    [8, undefined, 'stop'],
  ])('why it ended follows from a limit of %s and %s tokens: %s', (limit, tokens, finishReason) => {
    const body = { output: [message], stats: { total_output_tokens: tokens } }
    expect(read(body, limit).response.finishReason).toBe(finishReason)
  })

  it('a load time of zero is kept', () => {
    expect(read({ output: [message], stats: { model_load_time_seconds: 0 } }).response.stats.modelLoadTimeMs).toBe(0)
  })
})

describe('no answer', () => {
  it.each([
    ['no output', { output: [], stats: { total_output_tokens: 0 } }],
    ['nothing but empty texts', { output: [{ type: 'message', content: '' }, { type: 'reasoning' }] }],
  ])('is %s', (_name, body) => {
    const error = thrownBy(() => read(body))
    expect(error).toBeInstanceOf(InvalidResponseError)
    expect(error).toMatchObject({ code: 'empty-response', endpoint: ENDPOINT })
  })

  it('is not what tokens were spent on', () => {
    expect(read({ output: [], stats: { total_output_tokens: 3 } }).response.text).toBe('')
  })

  it.each([
    ['text', 'Hello'],
    ['null', null],
    ['without output', {}],
    ['whose output is no list', { output: {} }],
    ['with an item without type', { output: [{ content: 'x' }] }],
    ['with an item that is null', { output: [null] }],
    ['with content that is no text', { output: [{ type: 'message', content: ['canary'] }] }],
    ['with counts that are texts', { output: [message], stats: { input_tokens: '3' } }],
  ])('is a body that is %s', (_name, body) => {
    const error = thrownBy(() => read(body))
    expect(error).toBeInstanceOf(InvalidResponseError)
    expect((error as Error).message).not.toContain('canary')
  })
})

describe('the secrets of integrations', () => {
  it('are header values, with and without their scheme, and what of an address may be a key', () => {
    const secrets = integrationSecrets([
      'mcp/birds',
      null,
      { type: 'plugin', id: 'x' },
      {
        server_url: 'https://mcp.example.org/server/long-path-key/mcp?apiKey=query-key',
        headers: { authorization: 'Bearer head-key' },
      },
      { server_url: 'https://mcp.example.org' },
    ])
    for (const key of [
      'Bearer head-key',
      'head-key',
      'long-path-key',
      'query-key',
      '/server/long-path-key/mcp?apiKey=query-key',
    ]) {
      expect(secrets).toContain(key)
    }
    for (const word of ['Bearer', 'server', 'apiKey', 'mcp.example.org']) expect(secrets).not.toContain(word)
  })

  it('are none where there are none', () => {
    expect(integrationSecrets(undefined)).toEqual([])
  })
})

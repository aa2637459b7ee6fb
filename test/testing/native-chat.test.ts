import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault, type MockLMStudioOptions } from '../../src/testing/index.js'
import { ask, model } from './ask.js'
import { readFrames, type Frame } from './read-frames.js'

async function nativeStream(body: object = {}, options: MockLMStudioOptions = {}): Promise<Frame[]> {
  const whole = { model, input: 'Hello.', reasoning: 'off', stream: true, ...body }
  return readFrames(await (await ask(createMockLMStudio(options), '/api/v1/chat', whole)).text())
}

const native = (body: object, options: MockLMStudioOptions = {}): Promise<Response> =>
  ask(createMockLMStudio(options), '/api/v1/chat', { model, input: 'Hello.', reasoning: 'off', ...body })

const eventsOf = (frames: readonly Frame[]): (string | undefined)[] =>
  frames.map(({ event }) => event).filter((event, index, all) => event !== all[index - 1])

describe('native chat', () => {
  test('a stream begins with chat.start, ends with the whole result, and tells the text between', async () => {
    const frames = await nativeStream()
    expect(eventsOf(frames)).toEqual([
      'chat.start',
      'prompt_processing.start',
      'prompt_processing.end',
      'message.start',
      'message.delta',
      'message.end',
      'chat.end',
    ])
    expect(frames.map(({ data }) => data.content ?? '').join('')).toBe('You said: Hello.')
    const { result } = frames.at(-1)?.data ?? {}
    expect(result.output).toEqual([{ type: 'message', content: 'You said: Hello.' }])
    expect(result.stats.model_load_time_seconds).toBeUndefined()
  })

  test('a cold model tells how its loading goes, and how long it took', async () => {
    const frames = await nativeStream(
      { model: 'acme/plover-vl', reasoning: undefined, context_length: 2048 },
      { loadDelayMs: 4 },
    )
    const progress = frames.filter(({ event }) => event === 'model_load.progress').map(({ data }) => data.progress)
    expect(progress).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(frames.at(-1)?.data.result.stats.model_load_time_seconds).toBe(0.004)
  })

  test('a conversation goes on where it was stored, and is not stored when told so', async () => {
    const mock = createMockLMStudio()
    const first = await (await ask(mock, '/api/v1/chat', { model, input: 'One.' })).json()
    expect(first.response_id).toMatch(/^resp_/u)
    const again = { model, input: 'Two.', previous_response_id: first.response_id, store: false }
    expect(await (await ask(mock, '/api/v1/chat', again)).json()).not.toHaveProperty('response_id')
    for (const [id, status] of [
      ['resp_0', 404],
      ['chat_0', 400],
    ]) {
      expect((await ask(mock, '/api/v1/chat', { ...again, previous_response_id: id })).status).toBe(status)
    }
  })

  test('integrations are answered with a tool the server ran itself', async () => {
    const frames = await nativeStream({
      integrations: [{ type: 'plugin', id: 'mcp/birds', allowed_tools: ['find_bird'] }],
    })
    const calls = frames.filter(({ event }) => event?.startsWith('tool_call.'))
    expect(calls.map(({ event }) => event)).toEqual(['tool_call.start', 'tool_call.arguments', 'tool_call.success'])
    expect(calls[2]?.data).toMatchObject({
      tool: 'find_bird',
      output: '[{"type":"text","text":"mcp/birds has 1 result"}]',
      provider_info: { type: 'plugin', plugin_id: 'mcp/birds' },
    })
    expect(frames.at(-1)?.data.result.output.at(-1).content).toBe('According to find_bird: mcp/birds has 1 result')
  })

  test.each<[string, object, number, string | null]>([
    ['a key it does not know', { max_tokens: 5 }, 400, 'unrecognized_keys'],
    ['an input item called message', { input: [{ type: 'message', content: 'x' }] }, 400, 'invalid_union'],
    ['text under the wrong key', { input: [{ type: 'text', text: 'x' }] }, 400, 'invalid_union'],
    ['no input', { input: undefined }, 400, 'invalid_union'],
    ['an image that is not a data URL', { input: [{ type: 'image', data_url: 'https://x' }] }, 400, 'invalid_string'],
    ['a reasoning setting that does not exist', { reasoning: 'max' }, 400, 'invalid_enum_value'],
    ['a reasoning setting the model lacks', { reasoning: 'high' }, 400, 'invalid_value'],
    ['reasoning of a model without any', { model: 'acme/heron-base', reasoning: 'on' }, 400, 'invalid_value'],
    ['no model', { model: undefined }, 400, 'invalid_type'],
    ['a broken integration', { integrations: [{ type: 'gull' }] }, 400, 'invalid_union'],
    ['an embedding model', { model: 'text-embedding-plover-v2' }, 400, null],
  ])('%s is refused', async (_name, body, status, code) => {
    const response = await native(body)
    expect(response.status).toBe(status)
    expect((await response.json()).error).toMatchObject({ type: 'invalid_request', code })
  })

  test('with MCP off, an integration is forbidden', async () => {
    const response = await native({ integrations: ['mcp/birds'] }, { mcp: false })
    expect(response.status).toBe(403)
    expect((await response.json()).error.param).toBe('integrations')
  })

  test('a model nobody has is not found when nothing is loaded in its place', async () => {
    const response = await native({ model: 'acme/puffin', reasoning: undefined }, { models: [{ id: model }] })
    expect([response.status, (await response.json()).error.type]).toEqual([404, 'model_not_found'])
  })

  test('a prompt beyond the context is an error, in a stream with an end all the same', async () => {
    const options = { models: [{ id: model, loaded: true, contextLength: 16 }] }
    const body = { input: 'gull '.repeat(99), reasoning: undefined }
    expect((await native(body, options)).status).toBe(400)
    expect(eventsOf(await nativeStream(body, options)).slice(-2)).toEqual(['error', 'chat.end'])
  })
})

const withFault = (fault: MockFault, body: object = {}): Promise<Frame[]> => nativeStream(body, { faults: [fault] })

describe('native faults', () => {
  test('prompt_processing.end comes twice', async () => {
    const frames = await withFault('prompt-processing-end-twice')
    expect(frames.filter(({ event }) => event === 'prompt_processing.end')).toHaveLength(2)
  })

  test('an event from the future comes early', async () => {
    expect((await withFault('unknown-event'))[1]?.event).toBe('speculation.hint')
  })

  test('an error is followed by chat.end with what had gone out', async () => {
    const frames = await withFault({ name: 'error-then-chat-end', afterEvents: 6, type: 'unknown' })
    expect(eventsOf(frames).slice(-2)).toEqual(['error', 'chat.end'])
    const text = frames.map(({ data }) => data.content ?? '').join('')
    expect(frames.at(-1)?.data.result.output).toEqual([{ type: 'message', content: text }])
    expect('You said: Hello.'.startsWith(text) && text !== '').toBe(true)
  })

  test('chat.end is flat', async () => {
    expect((await withFault('flat-chat-end')).at(-1)?.data).toMatchObject({ type: 'chat.end', output: [{}], stats: {} })
  })

  test('a tool that does not exist fails', async () => {
    const frames = await withFault('tool-call-failure', { integrations: ['mcp/birds'] })
    expect(eventsOf(frames)).toContain('tool_call.failure')
    expect(frames.at(-1)?.data.result.output[0].type).toBe('invalid_tool_call')
  })

  test('an MCP server that is away is an error, streamed or not', async () => {
    const body = { integrations: ['mcp/birds'] }
    expect((await withFault('mcp-connection-error', body)).at(-1)?.data.error.type).toBe('mcp_connection_error')
    expect((await native(body, { faults: ['mcp-connection-error'] })).status).toBe(400)
  })

  test('an error frame has the native form', async () => {
    const frames = await withFault({ name: 'error-frame', form: 'event-error' })
    expect(frames.at(-1)).toMatchObject({ event: 'error', data: { type: 'error', error: { type: 'internal_error' } } })
  })
})

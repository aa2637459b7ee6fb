import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudioOptions } from '../../../src/testing/index.js'
import { model, post } from '../support/mock-requests.js'
import { type Frame, eventsOf, framesOf } from '../support/read-frames.js'

const request = { model, input: 'Hello.', reasoning: 'off' }

const native = (body: object, options: MockLMStudioOptions = {}): Promise<Response> =>
  post(createMockLMStudio(options), '/api/v1/chat', { ...request, ...body })

const nativeStream = (body: object = {}, options: MockLMStudioOptions = {}): Promise<Frame[]> =>
  framesOf(native({ stream: true, ...body }, options))

describe('POST /api/v1/chat', () => {
  test('a stream starts with chat.start and ends with the whole result', async () => {
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
    expect(result.stats).not.toHaveProperty('model_load_time_seconds')
  })

  test('a model that is not loaded reports the progress and the duration of its load', async () => {
    const body = { model: 'acme/plover-vl', reasoning: undefined, context_length: 2048 }
    const frames = await nativeStream(body, { loadDelayMs: 4 })
    const progress = frames.filter(({ event }) => event === 'model_load.progress').map(({ data }) => data.progress)
    expect(progress).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(frames.at(-1)?.data.result.stats.model_load_time_seconds).toBe(0.004)
  })

  test('context_length is the context of the model that the chat loads', async () => {
    const mock = createMockLMStudio()
    await post(mock, '/api/v1/chat', { model: 'acme/plover-vl', input: 'Hello.', context_length: 2048 })
    expect(mock.loadedInstances.map(({ contextLength }) => contextLength)).toEqual([8192, 2048])
  })

  test('a stored response can be continued', async () => {
    const messageCounts: number[] = []
    const mock = createMockLMStudio({
      reply: ({ messages }) => {
        messageCounts.push(messages.length)
        return 'Aye.'
      },
    })
    const first = await (await post(mock, '/api/v1/chat', request)).json()
    expect(first.response_id).toMatch(/^resp_/u)
    await post(mock, '/api/v1/chat', { ...request, previous_response_id: first.response_id })
    expect(messageCounts).toEqual([1, 3])
  })

  test('store: false omits the response id', async () => {
    expect(await (await native({ store: false })).json()).not.toHaveProperty('response_id')
  })

  test('the server runs a tool of the first integration itself', async () => {
    const frames = await nativeStream({
      integrations: [{ type: 'plugin', id: 'mcp/birds', allowed_tools: ['find_bird'] }],
    })
    const toolFrames = frames.filter(({ event }) => event?.startsWith('tool_call.'))
    expect(toolFrames.map(({ event }) => event)).toEqual([
      'tool_call.start',
      'tool_call.arguments',
      'tool_call.success',
    ])
    expect(toolFrames[2]?.data).toEqual({
      type: 'tool_call.success',
      tool: 'find_bird',
      arguments: { query: 'Hello.' },
      output: '[{"type":"text","text":"mcp/birds has 1 result"}]',
      provider_info: { type: 'plugin', plugin_id: 'mcp/birds' },
    })
    expect(frames.at(-1)?.data.result.output.at(-1)).toEqual({
      type: 'message',
      content: 'According to find_bird: mcp/birds has 1 result',
    })
  })

  test('an unknown model is a 404 when no loaded model can serve it', async () => {
    const response = await native({ model: 'acme/puffin', reasoning: undefined }, { models: [{ id: model }] })
    expect(response.status).toBe(404)
    expect((await response.json()).error.type).toBe('model_not_found')
  })

  const smallContext: MockLMStudioOptions = { models: [{ id: model, loaded: true, contextLength: 16 }] }
  const longInput = { input: 'gull '.repeat(99), reasoning: undefined }

  test('a prompt that exceeds the context is a 400', async () => {
    const response = await native(longInput, smallContext)
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatchObject({
      message: 'Cannot truncate prompt with n_keep (129) >= n_ctx (16)',
      param: 'input',
    })
  })

  test('a prompt that exceeds the context is an error before chat.end in a stream', async () => {
    const frames = await nativeStream(longInput, smallContext)
    expect(eventsOf(frames)).toEqual(['chat.start', 'prompt_processing.start', 'error', 'chat.end'])
    expect(frames.at(-1)?.data.result.output).toEqual([])
  })

  test('a model that is unloaded during a stream is an error before chat.end', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 1 }] })
    const frames = framesOf(post(mock, '/api/v1/chat', { ...request, stream: true }))
    await mock.whenHeld()
    await post(mock, '/api/v1/models/unload', { instance_id: model })
    mock.release()
    expect((await frames).slice(-2)).toMatchObject([
      { event: 'error', data: { error: { type: 'internal_error', message: 'Model is unloaded.' } } },
      { event: 'chat.end' },
    ])
  })
})

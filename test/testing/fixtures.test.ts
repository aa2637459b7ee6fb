import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudioOptions, type MockReply } from '../../src/testing/index.js'
import { readFrames } from './read-frames.js'
import { shapeOf } from './shape.js'

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')

const origin = 'http://127.0.0.1:1234'

async function ask(path: string, body?: object, options: MockLMStudioOptions = {}): Promise<string> {
  const mock = createMockLMStudio(options)
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  return (await mock.fetch(origin + path, init)).text()
}

/** The distinct shapes of a stream's events. */
const shapes = (text: string): Set<string> =>
  new Set(readFrames(text).map((frame) => `${frame.event} ${JSON.stringify(shapeOf(frame.data))}`))

/** The distinct names of a stream's events. */
const names = (text: string): (string | undefined)[] =>
  Array.from(new Set(readFrames(text).map((frame) => frame.event))).toSorted()

const messages = [{ role: 'user', content: 'How many gulls?' }]
const model = 'acme/tern-4b'
const thought: MockReply = { reasoning: 'Counting the birds.', text: 'Seven gulls.' }
const called: MockReply = { text: '', toolCalls: [{ name: 'tide_at', arguments: { harbour: 'Oban' } }] }
const tools = [
  {
    type: 'function',
    function: { name: 'tide_at', parameters: { type: 'object', properties: { harbour: { type: 'string' } } } },
  },
]

describe('whole answers have the shape of the recorded ones', () => {
  test.each<[string, string, object | undefined, MockLMStudioOptions]>([
    ['greeting.json', '/lmstudio-greeting', undefined, {}],
    ['models-openai.json', '/v1/models', undefined, {}],
    ['model-v0.json', '/api/v0/models/acme%2Ftern-4b', undefined, {}],
    ['chat-completion.json', '/v1/chat/completions', { model, messages }, { reply: () => thought }],
    [
      'chat-completion-tools.json',
      '/v1/chat/completions',
      { model, messages, tools },
      { version: '0.3', reply: () => called },
    ],
    ['completion.json', '/v1/completions', { model, prompt: 'The gull cried', max_tokens: 3 }, {}],
    ['embeddings.json', '/v1/embeddings', { model: 'text-embedding-plover-v2', input: 'gull' }, {}],
    [
      'responses.json',
      '/v1/responses',
      { model, input: 'Tide?' },
      { reply: () => ({ ...thought, toolCalls: called.toolCalls ?? [] }) },
    ],
    ['messages.json', '/v1/messages', { model, max_tokens: 99, messages }, {}],
    ['load.json', '/api/v1/models/load', { model }, {}],
    ['load-echo.json', '/api/v1/models/load', { model, echo_load_config: true }, {}],
    ['load-embedding.json', '/api/v1/models/load', { model: 'text-embedding-plover-v2', echo_load_config: true }, {}],
    ['unload.json', '/api/v1/models/unload', { instance_id: model }, {}],
    ['download-started.json', '/api/v1/models/download', { model: 'acme/puffin-9b' }, {}],
    ['download-already.json', '/api/v1/models/download', { model }, {}],
    ['errors/catch-all.json', '/chat/completions', { model }, {}],
    ['errors/messages-required.json', '/v1/chat/completions', { model }, {}],
    ['errors/responses-invalid-request.json', '/v1/responses', { model }, {}],
    ['errors/native-unrecognized-keys.json', '/api/v1/chat', { model, input: 'x', max_tokens: 1 }, {}],
    ['errors/native-invalid-union.json', '/api/v1/chat', { model, input: [{ type: 'message', content: 'x' }] }, {}],
    ['errors/auth-missing.json', '/v1/models', undefined, { auth: true }],
    ['errors/messages-error.json', '/v1/messages', { model, messages }, {}],
    ['errors/no-models-loaded.json', '/v1/chat/completions', { model, messages }, { jit: false, models: [] }],
    [
      'errors/engine-context-size.json',
      '/v1/chat/completions',
      { model, messages },
      { faults: [{ name: 'context-overflow', wording: 'engine-object' }] },
    ],
    ['errors/load-failed.json', '/v1/chat/completions', { model, messages }, { faults: ['load-failed'] }],
  ])('%s', async (name, path, body, options) => {
    expect(shapeOf(JSON.parse(await ask(path, body, options)))).toEqual(shapeOf(JSON.parse(fixture(name))))
  })

  test('v0-chat-completion.json, with the empty fields that 0.4 adds', async () => {
    const body = { model, messages, reasoning_effort: 'none' }
    const answer = JSON.parse(await ask('/api/v0/chat/completions', body, { version: '0.3' }))
    expect(shapeOf(answer)).toMatchObject(shapeOf(JSON.parse(fixture('v0-chat-completion.json'))) as object)
  })

  test.each([
    ['models-v0.json', '/api/v0/models', 'data'],
    ['models-v1.json', '/api/v1/models', 'models'],
  ])('%s, model by model', async (name, path, key) => {
    const each = (text: string): unknown[] => JSON.parse(text)[key].map(shapeOf)
    const answered = each(await ask(path))
    expect(answered[0]).toEqual(each(fixture(name))[0])
    expect(answered.at(-1)).toEqual(each(fixture(name)).at(-1))
  })

  test('native-chat.json', async () => {
    const integrations = [{ type: 'ephemeral_mcp', server_label: 'birds', server_url: 'https://mcp.example.org/birds' }]
    const models = [{ id: model, reasoning: { options: ['off', 'on'], default: 'on' } }]
    const shape = shapeOf(JSON.parse(await ask('/api/v1/chat', { model, input: 'tern?', integrations }, { models })))
    const expected = JSON.parse(fixture('native-chat.json'))
    // What a tool is called with is up to its own schema.
    expected.output[1].arguments = { query: 'tern?' }
    expect(shape).toEqual(shapeOf(expected))
  })

  test('download-status.json and download-completed.json, poll by poll', async () => {
    const mock = createMockLMStudio()
    const init = { method: 'POST', body: JSON.stringify({ model: 'acme/puffin-9b' }) }
    const { job_id: id } = await (await mock.fetch(`${origin}/api/v1/models/download`, init)).json()
    const poll = async (): Promise<unknown> =>
      (await mock.fetch(`${origin}/api/v1/models/download/status/${id}`)).json()
    expect(shapeOf(await poll())).toEqual(shapeOf(JSON.parse(fixture('download-status.json'))))
    await poll()
    await poll()
    expect(shapeOf(await poll())).toEqual(shapeOf(JSON.parse(fixture('download-completed.json'))))
  })
})

describe('streams have events of the recorded shapes', () => {
  test.each<[string, string, object, MockLMStudioOptions]>([
    [
      'chat-stream-reasoning.sse',
      '/v1/chat/completions',
      { model, messages, stream: true, stream_options: { include_usage: true } },
      { reply: () => thought },
    ],
    [
      'chat-stream.sse',
      '/v1/chat/completions',
      { model, messages, stream: true, stream_options: { include_usage: true }, reasoning_effort: 'none' },
      {},
    ],
    [
      'chat-stream-reasoning-field.sse',
      '/v1/chat/completions',
      { model, messages, stream: true, stream_options: { include_usage: true } },
      { reply: () => thought, models: [{ id: model, loaded: true, reasoningField: 'reasoning' }] },
    ],
    ['messages.sse', '/v1/messages', { model, messages, stream: true, max_tokens: 99 }, {}],
    ['completion-stream.sse', '/v1/completions', { model, prompt: 'The gull', stream: true }, {}],
    [
      'responses.sse',
      '/v1/responses',
      { model, input: 'Tide?', stream: true },
      { reply: () => ({ ...thought, toolCalls: called.toolCalls ?? [] }) },
    ],
  ])('%s', async (name, path, body, options) => {
    expect(shapes(await ask(path, body, options))).toEqual(shapes(fixture(name)))
  })

  test('chat-stream-tools.sse, the role on every delta apart', async () => {
    const body = { model, messages, tools, stream: true, stream_options: { include_usage: true } }
    const text = await ask('/v1/chat/completions', body, { reply: () => called })
    expect(shapes(text.replaceAll('"role":"assistant",', ''))).toEqual(shapes(fixture('chat-stream-tools.sse')))
  })

  test('native-chat.sse has no event that the mock has not, and the other way round', async () => {
    const options = { models: [{ id: model, reasoning: { options: ['on'], default: 'on' } }] }
    const input = 'What is known about the arctic tern, the whiskered tern and the black tern? '.repeat(2)
    const text = await ask('/api/v1/chat', { model, input, stream: true, integrations: ['mcp/birds'] }, options)
    expect(names(text)).toEqual(names(fixture('native-chat.sse')))
    expect(readFrames(text).every((frame) => frame.data.type === frame.event)).toBe(true)
  })
})

describe('raw fixtures', () => {
  test('a recorded stream goes out byte for byte', async () => {
    const mock = createMockLMStudio()
    const recorded = readFileSync(new URL('../fixtures/chat-stream.sse', import.meta.url))
    mock.inject({ raw: { chunks: [recorded.subarray(0, 700), recorded.subarray(700)] } })
    const response = await mock.fetch(`${origin}/v1/chat/completions`, { method: 'POST', body: '{}' })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(recorded))
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudioOptions, type MockReply } from '../../../src/testing/index.js'
import { embeddingModel, get, model, post, tideTool } from '../support/mock-requests.js'
import { readFrames } from '../support/read-frames.js'
import { shapeOf } from '../support/shape.js'

const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')

async function responseText(path: string, body?: object, options: MockLMStudioOptions = {}): Promise<string> {
  const mock = createMockLMStudio(options)
  return (await (body === undefined ? get(mock, path) : post(mock, path, body))).text()
}

/** Returns the distinct shapes of a stream's events. */
const shapesOf = (text: string): Set<string> =>
  new Set(readFrames(text).map((frame) => `${frame.event} ${JSON.stringify(shapeOf(frame.data))}`))

/** Returns the distinct names of a stream's events. */
const namesOf = (text: string): (string | undefined)[] =>
  Array.from(new Set(readFrames(text).map((frame) => frame.event))).toSorted()

const messages = [{ role: 'user', content: 'How many gulls?' }]
const withReasoning: MockReply = { reasoning: 'Counting the birds.', text: 'Seven gulls.' }
const withToolCall: MockReply = { text: '', toolCalls: [{ name: 'tide_at', arguments: { harbor: 'Oban' } }] }
const withBoth: MockReply = { ...withReasoning, toolCalls: withToolCall.toolCalls ?? [] }
const chatRequest = { model, messages }
const toolRequest = { model, messages, tools: [tideTool] }
const usageRequest = { ...chatRequest, stream: true, stream_options: { include_usage: true } }

describe('a whole response has the shape of its fixture', () => {
  test.each<[string, string, object | undefined, MockLMStudioOptions]>([
    ['greeting.json', '/lmstudio-greeting', undefined, {}],
    ['models-openai.json', '/v1/models', undefined, {}],
    ['model-v0.json', '/api/v0/models/acme%2Ftern-4b', undefined, {}],
    ['chat-completion.json', '/v1/chat/completions', chatRequest, { reply: () => withReasoning }],
    ['chat-completion-tools.json', '/v1/chat/completions', toolRequest, { version: '0.3', reply: () => withToolCall }],
    ['completion.json', '/v1/completions', { model, prompt: 'The gull cried', max_tokens: 3 }, {}],
    ['embeddings.json', '/v1/embeddings', { model: embeddingModel, input: 'gull' }, {}],
    ['responses.json', '/v1/responses', { model, input: 'Tide?' }, { reply: () => withBoth }],
    ['messages.json', '/v1/messages', { ...chatRequest, max_tokens: 99 }, {}],
    ['load.json', '/api/v1/models/load', { model }, {}],
    ['load-echo.json', '/api/v1/models/load', { model, echo_load_config: true }, {}],
    ['load-embedding.json', '/api/v1/models/load', { model: embeddingModel, echo_load_config: true }, {}],
    ['unload.json', '/api/v1/models/unload', { instance_id: model }, {}],
    ['download-started.json', '/api/v1/models/download', { model: 'acme/puffin-9b' }, {}],
    ['download-already.json', '/api/v1/models/download', { model }, {}],
    ['errors/catch-all.json', '/chat/completions', { model }, {}],
    ['errors/messages-required.json', '/v1/chat/completions', { model }, {}],
    ['errors/responses-invalid-request.json', '/v1/responses', { model }, {}],
    ['errors/native-unrecognized-keys.json', '/api/v1/chat', { model, input: 'x', max_tokens: 1 }, {}],
    ['errors/native-invalid-union.json', '/api/v1/chat', { model, input: [{ type: 'message', content: 'x' }] }, {}],
    ['errors/auth-missing.json', '/v1/models', undefined, { auth: true }],
    ['errors/messages-error.json', '/v1/messages', chatRequest, {}],
    ['errors/no-models-loaded.json', '/v1/chat/completions', chatRequest, { jit: false, models: [] }],
    [
      'errors/engine-context-size.json',
      '/v1/chat/completions',
      chatRequest,
      { faults: [{ name: 'context-overflow', wording: 'engine-object' }] },
    ],
    ['errors/load-failed.json', '/v1/chat/completions', chatRequest, { faults: ['load-failed'] }],
  ])('%s', async (name, path, body, options) => {
    const response: unknown = JSON.parse(await responseText(path, body, options))
    expect(shapeOf(response)).toEqual(shapeOf(JSON.parse(fixture(name))))
  })

  test('v0-chat-completion.json, with the empty fields that the mock adds', async () => {
    const body = { ...chatRequest, reasoning_effort: 'none' }
    const response: unknown = JSON.parse(await responseText('/api/v0/chat/completions', body, { version: '0.3' }))
    expect(shapeOf(response)).toMatchObject(shapeOf(JSON.parse(fixture('v0-chat-completion.json'))) as object)
  })

  test.each([
    ['models-v0.json', '/api/v0/models', 'data'],
    ['models-v1.json', '/api/v1/models', 'models'],
  ])('%s, by its first and last model', async (name, path, key) => {
    const shapes = (text: string): unknown[] => JSON.parse(text)[key].map(shapeOf)
    const listed = shapes(await responseText(path))
    const expected = shapes(fixture(name))
    expect(listed[0]).toEqual(expected[0])
    expect(listed.at(-1)).toEqual(expected.at(-1))
  })

  test('native-chat.json', async () => {
    const integrations = [{ type: 'ephemeral_mcp', server_label: 'birds', server_url: 'https://mcp.example.org/birds' }]
    const models = [{ id: model, reasoning: { options: ['off', 'on'], default: 'on' } }]
    const response = await responseText('/api/v1/chat', { model, input: 'tern?', integrations }, { models })
    const expected = JSON.parse(fixture('native-chat.json'))
    // The arguments depend on the schema of the tool.
    expected.output[1].arguments = { query: 'tern?' }
    expect(shapeOf(JSON.parse(response))).toEqual(shapeOf(expected))
  })

  test('download-status.json and download-completed.json', async () => {
    const mock = createMockLMStudio()
    const { job_id: id } = await (await post(mock, '/api/v1/models/download', { model: 'acme/puffin-9b' })).json()
    const poll = async (): Promise<unknown> => (await get(mock, `/api/v1/models/download/status/${id}`)).json()
    expect(shapeOf(await poll())).toEqual(shapeOf(JSON.parse(fixture('download-status.json'))))
    await poll()
    await poll()
    expect(shapeOf(await poll())).toEqual(shapeOf(JSON.parse(fixture('download-completed.json'))))
  })
})

describe('a stream has events of the shapes in its fixture', () => {
  test.each<[string, string, object, MockLMStudioOptions]>([
    ['chat-stream-reasoning.sse', '/v1/chat/completions', usageRequest, { reply: () => withReasoning }],
    ['chat-stream.sse', '/v1/chat/completions', { ...usageRequest, reasoning_effort: 'none' }, {}],
    [
      'chat-stream-reasoning-field.sse',
      '/v1/chat/completions',
      usageRequest,
      { reply: () => withReasoning, models: [{ id: model, loaded: true, reasoningField: 'reasoning' }] },
    ],
    ['messages.sse', '/v1/messages', { ...chatRequest, stream: true, max_tokens: 99 }, {}],
    ['completion-stream.sse', '/v1/completions', { model, prompt: 'The gull', stream: true }, {}],
    ['responses.sse', '/v1/responses', { model, input: 'Tide?', stream: true }, { reply: () => withBoth }],
  ])('%s', async (name, path, body, options) => {
    expect(shapesOf(await responseText(path, body, options))).toEqual(shapesOf(fixture(name)))
  })

  test('chat-stream-tools.sse, except for the role on every delta', async () => {
    const body = { ...usageRequest, tools: [tideTool] }
    const text = await responseText('/v1/chat/completions', body, { reply: () => withToolCall })
    expect(shapesOf(text.replaceAll('"role":"assistant",', ''))).toEqual(shapesOf(fixture('chat-stream-tools.sse')))
  })

  test('native-chat.sse has the same event names, and each event repeats its name as type', async () => {
    const options = { models: [{ id: model, reasoning: { options: ['on'], default: 'on' } }] }
    const input = 'What is known about the arctic tern, the whiskered tern and the black tern? '.repeat(2)
    const text = await responseText(
      '/api/v1/chat',
      { model, input, stream: true, integrations: ['mcp/birds'] },
      options,
    )
    expect(namesOf(text)).toEqual(namesOf(fixture('native-chat.sse')))
    expect(readFrames(text).filter((frame) => frame.data.type !== frame.event)).toEqual([])
  })
})

describe('raw fixtures', () => {
  test('chat-stream.sse is sent byte for byte', async () => {
    const mock = createMockLMStudio()
    const recorded = readFileSync(new URL('../../fixtures/chat-stream.sse', import.meta.url))
    mock.inject({ raw: { chunks: [recorded.subarray(0, 700), recorded.subarray(700)] } })
    const response = await post(mock, '/v1/chat/completions', chatRequest)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(recorded))
  })
})

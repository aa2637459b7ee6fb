import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { chat, embeddingModel, hello, model, post, tideTool, user } from '../support/mock-requests.js'

async function errorOf(body: object): Promise<unknown> {
  const response = await chat(createMockLMStudio(), body)
  expect(response.status).toBe(400)
  return (await response.json()).error
}

const invalidMessages = "Invalid 'messages' in payload. Each message needs a 'role' and a matching 'content'."

describe('messages that are refused', () => {
  const call = { id: '1', type: 'function', function: { name: 'tide_at', arguments: '{}' } }
  const assistant = (toolCall: object): object => ({
    messages: [...hello, { role: 'assistant', content: '', tool_calls: [toolCall] }],
  })
  const result = (id: unknown, content: unknown = '04:12'): object => ({
    messages: [
      ...hello,
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: id, content },
    ],
  })

  test('the request that the cases below change is accepted', async () => {
    expect((await chat(createMockLMStudio(), result('1'))).status).toBe(200)
  })

  test.each<[string, object]>([
    ['an unknown role', { messages: [{ role: 'gull', content: 'x' }] }],
    ['a user message without content', { messages: [{ role: 'user' }] }],
    ['content that is neither text nor parts', user({ text: 'x' })],
    ['a part of an unknown type', user([{ type: 'input_text', text: 'x' }])],
    ['a text part without text', user([{ type: 'text', content: 'x' }])],
    ['an image part with a bare URL', user([{ type: 'image_url', image_url: 'data:image/png;base64,AAAA' }])],
    ['a tool call without an id', assistant({ ...call, id: '' })],
    ['a tool call without a type', assistant({ ...call, type: undefined })],
    ['a tool call without a name', assistant({ ...call, function: { arguments: '{}' } })],
    ['a tool call whose arguments are an object', assistant({ ...call, function: { name: 'tide_at', arguments: {} } })],
    ['tool calls that are not a list', { messages: [...hello, { role: 'assistant', tool_calls: call }] }],
    ['a tool result without a tool_call_id', result(undefined)],
    ['a tool result for an unknown call', result('2')],
    ['a tool result that is not text', result('1', [{ type: 'text', text: '04:12' }])],
    [
      'a tool result before its call',
      {
        messages: [
          ...hello,
          { role: 'tool', tool_call_id: '1', content: '04:12' },
          { role: 'assistant', content: '', tool_calls: [call] },
        ],
      },
    ],
  ])('%s', async (_name, body) => {
    expect(await errorOf(body)).toBe(invalidMessages)
  })

  test.each([
    ['no messages', { messages: undefined }, "'messages' field is required"],
    ['messages that are not a list', { messages: 'Hello.' }, "'messages' field is required"],
    ['an empty list', { messages: [] }, "'messages' array must not be empty"],
  ])('%s', async (_name, body, message) => {
    expect(await errorOf(body)).toBe(message)
  })

  test.each([
    'https://example.org/a.png',
    'data:image/webp;base64,AAAA',
    'data:image/gif;base64,AAAA',
    'data:image/png;base64,%%%',
    'data:image/png,AAAA',
  ])('the image %s', async (url) => {
    expect(await errorOf(user([{ type: 'image_url', image_url: { url } }]))).toBe(
      "'url' field must be a base64 encoded image",
    )
  })
})

describe('tools that are refused', () => {
  const withFunction = (definition: unknown): object => ({ tools: [{ type: 'function', function: definition }] })

  test.each<[string, object, object]>([
    [
      'tools that are not a list',
      { tools: {} },
      { code: 'invalid_literal', expected: 'array', path: ['tools'], message: 'Expected array' },
    ],
    [
      'an unknown tool type',
      { tools: [tideTool, { type: 'mcp' }] },
      {
        code: 'invalid_literal',
        expected: 'function',
        path: ['tools', 1, 'type'],
        message: 'Invalid literal value, expected "function"',
      },
    ],
    [
      'a tool without a name',
      withFunction({}),
      { code: 'invalid_literal', expected: 'string', path: ['tools', 0, 'function', 'name'], message: 'Required' },
    ],
    [
      'parameters of another type',
      withFunction({ name: 'x', parameters: { type: 'string' } }),
      {
        code: 'invalid_literal',
        expected: 'object',
        path: ['tools', 0, 'function', 'parameters', 'type'],
        message: 'Invalid literal value, expected "object"',
      },
    ],
  ])('%s, as the issues of a validator inside a string', async (_name, body, issue) => {
    expect(JSON.parse((await errorOf(body)) as string)).toEqual([issue])
  })

  test.each([
    ['an object', { type: 'function' }, 'object'],
    ['another string', 'tide_at', 'tide_at'],
  ])('a tool_choice that is %s', async (_name, toolChoice, received) => {
    expect(await errorOf({ tool_choice: toolChoice })).toBe(
      `Invalid tool_choice type: '${received}'. Supported string values: none, auto, required`,
    )
  })
})

describe('response formats that are refused', () => {
  const jsonSchema = (value: unknown): object => ({ response_format: { type: 'json_schema', json_schema: value } })

  test('json_object', async () => {
    expect(await errorOf({ response_format: { type: 'json_object' } })).toBe(
      "'response_format.type' must be 'json_schema' or 'text'",
    )
  })

  test('json_object on 0.3, which knows json_schema only', async () => {
    const body = { response_format: { type: 'json_object' } }
    expect((await (await chat(createMockLMStudio({ version: '0.3' }), body)).json()).error).toBe(
      "'response_format.type' must be 'json_schema'",
    )
  })

  test.each([
    ['a schema without a name', { schema: { type: 'object' } }],
    ['an empty name', { name: '', schema: { type: 'object' } }],
    ['nothing', undefined],
  ])('json_schema with %s', async (_name, value) => {
    expect(await errorOf(jsonSchema(value))).toBe("'response_format.json_schema.name' must be a string")
  })

  test('json_schema without a schema', async () => {
    expect(await errorOf(jsonSchema({ name: 'x' }))).toBe("'response_format.json_schema.schema' must be an object")
  })
})

describe('fields that are refused', () => {
  test.each([
    ['temperature', '0.3', "'temperature' field must be a number"],
    ['max_tokens', 1.5, "'max_tokens' field must be an integer"],
    ['stream', 'true', "'stream' field must be a boolean"],
    ['stop', [1], "'stop' field must be a string or an array of strings"],
    ['logit_bias', [], "'logit_bias' field must be an object"],
    ['draft_model', {}, "'draft_model' field must be a string"],
    ['stream_options', { include_usage: 1 }, "'include_usage' field must be a boolean"],
    ['reasoning_effort', 'off', "'reasoning_effort' field must be one of none, minimal, low, medium, high, xhigh"],
  ])('%s: %j', async (name, value, message) => {
    expect(await errorOf({ [name]: value })).toBe(message)
  })

  test('null is as good as absent', async () => {
    expect((await chat(createMockLMStudio(), { temperature: null, tools: null, stop: null })).status).toBe(200)
  })
})

describe('other refused requests', () => {
  test('a body that is not JSON', async () => {
    const response = await post(createMockLMStudio(), '/v1/chat/completions', '{"model":')
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'Invalid JSON in request body.' })
  })

  test.each([
    ['a missing prompt', { model }, "'prompt' field is required"],
    ['a prompt that is a list', { model, prompt: ['x'] }, "'prompt' field is required"],
    ['a field of the wrong type', { model, prompt: 'x', top_p: '1' }, "'top_p' field must be a number"],
  ])('a text completion with %s', async (_name, body, message) => {
    const response = await post(createMockLMStudio(), '/v1/completions', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: message })
  })

  test.each([[[1, 2, 3]], [[[1, 2]]], [undefined], [{}]])('an embedding of %j', async (input) => {
    const response = await post(createMockLMStudio(), '/v1/embeddings', { model: embeddingModel, input })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: "'input' field must be a string or an array of strings" })
  })

  test('an embedding without a model', async () => {
    const response = await post(createMockLMStudio(), '/v1/embeddings', { input: 'x' })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: "'model' field is required" })
  })
})

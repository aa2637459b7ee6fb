import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudioOptions } from '../../../src/testing/index.js'
import { model, pngURL, post } from '../support/mock-requests.js'

const native = (body: object, options: MockLMStudioOptions = {}): Promise<Response> =>
  post(createMockLMStudio(options), '/api/v1/chat', { model, input: 'Hello.', ...body })

async function expectError(body: object, message: string, code: string | null, param: string | null): Promise<void> {
  const response = await native(body)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: { message, type: 'invalid_request', code, param } })
}

const mcpServer = { type: 'ephemeral_mcp', server_label: 'birds', server_url: 'https://mcp.example.org/birds' }

test('the requests that the cases below change are accepted', async () => {
  const input = [
    { type: 'text', content: 'What bird is this?' },
    { type: 'image', data_url: pngURL },
  ]
  const integrations = [
    'mcp/birds',
    { type: 'plugin', id: 'mcp/birds', allowed_tools: ['find_bird'] },
    { ...mcpServer, allowed_tools: ['find_bird'], headers: { 'x-team': 'gulls' } },
  ]
  const numbers = { temperature: 1, top_p: 0, top_k: 40, min_p: 0.05, repeat_penalty: 1.1, max_output_tokens: 9 }
  expect((await native({ input, integrations, ...numbers, store: false, reasoning: 'on' })).status).toBe(200)
})

describe('input that is refused', () => {
  const unionError = "Invalid discriminator value. Expected 'text' | 'image'"

  test.each<[string, unknown, string]>([
    ['no input', undefined, "'input' is required"],
    ['an empty list', [], "'input' is required"],
    ['a part of type "message"', [{ type: 'message', content: 'x' }], unionError],
    ['a part without a type', [{ content: 'x' }], unionError],
    [
      'a text part with "text" for "content"',
      [{ type: 'text', text: 'x' }],
      "'input.0.content' is required, Unrecognized key(s) in object: 'text'",
    ],
    [
      'a second part with an extra key',
      [
        { type: 'text', content: 'x' },
        { type: 'image', data_url: pngURL, detail: 'low' },
      ],
      "Unrecognized key(s) in object: 'detail'",
    ],
    ['an image part without an image', [{ type: 'image' }], "'input.0.data_url' is required"],
    ['content that is not text', [{ type: 'text', content: 5 }], "'input.0.content' must be a string"],
  ])('%s', async (_name, input, message) => {
    await expectError({ input }, message, 'invalid_union', 'input')
  })

  test('a remote image', async () => {
    await expectError(
      { input: [{ type: 'image', data_url: 'https://example.org/a.png' }] },
      "'data_url' must be a base64 encoded image",
      'invalid_string',
      'input',
    )
  })
})

describe('integrations that are refused', () => {
  test.each<[string, unknown, string]>([
    ['an unknown type', { type: 'gull' }, "Invalid discriminator value. Expected 'plugin' | 'ephemeral_mcp'"],
    ['a number', 5, "Invalid discriminator value. Expected 'plugin' | 'ephemeral_mcp'"],
    ['an empty id', '', 'Invalid input'],
    ['a plugin without an id', { type: 'plugin' }, "'integrations.0.id' is required"],
    [
      'a plugin with an extra key',
      { type: 'plugin', id: 'mcp/birds', allowedTools: [] },
      "Unrecognized key(s) in object: 'allowedTools'",
    ],
    [
      'an MCP server without an address',
      { ...mcpServer, server_url: undefined },
      "'integrations.0.server_url' is required",
    ],
    ['an MCP server with an extra key', { ...mcpServer, id: 'mcp/birds' }, "Unrecognized key(s) in object: 'id'"],
    [
      'allowed tools that are not names',
      { ...mcpServer, allowed_tools: [1] },
      "'integrations.0.allowed_tools' must be an array of strings",
    ],
    ['headers that are a list', { ...mcpServer, headers: [] }, "'integrations.0.headers' must be an object"],
  ])('%s', async (_name, integration, message) => {
    await expectError({ integrations: [integration] }, message, 'invalid_union', 'integrations')
  })

  test('integrations that are not a list', async () => {
    await expectError({ integrations: 'mcp/birds' }, "'integrations' must be an array", 'invalid_type', 'integrations')
  })

  test('an integration while MCP is off', async () => {
    const response = await native({ integrations: ['mcp/birds'] }, { mcp: false })
    expect(response.status).toBe(403)
    expect((await response.json()).error).toMatchObject({ param: 'integrations', code: 'permission_denied' })
  })
})

describe('fields that are refused', () => {
  test.each<[string, object, string, string]>([
    ['max_tokens', { max_tokens: 5 }, "Unrecognized key(s) in object: 'max_tokens'", 'unrecognized_keys'],
    [
      'two unknown keys',
      { max_tokens: 5, stop: [] },
      "Unrecognized key(s) in object: 'max_tokens', 'stop'",
      'unrecognized_keys',
    ],
  ])('%s', async (_name, body, message, code) => {
    await expectError(body, message, code, null)
  })

  test.each<[object, string, string, string]>([
    [{ model: undefined }, "'model' is required", 'invalid_type', 'model'],
    [{ max_output_tokens: 1.5 }, "'max_output_tokens' must be an integer", 'invalid_type', 'max_output_tokens'],
    [{ temperature: '0.3' }, "'temperature' must be a number", 'invalid_type', 'temperature'],
    [{ temperature: 1.01 }, 'Number must be less than or equal to 1', 'too_big', 'temperature'],
    [{ min_p: -0.01 }, 'Number must be greater than or equal to 0', 'too_small', 'min_p'],
    [{ store: null }, "'store' must be a boolean", 'invalid_type', 'store'],
    [{ system_prompt: 5 }, "'system_prompt' must be a string", 'invalid_type', 'system_prompt'],
    [
      { reasoning: 'max' },
      "Invalid enum value. Expected 'off' | 'low' | 'medium' | 'high' | 'on'",
      'invalid_enum_value',
      'reasoning',
    ],
    [
      { reasoning: 'high' },
      'Model "acme/tern-4b" does not support the reasoning setting "high". Supported settings: off, on.',
      'invalid_value',
      'reasoning',
    ],
    [
      { model: 'acme/heron-base', reasoning: 'on' },
      'Model "acme/heron-base" does not support the reasoning setting "on". Supported settings: none.',
      'invalid_value',
      'reasoning',
    ],
    [
      { previous_response_id: 'chat_0' },
      "'previous_response_id' must start with 'resp_'",
      'invalid_string',
      'previous_response_id',
    ],
  ])('%j', async (body, message, code, param) => {
    await expectError(body, message, code, param)
  })

  test('an embedding model', async () => {
    await expectError(
      { model: 'text-embedding-plover-v2' },
      'Model "text-embedding-plover-v2" is not an LLM.',
      null,
      'model',
    )
  })

  test('an unknown previous_response_id is a 404', async () => {
    const response = await native({ previous_response_id: 'resp_0' })
    expect(response.status).toBe(404)
    expect((await response.json()).error).toMatchObject({
      message: 'Could not find stored response for previous_response_id: resp_0',
      param: 'previous_response_id',
    })
  })
})

describe('model management requests that are refused', () => {
  test.each<[string, object, string, string, string | null]>([
    ['load', {}, "'model' is required", 'invalid_type', 'model'],
    ['load', { model, ttl: 60 }, "Unrecognized key(s) in object: 'ttl'", 'unrecognized_keys', null],
    [
      'load',
      { model, context_length: '8192' },
      "'context_length' must be an integer",
      'invalid_type',
      'context_length',
    ],
    ['load', { model, flash_attention: 1 }, "'flash_attention' must be a boolean", 'invalid_type', 'flash_attention'],
    ['unload', {}, "'instance_id' is required", 'invalid_type', 'instance_id'],
    ['unload', { model }, "Unrecognized key(s) in object: 'model'", 'unrecognized_keys', null],
    ['download', {}, "'model' is required", 'invalid_type', 'model'],
    [
      'download',
      { model: 'acme/x', quantization: 'Q4' },
      "'quantization' is only supported for Hugging Face links",
      'invalid_value',
      'quantization',
    ],
    [
      'download',
      { model: 'https://huggingface.co/acme/x', quantization: 4 },
      "'quantization' must be a string",
      'invalid_type',
      'quantization',
    ],
  ])('%s with %j', async (action, body, message, code, param) => {
    const response = await post(createMockLMStudio(), `/api/v1/models/${action}`, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: { message, type: 'invalid_request', code, param } })
  })
})

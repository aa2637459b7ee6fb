import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudioOptions } from '../../../src/testing/index.js'
import { model, pngURL, post } from '../support/mock-requests.js'

const respond = (body: object, options: MockLMStudioOptions = {}): Promise<Response> =>
  post(createMockLMStudio(options), '/v1/responses', { model, input: 'Hello.', ...body })

async function expectError(body: object, message: string, param: string, code: string | null = null): Promise<void> {
  const response = await respond(body)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: { message, type: 'invalid_request_error', param, code } })
}

const functionTool = { type: 'function', name: 'tide_at', parameters: { type: 'object' } }
const mcpTool = { type: 'mcp', server_label: 'birds', server_url: 'https://mcp.example.org/birds' }

test('the requests that the cases below change are accepted', async () => {
  const input = [
    { role: 'developer', content: 'Be brief.' },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Tide?' },
        { type: 'input_image', image_url: pngURL },
      ],
    },
    { role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
    { type: 'function_call', call_id: 'call_1', name: 'tide_at', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: '04:12' },
  ]
  const text = { format: { type: 'text' } }
  expect((await respond({ input, tools: [functionTool, mcpTool], text, reasoning: { effort: 'low' } })).status).toBe(
    200,
  )
})

describe('input items that are refused', () => {
  const call = { type: 'function_call', call_id: 'call_1', name: 'tide_at', arguments: '{}' }
  const output = { type: 'function_call_output', call_id: 'call_1', output: '04:12' }
  const hi = { role: 'user', content: 'Hi' }

  test.each<[string, unknown[], string, string]>([
    ['an unknown type', [hi, { type: 'item_reference', id: 'msg_1' }], 'Invalid', 'input.1.type'],
    [
      'an unknown part type',
      [{ role: 'user', content: [{ type: 'text', text: 'x' }] }],
      'Invalid',
      'input.0.content.0.type',
    ],
    [
      'a text part without text',
      [{ role: 'user', content: [{ type: 'input_text' }] }],
      'Required',
      'input.0.content.0.text',
    ],
    ['a message without content', [{ role: 'user' }], 'Required', 'input.0.content'],
    ['a call without an id', [hi, { ...call, call_id: undefined }], 'Required', 'input.1.call_id'],
    [
      'a call whose arguments are an object',
      [hi, { ...call, arguments: {} }],
      'Expected a string',
      'input.1.arguments',
    ],
    ['an output without text', [hi, call, { ...output, output: undefined }], 'Required', 'input.2.output'],
    [
      'an output for an unknown call',
      [hi, call, { ...output, call_id: 'call_2' }],
      'No tool call found for function call output with call_id call_2.',
      'input',
    ],
    [
      'an output before its call',
      [hi, output, call],
      'No tool call found for function call output with call_id call_1.',
      'input',
    ],
  ])('%s', async (_name, input, message, param) => {
    await expectError({ input }, message, param)
  })

  test('an unknown role', async () => {
    await expectError({ input: [{ role: 'gull', content: 'x' }] }, "Invalid role: 'gull'.", 'input', 'invalid_value')
  })

  test.each(['https://example.org/a.png', { url: pngURL }])('the image %j', async (image) => {
    await expectError(
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: image }] }] },
      "'image_url' must be a base64 encoded image",
      'input',
      'invalid_value',
    )
  })
})

describe('tools that are refused', () => {
  test.each<[string, object, string, string]>([
    ['an unknown type', { type: 'web_search' }, 'Invalid', 'tools.0.type'],
    ['the nested shape of chat completions without its type', { function: { name: 'x' } }, 'Invalid', 'tools.0.type'],
    ['no parameters', { ...functionTool, parameters: undefined }, 'Required', 'tools.0.parameters'],
    [
      'parameters of another type',
      { ...functionTool, parameters: { type: 'string' } },
      'Invalid literal value, expected "object"',
      'tools.0.parameters.type',
    ],
    ['an MCP server without an address', { ...mcpTool, server_url: undefined }, 'Required', 'tools.0.server_url'],
    [
      'allowed tools that are not a list',
      { ...mcpTool, allowed_tools: 'x' },
      'Expected an array of strings',
      'tools.0.allowed_tools',
    ],
  ])('%s', async (_name, tool, message, param) => {
    await expectError({ tools: [tool] }, message, param)
  })

  test('the second tool without a name', async () => {
    await expectError(
      { tools: [functionTool, { ...functionTool, name: '' }] },
      "Missing required parameter: 'tools[1].name'.",
      'tools',
      'missing_required_parameter',
    )
  })

  test('an MCP server while MCP is off', async () => {
    const response = await respond({ tools: [mcpTool] }, { mcp: false })
    expect(response.status).toBe(403)
    expect((await response.json()).error).toMatchObject({ param: 'tools', code: 'permission_denied' })
  })

  test('an object tool_choice', async () => {
    await expectError(
      { tool_choice: { type: 'function' } },
      'Invalid tool_choice. Supported string values: none, auto, required',
      'tool_choice',
      'invalid_value',
    )
  })
})

describe('fields that are refused', () => {
  test.each([
    ['input', 'an absent value', undefined],
    ['model', 'an absent value', undefined],
    ['input', 'a number', 5],
  ])('%s with %s', async (name, _description, value) => {
    await expectError({ [name]: value }, `Missing required parameter: '${name}'.`, name, 'missing_required_parameter')
  })

  test.each<[object, string, string]>([
    [{ text: {} }, 'Required', 'text.format'],
    [{ text: { format: 'json' } }, 'Expected an object', 'text.format'],
    [{ text: 'json' }, 'Expected an object', 'text'],
    [{ temperature: '0.3' }, 'Expected a number', 'temperature'],
    [{ max_output_tokens: 1.5 }, 'Expected an integer', 'max_output_tokens'],
    [{ store: 'false' }, 'Expected a boolean', 'store'],
    [{ instructions: ['x'] }, 'Expected a string', 'instructions'],
    [{ tools: {} }, 'Expected an array', 'tools'],
    [{ reasoning: { effort: 'off' } }, 'Invalid', 'reasoning.effort'],
  ])('%j', async (body, message, param) => {
    await expectError(body, message, param)
  })
})

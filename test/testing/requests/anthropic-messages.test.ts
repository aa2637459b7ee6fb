import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { hello, model, post } from '../support/mock-requests.js'

const send = (body: object): Promise<Response> =>
  post(createMockLMStudio(), '/v1/messages', { model, max_tokens: 9, messages: hello, ...body })

async function expectError(body: object, message: string): Promise<void> {
  const response = await send(body)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ type: 'error', error: { type: 'invalid_request_error', message } })
}

const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'tide_at', input: {} }
const toolResult = { type: 'tool_result', tool_use_id: 'toolu_1', content: '04:12' }
const userBlocks = (...content: unknown[]): object => ({ messages: [{ role: 'user', content }] })

test('the request that the cases below change is accepted', async () => {
  const messages = [
    { role: 'user', content: 'Tide?' },
    { role: 'assistant', content: [{ type: 'text', text: 'Let me see.' }, toolUse] },
    { role: 'user', content: [toolResult] },
  ]
  const tools = [{ type: 'custom', name: 'tide_at', input_schema: { type: 'object' } }]
  expect((await send({ messages, tools, system: 'Be brief.', stop_sequences: ['x'] })).status).toBe(200)
})

describe('requests of /v1/messages that are refused', () => {
  const blockTypes = "Input should be 'text', 'image', 'tool_use' or 'tool_result'"

  test.each<[string, object, string]>([
    ['no model', { model: undefined }, 'model: Field required'],
    ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['a max_tokens that is text', { max_tokens: '9' }, 'max_tokens: Input should be an integer'],
    ['no messages', { messages: undefined }, 'messages: Field required'],
    ['a stream that is text', { stream: 'true' }, 'stream: Input should be a boolean'],
    ['an unknown role', { messages: [{ role: 'gull', content: 'x' }] }, "messages: role must be 'user' or 'assistant'"],
    ['a message without content', { messages: [{ role: 'user' }] }, 'messages.0.content: Field required'],
    [
      'a block of an unknown type',
      userBlocks({ type: 'input_text', text: 'x' }),
      `messages.0.content.0.type: ${blockTypes}`,
    ],
    ['a text block without text', userBlocks({ type: 'text' }), 'messages.0.content.0.text: Field required'],
    [
      'a remote image',
      userBlocks({ type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }),
      'messages.0.content.0.source: Input should be a base64 image',
    ],
    [
      'a tool use without input',
      { messages: [...hello, { role: 'assistant', content: [{ ...toolUse, input: undefined }] }] },
      'messages.1.content.0.input: Field required',
    ],
    [
      'a tool result for an unknown call',
      userBlocks(toolResult),
      'messages: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1',
    ],
    ['no message', { messages: [] }, 'messages: at least one message is required'],
    ['a tool without a name', { tools: [{ input_schema: {} }] }, 'tools.0.name: Field required'],
    ['a tool without a schema', { tools: [{ name: 'x' }] }, 'tools.0.input_schema: Field required'],
    [
      'a tool of an unknown type',
      { tools: [{ type: 'web_search_20250305', name: 'x' }] },
      "tools.0.type: Input should be 'custom'",
    ],
    [
      'a tool_choice that is a string',
      { tool_choice: 'any' },
      "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'",
    ],
    ['a system prompt with an image', { system: [{ type: 'image' }] }, "system.0.type: Input should be 'text'"],
  ])('%s', async (_name, body, message) => {
    await expectError(body, message)
  })
})

import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { toRequestBody } from '../../src/completions/request.js'
import type { CompletionRequest } from '../../src/completions/types.js'
import type { ImagePart, Message } from '../../src/types.js'
import { gif, jpeg, png } from '../helpers/images.js'
import { rejectionOf } from '../helpers/provider-errors.js'

type Body = Record<string, unknown>

/** Returns the body of a request with these settings, as the server parses it. */
async function bodyOf(settings: object = {}, stream = false): Promise<Body> {
  const request = { model: 'acme/tern-4b', prompt: 'Hi', ...settings } as CompletionRequest
  return JSON.parse(await toRequestBody(request, stream)) as Body
}

const wireMessages = async (...messages: Message[]): Promise<unknown> =>
  (await bodyOf({ prompt: undefined, messages })).messages

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}

describe('settings', () => {
  it('sends only the settings that are set', async () => {
    expect(await bodyOf()).toEqual({
      model: 'acme/tern-4b',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
    })
    const unset = { temperature: undefined, tools: undefined, extraBody: undefined }
    expect(Object.keys(await bodyOf(unset))).toEqual(['messages', 'model', 'stream'])
  })

  it('requests token counts only of a stream', async () => {
    expect(await bodyOf({}, true)).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(await bodyOf()).not.toHaveProperty('stream_options')
  })

  it.each([
    ['temperature', 0, 'temperature', 0],
    ['topP', 0.9, 'top_p', 0.9],
    ['topK', 0, 'top_k', 0],
    ['minP', 0.05, 'min_p', 0.05],
    ['maxTokens', 7, 'max_tokens', 7],
    ['stop', 'x', 'stop', 'x'],
    ['stop', ['x', 'y'], 'stop', ['x', 'y']],
    ['stop', '', 'stop', ''],
    ['seed', 0, 'seed', 0],
    ['presencePenalty', -1, 'presence_penalty', -1],
    ['frequencyPenalty', 1, 'frequency_penalty', 1],
    ['repeatPenalty', 1.1, 'repeat_penalty', 1.1],
    ['logitBias', { '15': -100 }, 'logit_bias', { '15': -100 }],
    ['reasoningEffort', 'none', 'reasoning_effort', 'none'],
    ['ttlSeconds', 900, 'ttl', 900],
    ['draftModel', 'd', 'draft_model', 'd'],
    ['responseFormat', 'text', 'response_format', undefined],
    ['extraBody', { mirostat: 2 }, 'mirostat', 2],
    ['extraBody', { temperature: 2 }, 'temperature', 2],
  ])('sends %s %j as %s %j', async (name, value, key, sent) => {
    const body = await bodyOf({ [name]: value })
    expect(body[key]).toEqual(sent)
    expect(Object.keys(body)).toHaveLength(sent === undefined ? 3 : 4)
  })

  it('lets `extraBody` replace settings, but not whether the response is streamed', async () => {
    const extraBody = { temperature: 2, stream: true, stream_options: { include_usage: false } }
    expect(await bodyOf({ temperature: 1, extraBody })).toMatchObject({ temperature: 2, stream: false })
    expect(await bodyOf({ extraBody: { stream: false } }, true)).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
  })
})

describe('responseFormat', () => {
  it('sends the response format `json` as a schema that any object fits, because LM Studio rejects json_object', async () => {
    const format = (await bodyOf({ responseFormat: 'json' })).response_format
    expect(format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
    })
  })

  it('sends the schema of a response format unchanged, with its name or a default', async () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] }
    expect((await bodyOf({ responseFormat: { schema, name: 'bird' } })).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'bird', strict: true, schema },
    })
    expect((await bodyOf({ responseFormat: { schema } })).response_format).toMatchObject({
      json_schema: { name: 'answer' },
    })
  })
})

describe('tools', () => {
  const tide = {
    name: 'tide_at',
    description: 'Tide',
    parameters: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
  }
  const bird = { name: 'find_bird' }

  it("sends tools in OpenAI's shape", async () => {
    expect((await bodyOf({ tools: [tide] })).tools).toEqual([{ type: 'function', function: tide }])
  })

  it.each([[bird], [{ name: 'find_bird', parameters: {} }], [{ name: 'find_bird', parameters: undefined }]])(
    'adds an empty object schema to the tool %j',
    async (tool) => {
      expect((await bodyOf({ tools: [tool] })).tools).toEqual([
        { type: 'function', function: { name: 'find_bird', parameters: { type: 'object', properties: {} } } },
      ])
    },
  )

  it('sends only name, description and parameters of a tool', async () => {
    const { tools } = await bodyOf({ tools: [{ ...tide, execute: () => 1, strict: true }] })
    expect(tools).toEqual([{ type: 'function', function: tide }])
  })

  it.each(['auto', 'none', 'required'])('sends the tool choice %s unchanged', async (toolChoice) => {
    expect(await bodyOf({ tools: [tide, bird], toolChoice })).toMatchObject({
      tool_choice: toolChoice,
      tools: [{}, {}],
    })
  })

  it('sends a named tool alone and requires it, because LM Studio rejects the object form of tool_choice', async () => {
    const body = await bodyOf({ tools: [tide, bird], toolChoice: { tool: 'find_bird' } })
    expect(body.tool_choice).toBe('required')
    expect(body.tools).toEqual([
      expect.objectContaining({ function: expect.objectContaining({ name: 'find_bird' }) as object }),
    ])
  })

  it.each(['auto', 'none'])('omits tools and the tool choice %s when there are no tools', async (toolChoice) => {
    for (const tools of [undefined, []]) {
      const body = await bodyOf({ tools, toolChoice })
      expect(body).not.toHaveProperty('tools')
      expect(body).not.toHaveProperty('tool_choice')
    }
  })
})

describe('messages', () => {
  it('sends a prompt as a user message after the system message', async () => {
    expect((await bodyOf({ system: 'Be brief.' })).messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ])
    expect((await bodyOf({ system: '' })).messages).toHaveLength(2)
    expect((await bodyOf({ prompt: '' })).messages).toEqual([{ role: 'user', content: '' }])
  })

  it('keeps the order of messages while an image is converted', async () => {
    const sent = await wireMessages(
      { role: 'system', content: 'a' },
      {
        role: 'user',
        content: [
          { type: 'image', image: new Blob([png(1, 1)]) },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'assistant', content: 'c' },
      { role: 'user', content: 'd' },
    )
    expect(sent).toEqual([
      { role: 'system', content: 'a' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) as string } },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'assistant', content: 'c' },
      { role: 'user', content: 'd' },
    ])
  })

  it('sends tool calls with their arguments as JSON, and tool results', async () => {
    const sent = await wireMessages(
      {
        role: 'assistant',
        content: null,
        toolCalls: [
          { id: '1', name: 'f', arguments: { a: [1] } },
          { id: '2', name: 'g', arguments: { a: 1 }, rawArguments: '{ "a": 1.0 }' },
          { id: '3', name: 'h' },
          { id: '4', name: 'i', arguments: null },
        ],
      },
      { role: 'tool', toolCallId: '1', content: 'done' },
    )
    expect(sent).toEqual([
      {
        role: 'assistant',
        tool_calls: [
          { id: '1', type: 'function', function: { name: 'f', arguments: '{"a":[1]}' } },
          { id: '2', type: 'function', function: { name: 'g', arguments: '{ "a": 1.0 }' } },
          { id: '3', type: 'function', function: { name: 'h', arguments: '{}' } },
          { id: '4', type: 'function', function: { name: 'i', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: '1', content: 'done' },
    ])
  })

  it('omits an empty list of tool calls', async () => {
    expect(await wireMessages({ role: 'assistant', content: 'a', toolCalls: [] })).toEqual([
      { role: 'assistant', content: 'a' },
    ])
  })

  it.each<[object]>([[{}], [{ content: null }], [{ content: undefined, toolCalls: [] }]])(
    'sends the empty assistant message %j with empty content',
    async (message) => {
      expect(await wireMessages({ role: 'assistant', ...message })).toEqual([{ role: 'assistant', content: '' }])
    },
  )

  it('sends the text of an assistant message with tool calls', async () => {
    expect(
      await wireMessages({ role: 'assistant', content: 'Wait.', toolCalls: [{ id: '1', name: 'f' }] }),
    ).toMatchObject([{ content: 'Wait.', tool_calls: [{}] }])
  })
})

describe('images', () => {
  async function sentURL(image: ImagePart['image']): Promise<string> {
    const messages = await wireMessages(
      { role: 'system', content: 'x' },
      { role: 'user', content: [{ type: 'image', image }] },
    )
    const [, message] = messages as [unknown, { content: [{ image_url: { url: string } }] }]
    return message.content[0].image_url.url
  }
  const dataURL = (type: string, bytes: Uint8Array): string =>
    `data:${type};base64,${Buffer.from(bytes).toString('base64')}`

  it.each([
    ['bytes', png(2, 3)],
    ['a Buffer', Buffer.from(png(2, 3))],
    ['an ArrayBuffer', png(2, 3).buffer],
    ['a view into a larger buffer', Uint8Array.of(0, ...png(2, 3)).subarray(1)],
    ['a Blob', new Blob([png(2, 3)])],
    ['a Blob of another type', new Blob([png(2, 3)], { type: 'image/webp' })],
    ['a data URL', dataURL('image/png', png(2, 3))],
    ['a data URL with an upper-case type', dataURL('image/PNG', png(2, 3))],
  ])('sends a PNG given as %s as a data URL', async (_, image) => {
    expect(await sentURL(image)).toBe(dataURL('image/png', png(2, 3)))
  })

  it('sends a JPEG as a data URL of its type', async () => {
    expect(await sentURL(jpeg(2, 3))).toBe(dataURL('image/jpeg', jpeg(2, 3)))
    expect(await sentURL(dataURL('image/jpg', jpeg(2, 3)))).toBe(dataURL('image/jpg', jpeg(2, 3)))
  })

  it('rejects an image that cannot be converted, with its path', async () => {
    expect(await rejectionOf(sentURL(gif()))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [
        { path: ['messages', 1, 'content', 0, 'image'], message: expect.stringContaining('image/gif') as string },
      ],
    })
  })

  it.each([
    ['bytes', (bytes: Uint8Array<ArrayBuffer>) => bytes],
    ['an ArrayBuffer', (bytes: Uint8Array<ArrayBuffer>) => bytes.buffer],
  ])('sends an image given as %s as it was when the call was made', async (_, toImage) => {
    const bytes = png(2, 3)
    const sending = sentURL(toImage(bytes))
    bytes.fill(0)
    expect(await sending).toBe(dataURL('image/png', png(2, 3)))
  })
})

describe('the request object', () => {
  it('does not modify the request object', async () => {
    const request = deepFreeze({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image', image: png(1, 1) },
          ],
        },
        { role: 'assistant', content: null, toolCalls: [{ id: '1', name: 'f', arguments: { a: 1 } }] },
      ],
      tools: [{ name: 'f', parameters: { properties: { a: {} } } }, { name: 'g' }],
      toolChoice: { tool: 'f' },
      responseFormat: { schema: { type: 'object' } },
      stop: ['a'],
      logitBias: { '1': 1 },
      extraBody: { deep: { a: 1 } },
    })
    const before = JSON.stringify(request)
    await bodyOf({ prompt: undefined, ...request }, true)
    expect(JSON.stringify(request)).toBe(before)
  })
})

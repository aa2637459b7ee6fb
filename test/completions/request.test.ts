import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { toRequestBody as toWireText } from '../../src/completions/request.js'
import { InvalidRequestError } from '../../src/errors/index.js'
import type { CompletionRequest } from '../../src/completions/types.js'
import type { ContentPart, Message } from '../../src/types.js'
import { gif, jpeg, png, webp } from '../helpers/images.js'
import { rejectionOf } from '../helpers/provider-errors.js'

/** The body, read as the server reads it. */
const toRequestBody = async (request: CompletionRequest, stream: boolean): Promise<Record<string, unknown>> =>
  JSON.parse(await toWireText(request, stream)) as Record<string, unknown>

const base = { model: 'acme/tern-4b', prompt: 'Hi' }
const wire = (more: Partial<CompletionRequest> | object = {}, stream = false): Promise<Record<string, unknown>> =>
  toRequestBody({ ...base, ...more } as CompletionRequest, stream)
const wireMessages = async (...messages: Message[]): Promise<unknown> =>
  (await toRequestBody({ model: 'm', messages }, false)).messages

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}

describe('settings', () => {
  it('sends nothing that is not set', async () => {
    expect(await wire()).toEqual({ model: 'acme/tern-4b', messages: [{ role: 'user', content: 'Hi' }], stream: false })
    expect(Object.keys(await wire({ temperature: undefined, tools: undefined, extraBody: undefined }))).toEqual([
      'messages',
      'model',
      'stream',
    ])
  })

  it('asks for the token counts of a stream', async () => {
    expect(await wire({}, true)).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(await wire()).not.toHaveProperty('stream_options')
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
    const body = await wire({ [name]: value })
    expect(body[key]).toEqual(sent)
    expect(Object.keys(body)).toHaveLength(sent === undefined ? 3 : 4)
  })

  it('lets extra fields win over settings, but not over how the answer comes', async () => {
    const extraBody = { temperature: 2, stream: true, stream_options: { include_usage: false } }
    expect(await wire({ temperature: 1, extraBody })).toMatchObject({ temperature: 2, stream: false })
    expect(await wire({ extraBody: { stream: false } }, true)).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
  })
})

describe('responseFormat', () => {
  it('sends JSON as a schema that any object fits, since json_object is refused', async () => {
    const format = (await wire({ responseFormat: 'json' })).response_format
    expect(format).toEqual({
      type: 'json_schema',
      json_schema: { name: expect.stringMatching(/^\w+$/) as string, strict: true, schema: { type: 'object' } },
    })
  })

  it('sends a schema as it is, under its name', async () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] }
    expect((await wire({ responseFormat: { schema, name: 'bird' } })).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'bird', strict: true, schema },
    })
    expect((await wire({ responseFormat: { schema } })).response_format).toMatchObject({
      json_schema: { name: expect.stringMatching(/^\w+$/) as string },
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

  it('sends them in the shape of OpenAI', async () => {
    expect((await wire({ tools: [tide] })).tools).toEqual([{ type: 'function', function: tide }])
  })

  it.each([[bird], [{ name: 'find_bird', parameters: {} }], [{ name: 'find_bird', parameters: undefined }]])(
    'sends an object schema for %j',
    async (tool) => {
      expect((await wire({ tools: [tool] })).tools).toEqual([
        { type: 'function', function: { name: 'find_bird', parameters: { type: 'object', properties: {} } } },
      ])
    },
  )

  it('sends nothing of a tool but name, description and parameters', async () => {
    const { tools } = await wire({ tools: [{ ...tide, execute: () => 1, strict: true }] })
    expect(tools).toEqual([{ type: 'function', function: tide }])
  })

  it.each(['auto', 'none', 'required'])('sends the choice %s as it is', async (toolChoice) => {
    expect(await wire({ tools: [tide, bird], toolChoice })).toMatchObject({ tool_choice: toolChoice, tools: [{}, {}] })
  })

  it('sends a named tool alone and required, since the object form is refused', async () => {
    const body = await wire({ tools: [tide, bird], toolChoice: { tool: 'find_bird' } })
    expect(body.tool_choice).toBe('required')
    expect(body.tools).toEqual([
      expect.objectContaining({ function: expect.objectContaining({ name: 'find_bird' }) as object }),
    ])
  })

  it.each(['auto', 'none'])('sends neither tools nor the choice %s where there are none', async (toolChoice) => {
    for (const tools of [undefined, []]) {
      const body = await wire({ tools, toolChoice })
      expect(body).not.toHaveProperty('tools')
      expect(body).not.toHaveProperty('tool_choice')
    }
  })
})

describe('messages', () => {
  it('makes a prompt a user message, after the system text', async () => {
    expect((await wire({ system: 'Be brief.' })).messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ])
    expect((await wire({ system: '' })).messages).toHaveLength(2)
    expect((await wire({ prompt: '' })).messages).toEqual([{ role: 'user', content: '' }])
  })

  it('keeps their order, whatever takes time in between', async () => {
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

  it('sends tool calls with their arguments as text, and the results', async () => {
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

  it('sends no empty list of tool calls', async () => {
    expect(await wireMessages({ role: 'assistant', content: 'a', toolCalls: [] })).toEqual([
      { role: 'assistant', content: 'a' },
    ])
  })

  it.each<[object]>([[{}], [{ content: null }], [{ content: undefined, toolCalls: [] }]])(
    'sends an assistant message with nothing in it (%j) as an empty text',
    async (message) => {
      expect(await wireMessages({ role: 'assistant', ...message })).toEqual([{ role: 'assistant', content: '' }])
    },
  )

  it('keeps the text beside tool calls', async () => {
    expect(
      await wireMessages({ role: 'assistant', content: 'Wait.', toolCalls: [{ id: '1', name: 'f' }] }),
    ).toMatchObject([{ content: 'Wait.', tool_calls: [{}] }])
  })
})

describe('images', () => {
  const path = ['messages', 1, 'content', 0, 'image']
  const send = async (
    image: ContentPart extends infer P ? (P extends { image: infer I } ? I : never) : never,
  ): Promise<string> => {
    const [, message] = (
      await toRequestBody(
        {
          model: 'm',
          messages: [
            { role: 'system', content: 'x' },
            { role: 'user', content: [{ type: 'image', image }] },
          ],
        },
        false,
      )
    ).messages as [unknown, { content: { image_url: { url: string } }[] }]
    return message.content[0]!.image_url.url
  }
  const url = (type: string, bytes: Uint8Array): string =>
    `data:${type};base64,${Buffer.from(bytes).toString('base64')}`

  it.each([
    ['bytes', png(2, 3)],
    ['a Buffer', Buffer.from(png(2, 3))],
    ['an ArrayBuffer', png(2, 3).buffer],
    ['a Blob', new Blob([png(2, 3)])],
    ['a Blob that claims to be something else', new Blob([png(2, 3)], { type: 'image/webp' })],
    ['a data URL', url('image/png', png(2, 3))],
    ['a data URL in upper case', url('image/PNG', png(2, 3)).replace('image/PNG', 'image/PNG')],
    ['a view into a larger buffer', Uint8Array.of(0, ...png(2, 3)).subarray(1)],
  ])('sends %s as a data URL', async (_, image) => {
    expect((await send(image)).toLowerCase()).toBe(url('image/png', png(2, 3)).toLowerCase())
  })

  it('sends a JPEG under its own name', async () => {
    expect(await send(jpeg(2, 3))).toBe(url('image/jpeg', jpeg(2, 3)))
    expect(await send(url('image/jpg', jpeg(2, 3)))).toMatch(/^data:image\/jpe?g;base64,/)
  })

  it.each([
    ['WebP bytes', webp(), /webp/],
    ['a WebP data URL', url('image/webp', webp()), /webp/],
    ['GIF bytes', gif(), /gif/],
    ['an SVG data URL', url('image/svg+xml', new TextEncoder().encode('<svg/>')), /format/],
    ['bytes that are no image', Uint8Array.of(1, 2, 3), /format/],
    ['an empty Blob', new Blob([]), /format/],
    ['a data URL that is no base64', 'data:image/gif;base64,%%%', /base64/],
  ])('refuses %s where nothing can convert it, by its path', async (_, image, word) => {
    const error = (await rejectionOf(send(image))) as InvalidRequestError
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(error.issues).toEqual([{ path, message: expect.stringMatching(word) as string }])
    expect(error.hint).toMatch(/PNG|JPEG/)
  })

  it.each([
    ['PNG', png(5121, 5120)],
    ['JPEG', jpeg(5121, 5120)],
  ])(
    'leaves a %s of more pixels than every LM Studio takes to the server where nothing can shrink it',
    async (_, image) => {
      expect(await send(image)).toContain('data:image/')
    },
  )

  it('takes an image of just as many pixels as every LM Studio takes', async () => {
    expect(await send(png(5120, 5120))).toContain('data:image/png')
  })
})

describe('what it is given', () => {
  it('stays as it was', async () => {
    const request = freeze({
      model: 'm',
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
    }) as unknown as CompletionRequest
    const before = JSON.stringify(request)
    await toRequestBody(request, true)
    expect(JSON.stringify(request)).toBe(before)
  })
})

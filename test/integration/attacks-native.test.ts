import { createConversation, createLMStudio, type ChatEvent, type ChatResponse } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { png } from '../helpers/images.js'
import { caught } from './support/caught.js'
import { eventStream } from './support/servers.js'

const model = 'acme/tern-4b'
const request = { model, input: 'x' } as const
const frame = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
const half = frame('message.delta', { content: 'Half' })
const output = [{ type: 'message', content: 'Half' }]
const boom = frame('error', { error: { type: 'internal_error', message: 'boom' } })
const end = (result: unknown, more: object = {}): string => frame('chat.end', { result, ...more })

const stream = (...frames: string[]) =>
  createLMStudio({ fetch: async () => eventStream(...frames) }).streamChat(request)

async function read(...frames: string[]): Promise<{ events: ChatEvent[]; response: ChatResponse }> {
  const answer = stream(...frames)
  const events = []
  for await (const event of answer) events.push(event)
  return { events, response: await answer.response }
}

describe('an error of the server is told', () => {
  test.each<[string, string[]]>([
    ['by an end whose result is null', [boom, end(null)]],
    ['by an end whose result has no output', [boom, end({ model_instance_id: model })]],
    ['by an event that is no JSON', [boom, 'data: {oops\n\n', end({ output })]],
    ['by an event of a wrong shape', [boom, frame('message.delta', { content: 7 }), end({ output })]],
  ])('and not hidden %s that follows it', async (_, frames) => {
    expect(await caught(stream(half, ...frames).response)).toMatchObject({
      name: 'ApiError',
      serverMessage: 'boom',
      partial: { text: 'Half' },
    })
  })

  test.each<[string, string]>([
    ['the end', end({ output, response_id: 'resp_1' }, { error: { message: 'boom' } })],
    ['the result of the end', end({ output, response_id: 'resp_1', error: { message: 'boom' } })],
  ])('when it is in %s, with the result', async (_, last) => {
    expect(await caught(stream(half, last).response)).toMatchObject({
      serverMessage: 'boom',
      partial: { text: 'Half', responseId: 'resp_1' },
    })
  })

  test('when it stands in place of the result', async () => {
    expect(await caught(stream(half, end({ error: { message: 'boom' } })).response)).toMatchObject({
      serverMessage: 'boom',
      partial: { text: 'Half' },
    })
  })

  test('when its data has a type of its own', async () => {
    const frames = [half, 'event: error\ndata: {"type":"internal_error","message":"boom"}\n\n', end({ output })]
    expect(await caught(stream(...frames).response)).toMatchObject({ serverMessage: 'boom' })
  })
})

test('what is not read of an event or an item breaks no answer, whatever it is', async () => {
  const odd = { content: ['a'], progress: 'x', reason: {}, metadata: 'x', load_time_seconds: 'x' }
  const { events, response } = await read(
    frame('chat.start', odd),
    frame('prompt_processing.start', odd),
    frame('message.start', odd),
    frame('message.delta', { ...odd, content: 'Half', tool: 7, model_instance_id: 7 }),
    frame('tool_call.success', { ...odd, tool: 't', output: 'o' }),
    end({
      output: [{ type: 'tool_call', ...odd, tool: 't', output: 'o' }, ...output.map((item) => ({ ...odd, ...item }))],
    }),
  )
  expect(response.text).toBe('Half')
  expect(events.map(({ type }) => type)).toEqual([
    'chat-start',
    'prompt-processing-start',
    'text-start',
    'text-delta',
    'tool-call-success',
    'chat-end',
  ])
})

test('an event whose type nobody knows is read by its name', async () => {
  const { response } = await read(
    'event: message.delta\ndata: {"type":"delta","content":"Half"}\n\n',
    end({ output: [] }),
  )
  expect(response.text).toBe('Half')
})

test('a turn of a conversation that is wrong is refused by reading', async () => {
  const conversation = createConversation(createLMStudio(), { model })
  const input = [{ type: 'text', text: Symbol('x') }] as never
  expect(await caught(conversation.stream(input).response)).toMatchObject({ name: 'InvalidRequestError' })
  expect(await caught(conversation.send(input))).toMatchObject({ name: 'InvalidRequestError' })
})

test.each(['send', 'stream'] as const)(
  '%s of a conversation loses no answer of a server that keeps none',
  async (how) => {
    const body = { model_instance_id: model, output }
    const fetch = async () => (how === 'send' ? Response.json(body) : eventStream(half, end(body)))
    const conversation = createConversation(createLMStudio({ fetch }), { model })
    const error = await caught(how === 'send' ? conversation.send('x') : conversation.stream('x').response)
    expect(error).toMatchObject({
      name: 'InvalidResponseError',
      partial: { text: 'Half', model, id: '', toolCalls: [] },
    })
    expect(JSON.stringify(error)).not.toContain('Half')
    expect(conversation.turns).toEqual([])
  },
)

test('bytes of an image that are written over after the call are sent as they were', async () => {
  const bodies: string[] = []
  const fetch = async (_url: unknown, init?: RequestInit) => {
    bodies.push(String(init?.body))
    return Response.json({ error: 'seen' }, { status: 400 })
  }
  const lmstudio = createLMStudio({ fetch })
  const ask = async (part: (image: Uint8Array | ArrayBuffer) => Promise<unknown>, isBuffer: boolean) => {
    const bytes = png(2, 2)
    const answer = caught(part(isBuffer ? bytes.buffer : bytes))
    bytes.fill(0)
    await answer
  }
  for (const isBuffer of [false, true]) {
    await ask((image) => lmstudio.chat({ model, input: [{ type: 'image', image }] }), isBuffer)
    await ask((image) => lmstudio.streamChat({ model, input: [{ type: 'image', image }] }).response, isBuffer)
    const messages = (image: Uint8Array | ArrayBuffer) =>
      [{ role: 'user', content: [{ type: 'image', image }] }] as const
    await ask((image) => lmstudio.respond({ model, input: messages(image) }), isBuffer)
    await ask((image) => lmstudio.complete({ model, messages: messages(image) }), isBuffer)
  }
  expect(bodies).toHaveLength(8)
  for (const body of bodies) expect(body).toContain(Buffer.from(png(2, 2)).toString('base64'))
})

import { inspect } from 'node:util'
import { createLMStudio, type RespondEvent, type RespondResponse } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { eventStream } from './support/servers.js'

const model = 'acme/tern-4b'
const request = { model, input: 'x' } as const
const frame = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`

async function read(...frames: string[]): Promise<{ events: RespondEvent[]; response: RespondResponse }> {
  const stream = createLMStudio({ fetch: async () => eventStream(...frames) }).streamRespond(request)
  const events = []
  for await (const event of stream) events.push(event)
  return { events, response: await stream.response }
}

const message = { id: 'msg_1', type: 'message', content: [{ type: 'output_text', text: 'Hello there' }] }
const thought = { id: 'rs_1', type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Hm' }] }
const call = { id: 'fc_1', call_id: 'call_7', type: 'function_call', name: 'tide_at', arguments: '{"a":1}' }
const completed = (output: unknown): string =>
  frame('response.completed', { response: { id: 'resp_1', status: 'completed', output } })

describe('what a stream has told is not told again by its end', () => {
  const thinking = [
    frame('response.output_item.added', { output_index: 0, item: { ...thought, content: [] } }),
    frame('response.reasoning_text.delta', { item_id: 'rs_1', output_index: 0, content_index: 0, delta: 'Hm' }),
    frame('response.output_item.done', { output_index: 0, item: thought }),
  ]
  const saying = [
    frame('response.output_item.added', { output_index: 1, item: { ...message, content: [] } }),
    frame('response.output_text.delta', { item_id: 'msg_1', output_index: 1, content_index: 0, delta: 'Hello ' }),
    frame('response.output_text.delta', { item_id: 'msg_1', output_index: 1, content_index: 0, delta: 'there' }),
  ]
  const calling = [
    frame('response.output_item.added', { output_index: 1, item: { ...call, arguments: '' } }),
    frame('response.function_call_arguments.done', { item_id: 'fc_1', output_index: 1, arguments: '{"a":1}' }),
  ]
  const bare = (text: string): string => text.replaceAll(/"(output_index|content_index)":\d+,?/g, '')
  const anonymous = (item: object): object => ({ ...item, id: undefined, call_id: undefined })

  test.each<[string, string[], unknown]>([
    ['leaves the reasoning out', [...thinking, ...saying], [message]],
    ['leaves the reasoning out, and all ids', [...thinking, ...saying], [anonymous(message)]],
    ['has the items in another order', [...thinking, ...saying], [message, thought]],
    ['is empty', [...thinking, ...saying], []],
    ['is whole, where no event has an index', [...thinking, ...saying].map(bare), [thought, message]],
    ['is whole, where there are only pieces', [thinking[1]!, ...saying.slice(1)], [thought, message]],
    [
      'is whole, where there are only pieces without an index',
      [thinking[1]!, ...saying.slice(1)].map(bare),
      [thought, message],
    ],
  ])('a text, when the end %s', async (_, frames, output) => {
    const { events, response } = await read(...frames, completed(output))
    expect(response).toMatchObject({ text: 'Hello there', reasoning: 'Hm' })
    expect(events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe('Hello there')
  })

  test.each<[string, string[], unknown]>([
    ['leaves the reasoning out', [...thinking, ...calling], [call]],
    ['leaves the reasoning and the id of the item out', [...thinking, ...calling], [{ ...call, id: undefined }]],
    ['has the items in another order', [...thinking, ...calling], [call, thought]],
    ['is whole, where no event has an index', [...thinking, ...calling].map(bare), [thought, call]],
  ])('a call, when the end %s', async (_, frames, output) => {
    const { events, response } = await read(...frames, completed(output))
    expect(response.toolCalls).toStrictEqual([
      { id: 'call_7', name: 'tide_at', arguments: { a: 1 }, rawArguments: '{"a":1}' },
    ])
    expect(events.filter((event) => event.type === 'tool-call')).toHaveLength(1)
    expect(response.output.filter((item) => item.type === 'tool-call')).toHaveLength(1)
  })

  test('but what only the end tells is', async () => {
    const other = { id: 'msg_2', type: 'message', content: [{ type: 'output_text', text: '. Bye' }] }
    const { response } = await read(...saying, completed([message, other, call]))
    expect(response.text).toBe('Hello there. Bye')
    expect(response.toolCalls).toHaveLength(1)
  })
})

test('an event whose type nobody knows is read by its name', async () => {
  const { response } = await read(
    'event: response.output_text.delta\ndata: {"type":"delta","delta":"Hello"}\n\n',
    completed([]),
  )
  expect(response.text).toBe('Hello')
})

test('a request that cannot be read is refused by the promise, or by reading', async () => {
  const lmstudio = createLMStudio({ fetch: () => Promise.reject(new Error('sent')) })
  const wrong = {
    get model(): string {
      throw new Error('mine')
    },
    input: 'x',
    prompt: 'x',
  }
  for (const ask of ['respond', 'complete', 'chat', 'completeText', 'embed'] as const) {
    let promise: Promise<unknown> | undefined
    expect(() => (promise = lmstudio[ask](wrong)), ask).not.toThrow()
    expect(await caught(promise!), ask).toBeInstanceOf(Error)
  }
  for (const ask of ['streamRespond', 'stream', 'streamChat', 'streamCompleteText'] as const) {
    let stream: { response: Promise<unknown> } | undefined
    expect(() => (stream = lmstudio[ask](wrong)), ask).not.toThrow()
    expect(await caught(stream!.response), ask).toBeInstanceOf(Error)
  }
})

test('an embedding model that answers instead is logged: its vectors cannot be compared', async () => {
  const events: string[] = []
  const lmstudio = createLMStudio({
    fetch: async () => Response.json({ model: 'other-embedder', data: [{ index: 0, embedding: [1, 2] }] }),
    logger: ({ type }) => events.push(type),
  })
  await lmstudio.embed({ model: 'text-embedding-plover-v2', input: ['a', 'b', 'c'], batchSize: 1 })
  expect(events.filter((type) => type === 'model-substituted')).toHaveLength(1)
})

test.each([{ stream: false }, { stream: true }])(
  'the keys of an MCP server among the tools are in no error and no log: %j',
  async ({ stream }) => {
    const keys = ['canary-header-4711', 'canary-token-4712', 'canary-query-4713', 'canary-path-4714']
    const tool = {
      type: 'mcp',
      server_label: 'birds',
      server_url: `https://mcp.example.org/${keys[3]}?key=${keys[2]}`,
      headers: { 'x-key': keys[0] },
      authorization: keys[1],
    }
    const said = { error: { message: `cannot connect with ${keys.join(' and ')}`, code: keys[0], param: keys[1] } }
    const log: unknown[] = []
    const lmstudio = createLMStudio({
      fetch: async () =>
        stream ? eventStream(`data: ${JSON.stringify(said)}\n\n`) : Response.json(said, { status: 400 }),
      logger: (event) => log.push(event),
    })
    const asked = { ...request, extraBody: { tools: [tool] } }
    const error = await caught(stream ? lmstudio.streamRespond(asked).response : lmstudio.respond(asked))
    expect(error.message).toContain('cannot connect')
    for (const key of keys)
      expect(JSON.stringify(error) + inspect(error, { depth: 9 }) + JSON.stringify(log)).not.toContain(key)
  },
)

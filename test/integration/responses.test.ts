import { inspect } from 'node:util'
import { createLMStudio, type RespondEvent, type RespondResponse } from 'lmstudio-provider'
import type { MockFault, MockPrompt } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { collect } from '../helpers/collect.js'
import { caught } from './support/caught.js'
import { connect, MODEL, setUp, startMock } from './support/provider.js'
import { eventStream } from './support/servers.js'
import { watchRejections } from './support/watch.js'

const REQUEST = { model: MODEL, input: 'Hello.', reasoningEffort: 'none' } as const
const TIDE = {
  name: 'tide_at',
  parameters: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
}
const reply = () => ({ deltas: ['Seven', ' gulls', ' at', ' Oban', '.'] })

describe('respond and streamRespond', () => {
  test('name the version that has the route when the server is too old', async () => {
    const { lmstudio } = await setUp({ faults: [{ name: 'catch-all' }, { name: 'catch-all' }] })
    const error = await caught(lmstudio.respond(REQUEST))
    expect(error).toMatchObject({ name: 'UnsupportedEndpointError', since: '0.3.29' })
    expect(await caught(lmstudio.streamRespond(REQUEST).response)).toMatchObject({ name: error.name })
  })

  test('list the available models when the model is missing', async () => {
    const { lmstudio } = await setUp({ models: [{ id: 'acme/other-1b' }], jit: false })
    for (const call of [lmstudio.respond(REQUEST), lmstudio.streamRespond(REQUEST).response]) {
      expect(await caught(call)).toMatchObject({ name: 'ModelNotFoundError', availableModels: ['acme/other-1b'] })
    }
  })

  test('reject an unknown `previousResponseId` as an invalid request', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.respond({ ...REQUEST, previousResponseId: 'resp_gone' }))
    expect(error).toMatchObject({ name: 'InvalidRequestError', status: 400, param: 'previous_response_id' })
  })

  test('send nothing for an invalid request and reject, a stream when it is read', async () => {
    const { mock, lmstudio } = await setUp()
    const invalid = { model: MODEL } as never
    expect(await caught(lmstudio.respond(invalid))).toMatchObject({ name: 'InvalidRequestError' })
    const stream = lmstudio.streamRespond(invalid)
    expect(await caught(stream.response)).toMatchObject({ name: 'InvalidRequestError' })
    expect(mock.calls).toHaveLength(0)
  })

  // The first six events: created, in progress, item, part and two deltas.
  test.each([
    ['fails', { name: 'response-failed', afterEvents: 6 }, 'ModelLoadError'],
    ['is cut', { name: 'cut', afterEvents: 6 }, 'StreamInterruptedError'],
    ['ends without its last event', { name: 'no-done' }, 'StreamInterruptedError'],
    ['stalls', { name: 'stall', afterEvents: 6 }, 'TimeoutError'],
    ['stalls and sends keep-alive comments', { name: 'stall', afterEvents: 6, keepAliveMs: 5 }, 'TimeoutError'],
    ['sends an error', { name: 'error-frame', afterEvents: 6 }, 'ModelLoadError'],
  ] as const satisfies readonly (readonly [string, MockFault, string])[])(
    'reject with the partial response when the stream %s',
    async (_name, fault, name) => {
      const { mock, lmstudio } = await setUp({ reply, faults: [fault] }, { idleTimeout: 150 })
      const seen = watchRejections()
      const stream = lmstudio.streamRespond(REQUEST)
      const { events, error } = await collect(stream)
      const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
      expect(text).toMatch(/^Seven gulls/)
      expect(error).toMatchObject({ name, partial: { text, model: MODEL, id: expect.stringMatching(/^resp_/) } })
      expect(await caught(stream.response)).toBe(error)
      expect(JSON.stringify(error)).not.toContain('gulls')
      expect(await seen()).toEqual([])
      expect(mock.calls).toHaveLength(1)
    },
  )

  test('close the connection of a stream that is left, and reject with the reason of an aborted signal', async () => {
    const { mock, lmstudio } = await setUp({ reply, faults: [{ name: 'stall', afterEvents: 6 }] })
    const reason = new Error('enough')
    const stream = lmstudio.streamRespond(REQUEST)
    for await (const event of stream) if (event.type === 'text-delta') break
    await expect(mock.calls.at(-1)?.finished).resolves.toBe('aborted')
    const controller = new AbortController()
    controller.abort(reason)
    expect(await caught(lmstudio.respond(REQUEST, { signal: controller.signal }))).toBe(reason)
  })
})

describe('a conversation that the server stores', () => {
  test('continues from a stored response and only from a stored one', async () => {
    const prompts: MockPrompt[] = []
    const mock = await startMock({
      reply: (prompt) => {
        prompts.push(prompt)
        return 'Aye.'
      },
    })
    const lmstudio = connect(mock)
    const { id } = await lmstudio.respond({ ...REQUEST, instructions: 'Be brief.' })
    const stream = lmstudio.streamRespond({ ...REQUEST, input: 'And then?', previousResponseId: id })
    expect((await stream.response).id).not.toBe(id)
    expect(prompts.at(-1)?.messages.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'system: Be brief.',
      'user: Hello.',
      'assistant: Aye.',
      'user: And then?',
    ])
    const unstored = await lmstudio.respond({ ...REQUEST, store: false })
    const error = await caught(lmstudio.respond({ ...REQUEST, previousResponseId: unstored.id }))
    expect(error.name).toBe('InvalidRequestError')
  })

  test('accepts the results of custom tools', async () => {
    const { lmstudio } = await setUp()
    const first = await lmstudio.respond({ ...REQUEST, input: 'Tide at Oban?', tools: [TIDE] })
    expect(first).toMatchObject({
      finishReason: 'tool-calls',
      toolCalls: [{ name: 'tide_at', arguments: { harbour: 'Oban' } }],
    })
    const second = await lmstudio.respond({
      ...REQUEST,
      previousResponseId: first.id,
      input: first.toolCalls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: '04:12' })),
    })
    expect(second.text).toBe('According to tide_at: 04:12')
  })
})

describe('a response', () => {
  test('is the same with and without streaming, reasoning and usage included', async () => {
    const { lmstudio } = await setUp({ reply: () => ({ reasoning: 'Count.', text: 'Seven gulls.' }) })
    const request = { model: MODEL, input: 'How many?' }
    const streamed = await lmstudio.streamRespond(request).response
    const whole = await lmstudio.respond(request)
    for (const response of [streamed, whole]) {
      expect(response).toMatchObject({ model: MODEL, reasoning: 'Count.', text: 'Seven gulls.', finishReason: 'stop' })
      expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
      expect(response.usage).toEqual({
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
        totalTokens: expect.any(Number),
        reasoningTokens: expect.any(Number),
        cachedTokens: 0,
      })
      expect(response.stats.durationMs).toBeGreaterThanOrEqual(0)
    }
    expect(streamed.stats.measuredBy.timeToFirstTokenMs).toBe('client')
    expect(whole.stats.timeToFirstTokenMs).toBeUndefined()
  })

  test.each<[string, MockFault[]]>([
    ['without quirks', []],
    ['with deltas of arguments', ['argument-deltas']],
    ['with [DONE] at the end', ['extra-done']],
    ['with `error: null`', ['null-error']],
    ['with unknown keys', ['unknown-keys']],
    ['without a last line end', ['no-final-newline']],
    ['as JSON instead of a stream', ['json-instead-of-stream']],
  ])('is read %s', async (_, faults) => {
    const toolCalls = [{ id: '1', name: 'tide_at', arguments: { harbour: 'Oban' } }]
    const { lmstudio } = await setUp({
      reply: () => ({ text: 'Let me see.', toolCalls }),
      faults,
      framing: { chunkBytes: 11 },
    })
    const { events, error } = await collect(lmstudio.streamRespond({ ...REQUEST, tools: [TIDE] }))
    expect(error).toBeUndefined()
    const rawArguments = events.map((event) => (event.type === 'tool-call-delta' ? event.argumentsDelta : '')).join('')
    expect(rawArguments).toBe('{"harbour":"Oban"}')
    expect(events.at(-1)).toMatchObject({
      response: { text: 'Let me see.', toolCalls: [{ name: 'tide_at', arguments: { harbour: 'Oban' } }] },
    })
  })

  test('reports that it was cut', async () => {
    const { lmstudio } = await setUp()
    const request = { ...REQUEST, input: 'lorem 50', maxTokens: 3 }
    for (const response of [await lmstudio.respond(request), await lmstudio.streamRespond(request).response])
      expect(response).toMatchObject({ finishReason: 'length', rawFinishReason: 'max_output_tokens' })
  })

  test('of another model than the requested one is logged', async () => {
    const logged: string[] = []
    const mock = await startMock()
    const lmstudio = connect(mock, { logger: ({ type }) => void logged.push(type) })
    await lmstudio.respond({ ...REQUEST, model: 'nobody/knows-it' })
    await lmstudio.streamRespond({ ...REQUEST, model: 'nobody/knows-it' }).response
    expect(logged.filter((type) => type === 'model-substituted')).toHaveLength(2)
  })
})

const frame = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`

async function read(...frames: string[]): Promise<{ events: RespondEvent[]; response: RespondResponse }> {
  const stream = createLMStudio({ fetch: async () => eventStream(...frames) }).streamRespond(REQUEST)
  const events = []
  for await (const event of stream) events.push(event)
  return { events, response: await stream.response }
}

const message = { id: 'msg_1', type: 'message', content: [{ type: 'output_text', text: 'Hello there' }] }
const thought = { id: 'rs_1', type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Hm' }] }
const call = { id: 'fc_1', call_id: 'call_7', type: 'function_call', name: 'tide_at', arguments: '{"a":1}' }
const completed = (output: unknown): string =>
  frame('response.completed', { response: { id: 'resp_1', status: 'completed', output } })

describe('the end of a stream', () => {
  const reasoningEvents = [
    frame('response.output_item.added', { output_index: 0, item: { ...thought, content: [] } }),
    frame('response.reasoning_text.delta', { item_id: 'rs_1', output_index: 0, content_index: 0, delta: 'Hm' }),
    frame('response.output_item.done', { output_index: 0, item: thought }),
  ]
  const textEvents = [
    frame('response.output_item.added', { output_index: 1, item: { ...message, content: [] } }),
    frame('response.output_text.delta', { item_id: 'msg_1', output_index: 1, content_index: 0, delta: 'Hello ' }),
    frame('response.output_text.delta', { item_id: 'msg_1', output_index: 1, content_index: 0, delta: 'there' }),
  ]
  const callEvents = [
    frame('response.output_item.added', { output_index: 1, item: { ...call, arguments: '' } }),
    frame('response.function_call_arguments.done', { item_id: 'fc_1', output_index: 1, arguments: '{"a":1}' }),
  ]
  const bare = (text: string): string => text.replaceAll(/"(output_index|content_index)":\d+,?/g, '')
  const anonymous = (item: object): object => ({ ...item, id: undefined, call_id: undefined })

  test.each<[string, string[], unknown]>([
    ['omits the reasoning', [...reasoningEvents, ...textEvents], [message]],
    ['omits the reasoning and all ids', [...reasoningEvents, ...textEvents], [anonymous(message)]],
    ['has the items in another order', [...reasoningEvents, ...textEvents], [message, thought]],
    ['is empty', [...reasoningEvents, ...textEvents], []],
    ['is complete and no event has an index', [...reasoningEvents, ...textEvents].map(bare), [thought, message]],
    ['is complete and there are only deltas', [reasoningEvents[1]!, ...textEvents.slice(1)], [thought, message]],
    [
      'is complete and there are only deltas without an index',
      [reasoningEvents[1]!, ...textEvents.slice(1)].map(bare),
      [thought, message],
    ],
  ])('does not repeat the text when it %s', async (_, frames, output) => {
    const { events, response } = await read(...frames, completed(output))
    expect(response).toMatchObject({ text: 'Hello there', reasoning: 'Hm' })
    expect(events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe('Hello there')
  })

  test.each<[string, string[], unknown]>([
    ['omits the reasoning', [...reasoningEvents, ...callEvents], [call]],
    ['omits the reasoning and the id of the item', [...reasoningEvents, ...callEvents], [{ ...call, id: undefined }]],
    ['has the items in another order', [...reasoningEvents, ...callEvents], [call, thought]],
    ['is complete and no event has an index', [...reasoningEvents, ...callEvents].map(bare), [thought, call]],
  ])('does not repeat a tool call when it %s', async (_, frames, output) => {
    const { events, response } = await read(...frames, completed(output))
    expect(response.toolCalls).toStrictEqual([
      { id: 'call_7', name: 'tide_at', arguments: { a: 1 }, rawArguments: '{"a":1}' },
    ])
    expect(events.filter((event) => event.type === 'tool-call')).toHaveLength(1)
    expect(response.output.filter((item) => item.type === 'tool-call')).toHaveLength(1)
  })

  test('adds items that no earlier event had', async () => {
    const other = { id: 'msg_2', type: 'message', content: [{ type: 'output_text', text: '. Bye' }] }
    const { response } = await read(...textEvents, completed([message, other, call]))
    expect(response.text).toBe('Hello there. Bye')
    expect(response.toolCalls).toHaveLength(1)
  })
})

test('reads an event whose data has an unknown type by its event name', async () => {
  const { response } = await read(
    'event: response.output_text.delta\ndata: {"type":"delta","delta":"Hello"}\n\n',
    completed([]),
  )
  expect(response.text).toBe('Hello')
})

test.each([{ stream: false }, { stream: true }])(
  'does not put the keys of an MCP server into an error or a log event: %j',
  async ({ stream }) => {
    const keys = ['canary-header-4711', 'canary-token-4712', 'canary-query-4713', 'canary-path-4714']
    const tool = {
      type: 'mcp',
      server_label: 'birds',
      server_url: `https://mcp.example.org/${keys[3]}?key=${keys[2]}`,
      headers: { 'x-key': keys[0] },
      authorization: keys[1],
    }
    const body = { error: { message: `cannot connect with ${keys.join(' and ')}`, code: keys[0], param: keys[1] } }
    const log: unknown[] = []
    const lmstudio = createLMStudio({
      fetch: async () =>
        stream ? eventStream(`data: ${JSON.stringify(body)}\n\n`) : Response.json(body, { status: 400 }),
      logger: (event) => log.push(event),
    })
    const request = { ...REQUEST, extraBody: { tools: [tool] } }
    const error = await caught(stream ? lmstudio.streamRespond(request).response : lmstudio.respond(request))
    expect(error.message).toContain('cannot connect')
    for (const key of keys)
      expect(JSON.stringify(error) + inspect(error, { depth: 9 }) + JSON.stringify(log)).not.toContain(key)
  },
)

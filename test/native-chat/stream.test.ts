import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { chat, streamChat } from '../../src/native-chat/chat.js'
import type { ChatEvent, ChatRequest, ChatStream, PartialChat } from '../../src/native-chat/types.js'
import type { LogEvent } from '../../src/config/options.js'
import type { Client } from '../../src/http/types.js'
import { cutAt, cuts, encode } from '../helpers/bytes.js'
import { fixtureBytes, fixtureJSON, fixtureText } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'

const request = { model: 'acme/tern-4b', input: 'What bird?' }

const frame = (type: string, payload: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...payload })}\n\n`
const text = (content: string): string => frame('message.delta', { content })
const end = (...output: object[]): string =>
  frame('chat.end', { result: { model_instance_id: 'acme/tern-4b', output, stats: {} } })
const said = { type: 'message', content: 'Found one.' }

function open(
  blocks: readonly (string | Uint8Array)[],
  ending: 'close' | 'hang' | Error = 'close',
  options: object = {},
): { stream: ChatStream; state: ReturnType<typeof eventStream>['state'] } {
  const { response, state } = eventStream(blocks, ending)
  const { fetch } = stubFetch(() => response)
  return { stream: streamChat(testClient({ fetch, maxRetries: 0, ...options }), request), state }
}

async function collect(stream: ChatStream): Promise<{ events: ChatEvent[]; error: unknown }> {
  const events: ChatEvent[] = []
  try {
    for await (const event of stream) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}

const partialOf = (error: unknown): PartialChat => (error as { partial: PartialChat }).partial

afterEach(() => void vi.useRealTimers())

describe('a recorded stream', () => {
  it('gives an event for each of the server', async () => {
    const { events, error } = await collect(open([fixtureBytes('native-chat.sse')]).stream)
    expect(error).toBeUndefined()
    const source = { type: 'ephemeral-mcp', serverLabel: 'birds' }
    const call = { name: 'find_bird', source }
    expect(events).toEqual([
      { type: 'chat-start', modelInstanceId: 'acme/tern-4b' },
      { type: 'model-load-start', modelInstanceId: 'acme/tern-4b' },
      { type: 'progress', phase: 'model-load', progress: 0 },
      { type: 'progress', phase: 'model-load', progress: 0.4 },
      { type: 'progress', phase: 'model-load', progress: 1 },
      { type: 'model-load-end', modelInstanceId: 'acme/tern-4b', loadTimeMs: 5100 },
      { type: 'prompt-processing-start' },
      { type: 'progress', phase: 'prompt-processing', progress: 0.5 },
      { type: 'prompt-processing-end' },
      { type: 'prompt-processing-end' },
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: 'Look it ' },
      { type: 'reasoning-delta', text: 'up.' },
      { type: 'reasoning-end' },
      { type: 'tool-call-start', ...call },
      { type: 'tool-call-arguments', ...call, arguments: { name: 'tern' } },
      {
        type: 'tool-call-success',
        ...call,
        arguments: { name: 'tern' },
        output: '[{"type":"text","text":"1 hit"}]',
      },
      { type: 'prompt-processing-start' },
      { type: 'prompt-processing-end' },
      { type: 'text-start' },
      { type: 'text-delta', text: 'Found ' },
      { type: 'text-delta', text: 'one entry.' },
      { type: 'text-end' },
      { type: 'chat-end', response: expect.objectContaining({ text: 'Found one entry.', reasoning: 'Look it up.' }) },
    ])
  })

  it('ends with the answer that the same body gives whole', async () => {
    const { response, ...rest } = (await collect(open([fixtureBytes('native-chat.sse')]).stream)).events.at(
      -1,
    ) as never as {
      response: { stats: object }
    }
    const stub = stubFetch(json(fixtureJSON('native-chat.json')))
    const whole = await chat(testClient({ fetch: stub.fetch }), request)
    const timeless = ({ stats, ...answer }: { stats: object }) => ({ ...answer, stats: { ...stats, durationMs: 0 } })
    expect(rest).toEqual({ type: 'chat-end' })
    expect(timeless(response)).toEqual(timeless(whole))
  })

  it.each([
    ['native-chat-flat-end', 'Found one.'],
    ['native-chat-tool-failure', 'No such tool.'],
  ])('%s is read to its end', async (name, expected) => {
    const { stream } = open([fixtureBytes(`${name}.sse`)])
    const { events } = await collect(stream)
    expect(await stream.response).toMatchObject({ text: expected, modelInstanceId: 'acme/tern-4b' })
    expect(events.at(-1)).toEqual({ type: 'chat-end', response: await stream.response })
  })

  it('tells of a tool call that failed', async () => {
    const { events } = await collect(open([fixtureBytes('native-chat-tool-failure.sse')]).stream)
    expect(events.find(({ type }) => type === 'tool-call-failure')).toEqual({
      type: 'tool-call-failure',
      reason: 'Cannot find tool with name find_fish.',
      kind: 'invalid-name',
      name: 'find_fish',
    })
  })
})

it('gives the same events however the network cuts the bytes', async () => {
  const bytes = encode(fixtureText('native-chat.sse').replaceAll('Found ', 'Möwe 🌊 '))
  const timeless = (events: ChatEvent[]): string =>
    JSON.stringify(events, (key, value: unknown) => (key === 'durationMs' ? 0 : value))
  const expected = timeless((await collect(open([bytes]).stream)).events)
  expect(expected).toContain('🌊')
  await fc.assert(
    fc.asyncProperty(cuts, async (at) => {
      const { events, error } = await collect(open(cutAt(bytes, at)).stream)
      expect(error).toBeUndefined()
      expect(timeless(events)).toBe(expected)
    }),
    { numRuns: 60 },
  )
})

describe('events', () => {
  it('that are not known pass through, with their name and data', async () => {
    const blocks = [
      frame('chat.start'),
      frame('speculation.hint', { depth: 3 }),
      'event: ping\ndata: now\n\n',
      frame('toString'),
      text('Found one.'),
      frame('speculation.hint', { depth: 4 }),
      end(said),
    ]
    const { events, error } = await collect(open(blocks).stream)
    expect(error).toBeUndefined()
    expect(events.filter(({ type }) => type === 'unknown')).toEqual([
      { type: 'unknown', name: 'speculation.hint', data: { type: 'speculation.hint', depth: 3 } },
      { type: 'unknown', name: 'ping', data: 'now' },
      { type: 'unknown', name: 'toString', data: { type: 'toString' } },
      { type: 'unknown', name: 'speculation.hint', data: { type: 'speculation.hint', depth: 4 } },
    ])
  })

  it('are known by their data where the name is missing', async () => {
    const blocks = [text('Found one.'), end(said)].map((block) => block.replace(/^event: .*\n/, ''))
    expect(await open(blocks).stream.response).toMatchObject({ text: 'Found one.' })
  })

  it('are known by their name where the data does not repeat it', async () => {
    const blocks = ['event: message.delta\ndata: {"content":"Found one."}\n\n', end(said)]
    expect((await collect(open(blocks).stream)).events[0]).toEqual({ type: 'text-delta', text: 'Found one.' })
  })

  it('without name and type are passed over', async () => {
    const { events } = await collect(open(['data: {"hello":1}\n\n', text('x'), end(said)]).stream)
    expect(events.map(({ type }) => type)).toEqual(['text-delta', 'chat-end'])
  })

  it('tell progress between 0 and 1, and nothing where there is none', async () => {
    const shares = [-0.1, 0, 0.5, 1.0001, null]
    const blocks = shares.map((progress) => frame('model_load.progress', { progress }))
    const { events } = await collect(open([...blocks, end(said)]).stream)
    expect(events.flatMap((event) => (event.type === 'progress' ? event.progress : []))).toEqual([0, 0, 0.5, 1])
  })

  it('after the end are not read', async () => {
    const { events } = await collect(
      open([end(said), text('more'), frame('error', { error: { message: 'x' } })]).stream,
    )
    expect(events.map(({ type }) => type)).toEqual(['chat-end'])
  })

  it('may be followed by the mark of other routes', async () => {
    expect(await open([text('x'), end(said), 'data: [DONE]\n\n']).stream.response).toMatchObject({ text: 'Found one.' })
  })
})

describe('the answer', () => {
  it('is put together from the pieces where the end tells no output', async () => {
    const blocks = [
      frame('reasoning.start'),
      frame('reasoning.delta', { content: 'Hm' }),
      frame('reasoning.delta', { content: '.' }),
      frame('message.start'),
      text('One, '),
      frame('message.start'),
      text('two.'),
      frame('tool_call.success', { tool: 't', arguments: {}, output: 'o' }),
      text('Three.'),
      frame('tool_call.failure', { reason: 'r', metadata: { type: 'invalid_name', tool_name: 'u' } }),
      end(),
    ]
    expect((await open(blocks).stream.response).output).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'message', text: 'One, ' },
      { type: 'message', text: 'two.' },
      { type: 'tool-call', name: 't', arguments: {}, output: 'o' },
      { type: 'message', text: 'Three.' },
      { type: 'invalid-tool-call', reason: 'r', kind: 'invalid-name', name: 'u' },
    ])
  })

  it('of another model than the one asked for is said in the log', async () => {
    const log: LogEvent[] = []
    const logger = (event: LogEvent) => void log.push(event)
    const other = frame('chat.end', { result: { model_instance_id: 'acme/heron', output: [said] } })
    await open([other], 'close', { logger }).stream.response
    const body = { model_instance_id: 'acme/heron', output: [said] }
    const replayed = testClient({ fetch: stubFetch(json(body)).fetch, logger })
    await streamChat(replayed, request).response
    await chat(replayed, request)
    expect(log.filter(({ type }) => type === 'model-substituted')).toHaveLength(3)
  })

  it('has a time to its first token by our clock where the server measured none', async () => {
    const { stats } = await open([text('Found one.'), end(said)]).stream.response
    expect(stats.measuredBy.timeToFirstTokenMs).toBe('client')
    expect(stats.timeToFirstTokenMs).toBeGreaterThanOrEqual(0)
  })
})

describe('an error inside the stream', () => {
  const bird = [frame('chat.start', { model_instance_id: 'acme/tern-4b:2' }), text('Found ')]

  it('is thrown after the partial result has come, and carries it', async () => {
    const { stream } = open([fixtureBytes('errors/native-error-then-end.sse')])
    const { events, error } = await collect(stream)
    expect(events.at(-1)).toEqual({ type: 'text-delta', text: 'Found ' })
    expect(error).toBeInstanceOf(errors.ModelLoadError)
    expect(error).toMatchObject({ code: 'engine-crashed', serverMessage: 'Compute error.' })
    expect(partialOf(error)).toMatchObject({
      text: 'Found ',
      output: [{ type: 'message', text: 'Found ' }],
      usage: { inputTokens: 20, outputTokens: 2 },
      toolCalls: [],
    })
    expect(partialOf(error)).not.toHaveProperty('finishReason')
    expect(await rejectionOf(stream.response)).toBe(error)
    expect(JSON.stringify(error)).not.toContain('Found')
  })

  it('is thrown where no end follows', async () => {
    const { error } = await collect(open([fixtureBytes('errors/native-error-without-end.sse')]).stream)
    expect(error).toBeInstanceOf(errors.ApiError)
    expect(error).toMatchObject({ code: 'integration-unreachable', serverType: 'mcp_connection_error' })
    expect((error as errors.ApiError).hint).toContain('MCP server')
  })

  it.each<[string, string]>([
    ['an object and a message', 'data: {"error":{"message":"Compute error."},"message":"Compute error."}\n\n'],
    ['an event called error', 'event: error\ndata: {"error":{"message":"Compute error."}}\n\n'],
    ['the form of this route', frame('error', { error: { type: 'internal_error', message: 'Compute error.' } })],
    ['a text', 'data: {"error":"Compute error."}\n\n'],
    ['a text, then the mark', 'data: {"error":"Compute error."}\n\ndata: [DONE]\n\n'],
    ['a bare text under the name error', 'event: error\ndata: Compute error.\n\n'],
    ['the form of Anthropic', 'data: {"type":"error","error":{"type":"api_error","message":"Compute error."}}\n\n'],
    ['a member of a known event', frame('message.delta', { content: '', error: { message: 'Compute error.' } })],
    ['a second error after the first', 'data: {"error":"Compute error."}\n\ndata: {"error":"Model is unloaded."}\n\n'],
  ])('in the form of %s is told, with what had arrived', async (_name, block) => {
    const { events, error } = await collect(open([...bird, block]).stream)
    expect(events).toHaveLength(2)
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'engine-crashed' })
    expect(partialOf(error)).toMatchObject({ text: 'Found ', model: 'acme/tern-4b:2', id: '' })
    expect(partialOf(error)).not.toHaveProperty('responseId')
  })

  it('that is a body of JSON in an event stream is told', async () => {
    const { error } = await collect(open(['{"error":{"message":"Compute error."}}']).stream)
    expect(error).toMatchObject({ name: 'ModelLoadError' })
  })

  it('waits for the partial result, but not for long', async () => {
    vi.useFakeTimers()
    const { stream, state } = open([...bird, frame('error', { error: { message: 'Compute error.' } })], 'hang')
    const failure = rejectionOf(stream.response)
    await vi.advanceTimersByTimeAsync(4_900)
    expect(state.wasCancelled).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    expect(await failure).toMatchObject({ name: 'ModelLoadError', code: 'engine-crashed' })
    expect(state.wasCancelled).toBe(true)
  })

  it('waits no longer for pieces that come after it', async () => {
    vi.useFakeTimers()
    const { stream } = open([...bird, frame('error', { error: { message: 'Compute error.' } }), text('one.')], 'hang')
    const failure = rejectionOf(stream.response)
    await vi.advanceTimersByTimeAsync(5_100)
    expect(await failure).toMatchObject({ code: 'engine-crashed', partial: { text: 'Found one.' } })
  })

  it('is told where the connection breaks after it', async () => {
    const blocks = [...bird, frame('error', { error: { message: 'Compute error.' } })]
    const { error } = await collect(open(blocks, new Error('reset')).stream)
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'engine-crashed' })
  })

  it('lets the pieces through that still come, and hands over the id of what was kept', async () => {
    const result = { model_instance_id: 'm', output: [said], response_id: 'resp_1' }
    const blocks = [...bird, frame('error', { error: { message: 'Compute error.' } }), text('one.')]
    const { events, error } = await collect(open([...blocks, frame('chat.end', { result })]).stream)
    expect(events.at(-1)).toEqual({ type: 'text-delta', text: 'one.' })
    expect(partialOf(error)).toMatchObject({ text: 'Found one.', responseId: 'resp_1', id: 'resp_1', model: 'm' })
  })
})

describe('a stream without an ending', () => {
  it.each<[string, string[]]>([
    ['after the text', [text('Found '), text('one.')]],
    ['with only the mark of other routes', [text('Found '), text('one.'), 'data: [DONE]\n\n']],
    ['in the middle of an event', [text('Found '), text('one.'), 'event: chat.end\ndata: {"type":"chat.e']],
    ['in the middle of an event without a name', [text('Found '), text('one.'), 'data: {"type":"chat.e']],
  ])('is interrupted %s', async (_name, blocks) => {
    const { error } = await collect(open(blocks).stream)
    expect(error).toBeInstanceOf(errors.StreamInterruptedError)
    expect((error as Error).message).toContain('incomplete')
    expect(partialOf(error)).toMatchObject({ text: 'Found one.', model: 'acme/tern-4b' })
  })

  it('is interrupted before anything came', async () => {
    const { error } = await collect(open([]).stream)
    expect(error).toBeInstanceOf(errors.StreamInterruptedError)
    expect((error as Error).message).toContain('before a response began')
  })

  it('is interrupted where the connection breaks', async () => {
    const { error } = await collect(open([text('Found ')], new Error('reset')).stream)
    expect(error).toBeInstanceOf(errors.NetworkError)
    expect(partialOf(error).text).toBe('Found ')
  })
})

describe('what cannot be read', () => {
  it.each<[string, string, string]>([
    ['an event that is not JSON', 'event: message.delta\ndata: {broken\n\n', 'not-json'],
    ['nameless text', 'data: hello\n\n', 'not-json'],
    ['content that is no text', frame('message.delta', { content: 7 }), 'invalid-response'],
    ['progress that is no number', frame('model_load.progress', { progress: '0.4' }), 'invalid-response'],
    ['an event that is a list', 'event: message.delta\ndata: []\n\n', 'invalid-response'],
    ['an end without output', frame('chat.end', { result: {} }), 'invalid-response'],
    ['an end that is null', 'event: chat.end\ndata: null\n\n', 'invalid-response'],
    ['an answer without a word', frame('chat.end', { result: { output: [] } }), 'empty-response'],
  ])('is %s', async (_name, block, code) => {
    const { error } = await collect(open([block, text('more')]).stream)
    expect(error).toBeInstanceOf(errors.InvalidResponseError)
    expect(error).toMatchObject({ code })
  })
})

describe('silence', () => {
  const quick = { generationTimeout: 1_000, idleTimeout: 100 }
  /** How long a stream of these blocks is waited for after the last of them, and which limit ends it. */
  async function silence(...blocks: string[]): Promise<unknown> {
    vi.useFakeTimers()
    const { stream } = open(blocks, 'hang', quick)
    const failure = rejectionOf(stream.response)
    const start = Date.now()
    await vi.runAllTimersAsync()
    const error = await failure
    expect(error).toBeInstanceOf(errors.TimeoutError)
    return [(error as errors.TimeoutError).limit, Math.round((Date.now() - start) / 10) * 10]
  }

  it.each([
    ['the start of the chat', [frame('chat.start')]],
    ['the start of a load', [frame('chat.start'), frame('model_load.start')]],
    ['progress of a load', [frame('chat.start'), frame('model_load.progress', { progress: 0.4 })]],
    ['the end of a load', [frame('model_load.end', { load_time_seconds: 1 })]],
    ['progress of the prompt', [frame('prompt_processing.progress', { progress: 0.4 })]],
  ])('after %s may last as long as a load', async (_name, blocks) => {
    expect(await silence(...blocks)).toEqual(['generationTimeout', 1_000])
  })

  it.each([
    ['text', [text('Found ')]],
    ['reasoning', [frame('reasoning.delta', { content: 'Hm' })]],
    ['a tool call', [frame('tool_call.start', { tool: 't' })]],
    ['text and then progress', [text('Found '), frame('prompt_processing.progress', { progress: 0.4 })]],
  ])('after %s may last as long as between pieces', async (_name, blocks) => {
    expect(await silence(...blocks)).toEqual(['idleTimeout', 100])
  })

  it('ends with each sign of progress, so that a long load is waited for', async () => {
    vi.useFakeTimers()
    const blocks = [
      ...Array.from({ length: 9 }, (_, at) => frame('model_load.progress', { progress: at / 9 })),
      end(said),
    ]
    let at = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (stream) =>
          new Promise((resolve) => {
            setTimeout(() => {
              stream.enqueue(encode(blocks[at++]!))
              if (at === blocks.length) stream.close()
              resolve()
            }, 800)
          }),
      },
      { highWaterMark: 0 },
    )
    const { fetch } = stubFetch(() => new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
    const { response } = streamChat(testClient({ fetch, ...quick }), request)
    await vi.advanceTimersByTimeAsync(8_000)
    expect(await response).toMatchObject({ text: 'Found one.' })
  })
})

describe('the reasoning setting', () => {
  const body = { model_instance_id: 'm', output: [said] }

  /** A server whose model list holds the model with these reasoning options; `list` replaces the list. */
  function serve(options: readonly string[] | undefined, list?: () => Response | Promise<Response>) {
    const capabilities = options === undefined ? {} : { reasoning: { allowed_options: options } }
    const models = [{ key: request.model, type: 'llm', capabilities }]
    const stub = stubFetch((sent) =>
      new URL(sent.url).pathname === '/api/v1/chat' ? json(body) : (list?.() ?? json({ models })),
    )
    const bodies = async (): Promise<unknown[]> =>
      Promise.all(stub.requests.filter(({ method }) => method === 'POST').map((sent) => sent.json()))
    return { client: testClient({ fetch: stub.fetch, maxRetries: 0 }), requests: stub.requests, bodies }
  }

  it.each<[string, (client: Client, asked: ChatRequest) => Promise<unknown>]>([
    ['chat', (client, asked) => chat(client, asked)],
    ['streamChat', (client, asked) => streamChat(client, asked).response],
  ])('%s rejects a setting that the model does not allow, names those it does, and sends nothing', async (_, run) => {
    const { client, bodies } = serve(['off', 'on'])
    const error = (await rejectionOf(run(client, { ...request, reasoning: 'high' }))) as errors.InvalidRequestError
    expect(error).toBeInstanceOf(errors.InvalidRequestError)
    expect(error.issues).toEqual([{ path: ['reasoning'], message: expect.stringContaining('off, on') }])
    expect(error.hint).toContain('default')
    expect(await bodies()).toEqual([])
  })

  it.each([
    ['the model allows it', serve(['off', 'high'])],
    ['the list does not say what the model allows', serve(undefined)],
    ['the model is not in the list', serve(undefined, () => json({ models: [] }))],
    ['the models cannot be listed', serve(undefined, () => json({}, { status: 500 }))],
  ])('is sent when %s', async (_name, { client, bodies }) => {
    await chat(client, { ...request, reasoning: 'high' })
    expect(await bodies()).toMatchObject([{ reasoning: 'high' }])
  })

  it('is not looked up when it is not given', async () => {
    const { client, requests } = serve(['off'])
    await chat(client, request)
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(['/api/v1/chat'])
  })

  it('leaves the reason of an abort during the lookup as it is', async () => {
    const caller = new AbortController()
    const { client, bodies } = serve(undefined, () => {
      caller.abort('enough')
      return new Promise<Response>(() => {})
    })
    const call = chat(client, { ...request, reasoning: 'high' }, { signal: caller.signal })
    expect(await rejectionOf(call)).toBe('enough')
    expect(await bodies()).toEqual([])
  })
})

describe('a conversation that the server has forgotten', () => {
  const refusal = (message: string, status: number) =>
    rejectionOf(
      chat(testClient({ fetch: stubFetch(json({ error: { type: 'invalid_request', message } }, { status })).fetch }), {
        ...request,
        previousResponseId: 'resp_1',
      }),
    )

  it.each([
    ['Could not find stored response for previous_response_id: resp_1', 404],
    ['Stored response not found', 400],
    ["'previous_response_id' resp_1 does not exist", 400],
    ["previous_response_id 'resp_1' has expired", 400],
    ['Unknown previous_response_id', 400],
  ])('is told by “%s”, status %d', async (message, status) => {
    expect(await refusal(message, status)).toMatchObject({ name: 'InvalidRequestError', code: 'unknown-response' })
  })

  it.each([["'previous_response_id' must start with 'resp_'", 400]])('is not told by “%s”', async (message, status) => {
    expect(await refusal(message, status)).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-request' })
  })
})

it('takes the instructions of the responses route, too, out of what the server says', async () => {
  const body = JSON.stringify({ instructions: 'canary instructions' })
  const { fetch } = stubFetch(json({ error: 'I was told: canary instructions' }, { status: 400 }))
  const spec = { method: 'POST', route: '/v1/responses', body, kind: 'generation' } as const
  const error = (await rejectionOf(testClient({ fetch }).requestJSON(spec))) as Error
  expect(error.message).toContain('I was told: [redacted]')
})

it('sends the request as it was at the call', async () => {
  const stub = stubFetch(() => eventStream([end(said)]).response)
  const mine = { ...request }
  const stream = streamChat(testClient({ fetch: stub.fetch }), mine)
  mine.input = 'changed'
  await stream.response
  expect(await stub.requests[0]?.json()).toMatchObject({ input: 'What bird?' })
})

it.each([undefined, null, 7, { model: 'm' }])('a request that is %j is refused by reading', async (wrong) => {
  const client = testClient({ fetch: stubFetch(json({})).fetch })
  expect(await rejectionOf(streamChat(client, wrong as never).response)).toBeInstanceOf(errors.InvalidRequestError)
  expect(await rejectionOf(chat(client, wrong as never))).toBeInstanceOf(errors.InvalidRequestError)
})

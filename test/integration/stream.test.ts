import { inspect } from 'node:util'
import { createGzip } from 'node:zlib'
import type { CompletionEvent } from 'lmstudio-provider'
import type { MockFaultName } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { caught, readAll, streamError } from './support/caught.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'
import { DONE, eventStream, frame, serve, completionBody, sendJSON } from './support/servers.js'
import { turns, watchRejections } from './support/watch.js'
import { parseLine } from '../helpers/collect.js'

const TIDE = {
  name: 'tide_at',
  description: 'Tide at a harbour',
  parameters: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
} as const
const TIDE_REQUEST = {
  model: MODEL,
  prompt: 'When is the tide at Oban?',
  tools: [TIDE],
  reasoningEffort: 'none',
} as const

describe('a stream', () => {
  test('emits a start, deltas in order and an end with the complete response', async () => {
    const { lmstudio } = await setUp({ reply: () => ({ deltas: ['Seven', ' gulls', '.'] }) })
    const { events, text } = await readAll(lmstudio.stream(HELLO))
    expect(events.map(({ type }) => type)).toEqual([
      'completion-start',
      'text-delta',
      'text-delta',
      'text-delta',
      'completion-end',
    ])
    expect(text).toBe('Seven gulls.')
    const end = events.at(-1) as Extract<CompletionEvent, { type: 'completion-end' }>
    expect(end.response).toMatchObject({
      text: 'Seven gulls.',
      finishReason: 'stop',
      rawFinishReason: 'stop',
      model: MODEL,
    })
    expect(end.response.usage.outputTokens).toBeGreaterThan(0)
  })

  test('resolves to the same response as complete', async () => {
    const { lmstudio } = await setUp({ reply: () => ({ text: 'Seven gulls.', reasoning: 'Counting.' }) })
    const streamed = await lmstudio.stream({ ...HELLO, reasoningEffort: 'low' }).response
    const whole = await lmstudio.complete({ ...HELLO, reasoningEffort: 'low' })
    for (const key of ['text', 'reasoning', 'toolCalls', 'finishReason', 'rawFinishReason', 'model'] as const) {
      expect(streamed[key]).toEqual(whole[key])
    }
    expect(streamed.usage.totalTokens).toBe(whole.usage.totalTokens)
  })

  test('emits only text through textStream', async () => {
    const { lmstudio } = await setUp({ reply: () => ({ deltas: ['a', 'b'], reasoning: 'hm' }) })
    const deltas: string[] = []
    for await (const text of lmstudio.stream({ ...HELLO, reasoningEffort: 'low' }).textStream) deltas.push(text)
    expect(deltas).toEqual(['a', 'b'])
  })

  test('emits the same events through toReadableStream', async () => {
    const { lmstudio } = await setUp()
    const types: string[] = []
    const reader = lmstudio.stream(HELLO).toReadableStream().getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read())
      types.push(parseLine<CompletionEvent>(read.value).type)
    expect(types[0]).toBe('completion-start')
    expect(types.at(-1)).toBe('completion-end')
  })

  test('sends nothing before it is read', async () => {
    const { mock, lmstudio } = await setUp()
    lmstudio.stream(HELLO)
    await turns()
    expect(mock.calls).toHaveLength(0)
  })

  test('sends nothing when it is printed, serialized or spread', async () => {
    const { mock, lmstudio } = await setUp()
    const stream = lmstudio.stream(HELLO)
    inspect(stream)
    JSON.stringify(stream)
    expect({ ...stream }).not.toHaveProperty('response')
    await turns()
    expect(mock.calls).toHaveLength(0)
    expect((await stream.response).text).toContain('Hello.')
  })

  test('resolves `response` while a loop reads the events', async () => {
    const { lmstudio, mock } = await setUp()
    const stream = lmstudio.stream(HELLO)
    const response = stream.response
    let text = ''
    for await (const event of stream) if (event.type === 'text-delta') text += event.text
    expect((await response).text).toBe(text)
    expect(mock.calls).toHaveLength(1)
  })

  test('resolves parallel calls of `next` in order', async () => {
    const { lmstudio } = await setUp({ reply: () => ({ deltas: ['a', 'b', 'c'] }) })
    const iterator = lmstudio.stream(HELLO)[Symbol.asyncIterator]()
    const results = await Promise.all(Array.from({ length: 7 }, () => iterator.next()))
    expect(results.map(({ value }) => (value?.type === 'text-delta' ? value.text : value?.type))).toEqual([
      'completion-start',
      'a',
      'b',
      'c',
      'completion-end',
      undefined,
      undefined,
    ])
  })

  test('reuses the connection of an earlier stream', async () => {
    const { mock, lmstudio } = await setUp()
    for (let count = 0; count < 5; count++) {
      await lmstudio.stream(HELLO).response
      await lmstudio.complete(HELLO)
    }
    // At most a second one: the body of a stream ends after its [DONE], and the next call does not wait for that.
    expect(mock.connections).toBeLessThanOrEqual(2)
  })

  test('rejects a second consumer', async () => {
    const { lmstudio } = await setUp()
    const stream = lmstudio.stream(HELLO)
    await readAll(stream)
    const { error } = await readAll(stream)
    expect(error).toMatchObject({ name: 'InvalidRequestError' })
  })

  test('rejects an invalid request when it is read, not when it is created', async () => {
    const { mock, lmstudio } = await setUp()
    const seen = watchRejections()
    const stream = lmstudio.stream({ ...HELLO, temperature: -1 })
    expect(await caught(stream.response)).toMatchObject({ name: 'InvalidRequestError' })
    expect(mock.calls).toHaveLength(0)
    expect(await seen()).toEqual([])
  })

  test('requests and reports usage', async () => {
    const { mock, lmstudio } = await setUp({
      reply: () => ({ text: 'x', usage: { promptTokens: 21, completionTokens: 14 } }),
    })
    const { usage } = await lmstudio.stream(HELLO).response
    expect(usage).toMatchObject({ inputTokens: 21, outputTokens: 14, totalTokens: 35 })
    expect(mock.calls[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
  })
})

describe('framing', () => {
  const TEXT = 'Möwe 🌊 波 — ok'
  test.each([
    ['lines end with LF', { lineEnding: '\n' }],
    ['lines end with CRLF', { lineEnding: '\r\n' }],
    ['lines end with CR', { lineEnding: '\r' }],
    ['a comment precedes every event', { comments: true }],
    ['bytes arrive one by one', { chunkBytes: 1 }],
    ['bytes arrive in threes, which cuts characters', { chunkBytes: 3 }],
    ['bytes arrive one by one, with CRLF and comments', { chunkBytes: 1, lineEnding: '\r\n', comments: true }],
  ] as const)('reads a stream in which %s', async (_name, framing) => {
    const { lmstudio } = await setUp({ framing, reply: () => ({ text: TEXT }) })
    const { text, error } = await readAll(lmstudio.stream(HELLO))
    expect(error).toBeUndefined()
    expect(text).toBe(TEXT)
  })

  test.each([
    ['the last event has no line end', 'no-final-newline'],
    ['there is a finish reason but no [DONE]', 'no-done'],
    ['there is a [DONE] but no finish reason', 'no-finish-reason'],
    ['every event has "error": null', 'null-error'],
    ['objects have unknown keys', 'unknown-keys'],
    ['usage is zero', 'usage-zero'],
    ['usage is missing', 'usage-missing'],
    ['a complete JSON response replaces the events', 'json-instead-of-stream'],
  ] as const satisfies readonly (readonly [string, MockFaultName])[])(
    'completes a stream in which %s',
    async (_name, fault) => {
      const { mock, lmstudio } = await setUp()
      mock.inject(fault)
      const { text, error, events } = await readAll(lmstudio.stream(HELLO))
      expect(error).toBeUndefined()
      expect(text).toBe('You said: Hello.')
      expect(events.at(-1)?.type).toBe('completion-end')
    },
  )

  test('reports missing counts as undefined and zero counts as zero', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('usage-missing')
    expect((await lmstudio.stream(HELLO).response).usage).toMatchObject({
      inputTokens: undefined,
      outputTokens: undefined,
    })
    mock.inject('usage-zero')
    const { usage, stats } = await lmstudio.stream(HELLO).response
    expect(usage).toMatchObject({ inputTokens: 0, outputTokens: 0 })
    expect(stats.tokensPerSecond).toBeUndefined()
  })

  test('reads a finish reason in a last line without a line end', async () => {
    const body = frame({ content: 'Ahoy' }) + frame({}, 'stop').trimEnd()
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    expect((await lmstudio.stream(HELLO).response).text).toBe('Ahoy')
  })

  const whole = frame({ content: 'Ahoy' }) + frame({}, 'stop') + DONE
  test.each([
    ['a byte order mark precedes the events', `\uFEFF${whole}`],
    ['no space follows the colon', whole.replaceAll('data: ', 'data:')],
    ['one event has several data lines', whole.replace('"choices":', '\ndata: "choices":')],
    ['events have names, ids and retry times', whole.replaceAll('data: ', 'event: message\nid: 7\nretry: 100\ndata: ')],
    ['there are extra blank lines', whole.replaceAll('\n\n', '\n\n\n\n')],
    ['there are unknown fields', whole.replaceAll('data: ', 'x-trace: 1\ndata: ')],
    ['the finish reason is empty until the last event', frame({ content: 'Ahoy' }, '') + frame({}, 'stop') + DONE],
    ['the last delta is null', frame({ content: 'Ahoy' }) + frame(null as unknown as object, 'stop') + DONE],
    [
      'the usage chunk has `choices: null`',
      frame({ content: 'Ahoy' }) + frame({}, 'stop') + frame({}, null, { choices: null }) + DONE,
    ],
    [
      'there is a second choice',
      frame({ content: 'Ahoy' }) +
        frame({}, null, { choices: [{ index: 1, delta: { content: 'No' } }] }) +
        frame({}, 'stop') +
        DONE,
    ],
    ['one chunk has text and finish reason', frame({ content: 'Ahoy' }, 'stop') + DONE],
    ['two chunks have a finish reason', frame({ content: 'Ahoy' }) + frame({}, 'stop') + frame({}, 'stop') + DONE],
    [
      'delta fields are null',
      frame({ content: 'Ahoy', reasoning: null, reasoning_content: null, tool_calls: null }) + frame({}, 'stop') + DONE,
    ],
  ])('completes a stream in which %s', async (_name, body) => {
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    const { text, error, events } = await readAll(lmstudio.stream(HELLO))
    expect(error).toBeUndefined()
    expect(text).toBe('Ahoy')
    expect(events.at(-1)).toMatchObject({ type: 'completion-end', response: { finishReason: 'stop' } })
  })

  test('reads a compressed stream', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
      const gzip = createGzip()
      gzip.pipe(response)
      gzip.write(frame({ content: 'Ahoy' }))
      gzip.flush(() => gzip.end(frame({}, 'stop') + DONE))
    })
    expect((await connect(server).stream(HELLO).response).text).toBe('Ahoy')
  })

  test('ignores events after [DONE]', async () => {
    const body =
      frame({ content: 'Ahoy' }) +
      frame({}, 'stop') +
      DONE +
      frame({ content: ' again' }) +
      'data: {"error":"late"}\n\n'
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    expect((await lmstudio.stream(HELLO).response).text).toBe('Ahoy')
  })

  test.each(['0', 'null', '[]', '"ok"', '{"usage":"high"}', '{"ts":1}', 'pong'])(
    'ignores an event of another name with the data %s, also before the first chunk',
    async (data) => {
      const ping = `event: ping\ndata: ${data}\n\n`
      const body = ping + frame({ content: 'Ahoy' }) + ping + frame({}, 'stop') + DONE
      const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
      const { events, text } = await readAll(lmstudio.stream(HELLO))
      expect(events[0]).toMatchObject({ type: 'completion-start', id: 'chatcmpl-1' })
      expect(text).toBe('Ahoy')
    },
  )

  test('reads a stream without a content type', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200).end(frame({ content: 'Ahoy' }) + frame({}, 'stop') + DONE)
    })
    expect((await connect(server).stream(HELLO).response).text).toBe('Ahoy')
  })

  test('reads a JSON body that is labeled as a stream', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(JSON.stringify(completionBody('Ahoy')))
    })
    expect((await connect(server).stream(HELLO).response).text).toBe('Ahoy')
  })

  test('emits the events of a stream for a JSON response', async () => {
    const server = await serve((_request, response) => sendJSON(response, completionBody('Ahoy')))
    const { events } = await readAll(connect(server).stream(HELLO))
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'completion-end'])
  })
})

describe('reasoning', () => {
  test.each(['reasoning_content', 'reasoning', 'inline'] as const)(
    'separates reasoning that is sent as %s from the text',
    async (reasoningField) => {
      const { lmstudio } = await setUp({
        models: [{ id: MODEL, loaded: true, reasoning: { options: ['off', 'on'], default: 'on' }, reasoningField }],
        framing: { chunkBytes: 5 },
        reply: () => ({ text: 'Seven gulls.', reasoning: 'Counting the birds.' }),
      })
      const request = { model: MODEL, prompt: 'How many?' }
      for (const response of [await lmstudio.stream(request).response, await lmstudio.complete(request)]) {
        expect(response.text.trim()).toBe('Seven gulls.')
        expect(response.reasoning?.trim()).toBe('Counting the birds.')
      }
    },
  )

  test('finds a think tag wherever it is cut into deltas', async () => {
    const whole = '<think>One, two.</think>Seven gulls.'
    for (let cut = 1; cut < whole.length; cut++) {
      const body =
        frame({ content: whole.slice(0, cut) }) + frame({ content: whole.slice(cut) }) + frame({}, 'stop') + DONE
      const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
      expect(await lmstudio.stream(HELLO).response).toMatchObject({ text: 'Seven gulls.', reasoning: 'One, two.' })
    }
  })

  test('reads reasoning once when a delta has both fields', async () => {
    const body =
      frame({ reasoning: 'Hm.', reasoning_content: 'Hm.' }) + frame({ content: 'Ahoy' }) + frame({}, 'stop') + DONE
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    expect(await lmstudio.stream(HELLO).response).toMatchObject({ text: 'Ahoy', reasoning: 'Hm.' })
  })

  test('keeps JSON that the model wrote into its reasoning', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('json-in-reasoning', { times: 2 })
    const schema = { type: 'object', properties: { gulls: { type: 'integer' } }, required: ['gulls'] }
    const request = { ...HELLO, responseFormat: { schema } }
    for (const response of [await lmstudio.stream(request).response, await lmstudio.complete(request)]) {
      expect(response.text).toBe('')
      expect(JSON.parse(response.reasoning ?? '')).toEqual({ gulls: expect.any(Number) })
    }
  })
})

describe('tool calls', () => {
  test.each([
    undefined,
    'tool-calls-without-index',
    'tool-calls-without-id',
    'tool-calls-empty-id',
    'tool-calls-name-repeated',
    'tool-calls-in-one-delta',
    'tool-calls-finish-stop',
    'tool-calls-arguments-object',
  ] as const)('assembles a tool call with the quirk %s', async (fault) => {
    const { mock, lmstudio } = await setUp()
    for (const call of [
      () => lmstudio.stream({ ...TIDE_REQUEST, toolChoice: 'required' }).response,
      () => lmstudio.complete({ ...TIDE_REQUEST, toolChoice: 'required' }),
    ]) {
      if (fault !== undefined) mock.inject(fault)
      const { toolCalls, finishReason } = await call()
      expect(toolCalls).toHaveLength(1)
      expect(toolCalls[0]).toMatchObject({ name: 'tide_at', arguments: { harbour: expect.any(String) } })
      expect(toolCalls[0]?.id).toMatch(/./)
      expect(JSON.parse(toolCalls[0]?.rawArguments ?? '')).toEqual(toolCalls[0]?.arguments)
      expect(finishReason).toBe('tool-calls')
    }
  })

  test.each(['tool-calls-arguments-null', 'tool-calls-arguments-empty'] as const)(
    'reads %s as empty arguments',
    async (fault) => {
      const { mock, lmstudio } = await setUp()
      mock.inject(fault, { times: 2 })
      const request = { ...TIDE_REQUEST, tools: [{ name: 'now' }], toolChoice: 'required' } as const
      for (const response of [await lmstudio.stream(request).response, await lmstudio.complete(request)]) {
        expect(response.toolCalls).toMatchObject([{ name: 'now', arguments: {}, rawArguments: '{}' }])
      }
    },
  )

  test('keeps arguments that are not JSON as text', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('tool-calls-arguments-invalid')
    const { toolCalls } = await lmstudio.stream({ ...TIDE_REQUEST, toolChoice: 'required' }).response
    expect(toolCalls[0]).toMatchObject({ name: 'tide_at', arguments: undefined })
    expect(toolCalls[0]?.rawArguments).toMatch(/^\{/)
  })

  test('rejects a tool call without a name, with the partial response', async () => {
    const { mock, lmstudio } = await setUp({
      reply: () => ({ text: 'Instead.', toolCalls: [{ name: 'tide_at', arguments: {} }] }),
    })
    mock.inject('tool-calls-empty-name')
    const error = await streamError(lmstudio.stream({ ...TIDE_REQUEST, toolChoice: 'required' }))
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'tool-call-lost', partial: { toolCalls: [] } })
  })

  test('keeps a tool call that is written as text as text', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('tool-calls-as-text')
    const response = await lmstudio.stream({ ...TIDE_REQUEST, toolChoice: 'required' }).response
    expect(response).toMatchObject({ toolCalls: [], finishReason: 'stop' })
    expect(response.text).toContain('[TOOL_REQUEST]')
  })

  test('keeps the order, ids and events of two tool calls', async () => {
    const calls = [
      { name: 'tide_at', arguments: { harbour: 'Oban' } },
      { name: 'now', arguments: {} },
    ]
    const { lmstudio } = await setUp({ reply: () => ({ text: '', toolCalls: calls }) })
    const { events } = await readAll(lmstudio.stream({ ...TIDE_REQUEST, tools: [TIDE, { name: 'now' }] }))
    const starts = events.filter((event) => event.type === 'tool-call-start')
    const whole = events.filter((event) => event.type === 'tool-call')
    expect(starts.map(({ name }) => name)).toEqual(['tide_at', 'now'])
    expect(whole.map(({ toolCall }) => toolCall.arguments)).toEqual([{ harbour: 'Oban' }, {}])
    expect(whole.map(({ toolCall }) => toolCall.id)).toEqual(starts.map(({ id }) => id))
    expect(new Set(starts.map(({ id }) => id)).size).toBe(2)
  })

  test('reads an empty list of tool calls', async () => {
    const lmstudio = connect(
      { url: 'http://127.0.0.1:9' },
      {
        fetch: async () =>
          eventStream(frame({ content: 'Ahoy', tool_calls: [] }), frame({ tool_calls: [] }, 'stop'), DONE),
      },
    )
    expect(await lmstudio.stream(HELLO).response).toMatchObject({ toolCalls: [], finishReason: 'stop' })
  })
})

describe('leaving a stream', () => {
  test.each(['break', 'throw'] as const)('closes the connection after a %s in the loop', async (how) => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'stall', afterEvents: 3 })
    const stream = lmstudio.stream(HELLO)
    const loop = async (): Promise<void> => {
      for await (const event of stream) {
        if (event.type !== 'text-delta') continue
        if (how === 'break') break
        throw new Error('mine')
      }
    }
    if (how === 'break') await loop()
    else expect((await caught(loop())).message).toBe('mine')
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('closes the connection after leaving textStream or canceling toReadableStream', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'stall', afterEvents: 3 }, { times: 2 })
    for await (const _ of lmstudio.stream(HELLO).textStream) break
    const reader = lmstudio.stream(HELLO).toReadableStream().getReader()
    await reader.read()
    await reader.cancel()
    expect(await Promise.all(mock.calls.map(({ finished }) => finished))).toEqual(['aborted', 'aborted'])
  })

  test('closes the connection after the first event of a long stream', async () => {
    const { mock, lmstudio } = await setUp()
    for await (const _ of lmstudio.stream({ ...HELLO, prompt: 'lorem 200000' })) break
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('rejects `response` and causes no unhandled rejection', async () => {
    const { lmstudio, mock } = await setUp()
    const seen = watchRejections()
    mock.inject({ name: 'stall', afterEvents: 2 })
    const stream = lmstudio.stream(HELLO)
    for await (const _ of stream) break
    expect(await caught(stream.response)).toMatchObject({ name: 'AbortError' })
    expect(await seen()).toEqual([])
  })
})

test('a slow consumer stops the server from sending', async () => {
  const { mock, lmstudio } = await setUp()
  const iterator = lmstudio.stream({ ...HELLO, prompt: 'lorem 400000' })[Symbol.asyncIterator]()
  await iterator.next()
  let before = -1
  // Once the buffers in between are full, nothing more is sent.
  while (before !== mock.calls[0]?.eventsSent) {
    before = mock.calls[0]?.eventsSent ?? 0
    await turns(50)
  }
  expect(before).toBeLessThan(100_000)
  await iterator.return?.()
  expect(await mock.calls[0]?.finished).toBe('aborted')
})

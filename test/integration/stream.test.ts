import { createGzip } from 'node:zlib'
import type { CompletionEvent } from 'lmstudio-provider'
import type { MockFaultName } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { caught, readAll } from './support/caught.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'
import { DONE, eventStream, frame, serve, completionBody, sendJSON } from './support/servers.js'
import { turns, watchRejections } from './support/watch.js'

const TIDE = {
  name: 'tide_at',
  description: 'Tide at a harbour',
  parameters: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
} as const
const ASK_TIDE = { model: MODEL, prompt: 'When is the tide at Oban?', tools: [TIDE], reasoningEffort: 'none' } as const

describe('the course of a stream', () => {
  test('a stream gives a start, deltas in order, and an end with the whole answer', async () => {
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

  test('the response of a stream says the same as complete', async () => {
    const { lmstudio } = await setUp({ reply: () => ({ text: 'Seven gulls.', reasoning: 'Counting.' }) })
    const streamed = await lmstudio.stream({ ...HELLO, reasoningEffort: 'low' }).response
    const whole = await lmstudio.complete({ ...HELLO, reasoningEffort: 'low' })
    for (const key of ['text', 'reasoning', 'toolCalls', 'finishReason', 'rawFinishReason', 'model'] as const) {
      expect(streamed[key]).toEqual(whole[key])
    }
    expect(streamed.usage.totalTokens).toBe(whole.usage.totalTokens)
  })

  test('textStream gives only text', async () => {
    const { lmstudio } = await setUp({ reply: () => ({ deltas: ['a', 'b'], reasoning: 'hm' }) })
    const pieces: string[] = []
    for await (const text of lmstudio.stream({ ...HELLO, reasoningEffort: 'low' }).textStream) pieces.push(text)
    expect(pieces).toEqual(['a', 'b'])
  })

  test('toReadableStream gives the same events', async () => {
    const { lmstudio } = await setUp()
    const types: string[] = []
    const reader = lmstudio.stream(HELLO).toReadableStream().getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) types.push(read.value.type)
    expect(types[0]).toBe('completion-start')
    expect(types.at(-1)).toBe('completion-end')
  })

  test('nothing is sent before a stream is read', async () => {
    const { mock, lmstudio } = await setUp()
    lmstudio.stream(HELLO)
    await turns()
    expect(mock.calls).toHaveLength(0)
  })

  test('the response may be awaited beside the loop', async () => {
    const { lmstudio, mock } = await setUp()
    const stream = lmstudio.stream(HELLO)
    const response = stream.response
    let text = ''
    for await (const event of stream) if (event.type === 'text-delta') text += event.text
    expect((await response).text).toBe(text)
    expect(mock.calls).toHaveLength(1)
  })

  test('reads made ahead are answered in order', async () => {
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

  test('one after another share a connection', async () => {
    const { mock, lmstudio } = await setUp()
    for (let count = 0; count < 5; count++) {
      await lmstudio.stream(HELLO).response
      await lmstudio.complete(HELLO)
    }
    // A second one at most: the end of a stream's body comes after its [DONE], and the next call does not wait for it.
    expect(mock.connections).toBeLessThanOrEqual(2)
  })

  test('a second consumer is refused', async () => {
    const { lmstudio } = await setUp()
    const stream = lmstudio.stream(HELLO)
    await readAll(stream)
    const { error } = await readAll(stream)
    expect(error).toMatchObject({ name: 'InvalidRequestError' })
  })

  test('a bad request is thrown by reading, not by calling', async () => {
    const { mock, lmstudio } = await setUp()
    const seen = watchRejections()
    const stream = lmstudio.stream({ ...HELLO, temperature: -1 })
    expect(await caught(stream.response)).toMatchObject({ name: 'InvalidRequestError' })
    expect(mock.calls).toHaveLength(0)
    expect(await seen()).toEqual([])
  })

  test('usage is asked for and reported', async () => {
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
    ['comments stand before every event', { comments: true }],
    ['bytes come one by one', { chunkBytes: 1 }],
    ['bytes come in threes, which cuts characters', { chunkBytes: 3 }],
    ['bytes come one by one with CRLF and comments', { chunkBytes: 1, lineEnding: '\r\n', comments: true }],
  ] as const)('a stream reads the same when %s', async (_name, framing) => {
    const { lmstudio } = await setUp({ framing, reply: () => ({ text: TEXT }) })
    const { text, error } = await readAll(lmstudio.stream(HELLO))
    expect(error).toBeUndefined()
    expect(text).toBe(TEXT)
  })

  test.each([
    ['the last event has no line end', 'no-final-newline'],
    ['the finish reason came but no [DONE]', 'no-done'],
    ['[DONE] came but no finish reason', 'no-finish-reason'],
    ['every event says "error": null', 'null-error'],
    ['objects have unknown keys', 'unknown-keys'],
    ['usage is zero', 'usage-zero'],
    ['usage is missing', 'usage-missing'],
    ['a whole JSON answer comes in place of the stream', 'json-instead-of-stream'],
  ] as const satisfies readonly (readonly [string, MockFaultName])[])(
    'a stream is whole when %s',
    async (_name, fault) => {
      const { mock, lmstudio } = await setUp()
      mock.inject(fault)
      const { text, error, events } = await readAll(lmstudio.stream(HELLO))
      expect(error).toBeUndefined()
      expect(text).toBe('You said: Hello.')
      expect(events.at(-1)?.type).toBe('completion-end')
    },
  )

  test('a missing usage is undefined, a zero usage is zero', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('usage-missing')
    expect((await lmstudio.stream(HELLO).response).usage).toMatchObject({
      inputTokens: undefined,
      outputTokens: undefined,
    })
    mock.inject('usage-zero')
    const { usage, stats } = await lmstudio.stream(HELLO).response
    expect(usage).toMatchObject({ inputTokens: 0, outputTokens: 0 })
    expect([undefined, 0]).toContain(stats.tokensPerSecond)
  })

  test('a finish reason in the last line, without any line end, counts', async () => {
    const body = frame({ content: 'Ahoy' }) + frame({}, 'stop').trimEnd()
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    expect((await lmstudio.stream(HELLO).response).text).toBe('Ahoy')
  })

  const whole = frame({ content: 'Ahoy' }) + frame({}, 'stop') + DONE
  test.each([
    ['a byte order mark comes first', `\uFEFF${whole}`],
    ['there is no space after the colon', whole.replaceAll('data: ', 'data:')],
    ['one event takes several data lines', whole.replace('"choices":', '\ndata: "choices":')],
    ['events have names, ids and retry times', whole.replaceAll('data: ', 'event: message\nid: 7\nretry: 100\ndata: ')],
    ['blank lines pile up', whole.replaceAll('\n\n', '\n\n\n\n')],
    ['fields nobody knows come between', whole.replaceAll('data: ', 'x-trace: 1\ndata: ')],
    ['the finish reason is an empty text until the last', frame({ content: 'Ahoy' }, '') + frame({}, 'stop') + DONE],
    ['the last delta is null', frame({ content: 'Ahoy' }) + frame(null as unknown as object, 'stop') + DONE],
    [
      'the usage chunk has null for choices',
      frame({ content: 'Ahoy' }) + frame({}, 'stop') + frame({}, null, { choices: null }) + DONE,
    ],
    [
      'a second choice comes along',
      frame({ content: 'Ahoy' }) +
        frame({}, null, { choices: [{ index: 1, delta: { content: 'No' } }] }) +
        frame({}, 'stop') +
        DONE,
    ],
    ['text and finish reason are in one chunk', frame({ content: 'Ahoy' }, 'stop') + DONE],
    ['the finish reason comes twice', frame({ content: 'Ahoy' }) + frame({}, 'stop') + frame({}, 'stop') + DONE],
    [
      'delta fields are null',
      frame({ content: 'Ahoy', reasoning: null, reasoning_content: null, tool_calls: null }) + frame({}, 'stop') + DONE,
    ],
  ])('a stream is whole when %s', async (_name, body) => {
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    const { text, error, events } = await readAll(lmstudio.stream(HELLO))
    expect(error).toBeUndefined()
    expect(text).toBe('Ahoy')
    expect(events.at(-1)).toMatchObject({ type: 'completion-end', response: { finishReason: 'stop' } })
  })

  test('a compressed stream is read as it comes', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
      const gzip = createGzip()
      gzip.pipe(response)
      gzip.write(frame({ content: 'Ahoy' }))
      gzip.flush(() => gzip.end(frame({}, 'stop') + DONE))
    })
    expect((await connect(server).stream(HELLO).response).text).toBe('Ahoy')
  })

  test('what follows [DONE] is not read', async () => {
    const body =
      frame({ content: 'Ahoy' }) +
      frame({}, 'stop') +
      DONE +
      frame({ content: ' again' }) +
      'data: {"error":"late"}\n\n'
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    expect((await lmstudio.stream(HELLO).response).text).toBe('Ahoy')
  })

  test('a stream without content type is read as events', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200).end(frame({ content: 'Ahoy' }) + frame({}, 'stop') + DONE)
    })
    expect((await connect(server).stream(HELLO).response).text).toBe('Ahoy')
  })

  test('a whole answer announced as a stream is told from one', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(JSON.stringify(completionBody('Ahoy')))
    })
    const { text, error } = await readAll(connect(server).stream(HELLO))
    // Either is honest; silence is not.
    expect(text === 'Ahoy' || error?.name === 'StreamInterruptedError').toBe(true)
  })

  test('a JSON answer to a wish for a stream gives the same events as a stream', async () => {
    const server = await serve((_request, response) => sendJSON(response, completionBody('Ahoy')))
    const { events } = await readAll(connect(server).stream(HELLO))
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'completion-end'])
  })
})

describe('reasoning', () => {
  test.each(['reasoning_content', 'reasoning', 'inline'] as const)(
    'reasoning sent as %s arrives in one channel',
    async (reasoningField) => {
      const { lmstudio } = await setUp({
        models: [{ id: MODEL, loaded: true, reasoning: { options: ['off', 'on'], default: 'on' }, reasoningField }],
        framing: { chunkBytes: 5 },
        reply: () => ({ text: 'Seven gulls.', reasoning: 'Counting the birds.' }),
      })
      const request = { model: MODEL, prompt: 'How many?' }
      for (const answer of [await lmstudio.stream(request).response, await lmstudio.complete(request)]) {
        expect(answer.text.trim()).toBe('Seven gulls.')
        expect(answer.reasoning?.trim()).toBe('Counting the birds.')
      }
    },
  )

  test('a think tag cut anywhere across deltas is still a tag', async () => {
    const whole = '<think>One, two.</think>Seven gulls.'
    for (let cut = 1; cut < whole.length; cut++) {
      const body =
        frame({ content: whole.slice(0, cut) }) + frame({ content: whole.slice(cut) }) + frame({}, 'stop') + DONE
      const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
      expect(await lmstudio.stream(HELLO).response).toMatchObject({ text: 'Seven gulls.', reasoning: 'One, two.' })
    }
  })

  test('both reasoning fields in one delta are not read twice', async () => {
    const body =
      frame({ reasoning: 'Hm.', reasoning_content: 'Hm.' }) + frame({ content: 'Ahoy' }) + frame({}, 'stop') + DONE
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    expect(await lmstudio.stream(HELLO).response).toMatchObject({ text: 'Ahoy', reasoning: 'Hm.' })
  })

  test('JSON that landed in the reasoning is found when a schema was asked for', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('json-in-reasoning', { times: 2 })
    const schema = { type: 'object', properties: { gulls: { type: 'integer' } }, required: ['gulls'] }
    const request = { ...HELLO, responseFormat: { schema } }
    for (const answer of [await lmstudio.stream(request).response, await lmstudio.complete(request)]) {
      // Where it is put is the caller's choice of call; it must not be lost and not be called empty.
      expect(JSON.parse(answer.text || answer.reasoning || '')).toHaveProperty('gulls')
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
  ] as const)('a call is assembled under the quirk %s', async (fault) => {
    const { mock, lmstudio } = await setUp()
    for (const ask of [
      () => lmstudio.stream({ ...ASK_TIDE, toolChoice: 'required' }).response,
      () => lmstudio.complete({ ...ASK_TIDE, toolChoice: 'required' }),
    ]) {
      if (fault !== undefined) mock.inject(fault)
      const { toolCalls, finishReason } = await ask()
      expect(toolCalls).toHaveLength(1)
      expect(toolCalls[0]).toMatchObject({ name: 'tide_at', arguments: { harbour: expect.any(String) } })
      expect(toolCalls[0]?.id).toMatch(/./)
      expect(JSON.parse(toolCalls[0]?.rawArguments ?? '')).toEqual(toolCalls[0]?.arguments)
      expect(finishReason).toBe('tool-calls')
    }
  })

  test.each(['tool-calls-arguments-null', 'tool-calls-arguments-empty'] as const)(
    'a call with %s has empty arguments',
    async (fault) => {
      const { mock, lmstudio } = await setUp()
      mock.inject(fault, { times: 2 })
      const request = { ...ASK_TIDE, tools: [{ name: 'now' }], toolChoice: 'required' } as const
      for (const answer of [await lmstudio.stream(request).response, await lmstudio.complete(request)]) {
        expect(answer.toolCalls).toMatchObject([{ name: 'now', arguments: {}, rawArguments: '{}' }])
      }
    },
  )

  test('arguments that are no JSON are handed over as text, parsed to undefined', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('tool-calls-arguments-invalid')
    const { toolCalls } = await lmstudio.stream({ ...ASK_TIDE, toolChoice: 'required' }).response
    expect(toolCalls[0]).toMatchObject({ name: 'tide_at', arguments: undefined })
    expect(toolCalls[0]?.rawArguments).toMatch(/^\{/)
  })

  test('a call without a name is dropped', async () => {
    const { mock, lmstudio } = await setUp({
      reply: () => ({ text: 'Instead.', toolCalls: [{ name: 'tide_at', arguments: {} }] }),
    })
    mock.inject('tool-calls-empty-name')
    const answer = await lmstudio
      .stream({ ...ASK_TIDE, toolChoice: 'required' })
      .response.catch((error: unknown) => error)
    // With nothing else in the answer this may be an empty one; a nameless call it may not be.
    expect(answer).not.toHaveProperty('toolCalls.0')
  })

  test('a call written as text stays text', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('tool-calls-as-text')
    const answer = await lmstudio.stream({ ...ASK_TIDE, toolChoice: 'required' }).response
    expect(answer).toMatchObject({ toolCalls: [], finishReason: 'stop' })
    expect(answer.text).toContain('[TOOL_REQUEST]')
  })

  test('two calls keep their order, ids and events', async () => {
    const calls = [
      { name: 'tide_at', arguments: { harbour: 'Oban' } },
      { name: 'now', arguments: {} },
    ]
    const { lmstudio } = await setUp({ reply: () => ({ text: '', toolCalls: calls }) })
    const { events } = await readAll(lmstudio.stream({ ...ASK_TIDE, tools: [TIDE, { name: 'now' }] }))
    const starts = events.filter((event) => event.type === 'tool-call-start')
    const whole = events.filter((event) => event.type === 'tool-call')
    expect(starts.map(({ name }) => name)).toEqual(['tide_at', 'now'])
    expect(whole.map(({ toolCall }) => toolCall.arguments)).toEqual([{ harbour: 'Oban' }, {}])
    expect(whole.map(({ toolCall }) => toolCall.id)).toEqual(starts.map(({ id }) => id))
    expect(new Set(starts.map(({ id }) => id)).size).toBe(2)
  })

  test('an empty list of tool calls is none', async () => {
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

describe('leaving', () => {
  test.each(['break', 'throw'] as const)('leaving the loop by %s makes the server stop', async (how) => {
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

  test('leaving textStream, and cancelling toReadableStream, make the server stop', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'stall', afterEvents: 3 }, { times: 2 })
    for await (const _ of lmstudio.stream(HELLO).textStream) break
    const reader = lmstudio.stream(HELLO).toReadableStream().getReader()
    await reader.read()
    await reader.cancel()
    expect(await Promise.all(mock.calls.map(({ finished }) => finished))).toEqual(['aborted', 'aborted'])
  })

  test('leaving right after the first event, with thousands waiting, makes the server stop', async () => {
    const { mock, lmstudio } = await setUp()
    for await (const _ of lmstudio.stream({ ...HELLO, prompt: 'lorem 200000' })) break
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('the response of a stream that was left rejects and raises nothing unhandled', async () => {
    const { lmstudio, mock } = await setUp()
    const seen = watchRejections()
    mock.inject({ name: 'stall', afterEvents: 2 })
    const stream = lmstudio.stream(HELLO)
    for await (const _ of stream) break
    expect(await caught(stream.response)).toMatchObject({ name: 'AbortError' })
    expect(await seen()).toEqual([])
  })

  test('a slow consumer holds the server back', async () => {
    const { mock, lmstudio } = await setUp()
    const iterator = lmstudio.stream({ ...HELLO, prompt: 'lorem 400000' })[Symbol.asyncIterator]()
    await iterator.next()
    let before = -1
    // Until the pipe is full; then nothing more is sent.
    while (before !== mock.calls[0]?.eventsSent) {
      before = mock.calls[0]?.eventsSent ?? 0
      await turns(50)
    }
    expect(before).toBeLessThan(100_000)
    await iterator.return?.()
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })
})

import { readFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import type { MockErrorFrameForm, MockFault } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { caught, readAll, streamError } from './support/caught.js'
import { connect, HELLO, setUp } from './support/provider.js'
import { DONE, eventStream, frame, serve, serveSocket } from './support/servers.js'
import { watchRejections } from './support/watch.js'

const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../fixtures/errors/${name}`, import.meta.url), 'utf8')

/** A reply with fixed deltas, so that tests know the partial response. */
const reply = () => ({ deltas: ['Seven', ' gulls', ' at', ' Oban', '.'] })

describe('a stream that breaks', () => {
  // The first event of a stream of the mock is the first delta.
  test.each([
    ['is cut', { name: 'cut', afterEvents: 2 }, 'StreamInterruptedError'],
    ['is cut inside a character', { name: 'cut-mid-character', afterEvents: 2 }, 'StreamInterruptedError'],
    ['stalls', { name: 'stall', afterEvents: 2 }, 'TimeoutError'],
    ['stalls and sends keep-alive comments', { name: 'stall', afterEvents: 2, keepAliveMs: 5 }, 'TimeoutError'],
    ['sends an error', { name: 'error-frame', afterEvents: 2 }, 'ModelLoadError'],
    [
      'sends a line without end',
      { name: 'huge-line', afterEvents: 2, bytes: 20 * 1024 * 1024 },
      'InvalidResponseError',
    ],
    ['loses the engine of the model', { name: 'crash', afterEvents: 2 }, 'ModelLoadError'],
    ['loses the model', { name: 'model-unloaded', afterEvents: 2 }, 'ModelLoadError'],
  ] as const satisfies readonly (readonly [string, MockFault, string])[])(
    'rejects with the partial response when it %s',
    async (_name, fault, name) => {
      const { mock, lmstudio } = await setUp(
        { reply, faults: [fault] },
        fault.name === 'stall' ? { idleTimeout: 150 } : {},
      )
      const seen = watchRejections()
      const stream = lmstudio.stream(HELLO)
      const { text, error } = await readAll(stream)
      expect(text).toBe('Seven gulls')
      expect(error?.name).toBe(name)
      expect(error?.partial).toMatchObject({ text: 'Seven gulls', toolCalls: [], model: 'acme/tern-4b' })
      expect(error?.partial?.id).toMatch(/^chatcmpl-/)
      expect(error?.hint).toMatch(/\w/)
      // `response` rejects with the same error, the output of the error does not show the response, and no retry follows.
      expect(await caught(stream.response)).toBe(error)
      expect(JSON.stringify(error)).not.toContain('gulls')
      expect(inspect(error, { depth: 10 })).not.toContain('gulls')
      expect(await seen()).toEqual([])
      expect(mock.calls).toHaveLength(1)
    },
  )

  test('has reasoning and tool calls in its partial response', async () => {
    const frames = [
      frame({ reasoning_content: 'Hm.' }),
      frame({ tool_calls: [{ index: 0, id: '1', type: 'function', function: { name: 'now', arguments: '{"a":' } }] }),
    ]
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(...frames) })
    const error = await streamError(lmstudio.stream(HELLO))
    expect(error).toMatchObject({ name: 'StreamInterruptedError', code: 'stream-interrupted' })
    expect(error.partial).toMatchObject({
      text: '',
      reasoning: 'Hm.',
      toolCalls: [{ name: 'now', rawArguments: '{"a":' }],
    })
  })

  test('has text that could begin a think tag in its partial response', async () => {
    const lmstudio = connect(
      { url: 'http://127.0.0.1:9' },
      { fetch: async () => eventStream(frame({ content: '<thi' })) },
    )
    expect((await streamError(lmstudio.stream(HELLO))).partial?.text).toBe('<thi')
  })

  test('rejects when it ends before its first event', async () => {
    const { lmstudio } = await setUp({ faults: [{ name: 'cut', afterEvents: 0 }] })
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({
      name: 'StreamInterruptedError',
      partial: { text: '' },
    })
  })

  test('rejects with an error that is not retryable', async () => {
    const { lmstudio } = await setUp({ faults: [{ name: 'cut', afterEvents: 2 }] })
    expect((await streamError(lmstudio.stream(HELLO))).isRetryable).toBe(false)
  })

  // A reset loses what was not read, so these resets wait for the reader.
  test('rejects with the partial response when the connection is reset', async () => {
    const raw = { chunks: [frame({ content: 'Seven' }) + frame({ content: ' gulls' })], end: 'stall' as const }
    const { mock, lmstudio } = await setUp({ faults: [{ raw }] })
    const error = await caught(
      (async () => {
        for await (const event of lmstudio.stream(HELLO)) {
          if (event.type === 'text-delta' && event.text === ' gulls') mock.reset()
        }
      })(),
    )
    expect(error).toMatchObject({
      name: 'StreamInterruptedError',
      isRetryable: false,
      partial: { text: 'Seven gulls' },
    })
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('completes when the connection is reset between the finish reason and [DONE]', async () => {
    const raw = { chunks: [frame({ content: 'Ahoy' }) + frame({}, 'stop')], end: 'stall' as const }
    const { mock, lmstudio } = await setUp({ faults: [{ raw }] })
    const stream = lmstudio.stream(HELLO)
    const response = stream.response
    for await (const event of stream) if (event.type === 'text-delta') mock.reset()
    expect(await response).toMatchObject({ text: 'Ahoy', finishReason: 'stop' })
  })

  test('rejects when a chunked body ends without its last chunk', async () => {
    const server = await serveSocket((socket) => {
      const block = frame({ content: 'Ahoy' })
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n')
      socket.end(`${Buffer.byteLength(block).toString(16)}\r\n${block}\r\n`)
    })
    expect(await streamError(connect(server).stream(HELLO))).toMatchObject({
      name: 'StreamInterruptedError',
      partial: { text: 'Ahoy' },
    })
  })

  test('rejects when the chunked encoding is broken', async () => {
    const server = await serveSocket((socket) => {
      const block = frame({ content: 'Ahoy' })
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n')
      socket.write(`${Buffer.byteLength(block).toString(16)}\r\n${block}\r\n`)
      socket.write('zz not a length\r\n')
    })
    expect((await streamError(connect(server).stream(HELLO))).name).toBe('StreamInterruptedError')
  })

  test.each([
    ['text that is not JSON', 'data: {"id":\n\n'],
    ['bytes that are not text', 'data: \u0000\u0001\u0002\n\n'],
    ['a number', 'data: 42\n\n'],
    ['a list', 'data: []\n\n'],
    ['choices of the wrong type', 'data: {"choices":{"0":{}}}\n\n'],
    ['content of the wrong type', frame({ content: { nested: true } })],
  ])('rejects with InvalidResponseError and the partial response after an event with %s', async (_name, event) => {
    const { mock, lmstudio } = await setUp(
      { faults: [{ raw: { chunks: [frame({ content: 'Ahoy' }), event], end: 'stall' } }] },
      { idleTimeout: 500 },
    )
    const error = await streamError(lmstudio.stream(HELLO))
    expect(error).toMatchObject({ name: 'InvalidResponseError', partial: { text: 'Ahoy' } })
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })
})

describe('an error inside a stream', () => {
  const forms: readonly MockErrorFrameForm[] = [
    'object-and-message',
    'event-error',
    'string',
    'string-then-done',
    'object-then-done',
    'bare-text',
  ]
  test.each(forms.flatMap((form) => [0, 3].map((afterEvents) => ({ form, afterEvents }))))(
    'throws an error in the form $form after $afterEvents events',
    async ({ form, afterEvents }) => {
      const fault = { name: 'error-frame', form, afterEvents, message: 'Context size has been exceeded.' } as const
      const { lmstudio } = await setUp({ reply, faults: [fault] })
      const { error, text } = await readAll(lmstudio.stream(HELLO))
      expect(error).toMatchObject({ name: 'ContextLengthError', serverMessage: 'Context size has been exceeded.' })
      expect(error?.partial?.text).toBe(text)
      expect(text).toBe(afterEvents === 0 ? '' : 'Seven gulls at')
    },
  )

  test.each([
    ['stream-bare-string.sse'],
    ['stream-engine-error.sse'],
    ['stream-error-first.sse'],
    ['stream-event-error.sse'],
    ['stream-object-and-message.sse'],
    ['stream-object-then-done.sse'],
    ['stream-string-then-done.sse'],
    ['stream-string-without-done.sse'],
    ['stream-truncated.sse'],
    ['stream-cut-mid-character.sse'],
    ['stream-zero-deltas.sse'],
  ])('throws the error in the fixture %s', async (name) => {
    const { lmstudio } = await setUp({ faults: [{ raw: { chunks: [await fixture(name)] } }] })
    const { error, events } = await readAll(lmstudio.stream(HELLO))
    expect(error?.partial).toBeDefined()
    expect(events.some(({ type }) => type === 'completion-end')).toBe(false)
  })

  test('completes the fixture with "error": null', async () => {
    const { lmstudio } = await setUp({ faults: [{ raw: { chunks: [await fixture('stream-null-error.sse')] } }] })
    expect((await readAll(lmstudio.stream(HELLO))).error).toBeUndefined()
  })

  test('throws an error after the finish reason', async () => {
    const chunks = [frame({ content: 'Ahoy' }), frame({}, 'stop'), 'data: {"error":"Compute error."}\n\n', DONE]
    const { lmstudio } = await setUp({ faults: [{ raw: { chunks } }] })
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({
      code: 'engine-crashed',
      partial: { text: 'Ahoy' },
    })
  })

  test('throws an error that is in one chunk with text', async () => {
    const chunk = frame({ content: 'Ahoy' }).replace('data: {', 'data: {"error":{"message":"Compute error."},')
    const { lmstudio } = await setUp({ faults: [{ raw: { chunks: [chunk] } }] })
    expect((await streamError(lmstudio.stream(HELLO))).code).toBe('engine-crashed')
  })

  test.each([
    ['the field `error` of llama.cpp', 'error: {"code":500,"message":"boom","type":"server_error"}\n\n'],
    ['the type error', 'data: {"type":"error","message":"boom"}\n\n'],
    ['the object error', 'data: {"object":"error","message":"boom","code":500}\n\n'],
    ['a member `detail`', 'data: {"detail":"boom"}\n\n'],
    ['a member `errors`', 'data: {"errors":[{"message":"boom"}]}\n\n'],
  ])('is thrown with the partial response if it comes as an event with %s', async (_name, event) => {
    const body = frame({ content: 'Half' }) + event + DONE
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    const error = await caught(lmstudio.stream(HELLO).response)
    expect(error.serverMessage).toBe('boom')
    expect(error.partial).toMatchObject({ text: 'Half' })
  })

  test('is a ContextLengthError if the field `error` of llama.cpp reports an overflow', async () => {
    const body =
      'error: {"code":400,"message":"request (9 tokens) exceeds the available context size (8 tokens)","type":"exceed_context_size_error"}\n\n'
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    expect(await caught(lmstudio.stream(HELLO).response)).toMatchObject({
      name: 'ContextLengthError',
      promptTokens: 9,
      contextLength: 8,
    })
  })

  test('closes the connection after an error event', async () => {
    const raw = { chunks: [frame({ content: 'Ahoy' }), 'data: {"error":"Compute error."}\n\n'], end: 'stall' as const }
    const { mock, lmstudio } = await setUp({ faults: [{ raw }] })
    await streamError(lmstudio.stream(HELLO))
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })
})

describe('a response that is not a stream', () => {
  test.each([
    ['the catch-all', 'catch-all', 'UnsupportedEndpointError'],
    ['an error body with status 200', 'error-200', 'ApiError'],
    ['a web page', 'html', 'InvalidResponseError'],
    ['a cut JSON body', 'malformed-json', 'InvalidResponseError'],
    ['no body at all', 'empty-body', 'InvalidResponseError'],
    ['a stream without deltas', 'zero-deltas', 'InvalidResponseError'],
    ['a context overflow', 'context-overflow', 'ContextLengthError'],
    ['no models loaded', 'no-models-loaded', 'ModelNotFoundError'],
    ['a failed load', 'load-failed', 'ModelLoadError'],
    ['an engine crash', { name: 'crash', afterEvents: 0 }, 'ModelLoadError'],
    ['a proxy page with 502', { name: 'html', status: 502 }, 'NetworkError'],
  ] as const satisfies readonly (readonly [string, MockFault, string])[])(
    'is rejected: %s',
    async (_name, fault, name) => {
      const { lmstudio } = await setUp({ faults: [fault] })
      const seen = watchRejections()
      const { events, error } = await readAll(lmstudio.stream(HELLO))
      expect(error?.name).toBe(name)
      expect(events.some(({ type }) => type === 'text-delta' || type === 'completion-end')).toBe(false)
      expect(await seen()).toEqual([])
    },
  )

  test('has a hint about the context length when it is empty', async () => {
    const { lmstudio } = await setUp({ faults: ['zero-deltas'] })
    const error = await streamError(lmstudio.stream(HELLO))
    expect(error).toMatchObject({ code: 'empty-response' })
    expect(error.hint).toMatch(/context/i)
  })

  test('is rejected: a web page that is labeled as a stream', async () => {
    const server = await serve((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('<!doctype html><title>Portal</title>Sign in')
    })
    expect((await streamError(connect(server).stream(HELLO))).name).toBe('StreamInterruptedError')
  })

  test.each([
    '{"error":"Unexpected endpoint or method. (POST /chat)"}',
    '{"error":{"message":"Compute error."}}\n',
    'data: {"error":"x"}',
  ])('is rejected with the error of the server: %s, labeled as a stream', async (body) => {
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    const error = await streamError(lmstudio.stream(HELLO))
    expect(error.name).not.toBe('StreamInterruptedError')
    expect(error.serverMessage).toBeDefined()
  })

  test('is rejected after `generationTimeout`: endless comments', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => response.write(': ping\n\n'), 5)
      response.once('close', () => clearInterval(timer))
    })
    const error = await streamError(connect(server, { generationTimeout: 60 }).stream(HELLO))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', timeoutMs: 60 })
  })
})

describe('an error of a stream', () => {
  test('causes no unhandled rejection, whether or not `response` is read', async () => {
    const seen = watchRejections()
    for (const touch of [true, false]) {
      const { lmstudio } = await setUp({ faults: [{ name: 'error-frame', afterEvents: 1 }] })
      const stream = lmstudio.stream(HELLO)
      if (touch) void stream.response
      expect((await readAll(stream)).error).toBeDefined()
    }
    expect(await seen()).toEqual([])
  })

  test('causes no unhandled rejection before the first event', async () => {
    const seen = watchRejections()
    const { lmstudio } = await setUp({ faults: ['status-400'] })
    const stream = lmstudio.stream(HELLO)
    expect(await caught(stream.response)).toMatchObject({ name: 'InvalidRequestError' })
    expect(await seen()).toEqual([])
  })

  test('reaches only the reader of toReadableStream', async () => {
    const seen = watchRejections()
    const { lmstudio } = await setUp({ faults: [{ name: 'error-frame', afterEvents: 1 }] })
    const reader = lmstudio.stream(HELLO).toReadableStream().getReader()
    const error = await caught(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    )
    expect(error.partial).toBeDefined()
    expect(await seen()).toEqual([])
  })

  test('ends the stream: further reads are done', async () => {
    const { lmstudio } = await setUp({ faults: [{ name: 'error-frame', afterEvents: 0 }] })
    const iterator = lmstudio.stream(HELLO)[Symbol.asyncIterator]()
    await caught(
      (async () => {
        while ((await iterator.next()).done !== true);
      })(),
    )
    expect(await iterator.next()).toMatchObject({ done: true })
  })

  test('rejects one of several parallel calls of `next`', async () => {
    const seen = watchRejections()
    const { lmstudio } = await setUp({ faults: [{ name: 'error-frame', afterEvents: 0 }] })
    const iterator = lmstudio.stream(HELLO)[Symbol.asyncIterator]()
    const results = await Promise.allSettled([iterator.next(), iterator.next(), iterator.next(), iterator.next()])
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(await seen()).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { caught, readAll, streamError } from './support/caught.js'
import { connect, HELLO, setUp } from './support/provider.js'
import { DONE, frame, serve, serveSocket } from './support/servers.js'
import { turns, watchRejections } from './support/watch.js'

const EMBED = { model: 'text-embedding-plover-v2', input: 'gull' } as const

describe('a control call', () => {
  test.each([
    ['the headers never arrive', 'delay-headers'],
    ['the body never ends', { name: 'stall', afterEvents: 1 }],
  ] as const)('rejects after `timeout` and does not retry when %s', async (_name, fault) => {
    const { mock, lmstudio } = await setUp({}, { timeout: 500 })
    mock.inject(fault, { path: '/api/v1/models', times: 5 })
    const error = await caught(lmstudio.listModels())
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'timeout', timeoutMs: 500, isRetryable: false })
    expect(error.message).toContain('500')
    expect(await mock.calls[0]?.finished).toBe('aborted')
    expect(mock.calls).toHaveLength(1)
  })

  test('prefers the `timeout` of the call to the one of the provider', async () => {
    const { lmstudio } = await setUp({ faults: ['delay-headers'] }, { timeout: 60_000 })
    expect(await caught(lmstudio.listModels({ timeout: 30 }))).toMatchObject({ limit: 'timeout', timeoutMs: 30 })
  })

  test('rejects after `timeout` when the body arrives byte by byte', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 5)
      response.once('close', () => clearInterval(timer))
    })
    expect(await caught(connect(server, { timeout: 60 }).listModels())).toMatchObject({ limit: 'timeout' })
  })

  test('rejects after `timeout` when the headers arrive one by one', async () => {
    const server = await serveSocket((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      let count = 0
      const timer = setInterval(() => socket.write(`x-${count++}: y\r\n`), 5)
      socket.once('close', () => clearInterval(timer))
    })
    expect(await caught(connect(server, { timeout: 60 }).listModels())).toMatchObject({ limit: 'timeout' })
  })

  test('rejects after `timeout` when the body of an error arrives byte by byte', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(503, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 5)
      response.once('close', () => clearInterval(timer))
    })
    expect(await caught(connect(server, { timeout: 60, maxRetries: 0 }).listModels())).toMatchObject({
      limit: 'timeout',
    })
  })

  test('rejects after `timeout` when fetch never settles', async () => {
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: () => new Promise(() => {}), timeout: 30 })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'TimeoutError', limit: 'timeout' })
  })

  test('rejects after `timeout` when the function `apiToken` never settles', async () => {
    const { lmstudio } = await setUp({}, { apiToken: () => new Promise<string>(() => {}), timeout: 30 })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'TimeoutError', limit: 'timeout' })
  })
})

describe('a generation', () => {
  test.each([
    ['complete', 'complete'],
    ['stream', 'stream'],
    ['embed', 'embed'],
  ] as const)('rejects after `generationTimeout` and does not retry when %s gets no headers', async (_name, kind) => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] }, { generationTimeout: 200, timeout: 5 })
    const seen = watchRejections()
    const running =
      kind === 'complete'
        ? lmstudio.complete(HELLO)
        : kind === 'embed'
          ? lmstudio.embed(EMBED)
          : lmstudio.stream(HELLO).response
    expect(await caught(running)).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', timeoutMs: 200 })
    expect(await mock.calls[0]?.finished).toBe('aborted')
    await turns()
    expect(mock.calls).toHaveLength(1)
    expect(await seen()).toEqual([])
  })

  test('rejects when its body stalls', async () => {
    const { mock, lmstudio } = await setUp({}, { generationTimeout: 500, idleTimeout: 500 })
    mock.inject('stall', { path: '/v1/chat/completions' })
    expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ name: 'TimeoutError' })
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('may take `generationTimeout` to load its model, whatever `timeout` and `idleTimeout` are', async () => {
    const { mock, lmstudio } = await setUp(
      { loadDelayMs: 700 },
      { timeout: 20, idleTimeout: 400, generationTimeout: 60_000 },
    )
    const { text } = await lmstudio.stream({ ...HELLO, model: 'acme/heron-base' }).response
    expect(text).toContain('Hello.')
    expect(mock.calls).toHaveLength(1)
  })

  test('rejects after the `timeout` of the call, which limits the whole call', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    // Long enough for the request to be sent on a busy machine.
    const error = await caught(lmstudio.complete(HELLO, { timeout: 1_500 }))
    expect(error).toMatchObject({ limit: 'timeout', timeoutMs: 1_500 })
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('rejects with the partial response when a stream exceeds the `timeout` of the call', async () => {
    const { lmstudio } = await setUp({ tokensPerSecond: 200 })
    const { error, text } = await readAll(lmstudio.stream({ ...HELLO, prompt: 'lorem 5000' }, { timeout: 800 }))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'timeout' })
    expect(text).not.toBe('')
    expect(error?.partial?.text).toBe(text)
  })
})

describe('the idle time of a stream', () => {
  test('is limited by `generationTimeout` before the first event', async () => {
    const { lmstudio } = await setUp(
      { faults: [{ name: 'stall', afterEvents: 0 }] },
      { generationTimeout: 60, idleTimeout: 10 },
    )
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ limit: 'generationTimeout', timeoutMs: 60 })
  })

  test('is limited by `generationTimeout` after an event with only a role', async () => {
    const chunks = [frame({ role: 'assistant', content: null })]
    const { lmstudio } = await setUp(
      { faults: [{ raw: { chunks, end: 'stall' } }] },
      { generationTimeout: 60, idleTimeout: 10 },
    )
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ limit: 'generationTimeout' })
  })

  test('is limited by `idleTimeout` between events', async () => {
    const { mock, lmstudio } = await setUp(
      { faults: [{ name: 'stall', afterEvents: 2 }] },
      { idleTimeout: 40, generationTimeout: 60_000 },
    )
    const error = await streamError(lmstudio.stream(HELLO))
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'timeout', limit: 'idleTimeout', timeoutMs: 40 })
    expect(error.partial?.text).not.toBe('')
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('is limited by `idleTimeout` in a call with a `timeout` of its own', async () => {
    const { lmstudio } = await setUp({ faults: [{ name: 'stall', afterEvents: 2 }] }, { idleTimeout: 40 })
    const error = await streamError(lmstudio.stream(HELLO, { timeout: 60_000 }))
    expect(error).toMatchObject({ limit: 'idleTimeout', timeoutMs: 40 })
  })

  test('includes keep-alive comments', async () => {
    const { lmstudio } = await setUp(
      { faults: [{ name: 'stall', afterEvents: 2, keepAliveMs: 5 }] },
      { idleTimeout: 60 },
    )
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ name: 'TimeoutError', limit: 'idleTimeout' })
  })

  test.each([
    ['events without content', frame({})],
    ['repeated roles', frame({ role: 'assistant' })],
    ['empty events', 'data:\n\n'],
    ['named events without data', 'event: ping\n\n'],
    ['retry lines', 'retry: 1000\n\n'],
    ['blank lines', '\n'],
    ['a line without end', 'x'],
  ])('includes %s', async (_name, filler) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame({ content: 'Ahoy' }))
      const timer = setInterval(() => response.write(filler), 5)
      response.once('close', () => clearInterval(timer))
    })
    const error = await streamError(connect(server, { idleTimeout: 60 }).stream(HELLO))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'idleTimeout', partial: { text: 'Ahoy' } })
  })

  test('restarts after each event with content', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let left = 40
      const timer = setInterval(() => {
        response.write(left-- > 0 ? frame({ content: '.' }) : frame({}, 'stop') + DONE)
        if (left < 0) response.end()
      }, 20)
      response.once('close', () => clearInterval(timer))
    })
    expect((await connect(server, { idleTimeout: 700 }).stream(HELLO).response).text).toHaveLength(40)
  })

  test('excludes the time in which the consumer is busy', async () => {
    const chunks = [frame({ content: 'a' }) + frame({ content: 'b' }), frame({}, 'stop') + DONE]
    const { mock, lmstudio } = await setUp({ faults: [{ raw: { chunks } }] }, { idleTimeout: 150 })
    const texts: string[] = []
    for await (const text of lmstudio.stream(HELLO).textStream) {
      texts.push(text)
      // A call that takes longer than the limit keeps the consumer busy.
      mock.inject('delay-headers', { path: '/api/v1/models' })
      expect(await caught(lmstudio.listModels({ timeout: 300, refresh: true }))).toMatchObject({ limit: 'timeout' })
    }
    expect(texts).toEqual(['a', 'b'])
  })

  test('is not limited after [DONE]', async () => {
    const chunks = [frame({ content: 'a' }), frame({}, 'stop') + DONE]
    const { lmstudio } = await setUp({ faults: [{ raw: { chunks, end: 'stall' } }] }, { idleTimeout: 300 })
    expect((await lmstudio.stream(HELLO).response).text).toBe('a')
  })
})

test('does not apply the `timeout` of the provider to a stream', async () => {
  const { lmstudio } = await setUp({ tokensPerSecond: 400 }, { timeout: 20 })
  const { text } = await lmstudio.stream({ ...HELLO, prompt: 'lorem 40' }).response
  expect(text.split(' ').length).toBeGreaterThanOrEqual(40)
})

test.each(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])(
  'reports %s, a limit of Node’s fetch, as a TimeoutError with the limit `platform`',
  async (code) => {
    const fetch = async (): Promise<Response> => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('Timeout'), { code }) })
    }
    const error = await caught(connect({ url: 'http://127.0.0.1:9' }, { fetch }).complete(HELLO))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'platform', timeoutMs: 300_000 })
    expect(error.hint).toMatch(/\w/)
  },
)

import { describe, expect, test } from 'vitest'
import { caught, readAll, streamError } from './support/caught.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'
import { DONE, frame, serve, serveSocket } from './support/servers.js'
import { turns, watchRejections } from './support/watch.js'

const EMBED = { model: 'text-embedding-plover-v2', input: 'gull' } as const

describe('a control call', () => {
  test.each([
    ['before the headers', 'delay-headers'],
    ['in the middle of the body', { name: 'stall', afterEvents: 1 }],
  ] as const)('that stalls %s ends after `timeout`, once', async (_name, fault) => {
    const { mock, lmstudio } = await setUp({}, { timeout: 500 })
    mock.inject(fault, { path: '/api/v1/models', times: 5 })
    const error = await caught(lmstudio.listModels())
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'timeout', timeoutMs: 500, isRetryable: false })
    expect(error.message).toContain('500')
    expect(await mock.calls[0]?.finished).toBe('aborted')
    expect(mock.calls).toHaveLength(1)
  })

  test('takes the limit of its call over the provider', async () => {
    const { lmstudio } = await setUp({ faults: ['delay-headers'] }, { timeout: 60_000 })
    expect(await caught(lmstudio.listModels({ timeout: 30 }))).toMatchObject({ limit: 'timeout', timeoutMs: 30 })
  })

  test('is not kept waiting by a body that drips', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 5)
      response.once('close', () => clearInterval(timer))
    })
    expect(await caught(connect(server, { timeout: 60 }).listModels())).toMatchObject({ limit: 'timeout' })
  })

  test('is not kept waiting by headers that drip', async () => {
    const server = await serveSocket((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      let count = 0
      const timer = setInterval(() => socket.write(`x-${count++}: y\r\n`), 5)
      socket.once('close', () => clearInterval(timer))
    })
    expect(await caught(connect(server, { timeout: 60 }).listModels())).toMatchObject({ limit: 'timeout' })
  })

  test('is not kept waiting by an error body that drips', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(503, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 5)
      response.once('close', () => clearInterval(timer))
    })
    const error = await caught(connect(server, { timeout: 60, maxRetries: 0 }).listModels())
    expect(['TimeoutError', 'NetworkError']).toContain(error.name)
  })

  test('is not kept waiting by a fetch that never settles', async () => {
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: () => new Promise(() => {}), timeout: 30 })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'TimeoutError', limit: 'timeout' })
  })

  test('is not kept waiting by a token that never comes', async () => {
    const { lmstudio } = await setUp({}, { apiToken: () => new Promise<string>(() => {}), timeout: 30 })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'TimeoutError', limit: 'timeout' })
  })
})

describe('a generation', () => {
  test.each([
    ['complete', 'complete'],
    ['stream', 'stream'],
    ['embed', 'embed'],
  ] as const)('by %s that gets no headers ends after `generationTimeout`, and is not repeated', async (_name, kind) => {
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

  test('whose body stalls in the middle ends', async () => {
    const { mock, lmstudio } = await setUp({}, { generationTimeout: 500, idleTimeout: 500 })
    mock.inject('stall', { path: '/v1/chat/completions' })
    expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ name: 'TimeoutError' })
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('that loads its model first is given `generationTimeout`, not `timeout` or `idleTimeout`', async () => {
    const { mock, lmstudio } = await setUp(
      { loadDelayMs: 700 },
      { timeout: 20, idleTimeout: 400, generationTimeout: 60_000 },
    )
    const { text } = await lmstudio.stream({ ...HELLO, model: 'acme/heron-base' }).response
    expect(text).toContain('Hello.')
    expect(mock.calls).toHaveLength(1)
  })

  test('takes the limit of its call for the whole of it', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    expect(await caught(lmstudio.complete(HELLO, { timeout: 200 }))).toMatchObject({ limit: 'timeout', timeoutMs: 200 })
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('that streams on and on ends with its call’s limit and hands over the partial answer', async () => {
    const { lmstudio } = await setUp({ tokensPerSecond: 200 })
    const { error, text } = await readAll(lmstudio.stream({ ...HELLO, prompt: 'lorem 5000' }, { timeout: 800 }))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'timeout' })
    expect(text).not.toBe('')
    expect(error?.partial?.text).toBe(text)
  })
})

describe('silence in a stream', () => {
  test('before the first event is measured by `generationTimeout`', async () => {
    const { lmstudio } = await setUp(
      { faults: [{ name: 'stall', afterEvents: 0 }] },
      { generationTimeout: 60, idleTimeout: 10 },
    )
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ limit: 'generationTimeout', timeoutMs: 60 })
  })

  test('after a first event that says only the role is still that before the answer', async () => {
    const chunks = [frame({ role: 'assistant', content: null })]
    const { lmstudio } = await setUp(
      { faults: [{ raw: { chunks, end: 'stall' } }] },
      { generationTimeout: 60, idleTimeout: 10 },
    )
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ limit: 'generationTimeout' })
  })

  test('between events is measured by `idleTimeout`', async () => {
    const { mock, lmstudio } = await setUp(
      { faults: [{ name: 'stall', afterEvents: 2 }] },
      { idleTimeout: 40, generationTimeout: 60_000 },
    )
    const error = await streamError(lmstudio.stream(HELLO))
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'timeout', limit: 'idleTimeout', timeoutMs: 40 })
    expect(error.partial?.text).not.toBe('')
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('filled with keep-alive comments is silence', async () => {
    const { lmstudio } = await setUp(
      { faults: [{ name: 'stall', afterEvents: 2, keepAliveMs: 5 }] },
      { idleTimeout: 60 },
    )
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ name: 'TimeoutError', limit: 'idleTimeout' })
  })

  test.each([
    ['events that carry nothing', frame({})],
    ['the role over and over', frame({ role: 'assistant' })],
    ['empty events', 'data:\n\n'],
    ['named events without data', 'event: ping\n\n'],
    ['retry lines', 'retry: 1000\n\n'],
    ['blank lines', '\n'],
    ['the beginning of a line that never ends', 'x'],
  ])('filled with %s is silence', async (_name, filler) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame({ content: 'Ahoy' }))
      const timer = setInterval(() => response.write(filler), 5)
      response.once('close', () => clearInterval(timer))
    })
    const error = await streamError(connect(server, { idleTimeout: 60 }).stream(HELLO))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'idleTimeout', partial: { text: 'Ahoy' } })
  })

  test('in many short pieces may add up to more than the limit', async () => {
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

  test('is not counted while the consumer is busy', async () => {
    const chunks = [frame({ content: 'a' }) + frame({ content: 'b' }), frame({}, 'stop') + DONE]
    const { mock, lmstudio } = await setUp({ faults: [{ raw: { chunks } }] }, { idleTimeout: 150 })
    const texts: string[] = []
    for await (const text of lmstudio.stream(HELLO).textStream) {
      texts.push(text)
      // What it is busy with: a call that takes longer than the limit.
      mock.inject('delay-headers', { path: '/api/v1/models' })
      expect(await caught(lmstudio.listModels({ timeout: 300, refresh: true }))).toMatchObject({ limit: 'timeout' })
    }
    expect(texts).toEqual(['a', 'b'])
  })

  test('after the last event does not matter once [DONE] came', async () => {
    const chunks = [frame({ content: 'a' }), frame({}, 'stop') + DONE]
    const { lmstudio } = await setUp({ faults: [{ raw: { chunks, end: 'stall' } }] }, { idleTimeout: 300 })
    expect((await lmstudio.stream(HELLO).response).text).toBe('a')
  })
})

test('reads are limited per attempt, generations by silence: a short `timeout` does not touch a stream', async () => {
  const { lmstudio } = await setUp({ tokensPerSecond: 400 }, { timeout: 20 })
  const { text } = await lmstudio.stream({ ...HELLO, prompt: 'lorem 40' }).response
  expect(text.split(' ').length).toBeGreaterThanOrEqual(40)
})

test.each(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])(
  'the limit %s of Node’s own fetch is told as such',
  async (code) => {
    const fetch = async (): Promise<Response> => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('Timeout'), { code }) })
    }
    const error = await caught(connect({ url: 'http://127.0.0.1:9' }, { fetch }).complete(HELLO))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'platform', timeoutMs: 300_000 })
    expect(error.hint).toMatch(/\w/)
  },
)

test('no timer of a finished call keeps the process alive', async () => {
  const { lmstudio } = await setUp()
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await lmstudio.complete(HELLO)
  await lmstudio.stream(HELLO).response
  await lmstudio.supportsModel(MODEL)
  for await (const _ of lmstudio.stream(HELLO)) break
  await turns()
  expect(timers() - before).toBeLessThanOrEqual(2)
})

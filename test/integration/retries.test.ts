import { createLMStudio, type LogEvent } from 'lmstudio-provider'
import { describe, expect, test, vi } from 'vitest'
import { caught, streamError } from './support/caught.js'
import { connect, HELLO, setUp, startMock } from './support/provider.js'
import { closedPort, completionBody, frame, sendJSON, serve, serveSocket } from './support/servers.js'
import { jitter, turns, until, watchLog } from './support/watch.js'

const EMBED = { model: 'text-embedding-plover-v2', input: 'gull' } as const
const models = { models: [] }

describe('a read', () => {
  test.each([408, 429, 502, 503, 504] as const)('is retried after status %i', async (status) => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject(`status-${status}`, { times: 2 })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
    expect(mock.calls.map((call) => call.status)).toEqual([status, status, 200])
  })

  test.each([400, 401, 403, 422, 500] as const)('is not retried after status %i', async (status) => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject(`status-${status}`)
    expect(await caught(lmstudio.listModels())).toMatchObject({ status })
    expect(mock.calls).toHaveLength(1)
  })

  test('is retried three times by default and then rejects with the last error', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject('status-503', { times: 9 })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'NetworkError', status: 503, isRetryable: true })
    expect(mock.calls).toHaveLength(4)
  })

  test('is retried when the connection is closed before the response', async () => {
    jitter(0)
    let count = 0
    const server = await serveSocket((socket) => {
      if (++count === 1) return void socket.resetAndDestroy()
      const body = JSON.stringify(models)
      socket.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      )
    })
    expect(await connect(server).listModels()).toEqual([])
    expect(server.count).toBe(2)
  })

  test('succeeds when the server closes a kept-alive connection between two requests', async () => {
    jitter(0)
    const server = await serve((_request, response) => {
      sendJSON(response, models)
      // An idle limit of the server does this in the worst case: when the next request arrives.
      response.socket?.once('data', () => response.socket?.destroy())
    })
    const lmstudio = connect(server)
    for (let count = 0; count < 4; count++) expect(await lmstudio.listModels({ refresh: true })).toEqual([])
  })

  test('is not retried after a timeout', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] }, { timeout: 30 })
    await caught(lmstudio.listModels())
    await turns()
    expect(mock.calls).toHaveLength(1)
  })
})

describe.each([
  ['complete', (lmstudio: ReturnType<typeof connect>) => lmstudio.complete(HELLO)],
  ['stream', (lmstudio: ReturnType<typeof connect>) => lmstudio.stream(HELLO).response],
  ['embed', (lmstudio: ReturnType<typeof connect>) => lmstudio.embed(EMBED)],
] as const)('a generation by %s', (_name, call) => {
  test.each(['status-429', 'status-503'] as const)('is retried after %s', async (fault) => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject(fault, { times: 2 })
    await call(lmstudio)
    expect(mock.calls).toHaveLength(3)
  })

  test.each([
    'status-400',
    'status-408',
    'status-500',
    'status-502',
    'status-504',
    'reset',
    'error-200',
    'malformed-json',
  ] as const)('is not retried after %s', async (fault) => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject(fault)
    await caught(call(lmstudio))
    await turns()
    expect(mock.calls).toHaveLength(1)
  })

  test('is retried when the connection is refused', async () => {
    jitter(0)
    const mock = await startMock()
    let refusals = 2
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (refusals-- > 0) {
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })
      }
      return globalThis.fetch(input, init)
    }
    await call(connect(mock, { fetch }))
    expect(mock.calls).toHaveLength(1)
  })

  test('is not retried when the connection is closed before the response', async () => {
    jitter(0)
    const server = await serveSocket((socket) => void socket.resetAndDestroy())
    expect(await caught(call(connect(server)))).toMatchObject({ name: 'NetworkError', code: 'connection-reset' })
    await turns()
    expect(server.count).toBe(1)
  })
})

describe('a generation whose model is unloaded', () => {
  test('is retried once', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp({ faults: ['model-unloaded'] })
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
    expect(mock.calls).toHaveLength(2)
  })

  test('is retried once when it is a stream without an event', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp({ faults: ['model-unloaded'] })
    expect((await lmstudio.stream(HELLO).response).text).toContain('Hello.')
    expect(mock.calls).toHaveLength(2)
  })

  test('is not retried twice', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject('model-unloaded', { times: 9 })
    expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ name: 'ModelLoadError', code: 'model-unloaded' })
    expect(mock.calls).toHaveLength(2)
  })

  test('is not retried after the first event of a stream', async () => {
    const { mock, lmstudio } = await setUp({ faults: [{ name: 'model-unloaded', afterEvents: 2 }] })
    expect((await streamError(lmstudio.stream(HELLO))).partial?.text).not.toBe('')
    await turns()
    expect(mock.calls).toHaveLength(1)
  })
})

test.each(['cut', 'error-frame', { name: 'stall', afterEvents: 2 }] as const)(
  'does not retry a stream after its first byte: %s',
  async (fault) => {
    const { mock, lmstudio } = await setUp({ faults: [fault] }, { idleTimeout: 30 })
    await streamError(lmstudio.stream(HELLO))
    await turns()
    expect(mock.calls).toHaveLength(1)
  },
)

describe('maxRetries', () => {
  test('of 0 allows one attempt', async () => {
    const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
    mock.inject('status-503', { times: 9 })
    await caught(lmstudio.listModels())
    await caught(lmstudio.complete(HELLO))
    expect(mock.calls).toHaveLength(2)
  })

  test('of a call replaces the one of the provider, whether higher or lower', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp({}, { maxRetries: 1 })
    mock.inject('status-503', { times: 99 })
    await caught(lmstudio.listModels({ maxRetries: 0 }))
    expect(mock.calls).toHaveLength(1)
    await caught(lmstudio.complete(HELLO, { maxRetries: 5 }))
    expect(mock.calls).toHaveLength(1 + 6)
    await caught(lmstudio.stream(HELLO, { maxRetries: 0 }).response)
    expect(mock.calls).toHaveLength(1 + 6 + 1)
  })
})

describe('the delay before a retry', () => {
  test('is a random share of a limit that doubles', async () => {
    jitter(0.1)
    const { logger, events } = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger })
    mock.inject('status-503', { times: 3 })
    await lmstudio.listModels()
    const delays = events.filter(({ type }) => type === 'retry').map(({ delayMs = 0 }) => delayMs)
    expect(delays).toHaveLength(3)
    expect(delays[1]! / delays[0]!).toBeCloseTo(2)
    expect(delays[2]! / delays[1]!).toBeCloseTo(2)
  })

  test.each([
    ['429', 'status-429'],
    ['503', 'status-503'],
  ] as const)('is never shorter than the Retry-After of a %s', async (_status, name) => {
    jitter(0)
    const { logger, first } = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger })
    mock.inject({ name, retryAfter: 30 })
    const controller = new AbortController()
    const running = caught(lmstudio.complete(HELLO, { signal: controller.signal }))
    const { delayMs, attempt } = await first('retry')
    controller.abort()
    await running
    expect(attempt).toBe(1)
    expect(delayMs).toBeGreaterThanOrEqual(30_000)
    expect(delayMs).toBeLessThan(60_000)
    expect(mock.calls).toHaveLength(1)
  })

  test('can come from a Retry-After date', async () => {
    jitter(0)
    const { logger, first } = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger })
    mock.inject({ name: 'status-429', retryAfter: new Date(Date.now() + 25_000) })
    const controller = new AbortController()
    const running = caught(lmstudio.listModels({ signal: controller.signal }))
    const { delayMs } = await first('retry')
    controller.abort()
    await running
    expect(delayMs).toBeGreaterThan(20_000)
    expect(delayMs).toBeLessThanOrEqual(25_000)
  })

  test('passes before the next request', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'status-429', retryAfter: '0.08' })
    const start = performance.now()
    await lmstudio.listModels()
    expect(performance.now() - start).toBeGreaterThanOrEqual(75)
    expect(mock.calls).toHaveLength(2)
  })

  test('is not waited when Retry-After is too long: the error has `retryAfterMs`', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'status-429', retryAfter: 3600 })
    expect(await caught(lmstudio.complete(HELLO))).toMatchObject({
      name: 'RateLimitError',
      retryAfterMs: 3_600_000,
      isRetryable: true,
    })
    expect(mock.calls).toHaveLength(1)
  })

  test.each(['soon', '-5', '', 'Wed, 99 Nov'])('ignores a Retry-After of "%s"', async (retryAfter) => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'status-429', retryAfter })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
    expect(mock.calls).toHaveLength(2)
  })

  test('is zero when Retry-After is in the past', async () => {
    jitter(0.9)
    const { logger, first } = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger })
    mock.inject({ name: 'status-429', retryAfter: new Date(Date.now() - 60_000) })
    await lmstudio.listModels()
    expect((await first('retry')).delayMs).toBe(0)
  })
})

/** How long the retries waited in all. */
const waitedMs = (events: readonly LogEvent[]): number =>
  events.reduce((sum, event) => sum + (event.type === 'retry' ? (event.delayMs ?? 0) : 0), 0)

describe('a server that is off', () => {
  test.each(['complete', 'stream', 'embed', 'listModels', 'supportsModel'] as const)(
    'is reported by %s after waits of at most 1.5 s with default options',
    async (method) => {
      jitter(0.999)
      const { logger, events } = watchLog()
      const lmstudio = createLMStudio({ endpoint: `http://127.0.0.1:${await closedPort()}`, logger })
      const error = await caught(
        method === 'stream'
          ? lmstudio.stream(HELLO).response
          : method === 'complete'
            ? lmstudio.complete(HELLO)
            : method === 'embed'
              ? lmstudio.embed(EMBED)
              : method === 'listModels'
                ? lmstudio.listModels()
                : lmstudio.supportsModel('x'),
      )
      expect(waitedMs(events)).toBeGreaterThan(0)
      expect(waitedMs(events)).toBeLessThan(1_500)
      expect(error).toMatchObject({ name: 'ServiceNotFoundError', code: 'not-running' })
      expect(error.hint).toContain('lms server start')
    },
  )

  test('is reported after waits of at most 1.5 s under the name localhost', async () => {
    jitter(0.999)
    const { logger, events } = watchLog()
    const lmstudio = createLMStudio({ endpoint: `http://localhost:${await closedPort()}`, logger })
    expect(await caught(lmstudio.listModels())).toMatchObject({ code: 'not-running' })
    expect(waitedMs(events)).toBeGreaterThan(0)
    expect(waitedMs(events)).toBeLessThan(1_500)
  })

  test('is reached by a retry when it starts in time', async () => {
    jitter(0.9)
    const port = await closedPort()
    const { logger, first } = watchLog()
    const running = createLMStudio({ endpoint: `http://127.0.0.1:${port}`, logger }).complete(HELLO)
    running.catch(() => {})
    await first('retry')
    const mock = await startMock({ port })
    expect((await running).text).toContain('Hello.')
    expect(mock.calls).toHaveLength(1)
  })
})

test('calls the function `apiToken` for each attempt', async () => {
  jitter(0)
  let count = 0
  const { mock, lmstudio } = await setUp({}, { apiToken: () => `token-number-${++count}` })
  mock.inject('status-503')
  await lmstudio.complete(HELLO)
  expect(mock.calls.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer token-number-1',
    'Bearer token-number-2',
  ])
})

test('sends the same body with each retry', async () => {
  jitter(0)
  const { mock, lmstudio } = await setUp()
  mock.inject('status-503', { times: 2 })
  await lmstudio.complete({ ...HELLO, maxTokens: 7 })
  expect(mock.calls).toHaveLength(3)
  for (const call of mock.calls) expect(call.body).toEqual(mock.calls[0]?.body)
})

test('logs each retry with its attempt, delay and error code', async () => {
  jitter(0)
  const { logger, events } = watchLog()
  const { mock, lmstudio } = await setUp({}, { logger })
  mock.inject('status-503', { times: 2 })
  await lmstudio.listModels()
  expect(events.filter(({ type }) => type === 'retry')).toMatchObject([
    { attempt: 1, delayMs: 0, code: 'server-error', route: '/api/v1/models' },
    { attempt: 2, delayMs: 0, code: 'server-error', route: '/api/v1/models' },
  ])
  expect(events.filter(({ type }) => type === 'request').map(({ attempt }) => attempt)).toEqual([1, 2, 3])
})

test('reads the error response of a failed attempt to its end, so that the connection can be reused', async () => {
  jitter(0)
  const { mock, lmstudio } = await setUp()
  mock.inject('status-503', { times: 3 })
  await lmstudio.complete(HELLO)
  expect(await Promise.all(mock.calls.map(({ finished }) => finished))).toEqual(Array(4).fill('completed'))
})

test('retries a 503 whose body never ends', async () => {
  jitter(0)
  const server = await serve((_request, response) => {
    if (server.count > 1) return void sendJSON(response, completionBody('Ahoy'))
    response.writeHead(503, { 'content-type': 'text/plain' })
    const timer = setInterval(() => response.write('x'.repeat(32 * 1024)), 1)
    response.once('close', () => clearInterval(timer))
  })
  expect((await connect(server).complete(HELLO)).text).toBe('Ahoy')
})

test('emits `completion-start` once for a stream that is retried', async () => {
  jitter(0)
  const { mock, lmstudio } = await setUp()
  mock.inject('status-503', { times: 2 })
  const types: string[] = []
  for await (const event of lmstudio.stream(HELLO)) types.push(event.type)
  expect(types.filter((type) => type === 'completion-start')).toHaveLength(1)
})

test('cancels a response that arrives after the attempt timed out', async () => {
  const late = vi.fn()
  let respond: ((response: Response) => void) | undefined
  const fetch = (): Promise<Response> => new Promise((resolve) => (respond = resolve))
  const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch, generationTimeout: 30 })
  await caught(lmstudio.stream(HELLO).response)
  respond?.(
    new Response(
      new ReadableStream({
        start: (c) => c.enqueue(new TextEncoder().encode(frame({ content: 'late' }))),
        cancel: late,
      }),
    ),
  )
  await until(() => late.mock.calls.length > 0)
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallOptions, LMStudioOptions, LogEvent } from '../../src/config/options.js'
import { ApiError } from '../../src/errors/index.js'
import { assertClient, runVerb } from '../../src/http/client.js'
import type { RequestSpec } from '../../src/http/request-spec.js'
import { CHAT, ENDPOINT, eventStream, json, refused, stubFetch, testClient } from '../helpers/client.js'
import { deferred, settle } from '../helpers/deferred.js'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const READ: RequestSpec = { method: 'GET', route: '/v1/models', kind: 'read' }
const GENERATION: RequestSpec = { method: 'POST', route: CHAT, kind: 'generation', body: '{"model":"m"}' }
const CHANGE: RequestSpec = { ...GENERATION, route: '/api/v1/models/load', kind: 'change' }

const useFakeTimers = (): void =>
  void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })

/** Resolves to the response after `ms`. */
const after = (ms: number, response: Response): Promise<Response> =>
  new Promise((resolve) => setTimeout(() => resolve(response), ms))

describe('the log', () => {
  beforeEach(useFakeTimers)
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('logs requests, responses with their duration, retries and errors', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const events: LogEvent[] = []
    const stub = stubFetch(
      () => after(250, json({}, { status: 503, headers: { 'retry-after': '2' } })),
      () => after(40, json({ error: 'no' }, { status: 400 })),
    )
    const client = testClient({ fetch: stub.fetch, logger: (event) => events.push(event) })
    const rejection = rejectionOf(client.requestJSON(READ))
    await vi.runAllTimersAsync()
    const error = (await rejection) as Error
    const request = { method: 'GET', route: '/v1/models' }
    expect(events.map(({ message: _message, ...event }) => event)).toEqual([
      { level: 'debug', type: 'request', ...request, attempt: 1 },
      { level: 'debug', type: 'response', ...request, attempt: 1, status: 503, durationMs: 250 },
      { level: 'info', type: 'retry', ...request, attempt: 1, delayMs: 2000, code: 'server-error' },
      { level: 'debug', type: 'request', ...request, attempt: 2 },
      { level: 'debug', type: 'response', ...request, attempt: 2, status: 400, durationMs: 40 },
      { level: 'error', type: 'error', ...request, code: 'invalid-request' },
    ])
    expect(events.map(({ message }) => message)).toEqual([
      'GET /v1/models',
      '/v1/models: 503',
      expect.stringContaining('failed') as string,
      'GET /v1/models',
      '/v1/models: 400',
      error.message,
    ])
  })

  it.each([
    ['without a reason', undefined],
    ['whose reason is an error of the library', new ApiError('of another call')],
  ])('logs no error for an abort %s', async (_, reason) => {
    const events: LogEvent[] = []
    const controller = new AbortController()
    const client = testClient({ fetch: () => new Promise(() => {}), logger: (event) => events.push(event) })
    const rejection = rejectionOf(client.requestJSON(READ, { signal: controller.signal }))
    controller.abort(reason)
    expect(await rejection).toBe(controller.signal.reason)
    expect(events.map(({ type }) => type)).toEqual(['request'])
  })
})

describe('a request that fails in a page', () => {
  afterEach(() => void vi.unstubAllGlobals())

  /** A page of another origin: requests of the client fail with `failure`, and only opaque probes succeed. */
  function stubPage(failure: Error | Response) {
    vi.stubGlobal('document', {})
    vi.stubGlobal('location', new URL('http://localhost:8080/'))
    const probes: string[] = []
    const fetch: typeof globalThis.fetch = async (_, init) => {
      if (init?.mode !== undefined) probes.push(init.mode)
      if (init?.mode === 'no-cors') return new Response('')
      if (failure instanceof Error) throw failure
      return failure.clone()
    }
    return { probes, client: testClient({ fetch, maxRetries: 1 }) }
  }

  it('explains a failure without a reason in a page at once, and does not retry', async () => {
    const { probes, client } = stubPage(new TypeError('Failed to fetch'))
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({
      name: 'BrowserAccessError',
      reason: 'cors-disabled',
    })
    expect(probes).toEqual(['cors', 'no-cors'])
  })

  it('stops listening for what the policy of the page blocks, however the request ends', async () => {
    const listeners = new Set<unknown>()
    vi.stubGlobal('document', {
      addEventListener: (_: string, listener: unknown) => listeners.add(listener),
      removeEventListener: (_: string, listener: unknown) => listeners.delete(listener),
    })
    vi.stubGlobal('location', new URL('http://localhost:8080/'))
    let during = 0
    const fetch = (response: Response) => async (): Promise<Response> => {
      during = listeners.size
      return response
    }
    await testClient({ fetch: fetch(json({})) }).requestJSON(READ)
    expect([during, listeners.size]).toEqual([1, 0])
    await rejectionOf(testClient({ fetch: fetch(json({}, { status: 400 })) }).requestJSON(READ))
    expect([during, listeners.size]).toEqual([1, 0])
  })

  it.each<[string, Error | Response, string]>([
    ['a refused connection', refused(), 'not-running'],
    ['an error status', json({}, { status: 400 }), 'invalid-request'],
  ])('sends no probes after %s in a page', async (_, failure, code) => {
    const { probes, client } = stubPage(failure)
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({ code })
    expect(probes).toEqual([])
  })
})

describe('the wait that a server requests', () => {
  const busy = (): Response => json({}, { status: 503, headers: { 'retry-after': '2' } })

  beforeEach(useFakeTimers)
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it.each<[string, number, RequestSpec, LMStudioOptions, CallOptions]>([
    ['is beyond the option `timeout` of a read', 1, READ, { timeout: 1999, generationTimeout: 60_000 }, {}],
    ['is within the option `timeout` of a read', 2, READ, { timeout: 2000, generationTimeout: 10 }, {}],
    ['is beyond `generationTimeout`', 1, GENERATION, { timeout: 60_000, generationTimeout: 1999 }, {}],
    ['is within `generationTimeout`', 2, GENERATION, { timeout: 10, generationTimeout: 2000 }, {}],
    ['is beyond `timeout` of the call', 1, READ, { timeout: 60_000 }, { timeout: 1999 }],
    ['is within `timeout` of the call', 2, READ, { timeout: 10 }, { timeout: 2000 }],
    ['is not wanted by the call', 1, READ, { maxRetries: 3 }, { maxRetries: 0 }],
    ['is not wanted', 1, READ, { maxRetries: 0 }, {}],
  ])('%s: the request is sent %i time(s)', async (_, count, spec, options, callOptions) => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const stub = stubFetch(busy(), json({}))
    const call = testClient({ fetch: stub.fetch, ...options })
      .requestJSON(spec, callOptions)
      .catch(() => {})
    await vi.runAllTimersAsync()
    await call
    expect(stub.requests).toHaveLength(count)
  })
})

describe('a server whose routes are elsewhere', () => {
  const endpoint = 'http://127.0.0.1:1234/v3'

  it('is requested at the next path, which later requests use at once', async () => {
    const stub = stubFetch((request) =>
      new URL(request.url).pathname === '/v3/models' ? json({ data: [] }) : json({}, { status: 404 }),
    )
    const client = testClient({ fetch: stub.fetch, endpoint })
    expect((await client.requestJSON(READ)).body).toEqual({ data: [] })
    expect((await client.requestJSON(READ)).body).toEqual({ data: [] })
    expect(stub.requests.map(({ url }) => new URL(url).pathname)).toEqual(['/v3/v1/models', '/v3/models', '/v3/models'])
  })

  it('has the error of the first path if it has the route at none', async () => {
    const stub = stubFetch(json({ error: 'first' }, { status: 404 }), json({ error: 'second' }, { status: 404 }))
    const client = testClient({ fetch: stub.fetch, endpoint })
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({ code: 'wrong-path', serverMessage: 'first' })
    expect(stub.requests).toHaveLength(2)
  })
})

describe('runVerb', () => {
  const verb = (): void => {}

  it('runs a function for a client', async () => {
    expect(await runVerb(verb, testClient({}), async () => 'done')).toBe('done')
  })

  it('rejects what is not a client, and runs nothing', async () => {
    let hasRun = false
    const run = async (): Promise<void> => void (hasRun = true)
    expect(await rejectionOf(runVerb(verb, {} as never, run))).toMatchObject({ name: 'InvalidRequestError' })
    expect(hasRun).toBe(false)
  })
})

describe('assertClient', () => {
  it('accepts a client', () => {
    expect(assertClient(testClient({}))).toBeUndefined()
  })

  it.each([undefined, null, {}, { requestJSON: 1 }])('says what the first argument must be instead of %j', (value) => {
    expect(() => assertClient(value)).toThrow(
      expect.objectContaining({
        name: 'InvalidRequestError',
        message: expect.stringContaining('createClient') as string,
        hint: expect.stringContaining('createLMStudio()') as string,
      }),
    )
  })
})

describe('openStream', () => {
  it.each(['text/event-stream', 'text/plain', ''])(
    'openStream resolves to events for the content type "%s"',
    async (type) => {
      const response = new Response(new Uint8Array(), { headers: { 'content-type': type } })
      const opened = await testClient({ fetch: async () => response }).openStream(GENERATION)
      expect(opened.kind).toBe('events')
    },
  )

  it.each([
    ['application/json', '{"id":"c"}', 'json'],
    ['text/plain', '{"id":"c"}', 'json'],
    ['', ' \n{"id":"c"}', 'json'],
    ['application/octet-stream', '[{"id":"c"}]', 'json'],
    ['application/json', '"a text"', 'json'],
    ['application/json', 'data: {"id":"c"}\n\n', 'events'],
    ['text/html', ': keep-alive\n\ndata: {}\n\n', 'events'],
    ['text/plain', 'event: ping\ndata: {}\n\n', 'events'],
    ['Text/Event-Stream', '{"id":"c"}', 'events'],
    ['text/plain', 'hello {}', 'events'],
  ])('openStream with the content type "%s" and the body %j resolves to %s', async (type, body, kind) => {
    const response = new Response(body, { headers: { 'content-type': type } })
    expect((await testClient({ fetch: async () => response }).openStream(GENERATION)).kind).toBe(kind)
  })

  it('openStream keeps lines of JSON that are labeled as one document', async () => {
    const opened = await testClient({ fetch: async () => json('{"a":1}\n{"b":2}') }).openStream(GENERATION)
    expect(opened).toMatchObject({ kind: 'json', response: { body: undefined } })
  })

  it('openStream rejects for a web page that is not labeled as one', async () => {
    const response = new Response('<p>Hi', { headers: { 'content-type': 'text/plain' } })
    const opening = testClient({ fetch: async () => response }).openStream(GENERATION)
    expect(await rejectionOf(opening)).toMatchObject({ name: 'InvalidResponseError', code: 'not-json' })
  })

  it('openStream resolves to the body of a server that responds with JSON instead', async () => {
    const opened = await testClient({ fetch: async () => json({ id: 'c' }) }).openStream(GENERATION)
    expect(opened).toMatchObject({ kind: 'json', response: { body: { id: 'c' } } })
  })

  it('openStream rejects for a web page', async () => {
    const response = new Response('<p>Hi', { headers: { 'content-type': 'text/html; charset=utf-8' } })
    const opening = testClient({ fetch: async () => response }).openStream(GENERATION)
    expect(await rejectionOf(opening)).toMatchObject({ name: 'InvalidResponseError', code: 'not-json' })
  })
})

describe('concurrent generations', () => {
  it('lets generations wait when `maxConcurrency` are running, but neither reads nor changes', async () => {
    const gate = deferred<Response>()
    const stub = stubFetch((request) =>
      request.url.endsWith(CHAT) ? gate.promise.then((response) => response.clone()) : json({ ok: 'at once' }),
    )
    const client = testClient({ fetch: stub.fetch, maxConcurrency: 2 })
    const generations = Array.from({ length: 5 }, () => client.requestJSON(GENERATION))
    await settle()
    expect(stub.requests).toHaveLength(2)
    expect((await client.requestJSON(READ)).body).toEqual({ ok: 'at once' })
    expect((await client.requestJSON(CHANGE)).body).toEqual({ ok: 'at once' })
    gate.resolve(json({ ok: true }))
    await Promise.all(generations)
    expect(stub.requests).toHaveLength(7)
  })

  it.each<[string, () => Promise<Response>]>([
    ['succeeds', async () => json({})],
    ['fails', async () => json({}, { status: 400 })],
    ['is aborted', () => new Promise<Response>(() => {})],
  ])('starts the next generation when the running one %s', async (_, first) => {
    const controller = new AbortController()
    const client = testClient({ fetch: stubFetch(first, json({ ok: true })).fetch, maxConcurrency: 1 })
    const [, second] = [
      client.requestJSON(GENERATION, { signal: controller.signal }).catch(() => {}),
      client.requestJSON(GENERATION),
    ]
    await settle()
    controller.abort()
    expect((await second).body).toEqual({ ok: true })
  })

  it('starts the next generation when the running stream is closed', async () => {
    const { response } = eventStream(['data: x\n\n'], 'hang')
    const stub = stubFetch(() => response, json({ ok: true }))
    const client = testClient({ fetch: stub.fetch, maxConcurrency: 1 })
    const opened = await client.openStream(GENERATION)
    const next = client.requestJSON(GENERATION)
    await settle()
    expect(stub.requests).toHaveLength(1)
    if (opened.kind !== 'events') throw new Error('Expected an event stream.')
    opened.attempt.close()
    expect((await next).body).toEqual({ ok: true })
  })

  it('starts the next generation when the running stream has ended before it is read', async () => {
    const responses = [new Response('data: x', { headers: { 'content-type': 'text/plain' } }), json({ ok: true })]
    const client = testClient({ fetch: async () => responses.shift()!, maxConcurrency: 1 })
    expect((await client.openStream(GENERATION)).kind).toBe('events')
    expect((await client.requestJSON(GENERATION)).body).toEqual({ ok: true })
  })

  it('starts the next generation when the running stream fails to open', async () => {
    const stub = stubFetch(json({}, { status: 400 }), json({ ok: true }))
    const client = testClient({ fetch: stub.fetch, maxConcurrency: 1 })
    await rejectionOf(client.openStream(GENERATION))
    expect((await client.requestJSON(GENERATION)).body).toEqual({ ok: true })
  })

  it('starts the next generation when the running stream turns out to be JSON', async () => {
    const client = testClient({ fetch: async () => json({ ok: true }), maxConcurrency: 1 })
    await client.openStream(GENERATION)
    expect((await client.requestJSON(GENERATION)).body).toEqual({ ok: true })
  })

  describe('waiting', () => {
    beforeEach(useFakeTimers)
    afterEach(() => void vi.useRealTimers())

    const busyClient = (): ReturnType<typeof testClient> => {
      const fetch = (): Promise<Response> => new Promise(() => {})
      const client = testClient({ fetch, maxConcurrency: 1, generationTimeout: 9000 })
      client.requestJSON(GENERATION, { timeout: 1_000_000 }).catch(() => {})
      return client
    }

    it.each([
      ['generationTimeout', {}, 9000],
      ['timeout', { timeout: 500 }, 500],
    ] as const)('rejects a waiting generation after `%s`', async (limit, options, ms) => {
      const client = busyClient()
      const { signal } = new AbortController()
      let error: unknown
      const waiting = rejectionOf(client.requestJSON(GENERATION, { ...options, signal })).then(
        (reason) => (error = reason),
      )
      await vi.advanceTimersByTimeAsync(ms - 1)
      expect(error).toBeUndefined()
      await vi.advanceTimersByTimeAsync(1)
      await waiting
      expect(error).toMatchObject({
        name: 'TimeoutError',
        code: 'queue-timeout',
        limit,
        timeoutMs: ms,
        endpoint: ENDPOINT,
      })
      expect((error as Error).message).toContain(`waited ${ms} ms`)
      expect((error as Error).message).toContain('1 other generations are running (`maxConcurrency`)')
      // One timer belongs to the generation that is running.
      expect(vi.getTimerCount()).toBe(1)
      expect(countListeners(signal)).toBe(0)
    })

    it('rejects a waiting generation with the reason of an abort', async () => {
      const client = busyClient()
      const controller = new AbortController()
      const waiting = rejectionOf(client.requestJSON(GENERATION, { signal: controller.signal }))
      await settle()
      controller.abort('changed my mind')
      expect(await waiting).toBe('changed my mind')
      expect(vi.getTimerCount()).toBe(1)
      expect(countListeners(controller.signal)).toBe(0)
    })
  })
})

import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as errors from '../../src/errors/index.js'
import type { RequestSpec } from '../../src/http/request-spec.js'
import type { LogEvent } from '../../src/config/options.js'
import { deferred, settle } from '../helpers/deferred.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { CHAT, ENDPOINT, eventStream, json, refused, stubFetch, testClient } from '../helpers/client.js'

const READ: RequestSpec = { method: 'GET', route: '/v1/models', kind: 'read' }
const ASK: RequestSpec = {
  method: 'POST',
  route: CHAT,
  kind: 'generation',
  body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'once upon a time there was' }] }),
}
const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'

describe('what is sent', () => {
  it('a read has no header of ours, so that a page needs no preflight', async () => {
    const stub = stubFetch(json({ ok: 1 }))
    const { body } = await testClient({ fetch: stub.fetch }).requestJSON(READ)
    expect(body).toEqual({ ok: 1 })
    const [sent] = stub.requests as [Request]
    expect([sent.method, sent.url]).toEqual(['GET', `${ENDPOINT}/v1/models`])
    expect([...sent.headers].filter(([name]) => name !== 'accept')).toEqual([])
    expect(sent.redirect).toBe('manual')
    expect(sent.body).toBeNull()
  })

  it('a body goes as JSON', async () => {
    const stub = stubFetch(json({}))
    await testClient({ fetch: stub.fetch }).requestJSON(ASK)
    expect(stub.requests[0]!.headers.get('content-type')).toBe('application/json')
    expect(await stub.requests[0]!.json()).toEqual(JSON.parse(ASK.body!))
  })

  it('nothing of the options of ofetch reaches the function that carries requests', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => json({}))
    await testClient({ fetch }).requestJSON(READ)
    expect(Object.keys(fetch.mock.calls[0]![1]!).sort()).toEqual(['headers', 'method', 'redirect', 'signal'])
  })

  it('a token goes as Bearer, and an empty or missing one not at all', async () => {
    for (const [apiToken, sent] of [
      [TOKEN, `Bearer ${TOKEN}`],
      ['', null],
      [undefined, null],
      [() => TOKEN, `Bearer ${TOKEN}`],
      [async () => TOKEN, `Bearer ${TOKEN}`],
      [() => undefined, null],
      [() => '', null],
    ] as const) {
      const stub = stubFetch(json({}))
      await testClient({ fetch: stub.fetch, apiToken }).requestJSON(READ)
      expect(stub.requests[0]!.headers.get('authorization')).toBe(sent)
    }
  })

  it('a function is asked for the token at every attempt', async () => {
    const tokens = ['first1', 'second2']
    const stub = stubFetch(json({}, { status: 503, headers: { 'retry-after': '0' } }), json({}))
    await testClient({ fetch: stub.fetch, apiToken: () => tokens.shift() }).requestJSON(READ)
    expect(stub.requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer first1',
      'Bearer second2',
    ])
  })

  it.each<[string, unknown]>([
    ['a failure', () => Promise.reject(new Error('no key, ABCDEFGHIJ, Bearer ABCDEFGHIJ'.slice(0, 6)))],
    ['a number', () => 7],
    ['a token with a line break', () => `${TOKEN}\n`],
  ])('a function that gives %s is an error that does not quote it', async (_, apiToken) => {
    const stub = stubFetch(json({}))
    const error = await rejectionOf(testClient({ fetch: stub.fetch, apiToken: apiToken as never }).requestJSON(READ))
    expect(error).toBeInstanceOf(errors.ConfigurationError)
    expect(JSON.stringify(error)).not.toContain('ABCDEFGHIJ')
    expect(stub.requests).toHaveLength(0)
  })

  it('headers of the call win over those of the provider, which win over the token, by name', async () => {
    const stub = stubFetch(json({}))
    const client = testClient({
      fetch: stub.fetch,
      apiToken: TOKEN,
      headers: { 'X-A': 'provider', 'x-b': 'provider', Authorization: 'Custom own' },
    })
    await client.requestJSON(READ, { headers: [['x-a', 'call']] })
    const { headers } = stub.requests[0]!
    expect([headers.get('x-a'), headers.get('x-b'), headers.get('authorization')]).toEqual([
      'call',
      'provider',
      'Custom own',
    ])
  })

  it('the platform’s fetch is looked up at every call', async () => {
    const patched = vi.fn<typeof globalThis.fetch>(async () => json({ from: 'patched' }))
    const client = testClient({})
    vi.stubGlobal('fetch', patched)
    expect((await client.requestJSON(READ)).body).toEqual({ from: 'patched' })
    vi.stubGlobal('fetch', undefined)
    expect(await rejectionOf(client.requestJSON(READ))).toBeInstanceOf(errors.ConfigurationError)
    vi.unstubAllGlobals()
  })
})

describe('what comes back', () => {
  const ask = (response: Response, options: object = {}): Promise<unknown> =>
    rejectionOf(testClient({ fetch: stubFetch(response).fetch, maxRetries: 0, ...options }).requestJSON(READ))

  it.each<[string, Response, string, string]>([
    ['a page', new Response('<!doctype html><p>Hi'), 'not-json', 'InvalidResponseError'],
    ['nothing', new Response(''), 'not-json', 'InvalidResponseError'],
    ['204', new Response(null, { status: 204 }), 'not-json', 'InvalidResponseError'],
    ['text', new Response('hello there'), 'not-json', 'InvalidResponseError'],
    [
      'the catch-all with 200',
      json({ error: 'Unexpected endpoint or method. (GET /v1/models)' }),
      'wrong-path',
      'UnsupportedEndpointError',
    ],
    ['an error with 200', json({ error: 'Compute error.' }), 'engine-crashed', 'ModelLoadError'],
    ['a page with 502', new Response('<html>bad gateway', { status: 502 }), 'server-error', 'NetworkError'],
    ['text with 503', new Response('upstream connect error', { status: 503 }), 'server-error', 'NetworkError'],
    ['a 401', json({ error: { message: 'token required' } }, { status: 401 }), 'auth-required', 'AuthenticationError'],
    ['a 404 without a word', new Response('', { status: 404 }), 'wrong-path', 'UnsupportedEndpointError'],
  ])('%s is an error', async (_, response, code, name) => {
    const error = (await ask(response)) as errors.ProviderError
    expect(error).toMatchObject({ code, name, status: response.status, endpoint: ENDPOINT })
    expect(error.message).not.toContain('<')
  })

  it('null for an error is none', async () => {
    const { body } = await testClient({ fetch: stubFetch(json({ error: null, data: [] })).fetch }).requestJSON(READ)
    expect(body).toEqual({ error: null, data: [] })
  })

  it.each([301, 302, 303, 307, 308])('a %i is not followed, and says where it points', async (status) => {
    const stub = stubFetch(
      new Response(null, { status, headers: { location: 'https://elsewhere.example.org/v1/models' } }),
      json({}),
    )
    const error = await rejectionOf(testClient({ fetch: stub.fetch, apiToken: TOKEN }).requestJSON(READ))
    expect(error).toMatchObject({ code: 'redirect', status, isRetryable: false })
    expect((error as Error).message).toContain('elsewhere.example.org')
    expect(stub.requests).toHaveLength(1)
  })

  it('a redirect that quotes the token does not leak it', async () => {
    const response = new Response(null, {
      status: 302,
      headers: { location: `https://elsewhere.example.org/?t=${encodeURIComponent(TOKEN)}&u=${TOKEN}` },
    })
    expect(JSON.stringify(await ask(response, { apiToken: TOKEN }))).not.toContain('ABCDEFGHIJ')
  })

  it('a server that quotes token, header or prompt does not make the error leak them', async () => {
    const quote = `bad: ${TOKEN} my-proxy-key once upon a time there was`
    const stub = stubFetch(json({ error: { message: quote, code: 'my-proxy-key' } }, { status: 400 }))
    const seen: LogEvent[] = []
    const client = testClient({
      fetch: stub.fetch,
      apiToken: TOKEN,
      headers: { 'x-api-key': 'my-proxy-key' },
      logger: (event) => seen.push(event),
    })
    const error = (await rejectionOf(client.requestJSON(ASK))) as errors.ProviderError
    for (const text of [JSON.stringify(error), error.stack, JSON.stringify(seen)]) {
      expect(text).not.toMatch(/ABCDEFGHIJ|my-proxy-key|once upon/)
    }
  })

  it('a header that is a number, or a word of JSON, does not hide what the server said', async () => {
    const body = {
      error: {
        message: 'request (9001 tokens) exceeds the available context size (131072 tokens)',
        type: 'exceed_context_size_error',
        n_ctx: 131_072,
        n_prompt_tokens: 200_000,
      },
    }
    const stub = stubFetch(json(body, { status: 400 }))
    const client = testClient({
      fetch: stub.fetch,
      headers: { 'x-project': '131072', 'x-odd': '"message"', 'x-brace': '{"error":' },
    })
    expect(await rejectionOf(client.requestJSON(ASK))).toMatchObject({
      name: 'ContextLengthError',
      contextLength: 131_072,
      promptTokens: 200_000,
    })
  })

  it('an error body is read only as far as anybody reads', async () => {
    const blocks = Array.from({ length: 1000 }, () => 'x'.repeat(16 * 1024))
    const { response, state } = eventStream(blocks)
    const stub = stubFetch(() => new Response(response.body, { status: 500 }))
    const error = await rejectionOf(testClient({ fetch: stub.fetch, maxRetries: 0 }).requestJSON(READ))
    expect(error).toMatchObject({ status: 500 })
    expect(state.pulled).toBeLessThan(10)
    expect(state.wasCancelled).toBe(true)
  })

  it('an error body that breaks does not hide the status', async () => {
    const { response } = eventStream(['{"error":'], new TypeError('terminated'))
    expect(await ask(new Response(response.body, { status: 403 }))).toBeInstanceOf(errors.PermissionError)
  })

  it('a body that breaks in the middle is an interrupted answer, and is not asked for again', async () => {
    const stub = stubFetch(() => new Response(eventStream(['{"data":'], new TypeError('terminated')).response.body))
    expect(await rejectionOf(testClient({ fetch: stub.fetch }).requestJSON(READ))).toBeInstanceOf(
      errors.StreamInterruptedError,
    )
    expect(stub.requests).toHaveLength(1)
  })

  it('a body longer than anybody can want is an error, and is read no further', async () => {
    const block = new Uint8Array(8 * 1024 * 1024).fill(0x20)
    const { response, state } = eventStream(Array.from({ length: 100 }, () => block))
    const stub = stubFetch(() => new Response(response.body))
    const error = await rejectionOf(testClient({ fetch: stub.fetch, maxRetries: 0 }).requestJSON(READ))
    expect(error).toBeInstanceOf(errors.InvalidResponseError)
    expect(error).toMatchObject({ code: 'body-too-long' })
    expect(state.pulled).toBeLessThan(12)
    expect(state.wasCancelled).toBe(true)
  })

  it('a limit that runs out over an error body is that limit', async () => {
    const stub = stubFetch(() => new Response(eventStream(['{'], 'hang').response.body, { status: 400 }))
    const error = await rejectionOf(testClient({ fetch: stub.fetch, timeout: 10 }).requestJSON(READ))
    expect(error).toBeInstanceOf(errors.TimeoutError)
  })

  it('the end of a body whose answer is known is waited for only shortly', async () => {
    const { response, state } = eventStream(['data: x\n\n'], 'hang')
    const answer = await testClient({ fetch: stubFetch(() => response).fetch }).openStream(ASK)
    if (answer.kind !== 'events') throw new Error('no events')
    await answer.attempt.read()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    answer.attempt.drain()
    await vi.advanceTimersByTimeAsync(1000)
    vi.useRealTimers()
    expect(state.wasCancelled).toBe(true)
  })

  it('something else than a Response is an error that says so', async () => {
    for (const given of [undefined, null, 'x', {}]) {
      const error = await rejectionOf(
        testClient({ fetch: (async () => given) as never, maxRetries: 0 }).requestJSON(READ),
      )
      expect(errors.ProviderError.isInstance(error)).toBe(true)
    }
  })

  it('a character cut between two blocks is put together', async () => {
    const bytes = new TextEncoder().encode('{"a":"🐦"}')
    const response = new Response(eventStream([bytes.slice(0, 8), bytes.slice(8)]).response.body)
    expect((await testClient({ fetch: stubFetch(() => response).fetch }).requestJSON(READ)).body).toEqual({
      a: '🐦',
    })
  })
})

describe('a request that fails in a page', () => {
  /** A page of another origin, whose browser answers `failure` to a request and lets probes through as opaque responses. */
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

  afterEach(() => void vi.unstubAllGlobals())

  it('is explained at once and not retried when the browser blocked it', async () => {
    const { probes, client } = stubPage(new TypeError('Failed to fetch'))
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({
      name: 'BrowserAccessError',
      reason: 'cors-disabled',
    })
    expect(probes).toEqual(['cors', 'no-cors'])
  })

  it.each<[string, Error | Response, string]>([
    ['a refused connection', refused(), 'not-running'],
    ['an error status', json({}, { status: 400 }), 'invalid-request'],
  ])('is not probed after %s', async (_, failure, code) => {
    const { probes, client } = stubPage(failure)
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({ code })
    expect(probes).toEqual([])
  })
})

describe('the log', () => {
  it('tells of requests, answers, retries and errors, with what belongs to each', async () => {
    const seen: LogEvent[] = []
    const stub = stubFetch(
      json({}, { status: 503, headers: { 'retry-after': '0' } }),
      json({ error: 'no' }, { status: 400 }),
    )
    await rejectionOf(testClient({ fetch: stub.fetch, logger: (event) => seen.push(event) }).requestJSON(READ))
    expect(seen.map(({ type }) => type)).toEqual(['request', 'response', 'retry', 'request', 'response', 'error'])
    expect(seen[0]).toMatchObject({ method: 'GET', route: '/v1/models', attempt: 1 })
    expect(seen[1]).toMatchObject({ status: 503, durationMs: expect.any(Number) as number })
    expect(seen[2]).toMatchObject({ delayMs: 0, code: 'server-error' })
    expect(seen[5]).toMatchObject({ level: 'error', code: 'invalid-request' })
  })

  it.each<[string, object, boolean]>([
    ['a token to another machine', { endpoint: 'http://192.168.1.20:1234', apiToken: TOKEN }, true],
    ['a token from a function', { endpoint: 'http://192.168.1.20:1234', apiToken: () => TOKEN }, true],
    ['a token over TLS', { endpoint: 'https://192.168.1.20:1234', apiToken: TOKEN }, false],
    ['a token to this machine', { apiToken: TOKEN }, false],
    ['no token', { endpoint: 'http://192.168.1.20:1234' }, false],
    ['an empty token', { endpoint: 'http://192.168.1.20:1234', apiToken: '' }, false],
  ])('warns of %s in the clear: %o', (_, options, isWarned) => {
    const seen: LogEvent[] = []
    testClient({ ...options, logger: (event) => seen.push(event) })
    expect(seen.filter(({ type, level }) => type === 'security' && level === 'warn')).toHaveLength(isWarned ? 1 : 0)
    expect(JSON.stringify(seen)).not.toContain('ABCDEFGHIJ')
  })
})

describe('generations in flight', () => {
  it('wait for their turn, reads do not', async () => {
    const gate = deferred<Response>()
    const stub = stubFetch((request) =>
      request.method === 'GET' ? json({ read: true }) : gate.promise.then((response) => response.clone()),
    )
    const client = testClient({ fetch: stub.fetch, maxConcurrency: 2 })
    const asked = Array.from({ length: 5 }, () => client.requestJSON(ASK))
    await settle()
    expect(stub.requests).toHaveLength(2)
    expect((await client.requestJSON(READ)).body).toEqual({ read: true })
    gate.resolve(json({ ok: true }))
    await Promise.all(asked)
    expect(stub.requests).toHaveLength(6)
  })

  it.each(['fail', 'abort'])('give their place back when they %s', async (how) => {
    const controller = new AbortController()
    const stub = stubFetch(
      how === 'fail' ? json({}, { status: 400 }) : () => new Promise<Response>(() => {}),
      json({ ok: true }),
    )
    const client = testClient({ fetch: stub.fetch, maxConcurrency: 1 })
    const first = rejectionOf(client.requestJSON(ASK, { signal: controller.signal }))
    await settle()
    if (how === 'abort') controller.abort('enough')
    await first
    expect((await client.requestJSON(ASK)).body).toEqual({ ok: true })
  })
})

describe('abort', () => {
  it.each(['before', 'while asking for the token', 'while the request is under way', 'in the middle of the body'])(
    '%s rejects with the reason, unwrapped, though nothing listens to the signal',
    async (when) => {
      const controller = new AbortController()
      const reason = { why: 'enough' }
      const hang = new Promise<never>(() => {})
      const stub = stubFetch(
        when === 'in the middle of the body'
          ? () => new Response(eventStream(['{"a":'], 'hang').response.body)
          : () => hang,
      )
      const options = when === 'while asking for the token' ? { apiToken: () => hang } : {}
      if (when === 'before') controller.abort(reason)
      const result = rejectionOf(
        testClient({
          fetch: async (input, init) => stub.fetch(input, { ...init, signal: null }),
          ...options,
        }).requestJSON(READ, { signal: controller.signal }),
      )
      await settle()
      controller.abort(reason)
      expect(await result).toBe(reason)
      expect(stub.requests).toHaveLength(when === 'before' || when === 'while asking for the token' ? 0 : 1)
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    },
  )

  it('leaves no listener on the caller’s signal after a good answer', async () => {
    const { signal } = new AbortController()
    await testClient({ fetch: stubFetch(json({})).fetch }).requestJSON(READ, { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('time', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
  afterEach(() => void vi.useRealTimers())

  const hanging = (): Promise<Response> => new Promise(() => {})

  it.each<[string, RequestSpec, object, object, number, string]>([
    ['a read', READ, { timeout: 2000 }, {}, 2000, 'timeout'],
    ['a read with its own limit', READ, { timeout: 2000 }, { timeout: 500 }, 500, 'timeout'],
    ['a generation', ASK, { generationTimeout: 9000, timeout: 10 }, {}, 9000, 'generationTimeout'],
    ['a generation with its own limit', ASK, { generationTimeout: 9000 }, { timeout: 500 }, 500, 'timeout'],
  ])('%s that is not answered ends after its limit', async (_, spec, options, call, ms, limit) => {
    const stub = stubFetch(hanging)
    const result = rejectionOf(testClient({ fetch: stub.fetch, ...options }).requestJSON(spec, call))
    let isOver = false
    void result.then(() => (isOver = true))
    await settle()
    await vi.advanceTimersByTimeAsync(ms - 1)
    expect(isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(2)
    expect(await result).toMatchObject({ name: 'TimeoutError', limit, timeoutMs: ms })
    expect(stub.requests).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a body that trickles for longer than the limit of a read ends it', async () => {
    const { response } = eventStream(['{'], 'hang')
    const result = rejectionOf(
      testClient({ fetch: stubFetch(() => new Response(response.body)).fetch, timeout: 1000 }).requestJSON(READ),
    )
    await settle()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await result).toMatchObject({ name: 'TimeoutError', limit: 'timeout' })
  })
})

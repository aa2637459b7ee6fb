import { afterEach, describe, expect, it, vi } from 'vitest'
import { ProviderError } from '../../src/errors/index.js'
import type { RequestSpec } from '../../src/http/request-spec.js'
import { CHAT, ENDPOINT, json, stubFetch, testClient } from '../helpers/client.js'
import { settle } from '../helpers/deferred.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const READ: RequestSpec = { method: 'GET', route: '/v1/models', kind: 'read' }
const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'

afterEach(() => void vi.unstubAllGlobals())

describe('send', () => {
  it('adds no headers to a request without a body, so that a page needs no CORS preflight', async () => {
    const stub = stubFetch(json({}))
    await testClient({ fetch: stub.fetch }).requestJSON(READ)
    const [request] = stub.requests as [Request]
    expect([request.method, request.url]).toEqual(['GET', `${ENDPOINT}/v1/models`])
    expect([...request.headers].filter(([name]) => name !== 'accept')).toEqual([])
    expect(request.body).toBeNull()
  })

  it('does not follow redirects', async () => {
    const stub = stubFetch(json({}))
    await testClient({ fetch: stub.fetch }).requestJSON(READ)
    expect(stub.requests[0]!.redirect).toBe('manual')
  })

  it('sends a body as JSON', async () => {
    const stub = stubFetch(json({}))
    const body = JSON.stringify({ model: 'm' })
    await testClient({ fetch: stub.fetch }).requestJSON({ method: 'POST', route: CHAT, kind: 'generation', body })
    expect(stub.requests[0]!.headers.get('content-type')).toBe('application/json')
    expect(await stub.requests[0]!.text()).toBe('{"model":"m"}')
  })

  it('accepts any type, as fetch itself does, unless the caller says otherwise', async () => {
    const stub = stubFetch(json({}))
    const body = '{}'
    const spec = { method: 'POST', route: CHAT, kind: 'generation', body } as const
    await testClient({ fetch: stub.fetch }).requestJSON(spec)
    await testClient({ fetch: stub.fetch, headers: { Accept: 'text/event-stream' } }).requestJSON(spec)
    expect(stub.requests.map(({ headers }) => headers.get('accept'))).toEqual(['*/*', 'text/event-stream'])
  })

  it('asks Chrome to reach a local host name from an https page', async () => {
    vi.stubGlobal('location', new URL('https://app.example.org/'))
    vi.stubGlobal('Request', { prototype: { targetAddressSpace: 'unknown' } })
    const fetch = vi.fn<typeof globalThis.fetch>(async () => json({}))
    await testClient({ fetch, endpoint: 'http://gpu-box:1234' }).requestJSON(READ)
    expect(fetch.mock.calls[0]![1]).toHaveProperty('targetAddressSpace', 'local')
  })

  it('passes only standard options to a custom fetch', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => json({}))
    await testClient({ fetch }).requestJSON(READ)
    expect(Object.keys(fetch.mock.calls[0]![1]!).sort()).toEqual(['cache', 'headers', 'method', 'redirect', 'signal'])
  })

  it('uses the global fetch of the moment, so that it can be patched', async () => {
    const client = testClient({})
    vi.stubGlobal('fetch', async () => json({ from: 'patched' }))
    expect((await client.requestJSON(READ)).body).toEqual({ from: 'patched' })
  })

  it('rejects with a ConfigurationError in a runtime without fetch', async () => {
    const client = testClient({})
    vi.stubGlobal('fetch', undefined)
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({
      name: 'ConfigurationError',
      message: 'This runtime has no fetch function.',
      source: 'the option fetch',
      // Jest with jsdom is the usual cause, and runs on a version of Node that has fetch.
      hint: expect.stringMatching(/option `fetch`.*Jest.*environment `node`/) as string,
    })
  })

  it.each<[string, unknown]>([
    ['a string', 'x'],
    ['an object', {}],
    ['an object with a status but without headers', { status: 200 }],
    ['an object with headers but without a status', { headers: new Headers() }],
  ])('rejects when a custom fetch resolves to %s instead of a Response', async (_, value) => {
    const fetch = (async () => value) as unknown as typeof globalThis.fetch
    expect(await rejectionOf(testClient({ fetch, maxRetries: 3 }).requestJSON(READ))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'not-a-response',
      endpoint: ENDPOINT,
      message: expect.stringContaining('did not return a Response') as string,
    })
  })

  it.each([undefined, null])('rejects with a ProviderError when a custom fetch resolves to %s', async (value) => {
    const fetch = (async () => value) as unknown as typeof globalThis.fetch
    const error = await rejectionOf(testClient({ fetch, maxRetries: 0 }).requestJSON(READ))
    expect(ProviderError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ code: 'not-a-response' })
  })
})

describe('the API token', () => {
  it.each<[string, string | (() => string | undefined | Promise<string>) | undefined, string | null]>([
    ['a string', TOKEN, `Bearer ${TOKEN}`],
    ['a function', () => TOKEN, `Bearer ${TOKEN}`],
    ['an asynchronous function', async () => TOKEN, `Bearer ${TOKEN}`],
    ['an empty string', '', null],
    ['undefined', undefined, null],
    ['a function that returns undefined', () => undefined, null],
    ['a function that returns null', () => null as never, null],
    ['a function that returns an empty string', () => '', null],
  ])('sends an API token given as %s as a Bearer token, unless it is empty', async (_, apiToken, authorization) => {
    const stub = stubFetch(json({}))
    await testClient({ fetch: stub.fetch, apiToken }).requestJSON(READ)
    expect(stub.requests[0]!.headers.get('authorization')).toBe(authorization)
  })

  it('calls the function `apiToken` for each attempt', async () => {
    const tokens = ['first1', 'second2']
    const stub = stubFetch(json({}, { status: 503, headers: { 'retry-after': '0' } }), json({}))
    await testClient({ fetch: stub.fetch, apiToken: () => tokens.shift() }).requestJSON(READ)
    expect(stub.requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer first1',
      'Bearer second2',
    ])
  })

  it.each<[string, () => unknown, string, string]>([
    ['rejects', () => Promise.reject(new Error(`bad token ${TOKEN}`)), 'apiToken threw an error', 'is the `cause`'],
    ['returns a number', () => 7, 'returned a number instead of a string', 'Return the token as a string'],
    ['returns a token with a line break', () => `${TOKEN}\n`, 'apiToken', 'token'],
  ])('sends nothing and never quotes the token when the function `apiToken` %s', async (_, apiToken, message, hint) => {
    const stub = stubFetch(json({}))
    const client = testClient({ fetch: stub.fetch, apiToken: apiToken as () => string })
    const error = await rejectionOf(client.requestJSON(READ))
    expect(error).toMatchObject({
      name: 'ConfigurationError',
      source: 'the function apiToken',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    })
    expect(JSON.stringify(error)).not.toContain('ABCDEFGHIJ')
    expect(stub.requests).toEqual([])
  })
})

describe('headers', () => {
  it('prefers headers of the call to those of the provider, and those to the token, whatever their case', async () => {
    const stub = stubFetch(json({}))
    const headers = { 'X-A': 'provider', 'x-b': 'provider', Authorization: 'Basic own' }
    const client = testClient({ fetch: stub.fetch, apiToken: TOKEN, headers })
    await client.requestJSON(READ, { headers: [['x-a', 'call']] })
    expect(Object.fromEntries(stub.requests[0]!.headers)).toMatchObject({
      'x-a': 'call',
      'x-b': 'provider',
      authorization: 'Basic own',
    })
  })
})

describe('a custom fetch', () => {
  const used = new Response('{}')
  const locked = new Response('{}')
  locked.body!.getReader()

  it.each([
    ['was read', used],
    ['is being read', locked],
  ])('whose body %s is named in the error', async (_, response) => {
    if (response === used) await used.text()
    const client = testClient({ fetch: async () => response, maxRetries: 0 })
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'not-a-response',
      message: expect.stringContaining('already read') as string,
      hint: expect.stringContaining('response.clone()') as string,
    })
  })

  it('gets a listener for errors on the stream of its body, which would else end a process of Node', async () => {
    const events: string[] = []
    const body = Object.assign(new ReadableStream({ start: (stream) => stream.close() }), {
      on: (event: string) => void events.push(event),
    })
    const response = { status: 400, headers: new Headers(), body } as unknown as Response
    await rejectionOf(testClient({ fetch: async () => response, maxRetries: 0 }).requestJSON(READ))
    expect(events).toEqual(['error'])
  })

  it('that ignores its signal has the body canceled that it returns after an abort', async () => {
    let respond: (response: Response) => void = () => {}
    const fetch = (): Promise<Response> => new Promise((resolve) => (respond = resolve))
    const controller = new AbortController()
    const call = rejectionOf(testClient({ fetch }).requestJSON(READ, { signal: controller.signal }))
    await settle()
    controller.abort('changed my mind')
    expect(await call).toBe('changed my mind')
    const reasons: unknown[] = []
    respond(new Response(new ReadableStream({ cancel: (reason) => void reasons.push(reason) })))
    await settle()
    expect(reasons).toEqual(['changed my mind'])
  })
})

import { describe, expect, it } from 'vitest'
import type { LMStudioOptions, LogEvent } from '../../src/config/options.js'
import type { ApiError, ProviderError } from '../../src/errors/index.js'
import type { RequestSpec } from '../../src/http/request-spec.js'
import { CHAT, ENDPOINT, eventStream, json, stubFetch, testClient } from '../helpers/client.js'
import { fixtureText } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const READ: RequestSpec = { method: 'GET', route: '/v1/models', kind: 'read' }
const GENERATION: RequestSpec = {
  method: 'POST',
  route: CHAT,
  kind: 'generation',
  body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'once upon a time there was' }] }),
}
const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'

async function errorFor(response: Response, options: LMStudioOptions = {}): Promise<ProviderError> {
  const client = testClient({ fetch: stubFetch(response).fetch, maxRetries: 0, ...options })
  return (await rejectionOf(client.requestJSON(READ))) as ProviderError
}

describe('a successful response', () => {
  it('resolves to the parsed body', async () => {
    const client = testClient({ fetch: stubFetch(json({ data: [] })).fetch })
    expect((await client.requestJSON(READ)).body).toEqual({ data: [] })
  })

  it('accepts a body with `error: null`', async () => {
    const client = testClient({ fetch: stubFetch(json({ error: null, data: [] })).fetch })
    expect((await client.requestJSON(READ)).body).toEqual({ error: null, data: [] })
  })

  it('joins a character that is cut between two chunks', async () => {
    const bytes = new TextEncoder().encode('{"a":"🐦"}')
    const { response } = eventStream([bytes.slice(0, 8), bytes.slice(8)])
    const client = testClient({ fetch: stubFetch(() => response).fetch })
    expect((await client.requestJSON(READ)).body).toEqual({ a: '🐦' })
  })

  it('reads a Response without `body`, as in React Native', async () => {
    const arrayBuffer = async () => new TextEncoder().encode('{"a":1}').buffer
    const fetch = async () => ({ status: 200, headers: new Headers(), arrayBuffer }) as unknown as Response
    expect((await testClient({ fetch }).requestJSON(READ)).body).toEqual({ a: 1 })
  })
})

describe('an event stream instead of JSON', () => {
  const ACCEPTING: RequestSpec = { ...GENERATION, acceptsEvents: true }
  const LINES = '{"a":1}\n{"b":2}\n'

  it.each([
    'data: x\n\n',
    ' \n: keep-alive\n\n',
    'event: ping\n\n',
    'error: x\n\n',
    'id: 7\n\n',
    'retry: 1\n\n',
    LINES,
    ' {"a":1} \n\n {"b":2}',
    '{}\n{}',
  ])('is handed over, where the call accepts one: %j', async (text) => {
    const client = testClient({ fetch: async () => new Response(text) })
    const { body, eventStream: attempt } = await client.requestJSON(ACCEPTING)
    expect(body).toBeUndefined()
    expect(attempt).toMatchObject({ status: 200, isOver: true, isBuffered: true, isRedirect: false })
    expect([await attempt!.peek(), await attempt!.text(1)]).toEqual([text, text])
    expect(new TextDecoder().decode(await attempt!.read())).toBe(text)
    expect(await attempt!.read()).toBeUndefined()
  })

  it.each(['the data: x', 'date: x', 'x\n{"a":1}\n{"b":2}', '{"a":1}\nx', '{"a":1}x\n{"b":2}', '{\n{"a":1}'])(
    'is not %j',
    async (text) => {
      const client = testClient({ fetch: async () => new Response(text) })
      expect(await rejectionOf(client.requestJSON(ACCEPTING))).toMatchObject({ code: 'not-json' })
    },
  )

  it.each(['data: x\n\n', LINES])('is an error for any other call: %j', async (text) => {
    expect(await errorFor(new Response(text))).toMatchObject({ code: 'not-json' })
  })
})

describe('a response that is not JSON', () => {
  it.each([
    ['', 'The response is empty (GET /v1/models).'],
    [' \n', 'The response is empty (GET /v1/models).'],
    ['<p>Hi', 'The response is a web page (GET /v1/models).'],
    ['<html><title>Router</title></html>', 'The response is a web page: “Router” (GET /v1/models).'],
    ['<Error><Message>No.</Message></Error>', 'The response is a web page: “No” (GET /v1/models).'],
    ['Hi', 'The response is not JSON (GET /v1/models).'],
    ['{"error":"Out of mem', 'The response is not JSON (GET /v1/models).'],
  ])('is described: %j', async (text, message) => {
    expect(await errorFor(new Response(text))).toMatchObject({ code: 'not-json', message })
  })

  it('is quoted by its title with any other status', async () => {
    const page = '<html><head><title>502\nBad Gateway</title></head></html>'
    const error = await errorFor(new Response(page, { status: 502 }))
    expect(error).toMatchObject({ code: 'server-error', status: 502 })
    expect(error.message).toContain('failed: “502 Bad Gateway” (502')
  })

  it.each(['Error: Model is unloaded.', 'RuntimeError: Model is unloaded.', 'Failed: Model is unloaded.'])(
    'keeps the words of an error: %s',
    async (text) => {
      expect(await errorFor(new Response(text))).toMatchObject({
        code: 'model-unloaded',
        serverMessage: text,
        status: 200,
      })
    },
  )

  it('is explained by the page of a gateway, with any status', async () => {
    const page = '<html><head><title>ngrok</title></head><body>ERR_NGROK_3200</body></html>'
    for (const status of [200, 404]) {
      expect(await errorFor(new Response(page, { status }))).toMatchObject({ code: 'tunnel-offline', status })
    }
  })
})

describe('a redirect', () => {
  const redirectTo = (location?: string): Promise<ProviderError> =>
    errorFor(new Response('', { status: 302, ...(location === undefined ? {} : { headers: { location } }) }))

  it('without a target is described without one', async () => {
    expect((await redirectTo()).message).toBe(
      `The server at ${ENDPOINT} redirects, which is not followed (GET /v1/models).`,
    )
  })

  it('to a page for signing in is an AuthenticationError', async () => {
    expect(await redirectTo('/login?next=/v1/models')).toMatchObject({
      name: 'AuthenticationError',
      code: 'sign-in-page',
      status: 302,
      endpoint: ENDPOINT,
      message: expect.stringContaining('redirects to /login') as string,
    })
  })

  it('closes the connection', async () => {
    const { response, state } = eventStream(['x'], 'hang')
    const client = testClient({ fetch: async () => new Response(response.body, { status: 302 }) })
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({ code: 'redirect' })
    expect(state.wasCanceled).toBe(true)
  })
})

describe('a response that is an error', () => {
  it.each<[string, Response, string, string]>([
    ['a web page', new Response('<!doctype html><p>Hi'), 'not-json', 'InvalidResponseError'],
    ['an empty body', new Response(''), 'not-json', 'InvalidResponseError'],
    ['status 204', new Response(null, { status: 204 }), 'not-json', 'InvalidResponseError'],
    ['plain text', new Response('hello there'), 'not-json', 'InvalidResponseError'],
    [
      'the catch-all with status 200',
      json({ error: 'Unexpected endpoint or method. (GET /v1/models)' }),
      'wrong-path',
      'UnsupportedEndpointError',
    ],
    ['an error with status 200', json({ error: 'Compute error.' }), 'engine-crashed', 'ModelLoadError'],
    [
      'the page of a gateway with status 502',
      new Response(fixtureText('errors/proxy-502.html'), { status: 502 }),
      'server-error',
      'NetworkError',
    ],
    [
      'the page of a server with status 404',
      new Response(fixtureText('errors/express-404.html'), { status: 404 }),
      'wrong-path',
      'UnsupportedEndpointError',
    ],
    ['plain text with status 503', new Response('upstream error', { status: 503 }), 'server-error', 'NetworkError'],
    ['JSON with status 401', json({ error: 'no token' }, { status: 401 }), 'auth-required', 'AuthenticationError'],
    ['an empty body with status 404', new Response('', { status: 404 }), 'wrong-path', 'UnsupportedEndpointError'],
  ])('rejects for %s, and never quotes HTML', async (_, response, code, name) => {
    const error = await errorFor(response)
    expect(error).toMatchObject({ code, name, status: response.status, endpoint: ENDPOINT })
    expect(error.message).not.toContain('<')
  })

  it.each([301, 302, 303, 307, 308])(
    'rejects for a redirect with status %i, and does not follow it',
    async (status) => {
      const location = 'https://elsewhere.example.org/v1/models'
      const stub = stubFetch(new Response(null, { status, headers: { location } }), json({}))
      const error = await rejectionOf(testClient({ fetch: stub.fetch }).requestJSON(READ))
      expect(error).toMatchObject({ name: 'NetworkError', code: 'redirect', status, isRetryable: false })
      expect((error as Error).message).toContain(location)
      expect(stub.requests).toHaveLength(1)
    },
  )

  it.each([300, 399])('takes status %i for a redirect', async (status) => {
    expect(await errorFor(new Response('', { status }))).toMatchObject({ code: 'redirect', status })
  })

  it('rejects for a redirect that a browser hides', async () => {
    const hidden = { type: 'opaqueredirect', status: 0, headers: new Headers(), body: null }
    const fetch = async (): Promise<Response> => hidden as unknown as Response
    expect(await rejectionOf(testClient({ fetch }).requestJSON(READ))).toMatchObject({ code: 'redirect', status: 0 })
  })

  it('reads the failure in a success without the field `error`', async () => {
    expect(await errorFor(json({ detail: 'no gulls' }))).toMatchObject({ name: 'ApiError', serverMessage: 'no gulls' })
  })

  it('quotes plain text', async () => {
    expect(await errorFor(new Response('no gulls', { status: 400 }))).toMatchObject({ serverMessage: 'no gulls' })
  })

  it('rejects with a TimeoutError when the body of an error does not end in time', async () => {
    const { response } = eventStream(['{"error":'], 'hang')
    const client = testClient({ fetch: async () => new Response(response.body, { status: 400 }), maxRetries: 0 })
    expect(await rejectionOf(client.requestJSON(READ, { timeout: 20 }))).toMatchObject({ name: 'TimeoutError' })
  })

  it('rejects with the reason of an abort while it reads the body of an error', async () => {
    const { response } = eventStream(['{"error":'], 'hang')
    const controller = new AbortController()
    const client = testClient({
      fetch: async () => new Response(response.body, { status: 400 }),
      logger: ({ type }) => void (type === 'response' && setTimeout(() => controller.abort('changed my mind'))),
    })
    expect(await rejectionOf(client.requestJSON(READ, { signal: controller.signal }))).toBe('changed my mind')
  })

  it('keeps the status of an error whose body breaks off', async () => {
    const { response } = eventStream(['{"error":'], new TypeError('terminated'))
    const error = await errorFor(new Response(response.body, { status: 403 }))
    expect(error).toMatchObject({ name: 'PermissionError', status: 403 })
  })

  it('rejects with a StreamInterruptedError when a successful body breaks off, and does not retry', async () => {
    const stub = stubFetch(() => new Response(eventStream(['{"data":'], new TypeError('terminated')).response.body))
    const error = await rejectionOf(testClient({ fetch: stub.fetch, maxRetries: 3 }).requestJSON(READ))
    expect(error).toMatchObject({ name: 'StreamInterruptedError' })
    expect(stub.requests).toHaveLength(1)
  })
})

describe('the error for a response', () => {
  it('redacts the token in the location of a redirect', async () => {
    const location = `https://elsewhere.example.org/?t=${encodeURIComponent(TOKEN)}&u=${TOKEN}`
    const response = new Response(null, { status: 302, headers: { location } })
    const error = await errorFor(response, { apiToken: TOKEN })
    expect(error.message).toContain('elsewhere.example.org')
    expect(JSON.stringify(error)).not.toContain('ABCDEFGHIJ')
  })

  it('redacts token, header and prompt that the server quotes, in the error and in the log', async () => {
    const message = `bad: ${TOKEN} my-proxy-key once upon a time there was`
    const stub = stubFetch(json({ error: { message, code: 'my-proxy-key' } }, { status: 400 }))
    const events: LogEvent[] = []
    const client = testClient({
      fetch: stub.fetch,
      apiToken: TOKEN,
      headers: { 'x-api-key': 'my-proxy-key' },
      logger: (event) => events.push(event),
    })
    const error = (await rejectionOf(client.requestJSON(GENERATION))) as ApiError
    expect(error.serverMessage).toBe('bad: [redacted] [redacted] [redacted]')
    for (const text of [JSON.stringify(error), error.stack, JSON.stringify(events)]) {
      expect(text).not.toMatch(/ABCDEFGHIJ|my-proxy-key|once upon/)
    }
  })

  it('classifies an error body in which header values match numbers and keys', async () => {
    const body = {
      error: {
        message: 'request (200000 tokens) exceeds the available context size (131072 tokens)',
        type: 'exceed_context_size_error',
        n_ctx: 131_072,
        n_prompt_tokens: 200_000,
      },
    }
    const headers = { 'x-project': '131072', 'x-odd': '"message"', 'x-brace': '{"error":' }
    expect(await errorFor(json(body, { status: 400 }), { headers })).toMatchObject({
      name: 'ContextLengthError',
      contextLength: 131_072,
      promptTokens: 200_000,
    })
  })
})

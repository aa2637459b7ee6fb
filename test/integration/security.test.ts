import {
  createLMStudio,
  type CompletionRequest,
  type LMStudioOptions,
  type LMStudioProvider,
  type LogEvent,
} from 'lmstudio-provider'
import type { MockFault } from 'lmstudio-provider/testing/node'
import { describe, expect, test, vi } from 'vitest'
import { HEADER, IMAGE_BYTES, leaks, PLAIN_TOKEN, PROMPT, TOKEN } from './support/canaries.js'
import { caught, streamError } from './support/caught.js'
import { connect, HELLO, MODEL, setUp, startMock } from './support/provider.js'
import { closedPort, completionBody, eventStream, frame, sendJSON, serve, serveSocket } from './support/servers.js'
import { jitter } from './support/watch.js'

const SECRET_REQUEST = {
  model: MODEL,
  reasoningEffort: 'none',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: PROMPT },
        { type: 'image', image: `data:image/png;base64,iVBORw0KGgo${IMAGE_BYTES}=` },
      ],
    },
  ],
} as const satisfies CompletionRequest

/** Options with secrets. Everything that reaches the logger or the cache is added to `shown`. */
function secretive(more: LMStudioOptions = {}): { options: LMStudioOptions; shown: unknown[] } {
  const shown: unknown[] = []
  return {
    shown,
    options: {
      apiToken: TOKEN,
      headers: { 'x-proxy-key': HEADER },
      maxRetries: 1,
      idleTimeout: 40,
      generationTimeout: 400,
      timeout: 400,
      logger: (event: LogEvent) => void shown.push(event),
      cache: {
        get: (key) => void shown.push(key),
        set: (key, value) => void shown.push(key, value),
        delete: (key) => void shown.push(key),
        clear: () => {},
      },
      ...more,
    },
  }
}

const secretCalls = (lmstudio: LMStudioProvider) => [
  () => lmstudio.complete(SECRET_REQUEST),
  () => lmstudio.stream(SECRET_REQUEST).response,
  () => lmstudio.listModels({ refresh: true }),
]

describe('no secret is shown', () => {
  const faults: readonly MockFault[] = [
    'status-400',
    'status-401',
    'status-403',
    'status-404',
    'status-429',
    'status-500',
    'status-503',
    'catch-all',
    'html',
    'malformed-json',
    'error-200',
    'empty-body',
    'redirect',
    'reset',
    'delay-headers',
    'zero-deltas',
    'cut',
    'cut-mid-character',
    'error-frame',
    'crash',
    'context-overflow',
    'no-models-loaded',
    'load-failed',
    { name: 'stall', afterEvents: 2 },
  ]
  test.each(faults)('in errors, log events or the cache if calls fail with %s', async (fault) => {
    jitter(0)
    const { shown, options } = secretive()
    const { mock, lmstudio } = await setUp({}, options)
    const calls = [
      () => lmstudio.complete(SECRET_REQUEST),
      () => lmstudio.stream(SECRET_REQUEST).response,
      () => lmstudio.embed({ model: 'text-embedding-plover-v2', input: PROMPT }),
      () => lmstudio.listModels({ refresh: true }),
      () => lmstudio.healthCheck(),
    ]
    const errors: unknown[] = []
    for (const call of calls) {
      mock.inject(fault, { times: 5 })
      await call().catch((error: unknown) => errors.push(error))
      mock.reset()
    }
    // Some faults affect streams only.
    expect(errors).not.toHaveLength(0)
    expect(errors.flatMap(leaks)).toEqual([])
    expect(shown.length).toBeGreaterThan(0)
    for (const entry of shown) expect(leaks(entry)).toEqual([])
  })

  test('if every call succeeds', async () => {
    const { shown, options } = secretive()
    const { lmstudio } = await setUp(
      { auth: TOKEN },
      { ...options, idleTimeout: 5_000, generationTimeout: 5_000, timeout: 5_000 },
    )
    await lmstudio.complete(SECRET_REQUEST)
    await lmstudio.stream(SECRET_REQUEST).response
    await lmstudio.listModels()
    const report = await lmstudio.healthCheck()
    expect(report.status).toBe('healthy')
    for (const entry of [...shown, report, lmstudio]) expect(leaks(entry)).toEqual([])
  })

  test.each([
    ['refuses connections', async () => ({ url: `http://127.0.0.1:${await closedPort()}` })],
    ['resets connections', () => serveSocket((socket) => void socket.resetAndDestroy())],
    ['does not speak HTTP', () => serveSocket((socket) => socket.end('SSH-2.0\r\n'))],
    ['echoes the request', () => serveSocket((socket, head) => socket.end(head))],
    [
      'closes the connection in the body',
      () => serveSocket((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{')),
    ],
  ] as const)('if the server %s', async (_name, start) => {
    const { shown, options } = secretive()
    const lmstudio = connect(await start(), options)
    for (const call of secretCalls(lmstudio)) {
      expect(leaks(await caught(call()))).toEqual([])
    }
    for (const entry of shown) expect(leaks(entry)).toEqual([])
  })

  test.each([TOKEN, PLAIN_TOKEN])(
    'if the server quotes the credentials %s in any field of an error',
    async (apiToken) => {
      const quotes = [
        { error: `Malformed LM Studio API token provided: ${apiToken}` },
        { error: { message: `Bearer ${apiToken} is wrong`, type: apiToken, code: apiToken, param: apiToken } },
        { error: JSON.stringify([{ path: [apiToken], message: `no ${apiToken}` }]) },
        { error: { message: JSON.stringify({ error: { message: `deep ${apiToken} and ${HEADER}` } }) } },
        { error: `${'x'.repeat(490)}${apiToken}` },
        `plain ${apiToken} ${HEADER}`,
      ]
      for (const status of [200, 400, 401, 403, 404, 429, 500]) {
        for (const quote of quotes) {
          const { shown, options } = secretive({ apiToken, maxRetries: 0 })
          const server = await serve((_request, response) => sendJSON(response, quote, status))
          const lmstudio = connect(server, options)
          for (const call of secretCalls(lmstudio)) {
            expect(leaks(await caught(call()))).toEqual([])
          }
          for (const entry of shown) expect(leaks(entry)).toEqual([])
        }
      }
    },
  )

  test.each([TOKEN, PLAIN_TOKEN])('if an error in a stream quotes the credentials %s', async (apiToken) => {
    const { options } = secretive({ apiToken })
    for (const event of [
      `data: ${JSON.stringify({ error: `no ${apiToken}` })}\n\n`,
      `event: error\ndata: no ${apiToken} ${HEADER}\n\n`,
    ]) {
      const fetch = async (): Promise<Response> => eventStream(frame({ content: 'a' }), event)
      expect(
        leaks(await streamError(connect({ url: 'http://127.0.0.1:9' }, { ...options, fetch }).stream(HELLO))),
      ).toEqual([])
    }
  })

  test.each<[string, (init: RequestInit) => unknown]>([
    ['an error with the headers in its message', (init) => new Error(`could not send ${JSON.stringify(init.headers)}`)],
    [
      'an error with the headers in its cause',
      (init) => new TypeError('fetch failed', { cause: new Error(JSON.stringify(init.headers)) }),
    ],
    [
      'an error with the request as a property, as many HTTP clients do',
      (init) =>
        Object.assign(new Error('failed'), { request: init, config: { headers: init.headers, data: init.body } }),
    ],
    [
      'an error with the request as a property of its cause',
      (init) => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { options: init }) }),
    ],
    [
      'an AggregateError of such errors',
      (init) => new AggregateError([Object.assign(new Error('x'), { init })], 'failed'),
    ],
    ['an error with the body in its message', (init) => new Error(`could not send ${String(init.body)}`)],
    ['the request itself', (init) => init],
    ['the request as a string', (init) => JSON.stringify(init)],
  ])('if the custom fetch throws %s', async (_name, make) => {
    for (const apiToken of [TOKEN, PLAIN_TOKEN]) {
      const { shown, options } = secretive({ apiToken, maxRetries: 0 })
      const fetch: typeof globalThis.fetch = (_input, init) => Promise.reject(make(init ?? {}) as Error)
      const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { ...options, fetch })
      for (const call of secretCalls(lmstudio)) {
        expect(leaks(await caught(call()))).toEqual([])
      }
      for (const entry of shown) expect(leaks(entry)).toEqual([])
    }
  })

  test.each([
    ['an unknown role', { messages: [{ role: PROMPT, content: PROMPT }] }],
    ['an unknown part', { messages: [{ role: 'user', content: [{ type: PROMPT, text: PROMPT }] }] }],
    ['a prompt of the wrong type', { prompt: { text: PROMPT } }],
    [
      'a remote image',
      { messages: [{ role: 'user', content: [{ type: 'image', image: `https://example.org/${IMAGE_BYTES}` }] }] },
    ],
    [
      'an image that is not one',
      { messages: [{ role: 'user', content: [{ type: 'image', image: `data:text/plain;base64,${IMAGE_BYTES}` }] }] },
    ],
    ['an unknown format', { prompt: 'x', responseFormat: PROMPT }],
    ['an unknown tool choice', { prompt: 'x', toolChoice: PROMPT, tools: [{ name: 'now' }] }],
    ['a temperature that is a string', { prompt: 'x', temperature: PROMPT }],
    ['messages that are a string', { messages: PROMPT }],
    ['a message with an unknown field', { messages: [{ role: 'user', content: PROMPT, extra: PROMPT }] }],
  ])('if the request is rejected for %s', async (_name, request) => {
    const { shown, options } = secretive()
    const { lmstudio } = await setUp({}, options)
    const error = await caught(lmstudio.complete({ model: MODEL, ...request } as unknown as CompletionRequest))
    expect(error.name).toBe('InvalidRequestError')
    expect(leaks(error)).toEqual([])
    for (const entry of shown) expect(leaks(entry)).toEqual([])
  })

  test('if the token is invalid', async () => {
    for (const apiToken of [`${TOKEN}\n`, `${TOKEN} `, `é${TOKEN}`]) {
      let error: unknown
      try {
        createLMStudio({ apiToken })
      } catch (thrown) {
        error = thrown
      }
      expect(error).toMatchObject({ name: 'ConfigurationError' })
      expect(leaks(error)).toEqual([])
      const { lmstudio } = await setUp({}, { apiToken: () => apiToken })
      expect(leaks(await caught(lmstudio.complete(HELLO)))).toEqual([])
    }
  })

  test('if the function apiToken throws an error that quotes it', async () => {
    const { lmstudio } = await setUp(
      {},
      {
        apiToken: () => {
          throw new Error(`keychain: ${TOKEN} is stale`)
        },
      },
    )
    for (const call of secretCalls(lmstudio)) expect(leaks(await caught(call()))).toEqual([])
  })

  test.each([
    ['header value', { headers: { 'x-proxy-key': `${HEADER}\nx` } }],
    ['endpoint', { endpoint: `http://user:${PLAIN_TOKEN}@127.0.0.1:1234` }],
    ['option of the wrong type', { apiToken: { token: TOKEN } }],
  ])('if a %s is rejected', (_name, options) => {
    let error: unknown
    try {
      createLMStudio(options as unknown as LMStudioOptions)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ name: 'ConfigurationError' })
    expect(leaks(error)).toEqual([])
  })
})

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])(
    'with status %i is an error, and the other host receives nothing',
    async (status) => {
      const other = await serve((_request, response) => sendJSON(response, completionBody('stolen')))
      const { options } = secretive()
      const { mock, lmstudio } = await setUp({}, options)
      for (const call of secretCalls(lmstudio)) {
        mock.inject({ name: 'redirect', status, location: `${other.url}/v1/chat/completions` })
        const error = await caught(call())
        expect(error).toMatchObject({ name: 'NetworkError', code: 'redirect', status, isRetryable: false })
        expect(error.message).toContain(other.url)
      }
      expect(other.count).toBe(0)
      expect(mock.calls).toHaveLength(3)
    },
  )

  test('to the same host is an error', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'redirect', location: '/v1/models' })
    expect(await caught(lmstudio.listModels())).toMatchObject({ code: 'redirect' })
    expect(mock.calls).toHaveLength(1)
  })

  test('without a location is an error', async () => {
    const server = await serve((_request, response) => response.writeHead(302).end())
    expect(await caught(connect(server).listModels())).toMatchObject({ code: 'redirect', status: 302 })
  })

  test('that quotes the token in its location does not show the token', async () => {
    const { mock, lmstudio } = await setUp({}, { apiToken: PLAIN_TOKEN })
    mock.inject({ name: 'redirect', location: `http://127.0.0.1:9/?key=${PLAIN_TOKEN}` })
    expect(leaks(await caught(lmstudio.listModels()))).toEqual([])
  })
})

describe('a request', () => {
  /** Returns header names and values, except `Host`, which contains the port. */
  async function headersOf(request: (url: string) => Promise<unknown>): Promise<string[]> {
    let head = ''
    const server = await serveSocket((socket, received) => {
      head = received
      socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"models":[]}')
    })
    await request(server.url)
    const lines = head.split('\r\n\r\n')[0]!.split('\r\n').slice(1)
    return lines
      .map((line) => line.toLowerCase())
      .filter((line) => !line.startsWith('host:'))
      .toSorted()
  }

  // The cache mode makes `fetch` add Cache-Control and Pragma itself, which need no preflight (e2e/content-security-policy).
  const bareFetch = (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { ...init, cache: 'no-store' })

  test('without a body or a token has the headers of a bare fetch, which need no CORS preflight', async () => {
    const ours = await headersOf((url) => connect({ url }).listModels())
    expect(ours).toEqual(await headersOf((url) => bareFetch(url)))
  })

  test('has no Authorization header if the token is empty or undefined', async () => {
    for (const apiToken of ['', () => '', () => undefined, async () => undefined]) {
      const ours = await headersOf((url) => connect({ url }, { apiToken }).listModels())
      expect(ours.join()).not.toContain('authorization')
    }
  })

  test('for a generation adds Content-Type and, with a token, Authorization', async () => {
    const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
    const names = (lines: string[]): string[] => lines.map((line) => line.split(':')[0]!).toSorted()
    const bare = names(await headersOf((url) => bareFetch(url, post)))
    const complete = (options: LMStudioOptions) => (url: string) =>
      connect({ url }, options)
        .complete(HELLO)
        .catch(() => {})
    expect(names(await headersOf(complete({})))).toEqual(bare)
    expect(names(await headersOf(complete({ apiToken: TOKEN })))).toEqual([...bare, 'authorization'].toSorted())
  })

  test('sends no credentials of a page and does not follow redirects', async () => {
    const fetch = vi.fn(async (_input: RequestInfo | URL, _init?: RequestInit) => Response.json({ models: [] }))
    await connect({ url: 'http://127.0.0.1:9' }, { fetch }).listModels()
    const init = fetch.mock.calls[0]?.[1]
    expect(init?.redirect).toBe('manual')
    expect(init?.credentials).not.toBe('include')
  })

  test('goes to the endpoint only', async () => {
    const urls: string[] = []
    const mock = await startMock()
    const fetch: typeof globalThis.fetch = (input, init) => {
      urls.push(input instanceof Request ? input.url : String(input))
      return globalThis.fetch(input, init)
    }
    const lmstudio = connect(mock, { fetch })
    await lmstudio.healthCheck()
    await lmstudio.listModels()
    await lmstudio.complete(HELLO)
    expect(urls.every((url) => url.startsWith(`${mock.url}/`))).toBe(true)
  })
})

describe('the size of what is read is limited', () => {
  const MiB = 1024 * 1024

  test.each(['complete', 'listModels', 'embed', 'json in place of a stream'] as const)(
    'an endless body ends %s with an error',
    async (kind) => {
      const { mock, lmstudio } = await setUp()
      mock.inject({ name: 'huge-body', bytes: 1024 * MiB }, { times: 9 })
      const error = await caught(
        kind === 'complete'
          ? lmstudio.complete(HELLO)
          : kind === 'listModels'
            ? lmstudio.listModels()
            : kind === 'embed'
              ? lmstudio.embed({ model: MODEL, input: 'x' })
              : lmstudio.stream(HELLO).response,
      )
      expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'body-too-long' })
      expect(await mock.calls[0]?.finished).toBe('aborted')
      expect(JSON.stringify(error).length).toBeLessThan(2_000)
    },
    30_000,
  )

  test('an endless error body is cut', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(400, { 'content-type': 'text/plain' })
      const more = (): void => {
        while (!response.destroyed && response.write('no '.repeat(10_000)));
      }
      response.on('drain', more)
      more()
    })
    const error = await caught(connect(server).complete(HELLO))
    expect(error).toMatchObject({ name: 'InvalidRequestError', status: 400 })
    expect(JSON.stringify(error).length).toBeLessThan(4_000)
  })

  test('an endless line ends a stream with an error and the partial response', async () => {
    const { mock, lmstudio } = await setUp({ faults: [{ name: 'huge-line', afterEvents: 2, bytes: 1024 * MiB }] })
    const error = await streamError(lmstudio.stream(HELLO))
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'line-too-long' })
    expect(error.partial?.text).not.toBe('')
    expect(await mock.calls[0]?.finished).toBe('aborted')
  }, 30_000)

  test('an endless event ends a stream with an error', async () => {
    const line = `data: ${'x'.repeat(MiB)}\n`
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const more = (): void => {
        while (!response.destroyed && response.write(line));
      }
      response.on('drain', more)
      more()
    })
    expect(await streamError(connect(server).stream(HELLO))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'line-too-long',
    })
  }, 30_000)

  test('long event names and comments are not kept in memory', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let count = 0; count < 20; count++) response.write(`event: ${'x'.repeat(MiB)}\n: ${'y'.repeat(MiB)}\n`)
      response.end(`\n${frame({ content: 'Ahoy' })}${frame({}, 'stop')}`)
    })
    expect((await connect(server).stream(HELLO).response).text).toBe('Ahoy')
  }, 30_000)

  test('a Retry-After of ages is not waited for', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'status-429', retryAfter: '99999999999999999999' })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'RateLimitError' })
    expect(mock.calls).toHaveLength(1)
  })

  test('deeply nested JSON causes an error, not a crash', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"choices":${deep},"error":${deep}}`)
    })
    expect(await caught(connect(server).complete(HELLO))).toMatchObject({ name: 'ApiError', code: 'api' })
  })

  test('an error nested in 12 errors is read down to a limit', async () => {
    let message = 'no'
    for (let depth = 0; depth < 12; depth++) message = JSON.stringify({ error: { message } })
    const server = await serve((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(message)
    })
    expect(await caught(connect(server).complete(HELLO))).toMatchObject({ name: 'InvalidRequestError' })
  })

  test('keys such as __proto__ do not pollute prototypes', async () => {
    const body = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"models":[{"type":"llm","key":"__proto__","__proto__":{"polluted":1}}]}`
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    })
    const models = await connect(server).listModels()
    expect(models[0]?.id).toBe('__proto__')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('an endpoint', () => {
  test.each([
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'http://user:pass@127.0.0.1:1234',
    'http://169.254.169.254',
    'http://[fe80::1]:1234',
    'http://metadata.google.internal',
    'http://0.0.0.0:1234',
    'https://example.org',
    'http://8.8.8.8',
    'http://[::ffff:169.254.169.254]',
    'http://2852039166',
    'http://0xa9fea9fe',
    'http://127.0.0.1:1234/?x=1',
    'javascript:alert(1)',
    '169.254.169.254:1234',
    'example.org',
    '',
  ])('%s is rejected', (endpoint) => {
    expect(() => createLMStudio({ endpoint })).toThrow(expect.objectContaining({ name: 'ConfigurationError' }))
  })

  test.each([
    'http://127.0.0.1:1234',
    'http://[::1]:1234',
    'http://localhost:1234',
    'http://192.168.1.20:1234',
    'http://10.0.0.5',
    'http://172.16.4.4',
    'http://studio.local:1234',
    'http://host.docker.internal:1234',
  ])('%s is allowed', (endpoint) => {
    expect(createLMStudio({ endpoint }).endpoint).toBe(endpoint)
  })

  test('outside private networks needs allowRemote, and a metadata address is never allowed', () => {
    expect(createLMStudio({ endpoint: 'https://example.org', allowRemote: true }).endpoint).toBe('https://example.org')
    expect(() => createLMStudio({ endpoint: 'http://169.254.169.254', allowRemote: true })).toThrow()
  })

  test('without TLS on another machine causes a security event if there is a token', () => {
    const events: LogEvent[] = []
    const logger = (event: LogEvent): void => void events.push(event)
    createLMStudio({ endpoint: 'http://192.168.1.20:1234', apiToken: TOKEN, logger })
    expect(events).toMatchObject([{ level: 'warn', type: 'security' }])
    createLMStudio({ endpoint: 'http://127.0.0.1:1234', apiToken: TOKEN, logger })
    createLMStudio({ endpoint: 'https://192.168.1.20:1234', apiToken: TOKEN, logger })
    createLMStudio({ endpoint: 'http://192.168.1.20:1234', logger })
    expect(events).toHaveLength(1)
    expect(leaks(events)).toEqual([])
  })
})

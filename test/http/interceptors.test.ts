import { describe, expect, it } from 'vitest'
import { createLMStudio, type InterceptorContext, type LMStudioOptions } from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudioOptions } from 'lmstudio-provider/testing'
import { rejectionOf } from '../helpers/provider-errors.js'
import { refused } from '../helpers/client.js'

const TOKEN = 'sk-lm-interceptor:0123456789abcdef'

function setUp(options: LMStudioOptions, mockOptions: MockLMStudioOptions = {}) {
  const mock = createMockLMStudio(mockOptions)
  return { mock, lmstudio: createLMStudio({ fetch: mock.fetch, cache: false, maxRetries: 0, ...options }) }
}

describe('onRequest', () => {
  it('onRequest can add a header to every request', async () => {
    const { mock, lmstudio } = setUp({
      onRequest: ({ options }) => options.headers.set('x-trace', 'abc'),
    })
    await lmstudio.listModels()
    await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hi' })
    expect(mock.calls.map(({ headers }) => headers['x-trace'])).toEqual(['abc', 'abc'])
  })

  it('onRequest runs before the request, several in order and each awaited', async () => {
    const order: string[] = []
    const { lmstudio } = setUp({
      onRequest: [
        async () => {
          await Promise.resolve()
          order.push('first')
        },
        () => void order.push('second'),
      ],
    })
    await lmstudio.listModels()
    expect(order).toEqual(['first', 'second'])
  })

  it('onRequest does not see the token, which is sent nevertheless', async () => {
    const seen: (string | null)[] = []
    const { mock, lmstudio } = setUp(
      { apiToken: TOKEN, onRequest: ({ options }) => void seen.push(options.headers.get('authorization')) },
      { auth: TOKEN },
    )
    await lmstudio.listModels()
    expect(seen).toEqual([null])
    expect(mock.calls[0]!.headers['authorization']).toBe(`Bearer ${TOKEN}`)
  })

  it('onRequest can set an authorization header, which replaces the token', async () => {
    const { mock, lmstudio } = setUp({
      apiToken: TOKEN,
      onRequest: ({ options }) => options.headers.set('authorization', 'Basic proxy'),
    })
    await lmstudio.listModels()
    expect(mock.calls[0]!.headers['authorization']).toBe('Basic proxy')
  })

  it('onRequest can change the URL; another host does not get the token', async () => {
    const sent: Request[] = []
    const lmstudio = createLMStudio({
      apiToken: TOKEN,
      cache: false,
      maxRetries: 0,
      fetch: async (input, init) => {
        sent.push(new Request(input, init))
        return Response.json({ models: [] })
      },
      onRequest: (context) => {
        context.request = 'http://127.0.0.1:12345/api/v1/models'
      },
    })
    expect(await lmstudio.listModels()).toEqual([])
    expect(sent.map(({ url }) => url)).toEqual(['http://127.0.0.1:12345/api/v1/models'])
    expect(sent[0]!.headers.has('authorization')).toBe(false)
  })

  it.each<[string, string | URL | Request, string | null]>([
    ['the endpoint itself', 'http://127.0.0.1:1234', `Bearer ${TOKEN}`],
    ['a URL below it', new URL('http://127.0.0.1:1234/other'), `Bearer ${TOKEN}`],
    ['a Request below it', new Request('http://127.0.0.1:1234/other'), `Bearer ${TOKEN}`],
    ['a Request to another host', new Request('http://127.0.0.2:1234/other'), null],
  ])('onRequest can set %s as the request, which gets the token only if it is ours', async (_, request, expected) => {
    const sent: (string | null)[] = []
    const lmstudio = createLMStudio({
      apiToken: TOKEN,
      cache: false,
      fetch: async (_input, init) => {
        sent.push(new Headers(init?.headers).get('authorization'))
        return Response.json({ models: [] })
      },
      onRequest: (context) => void (context.request = request as string),
    })
    await lmstudio.listModels()
    expect(sent).toEqual([expected])
  })

  it('onRequest can abort the call, and then nothing is sent, although fetch ignores the signal', async () => {
    const caller = new AbortController()
    let sent = 0
    const { lmstudio } = setUp({
      fetch: async () => {
        sent++
        return Response.json({ models: [] })
      },
      onRequest: () => caller.abort('changed my mind'),
    })
    expect(await rejectionOf(lmstudio.listModels({ signal: caller.signal }))).toBe('changed my mind')
    expect(sent).toBe(0)
  })

  it('onRequest runs again before each retry', async () => {
    let runs = 0
    const { lmstudio } = setUp({ fetch: () => Promise.reject(refused()), maxRetries: 2, onRequest: () => void runs++ })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ code: 'not-running' })
    expect(runs).toBe(3)
  })

  it('onRequest does not delay the rejection when the caller aborts while it runs', async () => {
    const caller = new AbortController()
    const { lmstudio, mock } = setUp({
      onRequest: () => {
        caller.abort('changed my mind')
        return new Promise(() => {})
      },
    })
    expect(await rejectionOf(lmstudio.listModels({ signal: caller.signal }))).toBe('changed my mind')
    expect(mock.calls).toEqual([])
  })

  it('onRequest counts toward the time limit of the call', async () => {
    const { lmstudio } = setUp({ onRequest: () => new Promise(() => {}) })
    expect(await rejectionOf(lmstudio.listModels({ timeout: 20 }))).toMatchObject({ name: 'TimeoutError' })
  })
})

describe('onResponse and onResponseError', () => {
  const logStatuses = (statuses: string[]): LMStudioOptions => ({
    onResponse: ({ response }) => void statuses.push(`onResponse ${response!.status}`),
    onResponseError: ({ response }) => void statuses.push(`onResponseError ${response!.status}`),
  })

  it('onResponse and onResponseError run for an error status, in this order', async () => {
    const statuses: string[] = []
    await rejectionOf(setUp(logStatuses(statuses), { auth: TOKEN }).lmstudio.listModels())
    expect(statuses).toEqual(['onResponse 401', 'onResponseError 401'])
  })

  it('onResponseError does not run for a success', async () => {
    const statuses: string[] = []
    await setUp(logStatuses(statuses)).lmstudio.listModels()
    expect(statuses).toEqual(['onResponse 200'])
  })

  it.each([
    [399, ['onResponse 399']],
    [400, ['onResponse 400', 'onResponseError 400']],
  ])('onResponseError runs from status 400 on: %i', async (status, expected) => {
    const statuses: string[] = []
    const fetch = async (): Promise<Response> => new Response('', { status })
    await rejectionOf(setUp({ ...logStatuses(statuses), fetch }).lmstudio.listModels())
    expect(statuses).toEqual(expected)
  })

  it('onResponse may read the body of a clone', async () => {
    const bodies: string[] = []
    const { lmstudio } = setUp({
      onResponse: async ({ response }) => void bodies.push(await response!.clone().text()),
    })
    const { text } = await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hi' })
    expect(bodies).toHaveLength(1)
    expect(bodies[0]).toContain(JSON.stringify(text).slice(1, -1))
  })

  it('onResponse gets the context object that onRequest got', async () => {
    const contexts: InterceptorContext[] = []
    const { lmstudio } = setUp({
      onRequest: (context) => void contexts.push(context),
      onResponse: (context) => void contexts.push(context),
    })
    await lmstudio.listModels()
    expect(contexts).toHaveLength(2)
    expect(contexts[1]).toBe(contexts[0])
  })
})

describe('onRequestError', () => {
  it('onRequestError gets the exception of fetch', async () => {
    const failure = refused()
    const exceptions: unknown[] = []
    const { lmstudio } = setUp({
      fetch: () => Promise.reject(failure),
      onRequestError: ({ error }) => void exceptions.push(error),
    })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ code: 'not-running' })
    expect(exceptions).toEqual([failure])
  })

  it('onRequestError cannot turn on the retries of ofetch', async () => {
    let sent = 0
    const { lmstudio } = setUp({
      fetch: () => {
        sent++
        return Promise.reject(refused())
      },
      onRequestError: ({ options }) => void Object.assign(options, { retry: 3 }),
    })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ code: 'not-running' })
    expect(sent).toBe(1)
  })
})

describe('an interceptor that fails', () => {
  const bug = new Error('bug in the interceptor')
  const fail = (): never => {
    throw bug
  }

  it.each<[string, LMStudioOptions, MockLMStudioOptions]>([
    ['onRequest', { onRequest: fail }, {}],
    ['onRequestError', { onRequestError: fail, fetch: () => Promise.reject(refused()) }, {}],
    ['onResponse', { onResponse: fail }, {}],
    ['onResponseError', { onResponseError: [() => undefined, fail] }, { auth: TOKEN }],
  ])('rejects the call with a ConfigurationError when %s throws', async (name, options, mockOptions) => {
    const error = await rejectionOf(setUp({ ...options, maxRetries: 3 }, mockOptions).lmstudio.listModels())
    expect(error).toMatchObject({
      name: 'ConfigurationError',
      code: 'interceptor-failed',
      source: `the option ${name}`,
      isRetryable: false,
    })
    expect((error as Error).cause).toBe(bug)
  })

  it.each<[string, unknown, string]>([
    ['an error', bug, 'The interceptor onRequest threw an error: “bug in the interceptor”.'],
    ['a value that is not an error', 'bug', 'The interceptor onRequest threw an error.'],
  ])('names the interceptor that throws %s', async (_, thrown, message) => {
    const { lmstudio } = setUp({
      onRequest: () => {
        throw thrown
      },
    })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ message })
  })

  it('rejects the call when an interceptor returns a promise that rejects', async () => {
    const { lmstudio } = setUp({ onRequest: () => Promise.reject(bug) })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ code: 'interceptor-failed' })
  })
})

describe('an interceptor that changes what the library relies on', () => {
  it.each<[string, (context: InterceptorContext) => unknown]>([
    [
      'replaces the options',
      (context) => {
        const { method, body, headers } = context.options
        context.options = { method, body, headers } as never
      },
    ],
    ['removes the signal', ({ options }) => delete options.signal],
    ['follows redirects', ({ options }) => (options.redirect = 'follow')],
    ['lets caches answer', ({ options }) => (options.cache = 'force-cache')],
    ['removes the cache mode', ({ options }) => delete options.cache],
    ['turns on the retries of ofetch', ({ options }) => Object.assign(options, { retry: 3 })],
    [
      'asks ofetch to throw for error statuses',
      ({ options }) => Object.assign(options, { ignoreResponseError: false }),
    ],
  ])('has no effect when it %s', async (_, onRequest) => {
    const inits: (RequestInit | undefined)[] = []
    const { lmstudio } = setUp({
      onRequest: (context) => void onRequest(context),
      fetch: async (_input, init) => {
        inits.push(init)
        return new Response('{}', { status: 500 })
      },
    })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ status: 500 })
    expect(inits).toEqual([
      expect.objectContaining({
        cache: 'no-store',
        redirect: 'manual',
        signal: expect.any(AbortSignal) as unknown,
      }),
    ])
  })

  it.each<[string, LMStudioOptions, string, string]>([
    ...['query', 'params', 'baseURL'].map((name): [string, LMStudioOptions, string, string] => [
      `sets ${name}`,
      { onRequest: ({ options }) => void Object.assign(options, { [name]: {} }) },
      `The interceptor onRequest set \`${name}\`, which is not supported.`,
      'Change `request`, which is the URL',
    ]),
    [
      'removes the options',
      { onRequest: (context) => void Object.assign(context, { options: undefined }) },
      'The interceptor onRequest removed `options`.',
      'Change its fields instead.',
    ],
    [
      'reads the body without a clone',
      { onResponse: async ({ response }) => void (await response.text()) },
      'The interceptor onResponse read the body of the response.',
      'Read `response.clone()` instead.',
    ],
  ])('causes an error that is not retried when it %s', async (_, options, message, hint) => {
    const { lmstudio, mock } = setUp({ ...options, maxRetries: 3 })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({
      name: 'ConfigurationError',
      code: 'interceptor-failed',
      message,
      hint: expect.stringContaining(hint) as string,
      isRetryable: false,
    })
    expect(mock.calls.length).toBeLessThanOrEqual(1)
  })

  it('causes an error when onResponse removes the response', async () => {
    const { lmstudio } = setUp({ onResponse: (context) => void Object.assign(context, { response: undefined }) })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ code: 'not-a-response' })
  })
})

describe('secrets', () => {
  const echo = (status: number, text: string) => async () => Response.json({ error: { message: text } }, { status })

  it('are removed when an interceptor added them', async () => {
    const { lmstudio } = setUp({
      onRequest({ options }) {
        options.headers.set('authorization', 'Bearer hushhush99')
        options.body = JSON.stringify({ prompt: 'written by an interceptor' })
      },
      fetch: echo(401, 'bad key hushhush99 for: written by an interceptor'),
    })
    const error = (await rejectionOf(lmstudio.complete({ model: 'm', prompt: 'Hi' }))) as Error
    expect(error).toMatchObject({ code: 'auth-rejected' })
    expect(error.message).not.toMatch(/hushhush99|written by/)
  })

  it('are removed without the scheme of their header', async () => {
    const { lmstudio } = setUp({
      headers: { authorization: 'Basic YWRtaW46aHVudGVy' },
      fetch: echo(401, 'bad YWRtaW46aHVudGVy'),
    })
    expect((await rejectionOf(lmstudio.listModels())) as Error).toMatchObject({
      message: expect.not.stringContaining('YWRtaW46aHVudGVy') as string,
    })
  })

  it('are removed from the exception of an interceptor, whose text the message quotes', async () => {
    const { lmstudio } = setUp({
      onRequest({ options }) {
        throw new Error(`cannot sign ${String(options.body)}`)
      },
    })
    const error = (await rejectionOf(lmstudio.complete({ model: 'm', prompt: 'a long secret story' }))) as Error
    expect(error.message).toMatch(/^The interceptor onRequest threw an error: “cannot sign .*\[redacted\]/)
    expect(`${error.message} ${String((error.cause as Error).message)}`).not.toContain('secret story')
  })
})

describe('a response after which an interceptor fails', () => {
  it.each(['onResponse', 'onResponseError'] as const)('is closed when %s throws', async (name) => {
    let canceled = 0
    const { lmstudio } = setUp({
      [name]: () => {
        throw new Error('bug')
      },
      fetch: async () => new Response(new ReadableStream({ cancel: () => void canceled++ }), { status: 500 }),
    })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ code: 'interceptor-failed' })
    expect(canceled).toBe(1)
  })
})

describe('createLMStudio', () => {
  it.each<[string, object]>([
    ['a string', { onRequest: 'no' }],
    ['a list with a number', { onResponse: [() => {}, 7] }],
  ])('createLMStudio rejects %s as an interceptor', (_, options) => {
    expect(() => createLMStudio(options)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code: 'invalid-option' }),
    )
  })
})

import { readFile } from 'node:fs/promises'
import { createServer as createTLSServer } from 'node:https'
import {
  ApiError,
  AuthenticationError,
  InvalidRequestError,
  NetworkError,
  ProviderError,
  type CompletionRequest,
} from 'lmstudio-provider'
import type { MockFault } from 'lmstudio-provider/testing/node'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { caught, streamError } from './support/caught.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'
import { completionBody, sendJSON, serve, serveSocket } from './support/servers.js'
import { watchRejections } from './support/watch.js'

const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../fixtures/errors/${name}`, import.meta.url), 'utf8')
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('an error response of LM Studio', () => {
  test.each([
    ['auth-malformed.json', 401, 'AuthenticationError'],
    ['auth-missing.json', 401, 'AuthenticationError'],
    ['auth-unknown.json', 401, 'AuthenticationError'],
    ['permission-denied.json', 403, 'PermissionError'],
    ['catch-all.json', 200, 'UnsupportedEndpointError'],
    ['catch-all.json', 404, 'UnsupportedEndpointError'],
    ['compute-error.json', 500, 'ModelLoadError'],
    ['context-exceeded.json', 400, 'ContextLengthError'],
    ['context-keep-first.json', 400, 'ContextLengthError'],
    ['context-n-keep.json', 400, 'ContextLengthError'],
    ['crash.json', 500, 'ModelLoadError'],
    ['embeddings-input.json', 400, 'InvalidRequestError'],
    ['engine-context-size.json', 400, 'ContextLengthError'],
    ['engine-gone.json', 400, 'ModelLoadError'],
    ['express-404.html', 404, 'UnsupportedEndpointError'],
    ['image-url.json', 400, 'InvalidRequestError'],
    ['invalid-messages.json', 400, 'InvalidRequestError'],
    ['json-object.json', 400, 'InvalidRequestError'],
    ['load-failed.json', 400, 'ModelLoadError'],
    ['load-failed.json', 404, 'ModelLoadError'],
    ['messages-error.json', 400, 'InvalidRequestError'],
    ['messages-required.json', 400, 'InvalidRequestError'],
    ['model-unloaded.json', 400, 'ModelLoadError'],
    ['native-invalid-union.json', 400, 'InvalidRequestError'],
    ['native-model-not-found.json', 404, 'ModelNotFoundError'],
    ['native-unrecognized-keys.json', 400, 'InvalidRequestError'],
    ['no-models-loaded-string.json', 404, 'ModelNotFoundError'],
    ['no-models-loaded.json', 400, 'ModelNotFoundError'],
    ['plain.txt', 400, 'InvalidRequestError'],
    ['proxy-502.html', 502, 'NetworkError'],
    ['responses-invalid-request.json', 400, 'InvalidRequestError'],
    ['tool-choice-object.json', 400, 'InvalidRequestError'],
    ['zod-bare.json', 400, 'InvalidRequestError'],
    ['zod-in-string.json', 400, 'InvalidRequestError'],
  ])('%s with status %i becomes a %s', async (name, status, type) => {
    const headers = name.endsWith('json')
      ? JSON_TYPE
      : { 'content-type': name.endsWith('html') ? 'text/html' : 'text/plain' }
    const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
    const raw = { status, headers, chunks: [await fixture(name)] }
    for (const call of [() => lmstudio.complete(HELLO), () => lmstudio.stream(HELLO).response]) {
      mock.inject({ raw }, { path: '/v1/chat/completions' })
      const error = await caught(call())
      expect(error.name).toBe(type)
      expect(error).toMatchObject({ status, endpoint: mock.url })
      expect(error.message).not.toMatch(/\[object|undefined|<html|<!doctype/i)
      expect(error.message).toContain('POST /v1/chat/completions')
      expect(ProviderError.isInstance(error)).toBe(true)
      expect(JSON.parse(JSON.stringify(error))).toMatchObject({
        name: type,
        code: error.code,
        hint: error.hint,
        status,
      })
    }
  })

  test('that reports an overflow yields its numbers, in the message or in fields', async () => {
    const { mock, lmstudio } = await setUp()
    for (const wording of ['keep-first', 'n-keep', 'exceeds-available', 'engine-object'] as const) {
      mock.inject({ name: 'context-overflow', wording })
      expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ promptTokens: 9001, contextLength: 8192 })
      mock.inject({ name: 'context-overflow', wording })
      expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ promptTokens: 9001, contextLength: 8192 })
    }
    mock.inject('context-overflow')
    const error = await caught(lmstudio.complete(HELLO))
    expect(error.name).toBe('ContextLengthError')
    expect(error.promptTokens).toBeUndefined()
  })

  test('with issues of zod yields these issues with their paths', async () => {
    const { lmstudio } = await setUp({
      faults: [{ raw: { status: 400, headers: JSON_TYPE, chunks: [await fixture('zod-in-string.json')] } }],
    })
    const { issues } = await caught(lmstudio.complete(HELLO))
    expect(issues).toEqual([
      {
        path: ['tools', 0, 'function', 'parameters', 'type'],
        message: 'Invalid literal value, expected "object"',
      },
    ])
  })

  test('becomes the same error for `complete` and `stream`', async () => {
    const faults: MockFault[] = [
      'status-400',
      'status-401',
      'status-403',
      'status-422',
      'status-500',
      'catch-all',
      'error-200',
      'html',
      'load-failed',
    ]
    for (const fault of faults) {
      const { mock, lmstudio } = await setUp()
      mock.inject(fault)
      const whole = await caught(lmstudio.complete(HELLO))
      mock.inject(fault)
      const streamed = await streamError(lmstudio.stream(HELLO))
      expect({ ...streamed.toJSON() }).toEqual({ ...whole.toJSON() })
    }
  })
})

describe('the status', () => {
  test.each([
    [401, 'AuthenticationError', false],
    [403, 'PermissionError', false],
    [404, 'UnsupportedEndpointError', false],
    [405, 'UnsupportedEndpointError', false],
    [408, 'ApiError', true],
    [413, 'InvalidRequestError', false],
    [418, 'ApiError', false],
    [422, 'InvalidRequestError', false],
    [429, 'RateLimitError', true],
    [500, 'NetworkError', false],
    [501, 'UnsupportedEndpointError', false],
    [502, 'NetworkError', true],
    [503, 'NetworkError', true],
    [504, 'NetworkError', true],
    [599, 'NetworkError', true],
  ] as const)('%i without a body becomes a %s', async (status, name, isRetryable) => {
    const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
    mock.inject({ name: `status-${status}`, shape: 'empty' })
    const error = await caught(lmstudio.complete(HELLO))
    expect(error).toMatchObject({ name, status, isRetryable })
    expect(error.message).toContain(String(status))
  })

  test.each(['string', 'object', 'zod', 'text'] as const)(
    '422 with its message as %s yields that message',
    async (shape) => {
      const { mock, lmstudio } = await setUp()
      mock.inject({ name: 'status-422', shape, message: 'The gulls are wrong.' })
      const error = await caught(lmstudio.complete(HELLO))
      expect(error.serverMessage).toContain('The gulls are wrong.')
      expect(error.message).toContain('“The gulls are wrong” (422')
    },
  )

  test.each([204, 205, 206, 226])('%i is a success only if it has a body', async (status) => {
    const server = await serve((_request, response) => {
      if (status < 206) response.writeHead(status).end()
      else sendJSON(response, completionBody('Ahoy'), status)
    })
    const answer = await connect(server)
      .complete(HELLO)
      .catch((error: unknown) => error)
    if (status < 206) expect(answer).toMatchObject({ name: 'InvalidResponseError' })
    else expect(answer).toMatchObject({ text: 'Ahoy' })
  })

  test('401 has the code for a missing token or for a rejected one', async () => {
    const { mock, lmstudio } = await setUp({ auth: true })
    expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ name: 'AuthenticationError', code: 'auth-required' })
    const wrong = connect(mock, { apiToken: 'sk-lm-aaaaaaaa:bbbbbbbbbbbbbbbbbbbb' })
    expect(await caught(wrong.complete(HELLO))).toMatchObject({ name: 'AuthenticationError', code: 'auth-rejected' })
    const right = connect(mock, { apiToken: async () => mock.apiToken })
    expect((await right.complete(HELLO)).text).toContain('Hello.')
  })
})

describe('a connection', () => {
  test('to a server that does not speak HTTP has the code wrong-service', async () => {
    const server = await serveSocket((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    expect(await caught(connect(server).complete(HELLO))).toMatchObject({
      name: 'ServiceNotFoundError',
      code: 'wrong-service',
      isRetryable: false,
    })
  })

  test('to a server that sends other bytes has the code wrong-service', async () => {
    const server = await serveSocket((socket) => socket.end(Buffer.from([0, 255, 1, 254, 13, 10, 13, 10])))
    expect(await caught(connect(server).listModels())).toMatchObject({
      name: 'ServiceNotFoundError',
      code: 'wrong-service',
    })
  })

  test('that is closed without a byte has the code connection-reset', async () => {
    const server = await serveSocket((socket) => socket.end())
    const error = await caught(connect(server, { maxRetries: 0 }).listModels())
    expect(error).toMatchObject({ name: 'NetworkError', code: 'connection-reset' })
    expect(error.status).toBeUndefined()
  })

  test('over TLS to a plain port has the code tls', async () => {
    const { mock } = await setUp()
    const lmstudio = connect({ url: mock.url.replace('http:', 'https:') }, { maxRetries: 0 })
    const error = await caught(lmstudio.listModels())
    expect(error).toMatchObject({ name: 'NetworkError', code: 'tls', isRetryable: false })
    expect(error.hint).toContain('Use http:// if the server does not serve TLS')
  })

  test('without TLS to a TLS port has the code connection-reset, not not-running', async () => {
    const server = createTLSServer({})
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as { port: number }
    const error = await caught(connect({ url: `http://127.0.0.1:${port}` }, { maxRetries: 0 }).listModels())
    server.close()
    expect(error).toMatchObject({ name: 'NetworkError', code: 'connection-reset' })
  })

  test('to a name that does not resolve has the code dns', async () => {
    const fetch = async (): Promise<Response> => {
      const cause = Object.assign(new Error('getaddrinfo ENOTFOUND den.local'), { code: 'ENOTFOUND' })
      throw new TypeError('fetch failed', { cause })
    }
    expect(
      await caught(connect({ url: 'http://den.local:1234' }, { fetch, maxRetries: 0 }).listModels()),
    ).toMatchObject({
      name: 'NetworkError',
      code: 'dns',
    })
  })

  test('with headers that are too long fails', async () => {
    const server = await serveSocket((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`)
    })
    const error = await caught(connect(server, { maxRetries: 0, timeout: 10_000 }).listModels())
    expect(error).toMatchObject({ name: 'NetworkError', code: 'network' })
  })

  test('with a body that is shorter than its Content-Length is interrupted', async () => {
    const server = await serveSocket((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"choices":[')
    })
    expect(await caught(connect(server).complete(HELLO))).toMatchObject({ name: 'StreamInterruptedError' })
  })

  test('with a body that is not valid gzip is interrupted', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end('not gzip')
    })
    const error = await caught(connect(server, { maxRetries: 0 }).complete(HELLO))
    expect(error).toMatchObject({ name: 'StreamInterruptedError' })
  })
})

function lockedResponse(): Response {
  const response = Response.json({})
  response.body!.getReader()
  return response
}

const responseOf = (chunks: readonly unknown[]): Response =>
  new Response(new ReadableStream({ start: (controller) => chunks.forEach((chunk) => controller.enqueue(chunk)) }), {
    headers: JSON_TYPE,
  })

describe('a custom fetch', () => {
  const strange: readonly (readonly [string, () => unknown])[] = [
    ['a string', () => 'no'],
    ['undefined', () => undefined],
    ['null', () => null],
    ['a number', () => 0],
    ['a symbol', () => Symbol('no')],
    ['an object without a prototype', () => Object.create(null)],
    ['a frozen error', () => Object.freeze(new Error('no'))],
    [
      'an error that is its own cause',
      () => {
        const error = new Error('round and round')
        error.cause = error
        return error
      },
    ],
    ['an AbortError without an abort', () => new DOMException('no', 'AbortError')],
    ['a function', () => () => {}],
  ]
  test.each(strange)('that rejects with %s causes a NetworkError', async (_name, thrown) => {
    const seen = watchRejections()
    const fetch = (): Promise<Response> => Promise.reject(thrown() as Error)
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch, maxRetries: 0 })
    for (const call of [
      () => lmstudio.complete(HELLO),
      () => lmstudio.stream(HELLO).response,
      () => lmstudio.listModels(),
    ]) {
      const error = await caught(call())
      expect(error).toMatchObject({ name: 'NetworkError', code: 'network' })
      expect(() => JSON.stringify(error)).not.toThrow()
      expect(error.message).toMatch(/^The request to \S+ failed\b/)
    }
    expect(await seen()).toEqual([])
  })

  test.each(strange)('that throws %s synchronously causes a NetworkError', async (_name, thrown) => {
    const fetch = (): Promise<Response> => {
      throw thrown()
    }
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch, maxRetries: 0 })
    expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ name: 'NetworkError' })
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'ok'],
    ['an empty object', {}],
    ['a response whose body is locked', lockedResponse()],
    ['a body that is not bytes', responseOf([{}])],
  ])('that resolves to %s causes an error that is not retried', async (_name, value) => {
    const expected = { name: 'InvalidResponseError', code: 'not-a-response', isRetryable: false }
    const fetch = (async () => value) as unknown as typeof globalThis.fetch
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch })
    for (const call of [() => lmstudio.complete(HELLO), () => lmstudio.stream(HELLO).response]) {
      expect(await caught(call())).toMatchObject(expected)
    }
  })

  test('whose body never ends is limited by the timeout', async () => {
    const body = { getReader: () => ({ read: () => new Promise(() => {}), cancel: () => undefined }) }
    const headers = new Headers(JSON_TYPE)
    for (const response of [
      { status: 200, headers, body },
      { status: 200, headers, arrayBuffer: () => new Promise(() => {}) },
    ]) {
      const fetch = (async () => response) as unknown as typeof globalThis.fetch
      const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch, maxRetries: 0 })
      const error = await caught(lmstudio.complete(HELLO, { timeout: 20 }))
      expect(error).toMatchObject({ name: 'TimeoutError', timeoutMs: 20 })
    }
  })

  test('that resolves to a response without a body causes an error', async () => {
    const lmstudio = connect(
      { url: 'http://127.0.0.1:9' },
      { fetch: async () => new Response(null, { status: 200 }), maxRetries: 0 },
    )
    expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ name: 'InvalidResponseError' })
    expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ name: 'StreamInterruptedError' })
  })

  test('that resolves to a response with `arrayBuffer` but without `body`, as in React Native, works', async () => {
    const fetch = (async () => {
      const { status, headers, ...rest } = { status: 200, headers: new Headers(JSON_TYPE), type: 'default', ok: true }
      const bytes = new TextEncoder().encode(JSON.stringify(completionBody('Ahoy')))
      return { status, headers, ...rest, arrayBuffer: async () => bytes.buffer }
    }) as unknown as typeof globalThis.fetch
    expect((await connect({ url: 'http://127.0.0.1:9' }, { fetch }).complete(HELLO)).text).toBe('Ahoy')
  })

  test('whose body fails with any value causes a StreamInterruptedError', async () => {
    for (const reason of ['no', undefined, null, 7]) {
      const body = (): ReadableStream => new ReadableStream({ pull: (controller) => controller.error(reason) })
      const fetch = async (): Promise<Response> =>
        new Response(body(), { headers: { 'content-type': 'text/event-stream' } })
      const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch, maxRetries: 0 })
      expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ name: 'StreamInterruptedError' })
      expect(await streamError(lmstudio.stream(HELLO))).toMatchObject({ name: 'StreamInterruptedError' })
    }
  })

  test('whose body yields strings instead of bytes is read like any other', async () => {
    const text = `data: {"choices":[{"delta":{"content":"Ahoy"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`
    const body = (): ReadableStream => new ReadableStream({ start: (c) => (c.enqueue(text), c.close()) })
    const fetch = async (): Promise<Response> => {
      const response = new Response(null, { headers: { 'content-type': 'text/event-stream' } })
      return Object.defineProperty(response, 'body', { value: body() })
    }
    const { text: content } = await connect({ url: 'http://127.0.0.1:9' }, { fetch }).stream(HELLO).response
    expect(content).toBe('Ahoy')
  })

  test('that replaces globalThis.fetch after the provider was created is used', async () => {
    const { mock, lmstudio } = await setUp()
    const original = globalThis.fetch
    const patched = vi.fn(original)
    vi.stubGlobal('fetch', patched)
    await lmstudio.complete(HELLO)
    await lmstudio.stream(HELLO).response
    await lmstudio.listModels()
    expect(patched).toHaveBeenCalledTimes(3)
    expect(mock.calls).toHaveLength(3)
  })

  test('receives only options that fetch knows', async () => {
    const fetch = vi.fn(
      async (_input: RequestInfo | URL, _init?: RequestInit) =>
        new Response(JSON.stringify(completionBody('Ahoy')), { headers: JSON_TYPE }),
    )
    await connect({ url: 'http://127.0.0.1:9' }, { fetch }).complete(HELLO)
    const known = new Set([
      'method',
      'headers',
      'body',
      'signal',
      'redirect',
      'credentials',
      'cache',
      'mode',
      'referrerPolicy',
    ])
    expect(Object.keys(fetch.mock.calls[0]?.[1] ?? {}).filter((key) => !known.has(key))).toEqual([])
  })
})

describe('an invalid request', () => {
  test.each([
    ['a blank model', { model: ' ', prompt: 'x' }],
    ['an empty model', { model: '', prompt: 'x' }],
    ['neither prompt nor messages', { model: MODEL }],
    ['both prompt and messages', { model: MODEL, prompt: 'x', messages: [{ role: 'user', content: 'x' }] }],
    ['no messages', { model: MODEL, messages: [] }],
    ['an unknown role', { model: MODEL, messages: [{ role: 'robot', content: 'x' }] }],
    [
      'a remote image',
      { model: MODEL, messages: [{ role: 'user', content: [{ type: 'image', image: 'https://example.org/a.png' }] }] },
    ],
    ['a temperature that is not a number', { model: MODEL, prompt: 'x', temperature: Number.NaN }],
    ['an unknown field', { model: MODEL, prompt: 'x', temprature: 1 }],
    ['a tool choice that names no tool', { model: MODEL, prompt: 'x', toolChoice: { tool: 'y' } }],
    ['null', null],
    ['a string', 'x'],
  ])('with %s is rejected before anything is sent', async (_name, request) => {
    const { mock, lmstudio } = await setUp()
    const seen = watchRejections()
    for (const call of [
      () => lmstudio.complete(request as unknown as CompletionRequest),
      () => lmstudio.stream(request as unknown as CompletionRequest).response,
    ]) {
      const error = await caught(call())
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(error.issues?.length).toBeGreaterThan(0)
    }
    expect(mock.calls).toHaveLength(0)
    expect(await seen()).toEqual([])
  })

  test('with an unknown field is rejected with the closest known field', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.complete({ ...HELLO, temprature: 1 } as CompletionRequest))
    expect(error.message).toBe('The request is invalid: `temprature` does not exist (did you mean `temperature`?).')
  })
})

test('the error for a missing model lists the models of the server', async () => {
  const { lmstudio } = await setUp({ faults: ['no-models-loaded'] })
  const error = await caught(lmstudio.complete(HELLO))
  expect(error).toMatchObject({ name: 'ModelNotFoundError', code: 'no-models-loaded' })
  expect(error.availableModels).toContain('acme/heron-base')
})

test('a model that is not loaded is missing on a server that does not load models on demand', async () => {
  const { lmstudio } = await setUp({ jit: false, models: [{ id: 'acme/asleep' }] })
  for (const call of [
    () => lmstudio.complete({ ...HELLO, model: 'acme/asleep' }),
    () => lmstudio.stream({ ...HELLO, model: 'acme/asleep' }).response,
  ]) {
    const error = await caught(call())
    expect(error).toMatchObject({
      name: 'ModelNotFoundError',
      code: 'no-models-loaded',
      availableModels: ['acme/asleep'],
    })
    expect(error.hint).toContain('lms load')
  }
})

test('the error for a missing model keeps its code if the models cannot be listed', async () => {
  const { mock, lmstudio } = await setUp({ faults: ['no-models-loaded'] })
  mock.inject('status-500', { path: /models/, times: 9 })
  expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ name: 'ModelNotFoundError', code: 'no-models-loaded' })
})

test('another model than the requested one is in the response and in the log', async () => {
  const events: string[] = []
  const { lmstudio } = await setUp({}, { logger: ({ type, level }) => void events.push(`${level} ${type}`) })
  const { model } = await lmstudio.complete({ ...HELLO, model: 'acme/no-such-model' })
  expect(model).toBe(MODEL)
  expect(events).toContain('warn model-substituted')
  events.length = 0
  await lmstudio.stream({ ...HELLO, model: 'acme/no-such-model' }).response
  expect(events).toContain('warn model-substituted')
})

test('the requested model under its id or a variant is not logged as another one', async () => {
  const events: string[] = []
  const { lmstudio } = await setUp({}, { logger: ({ type }) => void events.push(type) })
  await lmstudio.complete(HELLO)
  await lmstudio.complete({ ...HELLO, model: `${MODEL}@q5_k_m` })
  expect(events).not.toContain('model-substituted')
})

test('an error of the function apiToken reaches the caller before anything is sent', async () => {
  const mine = new Error('The keychain is locked.')
  const { mock, lmstudio } = await setUp({}, { apiToken: () => Promise.reject(mine) })
  for (const call of [
    () => lmstudio.complete(HELLO),
    () => lmstudio.stream(HELLO).response,
    () => lmstudio.listModels(),
  ]) {
    expect(await caught(call())).toMatchObject({
      name: 'ConfigurationError',
      source: 'the function apiToken',
      cause: { message: 'The keychain is locked.' },
    })
  }
  expect(mock.calls).toHaveLength(0)
})

test('errors are distinguished by class, isInstance and name', async () => {
  const { lmstudio } = await setUp({ auth: true })
  const error = await caught(lmstudio.listModels())
  expect(error).toBeInstanceOf(AuthenticationError)
  expect(error).toBeInstanceOf(ApiError)
  expect(ApiError.isInstance(error)).toBe(true)
  expect(NetworkError.isInstance(error)).toBe(false)
  expect(String(error)).toMatch(/^AuthenticationError: /)
})

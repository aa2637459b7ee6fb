import { runInNewContext } from 'node:vm'
import {
  type CompletionEvent,
  createLMStudio,
  type ErrorCode,
  errorToResponse,
  memoryCache,
  ModelNotFoundError,
  NetworkError,
  ProviderError,
  readEvents,
  ServiceNotFoundError,
  tool,
  streamTools,
  type ToolsEvent,
} from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { ERRORS, rejectionOf } from '../helpers/provider-errors.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'
import { closedPort, serve } from './support/servers.js'

/** A server of an application that answers with what `handle` returns, as web frameworks do in Node. */
async function route(handle: (request: Request) => Promise<Response>) {
  return serve(async (incoming, outgoing) => {
    const left = new AbortController()
    outgoing.on('close', () => left.abort())
    const response = await handle(new Request('http://app.example/', { signal: left.signal }))
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    const reader = response.body?.getReader()
    if (reader === undefined) return void outgoing.end()
    outgoing.on('close', () => void reader.cancel().catch(() => {}))
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) outgoing.write(part.value)
      outgoing.end()
    } catch {
      outgoing.destroy()
    }
    void incoming
  })
}

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const types = (events: readonly { readonly type: string }[]): string[] => events.map(({ type }) => type)

describe('toResponse', () => {
  test.each(['sse', 'ndjson'] as const)(
    'hands over every event as %s, and readEvents reads them back',
    async (format) => {
      const { lmstudio } = await setUp()
      const app = await route(() => lmstudio.stream(HELLO).toResponse({ format }))
      const events = await listOf(readEvents(await fetch(app.url)))
      const expected = await listOf(lmstudio.stream(HELLO))
      expect(types(events)).toEqual(types(expected))
      const text = (list: readonly CompletionEvent[]) =>
        list.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
      expect(text(events)).toBe('You said: Hello.')
      expect(events.at(-1)).toMatchObject({ type: 'completion-end', response: { text: 'You said: Hello.' } })
    },
  )

  test('writes server-sent events with an end mark by default', async () => {
    const { lmstudio } = await setUp()
    const response = await lmstudio.stream(HELLO).toResponse()
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const body = await response.text()
    expect(body).toMatch(/^data: \{"type":"completion-start"/)
    expect(body).toMatch(/\n\ndata: \[DONE\]\n\n$/)
  })

  test('writes the text alone with the format text', async () => {
    const { lmstudio } = await setUp()
    const response = await lmstudio.stream(HELLO).toResponse({ format: 'text' })
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toBe('You said: Hello.')
  })

  test('lets own headers win', async () => {
    const { lmstudio } = await setUp()
    const headers = { 'Cache-Control': 'private', 'x-request': '7' }
    const response = await lmstudio.stream(HELLO).toResponse({ headers })
    expect(response.headers.get('cache-control')).toBe('private')
    expect(response.headers.get('x-request')).toBe('7')
  })

  test('refuses an unknown format', async () => {
    const { lmstudio } = await setUp()
    const bad = { format: 'xml' } as unknown as { format: 'sse' }
    expect(await rejectionOf(lmstudio.stream(HELLO).toResponse(bad))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('sse, ndjson, text') as string,
    })
  })

  test.each([{ 'bad name': 'x' }, { 'x-note': 'a\nb' }])('refuses the headers %j before it sends', async (headers) => {
    const { mock, lmstudio } = await setUp()
    expect(await rejectionOf(lmstudio.stream(HELLO).toResponse({ headers }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-headers',
    })
    expect(mock.calls).toEqual([])
  })

  test.each([
    ['an invalid request', { prompt: 'x', model: MODEL, temperature: -1 }, 400, 'invalid-request'],
    ['an unknown model', { ...HELLO, model: 'acme/none' }, 404, 'model-not-found'],
  ])('turns %s into a response with its status', async (_case, request, status, code) => {
    const { lmstudio } = await setUp({ jit: true, models: [{ id: MODEL }] })
    const response = await lmstudio
      .stream(request)
      .toResponse({ headers: { 'content-type': 'text/x', 'x-request': '7' } })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('x-request')).toBe('7')
    expect(await response.json()).toMatchObject({ error: { code } })
  })

  test('turns a server that is off into a 503 that readEvents throws as the error it was', async () => {
    const lmstudio = connect({ url: `http://127.0.0.1:${await closedPort()}` }, { maxRetries: 0 })
    const app = await route(() => lmstudio.stream(HELLO).toResponse())
    const response = await fetch(app.url)
    expect(response.status).toBe(503)
    const error = await rejectionOf(listOf(readEvents(response)))
    expect(error).toBeInstanceOf(ServiceNotFoundError)
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).not.toBeInstanceOf(ModelNotFoundError)
    expect(error).toMatchObject({ code: 'not-running', hint: expect.stringMatching(/./) as string })
  })

  test.each(['sse', 'ndjson'] as const)('writes an error in the middle as the last event (%s)', async (format) => {
    const { lmstudio } = await setUp({ faults: ['cut'] })
    const app = await route(() => lmstudio.stream(HELLO).toResponse({ format }))
    const response = await fetch(app.url)
    expect(response.status).toBe(200)
    const seen: string[] = []
    const error = await rejectionOf(
      (async () => {
        for await (const event of readEvents(response)) seen.push(event.type)
      })(),
    )
    expect(seen[0]).toBe('completion-start')
    expect(seen).not.toContain('error')
    expect(error).toMatchObject({ name: 'StreamInterruptedError', code: 'stream-interrupted' })
  })

  test('breaks a text whose stream fails, instead of ending it like a whole one', async () => {
    const { lmstudio } = await setUp({ faults: ['cut'] })
    const response = await lmstudio.stream(HELLO).toResponse({ format: 'text' })
    expect(await rejectionOf(response.text())).toMatchObject({ name: 'StreamInterruptedError' })
  })

  test.each<[string, unknown]>([
    ['no reason', undefined],
    ['an error', new Error('hunter2')],
    ['a text, as in Hono for Node', 'hunter2'],
    ['an error of this library', new NetworkError('hunter2')],
  ])('answers 499 to a client that left before the first event, with %s', async (_, reason) => {
    const { lmstudio } = await setUp({ faults: ['stall'] })
    const left = new AbortController()
    const pending = lmstudio.stream(HELLO, { signal: left.signal }).toResponse({ headers: { 'x-request': '7' } })
    left.abort(reason)
    const response = await pending
    expect(response.status).toBe(499)
    expect(response.headers.get('x-request')).toBe('7')
    expect(await response.text()).not.toContain('hunter2')
    const before = await lmstudio.stream(HELLO, { signal: AbortSignal.abort(reason) }).toResponse()
    expect(before.status).toBe(499)
  })

  test('answers 499 after abort()', async () => {
    const { lmstudio } = await setUp()
    const stream = lmstudio.stream(HELLO)
    stream.abort()
    expect((await stream.toResponse()).status).toBe(499)
  })

  test('stops the server when the client leaves', async () => {
    const { mock, lmstudio } = await setUp({ faults: [{ name: 'stall', afterEvents: 4 }] })
    const app = await route(() => lmstudio.stream(HELLO).toResponse())
    for await (const event of readEvents(await fetch(app.url))) if (event.type === 'text-delta') break
    expect(await mock.calls[0]!.finished).toBe('aborted')
  })

  test('names a result of a tool that JSON cannot express', async () => {
    const { lmstudio } = await setUp({
      reply: ({ messages }) =>
        messages.at(-1)?.role === 'tool' ? { text: 'Done.' } : { toolCalls: [{ name: 'count', arguments: {} }] },
    })
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const count = tool({ name: 'count', execute: () => ({ toJSON: () => 'one', circular }) })
    const response = await streamTools(lmstudio, { ...HELLO, tools: [count] }).toResponse({ format: 'ndjson' })
    expect(types(await listOf(readEvents<ToolsEvent>(response)))).toContain('step-end')
  })
})

describe('toReadableStream', () => {
  test('is the body of a response, one line of JSON per event', async () => {
    const { lmstudio } = await setUp()
    const body = await new Response(lmstudio.stream(HELLO).toReadableStream()).text()
    const lines = body.trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as CompletionEvent).type)).toEqual(
      types(await listOf(lmstudio.stream(HELLO))),
    )
  })

  test('writes its error as the last line, then fails', async () => {
    const lmstudio = connect({ url: `http://127.0.0.1:${await closedPort()}` }, { maxRetries: 0 })
    const reader = lmstudio.stream(HELLO).toReadableStream().getReader()
    const { value } = await reader.read()
    expect(JSON.parse(new TextDecoder().decode(value))).toMatchObject({ type: 'error', error: { code: 'not-running' } })
    expect(await rejectionOf(reader.read())).toMatchObject({ code: 'not-running' })
  })

  test('sends nothing before it is read', async () => {
    const paths: string[] = []
    const sendRequest: typeof fetch = (input, init) => {
      paths.push(new URL(String(input)).pathname)
      return fetch(input, init)
    }
    const { lmstudio } = await setUp({}, { fetch: sendRequest })
    const body = lmstudio.stream(HELLO).toReadableStream()
    // A whole exchange later, a stream that begins by itself would have sent its request.
    await lmstudio.listModels()
    expect(paths).toEqual(['/api/v1/models'])
    expect(await new Response(body).text()).toContain('completion-end')
    expect(paths).toEqual(['/api/v1/models', '/v1/chat/completions'])
  })

  test('is what readEvents reads without a response', async () => {
    const { lmstudio } = await setUp()
    const events = await listOf(readEvents(lmstudio.stream(HELLO).toReadableStream()))
    expect(events.at(-1)).toMatchObject({ type: 'completion-end' })
  })
})

describe('readEvents', () => {
  test.each([
    ['texts', '{"type":"completion-end"}\n'],
    ['objects', { type: 'completion-end' }],
  ])('rejects a stream of %s', async (_case, chunk) => {
    const stream = new ReadableStream({ start: (controller) => controller.enqueue(chunk) })
    expect(await rejectionOf(listOf(readEvents(stream as ReadableStream<Uint8Array>)))).toMatchObject({
      name: 'InvalidRequestError',
      hint: expect.stringContaining('bytes') as string,
    })
  })

  test.each([null, 'abort', { signal: {} }, { signal: null }])('rejects the options %j', async (options) => {
    const response = new Response('{"type":"completion-end"}\n')
    expect(await rejectionOf(listOf(readEvents(response, options as object)))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('signal') as string,
    })
  })

  const bytes = (...chunks: string[]) =>
    new Response(
      new ReadableStream({
        start(stream) {
          for (const chunk of chunks) stream.enqueue(new TextEncoder().encode(chunk))
          stream.close()
        },
      }),
    )
  const END = '{"type":"completion-end","response":{}}'

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a text', 'data: {}'],
    ['a response without a body', new Response(null, { status: 200 })],
  ])('refuses %s', async (_case, source) => {
    expect(await rejectionOf(listOf(readEvents(source as Response)))).toMatchObject({ name: 'InvalidRequestError' })
  })

  test('refuses a response that was read', async () => {
    const response = bytes(END)
    await response.text()
    expect(await rejectionOf(listOf(readEvents(response)))).toMatchObject({ name: 'InvalidRequestError' })
  })

  test.each([
    ['a page', '<!doctype html><p>Hello</p>'],
    ['a page with lines like fields', '<!doctype html>\n<html>\n\n<p>Hello: there</p>\n\n</html>\n'],
    ['a text', 'Hello there'],
    ['a text of many lines', 'Hello there\n\nHow are you?\n\n'],
    ['a list', '[1,2]'],
  ])('does not take %s for a complete stream', async (_case, body) => {
    const error = await rejectionOf(listOf(readEvents(bytes(body))))
    expect(error).toMatchObject({ name: 'InvalidResponseError' })
    expect((error as ProviderError).hint).toContain('toResponse')
  })

  test.each([
    ['no events', ''],
    ['lines of JSON', '{"type":"text-delta","text":"a"}\n'],
    ['server-sent events within an event', 'data: {"type":"text-del'],
    ['server-sent events', 'data: {"type":"text-delta","text":"a"}\n\n'],
    ['server-sent events after the last event', `data: ${END}\n\n`],
  ])('reports %s that end early', async (_case, body) => {
    expect(await rejectionOf(listOf(readEvents(bytes(body))))).toMatchObject({ name: 'StreamInterruptedError' })
  })

  test.each([
    ['a byte order mark', '\uFEFF'],
    ['an empty line', '\n'],
    ['an empty line of Windows', '\r\n'],
    ['white space', '  \n '],
    ['a byte order mark and an empty line', '\uFEFF\n'],
  ])('reads events after %s', async (_case, start) => {
    const first = '{"type":"text-delta","text":"a"}'
    for (const body of [`${start}${first}\n${END}\n`, `${start}data: ${first}\n\ndata: ${END}\n\ndata: [DONE]\n\n`]) {
      const whole = new TextEncoder().encode(body)
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of whole) controller.enqueue(Uint8Array.of(byte))
          controller.close()
        },
      })
      // White space before the name of a field is a part of it.
      if (body.includes(' data:')) continue
      expect(types(await listOf(readEvents(stream)))).toEqual(['text-delta', 'completion-end'])
    }
  })

  test('cancels the body of a failed response when its signal aborts', async () => {
    let canceled: unknown
    const body = new ReadableStream<Uint8Array>({
      cancel(reason) {
        canceled = reason
      },
    })
    const controller = new AbortController()
    const response = new Response(body, { status: 500 })
    const reading = rejectionOf(listOf(readEvents(response, { signal: controller.signal })))
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await reading).toBe(reason)
    expect(canceled).toBe(reason)
  })

  test('joins lines that the network cuts anywhere, inside a character too', async () => {
    const whole = new TextEncoder().encode(`{"type":"text-delta","text":"ö☕"}\n${END}\n`)
    for (let at = 1; at < whole.length; at++) {
      const parts = [whole.slice(0, at), whole.slice(at)]
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          const part = parts.shift()
          if (part === undefined) controller.close()
          else controller.enqueue(part)
        },
      })
      expect((await listOf(readEvents(stream)))[0]).toEqual({ type: 'text-delta', text: 'ö☕' })
    }
  })

  test('reports a connection that breaks', async () => {
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new TypeError('terminated'))
      },
    })
    expect(await rejectionOf(listOf(readEvents(stream)))).toMatchObject({ name: 'StreamInterruptedError' })
  })

  test('rejects with the reason of its signal and cancels the body', async () => {
    let canceled: unknown
    const stream = new ReadableStream<Uint8Array>({
      cancel(reason) {
        canceled = reason
      },
    })
    const controller = new AbortController()
    const reading = rejectionOf(listOf(readEvents(stream, { signal: controller.signal })))
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await reading).toBe(reason)
    expect(canceled).toBe(reason)
  })

  test.each([
    ['JSON of another kind', '{"message":"no"}'],
    ['a page', '<p>Bad gateway</p>'],
    ['nothing', ''],
  ])('names the status of a failed response with %s', async (_case, body) => {
    const error = await rejectionOf(listOf(readEvents(new Response(body, { status: 418 }))))
    expect(error).toMatchObject({ name: 'InvalidResponseError', status: 418 })
  })
})

describe('readEvents with a body whose source never answers', () => {
  const never = () => new Promise<never>(() => {})
  const stuck = (first: string, status = 200) =>
    new Response(
      new ReadableStream({
        start: (stream) => stream.enqueue(new TextEncoder().encode(first)),
        cancel: never,
      }),
      { status },
    )

  test('follows the signal while it reads the body of an error', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    const reading = rejectionOf(listOf(readEvents(stuck('{', 500), { signal: controller.signal })))
    controller.abort(reason)
    expect(await reading).toBe(reason)
  })

  test('lets the caller leave the loop', async () => {
    const events = readEvents(stuck('data: {"type":"text-delta","text":"a"}\n\n'))
    for await (const event of events) {
      expect(event.type).toBe('text-delta')
      break
    }
  })

  test('throws the error that the server wrote', async () => {
    const error = await rejectionOf(listOf(readEvents(stuck('data: {"type":"error","error":{"message":"m"}}\n\n'))))
    expect(error).toMatchObject({ message: 'm' })
  })
})

describe('errorToResponse', () => {
  const STATUS: Readonly<Record<string, number>> = {
    NetworkError: 502,
    ServiceNotFoundError: 503,
    UnsupportedEndpointError: 501,
    TimeoutError: 504,
    StreamInterruptedError: 502,
    BrowserAccessError: 502,
    ApiError: 502,
    AuthenticationError: 401,
    PermissionError: 403,
    RateLimitError: 429,
    ModelNotFoundError: 404,
    ModelLoadError: 503,
    ContextLengthError: 413,
    InvalidResponseError: 502,
    InvalidRequestError: 400,
    ConfigurationError: 500,
    OutputValidationError: 502,
    ToolExecutionError: 500,
  }

  test.each(ERRORS.map(({ name, make }) => [name, make] as const))(
    'gives a %s its status, and the error survives the way',
    async (name, make) => {
      const error = make('What happened.', { endpoint: 'http://127.0.0.1:1234' })
      const response = errorToResponse(error)
      expect(response.status).toBe(STATUS[name])
      const { error: json } = (await response.json()) as { error: unknown }
      const restored = ProviderError.fromJSON(json)
      expect(restored.toJSON()).toEqual(error.toJSON())
      expect(restored).toBeInstanceOf(error.constructor)
      expect((error.constructor as typeof NetworkError).isInstance(restored)).toBe(true)
    },
  )

  test('repeats how long to wait', () => {
    const error = ERRORS.find(({ name }) => name === 'RateLimitError')!.make('Too many.')
    expect(errorToResponse(error).headers.get('retry-after')).toBe('2')
  })

  test('lets own headers win', () => {
    const error = ERRORS.find(({ name }) => name === 'RateLimitError')!.make('Too many.')
    const headers = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'private', 'Retry-After': '60' }
    const response = errorToResponse(error, { headers })
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('cache-control')).toBe('private')
    expect(response.headers.get('retry-after')).toBe('60')
  })

  test.each<[string, unknown]>([
    ['a name with a space', { 'bad name': 'x' }],
    ['a value with a line break', { 'x-note': 'a\nb' }],
    ['a text', 'x'],
    ['a number', 5],
  ])('leaves out headers that are invalid: %s', async (_case, headers) => {
    const response = errorToResponse(new NetworkError('m'), { headers: headers as HeadersInit })
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { name: 'NetworkError' } })
    expect(errorToResponse(new NetworkError('m'), null as unknown as undefined).status).toBe(502)
  })

  test('gives an error of an unknown class the status 500', () => {
    expect(errorToResponse(ProviderError.fromJSON({ name: 'NewerError', message: 'm' })).status).toBe(500)
  })

  test.each([
    ['conversation-busy', 409],
    ['download-failed', 502],
    ['request-timeout', 504],
    ['stream-taken', 500],
  ])('goes by the code %s where it says more than the class', (code, status) => {
    const error = ProviderError.fromJSON({ name: 'InvalidRequestError', message: 'm', code })
    expect(errorToResponse(error).status).toBe(status)
  })

  test.each(['constructor', 'toString', '__proto__'])(
    'gives an error with the code %s the status of its class',
    (code) => {
      expect(errorToResponse(ProviderError.fromJSON({ name: 'ModelNotFoundError', code })).status).toBe(404)
    },
  )

  test.each(['soon', Number.NaN, Infinity, {}])('does not repeat %s as the time to wait', (retryAfterMs) => {
    const error = ProviderError.fromJSON({ name: 'RateLimitError', retryAfterMs })
    expect(errorToResponse(error).headers.has('retry-after')).toBe(false)
  })

  test.each<[string, () => unknown]>([
    [
      'has a circle',
      () => {
        const issues: unknown[] = []
        issues.push(issues)
        return ProviderError.fromJSON({ name: 'OutputValidationError', issues })
      },
    ],
    ['has a bigint', () => ProviderError.fromJSON({ status: 1n })],
    [
      'throws when it is read',
      () => ({
        get name() {
          throw new Error('hunter2')
        },
      }),
    ],
    [
      'is a proxy that was revoked',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      },
    ],
  ])('makes a response of an error that %s', async (_case, make) => {
    const response = errorToResponse(make())
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect(await response.json()).toMatchObject({ error: { code: 'unknown' } })
  })

  test('says by itself that the response is JSON that no cache keeps', () => {
    expect(Object.fromEntries(errorToResponse(new NetworkError('What happened.')).headers)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    })
  })

  test.each([
    ['an error of something else', new Error('password: hunter2'), 500],
    ['an abort', new DOMException('gone', 'AbortError'), 499],
    ['an abort by Next.js', Object.assign(new Error('hunter2'), { name: 'ResponseAborted' }), 499],
    ['a body that is not JSON', new SyntaxError('Unexpected token hunter2'), 400],
    ['a body that is not JSON, in another realm', runInNewContext('new SyntaxError("hunter2")'), 400],
    [
      'a body that is not JSON, in a class of its own',
      Object.assign(new SyntaxError('hunter2'), { name: 'JSONError' }),
      400,
    ],
    ['null', null, 500],
    ['a text', 'hunter2', 500],
  ])('tells nothing of %s', async (_case, error, status) => {
    const response = errorToResponse(error)
    expect(response.status).toBe(status)
    expect(await response.text()).not.toContain('hunter2')
  })

  test.each([
    [new DOMException('gone', 'AbortError'), 'aborted'],
    [new SyntaxError('hunter2'), 'not valid JSON'],
    [new Error('hunter2'), 'failed to respond'],
  ])('tells the client of %s what happened in general words', async (error, words) => {
    const message = expect.stringContaining(words) as string
    expect(await errorToResponse(error).json()).toMatchObject({ error: { message } })
  })
})

test.each<[string, unknown, string, string]>([
  ['a body that is not JSON', new SyntaxError('x'), 'InvalidRequestError', 'as JSON'],
  ['an abort', new DOMException('gone', 'AbortError'), 'ProviderError', 'again'],
  ['an error of something else', new Error('x'), 'ProviderError', 'log'],
])('the page learns what to do after %s', async (_case, error, name, advice) => {
  const { error: json } = (await errorToResponse(error).json()) as { readonly error: unknown }
  const restored = ProviderError.fromJSON(json)
  expect(restored.name).toBe(name)
  expect(restored.hint).toContain(advice)
})

test.each([-5000, 1e300, Number.NaN])('a restored error asks for no wait of %d ms', (retryAfterMs) => {
  const error = ProviderError.fromJSON({ name: 'RateLimitError', code: 'rate-limit', retryAfterMs })
  expect(errorToResponse(error).headers.get('retry-after')).toBeNull()
})

test.each<[unknown]>([[null], ['sse'], [7]])(
  'toResponse rejects the options %j before a request is sent',
  async (options) => {
    const { lmstudio, mock } = await setUp()
    expect(await rejectionOf(lmstudio.stream(HELLO).toResponse(options as object))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('toResponse') as string,
    })
    expect(mock.calls).toEqual([])
  },
)

describe('errorToResponse in a route handler', () => {
  test.each([
    ['hunter2', 400],
    ['', 400],
    ['null', 400],
    ['{"prompt":5}', 400],
    ['{"prompt":"Hello"}', 200],
  ])('answers the body %j with %i', async (body, status) => {
    const { lmstudio } = await setUp()
    const request = new Request('http://app.example', { method: 'POST', body })
    const response = await (async () => {
      try {
        const value = (await request.json()) as { readonly prompt: string } | null
        return Response.json(await lmstudio.complete({ model: MODEL, prompt: value?.prompt as string }))
      } catch (error) {
        return errorToResponse(error, { signal: request.signal })
      }
    })()
    expect(response.status).toBe(status)
    expect(await response.text()).not.toContain('hunter2')
  })

  test('counts the reason of the signal as an abort, whatever it is', () => {
    const reason = new NetworkError('left')
    expect(errorToResponse(reason, { signal: AbortSignal.abort(reason) }).status).toBe(499)
    expect(errorToResponse('left', { signal: AbortSignal.abort('left') }).status).toBe(499)
    expect(errorToResponse(reason, { signal: AbortSignal.abort('left') }).status).toBe(502)
    expect(errorToResponse(undefined, { signal: new AbortController().signal }).status).toBe(500)
  })
})

describe('ProviderError.fromJSON', () => {
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a text', 'x'],
    ['an empty object', {}],
    ['facts of the wrong type', { name: 7, message: [], code: {}, hint: null, isRetryable: 'yes', cause: 3 }],
  ])('makes an unknown error of %s', (_case, json) => {
    const error = ProviderError.fromJSON(json)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ name: 'ProviderError', code: 'unknown' satisfies ErrorCode, isRetryable: false })
  })

  test.each<[string, () => unknown]>([
    [
      'a field that throws',
      () => ({
        get status() {
          throw new Error('x')
        },
      }),
    ],
    [
      'a cause that throws',
      () => ({
        cause: {
          get name() {
            throw new Error('x')
          },
        },
      }),
    ],
    [
      'a proxy that was revoked',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      },
    ],
  ])('does not throw for %s', (_case, make) => {
    expect(ProviderError.fromJSON(make())).toMatchObject({ code: 'unknown' satisfies ErrorCode })
  })

  test('takes only facts, so that JSON cannot replace methods or the prototype', () => {
    const json = JSON.parse(
      '{"name":"NetworkError","message":"m","toJSON":1,"__proto__":{"x":1},"stack":"s","other":1}',
    )
    const error = ProviderError.fromJSON(json)
    expect(error.toJSON()).toMatchObject({ name: 'NetworkError', message: 'm' })
    expect(Object.keys(error)).not.toContain('other')
    expect('x' in error).toBe(false)
    expect(error.stack).not.toBe('s')
  })

  test('redacts what a foreign server put into it', () => {
    expect(ProviderError.fromJSON({ message: 'token sk-lm-abcdefgh:0123456789abcdefghij' }).message).not.toContain(
      'abcdefghij',
    )
  })

  test('keeps name, message and code of the cause', () => {
    const json = {
      name: 'NetworkError',
      message: 'm',
      cause: { name: 'TypeError', message: 'fetch failed', code: 'E' },
    }
    expect(ProviderError.fromJSON(json).toJSON()).toMatchObject({ cause: json.cause })
  })

  test('keeps a number as the code of the cause', () => {
    const cause = { name: 'DOMException', message: 'timed out', code: 23 }
    expect(ProviderError.fromJSON({ name: 'NetworkError', message: 'm', cause }).toJSON()).toMatchObject({ cause })
  })

  test('makes every text printable, on one line and short', () => {
    const bad = `a\u001b[31m\r\nb\u202e${'x'.repeat(20_000)}`
    const json = {
      name: 'InvalidRequestError',
      message: bad,
      code: bad,
      serverMessage: bad,
      issues: [{ path: [bad, 1], message: bad }],
      attempts: [{ endpoint: bad, source: bad, code: bad, reason: bad }],
      availableModels: [bad],
      cause: { name: bad, message: bad, code: bad },
    }
    const restored = ProviderError.fromJSON(json).toJSON()
    const texts: string[] = []
    JSON.stringify(restored, (_key, value: unknown) => {
      if (typeof value === 'string') texts.push(value)
      return value
    })
    expect(texts.filter((text) => text.startsWith('a'))).toHaveLength(13)
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(texts.filter((text) => /[\u0000-\u001f\u202e]/.test(text) || text.length > 8_001)).toEqual([])
  })

  test.each<[string, unknown]>([
    ['status', '500<script>'],
    ['status', [500]],
    ['retryAfterMs', '5'],
    ['timeoutMs', null],
    ['promptTokens', {}],
    ['contextLength', true],
    ['availableModels', {}],
    ['availableModels', 'acme/tern-4b'],
    ['attempts', 'none'],
    ['issues', 'none'],
    ['issues', { length: 3 }],
    ['endpoint', 7],
    ['model', ['acme/tern-4b']],
    ['serverMessage', { toString: 1 }],
  ])('leaves out the fact %s with the value %j', (fact, value) => {
    expect(Object.keys(ProviderError.fromJSON({ name: 'ApiError', message: 'm', [fact]: value }))).not.toContain(fact)
  })

  test('keeps the valid items of a list, at most 1,000', () => {
    const issue = { path: ['messages', 0], message: 'required' }
    const error = ProviderError.fromJSON({
      attempts: [null, 7, { endpoint: 'http://h:1' }, { endpoint: 'http://h:1', reason: 'r', other: 1 }],
      issues: [null, 'x', { path: 'no', message: 'm' }, { message: 7 }, { ...issue, other: 1 }],
      availableModels: ['a', 7, null, ...Array.from({ length: 5_000 }, () => 'b')],
    }).toJSON()
    expect(error['attempts']).toEqual([{ endpoint: 'http://h:1', source: '', code: 'unknown', reason: 'r' }])
    expect(error['issues']).toEqual([{ path: [], message: 'm' }, issue])
    expect((error['availableModels'] as string[]).slice(0, 2)).toEqual(['a', 'b'])
    expect((error['availableModels'] as string[]).length).toBeLessThanOrEqual(1_000)
  })

  test('calls a cause without a name an Error', () => {
    const error = ProviderError.fromJSON({ name: 'NetworkError', message: 'm', cause: { message: 'lost' } })
    expect(error.toJSON()).toMatchObject({ cause: { name: 'Error', message: 'lost' } })
  })

  test('leaves instanceof of an application’s own class alone', () => {
    class AppError extends NetworkError {}
    expect(new AppError('x')).toBeInstanceOf(AppError)
    expect(new NetworkError('x')).not.toBeInstanceOf(AppError)
    expect(ProviderError.fromJSON({ name: 'NetworkError' })).not.toBeInstanceOf(AppError)
  })
})

test('a page of the same origin uses the library without LM Studio: only readEvents', async () => {
  const lmstudio = createLMStudio({
    cache: memoryCache(),
    fetch: () =>
      Promise.resolve(
        new Response('data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n', {
          headers: { 'content-type': 'text/event-stream' },
        }),
      ),
  })
  const events = await listOf(readEvents(await lmstudio.stream(HELLO).toResponse()))
  expect(types(events)).toContain('text-delta')
})

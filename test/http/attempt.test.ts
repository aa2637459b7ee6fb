import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallOptions, LMStudioOptions } from '../../src/config/options.js'
import type { Attempt } from '../../src/http/attempt.js'
import type { RequestSpec } from '../../src/http/request-spec.js'
import { encode } from '../helpers/bytes.js'
import { CHAT, eventStream, json, refused, stubFetch, testClient } from '../helpers/client.js'
import { settle } from '../helpers/deferred.js'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const READ: RequestSpec = { method: 'GET', route: '/v1/models', kind: 'read' }
const GENERATION: RequestSpec = { method: 'POST', route: CHAT, kind: 'generation', body: '{"model":"m"}' }
const CHANGE: RequestSpec = { ...GENERATION, kind: 'change' }

const MIB = 1024 * 1024

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const never = (): Promise<never> => new Promise(() => {})

/** A body that sends one chunk every `ms`. */
function drip(ms: number, chunks: readonly string[]): ReadableStream<Uint8Array> {
  let index = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => (timer = setTimeout(resolve, ms)))
        const chunk = chunks[index++]
        if (chunk === undefined) controller.close()
        else controller.enqueue(encode(chunk))
      },
      cancel: () => clearTimeout(timer),
    },
    { highWaterMark: 0 },
  )
}

/** Opens a stream whose body is `chunks`, followed by `ending`. */
async function openStream(
  chunks: readonly string[],
  ending: 'close' | 'hang' | Error,
  options: CallOptions = {},
): Promise<{ readonly attempt: Attempt; readonly body: ReturnType<typeof eventStream>['state'] }> {
  const { response, state } = eventStream(chunks, ending)
  const opened = await testClient({ fetch: stubFetch(() => response).fetch }).openStream(GENERATION, options)
  if (opened.kind !== 'events') throw new Error('Expected an event stream.')
  return { attempt: opened.attempt, body: state }
}

/** Expects that a call rejects with a TimeoutError after exactly `ms`, and leaves nothing behind. */
async function expectTimeout(
  { spec, ms, limit, fetch }: { spec: RequestSpec; ms: number; limit: string; fetch: typeof globalThis.fetch },
  options: LMStudioOptions,
  callOptions: CallOptions = {},
): Promise<void> {
  const { signal } = new AbortController()
  let error: unknown
  const client = testClient({ fetch, ...options })
  const running = rejectionOf(client.requestJSON(spec, { ...callOptions, signal })).then((reason) => (error = reason))
  await settle()
  await vi.advanceTimersByTimeAsync(ms - 1)
  expect(error).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  await running
  expect(error).toMatchObject({ name: 'TimeoutError', code: 'timeout', limit })
  expect(vi.getTimerCount()).toBe(0)
  expect(countListeners(signal)).toBe(0)
}

describe('time limits', () => {
  it.each<[string, RequestSpec, LMStudioOptions, CallOptions, string]>([
    ['a read to the option `timeout`', READ, { timeout: 2000 }, {}, 'timeout'],
    ['a read to `timeout` of the call', READ, { timeout: 10 }, { timeout: 2000 }, 'timeout'],
    [
      'a generation to `generationTimeout`',
      GENERATION,
      { generationTimeout: 2000, timeout: 10 },
      {},
      'generationTimeout',
    ],
    ['a generation to `timeout` of the call', GENERATION, { generationTimeout: 10 }, { timeout: 2000 }, 'timeout'],
    ['a read whose token a function returned', READ, { timeout: 2000, apiToken: () => 'hunter2' }, {}, 'timeout'],
    ['a read that an interceptor saw', READ, { timeout: 2000, onRequest: () => {} }, {}, 'timeout'],
    ['a change to `generationTimeout`', CHANGE, { generationTimeout: 2000, timeout: 10 }, {}, 'generationTimeout'],
  ])('without a response, limits %s', async (_, spec, options, callOptions, limit) => {
    const stub = stubFetch(never)
    await expectTimeout({ spec, ms: 2000, limit, fetch: stub.fetch }, options, callOptions)
    expect(stub.requests).toHaveLength(1)
  })

  it('limits a read as a whole, although its body keeps arriving', async () => {
    const fetch = async () => new Response(drip(300, ['{', ' ', ' ', ' ', ' ']))
    await expectTimeout({ spec: READ, ms: 1000, limit: 'timeout', fetch }, { timeout: 1000 })
  })

  it('limits the reading of an error body', async () => {
    const fetch = async () => new Response(drip(300, ['{', ' ', ' ', ' ', ' ']), { status: 400 })
    await expectTimeout({ spec: READ, ms: 1000, limit: 'timeout', fetch }, { timeout: 1000 })
  })

  it('limits the complete body of a generation to `idleTimeout` after its first byte', async () => {
    const fetch = async () => new Response(drip(300, ['{', '"', 'a', 'b', 'c', 'd']))
    const options = { generationTimeout: 60_000, idleTimeout: 1000 }
    await expectTimeout({ spec: GENERATION, ms: 1300, limit: 'idleTimeout', fetch }, options)
  })

  it('does not count white space, which gateways send to keep a connection open, as the first byte', async () => {
    const fetch = async () =>
      new Response(
        drip(
          300,
          Array.from({ length: 20 }, () => ' \n'),
        ),
      )
    const options = { generationTimeout: 5000, idleTimeout: 1000 }
    await expectTimeout({ spec: GENERATION, ms: 5000, limit: 'generationTimeout', fetch }, options)
  })
})

describe('a body', () => {
  // One JSON string: quotes around 64 MiB less two bytes.
  const chunk = new Uint8Array(MIB).fill(0x78)
  const first = Uint8Array.from(chunk).fill(0x22, 0, 1)
  const last = Uint8Array.from(chunk).fill(0x22, MIB - 1)
  const middle = Array.from({ length: 62 }, () => chunk)

  it('reads a body of 64 MiB', async () => {
    const { response } = eventStream([first, ...middle, last])
    const { body } = await testClient({ fetch: async () => new Response(response.body) }).requestJSON(READ)
    expect(body).toHaveLength(64 * MIB - 2)
  })

  it('rejects a body that is one byte longer than 64 MiB, and reads no further', async () => {
    const { response, state } = eventStream([first, ...middle, last, ' ', ' '])
    const client = testClient({ fetch: async () => new Response(response.body) })
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'body-too-long',
    })
    expect(state).toMatchObject({ pulled: 65, wasCanceled: true })
  })

  // The padding comes last, so that a body that is cut is not JSON.
  const errorBody = (length: number): string => {
    const start = '{"error":{"message":"known"},"padding":"'
    return `${start}${'p '.repeat(length).slice(0, length - start.length - 2)}"}`
  }

  it('reads an error body of 64 KiB', async () => {
    const body = errorBody(64 * 1024)
    expect(body).toHaveLength(65_536)
    const client = testClient({ fetch: async () => new Response(body, { status: 400 }) })
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({ serverMessage: 'known' })
  })

  it('cuts an error body after 64 KiB', async () => {
    const body = errorBody(64 * 1024 + 1)
    const client = testClient({ fetch: async () => new Response(body, { status: 400 }) })
    const error = await rejectionOf(client.requestJSON(READ))
    expect(error).toMatchObject({ status: 400, serverMessage: expect.stringContaining('{"error"') as string })
  })

  it('reads no further than 64 KiB of an error body, and cancels the rest', async () => {
    const { response, state } = eventStream(Array.from({ length: 1000 }, () => 'x'.repeat(16 * 1024)))
    const client = testClient({ fetch: async () => new Response(response.body, { status: 500 }), maxRetries: 0 })
    expect(await rejectionOf(client.requestJSON(READ))).toMatchObject({ status: 500 })
    expect(state).toMatchObject({ pulled: 5, wasCanceled: true })
  })
})

describe('peek', () => {
  it.each<[string, string[], string]>([
    ['the first characters', ['{"id":"c"}'], '{"id":"c"}'],
    ['characters that arrive one by one', [...'{"id":"c"}'], '{"id":"c"}'],
    ['what follows white space', [' ', '\n\t', ' \n{"id"', ':"c"}'], '{"id":"c"}'],
    ['nothing of an empty body', [], ''],
    ['nothing of white space', [' ', '\n'], ''],
  ])('`peek` returns %s', async (_, chunks, expected) => {
    const { attempt } = await openStream(chunks, 'close')
    expect(await attempt.peek()).toBe(expected)
  })

  it('`peek` reads until it has 16 characters', async () => {
    const { attempt, body } = await openStream(['data: 12345678', '9', '0', 'x'], 'hang')
    expect(await attempt.peek()).toBe('data: 1234567890')
    expect(body.pulled).toBe(3)
  })

  it('`read` returns what `peek` has read, without the white space before it', async () => {
    const { attempt } = await openStream([' ', '\n', 'data: x', ' \n\n', 'data: and what follows', 'z'], 'close')
    await attempt.peek()
    const texts: string[] = []
    for (let chunk = await attempt.read(); chunk !== undefined; chunk = await attempt.read()) {
      texts.push(new TextDecoder().decode(chunk))
    }
    expect(texts).toEqual(['data: x', ' \n\n', 'data: and what follows', 'z'])
  })

  it('`peek` returns control characters, also where the network cuts after them', async () => {
    const { attempt } = await openStream(['\0', 'data: x\n\n'], 'close')
    expect(await attempt.peek()).toBe('\0data: x\n\n')
  })
})

describe('drain', () => {
  it('`drain` waits 100 ms for the end of the body, then closes the connection', async () => {
    const { signal } = new AbortController()
    const { attempt, body } = await openStream(['data: x\n\n'], 'hang', { signal })
    await attempt.read()
    attempt.drain()
    await vi.advanceTimersByTimeAsync(99)
    expect(body.wasCanceled).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(body.wasCanceled).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
  })

  it('`drain` keeps the connection when the body ends, and clears its timer', async () => {
    const { signal } = new AbortController()
    const { attempt, body } = await openStream(['data: x\n\n'], 'close', { signal })
    await attempt.read()
    attempt.drain()
    await settle()
    expect(vi.getTimerCount()).toBe(0)
    expect(body.wasCanceled).toBe(false)
    expect(countListeners(signal)).toBe(0)
  })

  it('`drain` closes the connection when the body continues, and clears its timer', async () => {
    const { attempt, body } = await openStream(['data: x\n\n', 'data: y\n\n'], 'hang')
    await attempt.read()
    attempt.drain()
    await settle()
    expect(body).toMatchObject({ pulled: 2, wasCanceled: true })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('`drain` clears its timer when the connection breaks', async () => {
    const { attempt } = await openStream(['data: x\n\n'], new TypeError('terminated'))
    await attempt.read()
    attempt.drain()
    await settle()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('`drain` lets the next generation start at once', async () => {
    const { response } = eventStream(['data: x\n\n'], 'hang')
    const client = testClient({ fetch: stubFetch(() => response, json({ ok: true })).fetch, maxConcurrency: 1 })
    const opened = await client.openStream(GENERATION)
    if (opened.kind !== 'events') throw new Error('Expected an event stream.')
    await opened.attempt.read()
    opened.attempt.drain()
    expect((await client.requestJSON(GENERATION)).body).toEqual({ ok: true })
  })

  it('`drain` does nothing after the end of the body', async () => {
    const { attempt, body } = await openStream([], 'close')
    expect(await attempt.read()).toBeUndefined()
    attempt.drain()
    expect(vi.getTimerCount()).toBe(0)
    expect(body.wasCanceled).toBe(false)
  })
})

describe('close', () => {
  it('`close` cancels the body and leaves no timer and no listener', async () => {
    const { signal } = new AbortController()
    const { attempt, body } = await openStream(['data: x\n\n'], 'hang', { signal })
    expect(countListeners(signal)).toBe(1)
    attempt.close()
    expect(body.wasCanceled).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
  })

  it('`close` does nothing after the end of the body', async () => {
    const { attempt, body } = await openStream([], 'close')
    expect(await attempt.read()).toBeUndefined()
    attempt.close()
    expect(await attempt.read()).toBeUndefined()
    expect(body.wasCanceled).toBe(false)
  })

  it.each<[string, (attempt: Attempt) => void]>([
    ['it is closed twice', (attempt) => [attempt.close(), attempt.close()]],
    ['it is drained and closed', (attempt) => [attempt.drain(), attempt.close()]],
  ])('ends once when %s', async (_, finish) => {
    const { attempt } = await openStream(['data: x\n\n'], 'hang')
    let ends = 0
    attempt.onEnd = () => void ends++
    finish(attempt)
    await settle()
    expect(ends).toBe(1)
    expect(attempt.isOver).toBe(true)
  })

  it('`close` makes later reads resolve to undefined', async () => {
    const { attempt } = await openStream(['data: x\n\n'], 'hang')
    attempt.close()
    expect(await attempt.read()).toBeUndefined()
  })
})

describe('read', () => {
  it('`read` rejects with the reason of an abort, each time', async () => {
    const controller = new AbortController()
    const { attempt, body } = await openStream(['data: x\n\n'], 'hang', { signal: controller.signal })
    controller.abort('changed my mind')
    expect(await rejectionOf(attempt.read())).toBe('changed my mind')
    expect(await rejectionOf(attempt.read())).toBe('changed my mind')
    expect(body.wasCanceled).toBe(true)
  })

  it('`read` does not count the time in which nothing reads', async () => {
    const { response } = eventStream(['data: x\n\n', 'data: y\n\n'], 'hang')
    const client = testClient({ fetch: async () => response, idleTimeout: 1000, generationTimeout: 1000 })
    const opened = await client.openStream(GENERATION)
    if (opened.kind !== 'events') throw new Error('Expected an event stream.')
    const { attempt } = opened
    await attempt.read()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(new TextDecoder().decode(await attempt.read())).toBe('data: y\n\n')
    const last = rejectionOf(attempt.read())
    await vi.advanceTimersByTimeAsync(1000)
    expect(await last).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout' })
  })

  it('`read` rejects with the reason of an abort that arrives together with a chunk', async () => {
    const controller = new AbortController()
    const chunk = Promise.resolve({ done: false, value: encode('data: x\n\n') })
    const getReader = () => ({
      read: () => {
        queueMicrotask(() => void chunk.then(() => controller.abort('changed my mind')))
        return chunk
      },
      cancel: () => {},
    })
    const response = { status: 200, headers: new Headers({ 'content-type': 'text/event-stream' }), body: { getReader } }
    const client = testClient({ fetch: async () => response as unknown as Response })
    const opened = await client.openStream(GENERATION, { signal: controller.signal })
    if (opened.kind !== 'events') throw new Error('Expected an event stream.')
    expect(await rejectionOf(opened.attempt.read())).toBe('changed my mind')
  })

  it('`read` resolves to undefined at the end of the body, and leaves no timer and no listener', async () => {
    const { signal } = new AbortController()
    const { attempt } = await openStream([], 'close', { signal })
    expect(await attempt.read()).toBeUndefined()
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
  })

  it('`read` rejects when the connection breaks, and leaves no timer and no listener', async () => {
    const { signal } = new AbortController()
    const { attempt } = await openStream([], new TypeError('terminated'), { signal })
    expect(await rejectionOf(attempt.read())).toMatchObject({ name: 'StreamInterruptedError' })
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
  })
})

describe('an abort', () => {
  const ignoreSignal =
    (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    (input, init) =>
      fetch(input, { ...init, signal: null })

  async function abortCall(responder: () => Promise<Response> | Response, options: LMStudioOptions = {}) {
    const controller = new AbortController()
    const { signal } = controller
    const reason = { why: 'changed my mind' }
    const stub = stubFetch(responder)
    const client = testClient({ fetch: ignoreSignal(stub.fetch), ...options })
    const rejection = rejectionOf(client.requestJSON(READ, { signal }))
    await settle()
    controller.abort(reason)
    expect(await rejection).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
    return stub.requests
  }

  it('rejects with the reason of an abort while the function `apiToken` is pending, and sends nothing', async () => {
    expect(await abortCall(() => json({}), { apiToken: never })).toEqual([])
  })

  it('rejects with the reason of an abort while a fetch that ignores its signal is pending', async () => {
    expect(await abortCall(never)).toHaveLength(1)
  })

  it('rejects with the reason of an abort while a body that ignores its signal is pending', async () => {
    const { response, state } = eventStream(['{"a":'], 'hang')
    expect(await abortCall(() => new Response(response.body))).toHaveLength(1)
    expect(state.wasCanceled).toBe(true)
  })

  it('rejects with the reason of an abort before the call, and sends nothing', async () => {
    const stub = stubFetch(json({}))
    const signal = AbortSignal.abort('changed my mind')
    expect(await rejectionOf(testClient({ fetch: stub.fetch }).requestJSON(READ, { signal }))).toBe('changed my mind')
    expect(stub.requests).toEqual([])
  })
})

describe('an abort by the logger', () => {
  it.each<[string, LMStudioOptions]>([
    ['without a token', {}],
    ['with a function `apiToken` that hangs', { apiToken: never }],
  ])('sends nothing and runs no interceptor, %s', async (_, options) => {
    const controller = new AbortController()
    const stub = stubFetch(json({}))
    const onRequest = vi.fn<() => void>()
    const logger = (): void => controller.abort('changed my mind')
    const client = testClient({ fetch: stub.fetch, logger, onRequest, ...options })
    expect(await rejectionOf(client.requestJSON(READ, { signal: controller.signal }))).toBe('changed my mind')
    expect(stub.requests).toEqual([])
    expect(onRequest).not.toHaveBeenCalled()
    expect(countListeners(controller.signal)).toBe(0)
  })
})

describe('a 401', () => {
  const refuse = async (): Promise<Response> => json({ error: 'no' }, { status: 401 })

  it.each<[string, LMStudioOptions, CallOptions, string]>([
    ['without a token', {}, {}, 'auth-required'],
    ['with an empty token', { apiToken: '' }, {}, 'auth-required'],
    ['with a token', { apiToken: 'hunter2hunter2' }, {}, 'auth-rejected'],
    ['with a header of the provider', { headers: { Authorization: 'Basic x' } }, {}, 'auth-rejected'],
    ['with a header of the call', {}, { headers: { Authorization: 'Basic x' } }, 'auth-rejected'],
  ])('%s has the right code', async (_, options, callOptions, code) => {
    const client = testClient({ fetch: refuse, ...options })
    expect(await rejectionOf(client.requestJSON(READ, callOptions))).toMatchObject({ code })
  })
})

describe('a call', () => {
  it('leaves no timer and no listener on the signal after a success', async () => {
    const { signal } = new AbortController()
    await testClient({ fetch: async () => json({}) }).requestJSON(READ, { signal })
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
  })

  it.each<[string, typeof globalThis.fetch]>([
    ['an error of the server', async () => json({ error: 'no' }, { status: 400 })],
    ['a refused connection', () => Promise.reject(refused())],
    [
      'a response that breaks off',
      async () => new Response(eventStream(['{'], new TypeError('terminated')).response.body),
    ],
  ])('leaves no timer and no listener on the signal after %s', async (_, fetch) => {
    const { signal } = new AbortController()
    await rejectionOf(testClient({ fetch, maxRetries: 0 }).requestJSON(READ, { signal }))
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
  })
})

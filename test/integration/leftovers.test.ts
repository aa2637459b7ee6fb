import { getEventListeners } from 'node:events'
import {
  type CallOptions,
  diagnose,
  discover,
  memoryCache,
  runTools,
  streamTools,
  type ToolContext,
} from 'lmstudio-provider'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { deferred } from '../helpers/deferred.js'
import { caught } from './support/caught.js'
import { HELLO } from './support/provider.js'
import { hang, type Intercept, PUBLIC_CALLS, setUpCall, setUpFetch, type SentRequest } from './support/public-calls.js'
import { advanceUntil } from './support/time.js'
import { turns } from './support/watch.js'

// Without sockets, so that every timer is one of the library. Fake timers count exactly those that are set and neither
// cleared nor fired.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
})

/** What is left behind by a call that is over. */
async function leftovers(signal: AbortSignal): Promise<{ timers: number; listeners: number }> {
  await turns()
  return { timers: vi.getTimerCount(), listeners: getEventListeners(signal, 'abort').length }
}

const NOTHING = { timers: 0, listeners: 0 }
const REASON = { why: 'the person closed the tab' }

/** Runs a promise to its end, whatever pauses it makes. */
async function settled(promise: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = (): void => void (isOver = true)
  promise.then(over, over)
  await advanceUntil(() => isOver)
}

const CALLS = PUBLIC_CALLS.map((call) => [call.name, call] as const)
const REQUESTS = PUBLIC_CALLS.flatMap((call) =>
  call.requests.map(({ request }, index) => {
    return [`request ${index + 1} of ${call.name} (${request})`, { call, index }] as const
  }),
)

const at =
  (index: number, respond: (request: SentRequest, send: () => Promise<Response>) => Promise<Response>): Intercept =>
  (request, position, send) =>
    position === index ? respond(request, send) : undefined

const refuse = async (): Promise<never> => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1234'), { code: 'ECONNREFUSED' })
  throw new TypeError('fetch failed', { cause })
}

/** A response whose body stops after its first byte. */
async function stall({ signal }: SentRequest, send: () => Promise<Response>): Promise<Response> {
  const response = await send()
  const bytes = new Uint8Array(await response.arrayBuffer())
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 1))
      signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
    },
  })
  return new Response(body, response)
}

/** A response whose connection breaks after its first 200 bytes. */
async function cut(_request: SentRequest, send: () => Promise<Response>): Promise<Response> {
  const response = await send()
  const bytes = new Uint8Array(await response.arrayBuffer())
  const chunks = [bytes.subarray(0, 200)]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.error(new TypeError('terminated'))
      else controller.enqueue(chunk)
    },
  })
  return new Response(body, response)
}

/** A complete response whose connection stays open. */
async function linger({ signal }: SentRequest, send: () => Promise<Response>): Promise<Response> {
  const response = await send()
  const bytes = new Uint8Array(await response.arrayBuffer())
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes)
      signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
    },
  })
  return new Response(body, response)
}

const STREAM = PUBLIC_CALLS.find(({ name }) => name === 'stream')!

describe('no timer and no listener is left behind', () => {
  test.each(CALLS)('when %s succeeds', async (_name, call) => {
    const { lmstudio, sent } = await setUpCall(call)
    const { signal } = new AbortController()
    const running = call.run(lmstudio, { signal })
    if (call.rejects === true) running.catch(() => {})
    await settled(running)
    expect(sent).toHaveLength(call.requests.length)
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test.each(REQUESTS)('when the server rejects %s', async (_title, { call, index }) => {
    const reject = at(index, async () => Response.json({ error: 'no' }, { status: 400 }))
    const { lmstudio } = await setUpCall(call, reject)
    const { signal } = new AbortController()
    await settled(call.run(lmstudio, { signal }))
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test.each(REQUESTS)('when the connection for %s is refused', async (_title, { call, index }) => {
    const { lmstudio } = await setUpCall(call, (_, position) => (position >= index ? refuse() : undefined))
    const { signal } = new AbortController()
    await settled(call.run(lmstudio, { signal, maxRetries: 1 }))
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test.each(REQUESTS)('when %s takes too long', async (_title, { call, index }) => {
    const { lmstudio } = await setUpCall(call, at(index, hang))
    const { signal } = new AbortController()
    await settled(call.run(lmstudio, { signal, timeout: 50 }))
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test.each(REQUESTS)('when the body of %s takes too long', async (_title, { call, index }) => {
    const { lmstudio } = await setUpCall(call, at(index, stall))
    const { signal } = new AbortController()
    await settled(call.run(lmstudio, { signal, timeout: 50 }))
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test.each(REQUESTS)('when the caller aborts %s', async (_title, { call, index }) => {
    const { lmstudio, sent } = await setUpCall(call, at(index, hang))
    const controller = new AbortController()
    const running = call.run(lmstudio, { signal: controller.signal })
    running.catch(() => {})
    await advanceUntil(() => sent.length > index)
    controller.abort(REASON)
    await expect(running).rejects.toBe(REASON)
    expect(await leftovers(controller.signal)).toEqual(NOTHING)
  })

  test.each(REQUESTS)('when the caller aborts in the body of %s', async (_title, { call, index }) => {
    const { lmstudio, sent } = await setUpCall(call, at(index, stall))
    const controller = new AbortController()
    const running = call.run(lmstudio, { signal: controller.signal })
    running.catch(() => {})
    await advanceUntil(() => sent.length > index)
    await turns()
    controller.abort(REASON)
    await expect(running).rejects.toBe(REASON)
    expect(await leftovers(controller.signal)).toEqual(NOTHING)
  })

  test.each(REQUESTS)('when the caller aborts before %s is repeated', async (_title, { call, index }) => {
    const busy = async (): Promise<Response> =>
      Response.json({ error: 'busy' }, { status: 503, headers: { 'retry-after': '10' } })
    const { lmstudio, sent } = await setUpCall(call, at(index, busy))
    const controller = new AbortController()
    const running = call.run(lmstudio, { signal: controller.signal })
    running.catch(() => {})
    await advanceUntil(() => sent.length > index)
    await turns()
    controller.abort(REASON)
    await settled(running)
    expect(await leftovers(controller.signal)).toEqual(NOTHING)
  })

  const STREAMS = CALLS.filter(([, { leave }]) => leave !== undefined)

  test.each(STREAMS)('when the consumer leaves %s after the first event', async (_name, call) => {
    const { lmstudio } = await setUpCall(call)
    const { signal } = new AbortController()
    await settled(call.leave!(lmstudio, { signal }))
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test.each(STREAMS)('when %s breaks after its first bytes', async (_name, call) => {
    const last = call.requests.length - 1
    const { lmstudio } = await setUpCall(call, at(last, cut))
    const { signal } = new AbortController()
    await settled(call.run(lmstudio, { signal }))
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test('when a stream is aborted by its own `abort`', async () => {
    const { lmstudio, sent } = await setUpCall(STREAM, at(0, stall))
    const { signal } = new AbortController()
    const stream = lmstudio.stream(HELLO, { signal })
    const running = caught(stream.response)
    await advanceUntil(() => sent.length > 0)
    await turns()
    stream.abort(REASON)
    expect(await running).toBe(REASON)
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test('when the caller aborts a stream while its consumer is busy', async () => {
    const { lmstudio } = await setUpCall(STREAM)
    const controller = new AbortController()
    const { signal } = controller
    const iterator = lmstudio.stream(HELLO, { signal })[Symbol.asyncIterator]()
    await iterator.next()
    controller.abort(REASON)
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test('when the server keeps the connection of a stream open after its end', async () => {
    const { lmstudio, sent } = await setUpCall(STREAM, at(0, linger))
    const { signal } = new AbortController()
    const { text } = await lmstudio.stream(HELLO, { signal }).response
    expect(text).not.toBe('')
    await turns()
    expect(sent[0]!.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(100)
    expect(sent[0]!.signal.aborted).toBe(true)
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test.each<[string, CallOptions]>([
    ['is aborted', {}],
    ['runs out of time', { timeout: 50 }],
  ])('when a call that waits for its turn %s', async (_name, limits) => {
    const { lmstudio, sent } = await setUpCall(STREAM, at(0, hang), { maxConcurrency: 1 })
    const first = new AbortController()
    const running = caught(lmstudio.complete(HELLO, { signal: first.signal }))
    await advanceUntil(() => sent.length > 0)
    const second = new AbortController()
    const waiting = caught(lmstudio.complete(HELLO, { signal: second.signal, ...limits }))
    await turns()
    if (limits.timeout === undefined) second.abort(REASON)
    else await vi.advanceTimersByTimeAsync(limits.timeout)
    await waiting
    expect(sent).toHaveLength(1)
    expect(getEventListeners(second.signal, 'abort')).toHaveLength(0)
    first.abort(REASON)
    await running
    expect(await leftovers(first.signal)).toEqual(NOTHING)
  })

  test.each(['runTools', 'streamTools'] as const)('when the caller aborts %s while a tool runs', async (name) => {
    const { lmstudio } = await setUpCall({ ...STREAM, mock: {} })
    const controller = new AbortController()
    const { signal } = controller
    const started = deferred()
    let toolSignal: AbortSignal | undefined
    const execute = (_: unknown, context: ToolContext): Promise<never> => {
      toolSignal = context.signal
      started.resolve()
      return new Promise(() => {})
    }
    const request = { ...HELLO, tools: [{ name: 'now', execute }] }
    const running = caught(
      name === 'runTools'
        ? runTools(lmstudio, request, { signal })
        : streamTools(lmstudio, request, { signal }).response,
    )
    await started.promise
    controller.abort(REASON)
    expect(await running).toBe(REASON)
    expect(toolSignal?.reason).toBe(REASON)
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test('when a cache adapter responds late', async () => {
    const slow = { ...memoryCache(), get: () => new Promise((resolve) => void setTimeout(resolve, 20)) }
    const { lmstudio } = await setUpCall(STREAM, undefined, { cache: slow })
    const { signal } = new AbortController()
    await settled(lmstudio.listModels({ signal }))
    expect(await leftovers(signal)).toEqual(NOTHING)
  })

  test('when the caller aborts while the function `apiToken` does not respond', async () => {
    const apiToken = vi.fn(() => new Promise<string>(() => {}))
    const { lmstudio } = await setUpCall(STREAM, undefined, { apiToken })
    const controller = new AbortController()
    const running = caught(lmstudio.complete(HELLO, { signal: controller.signal }))
    await advanceUntil(() => apiToken.mock.calls.length > 0)
    controller.abort(REASON)
    expect(await running).toBe(REASON)
    expect(await leftovers(controller.signal)).toEqual(NOTHING)
  })

  test.each([
    ['discover', discover],
    ['diagnose', diagnose],
  ] as const)('when the caller aborts %s or it takes too long', async (_name, search) => {
    for (const isAborted of [true, false]) {
      const { fetch, sent } = setUpFetch(hang)
      const controller = new AbortController()
      const { signal } = controller
      const running = search({ fetch, signal, timeout: 50 }).catch(() => {})
      await advanceUntil(() => sent.length > 0)
      await turns()
      if (isAborted) controller.abort(REASON)
      await settled(running)
      expect(await leftovers(signal)).toEqual(NOTHING)
    }
  })

  test.each([
    ['discover', discover],
    ['diagnose', diagnose],
  ] as const)('when %s succeeds', async (_name, search) => {
    const { fetch } = setUpFetch()
    const { signal } = new AbortController()
    await settled(search({ fetch, signal }))
    expect(await leftovers(signal)).toEqual(NOTHING)
  })
})

import { diagnose, discover } from 'lmstudio-provider'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { caught } from './support/caught.js'
import { hang, PUBLIC_CALLS, setUpCall, setUpFetch } from './support/public-calls.js'
import { advanceUntil } from './support/time.js'
import { jitter, turns, until } from './support/watch.js'

/** A reason that no platform would make up. */
const REASON = { why: 'the person closed the tab' }
const TIMEOUT = 7_777

/** One row for each request of each call. */
const REQUESTS = PUBLIC_CALLS.flatMap((call) =>
  call.requests.map(({ request, limits }, index) => {
    const title = `request ${index + 1} of ${call.name} (${request})`
    return [title, { call, index, isLookup: limits === 'own' }] as const
  }),
)
const LIMITED = REQUESTS.filter(([, { isLookup }]) => !isLookup)
const LOOKUPS = REQUESTS.filter(([, { isLookup }]) => isLookup)

/** Fakes the clock of the limits; the event loop is not affected. */
function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

describe('the call option `headers`', () => {
  test.each(PUBLIC_CALLS.map((call) => [call.name, call] as const))(
    'reaches every request of %s',
    async (_name, call) => {
      const { lmstudio, sent } = await setUpCall(call)
      await call.run(lmstudio, { headers: { 'x-call': 'mine' } }).catch((error: unknown) => {
        if (call.rejects !== true) throw error
      })
      expect(sent.map(({ request, headers }) => [request, headers.get('x-call')])).toEqual(
        call.requests.map(({ request }) => [request, 'mine']),
      )
    },
  )

  test('is added to the headers of the provider and replaces those with the same name', async () => {
    const call = PUBLIC_CALLS.find(({ name }) => name === 'complete')!
    const headers = { 'x-provider': 'provider', 'x-both': 'provider' }
    const { lmstudio, sent } = await setUpCall(call, undefined, { headers })
    await call.run(lmstudio, { headers: { 'X-Both': 'call', 'x-call': 'call' } })
    expect(Object.fromEntries(sent[0]!.headers)).toMatchObject({
      'x-provider': 'provider',
      'x-both': 'call',
      'x-call': 'call',
    })
  })
})

describe('the call option `signal`', () => {
  test.each(REQUESTS)('reaches %s and ends the call', async (_title, { call, index }) => {
    const { lmstudio, sent } = await setUpCall(call, (request, at) => (at === index ? hang(request) : undefined))
    const controller = new AbortController()
    const running = caught(call.run(lmstudio, { signal: controller.signal }))
    await until(() => sent.length > index)
    expect(sent[index]!.signal.aborted).toBe(false)
    controller.abort(REASON)
    expect(await running).toBe(REASON)
    expect(sent[index]!.signal.aborted).toBe(true)
    await turns()
    expect(sent).toHaveLength(index + 1)
  })
})

describe('the call option `timeout`', () => {
  test.each(LIMITED)('limits %s', async (_title, { call, index }) => {
    fakeTimers()
    const { lmstudio, sent } = await setUpCall(call, (request, at) => (at === index ? hang(request) : undefined))
    void call.run(lmstudio, { timeout: TIMEOUT, maxRetries: 0 }).catch(() => {})
    await advanceUntil(() => sent.length > index)
    const { signal } = sent[index]!
    await vi.advanceTimersByTimeAsync(TIMEOUT - 1)
    expect(signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(signal.reason).toMatchObject({ name: 'TimeoutError', limit: 'timeout', timeoutMs: TIMEOUT })
  })

  test.each(LOOKUPS)('does not lengthen the 2 s of %s', async (_title, { call, index }) => {
    fakeTimers()
    const { lmstudio, sent } = await setUpCall(call, (request, at) => (at === index ? hang(request) : undefined))
    void call.run(lmstudio, { timeout: TIMEOUT }).catch(() => {})
    await advanceUntil(() => sent.length > index)
    const { signal } = sent[index]!
    await vi.advanceTimersByTimeAsync(1_999)
    expect(signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(signal.reason).toMatchObject({ name: 'TimeoutError', timeoutMs: 2_000 })
  })
})

describe('the call option `maxRetries`', () => {
  const busy = async (): Promise<Response> => Response.json({ error: 'busy' }, { status: 503 })

  test.each(LIMITED.flatMap(([title, row]) => [0, 2].map((maxRetries) => [maxRetries, title, row] as const)))(
    'of %i limits the attempts of %s',
    async (maxRetries, _title, { call, index }) => {
      jitter(0)
      if (call.requests[index]!.request === 'GET /api/v1/models/download/status') fakeTimers()
      const { lmstudio, sent } = await setUpCall(call, (_, at) => (at >= index ? busy() : undefined))
      const running = call.run(lmstudio, { maxRetries }).catch(() => {})
      // A download continues after some failed polls: only the first poll counts here.
      if (vi.isFakeTimers()) await advanceUntil(() => sent.length > index + maxRetries)
      else await running
      const { request } = call.requests[index]!
      const attempts = sent.slice(index).filter((one) => one.request === request)
      expect(attempts).toHaveLength(maxRetries + 1)
    },
  )

  test.each(LOOKUPS)('does not repeat %s', async (_title, { call, index }) => {
    jitter(0)
    const { lmstudio, sent } = await setUpCall(call, (_, at) => (at === index ? busy() : undefined))
    await call.run(lmstudio, { maxRetries: 2 }).catch(() => {})
    expect(sent.map(({ request }) => request)).toEqual(call.requests.map(({ request }) => request))
  })
})

test('call options reach the polls for a load whose response `fetch` has given up on', async () => {
  fakeTimers()
  const platformTimeout = Object.assign(new Error('Headers Timeout'), { code: 'UND_ERR_HEADERS_TIMEOUT' })
  const call = PUBLIC_CALLS.find(({ name }) => name === 'loadModel')!
  const { lmstudio, sent } = await setUpCall(call, (request, at) => {
    if (at === 1) return Promise.reject(new TypeError('fetch failed', { cause: platformTimeout }))
    return at === 3 ? hang(request) : undefined
  })
  const controller = new AbortController()
  const running = caught(call.run(lmstudio, { signal: controller.signal, headers: { 'x-call': 'mine' } }))
  await advanceUntil(() => sent.length > 3)
  expect(sent.map(({ request, headers }) => [request, headers.get('x-call')])).toEqual([
    ['GET /api/v1/models', 'mine'],
    ['POST /api/v1/models/load', 'mine'],
    ['GET /api/v1/models', 'mine'],
    ['GET /api/v1/models', 'mine'],
  ])
  controller.abort(REASON)
  expect(await running).toBe(REASON)
  expect(sent[3]!.signal.aborted).toBe(true)
})

describe('discover', () => {
  const ADDRESSES = ['http://127.0.0.1:9', 'http://127.0.0.1:1234', 'http://localhost:1234', 'http://[::1]:1234']

  /** A `fetch` without responses that records its requests. */
  function hangingFetch() {
    const sent: { origin: string; headers: Headers; signal: AbortSignal }[] = []
    const fetch = (async (url: string, init: RequestInit) => {
      const request = { origin: new URL(url).origin, headers: new Headers(init.headers), signal: init.signal! }
      sent.push(request)
      return hang(request)
    }) as typeof globalThis.fetch
    return { fetch, sent }
  }

  test('aborts the request to every address with the reason of the signal', async () => {
    const { fetch, sent } = hangingFetch()
    const controller = new AbortController()
    const running = caught(discover({ fetch, endpoint: ADDRESSES[0], signal: controller.signal }))
    await until(() => sent.length === ADDRESSES.length)
    expect(sent.map(({ origin }) => origin)).toEqual(ADDRESSES)
    controller.abort(REASON)
    expect(await running).toBe(REASON)
    for (const { signal } of sent) expect(signal.aborted).toBe(true)
  })

  test.each([
    ['1.5 s by default', undefined, 1_500],
    ['`timeout`', TIMEOUT, TIMEOUT],
  ])('tries every address for %s', async (_title, timeout, limit) => {
    fakeTimers()
    const { fetch, sent } = hangingFetch()
    const running = caught(discover({ fetch, endpoint: ADDRESSES[0], timeout }))
    await advanceUntil(() => sent.length === ADDRESSES.length)
    await vi.advanceTimersByTimeAsync(limit - 1)
    expect(sent.map(({ signal }) => signal.aborted)).toEqual([false, false, false, false])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent.map(({ signal }) => signal.aborted)).toEqual([true, true, true, true])
    expect(await running).toMatchObject({ code: 'not-running' })
  })

  test.each(ADDRESSES)(
    'sends the token and the headers to the endpoint %s and to no other address',
    async (endpoint) => {
      const { fetch, sent } = hangingFetch()
      const controller = new AbortController()
      const running = caught(
        discover({ fetch, endpoint, apiToken: 'mine', headers: { 'x-call': 'mine' }, signal: controller.signal }),
      )
      await until(() => sent.length === new Set([endpoint, ...ADDRESSES.slice(1)]).size)
      controller.abort(REASON)
      await running
      for (const { origin, headers } of sent) {
        const isConfigured = origin === endpoint
        expect([headers.get('authorization'), headers.get('x-call')]).toEqual(
          isConfigured ? ['Bearer mine', 'mine'] : [null, null],
        )
      }
    },
  )
})

describe('diagnose', () => {
  const requests = ['GET /lmstudio-greeting', 'GET /api/v1/models']

  test.each([
    ['5 s by default', undefined, 5_000],
    ['`timeout`', TIMEOUT, TIMEOUT],
  ])('limits each request to %s', async (_title, timeout, limit) => {
    for (const index of requests.keys()) {
      fakeTimers()
      const { fetch, sent } = setUpFetch((request, at) => (at === index ? hang(request) : undefined))
      const running = diagnose({ fetch, timeout })
      await advanceUntil(() => sent.length > index)
      const { signal } = sent[index]!
      await vi.advanceTimersByTimeAsync(limit - 1)
      expect(signal.aborted).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      expect(signal.reason).toMatchObject({ name: 'TimeoutError', timeoutMs: limit })
      expect((await running).code).toBe('timeout')
    }
  })

  test('sends `headers` with each request and aborts each with the reason of the signal', async () => {
    for (const index of requests.keys()) {
      const { fetch, sent } = setUpFetch((request, at) => (at === index ? hang(request) : undefined))
      const controller = new AbortController()
      const running = caught(diagnose({ fetch, headers: { 'x-call': 'mine' }, signal: controller.signal }))
      await until(() => sent.length > index)
      controller.abort(REASON)
      expect(await running).toBe(REASON)
      expect(sent.map(({ request, headers }) => [request, headers.get('x-call')])).toEqual(
        requests.slice(0, index + 1).map((request) => [request, 'mine']),
      )
    }
  })
})

import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { caught } from './support/caught.js'
import { hang, PUBLIC_CALLS, setUpCall } from './support/public-calls.js'
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

/** Fakes the clock that limits use; the event loop itself goes on. */
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
      // A download goes on after some failed polls: only the first one counts here.
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

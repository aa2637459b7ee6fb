import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { errorFromFetch } from '../../src/http/fetch-error.js'
import { errorFromResponse } from '../../src/http/response-error.js'
import { retryDelay, type RetryOptions, withRetries } from '../../src/http/retry.js'
import type { RequestSpec } from '../../src/http/request-spec.js'
import { context, ENDPOINT, refused } from '../helpers/client.js'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const OTHER_HOST = 'http://192.168.1.20:1234'

beforeEach(() => {
  vi.useFakeTimers()
  // The clock of a process does not start at its first request.
  vi.advanceTimersByTime(5_000)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const responseError = (status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  errorFromResponse({ status, body, headers: new Headers(headers) }, context)
const fetchError = (cause: unknown) => errorFromFetch(cause, context) as errors.ProviderError
const fetchErrorWithCode = (code: string) =>
  fetchError(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }))

const optionsFor = (options: Partial<RetryOptions> & { readonly kind?: RequestSpec['kind'] }): RetryOptions => ({
  spec: { method: 'GET', route: '/x', kind: options.kind ?? 'read' },
  endpoint: OTHER_HOST,
  maxRetries: 3,
  signal: undefined,
  limitMs: 600_000,
  onRetry: () => {},
  ...options,
})

/** Runs a request that fails with these errors in turn and then succeeds. */
async function run(
  failures: readonly unknown[],
  options: Partial<RetryOptions> & { readonly kind?: RequestSpec['kind'] } = {},
) {
  const startedAt = performance.now()
  const delays: number[] = []
  let attempts = 0
  const onRetry: RetryOptions['onRetry'] = (_, delayMs) => void delays.push(delayMs)
  const result = withRetries(optionsFor({ onRetry, ...options }), async () => {
    const failure = failures[attempts++]
    if (failure !== undefined) throw failure
    return 'done'
  }).then(
    (value) => ({ value, error: undefined as unknown }),
    (error: unknown) => ({ value: undefined, error }),
  )
  await vi.runAllTimersAsync()
  return { ...(await result), attempts, delays, elapsedMs: performance.now() - startedAt }
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

describe('withRetries', () => {
  it.each<[string, reads: number, generations: number, fail: () => unknown]>([
    ['a refused connection', 2, 2, () => fetchError(refused())],
    ['a host name that cannot be resolved', 2, 2, () => fetchErrorWithCode('ENOTFOUND')],
    ['an unreachable host', 2, 2, () => fetchErrorWithCode('EHOSTUNREACH')],
    ['a connection reset', 2, 1, () => fetchErrorWithCode('ECONNRESET')],
    ['a failure without a reason', 2, 1, () => fetchError(new TypeError('Failed to fetch'))],
    ['a TLS failure', 1, 1, () => fetchErrorWithCode('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['status 400', 1, 1, () => responseError(400)],
    ['status 408', 2, 1, () => responseError(408)],
    ['status 429', 2, 2, () => responseError(429)],
    ['status 500', 1, 1, () => responseError(500)],
    ['status 502', 2, 1, () => responseError(502)],
    ['status 503', 2, 2, () => responseError(503)],
    ['status 504', 2, 1, () => responseError(504)],
    ['an unloaded model', 2, 2, () => responseError(400, { error: 'Model is unloaded.' })],
    ['an expired time limit', 1, 1, () => new errors.TimeoutError('x', { limit: 'timeout', timeoutMs: 1 })],
    ['the time limit of the platform', 1, 1, () => fetchErrorWithCode('UND_ERR_HEADERS_TIMEOUT')],
    ['a broken stream', 1, 1, () => new errors.StreamInterruptedError('x')],
    ['an invalid response', 1, 1, () => new errors.InvalidResponseError('x')],
    ['a loading model, reported with status 500', 2, 2, () => responseError(500, { error: 'Loading model' })],
    [
      'an exception that is not a ProviderError',
      1,
      1,
      () => Object.assign(new TypeError('bug'), { isRetryable: true }),
    ],
  ])(
    'after %s, makes %i attempt(s) for a read and %i for a generation or change',
    async (_, reads, generations, fail) => {
      const attempts = async (kind: RequestSpec['kind']) => (await run([fail()], { kind })).attempts
      expect([await attempts('read'), await attempts('generation'), await attempts('change')]).toEqual([
        reads,
        generations,
        generations,
      ])
    },
  )

  it('retries after an unloaded model once only', async () => {
    const failures = times(2, () => responseError(400, { error: 'Model is unloaded.' }))
    const { attempts, error } = await run(failures)
    expect(attempts).toBe(2)
    expect(error).toBe(failures[1])
  })

  it('resolves to the value of the last of `maxRetries` retries', async () => {
    const { value, attempts } = await run(
      times(3, () => responseError(503)),
      { maxRetries: 3 },
    )
    expect([value, attempts]).toEqual(['done', 4])
  })

  it('rejects with the last error, unchanged, once `maxRetries` retries have failed', async () => {
    const failures = times(4, () => responseError(503))
    const { error, attempts } = await run(failures, { maxRetries: 3 })
    expect(error).toBe(failures[3])
    expect(attempts).toBe(4)
  })

  it('does not retry with `maxRetries: 0`', async () => {
    expect(await run([responseError(503)], { maxRetries: 0 })).toMatchObject({ attempts: 1, delays: [] })
  })

  it('reports each retry before its wait, with the error and the delay', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const failures = [responseError(503), responseError(502)]
    const startedAt = performance.now()
    const reports: unknown[] = []
    const onRetry: RetryOptions['onRetry'] = (error, delayMs) =>
      void reports.push({
        index: failures.indexOf(error as errors.ApiError),
        delayMs,
        atMs: performance.now() - startedAt,
      })
    await run(failures, { onRetry })
    expect(reports).toEqual([
      { index: 0, delayMs: 250, atMs: 0 },
      { index: 1, delayMs: 500, atMs: 250 },
    ])
  })

  it('waits a random share of a limit that doubles from 500 ms to 8 s', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const failures = times(7, () => responseError(502))
    const { delays, elapsedMs } = await run(failures, { maxRetries: 7 })
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000])
    expect(elapsedMs).toBe(15_750)
  })

  it('does not wait when the random share is 0', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    expect((await run(times(2, () => responseError(502)))).delays).toEqual([0, 0])
  })

  it.each([429, 503])('waits as long as Retry-After requests after status %i', async (status) => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const { elapsedMs, attempts } = await run([responseError(status, {}, { 'retry-after': '7' })])
    expect([elapsedMs, attempts]).toEqual([7000, 2])
  })

  it.each([
    ['7', [7_500, 8_000, 9_000]],
    ['1', [1_500, 2_000, 2_000]],
    ['0', [0, 0, 0]],
  ])('spreads the clients that are sent a Retry-After of %s s', async (seconds, expected) => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const { delays } = await run(times(3, () => responseError(503, {}, { 'retry-after': seconds })))
    expect(delays).toEqual(expected)
  })

  it('waits for a Retry-After of 60 s', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const { elapsedMs, attempts } = await run([responseError(429, {}, { 'retry-after': '60' })])
    expect([elapsedMs, attempts]).toEqual([60_000, 2])
  })

  it('rejects at once when Retry-After requests more than 60 s', async () => {
    const { error, elapsedMs, attempts } = await run([responseError(429, {}, { 'retry-after': '60.001' })])
    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs: 60_001 })
    expect([elapsedMs, attempts]).toEqual([0, 1])
  })

  it('waits at most 700 ms in total for a loopback server that does not respond', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const refusals = times(5, () => fetchError(refused()))
    const { delays, elapsedMs } = await run(refusals, { endpoint: ENDPOINT, maxRetries: 5 })
    expect(delays).toEqual([50, 100, 200, 350, 0])
    expect(elapsedMs).toBe(700)
  })

  it('waits as long for a loopback server that responds as for any other', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const failures = times(3, () => responseError(503))
    expect((await run(failures, { endpoint: ENDPOINT })).delays).toEqual([250, 500, 1000])
  })

  it('rejects with the reason of an abort during the wait, at once and without another attempt', async () => {
    const controller = new AbortController()
    const { signal } = controller
    let attempts = 0
    const result = rejectionOf(
      withRetries(optionsFor({ signal }), () => {
        attempts++
        return Promise.reject(responseError(429, {}, { 'retry-after': '30' }))
      }),
    )
    await vi.advanceTimersByTimeAsync(10_000)
    expect(countListeners(signal)).toBe(1)
    controller.abort('changed my mind')
    expect(await result).toBe('changed my mind')
    expect(attempts).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
  })

  it('rejects with the reason of an abort during an attempt, not with the error of that attempt', async () => {
    const controller = new AbortController()
    const result = withRetries(optionsFor({ signal: controller.signal }), () => {
      controller.abort('changed my mind')
      return Promise.reject(responseError(400))
    })
    expect(await rejectionOf(result)).toBe('changed my mind')
  })

  it('leaves no timer and no listener on the signal after a retry that succeeds', async () => {
    const { signal } = new AbortController()
    await run([responseError(503)], { signal })
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(signal)).toBe(0)
  })
})

describe('a server that is loading its model', () => {
  const loading = (headers: Record<string, string> = {}) =>
    responseError(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, headers)

  it.each(['read', 'generation', 'change'] as const)('is requested again until it is ready, for a %s', async (kind) => {
    const failures = times(60, () => loading())
    expect(await run(failures, { kind, limitMs: 600_000 })).toMatchObject({ value: 'done', attempts: 61 })
  })

  it('is requested again after a random share of at most 2 s', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const { delays } = await run(times(5, () => loading()))
    expect(delays).toEqual([250, 500, 1000, 1000, 1000])
  })

  it('is not requested after the time limit of the call, which ends with the last error', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const failures = times(50, () => loading())
    const { error, attempts, elapsedMs } = await run(failures, { kind: 'generation', limitMs: 4_000 })
    expect(error).toBe(failures[5])
    expect([attempts, elapsedMs]).toEqual([6, 3_750])
  })

  it('is waited for as long as Retry-After requests', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const { delays, attempts } = await run([loading({ 'retry-after': '5' }), loading({ 'retry-after': '3' })])
    expect([delays, attempts]).toEqual([[5_000, 3_000], 3])
  })

  it('is not waited for with `maxRetries: 0`', async () => {
    expect(await run([loading()], { maxRetries: 0 })).toMatchObject({ attempts: 1, error: { code: 'loading' } })
  })

  it('does not use up the retries for other failures', async () => {
    const failures = [...times(5, () => loading()), ...times(3, () => responseError(503)), loading()]
    expect(await run(failures, { maxRetries: 3 })).toMatchObject({ value: 'done', attempts: 10 })
    const tooMany = [...times(5, () => loading()), ...times(4, () => responseError(503))]
    expect(await run(tooMany, { maxRetries: 3 })).toMatchObject({ error: tooMany[8], attempts: 9 })
  })

  it('does not lengthen the waits after other failures', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const failures = [...times(3, () => loading()), responseError(502), responseError(502)]
    expect((await run(failures)).delays).toEqual([250, 500, 1000, 250, 500])
  })

  it('ends the wait with the reason of an abort', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const result = rejectionOf(
      withRetries(optionsFor({ signal }), () => Promise.reject(loading({ 'retry-after': '9' }))),
    )
    await vi.advanceTimersByTimeAsync(4_000)
    controller.abort('changed my mind')
    expect(await result).toBe('changed my mind')
    expect([vi.getTimerCount(), countListeners(signal)]).toEqual([0, 0])
  })
})

describe('the time limit of a call', () => {
  it.each([
    [1_999, 1, 0],
    [2_000, 2, 2_000],
  ])('of %i ms allows %i attempt(s) with a Retry-After of 2 s', async (limitMs, attempts, elapsedMs) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.9)
    const failure = responseError(429, {}, { 'retry-after': '2' })
    expect(await run([failure], { limitMs })).toMatchObject({ attempts, elapsedMs })
  })

  it('cuts the random part of a wait that goes beyond it', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const failures = times(2, () => responseError(503, {}, { 'retry-after': '2' }))
    expect(await run(failures, { limitMs: 5_000 })).toMatchObject({ value: 'done', delays: [2_500, 2_500] })
  })

  it('allows no wait of a retry that goes beyond it', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const failures = times(3, () => responseError(502))
    expect(await run(failures, { limitMs: 700 })).toMatchObject({ attempts: 2, error: failures[1] })
  })
})

describe('retryDelay', () => {
  const refusal = () => new errors.NetworkError('x')

  it('allows a retry 700 ms after the first attempt to a loopback server that does not respond', () => {
    expect(retryDelay(refusal(), ENDPOINT, 4, 700)).toBe(0)
  })

  it('returns undefined 701 ms after the first attempt to a loopback server that does not respond', () => {
    expect(retryDelay(refusal(), ENDPOINT, 4, 701)).toBeUndefined()
  })

  it('does not limit the total wait for a server on another host', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    expect(retryDelay(refusal(), OTHER_HOST, 4, 1_000_000)).toBe(2000)
  })
})

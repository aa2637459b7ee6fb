import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { withRetries, type RetryOptions } from '../../src/http/retry.js'
import { errorFromResponse } from '../../src/http/response-error.js'
import { errorFromFetch } from '../../src/http/fetch-error.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { context, ENDPOINT, refused } from '../helpers/client.js'

const REMOTE = 'http://192.168.1.20:1234'
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const api = (status: number, body: unknown = {}, headers?: Record<string, string>): errors.ProviderError =>
  errorFromResponse({ status, body, ...(headers === undefined ? {} : { headers: new Headers(headers) }) }, context)
const net = (cause: unknown): errors.ProviderError => errorFromFetch(cause, context) as errors.ProviderError
const coded = (code: string): TypeError =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

/** Fails with these errors in turn, then succeeds; returns how it went. */
async function run(
  failures: readonly unknown[],
  options: Partial<RetryOptions> & { kind?: 'read' | 'generation' } = {},
) {
  const { kind = 'read', ...rest } = options
  const begin = performance.now()
  const delays: number[] = []
  let attempts = 0
  const result = withRetries(
    {
      spec: { method: 'GET', route: '/x', kind },
      endpoint: REMOTE,
      maxRetries: 3,
      signal: undefined,
      onRetry: (_, delay) => delays.push(delay),
      ...rest,
    },
    async () => {
      const failure = failures[attempts++]
      if (failure !== undefined) throw failure
      return 'done'
    },
  ).then(
    (value) => ({ value, error: undefined as unknown }),
    (error: unknown) => ({ value: undefined, error }),
  )
  await vi.runAllTimersAsync()
  return { ...(await result), attempts, delays, elapsed: performance.now() - begin }
}

describe('what is repeated', () => {
  const table: readonly (readonly [string, () => errors.ProviderError, read: boolean, generation: boolean])[] = [
    ['a refused connection', () => net(refused()), true, true],
    ['a name that is not found', () => net(coded('ENOTFOUND')), true, true],
    ['a host that does not answer', () => net(coded('EHOSTUNREACH')), true, true],
    ['a connection that was reset', () => net(coded('ECONNRESET')), true, false],
    ['a failure without a reason', () => net(new TypeError('Failed to fetch')), true, false],
    ['a TLS failure', () => net(coded('DEPTH_ZERO_SELF_SIGNED_CERT')), false, false],
    ['something that speaks no HTTP', () => net(coded('HPE_INVALID_CONSTANT')), false, false],
    ['408', () => api(408), true, false],
    ['429', () => api(429), true, true],
    ['500', () => api(500), false, false],
    ['502', () => api(502), true, false],
    ['503', () => api(503), true, true],
    ['504', () => api(504), true, false],
    ['400', () => api(400), false, false],
    ['401', () => api(401), false, false],
    ['403', () => api(403), false, false],
    ['404', () => api(404), false, false],
    ['422', () => api(422), false, false],
    ['a model that is unloaded', () => api(400, { error: 'Model is unloaded.' }), true, true],
    ['a model that cannot be loaded', () => api(400, { error: 'Failed to load model "x".' }), false, false],
    ['a crash', () => api(500, { error: 'The model has crashed' }), false, false],
    ['an overflow', () => api(400, { error: 'Context size has been exceeded.' }), false, false],
    ['a limit of ours', () => new errors.TimeoutError('x', { limit: 'timeout', timeoutMs: 1 }), false, false],
    ['the limit of the platform', () => net(coded('UND_ERR_HEADERS_TIMEOUT')), false, false],
    ['a stream that broke', () => new errors.StreamInterruptedError('x'), false, false],
    ['an answer of another shape', () => new errors.InvalidResponseError('x'), false, false],
  ]

  it.each(table)('%s', async (_, make, read, generation) => {
    for (const [kind, isRepeated] of [
      ['read', read],
      ['generation', generation],
    ] as const) {
      const failure = make()
      const { attempts, value, error } = await run([failure], { kind })
      expect(attempts, kind).toBe(isRepeated ? 2 : 1)
      expect(isRepeated ? value : error, kind).toBe(isRepeated ? 'done' : failure)
    }
  })

  it('not what is no error of ours', async () => {
    expect(await run([new TypeError('bug')])).toMatchObject({ attempts: 1, error: new TypeError('bug') })
  })

  it('an unloaded model only once', async () => {
    const unloaded = (): errors.ProviderError => api(400, { error: 'Model is unloaded.' })
    expect(await run([unloaded(), unloaded(), unloaded()])).toMatchObject({ attempts: 2 })
  })
})

describe('how often', () => {
  it.each([0, 1, 3, 7])('at most %i times after the first', async (maxRetries) => {
    const failures = Array.from({ length: 20 }, () => api(503))
    const { attempts, error } = await run(failures, { maxRetries })
    expect(attempts).toBe(maxRetries + 1)
    expect(error).toBe(failures[maxRetries])
  })

  it('tells of each before it waits', async () => {
    const onRetry = vi.fn<RetryOptions['onRetry']>()
    const failure = api(503)
    await run([failure, failure], { onRetry })
    expect(onRetry.mock.calls).toEqual([
      [failure, expect.any(Number)],
      [failure, expect.any(Number)],
    ])
  })
})

describe('how long it waits', () => {
  it('no shorter than Retry-After asks, nor much longer', async () => {
    for (const status of [429, 503]) {
      const { elapsed, attempts } = await run([api(status, {}, { 'retry-after': '7' })])
      expect(attempts).toBe(2)
      expect(elapsed).toBeGreaterThanOrEqual(7000)
      expect(elapsed).toBeLessThan(8000)
    }
  })

  it('not at all when Retry-After asks for longer than anybody wants to wait', async () => {
    const { attempts, error } = await run([api(429, {}, { 'retry-after': '3600' })])
    expect(attempts).toBe(1)
    expect(error).toMatchObject({ retryAfterMs: 3_600_000 })
  })

  it('longer each time, up to a cap', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.999_999)
    const { delays } = await run(
      Array.from({ length: 9 }, () => api(502)),
      { maxRetries: 8 },
    )
    expect(delays.every((delay, index) => index === 0 || delay >= delays[index - 1]!)).toBe(true)
    expect(delays[1]).toBeCloseTo(delays[0]! * 2, 0)
    expect(Math.max(...delays)).toBeLessThanOrEqual(10_000)
  })

  it('with full jitter: down to nothing', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    expect((await run([api(502), api(502)])).delays).toEqual([0, 0])
  })

  it.each([0, 0.5, 0.999_999])(
    'less than a second in all for a loopback port where nothing listens (random %d)',
    async (random) => {
      vi.spyOn(Math, 'random').mockReturnValue(random)
      const failures = Array.from({ length: 200 }, () => net(refused()))
      for (const maxRetries of [3, 100]) {
        expect((await run(failures, { endpoint: ENDPOINT, maxRetries })).elapsed).toBeLessThan(1000)
      }
    },
  )

  it('does not hurry a loopback server that answers', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.999_999)
    const { elapsed, attempts } = await run([api(503), api(503), api(503)], { endpoint: ENDPOINT })
    expect(attempts).toBe(4)
    expect(elapsed).toBeGreaterThan(1000)
  })
})

describe('abort', () => {
  it('ends the wait at once with the reason, and tries no more', async () => {
    const controller = new AbortController()
    let attempts = 0
    const result = rejectionOf(
      withRetries(
        {
          spec: { method: 'GET', route: '/x', kind: 'read' },
          endpoint: REMOTE,
          maxRetries: 3,
          signal: controller.signal,
          onRetry: () => {},
        },
        () => {
          attempts++
          return Promise.reject(api(429, {}, { 'retry-after': '30' }))
        },
      ),
    )
    await vi.advanceTimersByTimeAsync(10_000)
    controller.abort('enough')
    expect(await result).toBe('enough')
    expect(attempts).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('during an attempt wins over the error of the attempt', async () => {
    const controller = new AbortController()
    const result = withRetries(
      {
        spec: { method: 'GET', route: '/x', kind: 'read' },
        endpoint: REMOTE,
        maxRetries: 3,
        signal: controller.signal,
        onRetry: () => {},
      },
      () => {
        controller.abort('enough')
        return Promise.reject(api(503))
      },
    )
    expect(await rejectionOf(result)).toBe('enough')
  })
})

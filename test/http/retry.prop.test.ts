import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NetworkError, RateLimitError } from '../../src/errors/index.js'
import { retryDelay } from '../../src/http/retry.js'

const attempt = fc.integer({ min: 1, max: 101 })
const elapsed = fc.double({ min: 0, max: 100_000, noNaN: true })
const endpoint = fc.constantFrom(
  'http://127.0.0.1:1234',
  'http://localhost:1234',
  'http://[::1]:1234',
  'http://192.168.1.20:1234',
  'https://lm.example.org',
)

describe('retryDelay', () => {
  it('is a finite wait from nothing to a cap that grows with the attempts', () => {
    fc.assert(
      fc.property(endpoint, attempt, elapsed, fc.constantFrom(undefined, 502, 503), (url, count, ms, status) => {
        const delay = retryDelay(new NetworkError('x', { status }), url, count, ms)
        if (delay === undefined) return
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(Math.min(8000, 500 * 2 ** (count - 1)))
      }),
    )
  })

  it('keeps everything about a loopback port where nothing answers within a second', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('http://127.0.0.1:1234', 'http://localhost:1234', 'http://[::1]:1234'),
        attempt,
        elapsed,
        (url, count, ms) => {
          const delay = retryDelay(new NetworkError('x'), url, count, ms)
          expect(delay === undefined ? ms >= 700 : ms + delay <= 1000).toBe(true)
        },
      ),
    )
  })

  it('is exactly what the server asks for, up to a minute, and no retry beyond', () => {
    fc.assert(
      fc.property(
        endpoint,
        attempt,
        elapsed,
        fc.integer({ min: 0, max: 1_000_000 }),
        (url, count, ms, retryAfterMs) => {
          expect(retryDelay(new RateLimitError('x', { status: 429, retryAfterMs }), url, count, ms)).toBe(
            retryAfterMs > 60_000 ? undefined : retryAfterMs,
          )
        },
      ),
    )
  })
})

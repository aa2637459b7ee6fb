import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NetworkError, RateLimitError } from '../../src/errors/index.js'
import { retryDelay } from '../../src/http/retry.js'

const loopback = fc.constantFrom('http://127.0.0.1:1234', 'http://localhost:1234', 'http://[::1]:1234')
const otherHost = fc.constantFrom('http://192.168.1.20:1234', 'https://lm.example.org')
const attempt = fc.integer({ min: 1, max: 101 })
const elapsed = fc.double({ min: 0, max: 100_000, noNaN: true })

describe('retryDelay', () => {
  it('returns between 0 and a ceiling that doubles per attempt up to 8 s, for a server on another host', () => {
    fc.assert(
      fc.property(otherHost, attempt, elapsed, fc.constantFrom(undefined, 502, 503), (endpoint, count, ms, status) => {
        const delay = retryDelay(new NetworkError('x', { status }), endpoint, count, ms)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(Math.min(8000, 500 * 2 ** (count - 1)))
      }),
    )
  })

  it('stays within 700 ms of the first attempt while a loopback server does not respond', () => {
    const withinBudget = fc.double({ min: 0, max: 700, noNaN: true })
    fc.assert(
      fc.property(loopback, attempt, withinBudget, (endpoint, count, ms) => {
        const delay = retryDelay(new NetworkError('x'), endpoint, count, ms)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(ms + delay!).toBeLessThanOrEqual(700.000_001)
      }),
    )
  })

  it('returns undefined more than 700 ms after the first attempt while a loopback server does not respond', () => {
    const beyondBudget = fc.double({ min: 700, minExcluded: true, max: 100_000, noNaN: true })
    fc.assert(
      fc.property(loopback, attempt, beyondBudget, (endpoint, count, ms) => {
        expect(retryDelay(new NetworkError('x'), endpoint, count, ms)).toBeUndefined()
      }),
    )
  })

  it('never shortens what Retry-After requests, up to a minute, and at most doubles it', () => {
    fc.assert(
      fc.property(
        fc.oneof(loopback, otherHost),
        attempt,
        elapsed,
        fc.integer({ min: 0, max: 60_000 }),
        (endpoint, count, ms, retryAfterMs) => {
          const error = new RateLimitError('x', { status: 429, retryAfterMs })
          const delay = retryDelay(error, endpoint, count, ms)
          expect(delay).toBeGreaterThanOrEqual(retryAfterMs)
          expect(delay).toBeLessThanOrEqual(2 * retryAfterMs)
        },
      ),
    )
  })
})

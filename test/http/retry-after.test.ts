import { describe, expect, it } from 'vitest'
import { readRetryAfter } from '../../src/http/retry.js'

const now = Date.parse('2026-01-01T00:00:00Z')
const read = (value: string): number | undefined => readRetryAfter(new Headers({ 'retry-after': value }), now)

describe('readRetryAfter', () => {
  it.each([
    ['0', 0],
    ['1', 1000],
    ['120', 120_000],
    ['1.5', 1500],
    [' 3 ', 3000],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['01 Jan 2026 00:00:05 GMT', 5000],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
  ])('reads the Retry-After header %j as %i ms', (value, ms) => expect(read(value)).toBe(ms))

  it.each(['', 'soon', '-5', '5s', '5 Z', 'NaN', 'Infinity', '1e999'])(
    'returns undefined for the unreadable Retry-After header %j',
    (value) => expect(read(value)).toBeUndefined(),
  )

  it('returns undefined without a Retry-After header', () => {
    expect(readRetryAfter(new Headers())).toBeUndefined()
    expect(readRetryAfter(undefined)).toBeUndefined()
  })
})

import { expect, it } from 'vitest'
import { lookDelay } from '../../src/models/watch-download.js'

it('looks are quick at first, ever rarer, and never more than five seconds apart', () => {
  const delays = Array.from({ length: 40 }, (_, looks) => lookDelay(looks))
  expect(delays[0]).toBe(100)
  expect(delays).toEqual(delays.toSorted((a, b) => a - b))
  expect(delays.slice(0, 5).reduce((sum, delay) => sum + delay)).toBeLessThan(2_000)
  expect(delays.at(-1)).toBe(5_000)
})

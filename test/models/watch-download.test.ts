import { expect, it } from 'vitest'
import { pollDelay } from '../../src/models/watch-download.js'

it('polls a download after 100 ms, then less and less often, and at last every 5 seconds', () => {
  const delays = Array.from({ length: 12 }, (_, polls) => pollDelay(polls))
  expect(delays).toEqual([100, 150, 225, 338, 506, 759, 1139, 1709, 2563, 3844, 5000, 5000])
  expect(pollDelay(10_000)).toBe(5000)
})

import { cosineSimilarity } from 'lmstudio-provider'
import { expect, it } from 'vitest'
import { thrownBy } from '../helpers/provider-errors.js'

it.each<[string, number[], number[], number]>([
  ['the same direction', [1, 2], [2, 4], 1],
  ['a right angle between them', [1, 0], [0, 3], 0],
  ['opposite directions', [1, -1], [-2, 2], -1],
  ['half a right angle between them', [1, 0], [1, 1], Math.SQRT1_2],
])('vectors with %s', (_, a, b, expected) => {
  expect(cosineSimilarity(a, b)).toBeCloseTo(expected, 12)
})

it.each([
  [
    [0, 0],
    [1, 2],
  ],
  [
    [1, 2],
    [0, 0],
  ],
  [
    [0, 0],
    [0, 0],
  ],
  [[], []],
])('%j and %j have a similarity of 0, not NaN, which would break a sort', (a, b) => {
  expect(cosineSimilarity(a, b)).toBe(0)
})

it('stays between −1 and 1 despite rounding', () => {
  let rounded = 0
  for (let seed = 1; seed < 200; seed++) {
    const vector = Array.from({ length: 7 }, (_, index) => Math.sin(seed * (index + 1)))
    const opposite = vector.map((x) => -x)
    const length = vector.reduce((sum, x) => sum + x * x, 0)
    if (length / Math.sqrt(length) / Math.sqrt(length) > 1) rounded++
    expect(cosineSimilarity(vector, vector)).toBeLessThanOrEqual(1)
    expect(cosineSimilarity(vector, opposite)).toBeGreaterThanOrEqual(-1)
  }
  expect(rounded).toBeGreaterThan(10)
})

it('accepts typed arrays', () => {
  expect(cosineSimilarity(new Float32Array([3, 4]), new Float64Array([3, 4]))).toBeCloseTo(1, 6)
})

it('does not overflow for very long vectors', () => {
  expect(cosineSimilarity([3e150, 4e150], [3e150, 4e150])).toBeCloseTo(1, 6)
})

it('rejects vectors of different lengths', () => {
  const error = thrownBy(() => cosineSimilarity([1, 2, 3], [1, 2]))
  expect(error).toBeInstanceOf(RangeError)
  expect((error as RangeError).message).toBe(
    'Vectors of different lengths (3 and 2) cannot be compared. Embed both texts with one model.',
  )
})

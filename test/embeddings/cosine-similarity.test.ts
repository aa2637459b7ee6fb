import { cosineSimilarity, InvalidRequestError } from 'lmstudio-provider'
import { expect, it } from 'vitest'
import { thrownBy } from '../helpers/provider-errors.js'

it.each<[string, number[], number[], number]>([
  ['the same way', [1, 2], [2, 4], 1],
  ['at right angles', [1, 0], [0, 3], 0],
  ['opposite', [1, -1], [-2, 2], -1],
  ['halfway', [1, 0], [1, 1], Math.SQRT1_2],
])('vectors that point %s', (_, a, b, expected) => {
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
])('%j and %j are like nothing: no NaN that would spoil a sort', (a, b) => {
  expect(cosineSimilarity(a, b)).toBe(0)
})

it('never leaves −1 to 1, whatever the rounding', () => {
  for (let seed = 1; seed < 200; seed++) {
    const vector = Array.from({ length: 7 }, (_, index) => Math.sin(seed * (index + 1)))
    expect(cosineSimilarity(vector, vector)).toBeLessThanOrEqual(1)
    expect(
      cosineSimilarity(
        vector,
        vector.map((x) => -x),
      ),
    ).toBeGreaterThanOrEqual(-1)
  }
})

it('takes typed arrays, also of very long vectors', () => {
  expect(cosineSimilarity(new Float32Array([3e18, 4e18]), new Float64Array([3e150, 4e150]))).toBeCloseTo(1, 6)
})

it('refuses vectors of different length', () => {
  const error = thrownBy(() => cosineSimilarity([1, 2, 3], [1, 2]))
  expect(error).toBeInstanceOf(InvalidRequestError)
  expect(error).toMatchObject({ code: 'mixed-dimensions', message: expect.stringMatching(/3 and 2/) as string })
})

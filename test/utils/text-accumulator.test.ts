import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextAccumulator } from '../../src/utils/text-accumulator.js'

it('is the pieces one after another, with their length, at any time', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 700 }), (pieces) => {
      const text = new TextAccumulator()
      for (const piece of pieces.slice(0, 300)) text.append(piece)
      expect(text.toString()).toBe(pieces.slice(0, 300).join(''))
      for (const piece of pieces.slice(300)) text.append(piece)
      expect(text.toString()).toBe(pieces.join(''))
      expect(text).toHaveLength(pieces.join('').length)
    }),
    { numRuns: 30 },
  )
})

it('is empty at first', () => {
  expect(new TextAccumulator().toString()).toBe('')
  expect(new TextAccumulator()).toHaveLength(0)
})

it.each([255, 256, 257, 511, 512, 513])('holds %i pieces', (count) => {
  const text = new TextAccumulator()
  for (let index = 0; index < count; index++) text.append(`${index},`)
  expect(text.toString()).toBe(Array.from({ length: count }, (_, index) => `${index},`).join(''))
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextBuffer } from '../../src/streaming/text-buffer.js'

it('is the pieces one after another, with their length, at any time', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 700 }), (pieces) => {
      const text = new TextBuffer()
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
  expect(new TextBuffer().toString()).toBe('')
  expect(new TextBuffer()).toHaveLength(0)
})

it.each([255, 256, 257, 511, 512, 513])('holds %i pieces', (count) => {
  const text = new TextBuffer()
  for (let index = 0; index < count; index++) text.append(`${index},`)
  expect(text.toString()).toBe(Array.from({ length: count }, (_, index) => `${index},`).join(''))
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextBuffer } from '../../src/streaming/text-buffer.js'

describe('TextBuffer', () => {
  it('is empty at first', () => {
    expect(new TextBuffer().toString()).toBe('')
    expect(new TextBuffer()).toHaveLength(0)
  })

  // Deltas are joined in groups of 256.
  it.each([255, 256, 257, 511, 512, 513])('keeps %i deltas in order', (count) => {
    const deltas = Array.from({ length: count }, (_, index) => `${index},`)
    const buffer = new TextBuffer()
    for (const delta of deltas) buffer.append(delta)
    expect(buffer.toString()).toBe(deltas.join(''))
    expect(buffer).toHaveLength(deltas.join('').length)
    expect(buffer.count).toBe(count)
  })

  it.each([
    ['Seagull', 'gull'],
    ['Sea', ''],
    ['Se', undefined],
    ['', undefined],
    ['A Sea', undefined],
    ['gull', undefined],
  ])('after the text "Sea", the rest of %j is %j', (text, rest) => {
    const buffer = new TextBuffer()
    buffer.append('S')
    buffer.append('ea')
    expect(buffer.restOf(text)).toBe(rest)
  })

  it('can be read between two deltas', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 700 }), (deltas) => {
        const buffer = new TextBuffer()
        for (const delta of deltas.slice(0, 300)) buffer.append(delta)
        expect(buffer.toString()).toBe(deltas.slice(0, 300).join(''))
        for (const delta of deltas.slice(300)) buffer.append(delta)
        expect(buffer.toString()).toBe(deltas.join(''))
        expect(buffer).toHaveLength(deltas.join('').length)
      }),
      { numRuns: 30 },
    )
  })
})

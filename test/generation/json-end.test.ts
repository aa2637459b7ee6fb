import { describe, expect, it } from 'vitest'
import { JSONEnd } from '../../src/generation/json-end.js'

/** Reads a text in these fragments. */
function read(...fragments: string[]): JSONEnd {
  const end = new JSONEnd()
  for (const fragment of fragments) end.push(fragment)
  return end
}

describe('JSONEnd', () => {
  it.each([
    '{}',
    '[]',
    '[[1,{"a":[]}],{}]',
    '{"a":"}"}',
    '{"a":"]"}',
    '["{["]',
    String.raw`{"a":"\""}`,
    String.raw`{"a":"\\"}`,
    String.raw`{"a":"\\\"}"}`,
    ' \n{"a":1}',
  ])('finds the end of %s at its last character, whole or character by character', (json) => {
    expect(read(json).isComplete).toBe(true)
    expect(read(...json).isComplete).toBe(true)
    const beginnings = Array.from(json, (_, length) => json.slice(0, length))
    expect(beginnings.filter((beginning) => read(beginning).isComplete)).toEqual([])
  })

  it.each(['', '"{}"', '7', 'null', '}', ']{', '{"a":"b}'])('finds no end in %j', (text) => {
    expect(read(text).isComplete).toBe(false)
  })

  it('stays at the end, whatever follows', () => {
    expect(read('{}', '{', '"').isComplete).toBe(true)
    expect(read('{}{"').isComplete).toBe(true)
    expect(read('{}{"').isString).toBe(false)
  })

  it('knows whether the last character is within a string', () => {
    const json = String.raw`{"a":"\"b"}`
    const within = Array.from(json, (_, index) => read(json.slice(0, index + 1)).isString)
    expect(
      json
        .split('')
        .filter((_, index) => within[index])
        .join(''),
    ).toBe(String.raw`"a"\"b`)
  })
})

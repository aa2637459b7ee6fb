import { describe, expect, it } from 'vitest'
import { compact, isObject, parseJSON } from '../../src/utils/json.js'

describe('parseJSON', () => {
  it.each([
    ['{"a":[1]}', { a: [1] }],
    ['null', null],
    ['""', ''],
    ['0', 0],
    ['false', false],
  ])('parses %s', (text, value) => expect(parseJSON(text)).toEqual(value))

  it.each(['', ' ', '{', 'undefined', '{a:1}', '[DONE]', '{"a":1} x', 'NaN'])('returns undefined for %j', (text) =>
    expect(parseJSON(text)).toBeUndefined(),
  )
})

describe('isObject', () => {
  it.each([[{}], [{ a: 1 }], [Object.create(null)]])('is true for the object %j', (value) =>
    expect(isObject(value)).toBe(true),
  )
  it.each([[null], [undefined], [[]], ['a'], [1], [() => 1]])('is false for %s', (value) =>
    expect(isObject(value)).toBe(false),
  )
})

describe('compact', () => {
  it('removes members that are undefined and no others', () => {
    expect(Object.entries(compact({ a: undefined, b: null, c: 0, d: '', e: false, f: { g: undefined } }))).toEqual([
      ['b', null],
      ['c', 0],
      ['d', ''],
      ['e', false],
      ['f', { g: undefined }],
    ])
  })

  it('does not modify its argument', () => {
    const given = Object.freeze({ a: undefined, b: 1 })
    expect(compact(given)).toEqual({ b: 1 })
    expect(Object.keys(given)).toEqual(['a', 'b'])
  })
})

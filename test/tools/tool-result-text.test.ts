import { expect, test } from 'vitest'
import { toResultText } from '../../src/tools/tool-result-text.js'

test.each<[string, unknown, string]>([
  ['a string unchanged', '{"not": "quoted"}', '{"not": "quoted"}'],
  ['an empty string unchanged', '', ''],
  ['undefined to a note', undefined, 'Done. The tool returned nothing.'],
  ['an object to JSON', { city: 'Oslo', at: new Date(0) }, '{"city":"Oslo","at":"1970-01-01T00:00:00.000Z"}'],
  ['an empty object to {}', {}, '{}'],
  ['empty objects inside a list to {}', { list: [{}, Object.create(null)] }, '{"list":[{},{}]}'],
  ['a date to a string', new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ['null to JSON', null, 'null'],
  ['a number to JSON', 7, '7'],
  ['a bigint to its digits', { count: 2n ** 64n }, '{"count":"18446744073709551616"}'],
])('converts %s', (_, value, text) => {
  expect(toResultText(value)).toBe(text)
})

/** An object whose content is private. */
class Harbor {
  readonly #tide = 'high'
  get tide(): string {
    return this.#tide
  }
}

test.each<[string, unknown, string]>([
  ['a Response', new Response('sea'), 'Response would become {}'],
  ['a Blob', new Blob(['sea']), 'Blob would become {}'],
  ['a Map', new Map([['a', 1]]), 'Map would become {}'],
  ['a Set', new Set([1]), 'Set would become {}'],
  ['an Error', new RangeError('no sea'), 'RangeError would become {}'],
  ['a promise inside an object', { a: Promise.resolve(1) }, 'Promise would become {}'],
  ['an ArrayBuffer', new ArrayBuffer(2), 'ArrayBuffer would become {}'],
  ['a stream', new ReadableStream(), 'ReadableStream would become {}'],
  ['an instance with private fields', new Harbor(), 'Harbor would become {}'],
  ['a function', () => 1, 'it is a function.'],
  ['a symbol', Symbol('secret'), 'it is a symbol.'],
])('rejects %s instead of losing its content', (_, value, reason) => {
  expect(() => toResultText(value)).toThrow(new TypeError(`The tool result cannot be serialized: ${reason}`))
})

test('rejects a circular object with the reason on one line', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  expect(() => toResultText(circular)).toThrow(/^The tool result cannot be serialized: .*circular.*$/)
})

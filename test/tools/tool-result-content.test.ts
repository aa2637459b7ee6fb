import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { readResult } from '../../src/tools/tool-result-content.js'

const textOf = (value: unknown): string => readResult(value).toText()

/** An object that contains itself, twice. */
const circular: Record<string, unknown> = { name: 'gull' }
circular['self'] = circular
circular['list'] = [circular]

const shared = { at: 'bow' }

test.each<[string, unknown, string]>([
  ['a string unchanged', '{"not": "quoted"}', '{"not": "quoted"}'],
  ['an empty string unchanged', '', ''],
  ['undefined to a note', undefined, 'Done. The tool returned nothing.'],
  ['an object to JSON', { city: 'Oslo', at: new Date(0) }, '{"city":"Oslo","at":"1970-01-01T00:00:00.000Z"}'],
  ['an empty object to {}', {}, '{}'],
  ['empty objects inside a list to {}', { list: [{}, Object.create(null)] }, '{"list":[{},{}]}'],
  ['a date to a string', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['an invalid date to null', { at: new Date(Number.NaN) }, '{"at":null}'],
  ['null to JSON', null, 'null'],
  ['a number to JSON', 7, '7'],
  ['a bigint to its digits', { count: 2n ** 64n }, '{"count":"18446744073709551616"}'],
  ['a bigint alone to its digits', 7n, '7'],
  ['a map of names to an object', new Map([['a', new Map([['b', 1n]])]]), '{"a":{"b":"1"}}'],
  ['a map of other keys to pairs', new Map([[1, 'a']]), '[[1,"a"]]'],
  ['a set to a list', { of: new Set([1, 'a']) }, '{"of":[1,"a"]}'],
  ['an error to its name and message', new RangeError('no sea'), 'RangeError: no sea'],
  ['an error of another realm', runInNewContext('new RangeError("no sea")'), 'RangeError: no sea'],
  ['an error inside an object', { failure: new Error('fog') }, '{"failure":"Error: fog"}'],
  ['a regular expression', { pattern: /a+/g }, '{"pattern":"/a+/g"}'],
  ['a boxed string', [new String('a')], '["a"]'],
  ['an address', new URL('http://example.org/a'), 'http://example.org/a'],
  ['a circular object with a note', circular, '{"name":"gull","self":"[circular]","list":["[circular]"]}'],
  ['an object that is used twice', [shared, shared], '[{"at":"bow"},{"at":"bow"}]'],
  ['members that JSON leaves out', { a: undefined, b: () => 1, c: Symbol('c') }, '{}'],
  ['a member with the name __proto__', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ['what toJSON returns', { toJSON: () => ({ a: 1n }) }, '{"a":"1"}'],
])('converts %s', (_, value, text) => {
  expect(textOf(value)).toBe(text)
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
  ['a promise inside an object', { a: Promise.resolve(1) }, 'Promise would become {}'],
  ['a stream', new ReadableStream(), 'ReadableStream would become {}'],
  ['an instance with private fields', new Harbor(), 'Harbor would become {}'],
  ['a function', () => 1, 'it is a function.'],
  ['a symbol', Symbol('secret'), 'it is a symbol.'],
])('rejects %s instead of losing its content', (_, value, reason) => {
  expect(() => textOf(value)).toThrow(new TypeError(`The tool result cannot be serialized: ${reason}`))
})

test('rejects a value that throws when it is read, with the reason on one line', () => {
  const value = {
    get tide() {
      throw new Error('dry\nslip')
    },
  }
  expect(() => textOf(value)).toThrow(new TypeError('The tool result cannot be serialized: dry'))
})

import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { readResult } from '../../src/tools/tool-result-content.js'

const textOf = (value: unknown): string => readResult(value).toText()

/** An object that contains itself, twice. */
const circular: Record<string, unknown> = { name: 'gull' }
circular['self'] = circular
circular['list'] = [circular]

/** An instance with a field of its own. */
class Berth {
  readonly pier = 3
}

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
  ['boxed numbers and booleans', [new Number(7), new Boolean(false)], '[7,false]'],
  ['an instance with fields', { at: new Berth() }, '{"at":{"pier":3}}'],
  ['an empty map and set', [new Map(), new Set()], '[{},[]]'],
  [
    'a map with one other key to pairs',
    new Map<unknown, unknown>([
      ['a', 1],
      [2, 'b'],
    ]),
    '[["a",1],[2,"b"]]',
  ],
  ['a result that says it failed without content', { isError: true }, '{"isError":true}'],
  ['a list that has content', Object.assign([1], { isError: true, content: 'a' }), '[1]'],
  ['a result without content', { content: [] }, '{"content":[]}'],
  [
    'structured content next to other content',
    { content: 'a', structuredContent: 1 },
    '{"content":"a","structuredContent":1}',
  ],
  [
    'parts to lines',
    [
      { type: 'text', text: 'a' },
      { type: 'text', text: '' },
      { type: 'text', text: 'b' },
    ],
    'a\n\nb',
  ],
  ['a resource with a text', [{ type: 'resource', resource: { text: 'a', uri: 'b' } }], 'a'],
  [
    'a resource without one',
    [{ type: 'resource', resource: { uri: 'b' } }],
    '{"type":"resource","resource":{"uri":"b"}}',
  ],
  ['a part with another field', [{ type: 'file', name: 'a' }], '{"type":"file","name":"a"}'],
  ['an address', new URL('http://example.org/a'), 'http://example.org/a'],
  ['a circular object with a note', circular, '{"name":"gull","self":"[circular]","list":["[circular]"]}'],
  ['an object that is used twice', [shared, shared], '[{"at":"bow"},{"at":"bow"}]'],
  ['members that JSON leaves out', { a: undefined, b: () => 1, c: Symbol('c') }, '{}'],
  ['a member with the name __proto__', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ['what toJSON returns for no key', { toJSON: (key: unknown) => [key] }, '[""]'],
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
  ['a generator', (function* () {})(), 'Generator would become {}'],
  ['an async generator', (async function* () {})(), 'AsyncGenerator would become {}'],
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

test.each<[string, unknown, string]>([
  ['its text', { isError: true, content: 'fog' }, 'fog'],
  ['its parts', { isError: true, content: [{ type: 'text', text: 'fog' }] }, 'fog'],
  ['what it holds', { isError: true, content: { a: 1 } }, '{"isError":true,"content":{"a":1}}'],
  ['a note', { isError: true, content: [] }, 'the tool reported an error.'],
])('a result that says it failed is read as %s', (_, value, text) => {
  const result = readResult(value)
  expect([result.isError, result.toText()]).toEqual([true, text])
})

test('a part is only the note of its one medium, and JSON with more', () => {
  const result = readResult([
    { type: 'image', data: 'AQID' },
    { type: 'file', bytes: [new Uint8Array(1), new Uint8Array(1)] },
  ])
  for (const [index, media] of result.media.entries()) media.note = `[${index}]`
  expect(result.media).toHaveLength(3)
  expect(result.toText()).toBe('[0]\n{"type":"file","bytes":["[1]","[2]"]}')
})

test('a tool that returns nothing has neither failed nor shown anything', () => {
  expect(readResult(undefined)).toMatchObject({ media: [], isError: false })
})

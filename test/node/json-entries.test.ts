import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJSONEntries } from '../../src/node/json-entries.js'

const read = (text: string): unknown[] =>
  readJSONEntries(text, (what, line, column) => {
    throw new Error(`${what} ${line}:${column}`)
  }).map(({ key, value, line }) => [key, value, line])

describe('the keys of a JSON file', () => {
  test('have their values and lines', () => {
    expect(read('{\n  "a": 1.5e1,\r\n\n  "b": "x\\n\\u00e9", "c": true\n,\t"d": null\n}\n')).toEqual([
      ['a', 15, 2],
      ['b', 'x\né', 4],
      ['c', true, 4],
      ['d', null, 5],
    ])
  })

  test('do not include nested keys, whatever brackets strings contain', () => {
    expect(read('{ "a": { "b": ["}", {}, [], [[1], "]"]], "c": "{" },\n"d": -0.5 }')).toEqual([
      ['a', {}, 1],
      ['d', -0.5, 2],
    ])
  })

  test('include a key named __proto__', () => {
    expect(read('{"__proto__": 1}')).toEqual([['__proto__', 1, 1]])
  })

  test('are empty for an empty object', () => {
    expect(read(' { } ')).toEqual([])
  })
})

test.each([
  ['', 'the file must be an object, from { to } 1:1'],
  ['[]', 'the file must be an object, from { to } 1:1'],
  ['"text"', 'the file must be an object, from { to } 1:1'],
  ['{', 'a key in double quotes is missing or malformed 1:2'],
  ['{\n  // none\n}', 'a key in double quotes is missing or malformed 2:3'],
  ["{ 'a': 1 }", 'a key in double quotes is missing or malformed 1:3'],
  ['{ a: 1 }', 'a key in double quotes is missing or malformed 1:3'],
  ['{\n "a": 1,\n}', 'a key in double quotes is missing or malformed 3:1'],
  ['{ "a" 1 }', 'a colon is missing 1:7'],
  ['{ "a": }', 'a value is missing or malformed 1:8'],
  ['{ "a": "x', 'a value is missing or malformed 1:8'],
  ['{ "a": "x\ny" }', 'a value is missing or malformed 1:8'],
  ['{ "a": truely }', 'a value is missing or malformed 1:8'],
  ['{ "a": NaN }', 'a value is missing or malformed 1:8'],
  ['{ "a": 012 }', 'a comma or } is missing 1:9'],
  ['{ "a": 1 "b": 2 }', 'a comma or } is missing 1:10'],
  ['{ "a": [1 2] }', 'a comma or ] is missing 1:11'],
  ['{ "a": [1,] }', 'a value is missing or malformed 1:11'],
  ['{ "a": {"b": 1 }', 'a comma or } is missing 1:17'],
  ['{ "a": "\t" }', 'a string contains a character or an escape that JSON does not allow 1:8'],
  ['{ "a": "\\x" }', 'a string contains a character or an escape that JSON does not allow 1:8'],
  ['{ "\\x": 1 }', 'a string contains a character or an escape that JSON does not allow 1:3'],
  ['{}\n{}', 'unexpected text after the object 2:1'],
  ['{ "a": 1,\n"b": 2, "a": 3 }', 'a key occurs twice 2:9'],
  [`{ "a": ${'['.repeat(60_000)}`, 'too many levels 1:28'],
])('rejects %j with the position of the error', (text, message) => {
  expect(() => read(text)).toThrow(new Error(message))
})

test('accepts and rejects the same texts as JSON.parse', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    '-',
    '0',
    '.5',
    'e2',
    'null',
    ' ',
    '"',
    '\\',
    '\n',
  )
  const values = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => `{${parts.join('')}}`),
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })).map((value) => JSON.stringify(value, null, 2)),
  )
  fc.assert(
    fc.property(values, (text) => {
      let expected: string[] | undefined
      try {
        expected = Object.keys(JSON.parse(text) as object)
      } catch {
        expected = undefined
      }
      let keys: unknown[] | undefined
      try {
        keys = (read(text) as [string][]).map(([key]) => key)
      } catch (error) {
        // JSON.parse accepts this.
        fc.pre(!String(error).includes('a key occurs twice'))
      }
      expect(keys?.toSorted()).toEqual(expected?.toSorted())
    }),
    { numRuns: 2000 },
  )
})

test('accepts 20 levels and rejects 21', () => {
  const nested = (levels: number): string => `{ "a": ${'['.repeat(levels)}1${']'.repeat(levels)} }`
  expect(read(nested(20))).toEqual([['a', [], 1]])
  expect(() => read(nested(21))).toThrow('too many levels')
})

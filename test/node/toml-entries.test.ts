import { describe, expect, test } from 'vitest'
import { readTOMLEntries } from '../../src/node/toml-entries.js'

const read = (text: string): unknown[] =>
  readTOMLEntries(text, (what, line, column) => {
    throw new Error(`${what} ${line}:${column}`)
  }).map(({ key, value, line }) => [key, value, line])

describe('the keys of a TOML file', () => {
  test('have their values and lines', () => {
    expect(read("# \"comment\n\na = 1\r\n  \"b c\" = 'x' # d = 2\n'e' = 1_000.5\nf.g = true")).toEqual([
      ['a', 1, 3],
      ['b c', 'x', 4],
      ['e', 1000.5, 5],
      ['f', { g: true }, 6],
    ])
  })

  test('are not found inside strings and arrays', () => {
    const text = [
      'a = """',
      'z = 1 \\""" "',
      '"""',
      "b = '''",
      "y = '",
      "''''",
      'c = [',
      '  "]", # x = [',
      '  [1],',
      ']',
      'd = { w = "}" }',
      'w = ""',
      'z = 2',
      'y = 3',
      'x = 4',
    ]
    const lines = (read(text.join('\n')) as [string, unknown, number][]).map(([key, , line]) => [key, line])
    expect(lines).toEqual([
      ['a', 1],
      ['b', 4],
      ['c', 7],
      ['d', 11],
      ['w', 12],
      ['z', 13],
      ['y', 14],
      ['x', 15],
    ])
  })

  test('include a table at the line of its first header, but not the keys in the table', () => {
    expect(read('[a]\nb = 1\n\n [ "c" ]\nd = 2\n[[e]]\n[a.f]\n[[e]]')).toEqual([
      ['a', { b: 1, f: {} }, 1],
      ['c', { d: 2 }, 4],
      ['e', [{}, {}], 6],
    ])
  })

  test('have no line if they contain an escape', () => {
    expect(read('"\\u0061" = 1')).toEqual([['a', 1, undefined]])
  })

  test('are empty for a file of comments', () => {
    expect(read('# endpoint = "x"\n')).toEqual([])
  })
})

test.each([
  ['a = 1\nb = secret-canary', 'invalid value 2:5'],
  ['a = 1\na = 2', 'trying to redefine an already defined table or value 2:1'],
  ['a = "secret-canary', 'unfinished string 1:5'],
  ['a', 'incomplete key-value declaration'],
  ['a = 1 b = 2', 'each key-value declaration must be followed by an end-of-line 1:7'],
  ['a = 99999999999999999999', 'integer value cannot be represented losslessly 1:5'],
  [`a = ${'['.repeat(60_000)}`, ''],
])('rejects %j with the position of the error, and does not quote the file', (text, message) => {
  let error: unknown
  try {
    read(text)
  } catch (thrown) {
    error = thrown
  }
  expect(String(error)).toMatch(/ \d+:\d+$/)
  expect(String(error)).not.toContain('canary')
  if (/\d$/.test(message)) expect(String(error)).toBe(`Error: ${message}`)
})

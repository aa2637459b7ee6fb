import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSchema } from '../../playground/src/views/structured/check-schema.js'
import { PRESETS, show } from '../../playground/src/views/structured/presets.js'
import { readJSON } from '../../playground/src/views/structured/read-json.js'

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

describe('readJSON', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
        const value = JSON.parse(text) as unknown
        expect(readJSON(JSON.stringify(value, null, indent)).value).toEqual(value)
      }),
    )
  })

  test('takes and refuses the same texts as JSON.parse, however they are broken', () => {
    const broken = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '}', ']', '"', '\\', '0', 'e', '-', '\n', ' '),
    )
    fc.assert(
      fc.property(broken, ([text, at, put]) => {
        const changed = text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1)
        const read = readJSON(changed)
        expect(read.value).toEqual(parse(changed))
        expect(read.error === undefined).toBe(parse(changed) !== undefined)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['{\n  "a": 1,\n}', 3, 1, 'A key in double quotes'],
    ['{\n  "a" 1\n}', 2, 7, 'A colon'],
    ['{\n  "a": \n}', 3, 1, 'A value'],
    ['[1\n 2]', 2, 2, 'A comma or the closing bracket'],
    ['{"a": 1', 1, 8, 'A comma or the closing brace'],
    ['{"a": "x\n"}', 1, 7, 'A value'],
    ["{'a': 1}", 1, 2, 'A key in double quotes'],
    ['{} {}', 1, 4, 'Nothing more'],
    ['', 1, 1, 'A value'],
    ['{"a": tru}', 1, 7, 'A value'],
  ])('%j is wrong at line %i, column %i', (text, line, column, expected) => {
    const { error } = readJSON(text)
    expect(error).toMatchObject({ line, column })
    expect(error?.message).toContain(expected)
  })

  test('knows where everything stands, and which keys come twice', () => {
    const read = readJSON('{\n "a": [\n  1,\n  2],\n "a":\n  3\n}')
    expect(read.lineOf([])).toBe(1)
    expect(read.lineOf(['a', 1])).toBe(4)
    expect(read.repeated).toEqual([{ key: 'a', line: 5, column: 2 }])
    expect(read.value).toEqual({ a: 3 })
  })
})

describe('checkSchema', () => {
  const problems = (schema: unknown): readonly string[] =>
    checkSchema(JSON.stringify(schema, null, 1)).problems.map(({ line, message }) => `${line}: ${message}`)

  test.each(PRESETS.map((preset) => [preset.name, preset] as const))('finds nothing wrong with: %s', (_, preset) => {
    expect(checkSchema(show(preset.schema))).toEqual({ schema: preset.schema, problems: [] })
  })

  test.each([
    [{ type: 'text' }, '2: The type "text" is none of'],
    [{ type: ['string', 'nil'] }, '2: The type "nil"'],
    [{ propertes: {} }, '2: `propertes` is no keyword'],
    [{ properties: [] }, '2: `properties` must be an object'],
    [{ properties: { a: 'string' } }, '3: A schema must be an object'],
    [{ properties: { a: {} }, required: ['a', 'b'] }, '7: `b` is required, but not among the properties'],
    [{ required: 'a' }, '2: `required` must be a list'],
    [{ enum: [] }, '2: `enum` must be a list'],
    [{ $ref: '#/$defs/none' }, '2: `#/$defs/none` leads nowhere'],
    [{ $ref: 'https://example.org/a.json' }, '2: `$ref` must begin with `#`'],
    [{ pattern: '(' }, '2: `pattern` is no regular expression'],
    [{ minLength: -1 }, '2: `minLength` must be a whole number'],
    [{ minimum: '1' }, '2: `minimum` must be a number'],
    [{ anyOf: {} }, '2: `anyOf` must be a list of schemas'],
    [{ items: { type: 'x' } }, '3: The type "x"'],
  ])('%j', (schema, said) => {
    expect(problems(schema)).toEqual([expect.stringContaining(said)])
  })

  test('takes names of properties for names, not for keywords', () => {
    expect(problems({ properties: { wings: { type: 'integer' }, type: { type: 'string' } } })).toEqual([])
  })

  test('has no schema for what is no JSON, or no object', () => {
    expect(checkSchema('{"type": }')).toMatchObject({ schema: undefined, problems: [{ line: 1 }] })
    expect(checkSchema('[]')).toMatchObject({ schema: undefined, problems: [{ line: 1 }] })
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSchema } from '../../playground/src/lib/check-schema.js'
import { formatSchema, PRESETS } from '../../playground/src/views/structured/presets.js'
import { readJSON } from '../../playground/src/lib/read-json.js'

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

describe('readJSON', () => {
  test('returns the same value as JSON.parse', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
        const value = JSON.parse(text) as unknown
        expect(readJSON(JSON.stringify(value, null, indent)).value).toEqual(value)
      }),
    )
  })

  test('accepts and rejects the same texts as JSON.parse', () => {
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
    ['{\n  "a": 1,\n}', 3, 1, 'a key in double quotes'],
    ['{\n  "a" 1\n}', 2, 7, 'a colon'],
    ['{\n  "a": \n}', 3, 1, 'a value'],
    ['[1\n 2]', 2, 2, 'a comma or `]`'],
    ['{"a": 1', 1, 8, 'a comma or `}`'],
    ['{"a": "x\n"}', 1, 7, 'a value'],
    ["{'a': 1}", 1, 2, 'a key in double quotes'],
    ['{} {}', 1, 4, 'Expected the end'],
    ['', 1, 1, 'a value'],
    ['{"a": tru}', 1, 7, 'a value'],
  ])('reports an error in %j at line %i, column %i', (text, line, column, expected) => {
    const { error } = readJSON(text)
    expect(error).toMatchObject({ line, column })
    expect(error?.message).toContain(expected)
  })

  test('records positions and duplicate keys', () => {
    const read = readJSON('{\n "a": [\n  1,\n  2],\n "a":\n  3\n}')
    expect(read.lineOf([])).toBe(1)
    expect(read.lineOf(['a', 1])).toBe(4)
    expect(read.duplicates).toEqual([{ key: 'a', line: 5, column: 2 }])
    expect(read.value).toEqual({ a: 3 })
  })
})

describe('checkSchema', () => {
  const problems = (schema: unknown): readonly string[] =>
    checkSchema(JSON.stringify(schema, null, 1)).problems.map(({ line, message }) => `${line}: ${message}`)

  test.each(PRESETS.map((preset) => [preset.name, preset] as const))('accepts the example %s', (_, preset) => {
    expect(checkSchema(formatSchema(preset.schema))).toEqual({ schema: preset.schema, problems: [], isValid: true })
  })

  test.each([
    [{ type: 'text' }, '2: Unknown type "text". Use string'],
    [{ type: ['string', 'nil'] }, '2: Unknown type "nil"'],
    [{ propertes: {} }, '2: `propertes` is not a JSON Schema keyword'],
    [{ properties: [] }, '2: `properties` must be an object'],
    [{ properties: { a: 'string' } }, '3: A schema must be an object'],
    [{ properties: { a: {} }, required: ['a', 'b'] }, '7: `b` is required but missing in `properties`'],
    [{ required: 'a' }, '2: `required` must be an array'],
    [{ enum: [] }, '2: `enum` must be an array'],
    [{ $ref: '#/$defs/none' }, '2: `#/$defs/none` does not exist in this schema'],
    [{ $ref: 'https://example.org/a.json' }, '2: `$ref` must start with `#`'],
    [{ pattern: '(' }, '2: `pattern` is not a valid regular expression'],
    [{ minLength: -1 }, '2: `minLength` must be a non-negative integer'],
    [{ minimum: '1' }, '2: `minimum` must be a number'],
    [{ anyOf: {} }, '2: `anyOf` must be an array of schemas'],
    [{ items: { type: 'x' } }, '3: Unknown type "x"'],
  ])('reports the problem in %j', (schema, message) => {
    expect(problems(schema)).toEqual([expect.stringContaining(message)])
  })

  test('does not treat property names as keywords', () => {
    expect(problems({ properties: { wings: { type: 'integer' }, type: { type: 'string' } } })).toEqual([])
  })

  test('returns no schema if the text is not a JSON object', () => {
    expect(checkSchema('{"type": }')).toMatchObject({ schema: undefined, problems: [{ line: 1 }] })
    expect(checkSchema('[]')).toMatchObject({ schema: undefined, problems: [{ line: 1 }], isValid: false })
    expect(checkSchema('true')).toMatchObject({ schema: undefined, problems: [{ line: 1 }], isValid: false })
  })
})

import { toJsonSchema as fromValibot } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toJSONSchema } from '../../src/json-schema/to-json-schema.js'
import { thrownBy } from '../helpers/provider-errors.js'

const expected = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
}

test.each([undefined, null, 'object', 7, [], { toJSON: () => 7 }])('rejects %j, which is not a schema', (schema) => {
  expect(thrownBy(() => toJSONSchema(schema as never))).toMatchObject({
    name: 'InvalidRequestError',
    code: 'invalid-schema',
    message: 'Expected a schema.',
    hint: 'Pass a schema from valibot, zod or arktype, or plain JSON Schema.',
  })
})

test('does not advise a list of types', () => {
  expect(thrownBy(() => toJSONSchema({ type: 'objekt' } as never))).toMatchObject({
    message: expect.stringContaining('must be one of: null, boolean') as string,
    hint: 'Pass a schema from valibot, zod or arktype, or plain JSON Schema.',
  })
})

describe('a schema of a library', () => {
  test.each([
    ['valibot', v.object({ city: v.string(), days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))) })],
    ['zod', z.object({ city: z.string(), days: z.int().min(1).max(9).optional() })],
    ['arktype', type({ city: 'string', 'days?': 'number.integer >= 1' })],
  ])('of %s is converted, without $schema', (_, schema) => {
    expect(toJSONSchema(schema)).toMatchObject(expected)
    expect(toJSONSchema(schema)).not.toHaveProperty('$schema')
  })

  test.each([
    ['valibot', v.object({ days: v.optional(v.pipe(v.string(), v.transform(Number)), '1') })],
    ['zod', z.object({ days: z.string().default('1').transform(Number) })],
    ['arktype', type({ days: type('string').pipe(Number).default('1') })],
  ])('of %s describes its input, which is what the model writes', (_, schema) => {
    const { properties, required } = toJSONSchema(schema) as { properties: object; required?: string[] }
    expect(properties).toMatchObject({ days: { type: 'string' } })
    expect(required ?? []).toEqual([])
  })

  test.each([
    [
      'a check',
      v.pipe(
        v.string(),
        v.check((name) => name !== 'hen'),
      ),
    ],
    ['a trim', v.pipe(v.string(), v.trim(), v.minLength(2))],
    ['a brand', v.pipe(v.string(), v.minLength(2), v.brand('Name'))],
    ['a pattern with flags', v.pipe(v.string(), v.regex(/^[a-z]+$/i))],
    ['two patterns', v.pipe(v.string(), v.startsWith('g'), v.endsWith('l'))],
  ])('of valibot with %s is converted without what JSON Schema cannot express', (_, name) => {
    expect(toJSONSchema(v.object({ name }))).toMatchObject({
      properties: { name: { type: 'string' } },
      required: ['name'],
    })
  })

  test.each([
    ['valibot', v.object({ at: v.date() })],
    ['zod', z.object({ at: z.date() })],
  ])('of %s with a date is rejected with the reason that the library gives', (vendor, schema) => {
    expect(thrownBy(() => toJSONSchema(schema))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
      message: `The ${vendor} schema cannot be expressed as JSON Schema.`,
      hint: expect.stringMatching(
        new RegExp(`For a date .*text .*transform, .*pass plain JSON Schema. ${vendor} reports: .*[Dd]ate`),
      ) as string,
      cause: expect.any(Error) as Error,
    })
  })

  test('is rejected if the library cannot convert to JSON Schema', () => {
    const schema = {
      '~standard': { version: 1, vendor: 'homemade', validate: (value: unknown) => ({ value }) },
    } as const
    expect(thrownBy(() => toJSONSchema(schema))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
      message: 'The homemade schema does not support conversion to JSON Schema.',
      hint: expect.stringContaining('or pass plain JSON Schema') as string,
    })
  })
})

describe('plain JSON Schema', () => {
  test('is sent unchanged', () => {
    const schema = Object.freeze({ ...expected, title: 'Weather' })
    expect(toJSONSchema(schema)).toEqual(schema)
  })

  test('is copied, so that later changes have no effect', () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } } }
    const sent = toJSONSchema(schema)
    schema.properties.city.type = 'number'
    expect(sent).toEqual({ type: 'object', properties: { city: { type: 'string' } } })
  })

  test('loses the keywords that only tools read', () => {
    const schema = { $schema: 'http://json-schema.org/draft-07/schema#', '~standard': {}, ...expected }
    expect(toJSONSchema(schema)).toEqual(expected)
  })

  test('may come from the converters of zod and valibot', () => {
    expect(toJSONSchema(z.toJSONSchema(z.object({ city: z.string() })))).toMatchObject({ type: 'object' })
    expect(toJSONSchema(fromValibot(v.object({ city: v.string() })) as never)).toMatchObject({ type: 'object' })
  })

  test.each<[string, object, (string | number)[]]>([
    [
      'a reference to nothing',
      { type: 'object', properties: { a: { $ref: '#/$defs/a' } } },
      ['properties', 'a', '$ref'],
    ],
    ['a reference outside the document', { items: { $ref: 'https://example.org/bird.json' } }, ['items', '$ref']],
    ['a broken reference in a list', { anyOf: [{ $ref: '#/$defs/b' }] }, ['anyOf', 0, '$ref']],
    [
      'a broken reference in a member named `enum`',
      { properties: { enum: { $ref: '#/no' } } },
      ['properties', 'enum', '$ref'],
    ],
    ['a reference to a text', { title: 'Bird', properties: { a: { $ref: '#/title' } } }, ['properties', 'a', '$ref']],
  ])('is rejected with %s', (_, schema, path) => {
    expect(thrownBy(() => toJSONSchema(schema as never))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
      issues: [
        { path, message: 'cannot be resolved: use a reference inside the schema itself, such as `#/$defs/city`' },
      ],
      hint: 'Use a reference inside the schema itself, such as `#/$defs/city`.',
    })
  })

  test('may contain `$ref` as a value or as the name of a member', () => {
    const schema = {
      properties: { $ref: { type: 'string' }, name: { default: { $ref: '#/no' }, enum: [{ $ref: '#/no' }] } },
      const: { $ref: '#/no' },
      examples: [{ $ref: 'x' }],
    }
    expect(toJSONSchema(schema)).toEqual(schema)
  })

  const circular: Record<string, unknown> = { type: 'object' }
  circular['properties'] = { circular }
  test.each([
    ['a bigint', { const: 5n }],
    ['a circular reference', circular],
    [
      'a getter that throws',
      {
        get type() {
          throw new Error('no')
        },
      },
    ],
  ])('is rejected with %s', (_, schema) => {
    expect(thrownBy(() => toJSONSchema(schema))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
      message: 'The JSON Schema cannot be serialized.',
      hint: 'Remove bigints and circular references; express recursion with `$ref`.',
      cause: expect.any(Error) as Error,
    })
  })
})

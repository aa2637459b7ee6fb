import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { chat } from '../support/mock-requests.js'

// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into the value
async function valueFor(schema: object, seed = 0): Promise<any> {
  const format = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } }
  const body = await (await chat(createMockLMStudio(), { response_format: format, seed })).json()
  return JSON.parse(body.choices[0].message.content)
}

describe('values that satisfy a schema', () => {
  test('an object satisfies the schemas of its properties, whatever the seed', async () => {
    const schema: Schema = {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 20, maxLength: 30 },
        count: { type: 'integer', minimum: 3, maximum: 7 },
        share: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
        even: { type: 'integer', minimum: 3, maximum: 9, multipleOf: 4 },
        kind: { enum: ['gull', 'tern'] },
        fixed: { const: 4 },
        nothing: { type: 'null' },
        ringed: { type: 'boolean' },
        maybe: { type: ['null', 'string'] },
        day: { type: 'string', format: 'date' },
        code: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' },
      },
      required: ['name', 'count', 'share', 'even', 'kind', 'fixed', 'nothing', 'ringed', 'day', 'code'],
      additionalProperties: false,
    }
    const validator = new Validator(schema, '2020-12')
    const results = await Promise.all(
      Array.from({ length: 20 }, async (_, seed) => validator.validate(await valueFor(schema, seed))),
    )
    expect(results.flatMap(({ errors }) => errors)).toEqual([])
  })

  test('an array has between minItems and maxItems items, unique ones with uniqueItems', async () => {
    const value = await valueFor({
      type: 'object',
      properties: {
        birds: { type: 'array', items: { enum: ['gull', 'tern', 'auk'] }, minItems: 3, uniqueItems: true },
        none: { type: 'array', items: { type: 'string' }, maxItems: 0 },
        pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }] },
      },
    })
    expect(value.birds.toSorted()).toEqual(['auk', 'gull', 'tern'])
    expect(value.none).toEqual([])
    expect(value.pair.map((one: unknown) => typeof one)).toEqual(['string', 'number'])
  })

  test('$ref is followed, anyOf resolved, allOf merged', async () => {
    const value = await valueFor({
      $defs: { bird: { type: 'object', properties: { wings: { const: 2 } }, required: ['wings'] } },
      allOf: [
        { type: 'object', properties: { bird: { $ref: '#/$defs/bird' } }, required: ['bird'] },
        { properties: { size: { anyOf: [{ type: 'null' }, { type: 'integer', minimum: 5 }] } }, required: ['size'] },
      ],
    })
    expect(value.bird).toEqual({ wings: 2 })
    expect(value.size).toBeGreaterThanOrEqual(5)
  })

  test('a recursive schema gives a finite value', async () => {
    const node = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        children: { type: 'array', items: { $ref: '#' } },
        next: { anyOf: [{ $ref: '#' }, { type: 'null' }] },
      },
      required: ['name', 'children', 'next'],
    }
    const value = await valueFor(node)
    expect(value.children).toHaveLength(2)
    expect(JSON.stringify(value).length).toBeLessThan(100_000)
  })

  test.each<[string, object, unknown]>([
    ['itself', { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }, 'object'],
    ['itself twice', { properties: { a: { $ref: '#' }, b: { $ref: '#' } }, required: ['a', 'b'] }, 'object'],
    ['items like itself', { type: 'array', items: { $ref: '#' }, minItems: 3 }, 'object'],
    ['itself by allOf', { allOf: [{ $ref: '#' }, { $ref: '#' }], type: 'object' }, 'object'],
    ['itself by anyOf', { anyOf: [{ $ref: '#' }] }, 'string'],
    ['itself by $ref', { $ref: '#' }, 'string'],
  ])('a schema that requires %s gives a finite value', async (_name, schema, type) => {
    const value = await valueFor(schema)
    expect(typeof value).toBe(type)
    expect(JSON.stringify(value).length).toBeLessThan(500_000)
  })

  test('a tool whose parameters require themselves is called with finite arguments', async () => {
    const parameters = { type: 'object', properties: { part: { $ref: '#' } }, required: ['part'] }
    const tools = [{ type: 'function', function: { name: 'assemble', parameters } }]
    const response = await chat(createMockLMStudio(), { tools, tool_choice: 'required' })
    const { choices } = await response.json()
    expect(JSON.parse(choices[0].message.tool_calls[0].function.arguments)).toMatchObject({ part: { part: {} } })
  })

  test('an array of many objects is complete', async () => {
    const bird = { type: 'object', properties: { name: { const: 'tern' } }, required: ['name'] }
    const birds = await valueFor({ type: 'array', items: bird, minItems: 5000 })
    expect(birds).toHaveLength(5000)
    expect(birds.at(-1)).toEqual({ name: 'tern' })
  })

  test.each<[object, number]>([
    [{ type: 'array', items: { type: 'null' }, minItems: 1e9 }, 50_001],
    [{ type: 'object', additionalProperties: { type: 'null' }, minProperties: 1e9 }, 148_895],
  ])('%j gives a value of limited size', async (schema, length) => {
    expect(JSON.stringify(await valueFor(schema))).toHaveLength(length)
  })

  test.each([{ minLength: 1e9 }, { pattern: 'a{1000000000}' }])(
    'a string with %j has a limited length',
    async (schema) => {
      expect((await valueFor({ type: 'string', ...schema })).length).toBeLessThan(100_100)
    },
  )

  test('a $ref whose percent-encoding is invalid gives a string', async () => {
    expect(await valueFor({ $ref: '#/$defs/%zz' })).toBeTypeOf('string')
  })

  test('the same seed gives the same value, another seed another', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 0, maximum: 1_000_000 } } }
    expect(await valueFor(schema, 1)).toEqual(await valueFor(schema, 1))
    expect(await valueFor(schema, 1)).not.toEqual(await valueFor(schema, 2))
  })

  test('an object with additionalProperties only gets one key', async () => {
    const value = await valueFor({ type: 'object', additionalProperties: { type: 'integer' } })
    expect(Object.values(value).map((one) => typeof one)).toEqual(['number'])
  })

  test.each([
    ['^\\d{4}-\\d{2}$'],
    ['^[a-z]+$'],
    ['^(?:ab){2}\\w\\s?\\.$'],
    ['^[^a]b*$'],
    ['^gull|tern$'],
    ['^[\\d]{3}.$'],
  ])('the value matches the pattern %s', async (pattern) => {
    expect(await valueFor({ type: 'string', pattern })).toMatch(new RegExp(pattern, 'u'))
  })

  test('a pattern that cannot be sampled gets words', async () => {
    expect(await valueFor({ type: 'string', pattern: '^(?=a)(?!b)$' })).toBeTypeOf('string')
    expect(await valueFor({ type: 'string', pattern: '[' })).toBeTypeOf('string')
  })

  test('a schema without a type gets the type of its keywords', async () => {
    expect(await valueFor({ items: { const: 1 }, minItems: 1 })).toEqual([1])
    expect(await valueFor({ properties: { a: { const: 1 } } })).toEqual({ a: 1 })
    expect(await valueFor({ minimum: 3, maximum: 3 })).toBe(3)
    expect(await valueFor({ minProperties: 2, additionalProperties: { const: 1 } })).toEqual({ key1: 1, key2: 1 })
    expect(await valueFor({ default: 'x' })).toBe('x')
    expect(await valueFor({ type: ['null'] })).toBeNull()
  })

  test('a value stays within bounds of every kind', async () => {
    expect(await valueFor({ type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 })).toBe(4)
    expect(await valueFor({ type: 'number', minimum: 0.1, maximum: 0.3 })).toBeCloseTo(0.2)
    expect(await valueFor({ type: 'integer', maximum: -5 })).toBeLessThanOrEqual(-5)
    expect(await valueFor({ type: 'string', maxLength: 2 })).toHaveLength(2)
  })

  test('oneOf and anyOf give one alternative, and a dangling $ref gives a string', async () => {
    expect(await valueFor({ oneOf: [{ const: 'a' }, { const: 'b' }] })).toBe('a')
    expect(await valueFor({ anyOf: [{ type: 'null' }] })).toBeNull()
    expect(await valueFor({ $ref: '#/$defs/none' })).toBeTypeOf('string')
    expect(await valueFor({ $ref: '#/$defs/a~1b/anyOf/1', $defs: { 'a/b': { anyOf: [{}, { const: 9 }] } } })).toBe(9)
  })
})

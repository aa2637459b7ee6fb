import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../src/testing/index.js'
import { chat } from './ask.js'

// oxlint-disable-next-line typescript/no-explicit-any -- the tests look into what the schema describes
async function fill(schema: object, seed = 0): Promise<any> {
  const format = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } }
  const body = await (await chat(createMockLMStudio(), { response_format: format, seed })).json()
  return JSON.parse(body.choices[0].message.content)
}

describe('structured output', () => {
  test('objects have what is required, of the type it has', async () => {
    const value = await fill({
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
    })
    expect(value.name.length).toBeGreaterThanOrEqual(20)
    expect(value.name.length).toBeLessThanOrEqual(30)
    expect([3, 4, 5, 6, 7]).toContain(value.count)
    expect(value.share).toBeGreaterThan(0)
    expect(value.share).toBeLessThan(1)
    expect([4, 8]).toContain(value.even)
    expect(['gull', 'tern']).toContain(value.kind)
    expect([value.fixed, value.nothing, typeof value.ringed]).toEqual([4, null, 'boolean'])
    expect(value.day).toMatch(/^\d{4}-\d{2}-\d{2}$/u)
    expect(value.code).toMatch(/^[A-Z]{3}-\d{4}$/u)
  })

  test('arrays have between the fewest and the most items, all different when asked for', async () => {
    const value = await fill({
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

  test('references are followed, unions resolved, parts merged', async () => {
    const value = await fill({
      $defs: { bird: { type: 'object', properties: { wings: { const: 2 } }, required: ['wings'] } },
      allOf: [
        { type: 'object', properties: { bird: { $ref: '#/$defs/bird' } }, required: ['bird'] },
        { properties: { size: { anyOf: [{ type: 'null' }, { type: 'integer', minimum: 5 }] } }, required: ['size'] },
      ],
    })
    expect(value.bird).toEqual({ wings: 2 })
    expect(value.size).toBeGreaterThanOrEqual(5)
  })

  test('a schema that contains itself comes to an end', async () => {
    const node = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        children: { type: 'array', items: { $ref: '#' } },
        next: { anyOf: [{ $ref: '#' }, { type: 'null' }] },
      },
      required: ['name', 'children', 'next'],
    }
    const value = await fill(node)
    expect(value.children).toHaveLength(2)
    expect(JSON.stringify(value).length).toBeLessThan(100_000)
  })

  test('the same seed gives the same value, another one another', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 0, maximum: 1_000_000 } } }
    expect(await fill(schema, 1)).toEqual(await fill(schema, 1))
    expect(await fill(schema, 1)).not.toEqual(await fill(schema, 2))
  })

  test('a map without named keys gets one', async () => {
    const value = await fill({ type: 'object', additionalProperties: { type: 'integer' } })
    expect(Object.values(value).map((one) => typeof one)).toEqual(['number'])
  })

  test.each([
    ['^\\d{4}-\\d{2}$'],
    ['^[a-z]+$'],
    ['^(?:ab){2}\\w\\s?\\.$'],
    ['^[^a]b*$'],
    ['^gull|tern$'],
    ['^[\\d]{3}.$'],
  ])('the pattern %s is matched', async (pattern) => {
    expect(await fill({ type: 'string', pattern })).toMatch(new RegExp(pattern, 'u'))
  })

  test('a pattern beyond its wits gets a word', async () => {
    expect(await fill({ type: 'string', pattern: '^(?=a)(?!b)$' })).toBeTypeOf('string')
    expect(await fill({ type: 'string', pattern: '[' })).toBeTypeOf('string')
  })

  test('a schema without a type is told by what it holds', async () => {
    expect(await fill({ items: { const: 1 }, minItems: 1 })).toEqual([1])
    expect(await fill({ properties: { a: { const: 1 } } })).toEqual({ a: 1 })
    expect(await fill({ minimum: 3, maximum: 3 })).toBe(3)
    expect(await fill({ minProperties: 2, additionalProperties: { const: 1 } })).toEqual({ key1: 1, key2: 1 })
    expect(await fill({ default: 'x' })).toBe('x')
    expect(await fill({ type: ['null'] })).toBeNull()
  })

  test('bounds of every kind are kept', async () => {
    expect(await fill({ type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 })).toBe(4)
    expect(await fill({ type: 'number', minimum: 0.1, maximum: 0.3 })).toBeCloseTo(0.2)
    expect(await fill({ type: 'integer', maximum: -5 })).toBeLessThanOrEqual(-5)
    expect(await fill({ type: 'string', maxLength: 2 })).toHaveLength(2)
  })

  test('one of several, when none is null, and references that lead nowhere', async () => {
    expect(await fill({ oneOf: [{ const: 'a' }, { const: 'b' }] })).toBe('a')
    expect(await fill({ anyOf: [{ type: 'null' }] })).toBeNull()
    expect(await fill({ $ref: '#/$defs/none' })).toBeTypeOf('string')
    expect(await fill({ $ref: '#/$defs/a~1b/anyOf/1', $defs: { 'a/b': { anyOf: [{}, { const: 9 }] } } })).toBe(9)
  })
})

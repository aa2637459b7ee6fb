import { describe, expect, test } from 'vitest'
import { checkJSON } from '../../src/json-schema/validate-json-schema.js'

const paths = (schema: object, value: unknown) => checkJSON(schema as never, value).map((issue) => issue.path.join('.'))

describe('checkJSON', () => {
  test.each([
    ['a reference out of the document', { $ref: 'https://example.test/schema' }],
    ['a reference to nowhere', { $ref: '#/$defs/city' }],
    ['a reference that is no address', { $ref: '#/%' }],
    ['a reference by anchor', { $ref: '#city' }],
    ['a reference to itself', { $ref: '#' }],
    ['references in a circle', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }],
    ['a pattern that is none', { pattern: '(' }],
  ])('refuses %s', (_, schema) => {
    expect(() => checkJSON(schema, 'x')).toThrow(
      expect.objectContaining({ name: 'InvalidRequestError', code: 'invalid-schema' }),
    )
  })

  test('names what is missing, unknown and of the wrong type by its own path', () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: ['integer', 'null'] }, tags: { items: { minLength: 2 } } },
      required: ['city'],
      additionalProperties: false,
    }
    expect(paths(schema, { days: 'x', tags: ['ok', 'x'], more: 1 })).toEqual(['city', 'days', 'tags.1', 'more'])
    expect(paths(schema, { city: 'Oslo', days: null, tags: ['ok'] })).toEqual([])
  })

  test('quotes the schema in its messages and never the value', () => {
    const schema = { enum: ['celsius', 'fahrenheit'] }
    const [issue] = checkJSON(schema, 'secret')
    expect(issue!.message).toContain('"fahrenheit"')
    expect(issue!.message).not.toContain('secret')
  })

  test('names the place inside the one alternative that the value was meant for', () => {
    const schema = { anyOf: [{ type: 'null' }, { type: 'object', required: ['city'] }] }
    expect(paths(schema, {})).toEqual(['city'])
    expect(paths(schema, 7)).toEqual([''])
  })

  test('follows references into a schema that holds itself', () => {
    const schema = {
      $ref: '#/$defs/a~1b',
      $defs: { 'a/b': { type: 'object', properties: { next: { $ref: '#/$defs/a~1b' } }, required: ['id'] } },
    }
    expect(paths(schema, { id: 1, next: { id: 2, next: {} } })).toEqual(['next.next.id'])
  })

  test('knows names that every object inherits from those a value has', () => {
    const schema = { properties: { toString: { type: 'string' } }, required: ['constructor'] }
    expect(paths(schema, {})).toEqual(['constructor'])
    expect(paths({ $ref: '#/constructor', constructor: { type: 'string' } }, 'x')).toEqual([])
  })

  test('counts characters as a reader does, and fractions as written', () => {
    expect(paths({ maxLength: 1 }, '🦊')).toEqual([])
    expect(paths({ multipleOf: 0.1 }, 0.3)).toEqual([])
    expect(paths({ multipleOf: 0.1 }, 0.35)).toEqual([''])
    expect(paths({ pattern: String.raw`^\-$` }, '-')).toEqual([])
  })

  test('reads the tuples of both generations, and how many items must be contained', () => {
    const items = [{ type: 'string' }, { type: 'number' }]
    expect(paths({ items, additionalItems: false }, ['a', 'b', 3])).toEqual(['1', '2'])
    expect(paths({ prefixItems: items, items: { type: 'null' } }, ['a', 1, 3])).toEqual(['2'])
    expect(paths({ contains: { const: 1 }, minContains: 2, maxContains: 3 }, [1, 2])).toEqual([''])
    expect(paths({ contains: { const: 1 }, minContains: 0 }, [])).toEqual([])
  })

  test('reads what a member demands of others', () => {
    const schema = { dependentRequired: { city: ['country'] }, dependentSchemas: { days: { required: ['from'] } } }
    expect(paths(schema, { city: 'Oslo', days: 1 })).toEqual(['country', 'from'])
  })

  test('takes format as a note', () => {
    expect(paths({ format: 'email' }, 'nobody')).toEqual([])
  })
})

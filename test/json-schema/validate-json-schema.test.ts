import { describe, expect, test } from 'vitest'
import { validateJSONSchema } from '../../src/json-schema/validate-json-schema.js'
import { thrownBy } from '../helpers/provider-errors.js'

const issuesOf = (schema: object, value: unknown) => validateJSONSchema(schema as never, value)
const pathsOf = (schema: object, value: unknown) => issuesOf(schema, value).map((issue) => issue.path.join('.'))
const messagesOf = (schema: object, value: unknown) => issuesOf(schema, value).map((issue) => issue.message)

describe('a broken schema', () => {
  test.each([
    ['a reference outside the document', { $ref: 'https://example.test/schema' }, 'cannot be resolved'],
    ['a reference to nothing', { $ref: '#/$defs/city' }, 'cannot be resolved'],
    ['a reference that is not a valid URI', { $ref: '#/%' }, 'cannot be resolved'],
    ['a reference to an anchor', { $ref: '#city' }, 'cannot be resolved'],
    ['a reference to itself', { $ref: '#' }, 'points back to itself'],
    [
      'circular references',
      { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
      'points back to itself',
    ],
    ['an invalid pattern', { pattern: '(' }, 'is not a regular expression'],
  ])('with %s throws', (_, schema, message) => {
    expect(thrownBy(() => validateJSONSchema(schema, 'x'))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
      message: expect.stringContaining(message) as string,
      hint: expect.stringMatching(/Fix the schema\.|Use references inside the schema/) as string,
    })
  })
})

test.each([{ type: 'number' }, { type: ['number', 'null'] }, {}])(
  'refuses a number that is too large for JSON: %j',
  (schema) => {
    expect(messagesOf(schema, JSON.parse('1e999'))).toEqual(['must be a number that is not too large'])
    expect(messagesOf(schema, JSON.parse('-1e999'))).toEqual(['must be a number that is not too large'])
  },
)

test('reports missing, unknown and mistyped members at their own path', () => {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: ['integer', 'null'] }, tags: { items: { minLength: 2 } } },
    required: ['city'],
    additionalProperties: false,
  }
  expect(issuesOf(schema, { days: 'x', tags: ['ok', 'x'], more: 1 })).toEqual([
    { path: ['city'], message: 'is missing' },
    { path: ['days'], message: 'must be of type integer or null, not string' },
    { path: ['tags', 1], message: 'must have at least 2 characters' },
    { path: ['more'], message: 'is not a known property' },
  ])
  expect(issuesOf(schema, { city: 'Oslo', days: null, tags: ['ok'] })).toEqual([])
})

test.each<[object, unknown, string]>([
  [{ properties: { a: false } }, { a: 1 }, 'is not allowed'],
  [{ const: { a: 1 } }, 2, 'must be {"a":1}'],
  [{ enum: ['a', 2, null] }, 'b', 'must be one of "a", 2, null'],
  [{ minimum: 2 }, 1, 'must be at least 2'],
  [{ maximum: 2 }, 3, 'must be at most 2'],
  [{ exclusiveMinimum: 2 }, 2, 'must be greater than 2'],
  [{ exclusiveMaximum: 2 }, 2, 'must be less than 2'],
  [{ multipleOf: 2 }, 3, 'must be a multiple of 2'],
  [{ maxLength: 1 }, 'ab', 'must have at most 1 characters'],
  [{ pattern: '^a' }, 'b', 'must match the pattern ^a'],
  [{ minItems: 1 }, [], 'must have at least 1 items'],
  [
    { uniqueItems: true },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    'must not contain duplicate items',
  ],
  [{ contains: { const: 1 } }, [2], 'must contain at least 1 matching items'],
  [{ contains: { const: 1 }, maxContains: 1 }, [1, 1], 'must contain at most 1 matching items'],
  [{ maxProperties: 0 }, { a: 1 }, 'must have at most 0 properties'],
  [{ oneOf: [{ minimum: 1 }, { maximum: 3 }] }, 2, 'must match exactly one of the alternatives, but matches several'],
  [{ not: { const: 1 } }, 1, 'must not match the schema under `not`'],
  [
    { anyOf: [{ type: 'null' }, { type: 'string' }] },
    1,
    'matches none of the alternatives (must be of type null, not number; must be of type string, not number)',
  ],
])('explains why %j rejects %j', (schema, value, message) => {
  expect(messagesOf(schema, value)).toEqual([message])
})

test('quotes the schema in its messages, never the value', () => {
  const [message] = messagesOf({ enum: ['celsius', 'fahrenheit'] }, 'secret')
  expect(message).toBe('must be one of "celsius", "fahrenheit"')
})

test('points into the only alternative that fails inside the value', () => {
  const schema = { anyOf: [{ type: 'null' }, { type: 'object', required: ['city'] }] }
  expect(pathsOf(schema, {})).toEqual(['city'])
  expect(pathsOf(schema, 7)).toEqual([''])
})

test('follows references in a recursive schema', () => {
  const schema = {
    $ref: '#/$defs/a~1b',
    $defs: { 'a/b': { type: 'object', properties: { next: { $ref: '#/$defs/a~1b' } }, required: ['id'] } },
  }
  expect(pathsOf(schema, { id: 1, next: { id: 2, next: {} } })).toEqual(['next.next.id'])
})

test('follows a percent-encoded reference', () => {
  expect(pathsOf({ $ref: '#/$defs/a%20b', $defs: { 'a b': { type: 'string' } } }, 1)).toEqual([''])
})

test('ignores members that every object inherits', () => {
  const schema = { properties: { toString: { type: 'string' } }, required: ['constructor'] }
  expect(pathsOf(schema, {})).toEqual(['constructor'])
  expect(pathsOf({ $ref: '#/constructor', constructor: { type: 'string' } }, 'x')).toEqual([])
})

test('counts code points', () => {
  expect(pathsOf({ maxLength: 1 }, '🦊')).toEqual([])
  expect(pathsOf({ maxLength: 1 }, '🦊🦊')).toEqual([''])
})

test('tolerates rounding in `multipleOf`', () => {
  expect(pathsOf({ multipleOf: 0.1 }, 0.3)).toEqual([])
  expect(pathsOf({ multipleOf: 0.1 }, 0.35)).toEqual([''])
})

test('accepts a pattern with an escape that Unicode mode does not allow', () => {
  expect(pathsOf({ pattern: String.raw`^\-$` }, '-')).toEqual([])
})

test('supports the tuples of draft-07 and of 2020-12', () => {
  const items = [{ type: 'string' }, { type: 'number' }]
  expect(pathsOf({ items, additionalItems: false }, ['a', 'b', 3])).toEqual(['1', '2'])
  expect(pathsOf({ prefixItems: items, items: { type: 'null' } }, ['a', 1, 3])).toEqual(['2'])
})

test('supports `minContains` and `maxContains`', () => {
  const schema = { contains: { const: 1 }, minContains: 2, maxContains: 3 }
  expect(
    [1, 2, 3, 4].map(
      (count) =>
        issuesOf(
          schema,
          Array.from({ length: count }, () => 1),
        ).length,
    ),
  ).toEqual([1, 0, 0, 1])
  expect(pathsOf({ contains: { const: 1 }, minContains: 0 }, [])).toEqual([])
})

test('supports `dependentRequired` and `dependentSchemas`', () => {
  const schema = { dependentRequired: { city: ['country'] }, dependentSchemas: { days: { required: ['from'] } } }
  expect(pathsOf(schema, { city: 'Oslo', days: 1 })).toEqual(['country', 'from'])
  expect(pathsOf(schema, {})).toEqual([])
})

test('does not check `format`', () => {
  expect(pathsOf({ format: 'email' }, 'nobody')).toEqual([])
})

describe('a value that is expensive to check', () => {
  test('reports each of 200,000 issues', () => {
    const value = Array.from({ length: 200_000 }, (_, index) => index)
    expect(issuesOf({ items: { type: 'string' } }, value)).toHaveLength(200_000)
  })

  test('runs each branch of a recursive `anyOf` once per level', () => {
    const schema = { anyOf: [{ type: 'array', items: { $ref: '#' } }, { type: 'string' }] }
    // Twice per level would take 2^60 steps.
    const value: unknown = JSON.parse(`${'['.repeat(60)}5${']'.repeat(60)}`)
    expect(pathsOf(schema, value)).toEqual([Array.from({ length: 60 }, () => 0).join('.')])
  })

  test('checks `uniqueItems` of 100,000 items without comparing every pair', () => {
    const items = Array.from({ length: 100_000 }, (_, index) => ({ index, kind: 'x' }))
    expect(issuesOf({ uniqueItems: true }, items)).toEqual([])
    expect(messagesOf({ uniqueItems: true }, [...items, { kind: 'x', index: 0 }])).toEqual([
      'must not contain duplicate items',
    ])
  })
})

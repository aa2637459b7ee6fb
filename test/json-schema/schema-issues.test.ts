import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import * as z3 from 'zod/v3'
import * as mini from 'zod/mini'
import { jsonSchemaIssues } from '../../src/json-schema/schema-issues.js'

const issuesOf = (schema: unknown, isValidated = true) => jsonSchemaIssues(schema, { isValidated })
const pathsOf = (schema: unknown, isValidated = true) => issuesOf(schema, isValidated).map(({ path }) => path.join('.'))

class Bird {
  readonly type = 'object'
}

/** Stand-ins with the marks by which the schema objects of the libraries are recognized. */
const joi = Object.assign(Object.create({ validate() {} }) as object, { type: 'object', $_terms: {} })
const yup = Object.assign(Object.create({ cast() {} }) as object, { type: 'object', __isYupSchema__: true })

describe('a value that is not JSON Schema', () => {
  test.each<[string, unknown, string]>([
    ['true', true, 'must be JSON Schema: an object'],
    ['false', false, 'must be JSON Schema: an object'],
    ['null', null, 'must be JSON Schema: an object'],
    ['a list', [{ type: 'string' }], 'must be JSON Schema: an object'],
    ['an empty object', {}, 'is empty, which any value matches: give it a `type`'],
    [
      'an object without a keyword',
      { city: { type: 'string' } },
      'has no keyword of JSON Schema: put the members under `properties`, next to `type: "object"`',
    ],
    [
      'an object of schemas',
      { city: v.string() },
      'is an object of schemas: wrap them in the object schema of their library',
    ],
    ['an instance of a class', new Bird(), 'is an instance of a class: pass JSON Schema as a plain object'],
    ['a map', new Map([['type', 'object']]), 'is an instance of a class: pass JSON Schema as a plain object'],
    ['a function', () => ({}), 'is a function: pass JSON Schema'],
    ['a schema of arktype', type({ a: 'string' }), 'is a function: pass JSON Schema'],
    ['a schema of zod/mini', mini.object({ a: mini.string() }), 'is a schema of zod: pass `z.toJSONSchema(schema)`'],
    [
      'a schema of zod 3',
      z3.object({ a: z3.string() }),
      'is a schema of zod 3: upgrade to zod 4.2, or pass `zodToJsonSchema(schema)` of the package zod-to-json-schema',
    ],
    [
      'a schema of valibot',
      v.object({ a: v.string() }),
      'is a schema of valibot: pass `toJsonSchema(schema)` of the package @valibot/to-json-schema',
    ],
    [
      'a schema of yup',
      yup,
      'is a schema of yup: pass the result of `convertSchema(schema)` of the package @sodaru/yup-to-json-schema',
    ],
    ['a schema of joi', joi, 'is a schema of joi: pass the result of `parse(schema)` of the package joi-to-json'],
  ])('is reported: %s', (_, schema, message) => {
    expect(issuesOf(schema)).toEqual([{ path: [], message }])
    expect(issuesOf(schema, false)).toEqual([{ path: [], message }])
  })

  test.each<[string, unknown]>([
    ['zod 3', z3.string()],
    ['zod', mini.string()],
    ['valibot', v.string()],
  ])('is reported where it is inside JSON Schema: a schema of %s', (library, inner) => {
    expect(issuesOf({ type: 'object', properties: { city: inner } })).toEqual([
      { path: ['properties', 'city'], message: expect.stringContaining(`is a schema of ${library}:`) as string },
    ])
  })
})

describe('a keyword with a wrong value', () => {
  test.each<[string, object, string[]]>([
    ['an unknown type', { type: 'objekt' }, ['type']],
    ['an unknown type in a list', { type: ['string', 'nul'] }, ['type']],
    ['an empty list of types', { type: [] }, ['type']],
    ['a type that is null', { type: null }, ['type']],
    ['a type of a member', { properties: { a: { type: 'int' } } }, ['properties.a.type']],
    ['a type behind a reference', { $ref: '#/$defs/a', $defs: { a: { type: 'strin' } } }, ['$defs.a.type']],
    ['members that are a list', { properties: [] }, ['properties']],
    ['a member that is a text', { properties: { a: 'string' } }, ['properties.a']],
    ['a member that is null', { properties: { a: null } }, ['properties.a']],
    ['required that is true', { type: 'object', required: true }, ['required']],
    ['required that is a text', { type: 'object', required: 'a' }, ['required']],
    ['items that are a text', { items: 'string' }, ['items']],
    ['an empty list of alternatives', { anyOf: [] }, ['anyOf']],
    ['an alternative that is a text', { anyOf: [{ type: 'null' }, 'string'] }, ['anyOf.1']],
    ['a limit that is a text', { minimum: '1' }, ['minimum']],
    ['a limit of draft 4', { minimum: 1, exclusiveMinimum: true }, ['exclusiveMinimum']],
    ['a negative length', { minLength: -1 }, ['minLength']],
    ['a divisor of 0', { multipleOf: 0 }, ['multipleOf']],
    ['options that are an object', { enum: { a: 1 } }, ['enum']],
    ['a pattern that is not one', { pattern: '(' }, ['pattern']],
    ['a pattern of names that is not one', { patternProperties: { '(': {} } }, ['patternProperties.(']],
    ['uniqueItems that is a number', { uniqueItems: 1 }, ['uniqueItems']],
    ['dependentRequired that is a list', { dependentRequired: { a: 'b' } }, ['dependentRequired']],
    ['a reference that is a number', { $ref: 5 }, ['$ref']],
    ['a reference that leads to itself', { $ref: '#' }, ['$ref']],
    [
      'references that lead to each other',
      { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } } },
      ['$defs.a.anyOf.0.$ref'],
    ],
    [
      'a reference inside a schema with a base of its own',
      { $defs: { a: { $id: 'a', items: { $ref: '#/$defs/a' } } } },
      ['$defs.a.items.$ref'],
    ],
  ])('is reported with its path: %s', (_, schema, paths) => {
    expect(pathsOf(schema)).toEqual(paths)
    expect(pathsOf(schema, false)).toEqual(paths)
  })
})

describe('a keyword that the validation does not check', () => {
  test.each([
    'unevaluatedProperties',
    'unevaluatedItems',
    '$dynamicRef',
    '$recursiveRef',
    'contentEncoding',
    'contentMediaType',
    'contentSchema',
    'nullable',
    'discriminator',
  ])('is reported with its path, and only where this package validates: %s', (keyword) => {
    const schema = { type: 'object', properties: { a: { anyOf: [{ type: 'string', [keyword]: 'base64' }] } } }
    expect(issuesOf(schema)).toEqual([
      {
        path: ['properties', 'a', 'anyOf', 0, keyword],
        message: expect.stringContaining('is a keyword that is not supported: ') as string,
      },
    ])
    expect(issuesOf(schema, false)).toEqual([])
  })

  test('is reported with the keyword that it resembles', () => {
    expect(issuesOf({ type: 'string', minlenght: 2 })).toEqual([
      { path: ['minlenght'], message: 'is not a keyword of JSON Schema (did you mean `minLength`?)' },
    ])
    expect(issuesOf({ type: 'string', flavor: 'salt' })).toEqual([
      { path: ['flavor'], message: 'is not a keyword of JSON Schema: remove it' },
    ])
  })
})

test.each<[string, object]>([
  [
    'annotations',
    {
      type: 'string',
      title: 't',
      description: 'd',
      default: '',
      examples: [''],
      format: 'email',
      $comment: 'c',
      'x-order': 1,
      deprecated: true,
    },
  ],
  [
    'the names of keywords as members',
    { properties: { type: { type: 'string' }, unevaluatedItems: true, $ref: {}, nullable: false } },
  ],
  [
    'plain values that look like schemas',
    { const: { type: 'objekt' }, enum: [{ $ref: '#/no' }], default: { nullable: 1 } },
  ],
  ['recursion with a step into the value', { type: 'array', items: { $ref: '#' } }],
  [
    'a reference that several schemas use',
    { anyOf: [{ $ref: '#/$defs/a' }, { allOf: [{ $ref: '#/$defs/a' }] }], $defs: { a: { type: 'null' } } },
  ],
  ['a tuple of draft 7', { items: [{ type: 'null' }], additionalItems: false }],
  ['names and schemas as dependencies', { dependencies: { a: ['b'], c: { required: ['d'] } } }],
  ['keywords that are undefined', { type: 'object', required: undefined, properties: { a: undefined } }],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { type: 'object' })],
])('accepts %s', (_, schema) => {
  expect(issuesOf(schema)).toEqual([])
})

test('ends for a schema that contains itself', () => {
  const schema: Record<string, unknown> = { type: 'object' }
  schema['properties'] = { inner: schema }
  expect(issuesOf(schema)).toEqual([])
})

test('reports a schema that throws when it is read', () => {
  const schema = {
    get type() {
      throw new Error('no')
    },
  }
  expect(issuesOf(schema)).toEqual([{ path: [], message: 'cannot be read: it throws, or is nested too deeply' }])
})

test('checks many references in linear time', () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [`d${index}`, { anyOf: [{ $ref: `#/$defs/d${index + 1}` }, true] }]),
  )
  // A chain this long is deeper than the stack, so every tenth link is cut.
  for (let index = 9; index < 20_000; index += 10) $defs[`d${index}`] = { anyOf: [true] }
  expect(issuesOf({ $ref: '#/$defs/d0', $defs })).toEqual([])
})

import { validate } from '@cfworker/json-schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validateJSONSchema } from '../../src/json-schema/validate-json-schema.js'

const keys = fc.constantFrom('a', 'b', 'ab')
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, '', 'a', 'ab', 'abc', -1, 0, 1, 1.5, 2, 4),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
  ),
})).value

const types = fc.constantFrom('null', 'boolean', 'number', 'integer', 'string', 'array', 'object')
const count = fc.integer({ min: 0, max: 3 })
const bound = fc.constantFrom(-1, 0, 1, 1.5, 2)

const schema = fc.letrec((tie) => {
  const inner = tie('schema')
  const branches = fc.array(inner, { minLength: 1, maxLength: 3 })
  const members = fc.dictionary(keys, inner, { maxKeys: 3 })
  const keywords = {
    type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
    const: value,
    enum: fc.array(value, { minLength: 1, maxLength: 3 }),
    minimum: bound,
    maximum: bound,
    exclusiveMinimum: bound,
    exclusiveMaximum: bound,
    multipleOf: fc.constantFrom(0.5, 1, 2),
    minLength: count,
    maxLength: count,
    pattern: fc.constantFrom('a', '^b', 'c$'),
    minItems: count,
    maxItems: count,
    uniqueItems: fc.boolean(),
    items: fc.oneof(inner, branches),
    additionalItems: inner,
    contains: inner,
    minProperties: count,
    maxProperties: count,
    required: fc.uniqueArray(keys, { maxLength: 2 }),
    properties: members,
    patternProperties: fc.dictionary(fc.constantFrom('a', '^b'), inner, { maxKeys: 2 }),
    additionalProperties: inner,
    propertyNames: inner,
    dependencies: fc.dictionary(keys, fc.oneof(inner, fc.uniqueArray(keys, { maxLength: 2 })), { maxKeys: 2 }),
    allOf: branches,
    anyOf: branches,
    oneOf: branches,
    not: inner,
    if: inner,
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: inner,
    else: inner,
  }
  const keyword = fc
    .constantFrom(...Object.keys(keywords))
    .chain((key) => keywords[key as keyof typeof keywords].map((setting: unknown) => ({ [key]: setting })))
  return {
    schema: fc.oneof(
      { depthSize: 'small' },
      fc.boolean(),
      types.map((type) => ({ type })),
      fc.array(keyword, { maxLength: 4 }).map((parts) => Object.assign({}, ...parts) as object),
    ),
  }
}).schema

test('agrees with another implementation of draft-07 on which values are valid', () => {
  fc.assert(
    fc.property(
      schema.filter((candidate) => typeof candidate === 'object'),
      value,
      (jsonSchema, json) => {
        expect(validateJSONSchema(jsonSchema as never, json).length === 0).toBe(
          validate(json, jsonSchema as never, '7').valid,
        )
      },
    ),
    { numRuns: 3000 },
  )
})

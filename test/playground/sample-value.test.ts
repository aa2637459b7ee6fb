import { expect, test } from 'vitest'
import { sampleValue } from '../../playground/src/lib/sample-value.js'

test.each([
  ['#/$defs/kind', 'gull'],
  ['#/$defs/weight/anyOf/1', 4],
  // Every object has this member, but the schema does not.
  ['#/constructor', null],
])('a sample follows the reference %s', (reference, bird) => {
  const $defs = { kind: { enum: ['gull', 'tern'] }, weight: { anyOf: [{ type: 'null' }, { const: 4 }] } }
  expect(sampleValue({ type: 'object', properties: { bird: { $ref: reference } }, $defs })).toEqual({ bird })
})

import { toJsonSchema as fromValibot } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toJSONSchema } from '../../src/json-schema/to-json-schema.js'

const expected = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
}

describe('toJSONSchema', () => {
  test.each([undefined, null, 'object', 7, []])('refuses %j, which is no schema', (schema) => {
    expect(() => toJSONSchema(schema as never)).toThrow(
      expect.objectContaining({ name: 'InvalidRequestError', code: 'invalid-schema' }),
    )
  })

  test('tells the owner of a library without JSON Schema what to pass instead', () => {
    const schema = {
      '~standard': { version: 1, vendor: 'homemade', validate: (value: unknown) => ({ value }) },
    } as const
    expect(() => toJSONSchema(schema)).toThrow(
      expect.objectContaining({
        name: 'InvalidRequestError',
        message: expect.stringContaining('homemade'),
        hint: expect.stringContaining('plain JSON Schema'),
      }),
    )
  })

  test.each([
    ['valibot', v.object({ at: v.date() })],
    ['zod', z.object({ at: z.date() })],
  ])('says of %s what cannot be said in JSON Schema', (vendor, schema) => {
    expect(() => toJSONSchema(schema)).toThrow(
      expect.objectContaining({
        name: 'InvalidRequestError',
        message: expect.stringContaining(vendor),
        hint: expect.stringContaining('It says: '),
        cause: expect.any(Error),
      }),
    )
  })

  test('leaves plain JSON Schema as it is', () => {
    const schema = Object.freeze({ ...expected, title: 'Weather' })
    expect(toJSONSchema(schema)).toEqual(schema)
  })

  test('takes out what only a tool reads', () => {
    const schema = { $schema: 'http://json-schema.org/draft-07/schema#', '~standard': {}, ...expected }
    expect(toJSONSchema(schema)).toEqual(expected)
  })

  test.each([
    ['valibot', v.object({ city: v.string(), days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))) })],
    ['zod', z.object({ city: z.string(), days: z.int().min(1).max(9).optional() })],
    ['arktype', type({ city: 'string', 'days?': 'number.integer >= 1' })],
  ])('asks %s for it', (vendor, schema) => {
    const { days, ...rest } = toJSONSchema(schema)['properties'] as Record<string, object>
    expect({ ...toJSONSchema(schema), properties: { ...rest, days } }).toMatchObject(expected)
    expect(Object.keys(toJSONSchema(schema)), vendor).not.toContain('$schema')
  })

  test.each([
    ['valibot', v.object({ days: v.optional(v.pipe(v.string(), v.transform(Number)), '1') })],
    ['zod', z.object({ days: z.string().default('1').transform(Number) })],
    ['arktype', type({ days: type('string').pipe(Number).default('1') })],
  ])('gives of %s what the model has to write, not what becomes of it', (_, schema) => {
    const { properties, required } = toJSONSchema(schema) as { properties: object; required?: string[] }
    expect(properties).toMatchObject({ days: { type: 'string' } })
    expect(required ?? []).toEqual([])
  })

  test('takes the JSON Schema that zod and valibot made themselves', () => {
    expect(toJSONSchema(z.toJSONSchema(z.object({ city: z.string() })))).toMatchObject({ type: 'object' })
    expect(toJSONSchema(fromValibot(v.object({ city: v.string() })) as never)).toMatchObject({ type: 'object' })
  })
})

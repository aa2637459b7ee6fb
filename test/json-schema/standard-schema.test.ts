import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { isStandardSchema, validateValue } from '../../src/json-schema/standard-schema.js'

const placeInJSONSchema = {
  type: 'object',
  properties: { place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
}

describe('validateValue', () => {
  test.each([
    ['valibot', v.object({ place: v.object({ city: v.string() }) })],
    ['zod', z.object({ place: z.object({ city: z.string() }) })],
    ['arktype', type({ place: { city: 'string' } })],
    ['plain JSON Schema', placeInJSONSchema],
  ])('reports where a value does not match a schema of %s', async (_, schema) => {
    const { issues } = await validateValue(schema, { place: { city: 7 } })
    expect(issues).toEqual([{ path: ['place', 'city'], message: expect.any(String) }])
    expect(await validateValue(schema, { place: { city: 'Oslo' } })).toEqual({ value: { place: { city: 'Oslo' } } })
  })

  test.each([
    ['valibot', v.object({ days: v.optional(v.pipe(v.string(), v.transform(Number)), '1') })],
    ['zod', z.object({ days: z.string().default('1').transform(Number) })],
    ['arktype', type({ days: type('string').pipe(Number).default('1') })],
  ])('applies the defaults and transforms of a schema of %s', async (_, schema) => {
    expect(await validateValue(schema, { days: '7' })).toEqual({ value: { days: 7 } })
    expect(await validateValue(schema, {})).toEqual({ value: { days: 1 } })
  })

  test('waits for an asynchronous schema', async () => {
    const schema = z.object({ city: z.string().refine(async (city) => city === 'Oslo') })
    expect(await validateValue(schema, { city: 'Oslo' })).toEqual({ value: { city: 'Oslo' } })
    expect((await validateValue(schema, { city: 'Rome' })).issues).toHaveLength(1)
  })

  test('supports every form of path that Standard Schema allows', async () => {
    const issues = [{ message: 'no' }, { message: 'no', path: ['a', { key: 0 }, Symbol('b')] }]
    const schema = { '~standard': { version: 1, vendor: 'homemade', validate: () => ({ issues }) } } as const
    expect(await validateValue(schema, 1)).toEqual({
      issues: [
        { path: [], message: 'no' },
        { path: ['a', 0, 'Symbol(b)'], message: 'no' },
      ],
    })
  })

  test('rejects if the plain JSON Schema is itself invalid', async () => {
    await expect(validateValue({ $ref: '#/nowhere' }, 1)).rejects.toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-schema',
    })
  })

  test('rejects with the error that a schema throws', async () => {
    const failure = new RangeError('out of cheese')
    const validate = (): never => {
      throw failure
    }
    await expect(validateValue({ '~standard': { version: 1, vendor: 'homemade', validate } }, 1)).rejects.toBe(failure)
  })

  const nestedLists: z.ZodType = z.lazy(() => z.array(nestedLists))
  test.each([
    ['plain JSON Schema', { items: { $ref: '#' } }],
    ['zod', nestedLists],
  ])('reports a value that is nested too deeply for %s', async (_, schema) => {
    const value: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000))
    expect(await validateValue(schema, value)).toEqual({
      issues: [{ path: [], message: 'is nested too deeply to be validated' }],
    })
  })
})

describe('isStandardSchema', () => {
  test.each<[string, boolean, unknown]>([
    ['a valibot schema', true, v.string()],
    ['an arktype schema, which is a function', true, type('string')],
    ['plain JSON Schema', false, { type: 'string' }],
    ['JSON Schema with the metadata of a library', false, { '~standard': { vendor: 'zod' } }],
    ['null', false, null],
    ['a string', false, 'object'],
  ])('for %s is %s', (_, expected, value) => {
    expect(isStandardSchema(value as never)).toBe(expected)
  })
})

import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { validate } from '../../src/json-schema/standard-schema.js'

const plain = {
  type: 'object',
  properties: { place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
}

describe('validate', () => {
  test.each([
    ['valibot', v.object({ place: v.object({ city: v.string() }) })],
    ['zod', z.object({ place: z.object({ city: z.string() }) })],
    ['arktype', type({ place: { city: 'string' } })],
    ['plain JSON Schema', plain],
  ])('says where a value does not fit a schema of %s', async (_, schema) => {
    const { issues } = await validate(schema, { place: { city: 7 } })
    expect(issues).toEqual([{ path: ['place', 'city'], message: expect.any(String) }])
    expect(await validate(schema, { place: { city: 'Oslo' } })).toEqual({ value: { place: { city: 'Oslo' } } })
  })

  test.each([
    ['valibot', v.object({ days: v.optional(v.pipe(v.string(), v.transform(Number)), '1') })],
    ['zod', z.object({ days: z.string().default('1').transform(Number) })],
    ['arktype', type({ days: type('string').pipe(Number).default('1') })],
  ])('gives what a schema of %s makes of the value', async (_, schema) => {
    expect(await validate(schema, { days: '7' })).toEqual({ value: { days: 7 } })
    expect(await validate(schema, {})).toMatchObject({ value: { days: expect.anything() } })
  })

  test('waits for a schema that takes its time', async () => {
    const schema = z.object({ city: z.string().refine(async (city) => city === 'Oslo') })
    expect(await validate(schema, { city: 'Oslo' })).toEqual({ value: { city: 'Oslo' } })
    expect((await validate(schema, { city: 'Rome' })).issues).toHaveLength(1)
  })

  test('makes readable paths of the forms that the standard allows', async () => {
    const issues = [{ message: 'no' }, { message: 'no', path: ['a', { key: 0 }, Symbol('b')] }]
    const schema = { '~standard': { version: 1, vendor: 'homemade', validate: () => ({ issues }) } } as const
    expect(await validate(schema, 1)).toEqual({
      issues: [
        { path: [], message: 'no' },
        { path: ['a', 0, 'Symbol(b)'], message: 'no' },
      ],
    })
  })

  test('rejects for a plain JSON Schema that is itself wrong', async () => {
    await expect(validate({ $ref: '#/nowhere' }, 1)).rejects.toMatchObject({ name: 'InvalidRequestError' })
  })
})

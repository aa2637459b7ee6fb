import { expect, it } from 'vitest'
import {
  assertAtMost,
  MAX_ITEMS_LENGTH,
  MAX_OUTPUT_ITEMS,
  MAX_RESPONSE_LENGTH,
} from '../../src/generation/response-limits.js'
import { thrownBy } from '../helpers/provider-errors.js'

it('assertAtMost accepts the limit and refuses one more', () => {
  expect(() => assertAtMost(5, 5)).not.toThrow()
  expect(thrownBy(() => assertAtMost(5, 6))).toMatchObject({
    name: 'InvalidResponseError',
    code: 'body-too-long',
    message: expect.stringContaining('longer than 5 characters or entries') as string,
  })
})

it('the limits are those of docs/security.md', () => {
  expect([MAX_RESPONSE_LENGTH, MAX_ITEMS_LENGTH, MAX_OUTPUT_ITEMS]).toEqual([67_108_864, 134_217_728, 200_000])
})

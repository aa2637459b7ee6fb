import { describe, expect, it } from 'vitest'
import { prependField, serialize } from '../../src/validation/validate.js'
import { thrownBy } from '../helpers/provider-errors.js'

describe('serialize', () => {
  it('leaves out fields that are undefined and keeps null', () => {
    expect(serialize({ a: 1, b: undefined, c: null })).toBe('{"a":1,"c":null}')
  })

  it.each<[string, () => unknown]>([
    ['a BigInt', () => ({ seed: 1n })],
    [
      'a circular reference',
      () => {
        const body: Record<string, unknown> = {}
        body.self = body
        return body
      },
    ],
  ])('throws an InvalidRequestError for %s', (_, makeBody) => {
    expect(thrownBy(() => serialize(makeBody()))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('serialized') as string,
      hint: expect.stringContaining('Remove the BigInt or the circular reference') as string,
      cause: expect.any(TypeError) as TypeError,
    })
  })
})

describe('prependField', () => {
  it('puts a field in front of those of an object, which win over it when parsed', () => {
    expect(prependField('model', 'a', '{"input":"x"}')).toBe('{"model":"a","input":"x"}')
    expect(JSON.parse(prependField('model', 'a', '{"model":"b"}'))).toEqual({ model: 'b' })
  })
})

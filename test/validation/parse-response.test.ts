import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { InvalidResponseError } from '../../src/errors/index.js'
import { formatPath, parseResponse, toIssues } from '../../src/validation/validate.js'
import { thrownBy } from '../helpers/provider-errors.js'

const schema = v.looseObject({ list: v.array(v.looseObject({ name: v.string() })), count: v.optional(v.number()) })

describe('parseResponse', () => {
  it('gives the value with everything that is not in the schema', () => {
    const value = { list: [{ name: 'a', more: 1 }], other: null }
    expect(parseResponse(schema, value, 'The answer')).toEqual(value)
  })

  it('names the first field that does not fit, and never what it held', () => {
    const error = thrownBy(() =>
      parseResponse(schema, { list: [{ name: 'a' }, { name: ['the secret'] }] }, 'The answer', {
        endpoint: 'http://h:1',
      }),
    )
    expect(error).toBeInstanceOf(InvalidResponseError)
    expect(error).toMatchObject({ code: 'invalid-response', endpoint: 'http://h:1' })
    expect((error as Error).message).toContain('The answer')
    expect((error as Error).message).toContain('list[1].name')
    expect(JSON.stringify(error)).not.toContain('the secret')
  })

  it.each([[null], [undefined], ['text'], [7]])('says that the body itself is wrong when it is %j', (value) => {
    expect(() => parseResponse(schema, value, 'The answer')).toThrow(InvalidResponseError)
    expect(() => parseResponse(schema, value, 'The answer')).toThrow(/The answer.*body/)
  })
})

describe('toIssues', () => {
  it('says what is expected and only the type of what came', () => {
    const strict = v.strictObject({ a: v.string(), b: v.number(), c: v.array(v.string()), d: v.number('must be odd') })
    const result = v.safeParse(strict, {
      a: null,
      b: ['the secret'],
      c: 'the secret',
      d: 'the secret',
      e: 'the secret',
    })
    const issues = toIssues(result.issues!)
    expect(JSON.stringify(issues)).not.toContain('the secret')
    expect(Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message]))).toEqual({
      a: expect.stringMatching(/string.*null/) as string,
      b: expect.stringMatching(/number.*a list/) as string,
      c: expect.stringMatching(/string/) as string,
      d: 'must be odd',
      e: 'does not exist',
    })
  })

  it('calls a field that is not there missing', () => {
    expect(toIssues(v.safeParse(v.object({ a: v.string() }), {}).issues!)[0]).toMatchObject({
      path: ['a'],
      message: 'is missing',
    })
  })
})

describe('formatPath', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a.b'],
    [['a', 0, 'b'], 'a[0].b'],
    [['a', 0, 1], 'a[0][1]'],
    [[0, 'a'], '[0].a'],
  ])('writes %j as %j', (path, text) => expect(formatPath(path)).toBe(text))
})

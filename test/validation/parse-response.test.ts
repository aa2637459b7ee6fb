import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { InvalidResponseError } from '../../src/errors/index.js'
import { formatPath, parseResponse, toIssues } from '../../src/validation/validate.js'
import { thrownBy } from '../helpers/provider-errors.js'

const schema = v.looseObject({ list: v.array(v.looseObject({ name: v.string() })), count: v.optional(v.number()) })

describe('parseResponse', () => {
  it('returns the value, including fields that the schema does not know', () => {
    const value = { list: [{ name: 'a', more: 1 }], other: null }
    expect(parseResponse(schema, value, 'The response')).toEqual(value)
  })

  it('names the first field that does not match, but not its value', () => {
    const value = { list: [{ name: 'a' }, { name: ['the secret'] }] }
    const error = thrownBy(() => parseResponse(schema, value, 'The response', { endpoint: 'http://h:1' }))
    expect(error).toBeInstanceOf(InvalidResponseError)
    expect(error).toMatchObject({ code: 'invalid-response', endpoint: 'http://h:1' })
    expect((error as Error).message).toBe('The response has an unexpected shape: `list[1].name` has the wrong type.')
    expect(JSON.stringify(error)).not.toContain('the secret')
  })

  it.each([[null], [undefined], ['text'], [7]])('says that the body has the wrong type if it is %j', (value) => {
    const error = thrownBy(() => parseResponse(schema, value, 'The response'))
    expect(error).toBeInstanceOf(InvalidResponseError)
    expect((error as Error).message).toBe('The response has an unexpected shape: the body has the wrong type.')
  })

  it('takes nothing but the endpoint from the context of the request', () => {
    const context = { endpoint: 'http://h:1', method: 'POST', sentToken: true, scrub: (text: string) => text }
    const error = thrownBy(() => parseResponse(schema, null, 'The response', context))
    expect(Object.keys(error as Error).toSorted()).toEqual(['code', 'endpoint', 'hint', 'isRetryable', 'name'])
  })
})

describe('toIssues', () => {
  it('names the expected and the received type, but not the value', () => {
    const strict = v.strictObject({
      a: v.string(),
      b: v.number(),
      c: v.array(v.string()),
      d: v.number('must be odd'),
      f: v.object({}),
      g: v.boolean(),
      h: v.string(),
    })
    const secret = 'the secret'
    const { issues } = v.safeParse(strict, {
      a: null,
      b: [secret],
      c: secret,
      d: secret,
      e: secret,
      f: 7,
      g: () => {},
      h: {},
      i: true,
    })
    expect(Object.fromEntries(toIssues(issues!).map(({ path, message }) => [path.join('.'), message]))).toEqual({
      a: 'must be a string, not null',
      b: 'must be a number, not an array',
      c: 'must be an array, not a string',
      d: 'must be odd',
      e: 'does not exist',
      f: 'must be an object, not a number',
      g: 'must be a boolean, not a function',
      h: 'must be a string, not an object',
    })
  })

  it('quotes an expected value, and names a type without an article if it is rare', () => {
    expect(toIssues(v.safeParse(v.literal('tool'), 7n).issues!)).toEqual([
      { path: [], message: 'must be "tool", not bigint' },
    ])
  })

  it('says that a field is missing', () => {
    expect(toIssues(v.safeParse(v.object({ a: v.string() }), {}).issues!)).toEqual([
      { path: ['a'], message: 'is missing' },
    ])
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
  ])('formats %j as %j', (path, text) => expect(formatPath(path)).toBe(text))
})

import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import {
  count,
  figure,
  flag,
  id,
  isPathSegment,
  name,
  nullableText,
  oneOf,
  optional,
  optionalCount,
  optionalFlag,
  optionalText,
  range,
  text,
  textOr,
  tolerantList,
  toolArguments,
  variant,
  whole,
} from '../../src/validation/schema.js'

/** The message for a value, or `undefined` if the schema accepts it. */
const problem = (schema: v.GenericSchema, value: unknown): string | undefined =>
  v.safeParse(schema, value).issues?.[0].message

describe('name', () => {
  it.each(['a', ' a '])('accepts %j', (value) => expect(problem(name, value)).toBeUndefined())
  it.each(['', ' ', '\n', undefined, null, 7])('rejects %j', (value) => {
    expect(problem(name, value)).toBe('must be a non-empty string')
  })
})

describe('id', () => {
  it.each(['a', ' a', 'acme/tern-4b:q4', 'データ', '🐦', '.', 'x'.repeat(1000)])('accepts %j', (value) => {
    expect(problem(id, value)).toBeUndefined()
  })
  it.each(['', ' ', 'a\u0000b', 'a\nb', 'a\ud83d', 'x'.repeat(1001), undefined, null, 7, ['a']])(
    'rejects %j',
    (value) => {
      expect(problem(id, value)).toBe(
        'must be a non-empty string of at most 1000 characters, without control characters',
      )
    },
  )
})

describe('isPathSegment', () => {
  it('is true for an id that leads nowhere else in a path', () => {
    expect(['a', '...', '.a', 'a b'].map(isPathSegment)).toEqual([true, true, true, true])
    expect(['.', '..', '', 'a\u0007', 7].map(isPathSegment)).toEqual([false, false, false, false, false])
  })
})

describe('oneOf', () => {
  it('accepts the given values only', () => {
    const schema = oneOf(['auto', 'none'])
    expect(problem(schema, 'none')).toBeUndefined()
    for (const value of ['', 'Auto', undefined, ['auto']]) {
      expect(problem(schema, value)).toBe('must be one of: auto, none')
    }
  })
})

describe('range and whole', () => {
  it.each([
    [range(0, 2), [0, 1.5, 2], [-0.001, 2.001, NaN, Infinity, '1', null], 'must be a number from 0 to 2'],
    [range(0, Infinity), [0, 1e300], [-1, Infinity, NaN], 'must be a number, 0 or greater'],
    [range(-Infinity, Infinity), [-1e300, 0], [-Infinity, '0'], 'must be a number'],
    [range(1, 5, 'number of ms'), [1, 5], [0, 6], 'must be a number of ms from 1 to 5'],
    [whole(0, 100), [0, 100], [-1, 101, 1.5, '1', null], 'must be a whole number from 0 to 100'],
    [whole(1), [1, 2 ** 53 - 1], [0, 2 ** 53], 'must be a whole number, 1 or greater'],
  ])('%# accept what is within the bounds', (schema, valid, invalid, message) => {
    for (const value of [undefined, ...valid]) expect(problem(schema, value)).toBeUndefined()
    for (const value of invalid) expect(problem(schema, value)).toBe(message)
  })
})

describe('optional', () => {
  it('accepts undefined, and otherwise what the test accepts', () => {
    const schema = optional((value) => value === 1, 'must be 1')
    expect([undefined, 1, 2, null].map((value) => problem(schema, value))).toEqual([
      undefined,
      undefined,
      'must be 1',
      'must be 1',
    ])
  })
})

describe('flag', () => {
  it('accepts booleans and undefined', () => {
    expect([undefined, true, false, 1, 'true', null].map((value) => problem(flag(), value))).toEqual([
      undefined,
      undefined,
      undefined,
      'must be true or false',
      'must be true or false',
      'must be true or false',
    ])
  })
})

describe('textOr', () => {
  it('accepts a string or what the other schema accepts, and reports in the words of that schema', () => {
    const schema = textOr(v.array(v.string(), 'must be a string or an array'))
    expect(problem(schema, '')).toBeUndefined()
    expect(problem(schema, ['a'])).toBeUndefined()
    expect(problem(schema, 7)).toBe('must be a string or an array')
  })
})

describe('variant', () => {
  const schema = variant('type', {
    a: v.strictObject({ type: v.string(), x: v.number('must be x') }),
    b: v.looseObject({}),
  })

  it('checks an object by the schema that its key selects', () => {
    expect(problem(schema, { type: 'a', x: 1 })).toBeUndefined()
    expect(problem(schema, { type: 'b', y: 1 })).toBeUndefined()
    expect(problem(schema, { type: 'a', x: 'no' })).toBe('must be x')
  })

  it.each([[{ type: 'c' }], [{ type: 'toString' }], [{ type: 7 }]])('lists the values of the key for %j', (value) => {
    expect(problem(schema, value)).toBe('must be one of: a, b')
  })

  it('gives advice for the values for which there is some', () => {
    const advising = variant('type', { a: v.looseObject({}) }, (value) => (value === 'A' ? 'must be "a"' : undefined))
    expect(problem(advising, { type: 'A' })).toBe('must be "a"')
    expect(problem(advising, { type: 'a' })).toBeUndefined()
    expect(problem(advising, { type: 'b' })).toBe('must be one of: a')
  })

  it.each([[null], ['a'], [[]], [{}]])('rejects %j', (value) => expect(problem(schema, value)).toBeDefined())
})

describe('fields of responses', () => {
  it.each([
    ['text', text, ['', 'a', null, undefined], [7, {}]],
    ['toolArguments', toolArguments, ['{}', {}, { a: 1 }, null, undefined], [7, true]],
  ])('%s accepts its type, null and undefined', (_, schema, valid, invalid) => {
    for (const value of valid) expect(problem(schema, value)).toBeUndefined()
    for (const value of invalid) expect(problem(schema, value)).toBeDefined()
  })

  it.each([
    ['optionalText', optionalText, ['', 'a', undefined], [null, 7, {}]],
    ['optionalCount', optionalCount, [0, 7, undefined], [null, '1', 1.5, -1, Infinity]],
    ['optionalFlag', optionalFlag, [true, false, undefined], [null, 0, 'true']],
    ['figure', figure, [0, 0.5, 7, undefined], [null, '1', -0.5, NaN, Infinity]],
  ] as const)('%s reads null and everything else as absent', (_, schema, valid, odd) => {
    for (const value of valid) expect(v.parse(schema, value)).toBe(value)
    for (const value of odd) expect(v.parse(schema, value)).toBeUndefined()
  })

  it('tolerantList keeps the place of an entry that it cannot read, and reads anything but a list as absent', () => {
    const schema = tolerantList(v.string())
    expect(v.parse(schema, ['a', 7, null, 'b'])).toEqual(['a', undefined, undefined, 'b'])
    for (const value of [null, 'a', {}]) expect(v.parse(schema, value)).toBeUndefined()
  })

  it.each([
    ['nullableText', nullableText, ['', 'a', null, undefined], [7, {}, []]],
    ['count', count, [0, 7, null, undefined], ['1', {}, NaN, 1.5, -1, Infinity, 2 ** 53]],
  ] as const)('%s keeps null and reads everything else as absent', (_, schema, valid, odd) => {
    for (const value of valid) expect(v.parse(schema, value)).toBe(value)
    for (const value of odd) expect(v.parse(schema, value)).toBeUndefined()
  })
})

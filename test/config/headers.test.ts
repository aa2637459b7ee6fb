import { describe, expect, it } from 'vitest'
import { checkHeaders } from '../../src/config/headers.js'
import { ConfigurationError } from '../../src/errors/index.js'
import { thrownBy } from '../helpers/provider-errors.js'

const check = (headers: unknown): Record<string, string> =>
  checkHeaders(headers as HeadersInit | undefined, 'the option headers')

describe('checkHeaders', () => {
  it.each<[string, unknown]>([
    ['an object', { 'X-Key': 'a', 'x-other': 'b' }],
    [
      'pairs',
      [
        ['X-Key', 'a'],
        ['x-other', 'b'],
      ],
    ],
    ['a Headers', new Headers({ 'X-Key': 'a', 'x-other': 'b' })],
    [
      'a Map',
      new Map([
        ['X-Key', 'a'],
        ['x-other', 'b'],
      ]),
    ],
  ])('reads %s by lower-case name', (_, headers) => expect(check(headers)).toEqual({ 'x-key': 'a', 'x-other': 'b' }))

  it('reads nothing from nothing', () => {
    expect(check(undefined)).toEqual({})
    expect(check({})).toEqual({})
    expect(check([])).toEqual({})
  })

  it('takes a header that is undefined for one that is not set', () => {
    expect(check({ 'x-key': undefined, 'x-other': 'b' })).toEqual({ 'x-other': 'b' })
  })

  it('keeps an empty value, and trims white space around one', () => {
    expect(check({ 'x-key': '', 'x-other': ' b ' })).toEqual({ 'x-key': '', 'x-other': 'b' })
  })

  it('joins the values of a name that comes twice, as Headers does', () => {
    expect(
      check([
        ['x-key', 'a'],
        ['X-Key', 'b'],
      ]),
    ).toEqual({ 'x-key': 'a, b' })
  })

  it('leaves what it is given alone', () => {
    const given = Object.freeze({ 'X-Key': 'a' })
    check(given)
    expect(given).toEqual({ 'X-Key': 'a' })
  })

  it.each<[string, unknown, string]>([
    ['a line break in a value', { 'x-key': 'hunter2\nhunter2' }, 'x-key'],
    ['a character beyond Latin-1', { 'x-key': 'hunter2→' }, 'x-key'],
    ['a name with a space', { 'x key': 'hunter2' }, 'x key'],
    ['an empty name', { '': 'hunter2' }, 'the option headers'],
    ['a second header that is bad', { 'x-good': 'hunter2', 'x-key': 'hunter2\0' }, 'x-key'],
  ])('refuses %s, naming the header and not its value', (_, headers, name) => {
    const error = thrownBy(() => check(headers))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalid-headers', source: 'the option headers' })
    expect((error as Error).message).toContain(name)
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  it.each([[null], ['x-key: hunter2'], [7], [true], [['x-key']], [[null]]])(
    'refuses %j, which is no set of headers',
    (headers) => {
      const error = thrownBy(() => check(headers))
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(JSON.stringify(error)).not.toContain('hunter2')
    },
  )
})

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { checkHeaders } from '../../src/config/headers.js'
import { ConfigurationError } from '../../src/errors/index.js'
import { thrownBy } from '../helpers/provider-errors.js'

const check = (headers: unknown): Record<string, string> =>
  checkHeaders(headers as HeadersInit | undefined, 'the option headers')

const pairs = [
  ['X-Key', 'a'],
  ['x-other', 'b'],
] as const

describe('checkHeaders', () => {
  it.each<[string, unknown]>([
    ['an object', { 'X-Key': 'a', 'x-other': 'b' }],
    ['an array of pairs', pairs],
    ['a Headers instance', new Headers({ 'X-Key': 'a', 'x-other': 'b' })],
    ['a Map', new Map(pairs)],
  ])('reads %s by lower-case name', (_, headers) => expect(check(headers)).toEqual({ 'x-key': 'a', 'x-other': 'b' }))

  it.each([[undefined], [{}], [[]]])('returns no headers for %j', (headers) => expect(check(headers)).toEqual({}))

  it('leaves out a header whose value is undefined', () => {
    expect(check({ 'x-key': undefined, 'x-other': 'b' })).toEqual({ 'x-other': 'b' })
  })

  it('keeps an empty value and trims white space around a value', () => {
    expect(check({ 'x-key': '', 'x-other': ' b ' })).toEqual({ 'x-key': '', 'x-other': 'b' })
  })

  it('joins the values of a name that occurs twice, as Headers does', () => {
    const twice = [
      ['x-key', 'a'],
      ['X-Key', 'b'],
    ]
    expect(check(twice)).toEqual({ 'x-key': 'a, b' })
  })

  it('does not modify its argument', () => {
    const given = Object.freeze({ 'X-Key': 'a' })
    check(given)
    expect(given).toEqual({ 'X-Key': 'a' })
  })

  it.each<[string, unknown, string]>([
    ['a line break in a value', { 'x-key': 'hunter2\nhunter2' }, 'contains an invalid header: "x-key"'],
    ['a character beyond Latin-1', { 'x-key': 'hunter2→' }, 'contains an invalid header: "x-key"'],
    ['a line break at the end of a value', { 'x-key': 'hunter2\r\n' }, 'contains an invalid header: "x-key"'],
    ['a value of null', { 'x-key': null }, 'contains an invalid header: "x-key"'],
    ['an object as value', { 'x-key': { value: 'hunter2' } }, 'contains an invalid header: "x-key"'],
    ['a name with a line break', { 'x-key\r\nx-other': 'hunter2' }, 'contains an invalid header: "x-key\\r\\nx-other"'],
    [
      'a header of the connection',
      { 'Content-Length': '7' },
      'contains a header that only fetch may set: "Content-Length"',
    ],
    ['another one', [['transfer-encoding', 'x']], 'contains a header that only fetch may set: "transfer-encoding"'],
    ['a name with a space', { 'x key': 'hunter2' }, 'contains an invalid header: "x key"'],
    ['an empty name', { '': 'hunter2' }, 'is not a set of headers'],
    [
      'an invalid header after a valid one',
      { 'x-good': 'hunter2', 'x-key': 'hunter2\0' },
      'contains an invalid header: "x-key"',
    ],
    ['null', null, 'is not a set of headers'],
    ['a string', 'x-key: hunter2', 'is not a set of headers'],
    ['a number', 7, 'is not a set of headers'],
    ['a boolean', true, 'is not a set of headers'],
    ['an array with a pair that has no value', [['x-key']], 'is not a set of headers'],
    ['an array with null', [null], 'is not a set of headers'],
  ])('rejects %s without quoting a value', (_, headers, problem) => {
    const error = thrownBy(() => check(headers))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalid-headers', source: 'the option headers' })
    expect((error as Error).message).toBe(`The option headers ${problem}.`)
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  const NAMES = ['Host', 'Cookie', 'origin', 'sec-fetch-site', 'Proxy-Authorization', 'Accept-Encoding']

  it.each(NAMES)('accepts %s outside of a browser, which would leave it out', (name) => {
    expect(check({ [name]: 'a' })).toEqual({ [name.toLowerCase()]: 'a' })
  })

  it.each(NAMES)('rejects %s in a browser, which would leave it out', (name) => {
    vi.stubGlobal('WorkerGlobalScope', () => {})
    onTestFinished(() => void vi.unstubAllGlobals())
    expect((thrownBy(() => check({ [name]: 'hunter2' })) as Error).message).toBe(
      `The option headers contains a header that only fetch may set: "${name}".`,
    )
  })
})

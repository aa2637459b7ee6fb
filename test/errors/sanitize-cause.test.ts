import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { NetworkError } from '../../src/errors/index.js'

const SECRET = 'ABCDEFGHIJ0123456789'
const TOKEN = `sk-lm-abcdefgh:${SECRET}`
const sanitized = (cause: unknown): unknown => new NetworkError('x', { cause }).cause

describe('the cause of an error', () => {
  it.each<[string, () => unknown]>([
    [
      'has a request as a property',
      () => Object.assign(new Error('failed'), { config: { headers: { authorization: `Bearer ${SECRET}` } } }),
    ],
    [
      'has a cause with a secret in a property',
      () => new Error('failed', { cause: Object.assign(new Error('inner'), { request: TOKEN }) }),
    ],
    [
      'aggregates errors that quote a secret',
      () => new AggregateError([new Error(TOKEN), new Error('other')], 'all failed'),
    ],
    ['has a secret as its code', () => Object.assign(new Error('failed'), { code: TOKEN })],
    [
      'has a secret eight causes down',
      () => [1, 2, 3, 4, 5, 6, 7, 8].reduce((inner) => new Error('outer', { cause: inner }), new Error(TOKEN)),
    ],
    ['is an object', () => ({ token: TOKEN })],
    ['is an array', () => [TOKEN]],
    ['is caused by an object', () => new Error('failed', { cause: { token: TOKEN } })],
    ['is caused by a string', () => new Error('failed', { cause: TOKEN })],
    [
      'is its own cause',
      () => {
        const circle = new Error(TOKEN)
        circle.cause = circle
        return circle
      },
    ],
  ])('that %s does not reveal the secret', (_, make) => {
    const error = new NetworkError('x', { cause: make() })
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET)
    expect(JSON.stringify(error)).not.toContain(SECRET)
  })

  it('keeps the name, code, message and stack frames of an error that is copied', () => {
    const cause = Object.assign(new TypeError(`failed with ${TOKEN}`), { code: 'ERR_X' })
    const copy = sanitized(cause) as Error
    expect(copy).toMatchObject({ name: 'TypeError', code: 'ERR_X' })
    expect(copy.message).toMatch(/^failed with /)
    expect(copy.stack).toContain('sanitize-cause.test')
    expect(sanitized(Object.assign(new Error(TOKEN), { code: 7 }))).toMatchObject({ code: 7 })
    expect(
      sanitized(new AggregateError([Object.assign(new Error('first'), { code: 'ECONNREFUSED' })], TOKEN)),
    ).toMatchObject({ cause: { message: 'first', code: 'ECONNREFUSED' } })
  })

  it.each<[string, object]>([
    ['the properties that Node sets', { code: 'ECONNREFUSED', errno: -111, syscall: 'connect', port: 1234 }],
    ['the address that Node sets', { address: '127.0.0.1', hostname: 'localhost' }],
    ['a code that is null', { code: null }],
  ])('with %s is kept as it is', (_, properties) => {
    const cause = Object.assign(new Error('connect'), properties)
    expect(sanitized(cause)).toBe(cause)
  })

  it('loses properties of its own, which can quote a prompt', () => {
    for (const name of ['config', 'messages', 'postcode', 'statusCode']) {
      const cause = Object.assign(new Error('failed'), { [name]: 'once upon a time' })
      const copy = sanitized(cause)
      expect(copy).toMatchObject({ name: 'Error', message: 'failed' })
      expect(copy).not.toHaveProperty(name)
    }
  })

  it('has the redacted message and its frames as its stack, and no cause that it did not have', () => {
    const cause = new TypeError(`failed with ${TOKEN}`)
    cause.stack = `TypeError: failed with ${TOKEN}\nquoted text at dawn\n    at read (app.js:1:2)`
    const copy = sanitized(cause) as Error
    expect(copy.stack).toBe('TypeError: failed with sk-lm-[redacted]\n    at read (app.js:1:2)')
    expect('cause' in copy).toBe(false)
  })

  it('keeps five causes in a row as they are, and the first five of a longer row', () => {
    const row = (length: number): Error =>
      Array.from({ length }, (_, index) => `cause ${index}`).reduceRight<Error | undefined>(
        (cause, message) => new Error(message, cause && { cause }),
        undefined,
      )!
    const messagesOf = (cause: unknown): string[] =>
      cause instanceof Error ? [cause.message, ...messagesOf(cause.cause)] : []
    const five = row(5)
    expect(sanitized(five)).toBe(five)
    expect(messagesOf(sanitized(row(6)))).toEqual(['cause 0', 'cause 1', 'cause 2', 'cause 3', 'cause 4'])
  })

  it('that is thrown and not an error is named by its kind', () => {
    expect(sanitized({ prompt: 'once upon a time' })).toBe('a thrown Object')
    expect(sanitized(new Error(TOKEN, { cause: ['once upon a time'] }))).toMatchObject({ cause: 'a thrown Array' })
    expect(sanitized(new Error(TOKEN, { cause: `because of ${TOKEN}` }))).toMatchObject({
      cause: 'because of sk-lm-[redacted]',
    })
  })

  it('of another realm, as the platform throws them in Jest, is kept or copied like any other', () => {
    const foreign = runInNewContext('Object.assign(new TypeError("fetch failed"), { code: "ECONNREFUSED" })') as object
    expect(sanitized(foreign)).toBe(foreign)
    expect(new NetworkError('x', { cause: foreign }).toJSON()).toMatchObject({
      cause: { name: 'TypeError', message: 'fetch failed', code: 'ECONNREFUSED' },
    })
    const leaky = Object.assign(foreign, { request: TOKEN })
    const copy = sanitized(leaky)
    expect(copy).toMatchObject({ name: 'TypeError', message: 'fetch failed', code: 'ECONNREFUSED' })
    expect(inspect(copy)).not.toContain(SECRET)
  })

  it.each<[string, object]>([
    ['no stack', { stack: undefined }],
    ['a stack that is not a string', { stack: null }],
    ['a message that is not a string', { message: { deep: true } }],
    ['a name that is not a string', { name: 7 }],
    ['a code that is an object', { code: {} }],
  ])('with %s does not break the error', (_, odd) => {
    for (const more of [{}, { extra: TOKEN }]) {
      const error = new NetworkError('x', { cause: Object.assign(new Error('failed'), odd, more) })
      expect(() => JSON.stringify(error)).not.toThrow()
    }
  })
})

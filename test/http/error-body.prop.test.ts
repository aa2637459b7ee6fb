import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasError, parseErrorBody, type ServerError } from '../../src/http/error-body.js'

const parse = (body: unknown, scrub = (text: string): string => text): ServerError => parseErrorBody(body, scrub).shown

const keys = fc.constantFrom(
  'error',
  'message',
  'type',
  'code',
  'param',
  'detail',
  'issues',
  'path',
  'loc',
  'msg',
  'n_ctx',
  'n_prompt_tokens',
  'toString',
  '__proto__',
  'constructor',
  'x',
)

/** Values that resemble errors far more often than random JSON does, some of them as JSON inside a string. */
const { body } = fc.letrec<{ body: unknown }>((tie) => ({
  body: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue(),
    fc.constantFrom<unknown>('', ' ', 'Context size has been exceeded.', '[', '{', null, 0, -1, 1e308, true),
    fc.dictionary(keys, tie('body'), { maxKeys: 5 }),
    fc.array(tie('body'), { maxLength: 4 }),
    tie('body').map((value) => JSON.stringify(value)),
  ),
}))

describe('parseErrorBody', () => {
  it('returns fields of the documented types and lengths for any JSON value', () => {
    fc.assert(
      fc.property(body, (value) => {
        const error = parse(value)
        expect(error.message).toBeTypeOf('string')
        expect(error.message.length).toBeLessThanOrEqual(501)
        for (const field of [error.type, error.code, error.param]) {
          expect(field ?? '').toBeTypeOf('string')
          expect((field ?? '').length).toBeLessThanOrEqual(101)
        }
        for (const count of [error.promptTokens, error.contextLength]) expect(count ?? 0).toBeTypeOf('number')
        for (const issue of error.issues) {
          expect(issue.message).toBeTypeOf('string')
          for (const key of issue.path) expect(['string', 'number']).toContain(typeof key)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('finds a message in any combination of the known envelopes', () => {
    const envelopes = fc.constantFrom<(value: unknown) => unknown>(
      (value) => ({ error: value }),
      (value) => ({ error: { message: value } }),
      (value) => ({ message: value }),
      (value) => ({ error: { message: value, type: 't', code: null, param: null } }),
      (value) => JSON.stringify({ error: value }),
      (value) => ({ type: 'error', error: { type: 'api_error', message: value } }),
    )
    const messages = fc.stringMatching(/^[A-Z][a-z]{3,30}\.$/)
    fc.assert(
      fc.property(messages, fc.array(envelopes, { minLength: 1, maxLength: 3 }), (message, layers) => {
        expect(parse(layers.reduce<unknown>((value, wrap) => wrap(value), message)).message).toBe(message)
      }),
    )
  })

  it('never returns a token that the body contains', () => {
    const secrets = fc.string({
      unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'),
      minLength: 20,
      maxLength: 20,
    })
    fc.assert(
      fc.property(secrets, fc.string({ maxLength: 50 }), keys, (secret, before, key) => {
        const text = `${before} sk-lm-abcdefgh:${secret}`
        for (const value of [
          { error: text },
          { error: { message: 'x', [key]: text } },
          [{ message: text, code: text }],
        ]) {
          expect(JSON.stringify(parse(value))).not.toContain(secret)
        }
      }),
    )
  })
})

describe('hasError', () => {
  it('hasError is true for an object whose `error` is neither null, false nor empty text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(value !== null && value !== false && value !== '')
        expect(hasError({ error: value })).toBe(true)
      }),
    )
  })
})

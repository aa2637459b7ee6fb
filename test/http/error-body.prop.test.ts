import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasError, parseErrorBody } from '../../src/http/error-body.js'

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

/** Values that look like errors far more often than chance would have it, some hidden as JSON in a text. */
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
  it('reads any JSON value into an error of the right types, and never throws', () => {
    fc.assert(
      fc.property(body, (value) => {
        const error = parseErrorBody(value)
        expect(typeof error.message).toBe('string')
        expect(error.message.length).toBeLessThan(520)
        for (const fact of [error.type, error.code, error.param]) {
          expect(fact === undefined || (typeof fact === 'string' && fact.length <= 101)).toBe(true)
        }
        for (const count of [error.promptTokens, error.contextLength]) {
          expect(count === undefined || typeof count === 'number').toBe(true)
        }
        for (const issue of error.issues) {
          expect(typeof issue.message).toBe('string')
          for (const key of issue.path) expect(['string', 'number']).toContain(typeof key)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('finds a message that is wrapped in any of the known ways', () => {
    const wraps = fc.constantFrom<(value: unknown) => unknown>(
      (value) => ({ error: value }),
      (value) => ({ error: { message: value } }),
      (value) => ({ message: value }),
      (value) => ({ error: { message: value, type: 't', code: null, param: null } }),
      (value) => JSON.stringify({ error: value }),
      (value) => ({ type: 'error', error: { type: 'api_error', message: value } }),
    )
    const message = fc.stringMatching(/^[A-Z][a-z ]{3,30}\.$/)
    fc.assert(
      fc.property(message, fc.array(wraps, { minLength: 1, maxLength: 3 }), (said, layers) => {
        expect(parseErrorBody(layers.reduce<unknown>((value, wrap) => wrap(value), said)).message).toBe(said.trim())
      }),
    )
  })

  it('holds no token that the value held', () => {
    const token = fc.string({
      unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'),
      minLength: 20,
      maxLength: 20,
    })
    fc.assert(
      fc.property(token, fc.string({ maxLength: 50 }), keys, (key, before, name) => {
        const text = `${before} sk-lm-abcdefgh:${key}`
        for (const value of [
          { error: text },
          { error: { message: 'x', [name]: text } },
          [{ message: text, code: text }],
        ]) {
          expect(JSON.stringify(parseErrorBody(value))).not.toContain(key)
        }
      }),
    )
  })
})

describe('hasError', () => {
  it('is true for exactly the objects whose error says something', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(hasError({ error: value })).toBe(value !== null && value !== false)
      }),
    )
  })
})

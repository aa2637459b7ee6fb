import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerpt, redact } from '../../src/errors/redact.js'

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const chars = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length })
const token = fc.tuple(chars(8), chars(20)).map(([id, key]) => ({ text: `sk-lm-${id}:${key}`, key }))

// Text made of fragments that the patterns look for, in any order.
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'Bearer ',
        'basic ',
        'authorization',
        'x-api-key',
        'api_key',
        ':',
        '=',
        '"',
        "'",
        ' ',
        '//',
        '@',
        '/',
        'sk-lm-',
        'data:',
        ';base64,',
        'a',
        '[redacted]',
        '\n',
        ',',
      ),
      fc.constantFrom('A'.repeat(130), 'http://u:p@h', 'b64+/=='),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''))

describe('redact', () => {
  it('removes every LM Studio token, whatever surrounds it', () => {
    fc.assert(
      fc.property(fc.string(), token, fc.string(), (before, { text, key }, after) => {
        const result = redact(`${before}${text}${after}`)
        expect(result.includes(text)).toBe(false)
        expect(result.includes(key)).toBe(before.includes(key) || after.includes(key))
      }),
    )
  })

  it('does not change a text that is already redacted', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(redact(redact(text))).toBe(redact(text))
      }),
      { numRuns: 3000 },
    )
  })

  it('does not change sentences of short words', () => {
    const word = fc
      .stringMatching(/^[a-zA-Z0-9.]{1,12}$/)
      .filter((text) => !/bearer|basic|authorization|api.?key/i.test(text))
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(redact(words.join(' '))).toBe(words.join(' '))
      }),
    )
  })
})

describe('excerpt', () => {
  it('is at most one ellipsis longer than its limit, and contains no token', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        token,
        fc.string({ maxLength: 200 }),
        fc.integer({ min: 1, max: 300 }),
        (before, { text, key }, after, length) => {
          const result = excerpt(before + text + after, length)
          expect(result.length).toBeLessThanOrEqual(length + 1)
          expect(result.includes(key.slice(0, 10))).toBe(false)
        },
      ),
    )
  })
})

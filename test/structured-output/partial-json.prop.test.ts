import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { PartialJSONParser } from '../../src/structured-output/partial-json.js'
import { cutAt, cuts } from '../helpers/bytes.js'

afterEach(() => vi.restoreAllMocks())

const json = fc.oneof(fc.json({ stringUnit: 'binary' }), fc.json({ maxDepth: 4, stringUnit: 'grapheme' }))
const spaced = fc
  .tuple(json, fc.constantFrom(undefined, 1, '\t'))
  .map(([text, space]) => JSON.stringify(JSON.parse(text), undefined, space))
/** The same JSON with escape sequences. */
const escaped = spaced.map((text) =>
  text.replace(/[^\x20-\x7e\n\t]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
)
const document = fc.oneof(spaced, escaped)
/** JSON with an extra character. */
const broken = fc
  .tuple(document, fc.nat(10_000), fc.constantFrom('"', '\\', '\n', ',', '}', ']', '[', '{', ':', '0', 'x'))
  .map(([text, at, extra]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + extra + text.slice(place)
  })

/** Whether `part` is `whole` without its end: strings cut off, last members of lists and objects missing. */
function isPrefix(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string') return typeof whole === 'string' && whole.startsWith(part)
  if (typeof part !== 'object' || part === null) return Object.is(part, whole)
  if (typeof whole !== 'object' || whole === null || Array.isArray(part) !== Array.isArray(whole)) return false
  const keys = Object.keys(part)
  return keys.every((key, index) => {
    const [mine, theirs] = [part, whole].map((one) => Object.getOwnPropertyDescriptor(one, key)?.value as unknown)
    // Only the last member can be incomplete.
    const isLast = index === keys.length - 1
    return (
      Object.hasOwn(whole, key) && (isLast ? isPrefix(mine, theirs) : JSON.stringify(mine) === JSON.stringify(theirs))
    )
  })
}

it('equals the result of JSON.parse in the end, wherever the text is split', () => {
  fc.assert(
    fc.property(document, cuts, (text, at) => {
      const parser = new PartialJSONParser()
      for (const chunk of cutAt(text, at)) parser.push(chunk)
      parser.end()
      expect(parser.value).toStrictEqual(JSON.parse(text))
    }),
    { numRuns: 1000 },
  )
})

it('always is a prefix of the complete value', () => {
  fc.assert(
    fc.property(document, cuts, (text, at) => {
      const whole: unknown = JSON.parse(text)
      const parser = new PartialJSONParser()
      for (const chunk of cutAt(text, at)) {
        parser.push(chunk)
        if (parser.value !== undefined) expect(isPrefix(parser.value, whole)).toBe(true)
      }
    }),
    { numRuns: 1000 },
  )
})

it('does not depend on where the chunks end', () => {
  fc.assert(
    fc.property(fc.oneof(document, broken, fc.string()), cuts, fc.boolean(), (text, at, skipProse) => {
      const [one, many] = [new PartialJSONParser({ skipProse }), new PartialJSONParser({ skipProse })]
      one.push(text)
      for (const chunk of cutAt(text, at)) many.push(chunk)
      expect(many.value).toStrictEqual(one.value)
      expect(many.isDone).toBe(one.isDone)
    }),
    { numRuns: 1000 },
  )
})

it('parses no character twice and builds no value twice, however small the chunks', () => {
  fc.assert(
    fc.property(document, (text) => {
      const parse = vi.spyOn(JSON, 'parse')
      const parser = new PartialJSONParser()
      const roots = new Set<unknown>()
      for (const character of text) {
        parser.push(character)
        if (typeof parser.value === 'object') roots.add(parser.value)
      }
      const parsed = parse.mock.calls.reduce((sum, [part]) => sum + part.length, 0)
      parse.mockRestore()
      // An escape sequence of two or more characters is parsed with two quotes around it.
      expect(parsed).toBeLessThanOrEqual(2 * text.length)
      expect(roots.size).toBeLessThanOrEqual(1)
    }),
  )
})

import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { PartialJSON } from '../../src/structured-output/partial-json.js'
import { cutAt, cuts } from '../helpers/bytes.js'

afterEach(() => vi.restoreAllMocks())

const json = fc.oneof(fc.json({ stringUnit: 'binary' }), fc.json({ maxDepth: 4, stringUnit: 'grapheme' }))
const spaced = fc
  .tuple(json, fc.constantFrom(undefined, 1, '\t'))
  .map(([text, space]) => JSON.stringify(JSON.parse(text), undefined, space))
/** The same JSON, with characters written as escapes. */
const escaped = spaced.map((text) =>
  text.replace(/[^\x20-\x7e\n\t]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
)
const document = fc.oneof(spaced, escaped)
/** JSON with a character too many somewhere. */
const broken = fc
  .tuple(document, fc.nat(10_000), fc.constantFrom('"', '\\', '\n', ',', '}', ']', '[', '{', ':', '0', 'x'))
  .map(([text, at, extra]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + extra + text.slice(place)
  })

/** Whether `part` is `whole` with an end missing: texts cut, last members of lists and objects missing. */
function isPrefix(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string') return typeof whole === 'string' && whole.startsWith(part)
  if (typeof part !== 'object' || part === null) return Object.is(part, whole)
  if (typeof whole !== 'object' || whole === null || Array.isArray(part) !== Array.isArray(whole)) return false
  const keys = Object.keys(part)
  return keys.every((key, index) => {
    const [mine, theirs] = [part, whole].map((one) => Object.getOwnPropertyDescriptor(one, key)?.value as unknown)
    // Only the last one can be unfinished.
    const isLast = index === keys.length - 1
    return (
      Object.hasOwn(whole, key) && (isLast ? isPrefix(mine, theirs) : JSON.stringify(mine) === JSON.stringify(theirs))
    )
  })
}

it('any JSON, cut anywhere, is in the end what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(document, cuts, (text, at) => {
      const reader = new PartialJSON()
      for (const piece of cutAt(text, at)) reader.push(piece)
      reader.end()
      expect(reader.value).toStrictEqual(JSON.parse(text))
    }),
    { numRuns: 1000 },
  )
})

it('whatever has come is the beginning of what will have come', () => {
  fc.assert(
    fc.property(document, cuts, (text, at) => {
      const whole: unknown = JSON.parse(text)
      const reader = new PartialJSON()
      for (const piece of cutAt(text, at)) {
        reader.push(piece)
        if (reader.value !== undefined) expect(isPrefix(reader.value, whole)).toBe(true)
      }
    }),
    { numRuns: 1000 },
  )
})

it('where the pieces end does not matter', () => {
  fc.assert(
    fc.property(fc.oneof(document, broken, fc.string()), cuts, fc.boolean(), (text, at, isLenient) => {
      const [one, many] = [new PartialJSON(isLenient), new PartialJSON(isLenient)]
      one.push(text)
      for (const piece of cutAt(text, at)) many.push(piece)
      expect(many.value).toStrictEqual(one.value)
      expect(many.isOver).toBe(one.isOver)
    }),
    { numRuns: 1000 },
  )
})

it('no character is parsed twice, and nothing is built twice, however small the pieces', () => {
  fc.assert(
    fc.property(document, (text) => {
      const parse = vi.spyOn(JSON, 'parse')
      const reader = new PartialJSON()
      const roots = new Set<unknown>()
      for (const character of text) {
        reader.push(character)
        if (typeof reader.value === 'object') roots.add(reader.value)
      }
      const parsed = parse.mock.calls.reduce((sum, [part]) => sum + part.length, 0)
      parse.mockRestore()
      // An escape is parsed within quotes of its own: two for at least two.
      expect(parsed).toBeLessThanOrEqual(2 * text.length)
      expect(roots.size).toBeLessThanOrEqual(1)
    }),
  )
})

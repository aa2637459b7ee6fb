import { expect, test } from 'vitest'
import { toContent } from '../../src/tools/tool-result-text.js'

test.each([
  ['text', '{"not": "quoted"}', '{"not": "quoted"}'],
  ['an empty text', '', ''],
  ['an object', { city: 'Oslo', at: new Date(0) }, '{"city":"Oslo","at":"1970-01-01T00:00:00.000Z"}'],
  ['null', null, 'null'],
  ['a number', 7, '7'],
  ['a bigint', { count: 2n ** 64n }, '{"count":"18446744073709551616"}'],
])('says %s to the model', (_, value, content) => {
  expect(toContent(value)).toBe(content)
})

test('says that nothing was returned', () => {
  expect(toContent(undefined)).toContain('nothing')
})

test('refuses what holds itself, and what JSON cannot say', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  expect(() => toContent(circle)).toThrow(/no JSON/)
  expect(() => toContent(() => 1)).toThrow('it is a function')
  expect(() => toContent(Symbol('secret'))).toThrow('it is a symbol')
})

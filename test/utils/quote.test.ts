import { expect, test } from 'vitest'
import { quote } from '../../src/utils/quote.js'

test.each([
  ['Model is unloaded.', '“Model is unloaded”'],
  ['Loading…', '“Loading…”'],
  ['Loading...', '“Loading...”'],
  ['Really?', '“Really?”'],
  ['version 1.0', '“version 1.0”'],
  ['.', '“”'],
])('quotes %j without its final full stop', (message, quoted) => {
  expect(quote(message)).toBe(quoted)
})

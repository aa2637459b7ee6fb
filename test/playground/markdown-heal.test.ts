import { describe, expect, test } from 'vitest'
import { heal } from '../../playground/src/markdown/heal.js'

describe('heal', () => {
  test.each([
    ['Some **bold', 'Some **bold**'],
    ['Some **bold ', 'Some **bold**'],
    ['Some **bold*', 'Some **bold**'],
    ['Some **', 'Some '],
    ['a `code', 'a `code`'],
    ['~~gone', '~~gone~~'],
    ['5*3 is', '5*3 is'],
    ['snake_case', 'snake_case'],
    ['see [the', 'see the'],
    ['see [the](https://exa', 'see the'],
    ['- a\n-', '- a'],
    ['text\n```', 'text'],
    ['```js\na * b\n``', '```js\na * b'],
    ['first **open\n\nsecond', 'first **open\n\nsecond'],
    ['- **a\n- b', '- **a\n- b'],
  ])('%j', (text, healed) => {
    expect(heal(text)).toBe(healed)
  })
})

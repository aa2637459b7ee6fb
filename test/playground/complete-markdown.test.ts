import { describe, expect, test } from 'vitest'
import { completeMarkdown } from '../../playground/src/markdown/complete-markdown.js'

describe('completeMarkdown', () => {
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
    [String.raw`so \(x_1 * y`, `${String.raw`so \(x_1 * y`}\uE0A1${String.raw`\)`}`],
    ['| a | b |\n| --- | --', ''],
    ['| a | b |\n| --- | --: |\n| x | 12', '| a | b |\n| --- | --: |\n| x |'],
    [
      String.raw`| a | b |\n| --- | --: |\n| x | 1 \| 2`.replaceAll(String.raw`\n`, '\n'),
      '| a | b |\n| --- | --: |\n| x |',
    ],
    ['so $$x', 'so $$x\uE0A1$$'],
    ['so $x', 'so $x\uE0A1$'],
    ['costs $5 and $10 an', 'costs $5 and $10 an'],
    ['$x_{1}$ is **bold', '$x_{1}$ is **bold**'],
    ['```sh\na\n\necho $x\n```\n', '```sh\na\n\necho $x\n'],
  ])('completes %j to %j', (text, completed) => {
    expect(completeMarkdown(text)).toBe(completed)
  })
})

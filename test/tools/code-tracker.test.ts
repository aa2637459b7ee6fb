import { describe, expect, it } from 'vitest'
import { CodeTracker } from '../../src/tools/code-tracker.js'

function isInCode(...texts: string[]): boolean {
  const tracker = new CodeTracker()
  for (const text of texts) tracker.push(text)
  return tracker.isInCode
}

describe('the end of a text', () => {
  it.each([
    '`',
    '`a',
    'a `b',
    '``a`',
    '`a``',
    '`a ~',
    '```',
    '```js',
    '```\n',
    '```\ncode\n\n',
    '   ```\n',
    'text\n```\n',
    '~~~',
    '~~~\n```\n',
    '```\n~~~\n',
    '````\n```\n',
    '```\n``\n',
    '```\ncode ```',
    '```\n```js',
    '```\n``` js\n',
    '```\n    ```\n',
    '```\n```\n```\n',
    '`a`\n```\n',
    '~~~ `\n',
    '```\n```~',
    '```\n``` ```',
    '~~`a',
  ])('is in code after %j', (text) => {
    expect(isInCode(text)).toBe(true)
    expect(isInCode(...text)).toBe(true)
  })

  it.each([
    '',
    'a',
    '`a`',
    '``a``',
    '`a``b`',
    '`a\n',
    'It`s\nfine',
    '``\n',
    '~~',
    'a ~~~',
    'a ~~~\n',
    'a ```\n',
    '    ```\n',
    '     ~~~\n',
    '```\ncode\n```',
    '```\ncode\n```\n',
    '```\ncode\n```  ',
    '```\ncode\n   ```\n',
    '```\ncode\n`````\n',
    '~~~\ncode\n~~~\n',
    '```\n```\n`a`',
    '`~~~`',
    '~~`a`~~',
    '~~`a`',
  ])('is not in code after %j', (text) => {
    expect(isInCode(text)).toBe(false)
    expect(isInCode(...text)).toBe(false)
  })
})

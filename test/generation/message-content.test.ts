import { describe, expect, it } from 'vitest'
import { isContent, readContent, readReasoning, splitParts } from '../../src/generation/message-content.js'

/** A text in lists of lists. */
function nested(text: string, depth: number): unknown {
  let value: unknown = text
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

describe('isContent', () => {
  it.each([[''], ['a'], [[]], [[null]], [{ type: 'text' }], [{ text: 'a' }]])('accepts %j', (value) => {
    expect(isContent(value)).toBe(true)
  })
  it.each([[null], [undefined], [7], [true], [{}], [{ content: 'a' }]])('rejects %j', (value) => {
    expect(isContent(value)).toBe(false)
  })
})

describe('readContent', () => {
  it.each<[unknown, string]>([
    ['', ''],
    ['a', 'a'],
    [[], ''],
    [['a', 'b'], 'ab'],
    [[''], ''],
    [{ text: '' }, ''],
    [[{ type: 'text', text: '' }], ''],
    [{ type: 'text', text: 'a' }, 'a'],
    [
      [{ text: 'a' }, { thinking: 'b' }, { reasoning: 'c' }, { content: 'd' }, { summary: 'e' }, { value: 'f' }],
      'abcdef',
    ],
    [{ text: '', content: 'a' }, 'a'],
    [{ text: { value: 'a' } }, 'a'],
    [[null, 7, { data: 'x' }, 'a'], 'a'],
  ])('reads %j as %j', (content, text) => {
    expect(readContent(content)).toBe(text)
  })

  it.each([[null], [undefined], [7], [{}], [{ type: 'image' }], [[{ type: 'image' }]], [[null]], [['', null]]])(
    'cannot read %j',
    (content) => {
      expect(readContent(content)).toBeUndefined()
    },
  )

  it('reads parts in five lists and no more', () => {
    expect(readContent(nested('a', 5))).toBe('a')
    expect(readContent(nested('a', 6))).toBeUndefined()
    expect(readContent({ text: { text: { text: { text: { text: 'a' } } } } })).toBe('a')
    expect(readContent({ text: { text: { text: { text: { text: { text: 'a' } } } } } })).toBeUndefined()
  })
})

describe('readReasoning', () => {
  it.each<[object, string]>([
    [{}, ''],
    [{ reasoning_content: 'a', reasoning: 'b' }, 'a'],
    [{ reasoning: 'b', thinking: 'c' }, 'b'],
    [{ thinking: 'c', reasoning_details: 'd' }, 'c'],
    [{ reasoning_details: [{ text: 'd' }, { summary: 'e' }], reasoning_summary: 'f' }, 'de'],
    [{ reasoning_content: null, reasoning_summary: [{ text: 'f' }] }, 'f'],
    [{ content: 'a', reasoning: 7 }, ''],
  ])('reads %j as %j', (message, reasoning) => {
    expect(readReasoning(message)).toBe(reasoning)
  })
})

describe('splitParts', () => {
  const split = (parts: object) => ({ text: '', reasoning: '', refusal: '', ...parts })

  it.each<[unknown, object]>([
    ['a', { text: 'a' }],
    [null, {}],
    [[{ type: 'thinking', thinking: 'a' }, 'b'], { reasoning: 'a', text: 'b' }],
    [
      [
        { type: 'reasoning', text: 'a' },
        { type: 'summary_text', text: 'b' },
      ],
      { reasoning: 'ab' },
    ],
    [[{ thinking: 'a' }, { text: 'b' }], { reasoning: 'a', text: 'b' }],
    [{ thinking: 'a' }, { reasoning: 'a' }],
    // A part that says that it is text is text, whatever its field is called.
    [[{ type: 'text', thinking: 'a' }], { text: 'a' }],
    [[{ type: 7, text: 'a' }], { text: 'a' }],
    [
      [
        { type: 'refusal', refusal: 'No.', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      { refusal: 'No.', text: 'b' },
    ],
    [[{ type: 'poem', text: 'a' }, { type: 'image' }], { text: 'a' }],
  ])('separates %j', (content, parts) => {
    expect(splitParts(content)).toEqual(split(parts))
  })
})

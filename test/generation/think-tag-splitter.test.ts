import { describe, expect, it } from 'vitest'
import {
  overlap,
  splitAtLoneClosingTag,
  type SplitContent,
  ThinkTagSplitter,
} from '../../src/generation/think-tag-splitter.js'

/** Splits content that arrives in these deltas. */
function split(...deltas: string[]): SplitContent {
  const splitter = new ThinkTagSplitter()
  const parts = [...deltas.map((delta) => splitter.push(delta)), splitter.end()]
  return { text: parts.map(({ text }) => text).join(''), reasoning: parts.map(({ reasoning }) => reasoning).join('') }
}

describe('ThinkTagSplitter', () => {
  it.each<[string, string, SplitContent]>([
    ['text without reasoning', 'Seven gulls.', { text: 'Seven gulls.', reasoning: '' }],
    ['an empty string', '', { text: '', reasoning: '' }],
    ['white space alone', ' \n', { text: ' \n', reasoning: '' }],
    ['text that starts with white space', '\n\n  Seven', { text: '\n\n  Seven', reasoning: '' }],
    ['a block and text', '<think>Count.</think>Seven.', { text: 'Seven.', reasoning: 'Count.' }],
    ['white space around a block', ' \n<think>Count.</think>\n\n Seven. ', { text: 'Seven. ', reasoning: 'Count.' }],
    ['white space inside a block', '<think>\nCount.\n</think>Seven.', { text: 'Seven.', reasoning: '\nCount.\n' }],
    ['an empty block', '<think></think>Seven.', { text: 'Seven.', reasoning: '' }],
    ['two blocks', '<think>a</think>\n<think>b</think>\nSeven.', { text: 'Seven.', reasoning: 'ab' }],
    ['a block alone', '<think>Count.</think>', { text: '', reasoning: 'Count.' }],
    ['a block and white space', '<think>Count.</think>\n\n', { text: '', reasoning: 'Count.' }],
    ['a block that is not closed', '<think>Count', { text: '', reasoning: 'Count' }],
    ['a block that ends within its closing tag', '<think>Count</thi', { text: '', reasoning: 'Count</thi' }],
    ['an opening tag alone', '<think>', { text: '', reasoning: '' }],
    ['the start of an opening tag alone', '<thi', { text: '<thi', reasoning: '' }],
    ['another tag that starts alike', '<thin>Seven', { text: '<thin>Seven', reasoning: '' }],
    ['a block within the text', 'Use <think>a</think> here', { text: 'Use <think>a</think> here', reasoning: '' }],
    [
      'a block within the text after a block',
      '<think>a</think>b <think>c</think>',
      { text: 'b <think>c</think>', reasoning: 'a' },
    ],
    ['a closing tag alone', '</think>Seven', { text: '</think>Seven', reasoning: '' }],
    ['an opening tag inside a block', '<think>a<think>b</think>c', { text: 'c', reasoning: 'a<think>b' }],
    [
      'angle brackets inside a block',
      '<think>a < b </ c </thin </think>d',
      { text: 'd', reasoning: 'a < b </ c </thin ' },
    ],
    ['tags in upper case', '<THINK>a</THINK>b', { text: '<THINK>a</THINK>b', reasoning: '' }],
    ['a closing tag that starts twice', '<think>a<</think>b', { text: 'b', reasoning: 'a<' }],
  ])('splits %s, also character by character', (_, content, expected) => {
    expect(split(content)).toEqual(expected)
    expect(split(...content)).toEqual(expected)
  })

  it('holds back only what can be part of a tag', () => {
    const splitter = new ThinkTagSplitter()
    expect(splitter.push('<think>Count')).toEqual({ text: '', reasoning: 'Count' })
    expect(splitter.push(' them <')).toEqual({ text: '', reasoning: ' them ' })
    expect(splitter.push('/b')).toEqual({ text: '', reasoning: '</b' })
    expect(splitter.isDone).toBe(false)
  })

  it('is done as soon as text starts', () => {
    const splitter = new ThinkTagSplitter()
    expect(splitter.push('Seven')).toEqual({ text: 'Seven', reasoning: '' })
    expect(splitter.isDone).toBe(true)
  })

  it.each([
    ['at once', (text: string) => [text]],
    ['character by character', (text: string) => [...text]],
  ])('finds a block after 256 white-space characters and none after 257, %s', (_, cut) => {
    const space = '\n'.repeat(256)
    expect(split(...cut(`${space}<think>a</think>b`))).toEqual({ text: 'b', reasoning: 'a' })
    expect(split(...cut(`${space}\n<think>a</think>b`))).toEqual({ text: `${space}\n<think>a</think>b`, reasoning: '' })
  })

  it('releases 257 white-space characters as text', () => {
    const splitter = new ThinkTagSplitter()
    const texts = Array.from({ length: 257 }, () => splitter.push('\n').text)
    expect(texts.slice(0, 256).join('')).toBe('')
    expect(texts[256]).toBe('\n'.repeat(257))
    expect(splitter.isDone).toBe(true)
  })

  it('removes any amount of white space after a block', () => {
    expect(split('<think>a</think>', ...'\n'.repeat(300), 'b')).toEqual({ text: 'b', reasoning: 'a' })
  })

  it('finds a second block after any amount of white space', () => {
    const content = `<think>a</think>${'\n'.repeat(300)}<think>b</think>c`
    expect(split(content)).toEqual({ text: 'c', reasoning: 'ab' })
  })
})

describe('splitAtLoneClosingTag', () => {
  it.each<[string, [reasoning: string, text: string] | undefined]>([
    ['Count.</think>\n\n Seven.', ['Count.', 'Seven.']],
    ['</think>Seven.', ['', 'Seven.']],
    ['Count.</think>Seven.</think>', ['Count.', 'Seven.</think>']],
    ['Seven.', undefined],
    ['<think>Count.</think>Seven.', undefined],
    ['Write `</think>` here.', undefined],
    ['Write "</think>" here.', undefined],
    ["Write '</think>' here.", undefined],
  ])('splits %j into %j', (text, parts) => {
    const split = splitAtLoneClosingTag(text, ['<think>', '</think>'])
    expect(split && [split.reasoning, split.text]).toEqual(parts)
  })
})

describe('overlap', () => {
  it.each([
    ['', 0],
    ['abc', 0],
    ['abc<', 1],
    ['abc</thin', 6],
    ['</think', 7],
    // A complete tag is not the start of one.
    ['</think>', 0],
    ['</th</t', 3],
  ])('counts the characters at the end of %j that may start a closing tag: %i', (text, length) => {
    expect(overlap(text, '</think>')).toBe(length)
  })
})

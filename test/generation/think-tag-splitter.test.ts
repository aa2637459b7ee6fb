import { describe, expect, it } from 'vitest'
import { ThinkTagSplitter, type SplitContent } from '../../src/generation/think-tag-splitter.js'

function split(...pieces: string[]): SplitContent {
  const splitter = new ThinkTagSplitter()
  const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()]
  return { text: parts.map(({ text }) => text).join(''), reasoning: parts.map(({ reasoning }) => reasoning).join('') }
}

const table: readonly (readonly [string, string, SplitContent])[] = [
  ['an answer without thinking', 'Seven gulls.', { text: 'Seven gulls.', reasoning: '' }],
  ['nothing', '', { text: '', reasoning: '' }],
  ['white space alone', ' \n', { text: ' \n', reasoning: '' }],
  ['an answer that begins with white space', '\n\n  Seven', { text: '\n\n  Seven', reasoning: '' }],
  ['thinking and an answer', '<think>Count.</think>Seven.', { text: 'Seven.', reasoning: 'Count.' }],
  ['white space around the block', ' \n<think>Count.</think>\n\n Seven. ', { text: 'Seven. ', reasoning: 'Count.' }],
  ['white space inside the block', '<think>\nCount.\n</think>Seven.', { text: 'Seven.', reasoning: '\nCount.\n' }],
  ['an empty block', '<think></think>Seven.', { text: 'Seven.', reasoning: '' }],
  ['two blocks', '<think>a</think>\n<think>b</think>\nSeven.', { text: 'Seven.', reasoning: 'ab' }],
  ['thinking alone', '<think>Count.</think>', { text: '', reasoning: 'Count.' }],
  ['thinking and white space', '<think>Count.</think>\n\n', { text: '', reasoning: 'Count.' }],
  ['a block that is not closed', '<think>Count', { text: '', reasoning: 'Count' }],
  ['a block cut in its closing tag', '<think>Count</thi', { text: '', reasoning: 'Count</thi' }],
  ['an opening tag alone', '<think>', { text: '', reasoning: '' }],
  ['the beginning of a tag alone', '<thi', { text: '<thi', reasoning: '' }],
  ['a tag that only begins like one', '<thin>Seven', { text: '<thin>Seven', reasoning: '' }],
  [
    'a tag in the middle of the answer',
    'Use <think>a</think> here',
    { text: 'Use <think>a</think> here', reasoning: '' },
  ],
  [
    'a tag in the answer after a block',
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
  ['a tag in upper case', '<THINK>a</THINK>b', { text: '<THINK>a</THINK>b', reasoning: '' }],
  ['a closing tag that begins twice', '<think>a<</think>b', { text: 'b', reasoning: 'a<' }],
]

describe('ThinkTagSplitter', () => {
  it.each(table)('splits %s', (_, input, expected) => expect(split(input)).toEqual(expected))
  it.each(table)('splits %s that comes character by character', (_, input, expected) =>
    expect(split(...input)).toEqual(expected),
  )

  it('holds nothing back that cannot be part of a tag', () => {
    const splitter = new ThinkTagSplitter()
    expect(splitter.push('Seven')).toEqual({ text: 'Seven', reasoning: '' })
    expect(splitter.isDone).toBe(true)
    const thinking = new ThinkTagSplitter()
    expect(thinking.push('<think>Count')).toEqual({ text: '', reasoning: 'Count' })
    expect(thinking.push(' them <')).toEqual({ text: '', reasoning: ' them ' })
    expect(thinking.push('/b')).toEqual({ text: '', reasoning: '</b' })
    expect(thinking.isDone).toBe(false)
  })
})

describe('white space before the answer', () => {
  const split = (...pieces: string[]): { text: string; reasoning: string } => {
    const splitter = new ThinkTagSplitter()
    const all = [...pieces.map((piece) => splitter.push(piece)), splitter.end()]
    return { text: all.map(({ text }) => text).join(''), reasoning: all.map(({ reasoning }) => reasoning).join('') }
  }
  const blank = '\n'.repeat(300)

  it.each([
    ['in one piece', [`${blank}<think>a</think>b`]],
    ['in many pieces', [...blank, '<think>a</think>b']],
  ])('that is longer than any model thinks after makes the tag behind it part of the answer, %s', (_, pieces) => {
    expect(split(...pieces)).toEqual({ text: `${blank}<think>a</think>b`, reasoning: '' })
  })

  it('is handed on while it comes, when there is much of it', () => {
    const splitter = new ThinkTagSplitter()
    const first = [...blank].map((piece) => splitter.push(piece).text).join('')
    expect(first.length).toBeGreaterThan(0)
    expect(splitter.isDone).toBe(true)
  })

  it('of any length belongs to nobody after a block', () => {
    expect(split('<think>a</think>', ...blank, 'b')).toEqual({ text: 'b', reasoning: 'a' })
  })
})

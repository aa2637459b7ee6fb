import { describe, expect, it } from 'vitest'
import { HarmonySplitter } from '../../src/generation/harmony-splitter.js'

/** Splits a text that arrives in these deltas. */
function split(...deltas: string[]): [text: string, reasoning: string] {
  const splitter = new HarmonySplitter()
  const parts = deltas.map((delta) => splitter.push(delta))
  return [parts.map(({ text }) => text).join('') + splitter.end(), parts.map(({ reasoning }) => reasoning).join('')]
}

const ANALYSIS = '<|channel|>analysis<|message|>Count.<|end|>'
const FINAL = '<|start|>assistant<|channel|>final<|message|>'

describe('HarmonySplitter', () => {
  it.each<[string, string, [text: string, reasoning: string]]>([
    ['reasoning and text', `${ANALYSIS}${FINAL}Seven.<|return|>`, ['Seven.', 'Count.']],
    ['two messages of reasoning', `${ANALYSIS}<|start|>assistant${ANALYSIS}${FINAL}Seven.`, ['Seven.', 'Count.Count.']],
    ['reasoning after text', `${FINAL}Seven.<|end|>${ANALYSIS}`, ['Seven.', 'Count.']],
    ['a channel between spaces', '<|channel|> analysis <|message|>Count.', ['', 'Count.']],
    ['a channel that only ends alike', '<|channel|>meta-analysis<|message|>Seven.', ['Seven.', '']],
    [
      'a call of a tool in its mark',
      '<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>',
      ['<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>', ''],
    ],
    [
      'a call of a tool within the reasoning',
      '<|channel|>analysis to=functions.f<|message|>{}<|call|>',
      ['<|channel|>analysis to=functions.f<|message|>{}<|call|>', ''],
    ],
    [
      'text after a call of a tool',
      `<|channel|>commentary to=functions.f<|message|>{}<|call|>${FINAL}Seven.<|call|>`,
      ['<|channel|>commentary to=functions.f<|message|>{}<|call|>Seven.', ''],
    ],
    [
      'a call of a tool that ends without its mark',
      '<|channel|>commentary to=functions.f<|message|>{}<|end|>',
      ['<|channel|>commentary to=functions.f<|message|>{}', ''],
    ],
    [
      'a call of a tool whose name stands in front of the channel',
      `${ANALYSIS}<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>`,
      ['<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>', 'Count.'],
    ],
    ['a header with a word that ends in to', '<|channel|>auto=1<|message|>Seven.', ['Seven.', '']],
    ['angle brackets', `${FINAL}a < b <c> <|d|> <| e`, ['a < b <c> <|d|> <| e', '']],
    ['a cut mark in the text', `${FINAL}Seven.<|retu`, ['Seven.<|retu', '']],
    ['a cut mark in the reasoning', '<|channel|>analysis<|message|>Count.<|en', ['', 'Count.']],
    [
      'a call of a tool that ends twice',
      '<|channel|>commentary to=functions.f<|message|>{}<|call|><|call|>',
      ['<|channel|>commentary to=functions.f<|message|>{}<|call|>', ''],
    ],
    ['a cut header with a cut mark after text', `${FINAL}Seven.<|end|><|start|>assist<|chan`, ['Seven.', '']],
    ['a cut header', `${ANALYSIS}<|start|>assist`, ['', 'Count.']],
    ['a cut header with a cut mark', `${ANALYSIS}<|start|>assistant<|chan`, ['', 'Count.']],
  ])('splits %s, whole or character by character', (_, content, expected) => {
    expect(split(content)).toEqual(expected)
    expect(split(...content)).toEqual(expected)
  })

  it('takes a header of 256 characters and makes text of a longer one', () => {
    const header = (length: number): string => 'analysis'.padEnd(length, ' x')
    expect(split(`<|channel|>${header(256)}<|message|>Count.`)).toEqual(['', 'Count.'])
    expect(split(`<|channel|>${header(257)}`, ' Seven.')).toEqual([`${header(257)} Seven.`, ''])
  })

  it('makes text of what follows reasoning without a header', () => {
    const long = 'Seven gulls. '.repeat(20)
    expect(split(ANALYSIS, long, 'More.')).toEqual([`${long}More.`, 'Count.'])
  })

  it.each(['<', '<|', '<|e', '<|constrain', '<|end|'])('holds back %s and nothing else', (beginning) => {
    const splitter = new HarmonySplitter()
    splitter.push(FINAL)
    expect(splitter.push(`a ${beginning}`)).toEqual({ text: 'a ', reasoning: '' })
    expect(splitter.push(' b')).toEqual({ text: `${beginning} b`, reasoning: '' })
  })

  it.each(['<b', '<|E', '<|too-long', '< ', 'end|>', '<|end|x'])('does not hold back %s', (text) => {
    const splitter = new HarmonySplitter()
    splitter.push(FINAL)
    expect(splitter.push(`a ${text}`)).toEqual({ text: `a ${text}`, reasoning: '' })
  })
})

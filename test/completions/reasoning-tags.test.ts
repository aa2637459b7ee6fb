import { describe, expect, it } from 'vitest'
import { completeText } from '../../src/completions/complete-text.js'
import type { LMStudioOptions } from '../../src/config/options.js'
import { joinDeltas } from '../helpers/chat.js'
import { json, testClient } from '../helpers/client.js'
import { completeMessage, streamDeltas } from '../helpers/completions.js'

type Tags = LMStudioOptions['reasoningTags']

const HARMONY = '<|channel|>analysis<|message|>Count them.<|end|><|start|>assistant<|channel|>final<|message|>Seven.'

/** Reads a text whole, in one delta and in deltas of one character. */
async function read(content: string, reasoningTags?: Tags) {
  const settings = { options: { reasoningTags } }
  const whole = await completeMessage({ content }, 'stop', settings)
  const one = await streamDeltas([{ content }], 'stop', settings)
  const many = await streamDeltas(
    [...content].map((character) => ({ content: character })),
    'stop',
    settings,
  )
  return [whole, one.response, many.response].map((response) => [response?.reasoning, response?.text])
}

const thrice = (...expected: unknown[]) => [expected, expected, expected]

describe('reasoning between tags', () => {
  it.each<[string, string, Tags, string | undefined, string]>([
    ['think tags', '<think>Count.</think>\n\nSeven.', undefined, 'Count.', 'Seven.'],
    ['own tags', '[HM]Count.[/HM]Seven.', [['[HM]', '[/HM]']], 'Count.', 'Seven.'],
    ['the tags of Magistral', '[THINK]Count.[/THINK]Seven.', undefined, 'Count.', 'Seven.'],
    ['the tags of Gemma 4', '<|channel>thought\nCount.\n<channel|>Seven.', undefined, '\nCount.\n', 'Seven.'],
    ['a thought of Gemma 4 that is empty', '<|channel>thought\n<channel|>Seven.', undefined, '\n', 'Seven.'],
    [
      'the second of two pairs',
      '<seed:think>Count.</seed:think>Seven.',
      [
        ['<think>', '</think>'],
        ['<seed:think>', '</seed:think>'],
      ],
      'Count.',
      'Seven.',
    ],
    [
      'two kinds of tags in turn',
      '<a>One.</a><b>Two.</b>Seven.',
      [
        ['<a>', '</a>'],
        ['<b>', '</b>'],
      ],
      'One.Two.',
      'Seven.',
    ],
    [
      'think tags with own tags set',
      '<think>Count.</think>Seven.',
      [['<a>', '</a>']],
      undefined,
      '<think>Count.</think>Seven.',
    ],
    ['think tags with `false`', '<think>Count.</think>Seven.', false, undefined, '<think>Count.</think>Seven.'],
    ['think tags with an empty list', '<think>a</think>Seven.', [], undefined, '<think>a</think>Seven.'],
    [
      'think tags in the middle',
      'Use <think> and </think> here.',
      undefined,
      undefined,
      'Use <think> and </think> here.',
    ],
  ])('is read from %s', async (_, content, tags, reasoning, text) => {
    expect(await read(content, tags)).toEqual(thrice(reasoning, text))
  })

  it('stays in a text completion', async () => {
    const body = { choices: [{ text: 'a</think>b', finish_reason: 'stop' }] }
    const { text } = await completeText(testClient({ fetch: async () => json(body) }), { model: 'm', prompt: 'x' })
    expect(text).toBe('a</think>b')
  })
})

describe('a closing tag without its opening tag', () => {
  it.each<[string, string, Tags, string | undefined, string]>([
    ['a think tag', 'Count them.\n</think>\n\nSeven.', undefined, 'Count them.\n', 'Seven.'],
    ['an own tag', 'Count.[/THINK]Seven.', [['[THINK]', '[/THINK]']], 'Count.', 'Seven.'],
    ['a tag with `false`', 'Count.</think>Seven.', false, undefined, 'Count.</think>Seven.'],
    ['a tag in a quotation', 'Write `</think>` at the end.', undefined, undefined, 'Write `</think>` at the end.'],
    ['the last of two', 'Count.</think>Seven.</think>', undefined, 'Count.', 'Seven.</think>'],
  ])('ends reasoning in the response: %s', async (_, content, tags, reasoning, text) => {
    expect(await read(content, tags)).toEqual(thrice(reasoning, text))
  })

  it('is dropped where it begins the text', async () => {
    expect((await completeMessage({ content: '</think>\nSeven.' })).text).toBe('Seven.')
  })

  it('is text where the server separates the reasoning itself', async () => {
    const message = { reasoning_content: 'Count.', content: 'The tag </think> closes.' }
    expect(await completeMessage(message)).toMatchObject({ text: 'The tag </think> closes.', reasoning: 'Count.' })
  })

  it('leaves the text events of a stream as they were emitted', async () => {
    const { events, response } = await streamDeltas([
      { content: 'Count.' },
      { content: '</think>' },
      { content: 'Seven.' },
    ])
    expect(joinDeltas(events, 'text-delta')).toBe('Count.</think>Seven.')
    expect(response).toMatchObject({ text: 'Seven.', reasoning: 'Count.' })
  })
})

describe('the channels of the harmony format', () => {
  it.each<[string, string, Tags, string | undefined, string]>([
    ['analysis and final', HARMONY, undefined, 'Count them.', 'Seven.'],
    ['an end mark', `${HARMONY}<|return|>`, undefined, 'Count them.', 'Seven.'],
    ['its first mark', `<|start|>assistant${HARMONY}`, undefined, 'Count them.', 'Seven.'],
    ['a message without a channel', '<|start|>assistant<|message|>Seven.<|return|>', undefined, undefined, 'Seven.'],
    ['another mark', '<|start|>user', undefined, undefined, '<|start|>user'],
    ['final alone', '<|channel|>final<|message|>Seven.<|end|>', undefined, undefined, 'Seven.'],
    ['analysis alone', '<|channel|>analysis<|message|>Count them.<|end|>', undefined, 'Count them.', ''],
    ['a preamble', '<|channel|>commentary<|message|>Let me see.', undefined, undefined, 'Let me see.'],
    ['angle brackets in the text', '<|channel|>final<|message|>a <| b <|c|> d', undefined, undefined, 'a <| b <|c|> d'],
    [
      'a call of a tool',
      '<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"x":1}<|call|>',
      undefined,
      undefined,
      '<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"x":1}<|call|>',
    ],
    ['own tags set', HARMONY, [['<a>', '</a>']], 'Count them.', 'Seven.'],
    ['`false`', HARMONY, false, undefined, HARMONY],
  ])('are separated: %s', async (_, content, tags, reasoning, text) => {
    expect(await read(content, tags)).toEqual(thrice(reasoning, text))
  })

  it('give up on a header that never ends', async () => {
    const content = `<|channel|>${'final '.repeat(100)}`
    expect((await completeMessage({ content })).text).toContain('final final')
  })
})

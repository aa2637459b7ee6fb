import { describe, expect, it } from 'vitest'
import { createLMStudio, generateObject } from 'lmstudio-provider'
import { joinDeltas } from '../helpers/chat.js'
import { json } from '../helpers/client.js'
import { choiceOf, completeMessage, completeWith, streamDeltas, streamFrames } from '../helpers/completions.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const end = choiceOf({ delta: {}, finish_reason: 'stop' })

describe('a response without content', () => {
  const usage = { prompt_tokens: 9, completion_tokens: 42, total_tokens: 51 }

  it.each<[string, object]>([
    ['null', { content: null }],
    ['an empty text', { content: '' }],
    ['an empty list', { content: [] }],
    ['no field', {}],
    ['empty parts', { content: [{ type: 'text', text: '' }] }],
  ])('is rejected for content that is %s, although the server counted tokens', async (_, message) => {
    const body = { choices: [{ message, finish_reason: 'stop' }], usage }
    const expected = { name: 'InvalidResponseError', code: 'empty-response', partial: { usage: { outputTokens: 42 } } }
    expect(await rejectionOf(completeWith(body))).toMatchObject(expected)
    const { error } = await streamFrames([choiceOf({ delta: message }), end, { choices: [], usage }])
    expect(error).toMatchObject(expected)
  })
})

describe('a response without content that ended at its token limit', () => {
  it('has a hint about the limit and not about the context', async () => {
    const hint = expect.stringContaining('Raise `maxTokens`') as string
    const expected = { code: 'empty-response', hint }
    expect(await rejectionOf(completeMessage({ content: null }, 'length'))).toMatchObject(expected)
    expect((await streamDeltas([{ content: '' }], 'length')).error).toMatchObject(expected)
  })
})

describe('the whole response in one event', () => {
  const hello = { role: 'assistant', content: 'Seven gulls.' }
  const deltas = ['Seven', ' gulls', '.'].map((content) => choiceOf({ delta: { content } }))
  const deltaOf = (content: string, fields: object = {}): object => choiceOf({ delta: { content }, ...fields })

  it.each<[string, object[]]>([
    ['as `message` with the finish reason', [choiceOf({ message: hello, finish_reason: 'stop' })]],
    ['as `message` before the finish reason', [choiceOf({ message: hello }), end]],
    ['as `message` besides an empty delta', [choiceOf({ message: hello, delta: {}, finish_reason: 'stop' })]],
    ['as `message` besides a delta that is null', [choiceOf({ message: hello, delta: null, finish_reason: 'stop' })]],
    ['as `text`', [choiceOf({ text: 'Seven gulls.', finish_reason: 'stop' })]],
    ['as `text` besides an empty delta', [choiceOf({ delta: {}, text: 'Seven gulls.', finish_reason: 'stop' })]],
    ['as deltas and as `message`', [...deltas, choiceOf({ message: hello, finish_reason: 'stop' })]],
    ['as deltas and as `message` after the end', [...deltas, end, choiceOf({ message: hello })]],
    ['as deltas and as another `message`', [...deltas, choiceOf({ message: { content: ' Seven  gulls. ' } }), end]],
    ['as deltas and as the last delta', [...deltas, deltaOf('Seven gulls.', { finish_reason: 'stop' })]],
    ['as some deltas and as `message`', [deltas[0]!, choiceOf({ message: hello, finish_reason: 'stop' })]],
    [
      'as pieces in `message`',
      [choiceOf({ message: { content: 'Seven' } }), choiceOf({ message: { content: ' gulls.' } }), end],
    ],
    [
      'as a growing `message`',
      [choiceOf({ message: { content: 'Seven' } }), choiceOf({ message: { content: 'Seven gulls.' } }), end],
    ],
    [
      'as all of the message so far besides each delta',
      [
        choiceOf({ delta: { content: 'Seven' }, message: { content: 'Seven' } }),
        choiceOf({ delta: { content: ' gulls.' }, message: { content: 'Seven gulls.' } }),
        choiceOf({ delta: {}, message: { content: 'Seven gulls.' }, finish_reason: 'stop' }),
      ],
    ],
    ['as deltas and as `text`', [choiceOf({ delta: { content: 'Seven gulls.' }, text: 'Seven gulls.' }), end]],
    ['as one choice that is not in a list', [{ choices: { message: hello, finish_reason: 'stop' } }]],
    ['as `message` without choices', [{ id: 'c', message: hello, done_reason: 'stop' }]],
  ])('is read once %s', async (_, frames) => {
    const { events, error, response } = await streamFrames(frames)
    expect(error).toBeUndefined()
    expect(response).toMatchObject({ text: 'Seven gulls.' })
    expect(joinDeltas(events, 'text-delta')).toBe('Seven gulls.')
  })

  it('is not read from an event of another kind', async () => {
    const ping = `event: ping\ndata: {"message":{"content":"other"}}\n\n`
    expect((await streamFrames([ping, ...deltas, end])).response?.text).toBe('Seven gulls.')
  })

  it('keeps a word that the model repeats', async () => {
    const { response } = await streamFrames([deltaOf('ha'), deltaOf('ha', { finish_reason: 'stop' })])
    expect(response?.text).toBe('haha')
  })

  it('adds reasoning and tool calls of a repeated message once', async () => {
    const toolCalls = [{ id: 'a', function: { name: 'f', arguments: '{"x":1}' } }]
    const { response, events } = await streamFrames([
      choiceOf({ delta: { reasoning: 'Co' } }),
      choiceOf({ delta: { reasoning: 'unt.' } }),
      choiceOf({ delta: { tool_calls: [{ index: 0, ...toolCalls[0] }] } }),
      choiceOf({ message: { content: null, reasoning: 'Count.', tool_calls: toolCalls }, finish_reason: 'tool_calls' }),
    ])
    expect(response).toMatchObject({ text: '', reasoning: 'Count.', toolCalls: [{ id: 'a', arguments: { x: 1 } }] })
    expect(response?.toolCalls).toHaveLength(1)
    expect(joinDeltas(events, 'reasoning-delta')).toBe('Count.')
  })

  it.each<[string, object[]]>([
    ['in the last delta', [choiceOf({ delta: { reasoning: 'Count.', content: 'Seven.' }, finish_reason: 'stop' })]],
    ['in a message', [choiceOf({ message: { reasoning: 'Count.', content: 'Seven.' }, finish_reason: 'stop' })]],
    ['in a message before the end', [choiceOf({ message: { reasoning: 'Count.', content: 'Seven.' } }), end]],
  ])('reads reasoning once that is repeated whole %s', async (_, rest) => {
    const started = ['Co', 'unt.'].map((reasoning) => choiceOf({ delta: { reasoning } }))
    const { response } = await streamFrames([...started, ...rest])
    expect(response).toMatchObject({ reasoning: 'Count.', text: 'Seven.' })
  })

  it('reads what a message has beyond the deltas before it', async () => {
    const { response, events } = await streamFrames([
      choiceOf({ delta: { reasoning: 'Co' } }),
      choiceOf({ message: { reasoning: 'Count.', content: 'Seven.' }, finish_reason: 'stop' }),
    ])
    expect(response).toMatchObject({ reasoning: 'Count.', text: 'Seven.' })
    expect(joinDeltas(events, 'reasoning-delta')).toBe('Count.')
  })

  it('reads a message in pieces of which two are equal', async () => {
    const piece = choiceOf({ message: { reasoning: 'ha' } })
    const { response } = await streamFrames([piece, piece, choiceOf({ message: { content: 'Seven.' } }), end])
    expect(response).toMatchObject({ reasoning: 'haha', text: 'Seven.' })
  })

  it('compares a repeated message without its think tags', async () => {
    const { response } = await streamFrames([
      ...['<think>', 'Count.', '</think>', 'Seven.'].map((content) => deltaOf(content)),
      choiceOf({ message: { content: '<think>Count.</think>Seven.' }, finish_reason: 'stop' }),
    ])
    expect(response).toMatchObject({ text: 'Seven.', reasoning: 'Count.' })
  })

  it.each<[string, unknown]>([
    ['`delta`', { choices: [{ delta: { content: 'Seven.' }, finish_reason: 'stop' }] }],
    ['`text`', { choices: [{ text: 'Seven.', finish_reason: 'stop' }] }],
    ['`text` besides an empty message', { choices: [{ message: {}, text: 'Seven.', finish_reason: 'stop' }] }],
    ['the second choice', { choices: [null, { message: { content: 'Seven.' }, finish_reason: 'stop' }] }],
    ['a choice that is not in a list', { choices: { message: { content: 'Seven.' } } }],
    ['`message` without choices', { message: { role: 'assistant', content: 'Seven.' }, done: true }],
    ['`content` without choices', { content: 'Seven.', stop: true }],
  ])('is read from %s of a whole body', async (_, body) => {
    expect(await completeWith(body)).toMatchObject({ text: 'Seven.', raw: body })
  })

  it('reads the only choice, whatever its index', async () => {
    const frames = ['Sev', 'en.'].map((content) => ({ choices: [{ index: 1, delta: { content } }] }))
    const { response } = await streamFrames([...frames, { choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] }])
    expect(response?.text).toBe('Seven.')
  })
})

describe('content that is a list of parts', () => {
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'A capital.' }] }

  it.each<[string, unknown, object]>([
    ['thinking with parts', [thinking, { type: 'text', text: 'Oban' }], { reasoning: 'A capital.', text: 'Oban' }],
    [
      'thinking with text',
      [
        { type: 'thinking', thinking: 'A capital.' },
        { type: 'text', text: 'Oban' },
      ],
      { reasoning: 'A capital.', text: 'Oban' },
    ],
    [
      'reasoning and output_text',
      [
        { type: 'reasoning', text: 'A capital.' },
        { type: 'output_text', text: 'Oban' },
      ],
      { reasoning: 'A capital.', text: 'Oban' },
    ],
    [
      'a summary of the reasoning',
      [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'A capital.' }] },
        { type: 'text', text: 'Oban' },
      ],
      { reasoning: 'A capital.', text: 'Oban' },
    ],
    ['an unknown type with text', [{ type: 'poem', text: 'Oban' }], { text: 'Oban' }],
    [
      'an unknown type without text',
      [
        { type: 'image', data: 'x' },
        { type: 'text', text: 'Oban' },
      ],
      { text: 'Oban' },
    ],
    ['strings', ['Ob', 'an'], { text: 'Oban' }],
    ['null among parts', [null, { type: 'text', text: 'Oban' }], { text: 'Oban' }],
    ['a text with a value', [{ type: 'text', text: { value: 'Oban' } }], { text: 'Oban' }],
    ['one part without a list', { type: 'text', text: 'Oban' }, { text: 'Oban' }],
    [
      'think tags',
      [{ type: 'text', text: '<think>A capital.</think>Oban' }],
      { reasoning: 'A capital.', text: 'Oban' },
    ],
  ])('is read with %s, whole and in deltas', async (_, content, expected) => {
    expect(await completeMessage({ content })).toMatchObject(expected)
    expect((await streamDeltas([{ content }])).response).toMatchObject(expected)
  })

  it('emits events for parts in deltas', async () => {
    const { events } = await streamDeltas([{ content: [thinking] }, { content: [{ type: 'text', text: 'Oban' }] }])
    expect(events.slice(1, 3)).toEqual([
      { type: 'reasoning-delta', text: 'A capital.' },
      { type: 'text-delta', text: 'Oban' },
    ])
  })

  it('reports a part that is a refusal', async () => {
    const response = await completeMessage({ content: [{ type: 'refusal', refusal: 'No.' }] })
    expect(response).toMatchObject({ text: 'No.', refusal: 'No.', finishReason: 'content-filter' })
  })
})

describe('reasoning in a field of its own', () => {
  it.each<[string, object]>([
    ['reasoning_content', { reasoning_content: 'Count.' }],
    ['reasoning', { reasoning: 'Count.' }],
    ['thinking', { thinking: 'Count.' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'Count.' }] }],
    ['reasoning_details with a summary', { reasoning_details: [{ type: 'reasoning.summary', summary: 'Count.' }] }],
    ['reasoning and reasoning_details', { reasoning: 'Count.', reasoning_details: [{ text: 'Count.' }] }],
    ['an object with a summary', { reasoning: { summary: [{ type: 'summary_text', text: 'Count.' }] } }],
    ['a list', { reasoning_content: [{ type: 'text', text: 'Count.' }] }],
    ['an empty field before another one', { reasoning_content: '', reasoning: null, thinking: 'Count.' }],
  ])('is read from %s, whole and in deltas', async (_, fields) => {
    const expected = { text: 'Seven.', reasoning: 'Count.' }
    expect(await completeMessage({ content: 'Seven.', ...fields })).toMatchObject(expected)
    expect((await streamDeltas([fields, { content: 'Seven.' }])).response).toMatchObject(expected)
  })

  it.each<[unknown]>([[7], [true], [{}], [[]]])('is absent if the field holds %j', async (reasoning) => {
    expect(await completeMessage({ content: 'Seven.', reasoning })).not.toHaveProperty('reasoning')
  })
})

describe('what a message holds besides its text', () => {
  const annotation = { type: 'url_citation', url_citation: { url: 'https://example.org', title: 'Gulls' } }

  it('is delivered, whole and in deltas', async () => {
    const expected = { text: 'Seven.', refusal: 'No more.', annotations: [annotation] }
    const message = { content: 'Seven.', refusal: 'No more.', annotations: [annotation] }
    expect(await completeMessage(message)).toMatchObject(expected)
    const deltas = [{ content: 'Seven.' }, { refusal: 'No ' }, { refusal: 'more.' }, { annotations: [annotation] }]
    expect((await streamDeltas(deltas)).response).toMatchObject(expected)
  })

  it.each(['stop', null])(
    'makes a refusal the text, whole and in deltas, with the finish reason %j',
    async (reason) => {
      const expected = { text: 'No. Sorry.', refusal: 'No. Sorry.', finishReason: 'content-filter' }
      const whole = await completeMessage({ content: null, refusal: 'No. Sorry.' }, reason)
      expect(whole).toMatchObject({ ...expected, rawFinishReason: reason ?? undefined })
      const { response, events } = await streamDeltas([{ content: '', refusal: 'No. ' }, { refusal: 'Sorry.' }])
      expect(response).toMatchObject(expected)
      expect(events.filter(({ type }) => type === 'text-delta')).toEqual([
        { type: 'text-delta', text: 'No. ' },
        { type: 'text-delta', text: 'Sorry.' },
      ])
    },
  )

  it('keeps the finish reason of a refusal beside text, and of one that was cut', async () => {
    expect(await completeMessage({ content: 'Seven.', refusal: 'No.' })).toMatchObject({ finishReason: 'stop' })
    expect(await completeMessage({ refusal: 'No.' }, 'length')).toMatchObject({ text: 'No.', finishReason: 'length' })
  })

  it('makes an object that is refused an error', async () => {
    const fetch = async () => json(choiceOf({ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }))
    const request = { prompt: 'x', schema: { type: 'object' } } as const
    const generated = generateObject(createLMStudio({ fetch, model: 'm' }), request)
    expect(await rejectionOf(generated)).toMatchObject({ code: 'output-refused', text: 'No.' })
  })

  it('includes the citations of the body', async () => {
    const body = choiceOf({ message: { content: 'Seven.' } }, { citations: ['https://example.org'] })
    expect(await completeWith(body)).toMatchObject({ annotations: ['https://example.org'] })
  })

  it('leaves unknown fields in `raw`', async () => {
    const body = choiceOf({ message: { content: 'Seven.', mood: 'calm' }, usage: 'odd' }, { id: 7, tide: { high: 3 } })
    expect((await completeWith(body)).raw).toEqual(body)
  })
})

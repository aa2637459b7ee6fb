import { describe, expect, it } from 'vitest'
import { completeText, streamCompleteText } from '../../src/completions/complete-text.js'
import { DONE, frame } from '../helpers/chat.js'
import { eventStream, json, testClient } from '../helpers/client.js'
import { choiceOf, completeWith, streamFrames } from '../helpers/completions.js'

const top = { token: ' gulls', logprob: -3.25, bytes: [32] }
const wire = (token: string, logprob: number, top_logprobs: unknown = []): object => ({
  token,
  logprob,
  bytes: null,
  top_logprobs,
})

describe('log probabilities', () => {
  it('are delivered in a whole response', async () => {
    const logprobs = { content: [wire('Seven', -0.5, [top]), wire('.', -0.125)], refusal: null }
    const body = choiceOf({ message: { content: 'Seven.' }, logprobs, finish_reason: 'stop' })
    expect((await completeWith(body)).logprobs).toEqual([
      { token: 'Seven', logprob: -0.5, topLogprobs: [{ token: ' gulls', logprob: -3.25 }] },
      { token: '.', logprob: -0.125 },
    ])
  })

  it('are delivered with the text of a stream, and all of them in its response', async () => {
    const { events, response } = await streamFrames([
      choiceOf({ delta: { role: 'assistant' }, logprobs: null }),
      choiceOf({ delta: { content: 'Seven' }, logprobs: { content: [wire('Seven', -0.5)] } }),
      choiceOf({ delta: { content: '.' }, logprobs: { content: [wire('.', -0.125)] } }),
      choiceOf({ delta: {}, logprobs: { content: [wire('', -1)] }, finish_reason: 'stop' }),
    ])
    expect(events.slice(1, 3)).toEqual([
      { type: 'text-delta', text: 'Seven', logprobs: [{ token: 'Seven', logprob: -0.5 }] },
      { type: 'text-delta', text: '.', logprobs: [{ token: '.', logprob: -0.125 }] },
    ])
    expect(response?.logprobs?.map(({ token }) => token)).toEqual(['Seven', '.', ''])
  })

  const legacy = {
    tokens: [' and', ' the'],
    token_logprobs: [-0.5, -0.25],
    top_logprobs: [{ ' or': -2 }, null],
    text_offset: [0, 4],
  }
  const read = [
    { token: ' and', logprob: -0.5, topLogprobs: [{ token: ' or', logprob: -2 }] },
    { token: ' the', logprob: -0.25 },
  ]

  it('of text completions have the same form, whole and in a stream', async () => {
    const choice = { index: 0, text: ' and the', logprobs: legacy, finish_reason: 'stop' }
    const client = testClient({ fetch: async () => json({ choices: [choice] }) })
    expect((await completeText(client, { model: 'm', prompt: 'x' })).logprobs).toEqual(read)
    const { response } = eventStream([frame({ id: 'c', choices: [choice] }), DONE])
    const streamed = streamCompleteText(testClient({ fetch: async () => response }), { model: 'm', prompt: 'x' })
    expect((await streamed.response).logprobs).toEqual(read)
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a string', 'x'],
    ['content of another type', { content: 7 }],
    ['entries without a token', { content: [null, {}, { token: 7, logprob: 0 }, { token: 'a', logprob: 'x' }] }],
    ['lists of different kinds', { tokens: ['a'], token_logprobs: null }],
  ])('are absent for %s', async (_, logprobs) => {
    const response = await completeWith(choiceOf({ message: { content: 'Seven.' }, logprobs }))
    expect(response).not.toHaveProperty('logprobs')
    expect(response.text).toBe('Seven.')
  })

  it('are left out where they are not finite', async () => {
    const body = `{"choices":[{"message":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1e999},{"token":"b","logprob":0}]}}]}`
    expect((await completeWith(body)).logprobs).toEqual([{ token: 'b', logprob: 0 }])
  })
})

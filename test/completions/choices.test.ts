import { describe, expect, it } from 'vitest'
import { choiceOf, completeMessage, completeWith, streamDeltas, streamFrames } from '../helpers/completions.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const first = { index: 0, finish_reason: 'stop' }
const second = { index: 1, finish_reason: 'stop' }

describe('of several choices', () => {
  it('the one with the index 0 is read, whole and streamed', async () => {
    const choices = (key: string) => [
      { ...second, [key]: { content: 'Eight.' } },
      { ...first, [key]: { content: 'Seven.' } },
    ]
    expect(await completeWith({ id: 'c', model: 'm', choices: choices('message') })).toMatchObject({ text: 'Seven.' })
    const { response } = await streamFrames([{ id: 'c', model: 'm', choices: choices('delta') }])
    expect(response).toMatchObject({ text: 'Seven.' })
  })

  it('the first is read where none has the index 0', async () => {
    const choices = [
      { ...second, message: { content: 'Seven.' } },
      { ...second, index: 2, message: { content: 'Eight.' } },
    ]
    expect(await completeWith({ id: 'c', model: 'm', choices })).toMatchObject({ text: 'Seven.' })
    const parts = ['Se', 'ven.'].flatMap((content) => [
      choiceOf({ index: 1, delta: { content } }),
      choiceOf({ index: 2, delta: { content: 'Eight.' } }),
    ])
    const { response, events } = await streamFrames([...parts, choiceOf({ index: 1, finish_reason: 'stop' })])
    expect(response).toMatchObject({ text: 'Seven.', finishReason: 'stop' })
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(['Se', 'ven.'])
  })

  it.each<[string, object]>([
    ['is 0', { index: 0 }],
    ['is left out, as JSON made of protocol buffers does with a 0', { index: undefined }],
  ])('only the one whose index %s is read, however many deltas of another come first', async (_, fields) => {
    const { response, events } = await streamFrames([
      choiceOf({ index: 1, delta: { role: 'assistant', content: 'Eight ' } }),
      choiceOf({
        index: 1,
        delta: { content: 'terns.', tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] },
      }),
      choiceOf({ index: 1, delta: {}, finish_reason: 'length' }),
      choiceOf({ ...fields, delta: { content: 'Seven ' } }),
      choiceOf({ index: 2, delta: { content: 'Nine.' } }),
      choiceOf({ ...fields, delta: { content: 'gulls.' } }),
      choiceOf({ ...fields, delta: {}, finish_reason: 'stop' }),
    ])
    expect(response).toMatchObject({ text: 'Seven gulls.', finishReason: 'stop', toolCalls: [] })
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(['Seven ', 'gulls.'])
  })

  it('one that is cut is incomplete, although another is complete', async () => {
    const { error } = await streamFrames([
      choiceOf({ index: 1, delta: { content: 'Eight.' }, finish_reason: 'stop' }),
      choiceOf({ delta: { content: 'Sev' } }),
      { error: { message: 'boom' } },
    ])
    expect(error).toMatchObject({ serverMessage: 'boom', partial: { text: 'Sev' } })
  })

  it('one that never ends is incomplete where another has ended, also after [DONE]', async () => {
    const ended = choiceOf({ index: 1, delta: { content: 'Eight.' }, finish_reason: 'stop' })
    const cut = choiceOf({ delta: { content: 'Sev' } })
    const expected = { code: 'stream-interrupted', partial: { text: 'Sev' } }
    expect((await streamFrames([ended, cut])).error).toMatchObject(expected)
    expect((await streamFrames([cut, ended])).error).toMatchObject(expected)
    expect((await streamFrames([cut])).response).toMatchObject({ text: 'Sev', finishReason: 'other' })
  })

  it('the first is in `partial` where none has the index 0', async () => {
    const { error } = await streamFrames([
      choiceOf({ index: 1, delta: { content: 'Sev' } }),
      { error: { message: 'boom' } },
    ])
    expect(error).toMatchObject({ serverMessage: 'boom', partial: { text: 'Sev' } })
  })

  it('one other than 0 is read as it arrives once it is too long to wait for another', async () => {
    const content = 'x'.repeat(600_000)
    const { events, response } = await streamFrames([
      choiceOf({ index: 1, delta: { content } }),
      choiceOf({ index: 1, delta: { content } }),
      choiceOf({ index: 1, delta: { content: 'end' } }),
      choiceOf({ index: 0, delta: { content: 'Seven.' }, finish_reason: 'stop' }),
      choiceOf({ index: 1, finish_reason: 'stop' }),
    ])
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text.length] : []))).toEqual([
      600_000, 600_000, 3,
    ])
    expect(response?.text).toHaveLength(1_200_003)
  })
})

describe('a finish reason that reports a failure without an error', () => {
  const call = { index: 0, id: 'a', function: { name: 'f', arguments: '{"ci' } }

  it.each(['error', 'ERROR', 'failed', 'abort', 'aborted', 'cancelled', 'canceled'])(
    'rejects with what had arrived: %s',
    async (reason) => {
      const expected = { name: 'ApiError', code: 'generation-failed', partial: { text: 'Sev' } }
      const message = { content: 'Sev' }
      expect(await rejectionOf(completeMessage(message, reason))).toMatchObject(expected)
      const { error, events } = await streamDeltas([message], reason)
      expect(error).toMatchObject(expected)
      expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta'])
      const text = await completeWith({ choices: [{ text: 'Sev', finish_reason: reason }] }).catch((caught) => caught)
      expect(text).toMatchObject(expected)
    },
  )

  it('counts for more than missing content or a cut tool call', async () => {
    const expected = { name: 'ApiError', code: 'generation-failed' }
    expect(await rejectionOf(completeWith(choiceOf({ finish_reason: 'error' })))).toMatchObject(expected)
    expect(await rejectionOf(completeMessage({ content: null }, 'error'))).toMatchObject(expected)
    expect(await rejectionOf(completeMessage({ tool_calls: [call] }, 'error'))).toMatchObject(expected)
    expect((await streamDeltas([], 'error')).error).toMatchObject(expected)
    expect((await streamDeltas([{ tool_calls: [call] }], 'error')).error).toMatchObject({
      ...expected,
      partial: { toolCalls: [{ id: 'a', name: 'f' }] },
    })
  })

  it('counts for less than the error that follows it', async () => {
    const { error } = await streamFrames([
      choiceOf({ delta: { content: 'Sev' } }),
      choiceOf({ delta: {}, finish_reason: 'error' }),
      { error: { message: 'the context window is full' } },
    ])
    expect(error).toMatchObject({ name: 'ContextLengthError', partial: { text: 'Sev' } })
  })
})

describe('several finish reasons of one stream', () => {
  it.each([
    ['length', 'stop', 'length'],
    ['content_filter', 'stop', 'content-filter'],
    ['length', 'sunset', 'length'],
    ['stop', 'length', 'length'],
    ['sunset', 'stop', 'stop'],
  ])('%s and %s become %s', async (before, after, finishReason) => {
    const { response } = await streamFrames([
      choiceOf({ delta: { content: 'Sev' }, finish_reason: before }),
      choiceOf({ delta: {}, finish_reason: after }),
    ])
    expect(response).toMatchObject({ text: 'Sev', finishReason })
  })

  it.each([
    ['error', 'stop'],
    ['stop', 'error'],
    ['length', 'error'],
    ['error', 'length'],
  ])('%s and %s are a failure', async (before, after) => {
    const { error } = await streamFrames([
      choiceOf({ delta: { content: 'Sev' }, finish_reason: before }),
      choiceOf({ delta: {}, finish_reason: after }),
    ])
    expect(error).toMatchObject({ code: 'generation-failed', partial: { text: 'Sev' } })
  })
})

describe('an error inside a choice', () => {
  it.each<[string, object]>([
    ['an object', { error: { message: 'boom' } }],
    ['a text', { error: 'boom' }],
    ['a finish reason beside it', { error: { message: 'boom' }, finish_reason: 'error' }],
  ])('is thrown with what had arrived: %s', async (_, fields) => {
    const expected = { serverMessage: 'boom', partial: { text: 'Sev' } }
    const whole = completeWith(choiceOf({ message: { content: 'Sev' }, ...fields }))
    expect(await rejectionOf(whole)).toMatchObject(expected)
    const inDelta = await streamFrames([choiceOf({ delta: { content: 'Sev' }, ...fields })])
    expect(inDelta.error).toMatchObject(expected)
    const after = await streamFrames([choiceOf({ delta: { content: 'Sev' } }), choiceOf({ ...fields })])
    expect(after.error).toMatchObject(expected)
  })

  it('is thrown without a message', async () => {
    const whole = completeWith(choiceOf({ error: { message: 'boom' }, finish_reason: 'error' }))
    expect(await rejectionOf(whole)).toMatchObject({ serverMessage: 'boom' })
  })

  it.each([null, ''])('is none where it is %j, also beside the choices', async (error) => {
    const fields = { message: { content: 'Seven.' }, error, finish_reason: 'stop' }
    expect(await completeWith(choiceOf(fields, { error }))).toMatchObject({ text: 'Seven.' })
    const chunk = choiceOf({ delta: { content: 'Seven.' }, error, finish_reason: 'stop' }, { error })
    expect((await streamFrames([chunk])).response).toMatchObject({ text: 'Seven.' })
  })
})

import { describe, expect, it } from 'vitest'
import { choiceOf, completeWith, streamFrames } from '../helpers/completions.js'
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

  it('is none where it is null', async () => {
    const body = choiceOf({ message: { content: 'Seven.' }, error: null, finish_reason: 'stop' })
    expect(await completeWith(body)).toMatchObject({ text: 'Seven.' })
  })
})

import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudioOptions } from '../../../src/testing/index.js'
import { hello, model, post } from '../support/mock-requests.js'
import { framesOf } from '../support/read-frames.js'

const tools = [{ name: 'tide_at', input_schema: { type: 'object', properties: { harbor: { type: 'string' } } } }]
const tideQuestion = [{ role: 'user', content: 'Tide at Oban?' }]

// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into the message
async function send(body: object, mock = createMockLMStudio()): Promise<any> {
  return (await post(mock, '/v1/messages', { model, max_tokens: 99, messages: hello, ...body })).json()
}

describe('POST /v1/messages', () => {
  test('a tool is used, and its result put into words', async () => {
    const mock = createMockLMStudio()
    const first = await send({ messages: tideQuestion, tools }, mock)
    expect(first.stop_reason).toBe('tool_use')
    expect(first.content[0]).toMatchObject({ type: 'tool_use', name: 'tide_at', input: { harbor: 'Oban' } })
    const result = { type: 'tool_result', tool_use_id: first.content[0].id, content: [{ type: 'text', text: '04:12' }] }
    const messages = [
      ...tideQuestion,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [result] },
    ]
    expect((await send({ messages, tools }, mock)).content).toEqual([
      { type: 'text', text: 'According to tide_at: 04:12' },
    ])
  })

  test('a streamed tool use sends its input as JSON fragments', async () => {
    const request = { model, max_tokens: 99, messages: tideQuestion, tools, stream: true }
    const frames = await framesOf(post(createMockLMStudio(), '/v1/messages', request))
    expect(frames.map(({ data }) => data.delta?.partial_json ?? '').join('')).toBe('{"harbor":"Oban"}')
  })

  test('text blocks, images and the system prompt reach the script', async () => {
    const seen: unknown[] = []
    const options: MockLMStudioOptions = {
      reply: ({ messages }) => {
        seen.push(...messages)
        return 'Aye.'
      },
    }
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'What?' }, image] }]
    await send({ system: [{ type: 'text', text: 'Be brief.' }], messages }, createMockLMStudio(options))
    expect(seen).toEqual([
      { role: 'system', text: 'Be brief.', images: [] },
      { role: 'user', text: 'What?', images: ['data:image/png;base64,AAAA'] },
    ])
  })

  test.each([
    ['any', 'tool_use'],
    ['tool', 'tool_use'],
    ['none', 'end_turn'],
    ['auto', 'end_turn'],
  ])('tool_choice of type "%s" stops with "%s"', async (type, stopReason) => {
    expect((await send({ tools, tool_choice: { type } })).stop_reason).toBe(stopReason)
  })

  test('the stop sequence that was found is named', async () => {
    const messages = [{ role: 'user', content: 'echo: one two three' }]
    expect(await send({ messages, stop_sequences: ['two'] })).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'two',
      content: [{ text: 'one ' }],
    })
  })

  test('max_tokens cuts the text', async () => {
    const messages = [{ role: 'user', content: 'echo: one two three' }]
    expect(await send({ messages, max_tokens: 2 })).toMatchObject({
      stop_reason: 'max_tokens',
      content: [{ text: 'one two' }],
    })
  })

  test('a prompt that exceeds the context is an error of this route, whole and streamed', async () => {
    const mock = createMockLMStudio({ models: [{ id: model, loaded: true, contextLength: 8 }] })
    const request = { model, max_tokens: 9, messages: [{ role: 'user', content: 'gull '.repeat(99) }] }
    const error = {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Context size has been exceeded.' },
    }
    const whole = await post(mock, '/v1/messages', request)
    expect(whole.status).toBe(400)
    expect(await whole.json()).toEqual(error)
    expect(await framesOf(post(mock, '/v1/messages', { ...request, stream: true }))).toEqual([
      { event: 'error', data: error },
    ])
  })

  test('a model that is unloaded during a stream ends it with an error', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 1 }] })
    const frames = framesOf(post(mock, '/v1/messages', { model, max_tokens: 9, messages: hello, stream: true }))
    await mock.whenHeld()
    await post(mock, '/api/v1/models/unload', { instance_id: model })
    mock.release()
    expect((await frames).at(-1)).toEqual({
      event: 'error',
      data: { type: 'error', error: { type: 'api_error', message: 'Model is unloaded.' } },
    })
  })
})

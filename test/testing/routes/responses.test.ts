import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { model, post } from '../support/mock-requests.js'
import { framesOf } from '../support/read-frames.js'

const tools = [{ type: 'function', name: 'tide_at', parameters: { type: 'object', properties: {} } }]
const reasoning = { effort: 'none' }

// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into the response
async function respond(body: object, mock = createMockLMStudio()): Promise<any> {
  return (await post(mock, '/v1/responses', { model, input: 'Hello.', reasoning, ...body })).json()
}

describe('POST /v1/responses', () => {
  test('a conversation continues from any stored response', async () => {
    const messageCounts: number[] = []
    const mock = createMockLMStudio({
      reply: ({ messages }) => {
        messageCounts.push(messages.length)
        return 'Aye.'
      },
    })
    const { id } = await respond({}, mock)
    await respond({ previous_response_id: id }, mock)
    await respond({ previous_response_id: id }, mock)
    expect(messageCounts).toEqual([1, 3, 3])
  })

  test('a response with store: false cannot be continued', async () => {
    const mock = createMockLMStudio()
    const { id } = await respond({ store: false }, mock)
    const response = await post(mock, '/v1/responses', { model, input: 'x', previous_response_id: id })
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatchObject({
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    })
  })

  test('a function call and its output make a tool round', async () => {
    const mock = createMockLMStudio()
    const [call] = (await respond({ input: 'Tide?', tools }, mock)).output
    expect(call).toMatchObject({ type: 'function_call', name: 'tide_at', arguments: '{}', status: 'completed' })
    const input = [
      { role: 'user', content: 'Tide?' },
      call,
      { type: 'function_call_output', call_id: call.call_id, output: '04:12' },
    ]
    const { output } = await respond({ input }, mock)
    expect(output[0].content[0].text).toBe('According to tide_at: 04:12')
  })

  test('an output may name a call of the stored conversation', async () => {
    const mock = createMockLMStudio()
    const first = await respond({ input: 'Tide?', tools }, mock)
    const input = [{ type: 'function_call_output', call_id: first.output[0].call_id, output: '04:12' }]
    const { output } = await respond({ input, previous_response_id: first.id }, mock)
    expect(output[0].content[0].text).toBe('According to tide_at: 04:12')
  })

  test('text.format is accepted and has no effect', async () => {
    const text = { format: { type: 'json_schema', name: 'x', schema: { type: 'object' } } }
    const response = await respond({ text })
    expect(response.text).toEqual(text)
    expect(response.output[0].content[0].text).toBe('You said: Hello.')
  })

  test('a truncated response is incomplete', async () => {
    expect(await respond({ input: 'lorem 50', max_output_tokens: 3 })).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
  })

  test('a stream numbers its events from zero', async () => {
    const request = { model, input: 'Hello.', reasoning, stream: true }
    const frames = await framesOf(post(createMockLMStudio(), '/v1/responses', request))
    expect(frames.map(({ event, data }) => [data.sequence_number, event])).toEqual([
      [0, 'response.created'],
      [1, 'response.in_progress'],
      [2, 'response.output_item.added'],
      [3, 'response.content_part.added'],
      [4, 'response.output_text.delta'],
      [5, 'response.output_text.delta'],
      [6, 'response.output_text.delta'],
      [7, 'response.output_text.delta'],
      [8, 'response.output_text.delta'],
      [9, 'response.output_text.done'],
      [10, 'response.content_part.done'],
      [11, 'response.output_item.done'],
      [12, 'response.completed'],
    ])
  })

  test('a model that is unloaded during a stream fails the response', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 1 }] })
    const frames = framesOf(post(mock, '/v1/responses', { model, input: 'x', stream: true }))
    await mock.whenHeld()
    await post(mock, '/api/v1/models/unload', { instance_id: model })
    mock.release()
    expect((await frames).at(-1)).toMatchObject({
      event: 'response.failed',
      data: { response: { status: 'failed', error: { code: 'server_error', message: 'Model is unloaded.' } } },
    })
  })
})

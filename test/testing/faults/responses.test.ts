import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault } from '../../../src/testing/index.js'
import { embeddingModel, model, post } from '../support/mock-requests.js'
import { type Frame, framesOf } from '../support/read-frames.js'

const tools = [{ type: 'function', name: 'tide_at', parameters: { type: 'object', properties: {} } }]

const responseFrames = (fault: MockFault): Promise<Frame[]> =>
  framesOf(
    post(createMockLMStudio({ faults: [fault] }), '/v1/responses', {
      model,
      input: 'Tide?',
      tools,
      reasoning: { effort: 'none' },
      stream: true,
    }),
  )

describe('responses faults', () => {
  test('response-failed ends the stream with the failed response', async () => {
    const frames = await responseFrames({ name: 'response-failed', afterEvents: 3, message: 'Compute error.' })
    expect(frames).toHaveLength(4)
    expect(frames[3]).toMatchObject({
      event: 'response.failed',
      data: {
        sequence_number: 3,
        response: { object: 'response', status: 'failed', error: { code: 'server_error', message: 'Compute error.' } },
      },
    })
  })

  test('argument-deltas adds deltas and keeps the numbering', async () => {
    const frames = await responseFrames('argument-deltas')
    expect(frames.map(({ event, data }) => [data.sequence_number, event])).toEqual([
      [0, 'response.created'],
      [1, 'response.in_progress'],
      [2, 'response.output_item.added'],
      [3, 'response.function_call_arguments.delta'],
      [4, 'response.function_call_arguments.done'],
      [5, 'response.output_item.done'],
      [6, 'response.completed'],
    ])
    expect(frames[3]?.data.delta).toBe('{}')
  })

  test('extra-done adds [DONE] after the last event', async () => {
    expect((await responseFrames('extra-done')).at(-1)).toEqual({ event: undefined, data: '[DONE]' })
  })

  test('embeddings-unordered reverses the vectors, each with its own index', async () => {
    const mock = createMockLMStudio({ faults: ['embeddings-unordered'] })
    const { data } = await (
      await post(mock, '/v1/embeddings', { model: embeddingModel, input: ['a', 'b', 'c'] })
    ).json()
    expect(data.map(({ index }: { index: number }) => index)).toEqual([2, 1, 0])
  })
})

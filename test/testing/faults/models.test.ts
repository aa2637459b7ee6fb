import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault } from '../../../src/testing/index.js'
import { chat, model, post } from '../support/mock-requests.js'
import { type Frame, framesOf } from '../support/read-frames.js'

const faulty = (fault: MockFault, body: object = {}): Promise<Response> =>
  chat(createMockLMStudio({ faults: [fault] }), body)

const faultyFrames = (fault: MockFault): Promise<Frame[]> => framesOf(faulty(fault, { stream: true }))

describe('model-unloaded', () => {
  test('is a 400, once', async () => {
    const mock = createMockLMStudio({ faults: ['model-unloaded'] })
    const response = await chat(mock)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'Model is unloaded.' })
    expect((await chat(mock)).status).toBe(200)
  })

  test('with afterEvents, is a frame of the stream', async () => {
    const frames = await faultyFrames({ name: 'model-unloaded', afterEvents: 1 })
    expect(frames.slice(1)).toEqual([{ event: undefined, data: { error: 'Model is unloaded.' } }])
  })
})

describe('crash', () => {
  const message = 'The model has crashed without additional information. (Exit code: null)'

  test('is a 500, and the instance is gone', async () => {
    const mock = createMockLMStudio({ faults: ['crash'] })
    const response = await chat(mock)
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ error: message })
    expect(mock.loadedInstances).toEqual([])
  })

  test('is an error event of a stream, and the instance is gone', async () => {
    const mock = createMockLMStudio({ faults: ['crash'] })
    const frames = await framesOf(chat(mock, { stream: true }))
    expect(frames.slice(2)).toEqual([{ event: 'error', data: { error: { message } } }])
    expect(mock.loadedInstances).toEqual([])
  })
})

describe('no-models-loaded and load-failed', () => {
  const noModels = "No models loaded. Please load a model in the developer page or use the 'lms load' command."

  test('no-models-loaded is a 400 with an object', async () => {
    const response = await faulty('no-models-loaded')
    expect(response.status).toBe(400)
    expect((await response.json()).error.message).toBe(noModels)
  })

  test('no-models-loaded can be the 404 with a string of 0.3', async () => {
    const response = await faulty({ name: 'no-models-loaded', shape: 'string', status: 404 })
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: noModels })
  })

  test('load-failed also takes loads', async () => {
    const mock = createMockLMStudio({ faults: ['load-failed'] })
    const response = await post(mock, '/api/v1/models/load', { model })
    expect(response.status).toBe(400)
    expect((await response.json()).error.message).toMatch(
      /^Failed to load model "acme\/tern-4b"\. Error: Model loading was stopped due to insufficient system resources\./u,
    )
  })
})

describe('context-overflow', () => {
  const exceedsAvailable = 'request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it'
  const engineObject = {
    code: 400,
    message: exceedsAvailable,
    type: 'exceed_context_size_error',
    n_prompt_tokens: 9001,
    n_ctx: 8192,
  }

  test.each([
    ['exceeded', 'Context size has been exceeded.'],
    ['keep-first', expect.stringMatching(/^Trying to keep the first 9001 tokens when context the overflows\./u)],
    ['n-keep', 'Cannot truncate prompt with n_keep (9001) >= n_ctx (8192)'],
    ['exceeds-available', exceedsAvailable],
    ['engine-object', engineObject],
  ] as const)('wording "%s" is a 400', async (wording, error) => {
    const response = await faulty({ name: 'context-overflow', wording })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error })
  })

  test.each([
    ['n-keep', { message: 'Cannot truncate prompt with n_keep (9001) >= n_ctx (8192)' }],
    ['engine-object', engineObject],
  ] as const)('wording "%s" is an error frame of a stream', async (wording, error) => {
    const frames = await faultyFrames({ name: 'context-overflow', wording })
    expect(frames).toHaveLength(1)
    expect(frames[0]?.data.error).toEqual(error)
  })

  test('an explicit status is used for a stream, too', async () => {
    const response = await faulty({ name: 'context-overflow', status: 500 }, { stream: true })
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ error: 'Context size has been exceeded.' })
  })
})

describe('unusual output', () => {
  test('zero-deltas is a well-formed stream without output', async () => {
    const frames = await faultyFrames('zero-deltas')
    expect(frames).toHaveLength(2)
    expect(frames[0]?.data.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }])
    expect(frames[1]?.data).toBe('[DONE]')
  })

  test('zero-deltas is a whole completion without output', async () => {
    expect((await (await faulty('zero-deltas')).json()).choices[0]).toMatchObject({
      message: { content: '', reasoning_content: '', tool_calls: [] },
      finish_reason: 'stop',
    })
  })

  test('usage-zero sets every count to zero', async () => {
    expect((await (await faulty('usage-zero')).json()).usage).toEqual({
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
      completion_tokens_details: { reasoning_tokens: 0 },
    })
  })

  test('usage-missing omits the usage', async () => {
    expect(await (await faulty('usage-missing')).json()).not.toHaveProperty('usage')
  })

  test('unknown-keys adds keys to every chunk and choice', async () => {
    const chunks = (await faultyFrames('unknown-keys')).slice(0, -1)
    expect(chunks).toHaveLength(6)
    const field = { level: 9 }
    expect(chunks.map(({ data }) => [data.x_future_field, data.choices[0].x_future_field])).toEqual(
      Array.from({ length: 6 }, () => [field, field]),
    )
  })

  test('json-in-reasoning leaves the content empty', async () => {
    const schema = { type: 'object', properties: { gulls: { const: 7 } } }
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
    const { choices } = await (await faulty('json-in-reasoning', { response_format: format })).json()
    expect(choices[0].message).toMatchObject({ content: '', reasoning_content: '{"gulls":7}' })
  })
})

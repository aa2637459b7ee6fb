import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../src/testing/index.js'
import { chat, embeddingModel, hello, model, post } from './support/mock-requests.js'

describe('the model that serves a request', () => {
  test('a loaded instance serves an unknown model, under its own id', async () => {
    expect((await (await chat(createMockLMStudio(), { model: 'acme/puffin-9b' })).json()).model).toBe(model)
  })

  test('JIT loads a model once for concurrent requests', async () => {
    const mock = createMockLMStudio({ loadDelayMs: 1 })
    const responses = await Promise.all([1, 2].map(() => chat(mock, { model: 'acme/heron-base' })))
    expect(responses.map(({ status }) => status)).toEqual([200, 200])
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual([model, 'acme/heron-base'])
  })

  test('the next JIT load evicts the model that JIT loaded before', async () => {
    const mock = createMockLMStudio()
    await chat(mock, { model: 'acme/heron-base' })
    await chat(mock, { model: 'acme/plover-vl' })
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual([model, 'acme/plover-vl'])
  })

  test('without autoEvict, models that JIT loaded stay', async () => {
    const mock = createMockLMStudio({ autoEvict: false })
    await chat(mock, { model: 'acme/heron-base' })
    await chat(mock, { model: 'acme/plover-vl' })
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual([model, 'acme/heron-base', 'acme/plover-vl'])
  })

  test('a JIT load continues when the request that started it is aborted', async () => {
    const mock = createMockLMStudio({ loadDelayMs: 5 })
    const controller = new AbortController()
    const request = { model: 'acme/heron-base' }
    const aborted = chat(mock, request, { signal: controller.signal })
    const other = chat(mock, request)
    await mock.whenCalled('/v1/chat/completions')
    controller.abort()
    await expect(aborted).rejects.toThrow('aborted')
    expect((await other).status).toBe(200)
  })

  test('without JIT and without a loaded model, 0.4 sends a 400 with an object', async () => {
    const response = await chat(createMockLMStudio({ jit: false, models: [{ id: model }] }))
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: {
        message: "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
        type: 'invalid_request_error',
        param: 'model',
        code: null,
      },
    })
  })

  test('without JIT and without a loaded model, 0.3 sends a 404 with a string', async () => {
    const response = await chat(createMockLMStudio({ jit: false, models: [{ id: model }], version: '0.3' }))
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      error: "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
    })
  })

  test('a chat model cannot embed', async () => {
    const response = await post(createMockLMStudio(), '/v1/embeddings', { model, input: 'x' })
    expect(response.status).toBe(400)
    expect((await response.json()).error.message).toBe(
      'Failed to load model "acme/tern-4b". Error: Model is not embedding.',
    )
  })

  test('an embedding model cannot chat', async () => {
    const request = { model: embeddingModel, messages: hello }
    const response = await post(createMockLMStudio(), '/v1/chat/completions', request)
    expect(response.status).toBe(400)
    expect((await response.json()).error.message).toBe(
      'Failed to load model "text-embedding-plover-v2". Error: Model is not llm.',
    )
  })
})

import { afterEach, describe, expect, test, vi } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { get, model, post } from '../support/mock-requests.js'

afterEach(() => {
  vi.useRealTimers()
})

describe('POST /api/v1/models/load', () => {
  test('a second load creates a second instance', async () => {
    const mock = createMockLMStudio()
    const request = { model, context_length: 16384, echo_load_config: true }
    expect(await (await post(mock, '/api/v1/models/load', request)).json()).toEqual({
      type: 'llm',
      instance_id: 'acme/tern-4b:2',
      load_time_seconds: 0,
      status: 'loaded',
      load_config: {
        context_length: 16384,
        eval_batch_size: 512,
        flash_attention: true,
        offload_kv_cache_to_gpu: true,
      },
    })
    expect(mock.loadedInstances.map(({ id, contextLength }) => [id, contextLength])).toEqual([
      ['acme/tern-4b', 8192],
      ['acme/tern-4b:2', 16384],
    ])
  })

  test.each([
    [1, 200],
    [65_536, 200],
    [65_537, 400],
    [0, 400],
  ])('a context_length of %i is a %i', async (contextLength, status) => {
    const request = { model, context_length: contextLength }
    expect((await post(createMockLMStudio(), '/api/v1/models/load', request)).status).toBe(status)
  })

  test('an unknown model is a 404', async () => {
    const response = await post(createMockLMStudio(), '/api/v1/models/load', { model: 'acme/puffin' })
    expect(response.status).toBe(404)
    expect((await response.json()).error).toMatchObject({
      type: 'model_not_found',
      message: 'Model "acme/puffin" not found.',
    })
  })

  test('a load continues when its client disconnects', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const mock = createMockLMStudio({ loadDelayMs: 5000 })
    const controller = new AbortController()
    const load = post(mock, '/api/v1/models/load', { model: 'acme/heron-base' }, { signal: controller.signal })
    await mock.whenCalled('/api/v1/models/load')
    // The load has started once another call has been answered.
    await get(mock, '/lmstudio-greeting')
    controller.abort()
    await expect(load).rejects.toThrow('aborted')
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual([model])
    await vi.advanceTimersByTimeAsync(5000)
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual([model, 'acme/heron-base'])
  })
})

describe('POST /api/v1/models/unload', () => {
  test('unloads one instance by its id', async () => {
    const mock = createMockLMStudio()
    await post(mock, '/api/v1/models/load', { model })
    const response = await post(mock, '/api/v1/models/unload', { instance_id: 'acme/tern-4b:2' })
    expect(await response.json()).toEqual({ instance_id: 'acme/tern-4b:2' })
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual(['acme/tern-4b'])
  })

  test('an unknown instance is a 404', async () => {
    const response = await post(createMockLMStudio(), '/api/v1/models/unload', { instance_id: 'acme/tern-4b:2' })
    expect(response.status).toBe(404)
    expect((await response.json()).error.type).toBe('model_not_found')
  })
})

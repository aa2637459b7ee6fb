import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../src/testing/index.js'
import { chat, get, hello, model, origin, post } from './support/mock-requests.js'

describe('the call log', () => {
  test('records method, path with query, headers and parsed body of a Request object', async () => {
    const mock = createMockLMStudio()
    const init = { method: 'POST', body: '{"model":"x","input":"y"}', headers: { 'X-Mine': '1' } }
    await mock.fetch(new Request(`${origin}/v1/embeddings?a=1`, init))
    expect(mock.calls).toHaveLength(1)
    expect(mock.calls[0]).toMatchObject({
      method: 'POST',
      path: '/v1/embeddings?a=1',
      body: { model: 'x', input: 'y' },
    })
    expect(mock.calls[0]?.headers['x-mine']).toBe('1')
  })

  test('records a body that is not JSON as text', async () => {
    const mock = createMockLMStudio()
    await post(mock, '/v1/embeddings', 'not json')
    expect(mock.calls[0]?.body).toBe('not json')
  })

  test('records the status, and every event of a finished stream', async () => {
    const mock = createMockLMStudio()
    await (await chat(mock, { stream: true })).text()
    await expect(mock.calls[0]?.finished).resolves.toBe('completed')
    expect(mock.calls[0]).toMatchObject({ status: 200, eventsSent: 7, aborted: false })
  })

  test('whenCalled waits for a future call', async () => {
    const mock = createMockLMStudio()
    const call = mock.whenCalled(/embeddings/u)
    await chat(mock)
    await post(mock, '/v1/embeddings', { model: 'text-embedding-plover-v2', input: 'x' })
    expect((await call).path).toBe('/v1/embeddings')
  })

  test('whenCalled finds a past call by its path without the query', async () => {
    const mock = createMockLMStudio()
    await get(mock, '/v1/models?x=1')
    expect((await mock.whenCalled('/v1/models')).path).toBe('/v1/models?x=1')
  })

  test('whenCalled matches a global pattern every time', async () => {
    const mock = createMockLMStudio()
    const pattern = /models/gu
    await get(mock, '/v1/models')
    expect((await mock.whenCalled(pattern)).path).toBe('/v1/models')
    expect((await mock.whenCalled(pattern)).path).toBe('/v1/models')
  })

  test('reset forgets calls', async () => {
    const mock = createMockLMStudio()
    await post(mock, '/v1/chat/completions', { model, messages: hello })
    mock.reset()
    expect(mock.calls).toEqual([])
  })
})

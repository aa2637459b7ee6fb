import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudio } from '../../src/testing/index.js'
import { chat, embeddingModel, get, model, post } from './support/mock-requests.js'

const minutes = 60_000

/** A mock whose clock the test sets. */
function createWithClock(options = {}): { mock: MockLMStudio; clock: { now: number } } {
  const clock = { now: 0 }
  return { mock: createMockLMStudio({ ...options, now: () => clock.now }), clock }
}

const loadedIds = (mock: MockLMStudio): string[] => mock.loadedInstances.map(({ id }) => id)

async function stateOf(mock: MockLMStudio, id: string): Promise<unknown> {
  const { data } = await (await get(mock, '/api/v0/models')).json()
  return data.find((entry: { id: string }) => entry.id === id).state
}

describe('the idle time of a model that was loaded just in time', () => {
  test('is 60 minutes; other models stay', async () => {
    const { mock, clock } = createWithClock()
    await (await chat(mock, { model: 'acme/heron-base' })).text()
    clock.now += 60 * minutes - 1
    expect(loadedIds(mock)).toEqual([model, 'acme/heron-base'])
    clock.now += 1
    expect(loadedIds(mock)).toEqual([model])
    expect(await stateOf(mock, 'acme/heron-base')).toBe('not-loaded')
  })

  test.each([
    ['/v1/chat/completions', { model: 'acme/heron-base', messages: [{ role: 'user', content: 'Hi' }] }],
    ['/v1/completions', { model: 'acme/heron-base', prompt: 'Hi' }],
    ['/v1/embeddings', { model: embeddingModel, input: 'Hi' }],
  ])('is the ttl of the request to %s that loads it', async (path, body) => {
    const { mock, clock } = createWithClock()
    await (await post(mock, path, { ...body, ttl: 90 })).text()
    clock.now += 89_999
    expect(loadedIds(mock)).toHaveLength(2)
    clock.now += 1
    expect(loadedIds(mock)).toEqual([model])
  })

  test('is not changed by the ttl of a later request, but starts again with it', async () => {
    const { mock, clock } = createWithClock()
    await (await chat(mock, { model: 'acme/heron-base', ttl: 90 })).text()
    clock.now += 80_000
    await (await chat(mock, { model: 'acme/heron-base', ttl: 9000 })).text()
    clock.now += 80_000
    expect(loadedIds(mock)).toHaveLength(2)
    clock.now += 10_000
    expect(loadedIds(mock)).toEqual([model])
  })

  test('is that of the option, and a native chat starts it again', async () => {
    const { mock, clock } = createWithClock({ idleTTLSeconds: 10 })
    await (await post(mock, '/api/v1/chat', { model: 'acme/heron-base', input: 'Hi', stream: true })).text()
    clock.now += 9_000
    await (await post(mock, '/api/v1/chat', { model: 'acme/heron-base', input: 'Hi' })).text()
    clock.now += 9_999
    expect(loadedIds(mock)).toHaveLength(2)
    clock.now += 1
    expect(loadedIds(mock)).toEqual([model])
  })

  test('does not pass while a request uses the model', async () => {
    const { mock, clock } = createWithClock()
    mock.inject('stall')
    const body = (await chat(mock, { model: 'acme/heron-base', ttl: 1, stream: true })).text()
    await mock.whenHeld()
    clock.now += 60 * minutes
    expect(loadedIds(mock)).toHaveLength(2)
    mock.release()
    expect(await body).toContain('[DONE]')
    clock.now += 999
    expect(loadedIds(mock)).toHaveLength(2)
    clock.now += 1
    expect(loadedIds(mock)).toEqual([model])
  })

  test('does not exist for a model that a load call has loaded', async () => {
    const { mock, clock } = createWithClock()
    await post(mock, '/api/v1/models/load', { model: 'acme/heron-base' })
    clock.now += 10_000 * minutes
    expect(loadedIds(mock)).toEqual([model, 'acme/heron-base'])
  })
})

import { describe, expect, test } from 'vitest'
import { createCachingFetch, createMockLMStudio, type MockLMStudio } from '../../src/testing/index.js'
import { hello, model, origin } from './support/mock-requests.js'

function create(): { mock: MockLMStudio; fetch: typeof globalThis.fetch } {
  const mock = createMockLMStudio()
  return { mock, fetch: createCachingFetch(mock.fetch) }
}

const chatInit = (messages: unknown, init: RequestInit = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model, messages, stream: true }),
  ...init,
})
const url = `${origin}/v1/chat/completions`

describe('createCachingFetch', () => {
  test('replays a GET, byte for byte', async () => {
    const { mock, fetch } = create()
    const first = await (await fetch(`${origin}/v1/models`)).text()
    mock.configure({ models: [{ id: 'acme/other' }] })
    const second = await fetch(new Request(`${origin}/v1/models`))
    expect(await second.text()).toBe(first)
    expect(second.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(mock.calls).toHaveLength(1)
  })

  test('replays the stream of a POST with the same body, and sends one with another', async () => {
    const { mock, fetch } = create()
    const first = await (await fetch(url, chatInit(hello))).text()
    expect(first).toContain('[DONE]')
    expect(await (await fetch(url, chatInit(hello))).text()).toBe(first)
    expect(mock.calls).toHaveLength(1)
    await fetch(url, chatInit([{ role: 'user', content: 'Ahoy.' }]))
    expect(mock.calls).toHaveLength(2)
  })

  test.each(['no-store', 'reload', 'no-cache'] as const)('sends a request with cache "%s"', async (cache) => {
    const { mock, fetch } = create()
    await (await fetch(url, chatInit(hello))).text()
    await (await fetch(url, chatInit(hello, { cache }))).text()
    await (await fetch(new Request(url, chatInit(hello, { cache })))).text()
    expect(mock.calls).toHaveLength(3)
  })

  test('does not store a response to "no-store"', async () => {
    const { mock, fetch } = create()
    await (await fetch(url, chatInit(hello, { cache: 'no-store' }))).text()
    await (await fetch(url, chatInit(hello))).text()
    expect(mock.calls).toHaveLength(2)
  })

  test('does not store an error, nor a response without a body', async () => {
    const { mock, fetch } = create()
    mock.inject('status-503')
    expect((await fetch(`${origin}/v1/models`)).status).toBe(503)
    expect((await fetch(`${origin}/v1/models`)).status).toBe(200)
    expect((await fetch(`${origin}/v1/models`, { method: 'OPTIONS' })).status).toBe(204)
    expect((await fetch(`${origin}/v1/models`, { method: 'OPTIONS' })).status).toBe(204)
    expect(mock.calls).toHaveLength(4)
  })
})

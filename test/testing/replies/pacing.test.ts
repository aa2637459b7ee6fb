import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { chat } from '../support/mock-requests.js'

describe('tokensPerSecond', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('a stream sends one token per interval', async () => {
    const mock = createMockLMStudio({ tokensPerSecond: 10 })
    const text = (await chat(mock, { stream: true })).text()
    await vi.advanceTimersByTimeAsync(250)
    expect(mock.calls[0]?.eventsSent).toBe(2)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await text).toMatch(/data: \[DONE\]\n\n$/u)
  })

  test('a whole response takes as long as its tokens', async () => {
    const mock = createMockLMStudio({ tokensPerSecond: 10 })
    const response = chat(mock)
    // Five tokens take half a second.
    await vi.advanceTimersByTimeAsync(499)
    expect(mock.calls[0]?.status).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect((await response).status).toBe(200)
  })
})

import { afterEach, describe, expect, test, vi } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { chat, embeddingModel, get, hello, model, post } from '../support/mock-requests.js'
import { framesOf, textOf } from '../support/read-frames.js'

afterEach(() => {
  vi.useRealTimers()
})

describe('connection faults', () => {
  test('reset destroys the connection before the headers, as Node reports it', async () => {
    const mock = createMockLMStudio({ faults: ['reset'] })
    await expect(chat(mock)).rejects.toMatchObject({ name: 'TypeError', cause: { code: 'ECONNRESET' } })
    expect(mock.calls[0]).toMatchObject({ status: undefined, aborted: false })
    await expect(mock.calls[0]?.finished).resolves.toBe('dropped')
  })

  test('reset with afterEvents destroys the connection during the stream', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'reset', afterEvents: 2 }] })
    const response = await chat(mock, { stream: true })
    await expect(response.text()).rejects.toThrow('terminated')
    expect(mock.calls[0]?.eventsSent).toBe(2)
    await expect(mock.calls[0]?.finished).resolves.toBe('dropped')
  })

  test('reset with afterEvents destroys the connection within a body that is not a stream', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'reset', afterEvents: 0 }] })
    await expect((await get(mock, '/v1/models')).text()).rejects.toThrow(TypeError)
  })

  test('delay-headers holds the headers until released', async () => {
    const mock = createMockLMStudio({ faults: ['delay-headers'] })
    let hasResponse = false
    const response = chat(mock).then((value) => {
      hasResponse = true
      return value
    })
    await mock.whenHeld()
    expect(hasResponse).toBe(false)
    mock.release()
    expect((await response).status).toBe(200)
  })

  test('delay-headers with ms sends the headers after that time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const mock = createMockLMStudio({ faults: [{ name: 'delay-headers', ms: 60_000 }] })
    const response = chat(mock)
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await response).status).toBe(200)
  })

  test('stall continues once released, without losing an event', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 3 }] })
    const frames = framesOf(chat(mock, { stream: true }))
    await mock.whenHeld()
    expect(mock.calls[0]?.eventsSent).toBe(3)
    mock.release()
    expect(textOf(await frames)).toBe('You said: Hello.')
  })

  test('stall with keepAliveMs sends comments until released', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 1, keepAliveMs: 1 }] })
    const reader = (await chat(mock, { stream: true })).body?.pipeThrough(new TextDecoderStream()).getReader()
    const chunks: unknown[] = []
    while (chunks.length < 3) chunks.push((await reader?.read())?.value)
    expect(chunks.slice(1)).toEqual([': keep-alive\n\n', ': keep-alive\n\n'])
    mock.release()
    let rest = ''
    for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) rest += chunk.value
    expect(rest).toMatch(/data: \[DONE\]\n\n$/u)
  })

  test('stall with a path also holds a body that is not a stream', async () => {
    const mock = createMockLMStudio()
    mock.inject('stall', { path: '/v1/models' })
    const body = (await get(mock, '/v1/models')).json()
    await mock.whenHeld()
    mock.release()
    expect(await body).toMatchObject({ object: 'list' })
  })
})

describe('reset of the mock', () => {
  test('drops a stalled stream and a call that waits for its headers', async () => {
    const mock = createMockLMStudio({ faults: ['stall', 'delay-headers'] })
    const stalled = (await chat(mock, { stream: true })).text()
    stalled.catch(() => undefined)
    const delayed = chat(mock)
    delayed.catch(() => undefined)
    await mock.whenCalled('/v1/chat/completions')
    await mock.whenHeld()
    const calls = [...mock.calls]
    mock.reset()
    await expect(stalled).rejects.toThrow(TypeError)
    await expect(delayed).rejects.toThrow('fetch failed')
    expect(await Promise.all(calls.map(({ finished }) => finished))).toEqual(['dropped', 'dropped'])
  })

  test.each([
    ['/api/v1/models/load', { model: 'acme/heron-base' }],
    ['/v1/chat/completions', { model: 'acme/heron-base', messages: hello }],
    ['/api/v1/chat', { model: 'acme/heron-base', input: 'x', stream: true }],
    ['/v1/completions', { model, prompt: 'x' }],
    ['/v1/embeddings', { model: embeddingModel, input: 'x' }],
  ])('leaves no timer of a call to %s, at whichever moment it comes', async (path, body) => {
    // Only the timers of the mock: reading a request body takes real turns of the event loop.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const timersLeft: number[] = []
    for (let turns = 0; turns < 12; turns += 1) {
      const mock = createMockLMStudio({ loadDelayMs: 60_000, tokensPerSecond: 0.01 })
      const text = post(mock, path, body).then((response) => response.text())
      text.catch(() => undefined)
      await mock.whenCalled(path)
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      mock.reset()
      await expect(text).rejects.toThrow(TypeError)
      timersLeft.push(vi.getTimerCount())
    }
    expect(timersLeft).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  })
})

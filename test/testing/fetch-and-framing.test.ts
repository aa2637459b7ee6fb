import { describe, expect, test, vi } from 'vitest'
import { createMockLMStudio, type MockFraming } from '../../src/testing/index.js'
import { ask, chat, origin, user } from './ask.js'

describe('fetch in process', () => {
  test('an aborted signal rejects with its reason before anything is called', async () => {
    const mock = createMockLMStudio()
    const reason = new Error('changed my mind')
    await expect(chat(mock, {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(mock.calls).toHaveLength(0)
  })

  test('an abort while the headers are awaited rejects with its reason', async () => {
    const mock = createMockLMStudio({ faults: ['delay-headers'] })
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const answer = chat(mock, {}, { signal: controller.signal })
    await mock.whenHeld()
    controller.abort(reason)
    await expect(answer).rejects.toBe(reason)
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('an abort in the middle of a body errors it with its reason', async () => {
    const mock = createMockLMStudio()
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const response = await chat(mock, { stream: true }, { signal: controller.signal })
    const reader = response.body?.getReader()
    await reader?.read()
    controller.abort(reason)
    await expect(reader?.read()).rejects.toBe(reason)
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
    expect(mock.calls[0]).toMatchObject({ aborted: true, eventsSent: 1 })
  })

  test('an abort after the end changes nothing', async () => {
    const mock = createMockLMStudio()
    const controller = new AbortController()
    await (await chat(mock, { stream: true }, { signal: controller.signal })).text()
    controller.abort()
    await expect(mock.calls[0]?.finished).resolves.toBe('completed')
    expect(mock.calls[0]?.aborted).toBe(false)
  })

  test('an abort while a model loads leaves the load to the others', async () => {
    const mock = createMockLMStudio({ loadDelayMs: 5 })
    const controller = new AbortController()
    const request = { model: 'acme/heron-base' }
    const leaving = chat(mock, request, { signal: controller.signal })
    const staying = chat(mock, request)
    await mock.whenCalled('/v1/chat/completions')
    controller.abort()
    await expect(leaving).rejects.toThrow('aborted')
    expect((await staying).status).toBe(200)
  })

  test('a Request object is as good as an address, and its call is recorded as it came', async () => {
    const mock = createMockLMStudio()
    const body = '{"model":"x","input":"y"}'
    await mock.fetch(new Request(`${origin}/v1/embeddings?a=1`, { method: 'POST', body, headers: { 'X-Mine': '1' } }))
    expect(mock.calls[0]).toMatchObject({
      method: 'POST',
      path: '/v1/embeddings?a=1',
      body: { model: 'x', input: 'y' },
    })
    expect(mock.calls[0]?.headers['x-mine']).toBe('1')
    await ask(mock, '/v1/embeddings', 'not json')
    expect(mock.calls[1]?.body).toBe('not json')
  })

  test('a call in the future is waited for', async () => {
    const mock = createMockLMStudio()
    const call = mock.whenCalled(/embeddings/u)
    await chat(mock)
    await ask(mock, '/v1/embeddings', { input: 'x' })
    expect((await call).path).toBe('/v1/embeddings')
  })

  test('a speed is kept', async () => {
    vi.useFakeTimers()
    try {
      const mock = createMockLMStudio({ tokensPerSecond: 10 })
      const text = (await chat(mock, { stream: true })).text()
      await vi.advanceTimersByTimeAsync(250)
      expect(mock.calls[0]?.eventsSent).toBe(2)
      await vi.advanceTimersByTimeAsync(10_000)
      expect(await text).toContain('[DONE]')
    } finally {
      vi.useRealTimers()
    }
  })
})

const bytesOf = async (framing: MockFraming): Promise<Uint8Array[]> => {
  const mock = createMockLMStudio({ framing, now: () => 0 })
  const pieces: Uint8Array[] = []
  const response = await chat(mock, { ...user('echo: über 🌊 naïve'), stream: true })
  for await (const piece of response.body ?? []) pieces.push(piece)
  return pieces
}

const join = (pieces: readonly Uint8Array[]): Uint8Array => Uint8Array.from(pieces.flatMap((piece) => [...piece]))

const textOf = (pieces: readonly Uint8Array[]): string => new TextDecoder().decode(join(pieces))

describe('framing', () => {
  test.each([1, 3, 7, 100, 1_000_000])('pieces of %i bytes carry the same bytes', async (chunkBytes) => {
    const plain = await bytesOf({})
    const cut = await bytesOf({ chunkBytes })
    expect(cut.slice(0, -1).every((piece) => piece.length === chunkBytes)).toBe(true)
    expect(textOf(cut)).toBe(textOf(plain))
  })

  test('some pieces of one byte end inside a character', async () => {
    const cut = await bytesOf({ chunkBytes: 1 })
    expect(cut.some(([byte]) => byte !== undefined && byte >= 0xf0)).toBe(true)
  })

  test('events are counted when their last byte is out', async () => {
    const mock = createMockLMStudio({ framing: { chunkBytes: 16 } })
    const reader = (await chat(mock, { stream: true })).body?.getReader()
    await reader?.read()
    expect(mock.calls[0]?.eventsSent).toBe(0)
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read());
    expect(mock.calls[0]?.eventsSent).toBe(7)
  })

  test.each(['\r\n', '\r'] as const)('line ends of %j are everywhere', async (lineEnding) => {
    const text = textOf(await bytesOf({ lineEnding }))
    expect(text.replaceAll(lineEnding, '\n')).toBe(textOf(await bytesOf({})))
    expect(text.replaceAll(lineEnding, '')).not.toMatch(/[\r\n]/u)
  })

  test('a comment comes before every event', async () => {
    const text = textOf(await bytesOf({ comments: true }))
    expect(text.match(/^: comment$/gmu)).toHaveLength((await bytesOf({})).length)
  })

  test('a body that is no stream is cut too', async () => {
    const mock = createMockLMStudio({ framing: { chunkBytes: 5 } })
    const pieces: Uint8Array[] = []
    for await (const piece of (await ask(mock, '/lmstudio-greeting')).body ?? []) pieces.push(piece)
    expect(pieces.map(({ length }) => length)).toEqual([5, 5, 5, 2])
  })
})

import { afterEach, describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudio, type MockLMStudioOptions } from '../../src/testing/index.js'
import { startMockLMStudio, type MockLMStudioServer } from '../../src/testing/node-server.js'
import { chat, embeddingModel, get, model, post, user } from './support/mock-requests.js'

/** A mock whose predictions start, and then wait until the test ends them by their text. */
function createGated(options: MockLMStudioOptions = {}) {
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const mock = createMockLMStudio({
    ...options,
    reply: async ({ messages }) => {
      const text = messages.at(-1)?.text ?? ''
      started.push(text)
      await new Promise<void>((resolve) => ends.set(text, resolve))
      return text
    },
  })
  return { mock, started, end: (text: string): void => ends.get(text)?.() }
}

const ask = (mock: MockLMStudio, text: string, init: RequestInit = {}): Promise<string> =>
  chat(mock, user(text), init).then((response) => response.text())

/** Resolves when the mock has handled what was sent before: a request of its own has been answered. */
const settle = async (mock: MockLMStudio): Promise<void> => {
  await (await get(mock, '/lmstudio-greeting')).text()
}

describe('parallel predictions', () => {
  test('parallel: 4 runs four at a time, and the others wait in order', async () => {
    const { mock, started, end } = createGated({ parallel: 4 })
    const answers: Promise<string>[] = []
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) {
      answers.push(ask(mock, text))
      await settle(mock)
    }
    await expect.poll(() => started).toEqual(['a', 'b', 'c', 'd'])
    end('c')
    await expect.poll(() => started).toEqual(['a', 'b', 'c', 'd', 'e'])
    end('a')
    await expect.poll(() => started).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    for (const text of ['b', 'd', 'e', 'f']) end(text)
    expect(await Promise.all(answers)).toHaveLength(6)
  })

  test('parallel: 1 runs one at a time, and the lists report it', async () => {
    const { mock, started, end } = createGated({ parallel: 1 })
    const first = ask(mock, 'a')
    const second = ask(mock, 'b')
    await expect.poll(() => started).toHaveLength(1)
    await settle(mock)
    expect(started).toHaveLength(1)
    const { models } = await (await get(mock, '/api/v1/models')).json()
    expect(models[0].loaded_instances[0].config.parallel).toBe(1)
    end(started[0]!)
    await expect.poll(() => started).toHaveLength(2)
    end(started[1]!)
    await Promise.all([first, second])
  })

  test('a client that disconnects leaves the queue', async () => {
    const { mock, started, end } = createGated({ parallel: 1 })
    const first = ask(mock, 'a')
    await expect.poll(() => started).toEqual(['a'])
    const controller = new AbortController()
    const second = ask(mock, 'b', { signal: controller.signal })
    await settle(mock)
    const third = ask(mock, 'c')
    await settle(mock)
    controller.abort()
    await expect(second).rejects.toThrow('aborted')
    await expect(mock.calls.find(({ body }) => JSON.stringify(body).includes('"b"'))?.finished).resolves.toBe('aborted')
    end('a')
    await first
    await expect.poll(() => started).toEqual(['a', 'c'])
    end('c')
    await third
  })

  test('a client that disconnects gives its place to the next', async () => {
    const { mock, started, end } = createGated({ parallel: 1 })
    const controller = new AbortController()
    const first = ask(mock, 'a', { signal: controller.signal })
    await expect.poll(() => started).toEqual(['a'])
    const second = ask(mock, 'b')
    controller.abort()
    await expect(first).rejects.toThrow('aborted')
    await expect.poll(() => started).toEqual(['a', 'b'])
    end('b')
    await second
  })

  test('every instance and the embeddings have a queue of their own', async () => {
    const { mock, started, end } = createGated({ parallel: 1 })
    const first = ask(mock, 'a')
    await expect.poll(() => started).toEqual(['a'])
    const other = chat(mock, { ...user('b'), model: 'acme/heron-base' })
    await expect.poll(() => started).toEqual(['a', 'b'])
    expect((await post(mock, '/v1/embeddings', { model: embeddingModel, input: 'x' })).status).toBe(200)
    end('a')
    end('b')
    await Promise.all([first, other])
  })
})

describe('a queue over a socket', () => {
  let server: MockLMStudioServer | undefined

  afterEach(async () => {
    await server?.close()
  })

  test('a stream keeps its place until it has been sent', async () => {
    server = await startMockLMStudio({ parallel: 1, faults: ['stall'] })
    const request = (stream: boolean): Promise<Response> =>
      fetch(`${server?.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], stream }),
      })
    const stream = await request(true)
    await server.whenHeld()
    let isAnswered = false
    const waiting = request(false).then((response) => {
      isAnswered = true
      return response.text()
    })
    await expect.poll(() => server?.calls.length).toBe(2)
    await (await fetch(`${server.url}/lmstudio-greeting`)).text()
    expect(isAnswered).toBe(false)
    server.release()
    expect(await stream.text()).toContain('[DONE]')
    expect(await waiting).toContain('You said: Hi')
  })
})

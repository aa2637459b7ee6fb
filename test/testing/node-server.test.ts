import { createConnection } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import {
  startMockLMStudio,
  type MockLMStudioServer,
  type MockLMStudioServerOptions,
} from '../../src/testing/node-server.js'
import { hello, model, user } from './ask.js'
import { readFrames, textOf } from './read-frames.js'

const servers: MockLMStudioServer[] = []

async function start(options: MockLMStudioServerOptions = {}): Promise<MockLMStudioServer> {
  const server = await startMockLMStudio(options)
  servers.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const chat = (server: MockLMStudioServer, body: object = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: hello, reasoning_effort: 'none', ...body }),
    ...init,
  })

/** Reads until the body ends or breaks. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<unknown> {
  try {
    while (!(await reader.read()).done);
    return undefined
  } catch (error) {
    return error
  }
}

describe('over a socket', () => {
  test('lists, streams and preflights are what they are in process', async () => {
    const server = await start()
    expect(await (await fetch(`${server.url}/v1/models`)).json()).toHaveProperty('data')
    const response = await chat(server, { stream: true })
    expect(response.headers.get('x-powered-by')).toBe('Express')
    expect(response.headers.get('keep-alive')).toBe('timeout=5')
    expect(textOf(readFrames(await response.text()))).toBe('You said: Hello.')
    const preflight = await fetch(`${server.url}/v1/models`, { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
  })

  test('the headers of a stream come before its first event', async () => {
    const server = await start({ faults: [{ name: 'stall', afterEvents: 0 }] })
    const response = await chat(server, { stream: true })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    server.release()
    expect(await response.text()).toContain('[DONE]')
  })

  test('a client that goes away stops the generation and is recorded', async () => {
    const server = await start({ faults: [{ name: 'stall', afterEvents: 1 }] })
    const controller = new AbortController()
    const response = await chat(server, { stream: true }, { signal: controller.signal })
    await server.whenHeld()
    controller.abort()
    await expect(response.text()).rejects.toThrow('aborted')
    await expect(server.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('a client that goes away before the headers is recorded too', async () => {
    const server = await start({ faults: ['delay-headers'] })
    const controller = new AbortController()
    const answer = chat(server, {}, { signal: controller.signal })
    await server.whenHeld()
    controller.abort()
    await expect(answer).rejects.toThrow('aborted')
    await expect(server.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('a client that does not read holds the generation back', async () => {
    const server = await start({ reply: () => 'x'.repeat(64) + ' gull'.repeat(400_000) })
    const response = await chat(server, { stream: true })
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    await reader.read()
    await expect
      .poll(async () => {
        const before = server.calls[0]?.eventsSent
        await fetch(`${server.url}/lmstudio-greeting`)
        return before === server.calls[0]?.eventsSent
      })
      .toBe(true)
    expect(server.calls[0]?.eventsSent).toBeLessThan(400_000)
    await reader.cancel()
    await expect(server.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('a reset before the headers, and in the middle of a stream', async () => {
    const server = await start({ faults: ['reset', { name: 'reset', afterEvents: 2 }] })
    await expect(chat(server)).rejects.toThrow('fetch failed')
    const response = await chat(server, { stream: true })
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    expect(await drain(reader)).toBeInstanceOf(TypeError)
    await expect(server.calls[1]?.finished).resolves.toBe('dropped')
  })

  test('a cut stream ends cleanly', async () => {
    const server = await start({ faults: ['cut'] })
    expect(readFrames(await (await chat(server, { stream: true })).text())).toHaveLength(2)
  })

  test('one byte at a time is still the same answer', async () => {
    const server = await start({ framing: { chunkBytes: 1, lineEnding: '\r\n' } })
    const text = await (await chat(server, { ...user('echo: über 🌊'), stream: true })).text()
    expect(textOf(readFrames(text.replaceAll('\r\n', '\n')))).toBe('über 🌊')
  })

  test('each piece is a chunk of its own on the wire', async () => {
    const server = await start({ faults: [{ raw: { chunks: ['data: a\n\n', 'data: b\n\n'], headers: {} } }] })
    const socket = createConnection(server.port, server.host)
    socket.write('GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    let text = ''
    socket.on('data', (data) => {
      text += data.toString()
    })
    await once(socket, 'end')
    expect(text.slice(text.indexOf('\r\n\r\n'))).toBe('\r\n\r\n9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n0\r\n\r\n')
  })

  test('several megabytes of request are taken', async () => {
    const server = await start({
      models: [{ id: model, loaded: true, maxContextLength: 8_000_000, contextLength: 8_000_000 }],
    })
    const image = `data:image/png;base64,${'iVBO'.repeat(1_000_000)}`
    const content = [{ type: 'image_url', image_url: { url: image } }]
    expect((await chat(server, user(content))).status).toBe(200)
  })

  test('closing drops what is live, stops listening, and may be done twice', async () => {
    const server = await start({ faults: ['stall'] })
    const response = await chat(server, { stream: true })
    await server.whenHeld()
    expect(server.connections).toBeGreaterThan(0)
    const body = response.text()
    body.catch(() => undefined)
    await server.close()
    await server.close()
    await expect(body).rejects.toThrow(TypeError)
    await expect(server.calls[0]?.finished).resolves.toBe('dropped')
    await expect(fetch(`${server.url}/v1/models`)).rejects.toThrow('fetch failed')
    await expect.poll(() => server.connections).toBe(0)
  })

  test('it disposes of itself', async () => {
    const server = await start()
    await server[Symbol.asyncDispose]()
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  })

  test('a port that is taken rejects', async () => {
    const server = await start()
    await expect(startMockLMStudio({ port: server.port })).rejects.toThrow('EADDRINUSE')
  })

  test('what is loaded and what is called stays visible through the server', async () => {
    const server = await start()
    await fetch(`${server.url}/api/v1/models/load`, { method: 'POST', body: JSON.stringify({ model }) })
    expect(server.loadedInstances.map(({ id }) => id)).toEqual([model, `${model}:2`])
    server.configure({ auth: true })
    expect(server.apiToken).toBeTypeOf('string')
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(401)
  })
})

import { once } from 'node:events'
import { createConnection } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import {
  startMockLMStudio,
  type MockLMStudioServer,
  type MockLMStudioServerOptions,
} from '../../src/testing/node-server.js'
import { hello, model, user } from './support/mock-requests.js'
import { readFrames, textOf } from './support/read-frames.js'

const servers: MockLMStudioServer[] = []

async function start(options: MockLMStudioServerOptions = {}): Promise<MockLMStudioServer> {
  const server = await startMockLMStudio(options)
  servers.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const post = (server: MockLMStudioServer, path: string, body: object, init: RequestInit = {}): Promise<Response> =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...init,
  })

const chat = (server: MockLMStudioServer, body: object = {}, init: RequestInit = {}): Promise<Response> =>
  post(server, '/v1/chat/completions', { model, messages: hello, reasoning_effort: 'none', ...body }, init)

/** Reads until the body ends; returns the error when it breaks. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<unknown> {
  try {
    while (!(await reader.read()).done);
    return undefined
  } catch (error) {
    return error
  }
}

describe('responses over a socket', () => {
  test('a list is that of the mock in process', async () => {
    const server = await start()
    expect(await (await fetch(`${server.url}/v1/models`)).json()).toMatchObject({
      data: [{ id: model }, {}, {}, {}, {}],
    })
  })

  test('a stream has the headers of Express and the text of the mock', async () => {
    const response = await chat(await start(), { stream: true })
    expect(response.headers.get('x-powered-by')).toBe('Express')
    expect(response.headers.get('keep-alive')).toBe('timeout=5')
    expect(textOf(readFrames(await response.text()))).toBe('You said: Hello.')
  })

  test('a preflight is granted', async () => {
    const server = await start()
    expect((await fetch(`${server.url}/v1/models`, { method: 'OPTIONS' })).status).toBe(204)
  })

  test('the headers of a stream are sent before its first event', async () => {
    const server = await start({ faults: [{ name: 'stall', afterEvents: 0 }] })
    const response = await chat(server, { stream: true })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    server.release()
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/u)
  })

  test('chunks of one byte carry the same text', async () => {
    const server = await start({ framing: { chunkBytes: 1, lineEnding: '\r\n' } })
    const text = await (await chat(server, { ...user('echo: über 🌊'), stream: true })).text()
    expect(textOf(readFrames(text.replaceAll('\r\n', '\n')))).toBe('über 🌊')
  })

  test('each chunk of a raw fault is an HTTP chunk of its own', async () => {
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

  test.each([
    ['the form for proxies', 'http://lmstudio.example:1234/v1/models?x=1', '/v1/models?x=1', '"object":"list"'],
    ['the form for proxies, without a path', 'http://lmstudio.example', '/', 'Unexpected endpoint or method. (GET /)'],
    ['a path with two slashes', '//v1/models', '//v1/models', 'Unexpected endpoint or method. (GET //v1/models)'],
  ])('a request target in %s is answered', async (_name, target, path, answer) => {
    const server = await start()
    const socket = createConnection(server.port, server.host)
    socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    let text = ''
    socket.on('data', (data) => {
      text += data.toString()
    })
    await once(socket, 'end')
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/u)
    expect(text).toContain(answer)
    expect(server.calls[0]?.path).toBe(path)
  })

  test.each([
    ['GET', 'http://[/v1/models'],
    ['TRACE', '/v1/models'],
  ])('%s %s, which no Request can express, is a 400', async (method, target) => {
    const server = await start()
    const socket = createConnection(server.port, server.host)
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const [data] = await once(socket, 'data')
    socket.destroy()
    expect(String(data)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/u)
  })

  test('a request of several megabytes is accepted', async () => {
    const server = await start({
      models: [{ id: model, type: 'vlm', loaded: true, maxContextLength: 8_000_000, contextLength: 8_000_000 }],
    })
    const image = `data:image/png;base64,${'iVBO'.repeat(1_000_000)}`
    const content = [{ type: 'image_url', image_url: { url: image } }]
    expect((await chat(server, user(content))).status).toBe(200)
  })
})

describe('clients that disconnect', () => {
  test('a disconnect during a stream is recorded as an abort', async () => {
    const server = await start({ faults: [{ name: 'stall', afterEvents: 1 }] })
    const controller = new AbortController()
    const response = await chat(server, { stream: true }, { signal: controller.signal })
    await server.whenHeld()
    controller.abort()
    await expect(response.text()).rejects.toThrow('aborted')
    await expect(server.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('a disconnect before the headers is recorded as an abort', async () => {
    const server = await start({ faults: ['delay-headers'] })
    const controller = new AbortController()
    const response = chat(server, {}, { signal: controller.signal })
    await server.whenHeld()
    controller.abort()
    await expect(response).rejects.toThrow('aborted')
    await expect(server.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('a client that does not read pauses the generation', async () => {
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
})

describe('faults over a socket', () => {
  test('reset before the headers rejects fetch', async () => {
    const server = await start({ faults: ['reset'] })
    await expect(chat(server)).rejects.toThrow('fetch failed')
  })

  test('reset during a stream breaks the body', async () => {
    const server = await start({ faults: [{ name: 'reset', afterEvents: 2 }] })
    const response = await chat(server, { stream: true })
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    expect(await drain(reader)).toBeInstanceOf(TypeError)
    await expect(server.calls[0]?.finished).resolves.toBe('dropped')
  })

  test('cut ends the stream cleanly', async () => {
    const server = await start({ faults: ['cut'] })
    expect(readFrames(await (await chat(server, { stream: true })).text())).toHaveLength(2)
  })
})

describe('the server itself', () => {
  test('close drops live connections and stops listening; a second close does nothing', async () => {
    const server = await start({ faults: ['stall'] })
    const response = await chat(server, { stream: true })
    await server.whenHeld()
    expect(server.connections).toBe(1)
    const body = response.text()
    body.catch(() => undefined)
    await server.close()
    await server.close()
    await expect(body).rejects.toThrow(TypeError)
    await expect(server.calls[0]?.finished).resolves.toBe('dropped')
    await expect(fetch(`${server.url}/v1/models`)).rejects.toThrow('fetch failed')
    await expect.poll(() => server.connections).toBe(0)
  })

  test('Symbol.asyncDispose closes it', async () => {
    const server = await start()
    await server[Symbol.asyncDispose]()
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  })

  test('a port that is taken rejects', async () => {
    const server = await start()
    await expect(startMockLMStudio({ port: server.port })).rejects.toThrow('EADDRINUSE')
  })

  test('url, port and host name the address', async () => {
    const server = await start()
    expect(server.host).toBe('127.0.0.1')
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  })

  test('loadedInstances, apiToken and configure are those of the mock', async () => {
    const server = await start()
    await post(server, '/api/v1/models/load', { model })
    expect(server.loadedInstances.map(({ id }) => id)).toEqual([model, `${model}:2`])
    server.configure({ auth: 'my-token' })
    expect(server.apiToken).toBe('my-token')
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(401)
  })
})

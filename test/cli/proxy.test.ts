import { type IncomingMessage, type RequestOptions, createServer, request } from 'node:http'
import { type AddressInfo, connect, createServer as createTCPServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Proxy, hostsOf, startProxy } from '../../src/cli/proxy/server.js'
import { createLMStudio } from '../../src/node/index.js'
import { type MockLMStudioServer, startMockLMStudio } from '../../src/testing/node-server.js'
import { cli, startCLI } from '../helpers/cli.js'

const ORIGIN = 'https://app.example'
const CHAT = '/v1/chat/completions'
const TOKEN = 'sk-lm-AbCd1234:0123456789abcdefghij'

let mock: MockLMStudioServer
let proxy: Proxy
beforeEach(async () => {
  mock = await startMockLMStudio({ cors: false })
  proxy = await startProxy({
    endpoint: mock.url,
    origins: [ORIGIN, 'http://localhost:5173'],
    apiToken: () => undefined,
    port: 0,
  })
})
afterEach(async () => {
  await proxy.close()
  await mock.close()
})

interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Sends a request with any headers: `fetch` does not set `Host`. */
function send(path: string, { headers = {}, ...options }: RequestOptions = {}, body = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { port } = proxy
    const outgoing = request(
      { host: '127.0.0.1', port, path, headers: { origin: ORIGIN, ...headers }, ...options },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** A client of a page on an origin: its requests carry it, as a browser's do. */
const page = (origin = ORIGIN) =>
  createLMStudio({ endpoint: proxy.url, headers: { origin }, maxRetries: 0, apiToken: '' })

describe('a page of an allowed origin', () => {
  test('reads responses with a header for its origin only', async () => {
    const { status, headers, body } = await send('/v1/models')

    expect(status).toBe(200)
    expect(headers['access-control-allow-origin']).toBe(ORIGIN)
    expect(headers.vary).toBe('Origin')
    expect(JSON.parse(body)).toHaveProperty('data')
    expect(
      (await send('/v1/models', { headers: { origin: 'http://localhost:5173' } })).headers[
        'access-control-allow-origin'
      ],
    ).toBe('http://localhost:5173')
  })

  test('lists models, chats and streams through the library', async () => {
    const lmstudio = page()

    expect((await lmstudio.listModels()).map(({ id }) => id)).toContain('acme/tern-4b')
    expect((await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello' })).text).not.toBe('')
    expect((await lmstudio.stream({ model: 'acme/tern-4b', prompt: 'Hello' }).response).text).not.toBe('')
  })

  test('gets the headers of an error too', async () => {
    mock.inject({ name: 'status-429', retryAfter: 3 })
    const { status, headers } = await send('/v1/models')

    expect(status).toBe(429)
    expect(headers['retry-after']).toBe('3')
    expect(headers['access-control-expose-headers']).toBe('Retry-After')
    expect(headers['access-control-allow-origin']).toBe(ORIGIN)
  })

  test('gets a readable 502 when no server answers', async () => {
    await mock.close()
    const { status, headers, body } = await send('/v1/models')

    expect(status).toBe(502)
    expect(headers['access-control-allow-origin']).toBe(ORIGIN)
    expect(JSON.parse(body)).toMatchObject({ error: { message: `The server at ${mock.url} cannot be reached.` } })
  })
})

describe('preflights', () => {
  const preflight = (headers: Record<string, string>) =>
    send(CHAT, { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST', ...headers } })

  test('allow the method and the headers of the page, and never reach the server', async () => {
    const { status, headers } = await preflight({ 'access-control-request-headers': 'content-type,x-stainless-os' })

    expect(status).toBe(204)
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-headers': 'content-type,x-stainless-os',
      'access-control-max-age': '600',
    })
    expect(headers['access-control-allow-private-network']).toBeUndefined()
    expect(mock.calls).toEqual([])
  })

  test.each(['private', 'local'])('allow access to the %s network when the browser requests it', async (kind) => {
    const { headers } = await preflight({ [`access-control-request-${kind}-network`]: 'true' })
    expect(headers[`access-control-allow-${kind}-network`]).toBe('true')
  })

  test('of other origins are refused without CORS headers', async () => {
    const { status, headers } = await preflight({
      origin: 'https://evil.example',
      'access-control-request-private-network': 'true',
    })

    expect(status).toBe(403)
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })
})

describe('everything else is refused', () => {
  test.each([
    'https://evil.example',
    'https://app.example.evil.example',
    'https://sub.app.example',
    'http://app.example',
    'https://app.example:8443',
    'null',
    '',
  ])('the origin %j', async (origin) => {
    const { status, headers } = await send('/v1/models', { headers: { origin } })

    expect(status).toBe(403)
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(mock.calls).toEqual([])
  })

  test('a request without an origin', async () => {
    const response = await fetch(`${proxy.url}/v1/models`)

    expect(response.status).toBe(403)
    expect(mock.calls).toEqual([])
  })

  test.each([
    'evil.example',
    'rebound.example:1234',
    'localhost',
    '127.0.0.1:1',
    '127.0.0.1.evil.example',
    '[::1]:1234',
  ])('the host %s, to which a name may be rebound', async (host) => {
    expect((await send('/v1/models', { headers: { host } })).status).toBe(403)
    expect(mock.calls).toEqual([])
  })

  test.each(['http://evil.example/v1/models', 'evil.example:80', '*'])('the request target %s', async (path) => {
    expect((await send(path)).status).toBe(400)
    expect(mock.calls).toEqual([])
  })

  test('a path that looks like another host stays with the server', async () => {
    await send('//evil.example/v1/models')
    expect(mock.calls.map(({ path }) => path)).toEqual(['//evil.example/v1/models'])
  })

  test.each(['PUT', 'DELETE', 'PATCH', 'TRACE'])('the method %s', async (method) => {
    expect((await send('/v1/models', { method })).status).toBe(405)
    expect(mock.calls).toEqual([])
  })

  test('a tunnel', async () => {
    const socket = connect(proxy.port, '127.0.0.1')
    socket.write(`CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nOrigin: ${ORIGIN}\r\n\r\n`)
    let received = ''
    for await (const chunk of socket) received += String(chunk)

    expect(received).toBe('')
    expect(mock.calls).toEqual([])
  })
})

describe('what is forwarded', () => {
  test('only the headers that the server needs', async () => {
    const headers = {
      cookie: 'session=1',
      'content-type': 'application/json',
      accept: '*/*',
      referer: `${ORIGIN}/page`,
      'x-other': '1',
    }
    await send(
      CHAT,
      { method: 'POST', headers },
      '{"model":"acme/tern-4b","messages":[{"role":"user","content":"Hi"}]}',
    )
    const [call] = mock.calls

    expect(call!.body).toMatchObject({ messages: [{ role: 'user', content: 'Hi' }] })
    expect(Object.keys(call!.headers).toSorted()).toEqual([
      'accept',
      'connection',
      'content-length',
      'content-type',
      'host',
    ])
    expect(call!.headers['host']).toBe(new URL(mock.url).host)
  })

  test("the page's own token, unless the proxy has one", async () => {
    await send('/v1/models', { headers: { authorization: 'Bearer page' } })
    await proxy.close()
    proxy = await startProxy({ endpoint: mock.url, origins: [ORIGIN], apiToken: () => TOKEN, port: 0 })
    await send('/v1/models', { headers: { authorization: 'Bearer page' } })
    await send('/v1/models')

    expect(mock.calls.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer page',
      `Bearer ${TOKEN}`,
      `Bearer ${TOKEN}`,
    ])
  })

  test('no cookie and no header of the server that a page need not see', async () => {
    mock.inject({
      raw: {
        headers: { 'set-cookie': 'a=b', location: 'http://evil.example', 'content-type': 'text/plain' },
        chunks: ['x'],
      },
    })
    const { headers } = await send('/v1/models')

    expect(headers['set-cookie']).toBeUndefined()
    expect(headers['location']).toBeUndefined()
    expect(headers['x-powered-by']).toBeUndefined()
  })

  test('the path prefix of the endpoint', async () => {
    await proxy.close()
    proxy = await startProxy({ endpoint: `${mock.url}/prefix`, origins: [ORIGIN], apiToken: () => undefined, port: 0 })
    await send('/v1/models?a=b')

    expect(mock.calls.map(({ path }) => path)).toEqual(['/prefix/v1/models?a=b'])
  })
})

describe('a server that does not keep to HTTP', () => {
  /** Puts the proxy before a server that answers with these bytes, and passes what the server receives. */
  async function withServer(answer: string, use: (received: () => string) => Promise<void>): Promise<void> {
    let received = ''
    const server = createTCPServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('data', (bytes) => {
        received += String(bytes)
        if (received.includes('\r\n\r\n')) socket.end(answer)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await proxy.close()
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    proxy = await startProxy({ endpoint, origins: [ORIGIN], apiToken: () => undefined, port: 0 })
    try {
      await use(() => received)
    } finally {
      server.close()
    }
  }

  test.each([
    ['a status below 100', 'HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n'],
    ['another protocol that was not requested', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['nothing', ''],
  ])('and sends %s gets the page a readable 502', async (_, answer) => {
    await withServer(answer, async () => {
      for (let attempt = 0; attempt < 2; attempt++) {
        const { status, headers } = await send('/v1/models')

        expect(status).toBe(502)
        expect(headers['access-control-allow-origin']).toBe(ORIGIN)
      }
    })
  })

  test.each(['GET', 'HEAD'])('does not receive the body of a %s, which it could read as a request', async (method) => {
    await withServer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', async (received) => {
      const body = 'GET /second HTTP/1.1\r\nHost: x\r\n\r\n'

      expect((await send('/first', { method, headers: { 'transfer-encoding': 'chunked' } }, body)).status).toBe(200)
      expect((await send('/first', { method, headers: { 'content-length': body.length } }, body)).status).toBe(200)
      expect(received()).toContain(`${method} /first`)
      expect(received()).not.toContain('/second')
      expect(received()).not.toContain('content-length')
    })
  })
})

describe('the hosts of the proxy', () => {
  test('have its port', () => {
    expect(hostsOf(1235)).toEqual(['127.0.0.1:1235', 'localhost:1235'])
  })

  test('lack the usual port of HTTP, which a browser leaves out', () => {
    expect(hostsOf(80)).toEqual(['127.0.0.1', 'localhost'])
  })
})

describe('streams', () => {
  const model = 'acme/tern-4b'

  test('pass through before they end', async () => {
    mock.inject({ name: 'stall', afterEvents: 2 })
    const types: string[] = []
    for await (const { type } of page().stream({ model, prompt: 'Hello' })) {
      types.push(type)
      // The rest of the stream is sent only once its beginning has arrived.
      if (types.length === 2) mock.release()
    }

    expect(types.length).toBeGreaterThan(3)
    expect(types.at(-1)).toBe('completion-end')
  })

  test('send the headers before the first event', async () => {
    mock.inject({ name: 'stall', afterEvents: 0 })
    const response = await fetch(`${proxy.url}${CHAT}`, {
      method: 'POST',
      headers: { origin: ORIGIN, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], stream: true }),
    })
    mock.release()

    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(await response.text()).toContain('[DONE]')
  })

  test('end on the server when the page leaves', async () => {
    mock.inject({ name: 'stall', afterEvents: 2 })
    const stream = page().stream({ model, prompt: 'Hello' })
    for await (const event of stream) if (event.type !== 'completion-start') break
    const call = await mock.whenCalled(CHAT)

    expect(await call.finished).toBe('aborted')
  })

  test('end on the server when the page leaves before the headers', async () => {
    mock.inject('delay-headers')
    const controller = new AbortController()
    const response = page().complete({ model, prompt: 'Hello' }, { signal: controller.signal })
    await mock.whenHeld()
    controller.abort(new Error('left'))
    await expect(response).rejects.toThrow('left')

    expect(await (await mock.whenCalled(CHAT)).finished).toBe('aborted')
  })

  test('that break on the server break for the page', async () => {
    mock.inject({ name: 'reset', afterEvents: 2 })
    await expect(page().stream({ model, prompt: 'Hello' }).response).rejects.toMatchObject({
      name: 'StreamInterruptedError',
    })
  })

  test('are read from the server no faster than by the page', async () => {
    const total = 64 * 1024 * 1024
    let sent = 0
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const server = createServer((_, response) => {
      const write = (): void => {
        while (sent < total) {
          sent += chunk.length
          if (!response.write(chunk)) return void response.once('drain', write)
        }
        response.end()
      }
      write()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await proxy.close()
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    proxy = await startProxy({ endpoint, origins: [ORIGIN], apiToken: () => undefined, port: 0 })
    const incoming = await new Promise<IncomingMessage>((resolve) => {
      request({ host: '127.0.0.1', port: proxy.port, path: '/', headers: { origin: ORIGIN } }, resolve).end()
    })
    incoming.pause()
    // Nothing reads: the server must run out of buffers long before the end.
    let before = -1
    while (before !== sent) {
      before = sent
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    const sentUnread = sent
    incoming.destroy()
    server.closeAllConnections()
    server.close()

    expect(sentUnread).toBeGreaterThan(0)
    expect(sentUnread).toBeLessThan(total / 2)
  })
})

describe('the command', () => {
  test('prints where it listens and for whom, and stops at Ctrl+C', async () => {
    const running = startCLI(
      ['proxy', '--origin', ORIGIN, '--origin', 'http://localhost:5173/', '--port', '0', '--endpoint', mock.url],
      {
        env: { LMSTUDIO_API_TOKEN: TOKEN },
      },
    )
    await running.printed('Stop with Ctrl+C.')
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(running.stdout())![0]
    const response = await fetch(`${url}/v1/models`, { headers: { origin: 'http://localhost:5173' } })
    running.interrupt()

    expect(response.status).toBe(200)
    expect(mock.calls[0]!.headers['authorization']).toBe(`Bearer ${TOKEN}`)
    const { code, stdout } = await running.result
    expect(code).toBe(0)
    expect(stdout).toContain(`→ ${mock.url}, with the API token`)
    expect(stdout).toContain(`Pages of ${ORIGIN}, http://localhost:5173 may use it.`)
    expect(stdout).not.toContain(TOKEN)
  })

  test.each([
    ['*', '--origin * would let every page use the server.'],
    ['null', '--origin must be the origin of a page'],
    ['app.example', '--origin must be the origin of a page'],
    ['https://app.example/path', '--origin must be the origin of a page'],
    ['https://user@app.example', '--origin must be the origin of a page'],
    ['file:///home', '--origin must be the origin of a page'],
  ])('rejects the origin %s', async (origin, message) => {
    expect(await cli(['proxy', '--origin', origin])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    })
  })

  test('refuses a server outside private networks without --allow-remote', async () => {
    const { code, stderr } = await cli([
      'proxy',
      '--origin',
      ORIGIN,
      '--port',
      '0',
      '--endpoint',
      'https://models.example.com',
    ])

    expect(code).toBe(1)
    expect(stderr).toContain('models.example.com')
  })

  test('explains a port that is in use', async () => {
    expect(await cli(['proxy', '--origin', ORIGIN, '--port', String(proxy.port)])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Port ${proxy.port} is in use.`),
    })
  })
})

import dns from 'node:dns'
import { createServer, type Server } from 'node:http'
import { createServer as createTLSServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { discover, type Discovery, type DiscoverOptions, type ServiceNotFoundError } from 'lmstudio-provider'
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createCertificate } from '../../e2e/setup/certificate.js'
import { fetchWithoutDefaultPort } from '../helpers/default-port.js'
import { caught } from './support/caught.js'
import { DIALECTS, serveOther } from './support/other-server.js'
import { connect, startMock } from './support/provider.js'
import { closedPort, sendJSON, serve, serveSocket } from './support/servers.js'

const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'

afterEach(() => void vi.restoreAllMocks())

const search = (options: DiscoverOptions): Promise<Discovery> =>
  discover({ fetch: fetchWithoutDefaultPort, timeout: 10_000, ...options })

async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host, ipv6Only: true }, resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const portOf = ({ url }: { readonly url: string }): number => Number(new URL(url).port)

describe('discover at a given port', () => {
  const servers: [string, () => Promise<number>, string][] = [
    ['a closed port', closedPort, 'Nothing is listening'],
    ['a server that never responds', async () => (await serveSocket(() => {})).port, 'did not finish within 250 ms'],
    [
      'a server that resets every connection',
      async () => (await serveSocket((socket) => void socket.resetAndDestroy())).port,
      'connection was closed',
    ],
    [
      'a TLS server',
      async () => {
        const { key, cert } = createCertificate('localhost')
        return listen(createTLSServer({ key, cert }), '127.0.0.1')
      },
      'connection was closed',
    ],
    [
      'a mail server',
      async () => (await serveSocket((socket) => socket.end('220 ready\r\n'))).port,
      'does not speak HTTP',
    ],
    ['a web page', async () => (await serve((_, response) => response.end('<!doctype html>'))).port, 'web page'],
    [
      'a redirect',
      async () => (await serve((_, response) => response.writeHead(302, { location: '/login' }).end())).port,
      'redirects to /login',
    ],
    [
      'a server without any of the routes',
      async () => (await serve((_, response) => sendJSON(response, {}, 404))).port,
      'does not know this route',
    ],
    [
      'a server that fails',
      async () => (await serve((_, response) => sendJSON(response, { error: 'broken' }, 500))).port,
      'failed: “broken”',
    ],
  ]

  test.each(servers)(
    'reports %s in the error, and finds LM Studio at the next port',
    async (_name, start, reported) => {
      const port = await start()
      // Only the server that never responds is waited for; a slow machine must not time out on the others.
      const timeout = reported.startsWith('did not finish') ? 250 : 10_000
      const { name, attempts, hint } = await caught(search({ ports: [port], timeout }))
      expect(name).toBe('ServiceNotFoundError')
      expect(attempts?.at(-1)).toMatchObject({ endpoint: `http://127.0.0.1:${port}`, source: 'the option ports' })
      expect(attempts?.at(-1)?.reason).toContain(reported)
      expect(hint).toContain('lms server start')

      const mock = await startMock()
      expect(await search({ ports: [port, portOf(mock)], timeout: Math.max(timeout, 2_000) })).toEqual({
        endpoint: mock.url,
        isLMStudio: true,
        api: 'v1',
        source: 'the option ports',
      })
    },
  )

  test('finds another OpenAI-compatible server, but prefers LM Studio at a later port', async () => {
    const other = await serveOther(DIALECTS['llama.cpp'])
    expect(await search({ ports: [other.port] })).toMatchObject({
      endpoint: other.url,
      isLMStudio: false,
      api: 'openai',
    })
    const mock = await startMock()
    expect(await search({ ports: [other.port, portOf(mock)] })).toMatchObject({ endpoint: mock.url, isLMStudio: true })
  })

  test('finds LM Studio 0.3', async () => {
    const mock = await startMock({ version: '0.3' })
    expect(await search({ ports: [portOf(mock)] })).toMatchObject({ endpoint: mock.url, isLMStudio: true, api: 'v0' })
  })

  test('finds LM Studio that requires a token without sending the token to a port', async () => {
    const mock = await startMock({ auth: TOKEN })
    expect(await search({ ports: [portOf(mock)], apiToken: TOKEN, headers: { 'x-key': TOKEN } })).toMatchObject({
      endpoint: mock.url,
      isLMStudio: true,
      api: undefined,
    })
    expect(mock.calls.map(({ path }) => path)).toEqual(['/lmstudio-greeting', '/api/v1/models'])
    expect(JSON.stringify(mock.calls.map(({ headers }) => headers))).not.toContain(TOKEN)
    expect(await search({ endpoint: mock.url, apiToken: TOKEN })).toMatchObject({ endpoint: mock.url, api: 'v1' })
  })
})

describe('discover in a range of ports', () => {
  test('finds LM Studio in a range of ports', async () => {
    const mock = await startMock()
    const port = portOf(mock)
    const ports = { from: Math.max(1, port - 40), to: Math.min(65_535, port + 40) }
    expect(await search({ ports })).toMatchObject({ endpoint: mock.url, source: 'the option ports' })
  })

  test('summarizes a thousand closed ports in the error, without a warning of Node', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    onTestFinished(() => void process.off('warning', onWarning))
    // Below the ports that systems assign by themselves. A few of them may be in use.
    const error = await caught(search({ ports: { from: 23_000, to: 23_999 } }))
    expect(error.attempts?.map(({ endpoint }) => endpoint)).toEqual(
      expect.arrayContaining(['http://127.0.0.1:23000', 'http://127.0.0.1:23999']),
    )
    expect(error.message.length).toBeLessThan(5_000)
    expect(warnings).toEqual([])
  }, 120_000)
})

describe('the LM Studio that discover found', () => {
  test('discover requests only the remembered LM Studio, and searches again once it is gone', async () => {
    const [first, second] = [await startMock(), await startMock()]
    const ports = [portOf(first), portOf(second)]
    expect(await search({ ports })).toMatchObject({ endpoint: first.url })
    const callsBefore = second.calls.length
    expect(await search({ ports })).toMatchObject({ endpoint: first.url })
    expect(second.calls.length).toBe(callsBefore)
    await first.close()
    expect(await search({ ports })).toMatchObject({ endpoint: second.url })
  })
})

test('discover rejects with the reason when it is aborted', async () => {
  const controller = new AbortController()
  const silent = await serveSocket(() => controller.abort('enough'))
  expect(await caught(search({ ports: [silent.port], signal: controller.signal, timeout: 20_000 }))).toBe('enough')
})

describe('a server that listens on IPv4 or IPv6 only', () => {
  let hasIPv6 = false
  beforeAll(async () => {
    const server = createServer()
    hasIPv6 = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(0, '::1', () => server.close(() => resolve(true)))
    })
  })

  /** Resolves `localhost` to both addresses, IPv6 first. */
  function resolveBoth(): void {
    const both = [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]
    const lookup = (_host: string, _options: object, done: (error: null, found: typeof both) => void): void =>
      process.nextTick(done, null, both)
    vi.spyOn(dns, 'lookup').mockImplementation(lookup as never)
  }

  const OFF = 'not-running'
  test.for([
    ['127.0.0.1', '127.0.0.1', 'ok'],
    ['127.0.0.1', 'localhost', 'ok'],
    ['127.0.0.1', '[::1]', OFF],
    ['::1', '127.0.0.1', OFF],
    ['::1', 'localhost', 'ok'],
    ['::1', '[::1]', 'ok'],
  ] as const)(
    'a server that listens on %s and is requested at %s is %s',
    async ([address, host, expected], { skip }) => {
      skip(address === '::1' && !hasIPv6, 'this machine does not have IPv6')
      const mock = await startMock()
      const server = createServer((request, response) => {
        void mock.handle(new Request(mock.url + request.url!)).then(async (reply) => {
          response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text())
        })
      })
      const port = await listen(server, address)
      const endpoint = `http://${host}:${port}`
      resolveBoth()
      const { status, diagnosis } = await connect({ url: endpoint }).healthCheck()
      expect({ status, code: diagnosis?.code ?? 'ok' }).toEqual({
        status: expected === OFF ? 'unreachable' : 'healthy',
        code: expected,
      })
      const found = await search({ endpoint }).catch(({ attempts }: ServiceNotFoundError) => attempts?.[0])
      expect(found).toMatchObject(
        expected === OFF
          ? { endpoint, code: 'not-running' }
          : { endpoint, isLMStudio: true, source: 'the option endpoint' },
      )
    },
  )

  test('a name with two closed addresses is not running', async () => {
    const url = `http://localhost:${await closedPort()}`
    resolveBoth()
    const { diagnosis } = await connect({ url }).healthCheck()
    expect(diagnosis?.code).toBe('not-running')
  })
})

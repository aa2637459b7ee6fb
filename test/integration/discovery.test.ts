import dns from 'node:dns'
import { createServer, type Server } from 'node:http'
import { createServer as createTLSServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { discover, type Discovery, type DiscoverOptions } from 'lmstudio-provider'
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
  discover({ fetch: fetchWithoutDefaultPort, ...options })

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

describe('at a port that was asked for', () => {
  const kinds: [string, () => Promise<number>, string][] = [
    ['nothing listens', closedPort, 'nothing listens'],
    [
      'something accepts and says nothing',
      async () => (await serveSocket(() => {})).port,
      'did not finish within 250 ms',
    ],
    [
      'every connection is reset',
      async () => (await serveSocket((socket) => void socket.resetAndDestroy())).port,
      'connection was closed',
    ],
    [
      'TLS is spoken',
      async () => {
        const { key, cert } = createCertificate('localhost')
        return listen(createTLSServer({ key, cert }), '127.0.0.1')
      },
      'connection was closed',
    ],
    [
      'mail is served',
      async () => (await serveSocket((socket) => socket.end('220 ready\r\n'))).port,
      'does not speak HTTP',
    ],
    [
      'a web page is served',
      async () => (await serve((_, response) => response.end('<!doctype html>'))).port,
      'web page',
    ],
    [
      'a redirect is served',
      async () => (await serve((_, response) => response.writeHead(302, { location: '/login' }).end())).port,
      'redirects to /login',
    ],
    [
      'an unknown path is all there is',
      async () => (await serve((_, response) => sendJSON(response, {}, 404))).port,
      'status 404',
    ],
    [
      'a server fails',
      async () => (await serve((_, response) => sendJSON(response, { error: 'broken' }, 500))).port,
      'failed: “broken”',
    ],
  ]

  test.each(kinds)('%s: that is told, and the next port is taken', async (_name, start, told) => {
    const port = await start()
    // Only silence is waited out; everything else shall be told for what it is, also by a slow machine.
    const timeout = told.startsWith('did not finish') ? 250 : 10_000
    const { name, message, hint } = await caught(search({ ports: [port], timeout }))
    expect(name).toBe('ServiceNotFoundError')
    expect(message).toMatch(new RegExp(`http://127\\.0\\.0\\.1:${port} \\(the option ports\\): [^()]*${told}`))
    expect(hint).toContain('lms server start')

    const mock = await startMock()
    expect(await search({ ports: [port, portOf(mock)], timeout: 1_000 })).toEqual({
      endpoint: mock.url,
      isLMStudio: true,
      api: 'v1',
      source: 'the option ports',
    })
  })

  test('another OpenAI-compatible server is found, but LM Studio behind it is preferred', async () => {
    const other = await serveOther(DIALECTS['llama.cpp'])
    expect(await search({ ports: [other.port] })).toMatchObject({
      endpoint: other.url,
      isLMStudio: false,
      api: 'openai',
    })
    const mock = await startMock()
    expect(await search({ ports: [other.port, portOf(mock)] })).toMatchObject({ endpoint: mock.url, isLMStudio: true })
  })

  test('LM Studio 0.3 is found', async () => {
    const mock = await startMock({ version: '0.3' })
    expect(await search({ ports: [portOf(mock)] })).toMatchObject({ endpoint: mock.url, isLMStudio: true, api: 'v0' })
  })

  test('LM Studio that wants a token is found without handing it the token', async () => {
    const mock = await startMock({ auth: TOKEN })
    expect(await search({ ports: [portOf(mock)], apiToken: TOKEN, headers: { 'x-key': TOKEN } })).toMatchObject({
      endpoint: mock.url,
      isLMStudio: true,
      api: undefined,
    })
    expect(mock.calls.length).toBeGreaterThan(0)
    expect(JSON.stringify(mock.calls.map(({ headers }) => headers))).not.toContain(TOKEN)
    expect(await search({ endpoint: mock.url, apiToken: TOKEN })).toMatchObject({ endpoint: mock.url, api: 'v1' })
  })
})

describe('a range of ports', () => {
  test('is searched on this machine, and LM Studio in it found', async () => {
    const mock = await startMock()
    const port = portOf(mock)
    const ports = { from: Math.max(1, port - 40), to: Math.min(65_535, port + 40) }
    expect(await search({ ports })).toMatchObject({ endpoint: mock.url, source: 'the option ports' })
  })

  test('of a thousand closed ports is told in a few words, without a warning of Node', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    onTestFinished(() => void process.off('warning', onWarning))
    // Below the ports that systems give away by themselves; a few of them may be in use.
    const { message } = await caught(search({ ports: { from: 23_000, to: 23_999 } }))
    expect(message).toContain('http://127.0.0.1:23000')
    expect(message).toContain('http://127.0.0.1:23999')
    expect(message.length).toBeLessThan(5_000)
    expect(warnings).toEqual([])
  }, 20_000)
})

describe('what was found', () => {
  test('is forgotten when it has gone', async () => {
    const [first, second] = [await startMock(), await startMock()]
    const ports = [portOf(first), portOf(second)]
    expect(await search({ ports })).toMatchObject({ endpoint: first.url })
    const asked = second.calls.length
    expect(await search({ ports })).toMatchObject({ endpoint: first.url })
    expect(second.calls.length).toBe(asked)
    await first.close()
    expect(await search({ ports })).toMatchObject({ endpoint: second.url })
  })
})

test('a caller who leaves gets the reason, and the servers are left alone', async () => {
  const controller = new AbortController()
  const silent = await serveSocket(() => controller.abort('enough'))
  expect(await caught(search({ ports: [silent.port], signal: controller.signal, timeout: 20_000 }))).toBe('enough')
})

describe('a listener of one kind of address', () => {
  let hasIPv6 = false
  beforeAll(async () => {
    const server = createServer()
    hasIPv6 = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(0, '::1', () => server.close(() => resolve(true)))
    })
  })

  /** As a machine answers on which `localhost` has both addresses, IPv6 first. */
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
  ] as const)('%s, asked at %s: %s', async ([address, host, expected], { skip }) => {
    skip(address === '::1' && !hasIPv6, 'this machine has no IPv6')
    const mock = await startMock()
    const server = createServer((request, response) => {
      void mock.handle(new Request(mock.url + request.url!)).then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
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
    const found = search({ endpoint })
    if (expected === OFF) expect((await caught(found)).message).toContain(`nothing listens at ${endpoint}`)
    else expect(await found).toMatchObject({ endpoint, isLMStudio: true, source: 'the option endpoint' })
  })

  test('that is there for neither address of a name is not running', async () => {
    const url = `http://localhost:${await closedPort()}`
    resolveBoth()
    const { diagnosis } = await connect({ url }).healthCheck()
    expect(diagnosis?.code).toBe('not-running')
  })
})

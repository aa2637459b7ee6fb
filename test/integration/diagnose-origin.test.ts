import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { diagnose, type DiagnoseOptions } from 'lmstudio-provider'
import { diagnose as diagnoseInNode } from 'lmstudio-provider/node'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { stubPage } from '../browser/stub-page.js'
import { caught } from './support/caught.js'
import { startMock } from './support/provider.js'
import { closedPort, serve } from './support/servers.js'

const ORIGIN = 'https://app.example'
const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'

const OPEN = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type, authorization' }

interface CORS {
  readonly list?: OutgoingHttpHeaders
  readonly preflight?: OutgoingHttpHeaders
  readonly status?: number
}

/** A model server whose CORS headers differ; records what it received. */
async function serveCORS({ list = OPEN, preflight = OPEN, status = 204 }: CORS) {
  const received: { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers'] }[] =
    []
  const { url } = await serve((request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: path = '', headers } = request
    received.push({ method, path, headers })
    if (method === 'OPTIONS') return void response.writeHead(status, preflight).end()
    const isList = path === '/v1/models'
    response.writeHead(isList ? 200 : 404, { ...list, 'content-type': 'application/json' })
    response.end(
      isList ? '{"object":"list","data":[{"id":"acme/tern-4b","object":"model"}]}' : '{"detail":"Not Found"}',
    )
  })
  return { endpoint: url, received }
}

const run = (endpoint: string, options: DiagnoseOptions = {}) => diagnose({ endpoint, origin: ORIGIN, ...options })

afterEach(() => void vi.unstubAllGlobals())

describe('diagnose with an origin', () => {
  test('is ok for LM Studio with CORS on, and reports the permission that browsers ask for', async () => {
    const mock = await startMock()
    const diagnosis = await run(mock.url)
    expect(diagnosis).toMatchObject({ code: 'ok', steps: [] })
    const evidence = diagnosis.evidence.join('\n')
    expect(evidence).toContain('a browser lets pages of https://app.example read the responses')
    expect(evidence).toMatch(/Chrome and Edge 142 .* ask the user for permission/)
    expect(evidence).toContain('Access-Control-Allow-Private-Network is missing')
  })

  test('works the same in the entry for Node', async () => {
    const mock = await startMock({ cors: false })
    expect(await diagnoseInNode({ endpoint: mock.url, origin: ORIGIN })).toMatchObject({ code: 'cors-disabled' })
  })

  test('reports CORS that is off in LM Studio', async () => {
    const mock = await startMock({ cors: false })
    const diagnosis = await run(mock.url)
    expect(diagnosis).toMatchObject({
      code: 'cors-disabled',
      summary: `Pages of https://app.example cannot use ${mock.url}: the response to GET /v1/models has no Access-Control-Allow-Origin.`,
    })
    expect(diagnosis.steps[0]).toContain('lms server start --cors')
    expect(diagnosis.steps.join('\n')).toContain('`Access-Control-Allow-Origin: https://app.example`')
  })

  test('reports CORS before a missing token, since a page could not read the 401', async () => {
    const locked = await startMock({ auth: true })
    expect((await run(locked.url)).code).toBe('auth-required')
    locked.configure({ cors: false })
    expect((await run(locked.url)).code).toBe('cors-disabled')
    expect((await diagnose({ endpoint: locked.url })).code).toBe('auth-required')
  })

  test('sends what a page would send, and generates nothing', async () => {
    const { endpoint, received } = await serveCORS({})
    await run(endpoint, { apiToken: TOKEN, headers: { 'X-Key': 'abc', accept: 'application/json' } })
    const [list, preflight] = received.filter(({ headers }) => headers.origin !== undefined)
    expect(received.filter(({ method }) => method === 'POST')).toEqual([])
    expect(list).toMatchObject({
      method: 'GET',
      path: '/v1/models',
      headers: { origin: ORIGIN, authorization: `Bearer ${TOKEN}`, 'x-key': 'abc' },
    })
    expect(preflight).toMatchObject({
      method: 'OPTIONS',
      path: '/v1/chat/completions',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-key',
      },
    })
    // Browsers announce these in the preflight, and send them later.
    expect(preflight!.headers).not.toHaveProperty('authorization')
    expect(preflight!.headers).not.toHaveProperty('x-key')
  })

  test('includes the headers that an interceptor adds', async () => {
    const { endpoint } = await serveCORS({})
    const { code, summary } = await run(endpoint, {
      onRequest: ({ options }) => options.headers.set('x-gateway', 'abc'),
    })
    expect(code).toBe('cors-disabled')
    expect(summary).toContain('Access-Control-Allow-Headers lacks x-gateway')
  })

  test.each<[string, CORS]>([
    ['every origin', {}],
    [
      'this origin',
      {
        list: { ...OPEN, 'access-control-allow-origin': ORIGIN },
        preflight: { ...OPEN, 'access-control-allow-origin': ORIGIN },
      },
    ],
    ['every header', { preflight: { ...OPEN, 'access-control-allow-headers': '*' } }],
    [
      'headers in other letters',
      { preflight: { ...OPEN, 'access-control-allow-headers': 'Authorization,Content-Type' } },
    ],
    ['fewer methods, which do not matter', { preflight: { ...OPEN, 'access-control-allow-methods': 'GET' } }],
    ['a preflight with status 200', { status: 200 }],
  ])('is ok for a server that allows %s', async (_, cors) => {
    const { endpoint } = await serveCORS(cors)
    expect(await run(endpoint, { apiToken: TOKEN })).toMatchObject({ code: 'ok' })
  })

  test.each<[string, CORS, string, string]>([
    [
      'another origin',
      { list: { 'access-control-allow-origin': 'https://other.example' } },
      'the response to GET /v1/models has Access-Control-Allow-Origin: https://other.example',
      '`Access-Control-Allow-Origin: https://app.example`',
    ],
    [
      'the origin with a slash',
      { list: { 'access-control-allow-origin': `${ORIGIN}/` } },
      'has Access-Control-Allow-Origin: https://app.example/',
      '`Access-Control-Allow-Origin: https://app.example`',
    ],
    [
      'every origin twice',
      { list: { 'access-control-allow-origin': '*, *' } },
      'has Access-Control-Allow-Origin: *, *',
      '`Access-Control-Allow-Origin: https://app.example`',
    ],
    [
      'no origin in the preflight',
      { preflight: {} },
      'the response to the preflight OPTIONS /v1/chat/completions has no Access-Control-Allow-Origin',
      '`Access-Control-Allow-Origin: https://app.example`',
    ],
    [
      'no headers',
      { preflight: { 'access-control-allow-origin': '*' } },
      'Access-Control-Allow-Headers lacks authorization, content-type',
      '`Access-Control-Allow-Headers: authorization, content-type`',
    ],
    [
      'only the header of the body',
      { preflight: { ...OPEN, 'access-control-allow-headers': 'content-type' } },
      'Access-Control-Allow-Headers lacks authorization',
      '`Access-Control-Allow-Headers: authorization, content-type`',
    ],
    ['a preflight with status 404', { status: 404 }, 'is not a success (status 404)', 'status 204'],
    [
      'a preflight that is redirected',
      { status: 307, preflight: { ...OPEN, location: '/elsewhere' } },
      'is a redirect (status 307)',
      'status 204',
    ],
  ])('names what is wrong with a server that allows %s', async (_, cors, what, step) => {
    const { endpoint } = await serveCORS(cors)
    const diagnosis = await run(endpoint, { apiToken: TOKEN })
    expect(diagnosis.code).toBe('cors-disabled')
    expect(diagnosis.summary).toContain(what)
    expect(diagnosis.evidence.join('\n')).toContain(what)
    expect(diagnosis.steps.join('\n')).toContain(step)
    expect(JSON.stringify(diagnosis)).not.toContain('ABCDEFGHIJ')
  })

  test.each<[string, string, string]>([
    ['credentials', 'access-control-allow-credentials', 'Access-Control-Allow-Credentials does not matter'],
    ['private networks', 'access-control-allow-private-network', 'Access-Control-Allow-Private-Network is set'],
  ])('reports a header for %s in the evidence only', async (_, name, remark) => {
    const { endpoint } = await serveCORS({ preflight: { ...OPEN, [name]: 'true' } })
    const diagnosis = await run(endpoint)
    expect(diagnosis.code).toBe('ok')
    expect(diagnosis.evidence.join('\n')).toContain(remark)
  })

  test('reports a server that does not answer the preflight, within the limit', async () => {
    const { url } = await serve((request, response) => {
      if (request.method !== 'OPTIONS') {
        response.writeHead(200, { ...OPEN, 'content-type': 'application/json' }).end('{"data":[]}')
      }
    })
    const diagnosis = await run(url, { timeout: 100 })
    expect(diagnosis).toMatchObject({ code: 'cors-disabled' })
    expect(diagnosis.summary).toContain('did not arrive')
  })

  test('reports a server that is off as without an origin', async () => {
    expect((await run(`http://127.0.0.1:${await closedPort()}`)).code).toBe('not-running')
  })

  test('rejects with the reason of an abort during the preflight', async () => {
    const controller = new AbortController()
    const { url } = await serve((request, response) => {
      if (request.method === 'OPTIONS') controller.abort('enough')
      else response.writeHead(200, { ...OPEN, 'content-type': 'application/json' }).end('{"data":[]}')
    })
    expect(await caught(run(url, { signal: controller.signal }))).toBe('enough')
  })
})

describe('the rules for pages of an origin', () => {
  const respond: typeof globalThis.fetch = async (_, init) =>
    init?.method === 'OPTIONS'
      ? new Response(null, { status: 204, headers: OPEN })
      : Response.json({ object: 'list', data: [{ id: 'acme/tern-4b' }] }, { headers: OPEN })
  const between = (origin: string, endpoint: string) =>
    diagnose({ origin, endpoint, fetch: respond, allowRemote: true })

  test.each([
    [
      'http://app.example',
      'http://127.0.0.1:1234',
      'insecure-context',
      'Chrome and Edge block public pages over plain http',
    ],
    [
      'http://app.example',
      'http://gpu-box:1234',
      'insecure-context',
      'Chrome and Edge block public pages over plain http',
    ],
    ['https://app.example', 'http://lm.example.com', 'mixed-content', 'every browser blocks'],
    ['https://app.example', 'http://192.168.1.20:1234', 'ok', 'Firefox and Safari block plain http'],
    ['https://app.example', 'http://127.0.0.1:1234', 'ok', 'ask the user for permission'],
    ['https://nas.lan', 'http://127.0.0.1:1234', 'ok', 'plain http to this machine is allowed'],
    ['chrome-extension://abcdefghijklmnop', 'http://127.0.0.1:1234', 'ok', 'host permissions'],
    ['null', 'http://127.0.0.1:1234', 'ok', 'sandboxed'],
  ])('%s to %s: %s', async (origin, endpoint, code, evidence) => {
    const diagnosis = await between(origin, endpoint)
    expect(diagnosis.code).toBe(code)
    expect(diagnosis.evidence.join('\n')).toContain(evidence)
  })

  test.each([
    ['http://localhost:5173', 'http://127.0.0.1:1234'],
    ['http://nas.lan', 'http://127.0.0.1:1234'],
    ['https://app.example', 'https://lm.example.com'],
    ['http://app.example', 'https://lm.example.com'],
  ])('%s to %s needs no permission', async (origin, endpoint) => {
    const diagnosis = await between(origin, endpoint)
    expect(diagnosis.evidence.join('\n')).not.toMatch(/permission|Mixed content/)
  })
})

describe('the option origin', () => {
  const mockless = { endpoint: 'http://127.0.0.1:4321', fetch: () => Promise.reject(new TypeError('fetch failed')) }

  test.each<[unknown, RegExp, RegExp]>([
    ['app.example', /is not an origin: "app\.example"/, /Write https:\/\/app\.example\./],
    ['localhost:5173', /is not an origin/, /Write https:\/\/localhost:5173\./],
    ['*', /is not an origin: "\*"/, /https:\/\/app\.example/],
    ['', /is not an origin/, /https:\/\/app\.example/],
    ['https://', /is not an origin/, /https:\/\/app\.example/],
    ['https://app.example/chat', /has a path or a query/, /Write https:\/\/app\.example\./],
    ['https://app.example?key=secret', /has a path or a query/, /Write https:\/\/app\.example\./],
    ['https://anna:secret@app.example', /user name or password/, /Write only the scheme and the host/],
    ['file:///home/anna/page.html', /is not an origin|scheme `file:`/, /https:\/\/app\.example/],
    ['ftp://app.example', /scheme `ftp:`/, /https:\/\/app\.example/],
    ['https://app example', /is not an origin|path/, /https:\/\//],
    [7, /must be a string or a URL/, /./],
    [null, /must be a string or a URL/, /./],
    [['https://app.example'], /must be a string or a URL/, /./],
  ])('%j is rejected with a clear error', async (origin, message, hint) => {
    const error = await caught(diagnose({ ...mockless, origin: origin as string }))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid-option' })
    expect(error.message).toMatch(message)
    expect(error.hint).toMatch(hint)
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  test.each([
    ['HTTPS://App.Example/', 'https://app.example'],
    ['https://app.example:443', 'https://app.example'],
    [new URL('https://app.example/'), 'https://app.example'],
    [' http://localhost:5173 ', 'http://localhost:5173'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['null', 'null'],
    ['tauri://localhost', 'tauri://localhost'],
  ])('%s is sent as %s', async (origin, expected) => {
    const { endpoint, received } = await serveCORS({})
    await run(endpoint, { origin })
    expect(received.map(({ headers }) => headers.origin).filter(Boolean)).toEqual([expected, expected])
  })

  test('is refused in a page, which cannot choose its origin', async () => {
    stubPage()
    expect(await caught(diagnose({ ...mockless, origin: ORIGIN }))).toMatchObject({
      name: 'ConfigurationError',
      source: 'the option origin',
    })
  })
})

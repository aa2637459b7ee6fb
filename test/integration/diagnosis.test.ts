import { createServer as createTLSServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { diagnose, memoryCache, type DiagnosisCode, type HealthReport, type LMStudioOptions } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createCertificate } from '../../e2e/setup/certificate.js'
import { caught } from './support/caught.js'
import { DIALECTS, serveOther } from './support/other-server.js'
import { HELLO, startMock } from './support/provider.js'
import { closedPort, sendJSON, serve, serveSocket } from './support/servers.js'

const WRONG_TOKEN = 'sk-lm-aaaaaaaa:bbbbbbbbbbbbbbbbbbbb'
// For servers that never respond: every test of one waits this long.
const BRIEFLY: LMStudioOptions = { timeout: 400, generationTimeout: 400 }
// Longer than any limit that follows from these options, and shorter than the default limits.
const LONGEST_TIMER_MS = 5_000

interface Kind {
  readonly name: string
  /** Starts the server and resolves to its endpoint. */
  readonly start: () => Promise<string>
  readonly options?: LMStudioOptions
  readonly code: DiagnosisCode
  readonly status: HealthReport['status']
  readonly isLMStudio?: boolean
  /** The lines of the evidence, in order. */
  readonly evidence: readonly RegExp[]
  /** Calls that fail with a hint that contains the first step. */
  readonly failing?: readonly ('listModels' | 'complete')[]
}

async function serveTLS(): Promise<number> {
  const { key, cert } = createCertificate('localhost')
  const server = createTLSServer({ key, cert }, (_request, response) => sendJSON(response, { lmstudio: true }))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const page = (status: number) => async (): Promise<string> => {
  const { url } = await serve((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><title>Router</title>')
  })
  return url
}

/** A mock behind a proxy that forwards one path to it and responds to all others with a login page. */
async function serveProxied(): Promise<string> {
  const mock = await startMock()
  const { url } = await serve((request, response) => {
    if (request.url?.startsWith('/llm/') !== true) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>')
      return
    }
    void mock.handle(new Request(mock.url + request.url.slice(4))).then(async (reply) => {
      response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text())
    })
  })
  return url
}

const GREETED = /^GET \/lmstudio-greeting: LM Studio responded\.$/
const BOTH = ['listModels', 'complete'] as const

const KINDS: readonly Kind[] = [
  {
    name: 'a closed port',
    start: async () => `http://127.0.0.1:${await closedPort()}`,
    code: 'not-running',
    status: 'unreachable',
    evidence: [/^Nothing is listening at/],
    failing: BOTH,
  },
  {
    name: 'a server that accepts connections but never responds',
    start: async () => (await serveSocket(() => {})).url,
    options: BRIEFLY,
    code: 'timeout',
    status: 'unreachable',
    evidence: [/did not finish within 400 ms .*GET \/lmstudio-greeting/],
    failing: BOTH,
  },
  {
    name: 'a server that resets every connection',
    start: async () => (await serveSocket((socket) => void socket.resetAndDestroy())).url,
    code: 'unknown',
    status: 'unreachable',
    evidence: [/connection was closed before/],
    failing: BOTH,
  },
  {
    name: 'a server that closes every connection',
    start: async () => (await serveSocket((socket) => void socket.end())).url,
    code: 'unknown',
    status: 'unreachable',
    evidence: [/connection was closed before/],
    failing: BOTH,
  },
  {
    name: 'a TLS server requested over http',
    start: async () => `http://127.0.0.1:${await serveTLS()}`,
    code: 'unknown',
    status: 'unreachable',
    evidence: [/connection was closed before/],
    failing: BOTH,
  },
  {
    name: 'a server without TLS requested over https',
    start: async () => (await startMock()).url.replace('http:', 'https:'),
    code: 'tls',
    status: 'unreachable',
    evidence: [/TLS connection failed/],
    failing: BOTH,
  },
  {
    name: 'a server with an untrusted certificate',
    start: async () => `https://localhost:${await serveTLS()}`,
    code: 'tls',
    status: 'unreachable',
    evidence: [/TLS connection failed/],
    failing: BOTH,
  },
  {
    name: 'a mail server',
    start: async () => (await serveSocket((socket) => socket.end('220 mail ready\r\n'))).url,
    code: 'wrong-service',
    status: 'unreachable',
    evidence: [/does not speak HTTP/],
    failing: BOTH,
  },
  {
    name: 'a server that responds with arbitrary bytes',
    start: async () => (await serveSocket((socket) => socket.end(new Uint8Array([0, 1, 255, 21, 3, 3])))).url,
    code: 'wrong-service',
    status: 'unreachable',
    evidence: [/does not speak HTTP/],
    failing: BOTH,
  },
  {
    name: 'a server that closes the connection in the middle of every response',
    start: async () =>
      (
        await serveSocket((socket) => {
          socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"lmstudio"')
        })
      ).url,
    code: 'unknown',
    status: 'unreachable',
    evidence: [/connection broke in the middle/],
    failing: ['listModels'],
  },
  {
    name: 'a server with a web page at every path',
    start: page(200),
    code: 'wrong-service',
    status: 'degraded',
    evidence: [/is a web page: “Router” \(GET \/lmstudio-greeting\)/, /is a web page: “Router” \(GET \/v1\/models\)/],
    failing: BOTH,
  },
  {
    name: 'a web server that has none of the paths',
    start: page(404),
    code: 'wrong-service',
    status: 'degraded',
    evidence: [
      /does not know this route: “Router” \(404, GET \/lmstudio-greeting\)/,
      /does not know this route: “Router” \(404, GET \/v1\/models\)/,
    ],
    failing: BOTH,
  },
  {
    name: 'a server that redirects',
    start: async () =>
      (
        await serve((_request, response) => {
          response.writeHead(302, { location: 'https://login.example/' }).end()
        })
      ).url,
    code: 'wrong-service',
    status: 'degraded',
    evidence: [/redirects to https:\/\/login\.example/, /redirects to/],
    failing: BOTH,
  },
  {
    name: 'a server that responds to everything with status 500',
    start: async () => (await serve((_request, response) => sendJSON(response, { error: 'no' }, 500))).url,
    code: 'server-error',
    status: 'degraded',
    evidence: [/failed: “no”/, /failed: “no”/],
    failing: BOTH,
  },
  {
    name: 'LM Studio whose list of models fails',
    start: async () => {
      const mock = await startMock()
      mock.inject('status-500', { path: /models/, times: 9 })
      return mock.url
    },
    code: 'server-error',
    status: 'degraded',
    isLMStudio: true,
    evidence: [GREETED, /failed: .* \(500, GET \/api\/v1\/models\)/],
    failing: ['listModels'],
  },
  {
    name: 'LM Studio whose list of models never arrives',
    start: async () => {
      const { url } = await serve((request, response) => {
        if (request.url === '/lmstudio-greeting') sendJSON(response, { lmstudio: true })
      })
      return url
    },
    options: BRIEFLY,
    code: 'timeout',
    status: 'degraded',
    isLMStudio: true,
    evidence: [GREETED, /did not finish within 400 ms .*\/api\/v1\/models/],
    failing: BOTH,
  },
  {
    name: 'a server that limits requests',
    start: async () => (await serve((_request, response) => sendJSON(response, { error: 'later' }, 429))).url,
    code: 'server-error',
    status: 'degraded',
    evidence: [/is rate limiting requests/, /is rate limiting requests/],
    failing: BOTH,
  },
  {
    name: 'a proxy that responds with status 403',
    start: async () => (await serve((_request, response) => sendJSON(response, { error: 'no' }, 403))).url,
    code: 'auth-rejected',
    status: 'degraded',
    evidence: [/does not permit/, /does not permit/],
    failing: BOTH,
  },
  {
    name: 'LM Studio 0.3',
    start: async () => (await startMock({ version: '0.3' })).url,
    code: 'old-version',
    status: 'degraded',
    isLMStudio: true,
    evidence: [GREETED, /^List of models \(v0\): 5 models\.$/],
  },
  {
    name: 'LM Studio that requires a token',
    start: async () => (await startMock({ auth: true })).url,
    code: 'auth-required',
    status: 'degraded',
    isLMStudio: true,
    evidence: [GREETED, /requires a valid API token/],
    failing: BOTH,
  },
  {
    name: 'LM Studio that rejects the token',
    start: async () => (await startMock({ auth: true })).url,
    options: { apiToken: WRONG_TOKEN },
    code: 'auth-rejected',
    status: 'degraded',
    isLMStudio: true,
    evidence: [GREETED, /requires a valid API token/],
    failing: BOTH,
  },
  {
    name: 'LM Studio that requires a token for its newest list only',
    start: async () => {
      const { url } = await serve((request, response) => {
        if (request.url === '/lmstudio-greeting') sendJSON(response, { lmstudio: true })
        else if (request.url === '/api/v1/models') sendJSON(response, { error: 'Unexpected endpoint or method.' }, 401)
        else sendJSON(response, { data: [{ id: 'acme/tern-4b', type: 'llm', state: 'loaded' }] })
      })
      return url
    },
    code: 'auth-required',
    status: 'degraded',
    isLMStudio: true,
    evidence: [GREETED, /requires a valid API token.*\(401, GET \/api\/v1\/models\)/],
    failing: ['listModels'],
  },
  {
    name: 'LM Studio without models',
    start: async () => (await startMock({ models: [] })).url,
    code: 'no-models',
    status: 'degraded',
    isLMStudio: true,
    evidence: [GREETED, /^List of models \(v1\): 0 models\.$/],
  },
  {
    name: 'LM Studio requested at a path that it does not have',
    start: async () => `${(await startMock()).url}/lmstudio`,
    code: 'wrong-path',
    status: 'degraded',
    isLMStudio: true,
    evidence: [/Unexpected endpoint or method/, /Unexpected endpoint or method/],
    failing: BOTH,
  },
  {
    name: 'a proxy requested without the path of LM Studio',
    start: serveProxied,
    code: 'wrong-service',
    status: 'degraded',
    evidence: [/web page/, /web page/],
    failing: BOTH,
  },
  {
    name: 'a proxy requested with the path of LM Studio',
    start: async () => `${await serveProxied()}/llm/v1`,
    code: 'ok',
    status: 'healthy',
    isLMStudio: true,
    evidence: [GREETED, /^List of models \(v1\): 5 models\.$/],
  },
  {
    name: 'llama.cpp',
    start: async () => (await serveOther(DIALECTS['llama.cpp'])).url,
    code: 'ok',
    status: 'healthy',
    evidence: [/lmstudio-greeting: .* status|File Not Found/, /^List of models \(openai\): 1 model\.$/],
  },
  {
    name: 'vLLM',
    start: async () => (await serveOther(DIALECTS.vLLM)).url,
    code: 'ok',
    status: 'healthy',
    evidence: [/lmstudio-greeting/, /^List of models \(openai\): 1 model\.$/],
  },
  {
    name: 'LM Studio',
    start: async () => (await startMock()).url,
    code: 'ok',
    status: 'healthy',
    isLMStudio: true,
    evidence: [GREETED, /^List of models \(v1\): 5 models\.$/],
  },
  {
    name: 'a host name that does not exist',
    start: async () => 'http://lm.invalid:4321',
    options: { allowRemote: true },
    code: 'dns',
    status: 'unreachable',
    evidence: [/host name cannot be resolved/],
    failing: BOTH,
  },
]

describe.each(KINDS)('$name', ({ start, options = {}, code, status, isLMStudio = false, evidence, failing = [] }) => {
  const resolveOptions = async (): Promise<LMStudioOptions> => ({ endpoint: await start(), ...options })

  test(`diagnose returns ${code} with the evidence and steps`, async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const diagnosis = await diagnose(await resolveOptions())
    const delays = timers.mock.calls.map(([, delay = 0]) => delay)
    timers.mockRestore()
    expect(Math.max(0, ...delays)).toBeLessThan(LONGEST_TIMER_MS)
    expect(diagnosis).toMatchObject({ code, evidence: evidence.map((line) => expect.stringMatching(line) as unknown) })
    expect(diagnosis.summary).toMatch(/^\S.{15,}\.$/)
    expect(diagnosis.steps.length === 0).toBe(code === 'ok')
    for (const step of diagnosis.steps) expect(step).toMatch(/^[A-Z].{20,}/)
    // A diagnosis has no partial response.
    expect(diagnosis.steps.join()).not.toContain('`partial`')
    expect(new Set(diagnosis.steps).size).toBe(diagnosis.steps.length)
    expect(JSON.stringify(diagnosis)).not.toContain('bbbbbbbb')
  })

  test(`healthCheck returns ${status} with the same diagnosis`, async () => {
    const settings = await resolveOptions()
    const report = await createLMStudio(settings).healthCheck()
    const { diagnosis = { code: 'ok' } } = report
    expect({ ...report, diagnosis: diagnosis.code }).toMatchObject({ status, isLMStudio, diagnosis: code })
    expect(report.latencyMs === undefined).toBe(status === 'unreachable')
    expect('diagnosis' in report).toBe(code !== 'ok')
    expect(await diagnose({ ...settings, endpoint: report.endpoint })).toMatchObject(diagnosis)
  })

  test.each(failing)('%s fails with a hint that contains the first step', async (method) => {
    const settings = await resolveOptions()
    const lmstudio = createLMStudio({ ...settings, maxRetries: 0, cache: memoryCache() })
    const error = await caught(method === 'complete' ? lmstudio.complete(HELLO) : lmstudio.listModels())
    const { steps } = await diagnose(settings)
    expect(error.hint).toContain(steps[0]!)
  })
})

describe('the options of diagnose', () => {
  test('diagnose and healthCheck reject with the reason when they are aborted in the middle', async () => {
    const { url } = await serveSocket(() => controller.abort(reason))
    const controller = new AbortController()
    const reason = new Error('enough')
    expect(await caught(diagnose({ endpoint: url, signal: controller.signal }))).toBe(reason)
    const late = new AbortController()
    const silent = await serveSocket(() => late.abort(reason))
    const lmstudio = createLMStudio({ endpoint: silent.url })
    expect(await caught(lmstudio.healthCheck({ signal: late.signal }))).toBe(reason)
  })

  test.each([[{ endpoint: 'lm studio' }], [{ endpoint: 'http://8.8.8.8' }], [{ timeout: 0 }], [{ timeot: 5 }]])(
    'diagnose rejects the options %j',
    async (options) => {
      expect(await caught(diagnose(options as object))).toMatchObject({ name: 'ConfigurationError' })
    },
  )
})

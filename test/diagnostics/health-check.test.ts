import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ConfigurationError } from '../../src/errors/index.js'
import { healthCheck } from '../../src/diagnostics/health-check.js'
import type { HealthReport } from '../../src/diagnostics/types.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { ENDPOINT, json, refused, stubFetch, testClient } from '../helpers/client.js'

const MISSING = (): Response => json({ error: 'Unexpected endpoint or method. (GET /x)' })
const NONE = (): Response => new Response('Not found', { status: 404 })
const LOCKED = (): Response => json(fixtureJSON('errors/auth-missing.json'), { status: 401 })
const greeting = (): Response => json({ lmstudio: true })
const v1 = (): Response => json(fixtureJSON('models-v1.json'))
const v0 = (): Response => json(fixtureJSON('models-v0.json'))
const openai = (): Response => json(fixtureJSON('models-openai.json'))

/** Checks a server with these routes; `otherwise` responds to all others. */
async function check(
  routes: Record<string, () => Response | Promise<Response>>,
  otherwise = MISSING,
  options = {},
): Promise<{ report: HealthReport; requests: Request[] }> {
  const stub = stubFetch((request) => (routes[new URL(request.url).pathname] ?? otherwise)())
  return { report: await healthCheck(testClient({ fetch: stub.fetch, ...options })), requests: stub.requests }
}

describe('healthCheck of a server that responds', () => {
  it.each<[string, Record<string, () => Response>, () => Response, Partial<HealthReport>, string | undefined]>([
    [
      'LM Studio 0.4',
      { '/lmstudio-greeting': greeting, '/api/v1/models': v1 },
      MISSING,
      { status: 'healthy', isLMStudio: true, api: 'v1', modelsAvailable: 3, modelsLoaded: 1 },
      undefined,
    ],
    [
      'LM Studio without a greeting',
      { '/api/v1/models': v1 },
      MISSING,
      { status: 'healthy', isLMStudio: true, api: 'v1' },
      undefined,
    ],
    [
      'LM Studio 0.3',
      { '/lmstudio-greeting': greeting, '/api/v0/models': v0 },
      MISSING,
      { status: 'degraded', isLMStudio: true, api: 'v0', modelsAvailable: 3, modelsLoaded: 1 },
      'old-version',
    ],
    [
      'another OpenAI-compatible server',
      { '/v1/models': openai },
      NONE,
      { status: 'healthy', isLMStudio: false, api: 'openai', modelsAvailable: 2, modelsLoaded: undefined },
      undefined,
    ],
    [
      'LM Studio that requires a token',
      { '/lmstudio-greeting': greeting },
      LOCKED,
      { status: 'degraded', isLMStudio: true, api: undefined, modelsAvailable: undefined },
      'auth-required',
    ],
    [
      'LM Studio without models',
      { '/lmstudio-greeting': greeting, '/api/v1/models': () => json({ models: [] }) },
      MISSING,
      { status: 'degraded', isLMStudio: true, modelsAvailable: 0, modelsLoaded: 0 },
      'no-models',
    ],
    [
      'a server of web pages',
      {},
      () => new Response('<html>'),
      { status: 'degraded', isLMStudio: false, api: undefined },
      'wrong-service',
    ],
    ['a server that has none of the routes', {}, NONE, { status: 'degraded', isLMStudio: false }, 'wrong-service'],
    [
      'LM Studio without its lists',
      { '/lmstudio-greeting': greeting },
      MISSING,
      { status: 'degraded', isLMStudio: true },
      'wrong-path',
    ],
    [
      'a server that fails',
      {},
      () => json({}, { status: 500 }),
      { status: 'degraded', isLMStudio: false },
      'server-error',
    ],
    ['a server that is busy', {}, () => json({}, { status: 503 }), { status: 'degraded' }, 'server-error'],
  ])('reports %s', async (_, routes, otherwise, expected, code) => {
    const { report } = await check(routes, otherwise)
    expect(report).toMatchObject({ ...expected, endpoint: ENDPOINT, latencyMs: expect.any(Number) as number })
    const diagnosis = {
      code,
      summary: expect.stringMatching(/^\S.{15,}\.$/) as string,
      steps: expect.arrayContaining([expect.any(String)]) as string[],
      evidence: [expect.any(String), expect.any(String)],
    }
    expect(report.diagnosis).toEqual(code === undefined ? undefined : diagnosis)
    expect('diagnosis' in report).toBe(code !== undefined)
  })

  it('reports a server that rejects the token, without quoting it', async () => {
    const { report } = await check(
      { '/lmstudio-greeting': greeting },
      () => json(fixtureJSON('errors/auth-unknown.json'), { status: 401 }),
      { apiToken: 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789' },
    )
    expect(report).toMatchObject({ status: 'degraded', diagnosis: { code: 'auth-rejected' } })
    expect(JSON.stringify(report)).not.toContain('ABCDEFGHIJ')
  })
})

describe('healthCheck of a server that does not respond', () => {
  it.each<[string, Error, string]>([
    ['a closed port', refused(), 'not-running'],
    [
      'an unknown host name',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }),
      }),
      'dns',
    ],
    [
      'an expired certificate',
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }) }),
      'tls',
    ],
    ['a failure of unknown cause', new TypeError('Failed to fetch'), 'unknown'],
  ])('reports %s as unreachable after one request', async (_, error, code) => {
    const stub = stubFetch(error)
    const report = await healthCheck(testClient({ fetch: stub.fetch }))
    expect(report).toMatchObject({
      status: 'unreachable',
      latencyMs: undefined,
      isLMStudio: false,
      modelsAvailable: undefined,
      diagnosis: { code },
    })
    expect(stub.requests).toHaveLength(1)
  })

  it('reports a server that hangs as unreachable after the timeout', async () => {
    const stub = stubFetch(() => new Promise<Response>(() => {}))
    expect(await healthCheck(testClient({ fetch: stub.fetch, timeout: 5 }))).toMatchObject({
      status: 'unreachable',
      diagnosis: { code: 'timeout' },
    })
  })
})

describe('the options of healthCheck', () => {
  it('rejects with the reason of the signal when it aborts', async () => {
    const controller = new AbortController()
    const stub = stubFetch(() => {
      controller.abort('enough')
      return new Promise<Response>(() => {})
    })
    expect(await rejectionOf(healthCheck(testClient({ fetch: stub.fetch }), { signal: controller.signal }))).toBe(
      'enough',
    )
  })

  it('rejects invalid options', async () => {
    expect(
      await rejectionOf(healthCheck(testClient({ fetch: stubFetch(greeting()).fetch }), { timeout: -1 })),
    ).toBeInstanceOf(ConfigurationError)
  })

  it('sends the headers with both requests', async () => {
    const stub = stubFetch((request) => (request.url.endsWith('greeting') ? greeting() : v1()))
    await healthCheck(testClient({ fetch: stub.fetch }), { headers: { 'x-trace': 'abc' } })
    expect(stub.requests.map(({ headers }) => headers.get('x-trace'))).toEqual(['abc', 'abc'])
  })

  it.each([
    [undefined, 1],
    [0, 1],
    [2, 3],
  ])('with maxRetries %s sends each request %i times to a server in trouble', async (maxRetries, times) => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    onTestFinished(() => void vi.restoreAllMocks())
    const stub = stubFetch(() => json({}, { status: 503 }))
    // The option of the provider does not count: a health check must be quick.
    await healthCheck(testClient({ fetch: stub.fetch, maxRetries: 3 }), { maxRetries })
    const paths = stub.requests.map(({ url }) => new URL(url).pathname)
    expect(paths.filter((path) => path === '/lmstudio-greeting')).toHaveLength(times)
    expect(paths.filter((path) => path === '/api/v1/models')).toHaveLength(times)
    expect(paths).toHaveLength(2 * times)
  })

  it('applies the timeout to each request', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const stub = stubFetch((request) =>
      request.url.endsWith('greeting') ? greeting() : new Promise<Response>(() => {}),
    )
    let report: HealthReport | undefined
    void healthCheck(testClient({ fetch: stub.fetch }), { timeout: 700 }).then((result) => (report = result))
    await vi.advanceTimersByTimeAsync(699)
    expect(stub.requests).toHaveLength(2)
    expect(report).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(report).toMatchObject({ status: 'degraded', isLMStudio: true, diagnosis: { code: 'timeout' } })
    expect(vi.getTimerCount()).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
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

/** A server by its routes; what is not named is not there. */
async function check(
  routes: Record<string, () => Response | Promise<Response>>,
  otherwise = MISSING,
  options = {},
): Promise<{ report: HealthReport; requests: Request[] }> {
  const stub = stubFetch((request) => (routes[new URL(request.url).pathname] ?? otherwise)())
  return { report: await healthCheck(testClient({ fetch: stub.fetch, ...options })), requests: stub.requests }
}

describe('a server that', () => {
  it.each<[string, Record<string, () => Response>, () => Response, Partial<HealthReport>, string | undefined]>([
    [
      'is LM Studio 0.4',
      { '/lmstudio-greeting': greeting, '/api/v1/models': v1 },
      MISSING,
      { status: 'healthy', isLMStudio: true, api: 'v1', modelsAvailable: 3, modelsLoaded: 1 },
      undefined,
    ],
    [
      'is LM Studio without a greeting',
      { '/api/v1/models': v1 },
      MISSING,
      { status: 'healthy', isLMStudio: true, api: 'v1' },
      undefined,
    ],
    [
      'is LM Studio 0.3',
      { '/lmstudio-greeting': greeting, '/api/v0/models': v0 },
      MISSING,
      { status: 'degraded', isLMStudio: true, api: 'v0', modelsAvailable: 3, modelsLoaded: 1 },
      'old-version',
    ],
    [
      'is something else that speaks OpenAI',
      { '/v1/models': openai },
      NONE,
      { status: 'healthy', isLMStudio: false, api: 'openai', modelsAvailable: 2, modelsLoaded: undefined },
      undefined,
    ],
    [
      'wants a token',
      { '/lmstudio-greeting': greeting },
      LOCKED,
      { status: 'degraded', isLMStudio: true, api: undefined, modelsAvailable: undefined },
      'auth-required',
    ],
    [
      'has no model',
      { '/lmstudio-greeting': greeting, '/api/v1/models': () => json({ models: [] }) },
      MISSING,
      { status: 'degraded', isLMStudio: true, modelsAvailable: 0, modelsLoaded: 0 },
      'no-models',
    ],
    [
      'is a web page',
      {},
      () => new Response('<html>'),
      { status: 'degraded', isLMStudio: false, api: undefined },
      'wrong-service',
    ],
    ['knows none of it', {}, NONE, { status: 'degraded', isLMStudio: false }, 'wrong-service'],
    [
      'greets, and has none of its lists',
      { '/lmstudio-greeting': greeting },
      MISSING,
      { status: 'degraded', isLMStudio: true },
      'wrong-path',
    ],
    ['fails', {}, () => json({}, { status: 500 }), { status: 'degraded', isLMStudio: false }, 'server-error'],
    ['is busy', {}, () => json({}, { status: 503 }), { status: 'degraded' }, 'server-error'],
  ])('%s', async (_, routes, otherwise, expected, code) => {
    const { report } = await check(routes, otherwise)
    expect(report).toMatchObject({ ...expected, endpoint: ENDPOINT, latencyMs: expect.any(Number) as number })
    expect(report.diagnosis?.code).toBe(code)
    if (report.diagnosis !== undefined) {
      expect(report.diagnosis.summary.length).toBeGreaterThan(10)
      expect(report.diagnosis.steps.length).toBeGreaterThan(0)
      expect(report.diagnosis.evidence.length).toBeGreaterThan(0)
    }
  })

  it('refuses the token says so', async () => {
    const { report } = await check(
      { '/lmstudio-greeting': greeting },
      () => json(fixtureJSON('errors/auth-unknown.json'), { status: 401 }),
      { apiToken: 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789' },
    )
    expect(report).toMatchObject({ status: 'degraded', diagnosis: { code: 'auth-rejected' } })
    expect(JSON.stringify(report)).not.toContain('ABCDEFGHIJ')
  })
})

describe('nothing that answers', () => {
  it.each<[string, Error, string]>([
    ['a port where nothing listens', refused(), 'not-running'],
    [
      'a name that is not found',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }),
      }),
      'dns',
    ],
    [
      'a bad certificate',
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }) }),
      'tls',
    ],
    ['a failure without a reason', new TypeError('Failed to fetch'), 'unknown'],
  ])('%s is unreachable, and one request tells', async (_, error, code) => {
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

  it('a server that hangs is unreachable after the limit', async () => {
    const stub = stubFetch(() => new Promise<Response>(() => {}))
    expect(await healthCheck(testClient({ fetch: stub.fetch, timeout: 5 }))).toMatchObject({
      status: 'unreachable',
      diagnosis: { code: 'timeout' },
    })
  })
})

describe('the caller', () => {
  it('who aborts gets the reason', async () => {
    const controller = new AbortController()
    const stub = stubFetch(() => {
      controller.abort('enough')
      return new Promise<Response>(() => {})
    })
    expect(await rejectionOf(healthCheck(testClient({ fetch: stub.fetch }), { signal: controller.signal }))).toBe(
      'enough',
    )
  })

  it('who gives wrong options is told', async () => {
    expect(
      await rejectionOf(healthCheck(testClient({ fetch: stubFetch(greeting()).fetch }), { timeout: -1 })),
    ).toBeInstanceOf(ConfigurationError)
  })
})

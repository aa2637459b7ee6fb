import { createLMStudio } from 'lmstudio-provider'
import type { MockFault } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, setUp } from './support/provider.js'
import { closedPort, sendJSON, serve, serveSocket } from './support/servers.js'

describe('a server', () => {
  test('that answers and has models is healthy', async () => {
    const { mock, lmstudio } = await setUp()
    const report = await lmstudio.healthCheck()
    expect(report).toMatchObject({
      status: 'healthy',
      endpoint: mock.url,
      isLMStudio: true,
      api: 'v1',
      modelsAvailable: 4,
      modelsLoaded: 1,
    })
    expect(report.latencyMs).toBeGreaterThan(0)
    expect(report).not.toHaveProperty('diagnosis')
  })

  test('of an older version is degraded and says so', async () => {
    const { lmstudio } = await setUp({ version: '0.3' })
    expect(await lmstudio.healthCheck()).toMatchObject({
      status: 'degraded',
      isLMStudio: true,
      api: 'v0',
      modelsLoaded: 1,
      diagnosis: { code: 'old-version' },
    })
  })

  test('without any model is degraded and says so', async () => {
    const { lmstudio } = await setUp({ models: [] })
    expect(await lmstudio.healthCheck()).toMatchObject({
      status: 'degraded',
      modelsAvailable: 0,
      diagnosis: { code: 'no-models' },
    })
  })

  test('that wants a token is degraded and says so, and whose token it refuses', async () => {
    const { mock, lmstudio } = await setUp({ auth: true })
    expect(await lmstudio.healthCheck()).toMatchObject({
      status: 'degraded',
      isLMStudio: true,
      diagnosis: { code: 'auth-required' },
    })
    const wrong = connect(mock, { apiToken: 'sk-lm-aaaaaaaa:bbbbbbbbbbbbbbbbbbbb' })
    expect(await wrong.healthCheck()).toMatchObject({ status: 'degraded', diagnosis: { code: 'auth-rejected' } })
    expect(await connect(mock, { apiToken: mock.apiToken }).healthCheck()).toMatchObject({ status: 'healthy' })
  })

  test('without the greeting but with the native list is LM Studio all the same', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-404', { path: '/lmstudio-greeting' })
    expect(await lmstudio.healthCheck()).toMatchObject({ status: 'healthy', isLMStudio: true })
  })

  test.each<[string, MockFault]>([
    ['the wrong case', { raw: { headers: { 'content-type': 'application/json' }, chunks: ['{"lmstudio":"true"}'] } }],
    ['a web page', 'html'],
  ])('that greets with %s and lists only /v1/models is not LM Studio', async (_name, greeting) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(greeting, { path: '/lmstudio-greeting' })
    mock.inject('status-404', { path: '/api/v1/models' })
    mock.inject('status-404', { path: '/api/v0/models' })
    expect(await lmstudio.healthCheck()).toMatchObject({ isLMStudio: false, api: 'openai', modelsLoaded: undefined })
  })

  test('that is off is unreachable, said within a second', async () => {
    const start = performance.now()
    const report = await createLMStudio({ endpoint: `http://127.0.0.1:${await closedPort()}` }).healthCheck()
    expect(performance.now() - start).toBeLessThan(1_500)
    expect(report).toMatchObject({
      status: 'unreachable',
      latencyMs: undefined,
      isLMStudio: false,
      diagnosis: { code: 'not-running' },
    })
    expect(report.diagnosis?.steps.join(' ')).toContain('lms server start')
    expect(report.diagnosis?.summary).toMatch(/\w/)
  })

  test('that accepts and says nothing is unreachable', async () => {
    const server = await serveSocket(() => {})
    expect(await connect(server, { timeout: 40 }).healthCheck()).toMatchObject({
      status: 'unreachable',
      diagnosis: { code: 'timeout' },
    })
  })

  test('that resets every connection is unreachable', async () => {
    const server = await serveSocket((socket) => void socket.resetAndDestroy())
    expect(await connect(server).healthCheck()).toMatchObject({ status: 'unreachable' })
  })

  test('that speaks no HTTP is unreachable and not LM Studio', async () => {
    const server = await serveSocket((socket) => socket.end('220 mail ready\r\n'))
    expect(await connect(server).healthCheck()).toMatchObject({
      isLMStudio: false,
      diagnosis: { code: 'wrong-service' },
    })
  })

  test('that answers everything with a web page is not healthy', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Router</title>')
    })
    const report = await connect(server).healthCheck()
    expect(report).toMatchObject({ status: 'degraded', isLMStudio: false, diagnosis: { code: 'wrong-service' } })
  })

  test.each([401, 403, 404, 500, 502, 503])(
    'that answers everything with %i is reported, not thrown',
    async (status) => {
      const server = await serve((_request, response) => sendJSON(response, { error: 'no' }, status))
      const report = await connect(server).healthCheck()
      expect(report.status).toBe('degraded')
      expect(report.diagnosis?.steps.length).toBeGreaterThan(0)
    },
  )

  test.each<MockFault>([
    'malformed-json',
    'empty-body',
    'error-200',
    'catch-all',
    'redirect',
    'status-429',
    'reset',
    { name: 'huge-body', bytes: 1_000_000 },
  ])('whose list fails by %s is reported, not thrown', async (fault) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(fault, { path: /models/, times: 9 })
    const report = await lmstudio.healthCheck()
    expect(report.status).not.toBe('healthy')
    expect(report.diagnosis?.code).toMatch(/\w/)
  })

  test.each<MockFault>(['malformed-json', 'error-200', 'status-500', 'status-401', 'html'])(
    'whose greeting fails by %s but whose list is good is healthy',
    async (fault) => {
      const { mock, lmstudio } = await setUp()
      mock.inject(fault, { path: '/lmstudio-greeting' })
      expect(await lmstudio.healthCheck()).toMatchObject({ status: 'healthy', isLMStudio: true })
    },
  )
})

test('a health check is quick about a server in trouble: nothing is repeated unless asked', async () => {
  const { mock, lmstudio } = await setUp()
  mock.inject('status-503', { times: 99 })
  await lmstudio.healthCheck()
  const paths = mock.calls.map(({ path }) => path)
  expect(new Set(paths).size).toBe(paths.length)
})

test('a health check throws only for wrong options', async () => {
  const { lmstudio } = await setUp()
  expect(await caught(lmstudio.healthCheck({ timeout: -1 }))).toMatchObject({ name: 'ConfigurationError' })
  expect(await caught(lmstudio.healthCheck({ retries: 1 } as object))).toMatchObject({ name: 'ConfigurationError' })
})

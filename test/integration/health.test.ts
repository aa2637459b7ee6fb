import { createLMStudio, type DiagnosisCode } from 'lmstudio-provider'
import type { MockFault } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, setUp } from './support/provider.js'
import { closedPort, sendJSON, serve, serveSocket } from './support/servers.js'
import { watchLog } from './support/watch.js'

describe('healthCheck', () => {
  test('reports a server with models as healthy', async () => {
    const { mock, lmstudio } = await setUp()
    const report = await lmstudio.healthCheck()
    expect(report).toMatchObject({
      status: 'healthy',
      endpoint: mock.url,
      isLMStudio: true,
      api: 'v1',
      modelsAvailable: 5,
      modelsLoaded: 1,
    })
    expect(report.latencyMs).toBeGreaterThan(0)
    expect(report).not.toHaveProperty('diagnosis')
  })

  test('reports an old version as degraded', async () => {
    const { lmstudio } = await setUp({ version: '0.3' })
    expect(await lmstudio.healthCheck()).toMatchObject({
      status: 'degraded',
      isLMStudio: true,
      api: 'v0',
      modelsLoaded: 1,
      diagnosis: { code: 'old-version' },
    })
  })

  test('reports a server without models as degraded', async () => {
    const { lmstudio } = await setUp({ models: [] })
    expect(await lmstudio.healthCheck()).toMatchObject({
      status: 'degraded',
      modelsAvailable: 0,
      diagnosis: { code: 'no-models' },
    })
  })

  test('reports a server that requires a token or rejects it as degraded', async () => {
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

  test('recognizes LM Studio by its list if the greeting is missing', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-404', { path: '/lmstudio-greeting' })
    expect(await lmstudio.healthCheck()).toMatchObject({ status: 'healthy', isLMStudio: true })
  })

  test.each<[string, MockFault]>([
    [
      'a string instead of true',
      { raw: { headers: { 'content-type': 'application/json' }, chunks: ['{"lmstudio":"true"}'] } },
    ],
    ['a web page', 'html'],
  ])('does not recognize LM Studio by a greeting with %s and the list /v1/models', async (_name, greeting) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(greeting, { path: '/lmstudio-greeting' })
    mock.inject('status-404', { path: '/api/v1/models' })
    mock.inject('status-404', { path: '/api/v0/models' })
    expect(await lmstudio.healthCheck()).toMatchObject({ isLMStudio: false, api: 'openai', modelsLoaded: undefined })
  })

  test('reports a closed port as unreachable without a retry', async () => {
    const log = watchLog()
    const endpoint = `http://127.0.0.1:${await closedPort()}`
    const report = await createLMStudio({ endpoint, logger: log.logger }).healthCheck()
    expect(report).toMatchObject({
      status: 'unreachable',
      latencyMs: undefined,
      isLMStudio: false,
      diagnosis: { code: 'not-running' },
    })
    expect(report.diagnosis?.steps.join(' ')).toContain('lms server start')
    expect(report.diagnosis?.summary).toContain(endpoint)
    expect(log.events.filter(({ type }) => type === 'request')).toHaveLength(1)
  })

  test('reports a server that accepts connections but never responds as unreachable', async () => {
    const server = await serveSocket(() => {})
    expect(await connect(server, { timeout: 40 }).healthCheck()).toMatchObject({
      status: 'unreachable',
      diagnosis: { code: 'timeout' },
    })
  })

  test('reports a server that resets every connection as unreachable', async () => {
    const server = await serveSocket((socket) => void socket.resetAndDestroy())
    expect(await connect(server).healthCheck()).toMatchObject({ status: 'unreachable' })
  })

  test('reports a server that does not speak HTTP as another program', async () => {
    const server = await serveSocket((socket) => socket.end('220 mail ready\r\n'))
    expect(await connect(server).healthCheck()).toMatchObject({
      isLMStudio: false,
      diagnosis: { code: 'wrong-service' },
    })
  })

  test('reports a server that responds with web pages as degraded', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Router</title>')
    })
    const report = await connect(server).healthCheck()
    expect(report).toMatchObject({ status: 'degraded', isLMStudio: false, diagnosis: { code: 'wrong-service' } })
  })

  test.each<[number, DiagnosisCode]>([
    [401, 'auth-required'],
    [403, 'auth-rejected'],
    [404, 'wrong-service'],
    [500, 'server-error'],
    [502, 'server-error'],
    [503, 'server-error'],
  ])('reports a server that responds with status %i as degraded because of %s', async (status, code) => {
    const server = await serve((_request, response) => sendJSON(response, { error: 'no' }, status))
    expect(await connect(server).healthCheck()).toMatchObject({ status: 'degraded', diagnosis: { code } })
  })

  test.each<[MockFault, DiagnosisCode]>([
    ['malformed-json', 'wrong-path'],
    ['empty-body', 'wrong-path'],
    ['error-200', 'unknown'],
    ['catch-all', 'wrong-path'],
    ['redirect', 'wrong-path'],
    ['status-429', 'server-error'],
    ['reset', 'unknown'],
    [{ name: 'huge-body', bytes: 1_000_000 }, 'no-models'],
  ])('reports a list that fails with %j as degraded because of %s', async (fault, code) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(fault, { path: /models/, times: 9 })
    expect(await lmstudio.healthCheck()).toMatchObject({ status: 'degraded', isLMStudio: true, diagnosis: { code } })
  })

  test.each<MockFault>(['malformed-json', 'error-200', 'status-500', 'status-401', 'html'])(
    'reports a server whose greeting fails with %s but whose list works as healthy',
    async (fault) => {
      const { mock, lmstudio } = await setUp()
      mock.inject(fault, { path: '/lmstudio-greeting' })
      expect(await lmstudio.healthCheck()).toMatchObject({ status: 'healthy', isLMStudio: true })
    },
  )
})

test('healthCheck sends each request once to a server in trouble', async () => {
  const { mock, lmstudio } = await setUp()
  mock.inject('status-503', { times: 99 })
  await lmstudio.healthCheck()
  expect(mock.calls.map(({ path }) => path)).toEqual(['/lmstudio-greeting', '/api/v1/models'])
})

test('healthCheck rejects invalid options', async () => {
  const { lmstudio } = await setUp()
  expect(await caught(lmstudio.healthCheck({ timeout: -1 }))).toMatchObject({ name: 'ConfigurationError' })
  expect(await caught(lmstudio.healthCheck({ retries: 1 } as object))).toMatchObject({ name: 'ConfigurationError' })
})

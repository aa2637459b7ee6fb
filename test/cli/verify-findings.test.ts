import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MockFault, type MockLMStudioServer, startMockLMStudio } from '../../src/testing/node-server.js'
import { findingOf, findingsOf, verify } from '../helpers/verify.js'

const CHAT = '/v1/chat/completions'

let mock: MockLMStudioServer
beforeEach(async () => {
  mock = await startMockLMStudio()
})
afterEach(() => mock.close())

const body = (value: unknown, status = 200): MockFault => ({
  raw: { status, headers: { 'content-type': 'application/json' }, chunks: [JSON.stringify(value)] },
})

/** Verifies the mock while every call to a path takes a fault. */
async function verifyWith(fault: MockFault, path: string | undefined, probe: string) {
  mock.inject(fault, { times: Number.POSITIVE_INFINITY, ...(path === undefined ? {} : { path }) })
  return verify(mock.url, { allowLoad: true, only: [probe], embeddingModel: 'text-embedding-plover-v2' })
}

describe('an assumption that does not hold is found', () => {
  test.each<[string, string, MockFault, string | undefined]>([
    ['Identification', 'greeting', body({ lmstudio: 'yes' }), '/lmstudio-greeting'],
    ['Identification', 'health', body({ status: 'ok' }), '/health'],
    [
      'Lists of models',
      'owner',
      body({ object: 'list', data: [{ id: 'a', object: 'model', owned_by: 'me' }] }),
      '/v1/models',
    ],
    ['Lists of models', 'openai', body({ object: 'list', data: [{ id: 'a' }] }), '/v1/models'],
    ['Lists of models', 'openai', body({ models: [] }), '/v1/models'],
    ['Lists of models', 'v0', body({ data: [{ id: 'a', type: 'llm' }] }), '/api/v0/models'],
    ['Lists of models', 'v0', 'status-500', '/api/v0/models'],
    ['Chat completion', 'usage', 'usage-missing', CHAT],
    ['Streamed chat completion', 'done', 'no-done', CHAT],
    ['Streamed chat completion', 'usage', 'usage-missing', CHAT],
    ['Tools', 'call', 'tool-calls-arguments-object', CHAT],
    ['Embeddings', 'tokens', body({ object: 'list', data: [] }), '/v1/embeddings'],
    ['Native chat', 'strict', body({ output: [] }), '/api/v1/chat'],
    ['Native chat', 'item', body({ output: [] }), '/api/v1/chat'],
    ['Loading and unloading', 'load', body({ status: 'failed' }), '/api/v1/models/load'],
    ['Open questions', 'status', body({ package: 'x', version: '1.0.0' }), '/lms-status'],
  ])('%s: %s', async (probe, id, fault, path) => {
    const finding = findingOf(await verifyWith(fault, path, probe), probe, id)

    expect(finding).toMatchObject({ outcome: 'failed', detail: expect.stringMatching(/./) })
  })

  test('a server that fails halfway fails the rest of the probe', async () => {
    mock.inject('status-500', { path: '/v1/completions' })
    const report = await verify(mock.url, { only: ['Text completion'] })

    expect(findingsOf(report, 'failed')).toHaveLength(2)
    expect(findingOf(report, 'Text completion', 'shape').detail).toContain('500')
  })
})

describe('an assumption that depends on the model is not tried', () => {
  test('when the model does not call the tool', async () => {
    mock.configure({ reply: () => 'No.' })
    expect(findingOf(await verify(mock.url, { only: ['Tools'] }), 'Tools', 'call')).toMatchObject({
      outcome: 'not-tried',
      detail: 'the model did not call the tool',
    })
  })

  test('when the model does not reason', async () => {
    mock.configure({ models: [{ id: 'a', loaded: true }] })
    expect(findingOf(await verify(mock.url, { only: ['Reasoning'] }), 'Reasoning', 'place')).toMatchObject({
      outcome: 'not-tried',
    })
  })

  test('when the list is empty', async () => {
    mock.configure({ models: [] })
    const report = await verify(mock.url)

    expect(report.model).toBeUndefined()
    expect(findingOf(report, 'Chat completion', 'shape').detail).toContain('--model')
    expect(findingsOf(report, 'failed')).toEqual([])
  })
})

describe('models', () => {
  const models = [
    { id: 'large', sizeBytes: 9e9 },
    { id: 'small', sizeBytes: 1e9 },
  ] as const
  /** The paths that can load a model. */
  const generations = () => mock.calls.filter(({ method }) => method === 'POST').map(({ path }) => path)

  test('are not loaded without permission', async () => {
    mock.configure({ models })
    const report = await verify(mock.url)

    expect(report.model).toBeUndefined()
    expect(findingOf(report, 'Chat completion', 'shape').detail).toContain('--allow-load')
    expect(findingOf(report, 'Loading and unloading', 'load').detail).toContain('--allow-load')
    expect(generations()).toEqual([])
    expect(mock.loadedInstances).toEqual([])
  })

  test('are loaded with permission, the smallest first', async () => {
    mock.configure({ models })
    expect((await verify(mock.url, { allowLoad: true, only: [] })).model).toBe('small')
  })

  test('that a person names are used', async () => {
    mock.configure({ models })
    expect((await verify(mock.url, { model: 'large', only: [] })).model).toBe('large')
  })

  test('that the run loaded are unloaded again, also when a check fails', async () => {
    mock.configure({ models: [{ id: 'chat', loaded: true }, { id: 'other' }] })
    const report = await verify(mock.url, { allowLoad: true, only: ['Loading and unloading'] })

    expect(findingOf(report, 'Loading and unloading', 'gone').outcome).toBe('held')
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual(['chat'])
  })
})

describe('the run', () => {
  const chatCalls = () => mock.calls.filter(({ method, path }) => method === 'POST' && path === CHAT)

  test('rejects with the error of the library when nothing answers', async () => {
    await mock.close()
    await expect(verify(mock.url)).rejects.toMatchObject({ code: 'not-running' })
  })

  test('rejects when a token is required', async () => {
    mock.configure({ auth: true })
    await expect(verify(mock.url)).rejects.toMatchObject({ code: 'auth-required' })
  })

  test('rejects when another program answers', async () => {
    mock.inject('html', { times: Number.POSITIVE_INFINITY })
    await expect(verify(mock.url)).rejects.toMatchObject({ name: 'InvalidResponseError' })
  })

  test('fails a probe that takes too long, and goes on', async () => {
    mock.inject('delay-headers', { path: CHAT })
    const report = await verify(mock.url, { probeTimeout: 2000, only: ['Chat completion', 'Streamed chat completion'] })

    expect(findingOf(report, 'Chat completion', 'shape').outcome).toBe('failed')
    expect(findingOf(report, 'Streamed chat completion', 'done').outcome).toBe('held')
    expect(report.stopped).toBeUndefined()
  })

  test('rejects when nothing answers within the time of a probe', async () => {
    mock.inject('delay-headers', { times: 10 })
    await expect(verify(mock.url, { probeTimeout: 300 })).rejects.toThrow(/time|answer/)
  })

  test('ends when its own time is over', async () => {
    mock.inject('delay-headers', { path: CHAT })
    const report = await verify(mock.url, { totalTimeout: 1000 })

    expect(report.stopped).toBe('the time limit of the run is over')
    expect(findingsOf(report, 'failed')).toEqual([])
    expect(findingOf(report, 'Cancel', 'next')).toMatchObject({ outcome: 'not-tried', detail: 'the run ended first' })
  })

  test('ends when it is interrupted, and cancels its request', async () => {
    mock.inject('delay-headers', { path: CHAT })
    const controller = new AbortController()
    const running = verify(mock.url, { signal: controller.signal })
    await mock.whenHeld()
    controller.abort(new Error('interrupted'))
    const report = await running

    expect(report.stopped).toBe('the run was interrupted')
    expect(findingOf(report, 'Identification', 'greeting').outcome).toBe('held')
    expect(findingOf(report, 'Chat completion', 'shape').outcome).toBe('not-tried')
    expect(await chatCalls()[0]!.finished).toBe('aborted')
  })

  test('does not retry, so that it sees how the server responds', async () => {
    mock.inject('status-503', { path: CHAT })
    const report = await verify(mock.url)

    expect(findingOf(report, 'Chat completion', 'shape').outcome).toBe('failed')
  })

  test('sends requests to every route of docs/http-api.md that changes nothing, and loads', async () => {
    await verify(mock.url, { allowLoad: true })
    const paths = mock.calls.map(({ path }) => path)

    expect(paths).toEqual(
      expect.arrayContaining([
        '/lmstudio-greeting',
        '/api/v1/models',
        '/api/v0/models',
        '/v1/models',
        '/v1/chat/completions',
        '/v1/completions',
        '/v1/responses',
        '/v1/embeddings',
        '/api/v1/chat',
        '/api/v1/models/load',
        '/api/v1/models/unload',
      ]),
    )
    expect(paths).not.toContain('/api/v1/models/download')
  })
})

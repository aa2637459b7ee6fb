import { createLMStudio, memoryCache, type CallOptions, type LMStudioProvider } from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudio } from 'lmstudio-provider/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { rejectionOf } from '../helpers/provider-errors.js'

const MODEL = 'acme/tern-4b'
const HERON = 'acme/heron-base'
const NEW = 'acme/puffin-7b'
const LIST = '/api/v1/models'
const LOAD = '/api/v1/models/load'
const UNLOAD = '/api/v1/models/unload'
const DOWNLOAD = '/api/v1/models/download'
const STATUS = /\/download\/status\//

interface Request {
  readonly name: string
  readonly call: (lmstudio: LMStudioProvider, options: CallOptions) => Promise<unknown>
  /** The request of the call that is under test. */
  readonly path: string | RegExp
  /** Paths of all requests of the call, in order. */
  readonly paths: readonly unknown[]
  /** Runs before the call, with options of its own. */
  readonly prepare?: (lmstudio: LMStudioProvider, mock: MockLMStudio) => Promise<unknown>
}

const status = expect.stringMatching(STATUS) as unknown

/** Every request that these methods send. */
const REQUESTS: readonly Request[] = [
  {
    name: 'listModels',
    call: (lmstudio, options) => lmstudio.listModels(options),
    path: LIST,
    paths: [LIST],
  },
  {
    name: 'listModels with an older list',
    call: (lmstudio, options) => lmstudio.listModels(options),
    prepare: async (_lmstudio, mock) => {
      for (const path of [LIST, '/api/v0/models']) mock.inject('status-404', { path })
    },
    path: '/v1/models',
    paths: [LIST, '/api/v0/models', '/v1/models'],
  },
  {
    name: 'supportsModel',
    call: (lmstudio, options) => lmstudio.supportsModel(MODEL, options),
    path: LIST,
    paths: [LIST],
  },
  {
    name: 'supportsModel with a refresh',
    call: (lmstudio, options) => lmstudio.supportsModel('acme/none', options),
    prepare: (lmstudio) => lmstudio.listModels(),
    path: LIST,
    paths: [LIST],
  },
  {
    name: 'modelCapabilities',
    call: (lmstudio, options) => lmstudio.modelCapabilities(MODEL, options),
    path: LIST,
    paths: [LIST],
  },
  {
    name: 'modelCapabilities with a refresh',
    call: (lmstudio, options) => lmstudio.modelCapabilities('acme/none', options),
    prepare: (lmstudio) => lmstudio.listModels(),
    path: LIST,
    paths: [LIST],
  },
  {
    name: 'the list of loadModel',
    call: (lmstudio, options) => lmstudio.loadModel(HERON, {}, options),
    path: LIST,
    paths: [LIST, LOAD],
  },
  {
    name: 'the load of loadModel',
    call: (lmstudio, options) => lmstudio.loadModel(HERON, {}, options),
    path: LOAD,
    paths: [LIST, LOAD],
  },
  {
    name: 'the load of loadModel with forceNew',
    call: (lmstudio, options) => lmstudio.loadModel(MODEL, { forceNew: true }, options),
    path: LOAD,
    paths: [LIST, LOAD],
  },
  {
    name: 'the list of unloadModel',
    call: (lmstudio, options) => lmstudio.unloadModel(MODEL, options),
    path: LIST,
    paths: [LIST, UNLOAD],
  },
  {
    name: 'the unloads of unloadModel',
    call: (lmstudio, options) => lmstudio.unloadModel(HERON, options),
    prepare: async (lmstudio) => {
      await lmstudio.loadModel(HERON)
      await lmstudio.loadModel(HERON, { forceNew: true })
    },
    path: UNLOAD,
    paths: [LIST, UNLOAD, UNLOAD],
  },
  {
    name: 'the start of downloadModel',
    call: (lmstudio, options) => lmstudio.downloadModel(NEW, {}, options),
    path: DOWNLOAD,
    paths: [DOWNLOAD, status, status, status, status],
  },
  {
    name: 'the polls of downloadModel',
    call: (lmstudio, options) => lmstudio.downloadModel(NEW, {}, options),
    path: STATUS,
    paths: [DOWNLOAD, status, status, status, status],
  },
]

const advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

async function setUp({ prepare }: Request) {
  const mock = createMockLMStudio()
  const lmstudio = createLMStudio({ fetch: mock.fetch, cache: memoryCache(), maxRetries: 0 })
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0)
  await prepare?.(lmstudio, mock)
  const earlier = mock.calls.length
  return { mock, lmstudio, calls: () => mock.calls.slice(earlier) }
}

const matches = (path: string | RegExp, actual: string): boolean =>
  typeof path === 'string' ? path === actual : path.test(actual)

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test.each(REQUESTS)('$name: every request has the headers of the call', async (request) => {
  const { lmstudio, calls } = await setUp(request)
  const result = request.call(lmstudio, { headers: { 'x-trace': 'abc' } })
  await advance(20_000)
  await result
  expect(calls().map(({ path }) => path)).toEqual(request.paths)
  expect(calls().map(({ headers }) => headers['x-trace'])).toEqual(request.paths.map(() => 'abc'))
})

test.each(REQUESTS)('$name is retried as often as the call allows', async (request) => {
  const { mock, lmstudio, calls } = await setUp(request)
  mock.inject('status-503', { path: request.path, times: 2 })
  const result = request.call(lmstudio, { maxRetries: 2 })
  await advance(20_000)
  await result
  expect(calls()).toHaveLength(request.paths.length + 2)
  expect(calls().filter(({ status }) => status === 503)).toHaveLength(2)
})

test.each(REQUESTS)('$name ends after the timeout of the call', async (request) => {
  const { mock, lmstudio, calls } = await setUp(request)
  // More than once: a failed poll and a failed unload do not end the call.
  mock.inject('delay-headers', { path: request.path, times: 9 })
  const error = rejectionOf(request.call(lmstudio, { timeout: 700 }))
  await advance(request.path === STATUS ? 100 + 699 : 699)
  const held = calls().at(-1)!
  expect(matches(request.path, held.path)).toBe(true)
  expect(held.aborted).toBe(false)
  await advance(1)
  expect(held.aborted).toBe(true)
  await advance(20_000)
  expect(await error).toMatchObject({ name: 'TimeoutError', limit: 'timeout', timeoutMs: 700 })
  expect(vi.getTimerCount()).toBe(0)
})

test.each(REQUESTS)('$name is aborted with the signal of the call', async (request) => {
  const { mock, lmstudio, calls } = await setUp(request)
  mock.inject('delay-headers', { path: request.path })
  const controller = new AbortController()
  const error = rejectionOf(request.call(lmstudio, { signal: controller.signal }))
  await advance(150)
  const held = calls().at(-1)!
  expect(matches(request.path, held.path)).toBe(true)
  controller.abort('enough')
  expect(await error).toBe('enough')
  expect(await held.finished).toBe('aborted')
  await advance(20_000)
  expect(calls().at(-1)).toBe(held)
  expect(vi.getTimerCount()).toBe(0)
})

test('loadModel sends its headers with the request that looks up the available models', async () => {
  const mock = createMockLMStudio()
  const lmstudio = createLMStudio({ fetch: mock.fetch, cache: memoryCache() })
  const error = await rejectionOf(lmstudio.loadModel('acme/none', {}, { headers: { 'x-trace': 'abc' } }))
  expect(error).toMatchObject({
    name: 'ModelNotFoundError',
    availableModels: expect.arrayContaining([MODEL]) as unknown,
  })
  expect(mock.calls.map(({ path }) => path)).toEqual([LIST, LOAD, LIST])
  expect(mock.calls.map(({ headers }) => headers['x-trace'])).toEqual(['abc', 'abc', 'abc'])
})

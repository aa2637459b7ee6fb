import { createLMStudio, memoryCache, noCache, type CacheAdapter, type LogEvent } from 'lmstudio-provider'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { deferred } from '../helpers/deferred.js'
import { caught } from './support/caught.js'
import { connect, MODEL, setUp, startMock } from './support/provider.js'
import { jitter, turns } from './support/watch.js'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A cache whose entries a test can read and change. */
function openCache(): CacheAdapter & { readonly entries: Map<string, unknown> } {
  const entries = new Map<string, unknown>()
  return {
    entries,
    get: (key) => entries.get(key),
    set: (key, value) => void entries.set(key, value),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}

describe('the cached list of models', () => {
  test('requests the list once while it is fresh, for every method that needs it', async () => {
    const { mock, lmstudio } = await setUp()
    const first = await lmstudio.listModels()
    expect(await lmstudio.listModels()).toEqual(first)
    await lmstudio.supportsModel(MODEL)
    await lmstudio.modelCapabilities(MODEL)
    expect(mock.calls).toHaveLength(1)
  })

  test('requests the list once for concurrent calls', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const all = [
      lmstudio.listModels(),
      lmstudio.listModels(),
      lmstudio.supportsModel(MODEL),
      lmstudio.modelCapabilities(MODEL),
    ]
    await mock.whenHeld()
    mock.release()
    await Promise.all(all)
    expect(mock.calls).toHaveLength(1)
  })

  test('requests and caches the list again on refresh', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.listModels()
    mock.configure({ models: [{ id: 'acme/new' }] })
    expect((await lmstudio.listModels({ refresh: true })).map(({ id }) => id)).toEqual(['acme/new'])
    expect((await lmstudio.listModels()).map(({ id }) => id)).toEqual(['acme/new'])
    expect(mock.calls).toHaveLength(2)
  })

  test('requests the list again after cacheTtl', async () => {
    const { mock, lmstudio } = await setUp({}, { cacheTtl: 60_000 })
    await lmstudio.listModels()
    const now = Date.now()
    vi.spyOn(Date, 'now').mockReturnValue(now + 59_000)
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(1)
    vi.spyOn(Date, 'now').mockReturnValue(now + 61_000)
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(2)
  })

  test('caches the list for five minutes by default', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.listModels()
    const now = Date.now()
    vi.spyOn(Date, 'now').mockReturnValue(now + 299_000)
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(1)
    vi.spyOn(Date, 'now').mockReturnValue(now + 301_000)
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(2)
  })

  test('requests the list again after the clock was set back', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.listModels()
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000)
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(2)
  })

  test.each([
    ['cacheTtl is 0', { cacheTtl: 0 }],
    ['the cache is noCache()', { cache: noCache() }],
    ['the cache is false', { cache: false }],
  ] as const)('requests the list for every call if %s', async (_name, options) => {
    const { mock, lmstudio } = await setUp({}, options)
    await lmstudio.listModels()
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(2)
  })

  test('caches the list in memory by default if there is no IndexedDB', async () => {
    const mock = await startMock()
    const lmstudio = createLMStudio({ endpoint: mock.url })
    await lmstudio.listModels()
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(1)
  })

  test('shares the list between providers with the same endpoint and cache, and not between endpoints', async () => {
    const cache = memoryCache()
    const [first, second] = [await startMock(), await startMock({ models: [{ id: 'acme/other' }] })]
    await connect(first, { cache }).listModels()
    await connect({ url: `${first.url}/v1` }, { cache }).listModels()
    expect((await connect(second, { cache }).listModels()).map(({ id }) => id)).toEqual(['acme/other'])
    expect(first.calls).toHaveLength(1)
    expect(second.calls).toHaveLength(1)
  })

  test('does not change the cached list when a caller changes the returned array', async () => {
    const { lmstudio } = await setUp()
    const list = await lmstudio.listModels()
    const length = list.length
    list.length = 0
    expect(await lmstudio.listModels()).toHaveLength(length)
  })

  test('does not change the cached list when a caller changes a returned model', async () => {
    const { lmstudio } = await setUp()
    const [model] = await lmstudio.listModels()
    Object.assign(model!, { id: 'mine' })
    expect((await lmstudio.listModels())[0]?.id).toBe(MODEL)
  })

  test('requests the list again after a failure', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['status-500'] })
    expect(await caught(lmstudio.listModels())).toMatchObject({ status: 500 })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
    expect(mock.calls).toHaveLength(2)
  })

  test('rejects every call that waits for a failed request with the same error', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const all = [caught(lmstudio.listModels()), caught(lmstudio.listModels())]
    await mock.whenHeld()
    await mock.close()
    const [first, second] = await Promise.all(all)
    expect(first).toHaveProperty('code')
    expect(second).toBe(first)
  })

  test('sends a separate request for a call with another timeout', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const patient = lmstudio.listModels()
    patient.catch(() => {})
    await mock.whenHeld()
    expect(await lmstudio.listModels({ timeout: 20_000 })).not.toHaveLength(0)
    mock.release()
    expect(await patient).not.toHaveLength(0)
  })

  test('does not fail a call with a long timeout because another has a short one', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const impatient = caught(lmstudio.listModels({ timeout: 200 }))
    const patient = lmstudio.listModels()
    patient.catch(() => {})
    await mock.whenHeld()
    expect(await impatient).toMatchObject({ name: 'TimeoutError', timeoutMs: 200 })
    mock.release()
    expect(await patient).not.toHaveLength(0)
  })

  test('does not fail a call that may retry because another may not', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject('status-503')
    const once = caught(lmstudio.listModels({ maxRetries: 0 }))
    const again = lmstudio.listModels()
    expect(await once).toMatchObject({ status: 503 })
    expect(await again).not.toHaveLength(0)
  })

  test('sends the headers of the call', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.listModels({ headers: { 'x-trace': 'abc' } })
    expect(mock.calls[0]?.headers['x-trace']).toBe('abc')
  })

  test('does not cache a list for a call with headers, which can select another server', async () => {
    const fetch = async (_input: unknown, init?: RequestInit): Promise<Response> =>
      Response.json({ models: [{ key: `of-${new Headers(init?.headers).get('x-machine')}`, type: 'llm' }] })
    const lmstudio = createLMStudio({ fetch })
    for (const machine of ['a', 'b', 'a']) {
      const [model] = await lmstudio.listModels({ headers: { 'x-machine': machine } })
      expect(model?.id).toBe(`of-${machine}`)
    }
  })

  test('is not replaced by the response to an earlier request that arrives later', async () => {
    const held = deferred<Response>()
    const started = deferred<void>()
    const listOf = (key: string): Response => Response.json({ models: [{ key, type: 'llm' }] })
    let count = 0
    const fetch = async (): Promise<Response> => {
      if (++count > 1) return listOf('new')
      started.resolve()
      return held.promise
    }
    const lmstudio = createLMStudio({ fetch })
    const late = lmstudio.listModels({ timeout: 5_000 })
    await started.promise
    await lmstudio.listModels({ refresh: true })
    held.resolve(listOf('old'))
    await late
    expect((await lmstudio.listModels()).map(({ id }) => id)).toEqual(['new'])
  })
})

describe('a cache entry that this package did not write', () => {
  const body = { models: [{ type: 'llm', key: 'acme/other' }] }
  test.each<[string, unknown]>([
    ['a string', 'x'],
    ['null', null],
    ['a number', 42],
    ['an array', []],
    ['an empty object', {}],
    ['an entry without a time', { value: { api: 'v1', body } }],
    ['an entry with a string as its time', { storedAt: 'now', value: { api: 'v1', body } }],
    ['an entry with NaN as its time', { storedAt: Number.NaN, value: { api: 'v1', body } }],
    ['a list of an unknown api', { storedAt: Date.now(), value: { api: 'v9', body } }],
    ['a list with a string as its models', { storedAt: Date.now(), value: { api: 'v1', body: { models: 'none' } } }],
    [
      'a list with a model without an id',
      { storedAt: Date.now(), value: { api: 'v1', body: { models: [{ type: 'llm' }] } } },
    ],
    ['the entry of an older version', { storedAt: Date.now(), value: { api: 'v1', models: [] } }],
  ])('drops and replaces %s', async (_name, entry) => {
    const cache = openCache()
    const events: LogEvent[] = []
    const { mock, lmstudio } = await setUp({}, { cache, logger: (event) => void events.push(event) })
    await lmstudio.listModels()
    const [key] = [...cache.entries.keys()]
    const stored = structuredClone(cache.entries.get(key!)) as object
    cache.entries.set(key!, entry)
    expect((await lmstudio.listModels()).map(({ id }) => id)).toContain(MODEL)
    expect(mock.calls).toHaveLength(2)
    expect(cache.entries.get(key!)).toEqual({ ...stored, storedAt: expect.any(Number) as number })
    expect(events.filter(({ type }) => type === 'cache')).toEqual([
      { level: 'warn', type: 'cache', message: expect.stringContaining('Dropped a cache entry') as string },
    ])
  })
})

describe('a cache adapter', () => {
  const failing = (method: keyof CacheAdapter, how: 'throws' | 'rejects'): CacheAdapter => ({
    ...openCache(),
    [method]: () => {
      if (how === 'throws') throw new Error('disk full')
      return Promise.reject(new Error('disk full'))
    },
  })

  test.each(
    (['get', 'set', 'delete', 'clear'] as const).flatMap((method) =>
      (['throws', 'rejects'] as const).map((how) => ({ method, how })),
    ),
  )('does not fail a call if $method of the adapter $how', async ({ method, how }) => {
    const events: LogEvent[] = []
    const { lmstudio } = await setUp({}, { cache: failing(method, how), logger: (event) => void events.push(event) })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
    expect(await lmstudio.supportsModel(MODEL)).toBe(true)
    // Each call reads. The second call finds the list that the first one stored, unless that failed.
    const failures = { get: 2, set: 2, delete: 0, clear: 0 }[method]
    expect(events.filter(({ type }) => type === 'cache')).toHaveLength(failures)
  })

  test('does not fail a call if the adapter never responds', async () => {
    const never = (): Promise<never> => new Promise(() => {})
    const cache: CacheAdapter = { get: never, set: never, delete: never, clear: never }
    const { lmstudio } = await setUp({}, { cache })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
  })

  test.each([
    // oxlint-disable-next-line unicorn/no-thenable
    ['rejects', { then: (_: unknown, reject: (reason: unknown) => void) => reject(new Error('db gone')) }],
    // oxlint-disable-next-line unicorn/no-thenable
    ['never settles', { then: () => {} }],
  ])('does not fail a call if the adapter returns a thenable that %s', async (_name, thenable) => {
    const cache: CacheAdapter = { get: () => thenable, set: () => {}, delete: () => {}, clear: () => {} }
    const { lmstudio } = await setUp({}, { cache })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
  })

  test('waits for an adapter that responds slowly', async () => {
    const inner = memoryCache()
    const cache: CacheAdapter = {
      ...inner,
      get: async (key) => {
        await turns(5)
        return inner.get(key)
      },
    }
    const { mock, lmstudio } = await setUp({}, { cache })
    await lmstudio.listModels()
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(1)
  })

  test('stores plain data that survives a structured clone and JSON', async () => {
    const cache = openCache()
    const { mock, lmstudio } = await setUp({}, { cache })
    const models = await lmstudio.listModels()
    for (const [key, entry] of cache.entries) {
      expect(structuredClone(entry)).toEqual(entry)
      cache.entries.set(key, JSON.parse(JSON.stringify(entry)))
    }
    expect(JSON.parse(JSON.stringify(await lmstudio.listModels()))).toEqual(JSON.parse(JSON.stringify(models)))
    expect(mock.calls).toHaveLength(1)
  })

  test('does not call the adapter before the first request for models', async () => {
    const get = vi.fn()
    const { lmstudio } = await setUp({}, { cache: { ...openCache(), get } })
    await turns()
    expect(get).not.toHaveBeenCalled()
    await lmstudio.listModels()
    expect(get).toHaveBeenCalled()
  })
})

test('healthCheck never uses the cache', async () => {
  const { mock, lmstudio } = await setUp()
  await lmstudio.listModels()
  await mock.close()
  expect((await lmstudio.healthCheck()).status).toBe('unreachable')
})

import { createLMStudio, memoryCache, noCache, type CacheAdapter, type LogEvent } from 'lmstudio-provider'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { caught } from './support/caught.js'
import { connect, MODEL, setUp, startMock } from './support/provider.js'
import { jitter, turns } from './support/watch.js'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A cache whose content a test can read and write. */
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

describe('model information', () => {
  test('is asked for once while fresh', async () => {
    const { mock, lmstudio } = await setUp()
    const first = await lmstudio.listModels()
    expect(await lmstudio.listModels()).toEqual(first)
    await lmstudio.supportsModel(MODEL)
    await lmstudio.modelCapabilities(MODEL)
    expect(mock.calls).toHaveLength(1)
  })

  test('is asked for once by callers who come together', async () => {
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

  test('is asked for again when a refresh is wanted', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.listModels()
    mock.configure({ models: [{ id: 'acme/new' }] })
    expect((await lmstudio.listModels({ refresh: true })).map(({ id }) => id)).toEqual(['acme/new'])
    expect((await lmstudio.listModels()).map(({ id }) => id)).toEqual(['acme/new'])
    expect(mock.calls).toHaveLength(2)
  })

  test('is asked for again once it has expired', async () => {
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

  test('is fresh for five minutes by default', async () => {
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

  test('of the future, after a clock was set back, is not trusted', async () => {
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
  ] as const)('is asked for each time when %s', async (_name, options) => {
    const { mock, lmstudio } = await setUp({}, options)
    await lmstudio.listModels()
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(2)
  })

  test('is kept in memory by default where there is no IndexedDB', async () => {
    const mock = await startMock()
    const lmstudio = createLMStudio({ endpoint: mock.url })
    await lmstudio.listModels()
    await lmstudio.listModels()
    expect(mock.calls).toHaveLength(1)
  })

  test('is shared by providers of one endpoint that share a cache, and not by those of two', async () => {
    const cache = memoryCache()
    const [first, second] = [await startMock(), await startMock({ models: [{ id: 'acme/other' }] })]
    await connect(first, { cache }).listModels()
    await connect({ url: `${first.url}/v1` }, { cache }).listModels()
    expect((await connect(second, { cache }).listModels()).map(({ id }) => id)).toEqual(['acme/other'])
    expect(first.calls).toHaveLength(1)
    expect(second.calls).toHaveLength(1)
  })

  test('does not change under the hands of a caller who changes a list', async () => {
    const { lmstudio } = await setUp()
    const list = await lmstudio.listModels()
    const length = list.length
    list.length = 0
    expect(await lmstudio.listModels()).toHaveLength(length)
  })

  test('does not change under the hands of a caller who changes a model', async () => {
    const { lmstudio } = await setUp()
    const [model] = await lmstudio.listModels()
    Object.assign(model!, { id: 'mine' })
    expect((await lmstudio.listModels())[0]?.id).toBe(MODEL)
  })

  test('that could not be had is not kept', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['status-500'] })
    expect(await caught(lmstudio.listModels())).toMatchObject({ status: 500 })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
    expect(mock.calls).toHaveLength(2)
  })

  test('that could not be had fails everyone who waited for it, once', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const all = [caught(lmstudio.listModels()), caught(lmstudio.listModels())]
    await mock.whenHeld()
    await mock.close()
    const [first, second] = await Promise.all(all)
    expect(first).toHaveProperty('code')
    expect(second).toBe(first)
  })

  test('is asked for again by a caller with limits of its own, instead of waiting with another', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const patient = lmstudio.listModels()
    patient.catch(() => {})
    await mock.whenHeld()
    expect(await lmstudio.listModels({ timeout: 20_000 })).not.toHaveLength(0)
    mock.release()
    expect(await patient).not.toHaveLength(0)
  })

  test('is not denied to a patient caller because another was in a hurry', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const hurried = caught(lmstudio.listModels({ timeout: 200 }))
    const patient = lmstudio.listModels()
    patient.catch(() => {})
    await mock.whenHeld()
    expect(await hurried).toMatchObject({ name: 'TimeoutError', timeoutMs: 200 })
    mock.release()
    expect(await patient).not.toHaveLength(0)
  })

  test('is not denied to a caller who may retry because another may not', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp()
    mock.inject('status-503')
    const once = caught(lmstudio.listModels({ maxRetries: 0 }))
    const again = lmstudio.listModels()
    expect(await once).toMatchObject({ status: 503 })
    expect(await again).not.toHaveLength(0)
  })

  test('is asked for by the limits and headers of the caller who asks', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.listModels({ headers: { 'x-trace': 'abc' } })
    expect(mock.calls[0]?.headers['x-trace']).toBe('abc')
  })
})

describe('a foreign or broken entry', () => {
  test.each([
    ['a text', 'x'],
    ['null', null],
    ['a number', 42],
    ['a list', []],
    ['an empty object', {}],
    ['no time', { value: { api: 'v1', models: [] } }],
    ['an unknown list', { storedAt: Date.now(), value: { api: 'v9', models: [] } }],
    ['models of the wrong type', { storedAt: Date.now(), value: { api: 'v1', models: 'none' } }],
    ['a model without id', { storedAt: Date.now(), value: { api: 'v1', models: [{ type: 'llm' }] } }],
    ['a time that is no number', { storedAt: 'now', value: { api: 'v1', models: [] } }],
    ['a time that is NaN', { storedAt: Number.NaN, value: { api: 'v1', models: [] } }],
  ])('of %s is dropped and replaced', async (_name, entry) => {
    const cache = openCache()
    const events: LogEvent[] = []
    const { mock, lmstudio } = await setUp({}, { cache, logger: (event) => void events.push(event) })
    await lmstudio.listModels()
    const [key] = [...cache.entries.keys()]
    cache.entries.set(key!, entry)
    expect((await lmstudio.listModels()).map(({ id }) => id)).toContain(MODEL)
    expect(mock.calls).toHaveLength(2)
    expect(cache.entries.get(key!)).not.toBe(entry)
  })
})

describe('an adapter', () => {
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
  )('whose $method $how fails no call', async ({ method, how }) => {
    const events: LogEvent[] = []
    const { lmstudio } = await setUp({}, { cache: failing(method, how), logger: (event) => void events.push(event) })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
    expect(await lmstudio.supportsModel(MODEL)).toBe(true)
    if (method === 'get' || method === 'set') expect(events.some(({ type }) => type === 'cache')).toBe(true)
  })

  test('that never answers fails no call', async () => {
    const never = (): Promise<never> => new Promise(() => {})
    const cache: CacheAdapter = { get: never, set: never, delete: never, clear: never }
    const { lmstudio } = await setUp({}, { cache })
    expect(await lmstudio.listModels()).not.toHaveLength(0)
  })

  test('that answers late is waited for', async () => {
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

  test('is given plain data that survives a structured clone and JSON', async () => {
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

  test('is not touched before the first call', async () => {
    const get = vi.fn()
    const { lmstudio } = await setUp({}, { cache: { ...openCache(), get } })
    await turns()
    expect(get).not.toHaveBeenCalled()
    await lmstudio.listModels()
    expect(get).toHaveBeenCalled()
  })
})

test('health is never answered from the cache', async () => {
  const { mock, lmstudio } = await setUp()
  await lmstudio.listModels()
  await mock.close()
  expect((await lmstudio.healthCheck()).status).toBe('unreachable')
})

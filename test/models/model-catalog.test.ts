import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryCache } from '../../src/cache/adapters.js'
import { ConfigurationError, NetworkError } from '../../src/errors/index.js'
import { createModelCatalog } from '../../src/models/model-catalog.js'
import type { CacheAdapter, LogEvent } from '../../src/config/options.js'
import { settle } from '../helpers/deferred.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, stubFetch, testClient, type StubResponse } from '../helpers/client.js'

const list = (...keys: string[]): Response => json({ models: keys.map((key) => ({ key, type: 'llm' })) })
function setUp(responses: StubResponse[], cache: CacheAdapter | false = memoryCache(), more: object = {}) {
  const stub = stubFetch(...responses)
  const client = testClient({ fetch: stub.fetch, cache, maxRetries: 0, ...more })
  return { catalog: createModelCatalog(client), requests: stub.requests }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('a cache adapter that returns anything', () => {
  const entry = (body: unknown): unknown => ({ storedAt: Date.now(), value: { api: 'v1', body } })
  const withEntry = (value: unknown): CacheAdapter => ({ ...memoryCache(), get: () => value })
  const throwing = Object.defineProperty({ key: 'a', type: 'llm' }, 'more', {
    enumerable: true,
    get() {
      throw new Error('a getter of the entry')
    },
  })
  const circular: Record<string, unknown> = { key: 'a', type: 'llm' }
  circular.self = circular

  it.each<[string, unknown]>([
    ['a getter that throws in a field that is not read', entry({ models: [throwing] })],
    ['a circular model', entry({ models: [circular] })],
    ['a BigInt', entry({ models: [{ key: 'a', type: 'llm', size_bytes: 1n }] })],
    ['another list', entry({ data: [{ id: 'a' }] })],
    ['nothing', entry(undefined)],
    ['an unknown list', { storedAt: Date.now(), value: { api: 'v9', body: { models: [] } } }],
  ])('requests the list when the entry holds %s', async (_, value) => {
    const { catalog, requests } = setUp([list('b')], withEntry(value))
    expect((await catalog.list()).models).toMatchObject([{ id: 'b' }])
    expect(requests).toHaveLength(1)
  })

  it('passes nothing of the entry to the caller but JSON', async () => {
    const date = new Date(0)
    const { catalog } = setUp([], withEntry(entry({ models: [{ key: 'a', type: 'llm', date }] })))
    expect((await catalog.list()).models[0]!.raw).toEqual({ key: 'a', type: 'llm', date: '1970-01-01T00:00:00.000Z' })
  })
})

describe('list', () => {
  it('requests the list once while it is fresh, and again afterwards', async () => {
    const { catalog, requests } = setUp([list('a'), list('b')])
    expect((await catalog.list()).models[0]!.id).toBe('a')
    vi.setSystemTime(Date.now() + 299_999)
    expect((await catalog.list()).models[0]!.id).toBe('a')
    expect(requests).toHaveLength(1)
    vi.setSystemTime(Date.now() + 1)
    expect((await catalog.list()).models[0]!.id).toBe('b')
  })

  it('requests the list again on refresh only', async () => {
    const { catalog } = setUp([list('a'), list('b')])
    await catalog.list()
    expect((await catalog.list({ refresh: true })).models[0]!.id).toBe('b')
    expect((await catalog.list({ refresh: false })).models[0]!.id).toBe('b')
  })

  it('requests the list every time without a cache or with a ttl of 0', async () => {
    for (const [cache, more] of [
      [false, {}],
      [memoryCache(), { cacheTtl: 0 }],
    ] as const) {
      const { catalog, requests } = setUp([list('a')], cache, more)
      await catalog.list()
      await catalog.list()
      expect(requests).toHaveLength(2)
    }
  })

  it('returns the same list from the cache as from the server', async () => {
    const { catalog } = setUp([() => json(fixtureJSON('models-v1.json'))])
    expect(await catalog.list()).toEqual(await catalog.list())
  })

  it('shares one request between calls at the same time', async () => {
    const { catalog, requests } = setUp([list('a')])
    await Promise.all([catalog.list(), catalog.list(), catalog.find('a')])
    expect(requests).toHaveLength(1)
  })

  it('keeps the lists of different servers apart in a shared cache', async () => {
    const cache = memoryCache()
    const first = setUp([list('a')], cache)
    const second = setUp([list('b')], cache, { endpoint: 'http://localhost:9' })
    await first.catalog.list()
    expect((await second.catalog.list()).models[0]!.id).toBe('b')
  })

  it('stores the name of the list and the response as received, and no token or header', async () => {
    const stored: unknown[] = []
    const memory = memoryCache()
    const { catalog } = setUp(
      [() => json(fixtureJSON('models-v1.json'))],
      { ...memory, set: (...args) => (stored.push(args), memory.set(...args)) },
      { apiToken: 'hunter2hunter2', headers: { 'x-key': 'hunter2hunter2' } },
    )
    await catalog.list()
    expect(stored).toEqual([
      [
        'lmstudio-provider:models:http://127.0.0.1:1234',
        { storedAt: Date.now(), value: { api: 'v1', body: fixtureJSON('models-v1.json') } },
      ],
    ])
  })

  it.each<[string, unknown]>([
    ['an unknown api', { api: 'v9', body: { models: [] } }],
    ['the name of an object method as its api', { api: 'toString', body: { models: [] } }],
    ['the body of another api', { api: 'v1', body: { data: [] } }],
    ['a model without a key', { api: 'v1', body: { models: [{ type: 'llm' }] } }],
    ['a number as the id of a v0 model', { api: 'v0', body: { data: [{ id: 7, type: 'llm' }] } }],
    ['no body', { api: 'v1' }],
    ['an array', ['v1', { models: [] }]],
    ['null', null],
    ['a string', 'x'],
    [
      'the shape of an older version of this package',
      {
        api: 'v1',
        models: [{ id: 'x', type: 'llm', state: 'loaded', instances: [], capabilities: { chat: true }, raw: {} }],
      },
    ],
    [
      'a getter that throws',
      {
        api: 'v1',
        body: {
          get models() {
            throw new Error('a getter of the entry')
          },
        },
      },
    ],
  ])('drops and logs a cached entry with %s, and requests the list', async (_, value) => {
    const entries = new Map<string, unknown>()
    const log: LogEvent[] = []
    const cache = {
      get: (key: string) => entries.get(key) ?? { storedAt: Date.now(), value },
      set: (key: string, entry: unknown) => void entries.set(key, entry),
      delete: vi.fn(),
      clear: () => {},
    }
    const { catalog, requests } = setUp([list('a')], cache, { logger: (event: LogEvent) => log.push(event) })
    expect((await catalog.list()).models[0]!.id).toBe('a')
    expect(requests).toHaveLength(1)
    expect(cache.delete).toHaveBeenCalledTimes(1)
    expect(log.filter(({ type }) => type === 'cache')).toEqual([
      {
        level: 'warn',
        type: 'cache',
        message: 'Dropped a cache entry that this version of the package did not write.',
      },
    ])
    expect((await catalog.list()).models[0]!.id).toBe('a')
    expect(requests).toHaveLength(1)
  })

  it('returns the list of the server whatever JSON value is cached', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue(), fc.record({ api: fc.constant('v1'), body: fc.jsonValue() })),
        async (value) => {
          const { catalog } = setUp([list('a')], { ...memoryCache(), get: () => ({ storedAt: Date.now(), value }) })
          expect((await catalog.list()).models.map(({ id }) => id)).toEqual(['a'])
        },
      ),
      { numRuns: 200 },
    )
  })

  it('fails with the error of the server and requests the list again the next time', async () => {
    const { catalog } = setUp([json({}, { status: 500 }), list('a')])
    expect(await rejectionOf(catalog.list())).toBeInstanceOf(NetworkError)
    expect((await catalog.list()).models).toHaveLength(1)
  })

  it('rejects unknown and invalid options before it sends anything', async () => {
    const { catalog, requests } = setUp([list('a')])
    expect(await rejectionOf(catalog.list({ force: true } as never))).toBeInstanceOf(ConfigurationError)
    expect(await rejectionOf(catalog.list({ timeout: -1 }))).toBeInstanceOf(ConfigurationError)
    expect(requests).toHaveLength(0)
  })

  it.each<[string, unknown]>([
    ['a line break in a value', { 'x-key': 'hunter2\nhunter2' }],
    ['a space in a name', { 'x key': 'hunter2' }],
    ['the form of a string', 'x-key: hunter2'],
    ['the value null', null],
  ])('rejects headers with %s and does not quote them', async (_, headers) => {
    const { catalog, requests } = setUp([list('a')])
    const error = await rejectionOf(catalog.list({ headers } as never))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(JSON.stringify(error) + (error as Error).stack).not.toContain('hunter2')
    expect(requests).toHaveLength(0)
  })

  it('shares a request only between calls with equal limits and no headers', async () => {
    const { catalog, requests } = setUp([list('a')])
    await Promise.all([
      catalog.list({ timeout: 5000 }),
      catalog.list({ timeout: 5000 }),
      catalog.list({ timeout: 6000 }),
      catalog.list({ headers: { 'x-a': '1' } }),
      catalog.list({ headers: [['X-A', '1']] }),
    ])
    // Headers can select another machine, so such a list is not shared at all.
    expect(requests).toHaveLength(4)
  })

  it('rejects a caller that aborts and continues for the others', async () => {
    let respond!: (response: Response) => void
    const { catalog } = setUp([() => new Promise((resolve) => (respond = resolve))])
    const controller = new AbortController()
    const [first, second] = [rejectionOf(catalog.list({ signal: controller.signal })), catalog.list()]
    await settle()
    controller.abort('enough')
    expect(await first).toBe('enough')
    respond(list('a'))
    expect((await second).models).toHaveLength(1)
  })

  it('requests the list again after invalidate', async () => {
    const { catalog } = setUp([list('a'), list('b')])
    await catalog.list()
    await catalog.invalidate()
    expect((await catalog.list()).models[0]!.id).toBe('b')
  })
})

describe('find', () => {
  it('finds a model by its id, an instance or a variant', async () => {
    const entry = {
      key: 'acme/tern-4b',
      type: 'llm',
      loaded_instances: [{ id: 'my-tern' }, { id: 'acme/tern-4b:2' }],
      variants: ['acme/tern-4b@q4_k_m'],
    }
    const { catalog, requests } = setUp([json({ models: [entry] })])
    for (const name of ['acme/tern-4b', 'my-tern', 'acme/tern-4b:2', 'acme/tern-4b@q4_k_m'])
      expect((await catalog.find(name))?.id).toBe('acme/tern-4b')
    expect(requests).toHaveLength(1)
  })

  it('refreshes the list once for a model that the cache does not have', async () => {
    const { catalog, requests } = setUp([list('a'), list('a', 'b'), list('a', 'b')])
    await catalog.list()
    expect((await catalog.find('b'))?.id).toBe('b')
    expect(requests).toHaveLength(2)
    expect(await catalog.find('c')).toBeUndefined()
    expect(requests).toHaveLength(3)
  })

  it('does not refresh a list that was just requested', async () => {
    const { catalog, requests } = setUp([list('a')])
    expect(await catalog.find('b')).toBeUndefined()
    expect(await catalog.find('Tern')).toBeUndefined()
    expect(requests).toHaveLength(2)
  })

  it('does not find a model by a similar name', async () => {
    const { catalog } = setUp([list('acme/tern-4b')])
    for (const name of ['tern-4b', 'ACME/TERN-4B', 'acme/tern', '', 'acme/tern-4b@q4'])
      expect(await catalog.find(name)).toBeUndefined()
  })

  it('returns the capabilities of a known model and undefined for an unknown one', async () => {
    const { catalog } = setUp([list('a')])
    expect(await catalog.capabilities('a')).toMatchObject({ chat: true })
    expect(await catalog.capabilities('b')).toBeUndefined()
  })
})

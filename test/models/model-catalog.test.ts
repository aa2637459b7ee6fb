import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryCache } from '../../src/cache/adapters.js'
import { ConfigurationError, ModelNotFoundError, NetworkError } from '../../src/errors/index.js'
import { explainMissingModel } from '../../src/models/missing-model.js'
import { createModelCatalog } from '../../src/models/model-catalog.js'
import type { CacheAdapter } from '../../src/config/options.js'
import { settle } from '../helpers/deferred.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, refused, stubFetch, testClient, type Answer } from '../helpers/client.js'

const list = (...keys: string[]): Response => json({ models: keys.map((key) => ({ key, type: 'llm' })) })
function setUp(answers: Answer[], cache: CacheAdapter | false = memoryCache(), more: object = {}) {
  const stub = stubFetch(...answers)
  const client = testClient({ fetch: stub.fetch, cache, maxRetries: 0, ...more })
  return { client, store: createModelCatalog(client), requests: stub.requests }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('the list', () => {
  it('is asked for once while it is fresh, and again afterwards', async () => {
    const { store, requests } = setUp([list('a'), list('b')])
    expect((await store.list()).models[0]!.id).toBe('a')
    vi.setSystemTime(Date.now() + 299_999)
    expect((await store.list()).models[0]!.id).toBe('a')
    expect(requests).toHaveLength(1)
    vi.setSystemTime(Date.now() + 1)
    expect((await store.list()).models[0]!.id).toBe('b')
  })

  it('is asked for again when that is wished', async () => {
    const { store } = setUp([list('a'), list('b')])
    await store.list()
    expect((await store.list({ refresh: true })).models[0]!.id).toBe('b')
    expect((await store.list({ refresh: false })).models[0]!.id).toBe('b')
  })

  it('is asked for each time without a cache, and with a ttl of nothing', async () => {
    for (const [cache, more] of [
      [false, {}],
      [memoryCache(), { cacheTtl: 0 }],
    ] as const) {
      const { store, requests } = setUp([list('a')], cache, more)
      await store.list()
      await store.list()
      expect(requests).toHaveLength(2)
    }
  })

  it('is the same from the cache as from the server, everything in it', async () => {
    const { store } = setUp([() => json(fixtureJSON('models-v1.json'))])
    expect(await store.list()).toEqual(await store.list())
  })

  it('is shared by callers who come at the same time', async () => {
    const { store, requests } = setUp([list('a')])
    await Promise.all([store.list(), store.list(), store.find('a')])
    expect(requests).toHaveLength(1)
  })

  it('is not shared by providers of different servers that share a cache', async () => {
    const cache = memoryCache()
    const first = setUp([list('a')], cache)
    const second = setUp([list('b')], cache, { endpoint: 'http://localhost:9' })
    await first.store.list()
    expect((await second.store.list()).models[0]!.id).toBe('b')
  })

  it('leaves no token, header or function in the cache', async () => {
    const kept: unknown[] = []
    const memory = memoryCache()
    const { store } = setUp(
      [list('a')],
      { ...memory, set: (...args) => (kept.push(args), memory.set(...args)) },
      { apiToken: 'hunter2hunter2', headers: { 'x-key': 'hunter2hunter2' } },
    )
    await store.list()
    expect(kept).toHaveLength(1)
    expect(JSON.stringify(kept)).not.toContain('hunter2')
  })

  it('is not taken from a cache that holds something else', async () => {
    for (const value of [
      { api: 'v9', models: [] },
      { api: 'v1', models: [{ id: 7 }] },
      { api: 'v1', models: [{ id: 'x', type: 'llm', state: 'asleep', instances: [], capabilities: {} }] },
      null,
      'x',
    ]) {
      const memory = memoryCache()
      const { store } = setUp([list('a')], { ...memory, get: () => ({ storedAt: Date.now(), value }) })
      expect((await store.list()).models[0]!.id).toBe('a')
    }
  })

  it('fails with the error of the server, and asks again the next time', async () => {
    const { store } = setUp([json({}, { status: 500 }), list('a')])
    expect(await rejectionOf(store.list())).toBeInstanceOf(NetworkError)
    expect((await store.list()).models).toHaveLength(1)
  })

  it('takes no options it does not know', async () => {
    const { store, requests } = setUp([list('a')])
    expect(await rejectionOf(store.list({ force: true } as never))).toBeInstanceOf(ConfigurationError)
    expect(await rejectionOf(store.list({ timeout: -1 }))).toBeInstanceOf(ConfigurationError)
    expect(requests).toHaveLength(0)
  })

  it.each<[string, unknown]>([
    ['a header that cannot be sent', { 'x-key': 'hunter2\nhunter2' }],
    ['a header name with a space', { 'x key': 'hunter2' }],
    ['no set of headers', 'x-key: hunter2'],
    ['null', null],
  ])('takes no headers that are %s, and does not quote them', async (_, headers) => {
    const { store, requests } = setUp([list('a')])
    const error = await rejectionOf(store.list({ headers } as never))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(JSON.stringify(error) + (error as Error).stack).not.toContain('hunter2')
    expect(requests).toHaveLength(0)
  })

  it('is shared only by callers who ask in the same way', async () => {
    const { store, requests } = setUp([list('a')])
    await Promise.all([
      store.list({ timeout: 5000 }),
      store.list({ timeout: 5000 }),
      store.list({ timeout: 6000 }),
      store.list({ headers: { 'x-a': '1' } }),
      store.list({ headers: [['X-A', '1']] }),
    ])
    // Headers can choose another machine: such a list is shared with nobody.
    expect(requests).toHaveLength(4)
  })

  it('ends for a caller who aborts, and goes on for the others', async () => {
    let answer!: (response: Response) => void
    const { store } = setUp([() => new Promise((resolve) => (answer = resolve))])
    const controller = new AbortController()
    const [first, second] = [rejectionOf(store.list({ signal: controller.signal })), store.list()]
    await settle()
    controller.abort('enough')
    expect(await first).toBe('enough')
    answer(list('a'))
    expect((await second).models).toHaveLength(1)
  })

  it('is forgotten when what is loaded has changed', async () => {
    const { store } = setUp([list('a'), list('b')])
    await store.list()
    await store.invalidate()
    expect((await store.list()).models[0]!.id).toBe('b')
  })
})

describe('a model', () => {
  it('is found by id, instance and variant', async () => {
    const entry = {
      key: 'acme/tern-4b',
      type: 'llm',
      loaded_instances: [{ id: 'my-tern' }, { id: 'acme/tern-4b:2' }],
      variants: ['acme/tern-4b@q4_k_m'],
    }
    const { store, requests } = setUp([json({ models: [entry] })])
    for (const name of ['acme/tern-4b', 'my-tern', 'acme/tern-4b:2', 'acme/tern-4b@q4_k_m'])
      expect((await store.find(name))?.id).toBe('acme/tern-4b')
    expect(requests).toHaveLength(1)
  })

  it('that the cache does not have is looked for once more on the server', async () => {
    const { store, requests } = setUp([list('a'), list('a', 'b'), list('a', 'b')])
    await store.list()
    expect((await store.find('b'))?.id).toBe('b')
    expect(requests).toHaveLength(2)
    expect(await store.find('c')).toBeUndefined()
    expect(requests).toHaveLength(3)
  })

  it('that a fresh list does not have is not looked for again', async () => {
    const { store, requests } = setUp([list('a')])
    expect(await store.find('b')).toBeUndefined()
    expect(await store.find('Tern')).toBeUndefined()
    expect(requests).toHaveLength(2)
  })

  it('that is almost called so is not it', async () => {
    const { store } = setUp([list('acme/tern-4b')])
    for (const name of ['tern-4b', 'ACME/TERN-4B', 'acme/tern', '', 'acme/tern-4b@q4'])
      expect(await store.find(name)).toBeUndefined()
  })

  it('has its capabilities, an unknown one none', async () => {
    const { store } = setUp([list('a')])
    expect(await store.capabilities('a')).toMatchObject({ chat: true })
    expect(await store.capabilities('b')).toBeUndefined()
  })
})

describe('explainMissingModel', () => {
  const missing = new ModelNotFoundError('No.', {
    code: 'no-models-loaded',
    status: 404,
    serverMessage: 'no',
    endpoint: 'http://h:1',
    cause: new Error('inner'),
  })

  it('says which models there are', async () => {
    const { client } = setUp([list('a', 'b')])
    const error = (await rejectionOf(explainMissingModel(client, missing, 'c'))) as ModelNotFoundError
    expect(error).toBeInstanceOf(ModelNotFoundError)
    expect(error).toMatchObject({
      code: 'no-models-loaded',
      status: 404,
      serverMessage: 'no',
      endpoint: 'http://h:1',
      model: 'c',
      availableModels: ['a', 'b'],
    })
    expect(error.message).toMatch(/a, b/)
    expect(error.hint).toBe(missing.hint)
    expect(error.cause).toBe(missing.cause)
  })

  it('names only some of very many in its message', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `model-${index}`)
    const error = (await rejectionOf(
      explainMissingModel(setUp([list(...names)]).client, missing, 'c'),
    )) as ModelNotFoundError
    expect(error.availableModels).toHaveLength(200)
    expect(error.message.length).toBeLessThan(400)
  })

  it('says that there are none', async () => {
    expect(await rejectionOf(explainMissingModel(setUp([list()]).client, missing, 'c'))).toMatchObject({
      availableModels: [],
    })
  })

  it('leaves the error as it is where the models cannot be listed', async () => {
    for (const answer of [refused(), json({}, { status: 401 })])
      expect(await rejectionOf(explainMissingModel(setUp([answer]).client, missing, 'c'))).toBe(missing)
  })

  it('gives up soon on a list that does not come', async () => {
    const result = rejectionOf(explainMissingModel(setUp([() => new Promise<Response>(() => {})]).client, missing, 'c'))
    await settle()
    await vi.advanceTimersByTimeAsync(2_500)
    expect(await result).toBe(missing)
  })

  it('leaves other errors as they are, and asks nothing', async () => {
    const { client, requests } = setUp([list('a')])
    const told = new ModelNotFoundError('x', { availableModels: [] })
    for (const other of [new NetworkError('x'), new Error('x'), 'x', undefined, told])
      expect(await rejectionOf(explainMissingModel(client, other, 'c'))).toBe(other)
    expect(requests).toHaveLength(0)
  })
})

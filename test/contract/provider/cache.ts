import type { CacheAdapter } from 'lmstudio-provider'
import type { Case } from '../contract.js'

const METHODS = ['get', 'set', 'delete', 'clear'] as const

/** An adapter whose methods all fail in the same way. */
const failing = (fail: () => never | Promise<never>): CacheAdapter =>
  Object.fromEntries(METHODS.map((method) => [method, fail])) as unknown as CacheAdapter

/** An adapter that returns this entry for every key. */
const always = (entry: unknown): CacheAdapter & { readonly deleted: string[] } => {
  const deleted: string[] = []
  return { deleted, get: () => entry, set: () => {}, delete: (key) => void deleted.push(key), clear: () => {} }
}

export const cacheCases: readonly Case[] = [
  {
    name: 'listModels uses the cache the second time, and the server on refresh',
    async run({ create, assert, mock }) {
      const provider = create()
      const first = await provider.listModels()
      assert.equal(await provider.listModels(), first)
      assert.equal((await mock.calls()).length, 1)
      await provider.listModels({ refresh: true })
      assert.equal((await mock.calls()).length, 2)
    },
  },
  {
    name: 'providers with one endpoint share the list in a cache, and those with two endpoints do not',
    async run({ create, assert, mock, library, endpoint }) {
      const cache = library.memoryCache()
      await create({ cache }).listModels()
      await create({ cache, endpoint: `${endpoint}/v1/` }).listModels()
      assert.equal((await mock.calls()).length, 1)
      await mock.inject('status-404', { times: Infinity })
      await assert.fails(() => create({ cache, endpoint: `${endpoint}/proxy` }).listModels())
      assert.equal((await mock.calls())[1]?.path, '/proxy/api/v1/models')
    },
  },
  {
    name: 'concurrent calls of listModels share one request',
    async run({ create, assert, mock }) {
      const provider = create()
      const lists = await Promise.all([provider.listModels(), provider.listModels(), provider.listModels()])
      assert.equal(
        lists.map((list) => list.length),
        [5, 5, 5],
      )
      assert.equal((await mock.calls()).length, 1)
    },
  },
  {
    name: 'a call that is aborted does not end a shared request for the others',
    async run({ create, assert, mock }) {
      await mock.inject({ name: 'delay-headers' })
      const provider = create()
      const controller = new AbortController()
      const aborted = provider.listModels({ signal: controller.signal })
      const other = provider.listModels()
      await mock.whenHeld()
      controller.abort('gone')
      assert.equal(await assert.fails(() => aborted), 'gone')
      await mock.release()
      assert.equal((await other).length, 5)
    },
  },
  {
    name: 'listModels requests the list every time with a cacheTtl of 0',
    async run({ create, assert, mock }) {
      const provider = create({ cacheTtl: 0 })
      await provider.listModels()
      await provider.listModels()
      assert.equal((await mock.calls()).length, 2)
    },
  },
  {
    name: 'listModels requests the list every time without a cache',
    async run({ create, assert, mock, library }) {
      for (const cache of [false, library.noCache()] as const) {
        const provider = create({ cache })
        await provider.listModels()
        await provider.listModels()
      }
      assert.equal((await mock.calls()).length, 4)
    },
  },
  {
    name: 'a caller that changes the returned array does not change the cached list',
    async run({ create, assert }) {
      const provider = create()
      const list = await provider.listModels()
      list.length = 0
      assert.equal((await provider.listModels()).length, 5)
    },
  },
  {
    name: 'an adapter that throws or rejects is logged and fails no call',
    async run({ create, assert }) {
      const events: string[] = []
      for (const fail of [
        () => {
          throw new Error('disk full')
        },
        () => Promise.reject(new Error('disk full')),
      ]) {
        const provider = create({
          cache: failing(fail),
          logger: ({ type, level }) => void events.push(`${type} ${level}`),
        })
        assert.equal((await provider.listModels()).length, 5)
      }
      assert.equal(events.filter((event) => event === 'cache warn').length, 4)
    },
  },
  ...Object.entries({
    'that another program wrote': { some: 'thing' },
    'with an invalid model': { storedAt: Date.now(), value: { api: 'v1', body: { models: [{ key: 5 }] } } },
    'of an older version': { storedAt: Date.now(), value: { api: 'v1', models: [] } },
    'that is a string': 'wrong',
    'that is null': null,
  }).map(([what, entry]): Case => ({
    name: `a cache entry ${what} is deleted and not used`,
    async run({ create, assert }) {
      const cache = always(entry)
      assert.equal((await create({ cache }).listModels()).length, 5)
      assert.equal(cache.deleted.length, 1)
    },
  })),
  {
    name: 'the cache contains neither the token nor a prompt',
    async run({ create, assert, mock, library }) {
      await mock.configure({ auth: 'sk-lm-never-stored' })
      const memory = library.memoryCache()
      const stored: unknown[] = []
      const cache: CacheAdapter = {
        ...memory,
        set: (key, value) => {
          stored.push(key, value)
          return memory.set(key, value)
        },
      }
      const provider = create({ cache, apiToken: 'sk-lm-never-stored' })
      const [model] = await provider.listModels()
      await provider.complete({ model: model?.id ?? '', prompt: 'A private question.' })
      assert.ok(stored.length > 0, 'stores the list')
      assert.ok(!/never-stored|private question/.test(JSON.stringify(stored)), 'stores no secret')
    },
  },
]

import type { CacheAdapter } from 'lmstudio-provider'
import type { Case } from '../contract.js'

const METHODS = ['get', 'set', 'delete', 'clear'] as const

/** An adapter whose every method fails in the same way. */
const failing = (fail: () => never | Promise<never>): CacheAdapter =>
  Object.fromEntries(METHODS.map((method) => [method, fail])) as unknown as CacheAdapter

/** An adapter in which whatever is read is this. */
const always = (entry: unknown): CacheAdapter & { readonly deleted: string[] } => {
  const deleted: string[] = []
  return { deleted, get: () => entry, set: () => {}, delete: (key) => void deleted.push(key), clear: () => {} }
}

export const cacheCases: readonly Case[] = [
  {
    name: 'a second listing comes from the cache, a refresh from the server',
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
    name: 'two providers of one endpoint share an adapter, those of two endpoints do not',
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
    name: 'listings at the same time share one request',
    async run({ create, assert, mock }) {
      const provider = create()
      const lists = await Promise.all([provider.listModels(), provider.listModels(), provider.listModels()])
      assert.equal(
        lists.map((list) => list.length),
        [4, 4, 4],
      )
      assert.equal((await mock.calls()).length, 1)
    },
  },
  {
    name: 'who leaves a shared request does not end it for the others',
    async run({ create, assert, mock }) {
      await mock.inject({ name: 'delay-headers' })
      const provider = create()
      const caller = new AbortController()
      const leaving = provider.listModels({ signal: caller.signal })
      const staying = provider.listModels()
      await mock.whenHeld()
      caller.abort('gone')
      assert.equal(await assert.fails(() => leaving), 'gone')
      await mock.release()
      assert.equal((await staying).length, 4)
    },
  },
  {
    name: 'with a lifetime of nothing, every listing asks the server',
    async run({ create, assert, mock }) {
      const provider = create({ cacheTtl: 0 })
      await provider.listModels()
      await provider.listModels()
      assert.equal((await mock.calls()).length, 2)
    },
  },
  {
    name: 'without a cache, every listing asks the server',
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
    name: 'what a caller does to a list does not reach the cache',
    async run({ create, assert }) {
      const provider = create()
      const list = await provider.listModels()
      list.length = 0
      assert.equal((await provider.listModels()).length, 4)
    },
  },
  {
    name: 'an adapter that throws or rejects never fails a call, and is told to the logger',
    async run({ create, assert }) {
      const said: string[] = []
      for (const fail of [
        () => {
          throw new Error('disk full')
        },
        () => Promise.reject(new Error('disk full')),
      ]) {
        const provider = create({
          cache: failing(fail),
          logger: ({ type, level }) => void said.push(`${type} ${level}`),
        })
        assert.equal((await provider.listModels()).length, 4)
      }
      assert.equal(said.filter((event) => event === 'cache warn').length, 4)
    },
  },
  ...Object.entries({
    'of another make': { some: 'thing' },
    'with a broken model': { storedAt: Date.now(), value: { api: 'v1', models: [{ id: 5 }] } },
    'that is a text': 'gone wrong',
    'that is null': null,
  }).map(([what, entry]): Case => ({
    name: `an entry ${what} is dropped, not trusted`,
    async run({ create, assert }) {
      const cache = always(entry)
      assert.equal((await create({ cache }).listModels()).length, 4)
      assert.equal(cache.deleted.length, 1)
    },
  })),
  {
    name: 'neither token nor prompt is in what is kept',
    async run({ create, assert, mock, library }) {
      await mock.configure({ auth: 'sk-lm-kept-nowhere' })
      const memory = library.memoryCache()
      const kept: unknown[] = []
      const cache: CacheAdapter = {
        ...memory,
        set: (key, value) => {
          kept.push(key, value)
          return memory.set(key, value)
        },
      }
      const provider = create({ cache, apiToken: 'sk-lm-kept-nowhere' })
      const [model] = await provider.listModels()
      await provider.complete({ model: model?.id ?? '', prompt: 'A private question.' })
      assert.ok(kept.length > 0, 'something is kept')
      assert.ok(!/kept-nowhere|private question/.test(JSON.stringify(kept)), 'no secret')
    },
  },
]

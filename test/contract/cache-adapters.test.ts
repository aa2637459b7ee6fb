import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { indexedDBCache, memoryCache, noCache } from 'lmstudio-provider'
import { afterAll, beforeAll, describe, test, vi } from 'vitest'
import { assert } from './assert.js'
import { cacheAdapterContract, persistentAdapterContract } from './cache/adapter.js'

describe('memoryCache', () => {
  for (const { name, run } of cacheAdapterContract) test(name, () => run({ assert, create: () => memoryCache() }))
})

describe('indexedDBCache with an in-memory IndexedDB', () => {
  beforeAll(() => {
    vi.stubGlobal('indexedDB', new IDBFactory())
    vi.stubGlobal('IDBKeyRange', IDBKeyRange)
  })
  afterAll(() => {
    vi.unstubAllGlobals()
  })
  for (const { name, run } of [...cacheAdapterContract, ...persistentAdapterContract]) {
    test(name, () => run({ assert, create: indexedDBCache }))
  }
})

test('noCache stores nothing and does not fail', async () => {
  const cache = noCache()
  await cache.set('key', 'value')
  await cache.delete('key')
  await cache.clear()
  assert.equal(await cache.get('key'), undefined)
})

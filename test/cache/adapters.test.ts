import { forceCloseDatabase, IDBObjectStore, indexedDB } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultCache, indexedDBCache, memoryCache, noCache } from '../../src/cache/adapters.js'
import { rejectionOf } from '../helpers/provider-errors.js'

beforeEach(() => void vi.stubGlobal('indexedDB', indexedDB))
afterEach(() => void vi.unstubAllGlobals())
let count = 0

describe.each([
  ['memoryCache', () => memoryCache()],
  ['indexedDBCache', () => indexedDBCache(`test-${++count}`)],
  ['defaultCache without IndexedDB', () => (vi.stubGlobal('indexedDB', undefined), defaultCache())],
] as const)('%s', (_, make) => {
  it('stores values under their keys until they are deleted', async () => {
    const cache = make()
    expect(await cache.get('a')).toBeUndefined()
    await cache.set('a', { deep: [1, null, 'x'] })
    await cache.set('b', 2)
    expect(await cache.get('a')).toEqual({ deep: [1, null, 'x'] })
    await cache.set('a', 3)
    expect(await cache.get('a')).toBe(3)
    await cache.delete('a')
    expect(await cache.get('a')).toBeUndefined()
    expect(await cache.get('b')).toBe(2)
    await cache.delete('never there')
    await cache.clear()
    expect(await cache.get('b')).toBeUndefined()
  })

  it('accepts any string as a key', async () => {
    const cache = make()
    for (const key of ['__proto__', 'constructor', '', 'a b/ü:http://127.0.0.1']) {
      expect(await cache.get(key)).toBeUndefined()
      await cache.set(key, key)
      expect(await cache.get(key)).toBe(key)
    }
  })

  it('copies values in and out', async () => {
    const cache = make()
    const value = { list: [1] }
    await cache.set('a', value)
    value.list.push(2)
    const got = (await cache.get('a')) as typeof value
    expect(got).toEqual({ list: [1] })
    got.list.push(3)
    expect(await cache.get('a')).toEqual({ list: [1] })
  })
})

describe('indexedDBCache', () => {
  it('shares entries with caches of the same name only', async () => {
    await indexedDBCache('shared').set('a', 1)
    expect(await indexedDBCache('shared').get('a')).toBe(1)
    expect(await indexedDBCache('other').get('a')).toBeUndefined()
  })

  it.each([
    ['deletes', () => indexedDB.deleteDatabase('open')],
    ['upgrades', () => indexedDB.open('open', 2)],
  ])('closes its database when other code %s it, and opens it again', async (_, change) => {
    const cache = indexedDBCache('open')
    await cache.set('a', 1)
    const request = change()
    const event = await new Promise((resolve) => {
      for (const type of ['success', 'blocked', 'error']) request.addEventListener(type, () => resolve(type))
    })
    expect(event).toBe('success')
    ;(request.result as IDBDatabase | undefined)?.close()
    await cache.set('a', 2)
    expect(await cache.get('a')).toBe(2)
  })

  it('works at once after the browser closed its database, as when a person clears the data of the site', async () => {
    const open = vi.spyOn(indexedDB, 'open')
    const cache = indexedDBCache('cleared')
    await cache.set('a', 1)
    forceCloseDatabase(open.mock.results[0]!.value.result as Parameters<typeof forceCloseDatabase>[0])
    await new Promise((resolve) => setImmediate(resolve))
    open.mockRestore()
    await cache.set('a', 2)
    expect(await cache.get('a')).toBe(2)
  })

  it('has the documented name by default', async () => {
    await indexedDBCache().set('a', 1)
    expect(await indexedDBCache('lmstudio-provider').get('a')).toBe(1)
    await indexedDBCache().clear()
  })

  it('leaves no timer that would stop its use later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const cache = indexedDBCache('timers')
    await cache.set('a', 1)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('does not keep a database open that other code created', async () => {
    const other = indexedDB.open('foreign', 1)
    await new Promise((resolve) => other.addEventListener('success', resolve))
    other.result.close()
    expect(await rejectionOf(indexedDBCache('foreign').get('a') as Promise<unknown>)).toMatchObject({
      message: 'Other code created the database.',
    })
    const upgrade = indexedDB.open('foreign', 2)
    const event = await new Promise((resolve) => {
      for (const type of ['success', 'blocked', 'error']) upgrade.addEventListener(type, () => resolve(type))
    })
    expect(event).toBe('success')
  })

  it('rejects and does not throw if IndexedDB is missing', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const cache = indexedDBCache('gone')
    for (const use of [() => cache.get('a'), () => cache.set('a', 1), () => cache.delete('a'), () => cache.clear()]) {
      expect(await rejectionOf(use() as Promise<unknown>)).toBeInstanceOf(Error)
    }
  })
})

describe('defaultCache', () => {
  it('keeps its entries in IndexedDB for the next instance', async () => {
    await defaultCache().set('a', 1)
    expect(await defaultCache().get('a')).toBe(1)
    expect(await indexedDBCache().get('a')).toBe(1)
    await defaultCache().clear()
  })

  it('switches to memory after the first failure of IndexedDB', async () => {
    const open = vi.fn(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    })
    vi.stubGlobal('indexedDB', { open })
    const cache = defaultCache()
    expect(await cache.get('a')).toBeUndefined()
    await cache.set('a', 1)
    expect(await cache.get('a')).toBe(1)
    await cache.delete('a')
    expect(await cache.get('a')).toBeUndefined()
    expect(open).toHaveBeenCalledTimes(1)
  })

  it('deletes what it could not replace, so that a reload does not find it', async () => {
    await indexedDBCache().set('a', 'outdated')
    const cache = defaultCache()
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('There is no space left.', 'QuotaExceededError')
    })
    await cache.set('a', 'new')
    put.mockRestore()
    expect(await cache.get('a')).toBe('new')
    await vi.waitFor(async () => expect(await indexedDBCache().get('a')).toBeUndefined())
  })

  it('waits for IndexedDB that hangs once, for all caches of the page', async () => {
    vi.useFakeTimers()
    const open = vi.fn(() => new EventTarget())
    vi.stubGlobal('indexedDB', { open })
    const first = defaultCache()
    const set = Promise.resolve(first.set('a', 1))
    await vi.advanceTimersByTimeAsync(800)
    await set
    expect(await first.get('a')).toBe(1)
    const second = defaultCache()
    await second.set('a', 2)
    expect([await first.get('a'), await second.get('a')]).toEqual([1, 2])
    expect(await rejectionOf(Promise.resolve(indexedDBCache('other').get('a')))).toMatchObject({
      message: 'IndexedDB does not respond.',
    })
    expect(open).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('uses memory where the page may not look for IndexedDB', async () => {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')!
    Object.defineProperty(globalThis, 'indexedDB', {
      configurable: true,
      get() {
        throw new DOMException('The operation is insecure.', 'SecurityError')
      },
    })
    try {
      const cache = defaultCache()
      await cache.set('a', 1)
      expect(await cache.get('a')).toBe(1)
    } finally {
      Object.defineProperty(globalThis, 'indexedDB', descriptor)
    }
  })

  it('does not touch IndexedDB before its first use', () => {
    const get = vi.fn()
    vi.stubGlobal('indexedDB', {
      get open() {
        return get()
      },
    })
    defaultCache()
    expect(get).not.toHaveBeenCalled()
  })
})

describe('noCache', () => {
  it('stores nothing', async () => {
    const cache = noCache()
    await cache.set('a', 1)
    await cache.delete('a')
    await cache.clear()
    expect(await cache.get('a')).toBeUndefined()
  })
})

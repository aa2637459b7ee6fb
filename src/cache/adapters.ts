import { type UseStore, clear, createStore, del, get, set } from 'idb-keyval'
import type { CacheAdapter } from '../config/options.js'

/**
 * Creates a cache that lives as long as the page or process. Values are copied in and out, so callers never share them.
 */
export function memoryCache(): CacheAdapter {
  const entries = new Map<string, unknown>()
  return {
    get: (key) => structuredClone(entries.get(key)),
    set: (key, value) => void entries.set(key, structuredClone(value)),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}

// Less than a call waits for its cache, so that the default cache can still use memory instead.
const DATABASE_TIMEOUT_MS = 800

/** IndexedDB that did not respond once. It is not used again while the page lives: every call would wait for it. */
const unresponsive = /* @__PURE__ */ new WeakSet<object>()

/**
 * Creates a cache in the browser's IndexedDB that survives a reload of the page.
 *
 * @remarks
 * The database is opened on first use. Where IndexedDB is missing or blocked (private browsing, a sandboxed
 * frame), every method rejects, and the provider works without a cache. Once IndexedDB has not responded for 0.8 s, every
 * method rejects at once until the page is reloaded.
 *
 * @param name - name of the database; caches with different names never see each other's entries. Default:
 * `lmstudio-provider`
 */
export function indexedDBCache(name = 'lmstudio-provider'): CacheAdapter {
  let opened: UseStore | undefined
  // `async`, so that a missing IndexedDB rejects instead of throwing.
  async function use<T>(run: (store: UseStore) => Promise<T>): Promise<T> {
    const database = indexedDB
    if (unresponsive.has(database)) throw noResponse()
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        unresponsive.add(database)
        reject(noResponse())
      }, DATABASE_TIMEOUT_MS)
    })
    try {
      return await Promise.race([run((opened ??= createStore(name, 'cache'))), timeout])
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    get: (key) => use((store) => get(key, store)),
    set: (key, value) => use((store) => set(key, value, store)),
    delete: (key) => use((store) => del(key, store)),
    clear: () => use((store) => clear(store)),
  }
}

const noResponse = (): Error => new Error('IndexedDB does not respond.')

/** Creates a cache that stores nothing. */
export function noCache(): CacheAdapter {
  return { get: () => undefined, set: () => {}, delete: () => {}, clear: () => {} }
}

/**
 * Creates a cache that uses IndexedDB where it works and memory elsewhere, chosen on first use and never at import.
 *
 * @remarks
 * After its first failure (private browsing, a sandboxed frame, a database that hangs) IndexedDB is not tried again: it
 * costs one failure, not one per call.
 */
export function defaultCache(): CacheAdapter {
  const memory = memoryCache()
  let database: CacheAdapter | undefined
  let hasFailed = false

  async function use<T>(method: (cache: CacheAdapter) => T): Promise<Awaited<T>> {
    if (hasFailed) return await method(memory)
    try {
      // Inside the `try`, because a sandboxed frame may not even look for it.
      if (typeof indexedDB === 'undefined') return await method(memory)
      return await method((database ??= indexedDBCache()))
    } catch {
      hasFailed = true
      return await method(memory)
    }
  }

  return {
    get: (key) => use((cache) => cache.get(key)),
    set: (key, value) => use((cache) => cache.set(key, value)),
    delete: (key) => use((cache) => cache.delete(key)),
    clear: () => use((cache) => cache.clear()),
  }
}

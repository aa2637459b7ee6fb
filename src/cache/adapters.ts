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

/**
 * Creates a cache in the browser's IndexedDB that survives a reload of the page.
 *
 * @remarks
 * The database is opened on first use. Where IndexedDB is missing or blocked (private browsing, a sandboxed
 * frame), every method rejects, and the provider works without a cache.
 *
 * @param name - name of the database; caches with different names never see each other's entries. Default:
 * `lmstudio-provider`
 */
export function indexedDBCache(name = 'lmstudio-provider'): CacheAdapter {
  let opened: UseStore | undefined
  const store = (): UseStore => (opened ??= createStore(name, 'cache'))
  return {
    // `async`, so that a missing IndexedDB rejects instead of throwing.
    get: async (key) => get(key, store()),
    set: async (key, value) => set(key, value, store()),
    delete: async (key) => del(key, store()),
    clear: async () => clear(store()),
  }
}

/** Creates a cache that stores nothing. */
export function noCache(): CacheAdapter {
  return { get: () => undefined, set: () => {}, delete: () => {}, clear: () => {} }
}

/**
 * Creates a cache that uses IndexedDB where it works and memory elsewhere, chosen on first use and never at import.
 *
 * @remarks
 * After its first failure (private browsing, a sandboxed frame) IndexedDB is not tried again: it costs one
 * failure, not one per call.
 */
export function defaultCache(): CacheAdapter {
  const memory = memoryCache()
  let database: CacheAdapter | undefined
  let hasFailed = false

  async function use<T>(method: (cache: CacheAdapter) => T): Promise<Awaited<T>> {
    if (hasFailed || typeof indexedDB === 'undefined') return await method(memory)
    try {
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

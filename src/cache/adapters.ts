import { type UseStore, clear, createStore, del, get, set } from 'idb-keyval'
import type { CacheAdapter } from '../config/options.js'

/** A cache that lives as long as the process or page. Values are copied in and out, so that nobody shares them. */
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
 * A cache in the browser's IndexedDB that outlives the page.
 *
 * @remarks
 * Where IndexedDB is missing or refused (private mode, a sandboxed frame) every method rejects, and the provider goes on
 * without a cache. The database is opened at the first use.
 *
 * @param name - name of the database; two names never see each other's entries. Default `lmstudio-provider`.
 */
export function indexedDBCache(name = 'lmstudio-provider'): CacheAdapter {
  let opened: UseStore | undefined
  const store = (): UseStore => (opened ??= createStore(name, 'cache'))
  return {
    get: async (key) => get(key, store()),
    set: async (key, value) => set(key, value, store()),
    delete: async (key) => del(key, store()),
    clear: async () => clear(store()),
  }
}

/** A cache that keeps nothing. */
export function noCache(): CacheAdapter {
  return { get: () => undefined, set: () => {}, delete: () => {}, clear: () => {} }
}

/**
 * IndexedDB where it exists and works, else memory: chosen at the first use, never at import. A database that refuses
 * (private mode, a sandboxed frame) is given up for good, so that it costs one failure and not one per call.
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

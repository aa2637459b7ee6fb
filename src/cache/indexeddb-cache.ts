import { clear, createStore, del, get, set, type UseStore } from 'idb-keyval'
import type { CacheAdapter } from '../types/cache.js'

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

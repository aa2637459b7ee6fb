import type { CacheAdapter } from '../types/cache.js'
import { indexedDBCache } from './indexeddb-cache.js'
import { memoryCache } from './memory-cache.js'

/** IndexedDB where it exists, else memory: chosen at the first use, never at import. */
export function defaultCache(): CacheAdapter {
  let chosen: CacheAdapter | undefined
  const cache = (): CacheAdapter => (chosen ??= typeof indexedDB === 'undefined' ? memoryCache() : indexedDBCache())
  return {
    get: (key) => cache().get(key),
    set: (key, value) => cache().set(key, value),
    delete: (key) => cache().delete(key),
    clear: () => cache().clear(),
  }
}

import type { CacheAdapter } from '../types/cache.js'
import { indexedDBCache } from './indexeddb-cache.js'
import { memoryCache } from './memory-cache.js'

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

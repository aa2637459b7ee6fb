import type { CacheAdapter } from '../types/cache.js'

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

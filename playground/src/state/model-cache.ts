import { signal } from '@preact/signals'
import { indexedDBCache, memoryCache, type CacheAdapter } from 'lmstudio-provider'

/** When the cached value was stored; `undefined` if there is none. */
export const cachedAt = signal<Date | undefined>(undefined)

interface CacheEntry {
  readonly at: number
  readonly value: unknown
}

/** Wraps a cache adapter of the library to record when each value was stored. */
export function datedCache(isPersistent: boolean): CacheAdapter {
  const inner = isPersistent && 'indexedDB' in globalThis ? indexedDBCache() : memoryCache()
  return {
    async get(key) {
      const entry = (await inner.get(key)) as CacheEntry | undefined
      cachedAt.value = entry === undefined ? undefined : new Date(entry.at)
      return entry?.value
    },
    async set(key, value) {
      const at = Date.now()
      await inner.set(key, { at, value } satisfies CacheEntry)
      cachedAt.value = new Date(at)
    },
    async delete(key) {
      await inner.delete(key)
      cachedAt.value = undefined
    },
    clear: () => inner.clear(),
  }
}

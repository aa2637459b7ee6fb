import { signal } from '@preact/signals'
import { indexedDBCache, memoryCache, type CacheAdapter } from 'lmstudio-provider'

/** When what is in the cache was put there; `undefined` while nothing is. */
export const keptAt = signal<Date | undefined>(undefined)

interface Kept {
  readonly at: number
  readonly value: unknown
}

/** The library's cache, and beside each value when it was kept: an adapter around an adapter. */
export function datedCache(isLasting: boolean): CacheAdapter {
  const inner = isLasting && 'indexedDB' in globalThis ? indexedDBCache() : memoryCache()
  return {
    async get(key) {
      const kept = (await inner.get(key)) as Kept | undefined
      keptAt.value = kept === undefined ? undefined : new Date(kept.at)
      return kept?.value
    },
    async set(key, value) {
      const at = Date.now()
      await inner.set(key, { at, value } satisfies Kept)
      keptAt.value = new Date(at)
    },
    async delete(key) {
      await inner.delete(key)
      keptAt.value = undefined
    },
    clear: () => inner.clear(),
  }
}

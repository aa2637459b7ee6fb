import type { CacheAdapter } from '../types/cache.js'

/** A cache that keeps nothing. */
export function noCache(): CacheAdapter {
  return { get: () => undefined, set: () => {}, delete: () => {}, clear: () => {} }
}

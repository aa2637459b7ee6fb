import type { CacheAdapter, Log } from '../config/options.js'
import { excerpt } from '../errors/redact.js'
import { raceAbort, throwIfAborted } from '../utils/abort.js'
import { createSingleFlight } from '../utils/single-flight.js'

// An adapter that hangs, for example on a blocked database upgrade, must not hang the call.
const ADAPTER_TIMEOUT_MS = 1_000

/** Adapters with operations that have exceeded the timeout, and how many of these are still pending. */
const hangingAdapters = /* @__PURE__ */ new WeakMap<CacheAdapter, number>()

function countHanging(cache: CacheAdapter, change: number): void {
  hangingAdapters.set(cache, (hangingAdapters.get(cache) ?? 0) + change)
}

export interface CachedValueOptions<T> {
  readonly cache: CacheAdapter
  readonly key: string
  /** How long a stored value is fresh, in ms. */
  readonly ttl: number
  /** Returns the plain data to store for a value. */
  readonly toStored: (value: T) => unknown
  /** Reads stored data back. Throws if this package cannot have stored it; the entry is then deleted. */
  readonly fromStored: (data: unknown) => T
  readonly log: Log | undefined
}

/** How {@link CachedValue.get} obtains a value. */
export interface GetOptions {
  /** Aborts this caller only, at once. */
  readonly signal?: AbortSignal | undefined
  /**
   * Loads even if a fresh value is cached.
   *
   * @default false
   */
  readonly refresh?: boolean | undefined
  /**
   * Callers share a load in progress only if their variants are equal.
   *
   * @default ''
   */
  readonly variant?: string | undefined
}

export interface CachedValue<T> {
  /**
   * Resolves to the cached value while it is fresh, otherwise to the result of `load`.
   *
   * @param load - its signal aborts once every caller that shares the load has aborted
   */
  get(
    load: (signal: AbortSignal | undefined) => Promise<T>,
    options?: GetOptions,
  ): Promise<{ readonly value: T; readonly isCached: boolean }>
  /** Deletes the value. A load in progress finishes for its callers, but its result is not stored. */
  invalidate(): Promise<void>
}

/** Creates a value that is kept in a cache for a limited time. A failing adapter never fails a call. */
export function createCachedValue<T>(options: CachedValueOptions<T>): CachedValue<T> {
  const { cache, key, ttl, toStored, fromStored, log } = options
  const loads = createSingleFlight<T>()
  let invalidationCount = 0
  // Loads are numbered in the order they start, so that a slow one does not overwrite the result of a later one.
  let loadCount = 0
  let lastStored = 0
  /** Whether the stored entry is outdated. Remembered here because the adapter may fail to delete it. */
  let isInvalidated = false

  /**
   * Runs a method of the adapter. Failures and timeouts are logged and give `undefined`. While an operation hangs, no other
   * is started: each would cost its callers the timeout too.
   */
  async function tolerate<R>(action: string, run: () => R | PromiseLike<R>): Promise<R | undefined> {
    if ((hangingAdapters.get(cache) ?? 0) > 0) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      const running = run()
      if (!isThenable(running)) return running
      const settling = Promise.resolve(running)
      const timeout = new Promise<undefined>((_, reject) => {
        timer = setTimeout(() => {
          countHanging(cache, 1)
          const settled = (): void => countHanging(cache, -1)
          settling.then(settled, settled)
          reject(new Error(`no result within ${ADAPTER_TIMEOUT_MS} ms`))
        }, ADAPTER_TIMEOUT_MS)
      })
      return await Promise.race([settling, timeout])
    } catch (error) {
      log?.({ level: 'warn', type: 'cache', message: `The cache failed to ${action}: ${describe(error)}` })
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  async function readCached(): Promise<T | undefined> {
    if (isInvalidated) return undefined
    const entry = await tolerate('read', () => cache.get(key))
    if (entry === undefined) return undefined
    try {
      const { storedAt, data } = readEntry(entry)
      const value = fromStored(data)
      const age = Date.now() - storedAt
      // A negative age means that the clock was set back: the entry could stay fresh for any length of time.
      return age >= 0 && age < ttl ? value : undefined
    } catch {
      // Whatever went wrong, a getter of the entry that throws included.
      log?.({
        level: 'warn',
        type: 'cache',
        message: 'Dropped a cache entry that this version of the package did not write.',
      })
      await tolerate('delete', () => cache.delete(key))
      return undefined
    }
  }

  async function loadAndStore(
    load: (signal: AbortSignal | undefined) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const invalidationsBefore = invalidationCount
    const number = ++loadCount
    const value = await load(signal)
    // A value that was requested before an invalidation may already be outdated.
    if (invalidationsBefore === invalidationCount && number > lastStored) {
      lastStored = number
      const isStored = await tolerate('write', () => {
        const setting = cache.set(key, { storedAt: Date.now(), value: toStored(value) })
        return isThenable(setting) ? Promise.resolve(setting).then(() => true) : true
      })
      if (isStored === true) isInvalidated = false
    }
    return value
  }

  return {
    async get(load, { signal, refresh = false, variant = '' } = {}) {
      throwIfAborted(signal)
      if (!refresh) {
        const cached = await raceAbort(readCached(), signal)
        if (cached !== undefined) return { value: cached, isCached: true }
      }
      return { value: await loads.run(variant, (shared) => loadAndStore(load, shared), signal), isCached: false }
    },
    async invalidate() {
      invalidationCount++
      isInvalidated = true
      loads.clear()
      await tolerate('delete', () => cache.delete(key))
    },
  }
}

/** Returns the parts of an entry. Throws if it has another shape. */
function readEntry(entry: unknown): { readonly storedAt: number; readonly data: unknown } {
  const { storedAt, value } = entry as { readonly storedAt?: unknown; readonly value?: unknown }
  if (!Number.isFinite(storedAt)) throw new TypeError('Expected a time.')
  return { storedAt: storedAt as number, data: value }
}

/** Database clients return promises of their own kind, some of which only start when `then` is called. */
const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

const MAX_REASON_LENGTH = 200

/** Returns an error as text. An adapter can reject with a value that has none. */
function describe(error: unknown): string {
  try {
    return excerpt(String(error), MAX_REASON_LENGTH)
  } catch {
    return 'unknown error'
  }
}

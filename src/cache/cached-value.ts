import * as v from 'valibot'
import type { CacheAdapter, LogEvent } from '../config/options.js'
import { raceAbort, throwIfAborted } from '../utils/abort.js'
import { createSingleFlight } from '../utils/single-flight.js'

// A cache that hangs (a blocked database upgrade, say) must not hang the call.
const ADAPTER_PATIENCE_MS = 1_000

export interface CachedValueOptions<T> {
  readonly cache: CacheAdapter
  readonly key: string
  /** Milliseconds. */
  readonly ttl: number
  /** What a kept value must look like; anything else is dropped. */
  readonly schema: v.GenericSchema<unknown, T>
  readonly log: ((event: LogEvent) => void) | undefined
}

export interface CachedValue<T> {
  /**
   * The value: kept and fresh, else loaded. Callers that come while a load of the same `manner` is under way share it;
   * it ends when all of them have gone.
   */
  get(
    load: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
    refresh?: boolean,
    manner?: string,
  ): Promise<{ readonly value: T; readonly isKept: boolean }>
  /** Forgets the value, also one that is being loaded now. */
  invalidate(): Promise<void>
}

/** A value kept in a cache for a time. A failing adapter never fails a call. */
export function createCachedValue<T>({ cache, key, ttl, schema, log }: CachedValueOptions<T>): CachedValue<T> {
  const entrySchema = v.looseObject({ storedAt: v.number(), value: schema })
  const flights = createSingleFlight<T>()
  let generation = 0
  /** Loads are numbered as they begin: a late one must not replace what a younger one has kept. */
  let begun = 0
  let latest = 0
  /** Whether what is kept was invalidated, which must hold also when the adapter fails to delete it. */
  let isPast = false

  async function tolerant<R>(what: string, use: () => R | Promise<R>): Promise<R | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      const using = use()
      if (!isThenable(using)) return using
      const late = new Promise<undefined>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${ADAPTER_PATIENCE_MS} ms`)), ADAPTER_PATIENCE_MS)
      })
      return await Promise.race([using, late])
    } catch (error) {
      log?.({ level: 'warn', type: 'cache', message: `The cache failed to ${what}: ${String(error)}` })
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  async function kept(): Promise<T | undefined> {
    if (isPast) return undefined
    const entry = await tolerant('read', () => cache.get(key))
    if (entry === undefined) return undefined
    const result = v.safeParse(entrySchema, entry)
    const age = result.success ? Date.now() - result.output.storedAt : -1
    if (result.success && age >= 0 && age < ttl) return result.output.value as T
    if (!result.success) {
      log?.({ level: 'warn', type: 'cache', message: 'A cache entry was not of our making and has been dropped.' })
      await tolerant('delete', () => cache.delete(key))
    }
    return undefined
  }

  async function land(load: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const started = generation
    const number = ++begun
    const value = await load(signal)
    // What was loaded before an invalidation is the past.
    if (started === generation && number > latest) {
      latest = number
      const isKept = await tolerant('write', () => {
        const setting = cache.set(key, { storedAt: Date.now(), value })
        return isThenable(setting) ? Promise.resolve(setting).then(() => true) : true
      })
      if (isKept === true) isPast = false
    }
    return value
  }

  return {
    async get(load, signal, refresh = false, manner = '') {
      throwIfAborted(signal)
      if (!refresh) {
        const value = await raceAbort(kept(), signal)
        if (value !== undefined) return { value, isKept: true }
      }
      return { value: await flights.ride(manner, (shared) => land(load, shared), signal), isKept: false }
    },
    async invalidate() {
      generation++
      isPast = true
      flights.clear()
      await tolerant('delete', () => cache.delete(key))
    },
  }
}

/** Database clients give promises of their own kind, some of which run only when somebody waits. */
const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

import { type UseStore, clear, del, get, promisifyRequest, set } from 'idb-keyval'
import type { CacheAdapter } from '../config/options.js'
import { ignore } from '../utils/abort.js'

/**
 * Creates a cache that lives as long as the page or process. Values are copied in and out, so callers never share them.
 */
export function memoryCache(): CacheAdapter {
  const entries = new Map<string, unknown>()
  return {
    get: (key) => structuredClone(entries.get(key)),
    set: (key, value) => void entries.set(key, structuredClone(value)),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}

// Less than a call waits for its cache, so that the default cache can still use memory instead.
const DATABASE_TIMEOUT_MS = 800

/** Each IndexedDB that failed to respond. It is not used again until the page is reloaded: every call would wait for it. */
const unresponsive = /* @__PURE__ */ new WeakSet<object>()

const STORE = 'cache'

/**
 * Opens a database when it is first used, and again after it was closed.
 *
 * @remarks
 * `createStore` of idb-keyval keeps its connection when another tab, or the person who clears the data of the site, deletes
 * or upgrades the database: they would wait until the page is closed.
 */
function createConnection(name: string): UseStore {
  let opening: Promise<IDBDatabase> | undefined
  const forget = (): void => (opening = undefined)

  async function open(): Promise<IDBDatabase> {
    const request = indexedDB.open(name)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE))
    const database = await promisifyRequest(request)
    database.addEventListener('close', forget)
    database.addEventListener('versionchange', () => {
      database.close()
      forget()
    })
    if (database.objectStoreNames.contains(STORE)) return database
    // An open connection would keep the code that made this database from upgrading it.
    database.close()
    throw new Error('Other code created the database.')
  }

  async function openStore(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    try {
      return (await (opening ??= open())).transaction(STORE, mode).objectStore(STORE)
    } catch (error) {
      // The next use tries a new connection.
      forget()
      throw error
    }
  }

  return async (mode, run) => run(await openStore(mode))
}

/**
 * Creates a cache in the browser's IndexedDB that survives a reload of the page.
 *
 * @remarks
 * The database is opened on first use. Where IndexedDB is missing or blocked (private browsing, a sandboxed
 * frame), every method rejects, and the provider works without a cache. Once IndexedDB has not responded for 0.8 s, every
 * method rejects at once until the page is reloaded. A database that another tab deletes or upgrades is closed for it, and
 * opened again on next use.
 *
 * @param name - name of the database; caches with different names never see each other's entries. Default:
 * `lmstudio-provider`
 */
export function indexedDBCache(name = 'lmstudio-provider'): CacheAdapter {
  const connection = createConnection(name)
  // `async`, so that a missing IndexedDB rejects instead of throwing.
  async function use<T>(run: (store: UseStore) => Promise<T>): Promise<T> {
    const database = indexedDB
    if (unresponsive.has(database)) throw noResponse()
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        unresponsive.add(database)
        reject(noResponse())
      }, DATABASE_TIMEOUT_MS)
    })
    try {
      return await Promise.race([run(connection), timeout])
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    get: (key) => use((store) => get(key, store)),
    set: (key, value) => use((store) => set(key, value, store)),
    delete: (key) => use((store) => del(key, store)),
    clear: () => use((store) => clear(store)),
  }
}

const noResponse = (): Error => new Error('IndexedDB does not respond.')

/** Creates a cache that stores nothing. */
export function noCache(): CacheAdapter {
  return { get: () => undefined, set: () => {}, delete: () => {}, clear: () => {} }
}

/**
 * Creates a cache that uses IndexedDB where it works and memory elsewhere, chosen on first use and never at import.
 *
 * @remarks
 * After its first failure (private browsing, a sandboxed frame, a database that hangs) IndexedDB is not tried again: it
 * costs one failure, not one per call.
 */
export function defaultCache(): CacheAdapter {
  const memory = memoryCache()
  let database: CacheAdapter | undefined
  let hasFailed = false

  async function use<T>(method: (cache: CacheAdapter) => T, key?: string): Promise<Awaited<T>> {
    if (hasFailed) return await method(memory)
    try {
      return await method((database ??= indexedDBCache()))
    } catch {
      hasFailed = true
      // What could not be replaced, for lack of space, is outdated, and would be found after a reload.
      if (key !== undefined) Promise.resolve(database?.delete(key)).catch(ignore)
      return await method(memory)
    }
  }

  return {
    get: (key) => use((cache) => cache.get(key)),
    set: (key, value) => use((cache) => cache.set(key, value), key),
    delete: (key) => use((cache) => cache.delete(key)),
    clear: () => use((cache) => cache.clear()),
  }
}

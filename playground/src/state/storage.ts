import { createStore, del, get, set, type UseStore } from 'idb-keyval'

let store: UseStore | undefined

const open = (): UseStore => (store ??= createStore('lmstudio-playground', 'settings'))

/** Settings in IndexedDB. If the browser blocks it, nothing is stored and nothing fails. */
export const storage = {
  async get<T>(key: string): Promise<T | undefined> {
    try {
      return await get<T>(key, open())
    } catch {
      return undefined
    }
  },
  /** Returns whether the value was stored. */
  async set(key: string, value: unknown): Promise<boolean> {
    try {
      await set(key, value, open())
      return true
    } catch {
      return false
    }
  },
  async delete(key: string): Promise<void> {
    try {
      await del(key, open())
    } catch {
      // Nothing was stored either.
    }
  },
}

import { createStore, del, get, set, type UseStore } from 'idb-keyval'

let store: UseStore | undefined

const open = (): UseStore => (store ??= createStore('lmstudio-playground', 'settings'))

/** What the page keeps for the next visit, in IndexedDB. Where that is off, nothing is kept and nothing fails. */
export const storage = {
  async get<T>(key: string): Promise<T | undefined> {
    try {
      return await get<T>(key, open())
    } catch {
      return undefined
    }
  },
  /** Whether it was kept. */
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
      // Then nothing was kept either.
    }
  },
}

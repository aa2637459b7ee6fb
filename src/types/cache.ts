/**
 * A place to keep values under string keys. The library keeps only model information there, never a token, a prompt or
 * an answer, and does its own expiry: an adapter may forget whenever it likes.
 *
 * @remarks
 * Values are plain data (structured-clonable). Whatever a method throws or rejects with is logged and otherwise
 * ignored: a failing cache never fails a call. What `get` gives is validated before use.
 */
export interface CacheAdapter {
  /** The value, or `undefined` when there is none. */
  get(key: string): unknown
  set(key: string, value: unknown): void | Promise<void>
  delete(key: string): void | Promise<void>
  /** Removes everything this adapter keeps. */
  clear(): void | Promise<void>
}

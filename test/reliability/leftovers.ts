import { AsyncLocalStorage } from 'node:async_hooks'

/** What one cell has started and not ended. */
export interface Leftovers {
  /** Timers that our sources set and that have neither fired nor been cleared. */
  readonly timers: Set<unknown>
}

const current = new AsyncLocalStorage<Leftovers>()
const OUR_SOURCES = /[\\/]src[\\/](?!testing)/

/** Runs a function and assigns to `leftovers` the timers that it sets. */
export const track = <T>(leftovers: Leftovers, run: () => T): T => current.run(leftovers, run)

/**
 * Watches timers and unhandled rejections of the process until `stop` is called. Cells that run at the same time are told
 * apart by their asynchronous context, those of Node's own fetch by the stack.
 */
export function watchProcess(): { readonly rejections: unknown[]; stop(): void } {
  const { setTimeout: set, clearTimeout: clear } = globalThis
  const owners = new WeakMap<object, Leftovers>()
  globalThis.setTimeout = ((run: (...args: unknown[]) => void, ms?: number, ...rest: unknown[]) => {
    const leftovers = current.getStore()
    if (leftovers === undefined || !OUR_SOURCES.test(new Error('for its stack').stack ?? ''))
      return set(run, ms, ...rest)
    const timer = set(() => {
      leftovers.timers.delete(timer)
      run(...rest)
    }, ms)
    leftovers.timers.add(timer)
    owners.set(timer, leftovers)
    return timer
  }) as typeof setTimeout
  globalThis.clearTimeout = (timer) => {
    if (typeof timer === 'object') owners.get(timer)?.timers.delete(timer)
    clear(timer)
  }
  const rejections: unknown[] = []
  const record = (reason: unknown): void => void rejections.push(reason)
  process.on('unhandledRejection', record)
  return {
    rejections,
    stop() {
      Object.assign(globalThis, { setTimeout: set, clearTimeout: clear })
      process.off('unhandledRejection', record)
    },
  }
}

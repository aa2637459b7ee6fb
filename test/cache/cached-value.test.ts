import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryCache } from '../../src/cache/adapters.js'
import { createCachedValue, type CachedValue } from '../../src/cache/cached-value.js'
import type { CacheAdapter } from '../../src/config/options.js'
import type { LogEvent } from '../../src/config/options.js'
import { deferred, settle } from '../helpers/deferred.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const TTL = 1000
const never = new Promise<never>(() => {})

function setUp(
  cache: CacheAdapter = memoryCache(),
  ttl = TTL,
): {
  cached: CachedValue<string>
  log: LogEvent[]
  load: ReturnType<typeof vi.fn<(signal: AbortSignal) => Promise<string>>>
} {
  const log: LogEvent[] = []
  let count = 0
  return {
    cached: createCachedValue({ cache, key: 'k', ttl, schema: v.string(), log: (event) => log.push(event) }),
    log,
    load: vi.fn(() => Promise.resolve(`value ${++count}`)),
  }
}

const unhandled: unknown[] = []
const note = (error: unknown): void => void unhandled.push(error)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  vi.useRealTimers()
  await settle()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

describe('freshness', () => {
  it('loads once, and gives what is kept until its time is over', async () => {
    const { cached, load } = setUp()
    expect(await cached.get(load)).toEqual({ value: 'value 1', isKept: false })
    await pass(TTL - 1)
    expect(await cached.get(load)).toEqual({ value: 'value 1', isKept: true })
    await pass(1)
    expect(await cached.get(load)).toEqual({ value: 'value 2', isKept: false })
  })

  it('loads on demand though something fresh is kept, and keeps that', async () => {
    const { cached, load } = setUp()
    await cached.get(load)
    expect(await cached.get(load, undefined, true)).toEqual({ value: 'value 2', isKept: false })
    expect(await cached.get(load)).toEqual({ value: 'value 2', isKept: true })
  })

  it('keeps nothing fresh for a ttl of nothing', async () => {
    const { cached, load } = setUp(memoryCache(), 0)
    await cached.get(load)
    expect(await cached.get(load)).toMatchObject({ isKept: false })
  })
})

describe('single flight', () => {
  it('shares one load among all who come meanwhile, refreshers too', async () => {
    const { cached } = setUp()
    const gate = deferred<string>()
    const load = vi.fn(() => gate.promise)
    const asked = [cached.get(load), cached.get(load), cached.get(load, undefined, true)]
    await settle()
    gate.resolve('x')
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual(['x', 'x', 'x'])
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('gives an error to all who wait for it, and to nobody later', async () => {
    const { cached, load } = setUp()
    const failing = (): Promise<string> => Promise.reject(new Error('down'))
    const asked = [rejectionOf(cached.get(failing)), rejectionOf(cached.get(failing))]
    expect((await Promise.all(asked)).map((error) => (error as Error).message)).toEqual(['down', 'down'])
    expect(await cached.get(load)).toMatchObject({ value: 'value 1' })
  })

  it('lets one who aborts go at once, the load and the others going on', async () => {
    const { cached } = setUp()
    const gate = deferred<string>()
    let signal!: AbortSignal
    const load = (given: AbortSignal): Promise<string> => ((signal = given), gate.promise)
    const controller = new AbortController()
    const [first, second] = [rejectionOf(cached.get(load, controller.signal)), cached.get(load)]
    await settle()
    controller.abort('enough')
    expect(await first).toBe('enough')
    expect(signal.aborted).toBe(false)
    gate.resolve('x')
    expect(await second).toMatchObject({ value: 'x' })
  })

  it('aborts the load when the last who waits for it has gone, and the next one loads anew', async () => {
    const { cached, load } = setUp()
    const signals: AbortSignal[] = []
    const hanging = (signal: AbortSignal): Promise<string> => {
      signals.push(signal)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    }
    const [first, second] = [new AbortController(), new AbortController()]
    const asked = [rejectionOf(cached.get(hanging, first.signal)), rejectionOf(cached.get(hanging, second.signal))]
    await settle()
    first.abort('one')
    await settle()
    expect(signals[0]!.aborted).toBe(false)
    second.abort('two')
    expect(await Promise.all(asked)).toEqual(['one', 'two'])
    expect(signals).toHaveLength(1)
    expect(signals[0]!.reason).toBe('two')
    expect(await cached.get(load)).toMatchObject({ value: 'value 1' })
  })

  it('does not begin for a signal that is aborted already', async () => {
    const { cached, load } = setUp()
    expect(await rejectionOf(cached.get(load, AbortSignal.abort('enough')))).toBe('enough')
    expect(load).not.toHaveBeenCalled()
  })

  it('lets one who aborts while the cache is read go at once', async () => {
    const { cached, load } = setUp({ ...memoryCache(), get: () => never })
    const controller = new AbortController()
    const asked = rejectionOf(cached.get(load, controller.signal))
    await settle()
    controller.abort('enough')
    expect(await asked).toBe('enough')
    expect(load).not.toHaveBeenCalled()
    await pass(5000)
  })
})

describe('invalidation', () => {
  it('forgets what is kept', async () => {
    const { cached, load } = setUp()
    await cached.get(load)
    await cached.invalidate()
    expect(await cached.get(load)).toMatchObject({ value: 'value 2', isKept: false })
  })

  it('during a load keeps what that load brings from being kept, and from being shared', async () => {
    const { cached, load } = setUp()
    const gate = deferred<string>()
    const old = cached.get(() => gate.promise)
    await settle()
    await cached.invalidate()
    const fresh = cached.get(load)
    await settle()
    gate.resolve('old')
    expect(await old).toMatchObject({ value: 'old' })
    expect(await fresh).toMatchObject({ value: 'value 1' })
    expect(await cached.get(load)).toEqual({ value: 'value 1', isKept: true })
  })

  it('holds though the adapter fails to delete', async () => {
    const { cached, load } = setUp({ ...memoryCache(), delete: () => Promise.reject(new Error('locked')) })
    await cached.get(load)
    await cached.invalidate()
    expect(await cached.get(load)).toMatchObject({ value: 'value 2', isKept: false })
  })
})

describe('invalidation of an adapter that can only be read', () => {
  it('holds though what is loaded afterwards cannot be kept', async () => {
    const memory = memoryCache()
    let isReadOnly = false
    const refuse = <T>(use: () => T): T | Promise<never> =>
      isReadOnly ? Promise.reject(new Error('read-only')) : use()
    const { cached, load } = setUp({
      ...memory,
      set: (key, value) => refuse(() => memory.set(key, value)),
      delete: (key) => refuse(() => memory.delete(key)),
    })
    await cached.get(load)
    isReadOnly = true
    await cached.invalidate()
    expect(await cached.get(load)).toMatchObject({ value: 'value 2' })
    expect(await cached.get(load)).toMatchObject({ value: 'value 3' })
  })
})

describe('entries that are not to be trusted', () => {
  it.each<[string, () => unknown]>([
    ['of another shape', () => ({ storedAt: Date.now(), value: 7 })],
    ['without a time', () => ({ value: 'x' })],
    ['with a time that is a text', () => ({ storedAt: '2026', value: 'x' })],
    ['with a time that is no number', () => ({ storedAt: NaN, value: 'x' })],
    ['that are texts', () => 'x'],
    ['that are lists', () => [Date.now(), 'x']],
    ['that are null', () => null],
    ['from the future', () => ({ storedAt: Date.now() + 60_000, value: 'x' })],
    ['that are over', () => ({ storedAt: Date.now() - TTL, value: 'x' })],
  ])('%s are not given', async (_, entry) => {
    const memory = memoryCache()
    await memory.set('k', entry())
    const { cached, load } = setUp(memory)
    expect(await cached.get(load)).toMatchObject({ value: 'value 1', isKept: false })
    expect(await cached.get(load)).toMatchObject({ value: 'value 1', isKept: true })
  })

  it('foreign ones are deleted, and the log says so', async () => {
    const memory = memoryCache()
    await memory.set('k', { foreign: 'secret content' })
    const { cached, log } = setUp(memory)
    await rejectionOf(cached.get(() => Promise.reject(new Error('down'))))
    expect(memory.get('k')).toBeUndefined()
    expect(log).toEqual([expect.objectContaining({ level: 'warn', type: 'cache' })])
    expect(JSON.stringify(log)).not.toContain('secret content')
  })
})

describe('adapters that fail', () => {
  const bad = (how: (name: string) => unknown): CacheAdapter => ({
    get: () => how('get'),
    set: () => how('set') as undefined,
    delete: () => how('delete') as undefined,
    clear: () => {},
  })

  it.each<[string, (name: string) => unknown]>([
    [
      'throw',
      (name) => {
        throw new Error(name)
      },
    ],
    ['reject', (name) => Promise.reject(new Error(name))],
    ['reject with nothing', () => Promise.reject(undefined)],
  ])('and %s never fail a call, and the log says so', async (_, how) => {
    const { cached, load, log } = setUp(bad(how))
    expect(await cached.get(load)).toMatchObject({ value: 'value 1' })
    await cached.invalidate()
    expect(log).toHaveLength(3)
    expect(log.every(({ level, type }) => level === 'warn' && type === 'cache')).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('and hang keep no call for long', async () => {
    const { cached, load } = setUp(bad(() => never))
    const asked = cached.get(load)
    await pass(2500)
    expect(await Promise.race([asked, settle().then(() => 'still waiting')])).toMatchObject({ value: 'value 1' })
    const forgotten = cached.invalidate().then(() => 'done')
    await pass(1500)
    expect(await Promise.race([forgotten, settle().then(() => 'still waiting')])).toBe('done')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('late raise no unhandled rejection', async () => {
    const gate = deferred<unknown>()
    const { cached, load } = setUp(bad(() => gate.promise))
    const asked = cached.get(load)
    await pass(2500)
    await asked
    gate.reject(new Error('late'))
    await settle()
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryCache } from '../../src/cache/adapters.js'
import { createCachedValue, type CachedValue } from '../../src/cache/cached-value.js'
import type { CacheAdapter, LogEvent } from '../../src/config/options.js'
import { deferred, settle } from '../helpers/deferred.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const TTL = 1000
const fail = (): never => {
  throw new Error('then')
}
/** An object with one member. */
const withMember = (name: string, descriptor: PropertyDescriptor): object => Object.defineProperty({}, name, descriptor)
const never = new Promise<never>(() => {})
type Load = (signal: AbortSignal | undefined) => Promise<string>

function setUp(
  cache: CacheAdapter = memoryCache(),
  ttl = TTL,
): { cached: CachedValue<string>; log: LogEvent[]; load: ReturnType<typeof vi.fn<Load>> } {
  const log: LogEvent[] = []
  let count = 0
  return {
    cached: createCachedValue({
      cache,
      key: 'k',
      ttl,
      toStored: (value) => ({ text: value }),
      fromStored(data) {
        const { text } = data as { text: unknown }
        if (typeof text !== 'string') throw new TypeError('Expected a string.')
        return text
      },
      log: (event) => log.push(event),
    }),
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

describe('the lifetime of a cached value', () => {
  it('loads a value once and caches it until its ttl has passed', async () => {
    const { cached, load } = setUp()
    expect(await cached.get(load)).toEqual({ value: 'value 1', isCached: false })
    await pass(TTL - 1)
    expect(await cached.get(load)).toEqual({ value: 'value 1', isCached: true })
    await pass(1)
    expect(await cached.get(load)).toEqual({ value: 'value 2', isCached: false })
  })

  it('loads and replaces a fresh value on refresh', async () => {
    const { cached, load } = setUp()
    await cached.get(load)
    expect(await cached.get(load, { refresh: true })).toEqual({ value: 'value 2', isCached: false })
    expect(await cached.get(load)).toEqual({ value: 'value 2', isCached: true })
  })

  it('loads every time with a ttl of 0', async () => {
    const { cached, load } = setUp(memoryCache(), 0)
    await cached.get(load)
    expect(await cached.get(load)).toMatchObject({ isCached: false })
  })

  it('stores the time and the plain data that `toStored` returns', async () => {
    const memory = memoryCache()
    const { cached, load } = setUp(memory)
    await cached.get(load)
    expect(memory.get('k')).toEqual({ storedAt: Date.now(), value: { text: 'value 1' } })
  })
})

describe('shared loads', () => {
  it('shares a load in progress with every caller, including those that refresh', async () => {
    const { cached } = setUp()
    const gate = deferred<string>()
    const load = vi.fn(() => gate.promise)
    const calls = [cached.get(load), cached.get(load), cached.get(load, { refresh: true })]
    await settle()
    gate.resolve('x')
    expect((await Promise.all(calls)).map(({ value }) => value)).toEqual(['x', 'x', 'x'])
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('starts a load of its own for each variant', async () => {
    const { cached, load } = setUp()
    const variants = ['a', 'a', 'b', undefined]
    await Promise.all(variants.map((variant) => cached.get(load, { variant })))
    expect(load).toHaveBeenCalledTimes(3)
  })

  it('rejects every caller that waits for a load that fails, and no later caller', async () => {
    const { cached, load } = setUp()
    const failing = (): Promise<string> => Promise.reject(new Error('down'))
    const calls = [rejectionOf(cached.get(failing)), rejectionOf(cached.get(failing))]
    expect((await Promise.all(calls)).map((error) => (error as Error).message)).toEqual(['down', 'down'])
    expect(await cached.get(load)).toMatchObject({ value: 'value 1' })
  })

  it('rejects a caller that aborts at once and continues the load for the others', async () => {
    const { cached } = setUp()
    const gate = deferred<string>()
    let shared: AbortSignal | undefined
    const load: Load = (signal) => ((shared = signal), gate.promise)
    const controller = new AbortController()
    const first = rejectionOf(cached.get(load, { signal: controller.signal }))
    const second = cached.get(load, { signal: new AbortController().signal })
    await settle()
    controller.abort('enough')
    expect(await first).toBe('enough')
    expect(shared!.aborted).toBe(false)
    gate.resolve('x')
    expect(await second).toMatchObject({ value: 'x' })
  })

  it('aborts a load when its last caller aborts, and starts a new one for the next caller', async () => {
    const { cached, load } = setUp()
    const signals: AbortSignal[] = []
    const hanging: Load = (signal) => {
      signals.push(signal!)
      return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)))
    }
    const [first, second] = [new AbortController(), new AbortController()]
    const calls = [first, second].map(({ signal }) => rejectionOf(cached.get(hanging, { signal })))
    await settle()
    first.abort('one')
    await settle()
    expect(signals[0]!.aborted).toBe(false)
    second.abort('two')
    expect(await Promise.all(calls)).toEqual(['one', 'two'])
    expect(signals).toHaveLength(1)
    expect(signals[0]!.reason).toBe('two')
    expect(await cached.get(load)).toMatchObject({ value: 'value 1' })
  })

  it('does not load for a signal that is already aborted', async () => {
    const { cached, load } = setUp()
    expect(await rejectionOf(cached.get(load, { signal: AbortSignal.abort('enough') }))).toBe('enough')
    expect(load).not.toHaveBeenCalled()
  })

  it('does not load for a caller that aborts while the cache is read', async () => {
    const { cached, load } = setUp({ ...memoryCache(), get: () => never })
    const controller = new AbortController()
    const call = rejectionOf(cached.get(load, { signal: controller.signal }))
    await settle()
    controller.abort('enough')
    expect(await call).toBe('enough')
    expect(load).not.toHaveBeenCalled()
    await pass(5000)
  })

  it('does not let a slow load overwrite the result of a load that started later', async () => {
    const { cached, load } = setUp()
    const gate = deferred<string>()
    const slow = cached.get(() => gate.promise, { variant: 'slow' })
    await settle()
    await cached.get(load, { refresh: true })
    gate.resolve('old')
    expect(await slow).toMatchObject({ value: 'old' })
    expect(await cached.get(load)).toEqual({ value: 'value 1', isCached: true })
  })
})

describe('invalidate', () => {
  it('deletes the cached value on invalidate', async () => {
    const { cached, load } = setUp()
    await cached.get(load)
    await cached.invalidate()
    expect(await cached.get(load)).toMatchObject({ value: 'value 2', isCached: false })
  })

  it('neither stores nor shares the result of a load that was in progress during an invalidation', async () => {
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
    expect(await cached.get(load)).toEqual({ value: 'value 1', isCached: true })
  })

  it('does not return an invalidated value that the adapter failed to delete', async () => {
    const { cached, load } = setUp({ ...memoryCache(), delete: () => Promise.reject(new Error('locked')) })
    await cached.get(load)
    await cached.invalidate()
    expect(await cached.get(load)).toMatchObject({ value: 'value 2', isCached: false })
  })

  it('does not return an invalidated value while no later value can be stored', async () => {
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

describe('entries that cannot be trusted', () => {
  const throwing = (name: string, more: object = {}): object =>
    Object.defineProperty({ ...more }, name, {
      enumerable: true,
      get() {
        throw new Error('a getter of the entry')
      },
    })

  it.each<[string, () => unknown]>([
    ['has another shape', () => ({ storedAt: Date.now(), value: { text: 7 } })],
    ['has no value', () => ({ storedAt: Date.now() })],
    ['has no time', () => ({ value: { text: 'x' } })],
    ['has a string as its time', () => ({ storedAt: '2026', value: { text: 'x' } })],
    ['has NaN as its time', () => ({ storedAt: NaN, value: { text: 'x' } })],
    ['is a string', () => 'x'],
    ['is an array', () => [Date.now(), 'x']],
    ['is null', () => null],
    ['throws when its time is read', () => throwing('storedAt', { value: { text: 'x' } })],
    ['throws when its value is read', () => throwing('value', { storedAt: Date.now() })],
    ['throws when the data is read', () => ({ storedAt: Date.now(), value: throwing('text') })],
    ['has another shape and has expired', () => ({ storedAt: Date.now() - TTL, value: { text: 7 } })],
  ])('deletes and logs an entry that %s', async (_, entry) => {
    const entries = new Map<string, unknown>([['k', entry()]])
    const { cached, load, log } = setUp({
      get: (key) => entries.get(key),
      set: (key, value) => void entries.set(key, value),
      delete: (key) => void entries.delete(key),
      clear: () => {},
    })
    expect(((await rejectionOf(cached.get(() => Promise.reject(new Error('down'))))) as Error).message).toBe('down')
    expect(entries.size).toBe(0)
    expect(log).toEqual([
      { level: 'warn', type: 'cache', message: expect.stringContaining('Dropped a cache entry') as string },
    ])
    expect(await cached.get(load)).toEqual({ value: 'value 1', isCached: false })
    expect(await cached.get(load)).toEqual({ value: 'value 1', isCached: true })
  })

  it.each<[string, () => number]>([
    ['comes from the future', () => Date.now() + 60_000],
    ['has expired', () => Date.now() - TTL],
  ])('replaces an entry that %s without a log event', async (_, storedAt) => {
    const memory = memoryCache()
    await memory.set('k', { storedAt: storedAt(), value: { text: 'x' } })
    const { cached, load, log } = setUp(memory)
    expect(await cached.get(load)).toMatchObject({ value: 'value 1', isCached: false })
    expect(await cached.get(load)).toMatchObject({ value: 'value 1', isCached: true })
    expect(log).toEqual([])
  })

  it('does not quote an entry in the log', async () => {
    const memory = memoryCache()
    await memory.set('k', { foreign: 'secret content' })
    const { cached, load, log } = setUp(memory)
    await cached.get(load)
    expect(log).toHaveLength(1)
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

  it.each<[string, (name: string) => unknown, string]>([
    [
      'throws',
      (name) => {
        throw new Error(name)
      },
      'Error: get',
    ],
    ['rejects', (name) => Promise.reject(new Error(name)), 'Error: get'],
    ['rejects with undefined', () => Promise.reject(undefined), 'undefined'],
    ['rejects with an object that has no text', () => Promise.reject(Object.create(null)), 'unknown error'],
  ])('logs an adapter that %s and fails no call', async (_, how, reason) => {
    const { cached, load, log } = setUp(bad(how))
    expect(await cached.get(load)).toMatchObject({ value: 'value 1' })
    await cached.invalidate()
    expect(log).toHaveLength(3)
    expect(log[0]).toEqual({ level: 'warn', type: 'cache', message: `The cache failed to read: ${reason}` })
    expect(log.every(({ level, type }) => level === 'warn' && type === 'cache')).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits one second for an adapter that hangs, once', async () => {
    const how = vi.fn(() => never)
    const { cached, load, log } = setUp(bad(how))
    let value: string | undefined
    void cached.get(load).then((result) => (value = result.value))
    await pass(999)
    expect(load).not.toHaveBeenCalled()
    await pass(1)
    expect(value).toBe('value 1')
    await cached.invalidate()
    expect(await cached.get(load)).toMatchObject({ value: 'value 2' })
    expect(how).toHaveBeenCalledTimes(1)
    expect(log.map(({ message }) => message)).toEqual(['The cache failed to read: Error: no result within 1000 ms'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits for an adapter that hangs once for all values that use it', async () => {
    const adapter = bad(() => never)
    const first = setUp(adapter)
    void first.cached.get(first.load)
    await pass(1000)
    const second = setUp(adapter)
    expect(await second.cached.get(second.load)).toMatchObject({ value: 'value 1' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each<[string, (gate: ReturnType<typeof deferred<unknown>>) => void]>([
    ['resolves', (gate) => gate.resolve(undefined)],
    ['rejects', (gate) => gate.reject(new Error('late'))],
  ])('uses an adapter again when the operation that hung %s', async (_, end) => {
    const gate = deferred<unknown>()
    const memory = memoryCache()
    let isSlow = true
    const { cached, load } = setUp({ ...memory, get: (key) => (isSlow ? gate.promise : memory.get(key)) })
    void cached.get(load)
    await pass(1000)
    isSlow = false
    expect(await cached.get(load)).toMatchObject({ value: 'value 2', isCached: false })
    end(gate)
    await settle()
    expect(await cached.get(load)).toMatchObject({ value: 'value 3', isCached: false })
    expect(await cached.get(load)).toMatchObject({ value: 'value 3', isCached: true })
  })

  it('rejects a caller that aborts while the adapter hangs at once', async () => {
    const { cached, load } = setUp(bad(() => never))
    const controller = new AbortController()
    const call = rejectionOf(cached.get(load, { signal: controller.signal }))
    controller.abort('left')
    expect(await call).toBe('left')
    expect(load).not.toHaveBeenCalled()
  })

  it.each<[string, () => unknown]>([
    ['a promise whose `then` cannot be read', () => withMember('then', { get: fail })],
    ['a promise whose `then` throws', () => withMember('then', { value: fail })],
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      },
    ],
    ['a promise that rejects with a long text', () => Promise.reject(new Error('x y'.repeat(100_000)))],
  ])('fails no call for an adapter that returns %s', async (_, how) => {
    const { cached, load, log } = setUp(bad(how))
    expect(await cached.get(load)).toMatchObject({ value: 'value 1' })
    await cached.invalidate()
    expect(log.length).toBeGreaterThan(0)
    for (const { message } of log) expect(message.length).toBeLessThan(300)
  })

  it('raises no unhandled rejection when an adapter rejects after the timeout', async () => {
    const gate = deferred<unknown>()
    const { cached, load } = setUp(bad(() => gate.promise))
    const call = cached.get(load)
    await pass(2500)
    await call
    gate.reject(new Error('late'))
    await settle()
  })
})

describe('an adapter whose methods are asynchronous', () => {
  it('has the value after an invalidation that could not delete', async () => {
    let entry: unknown
    const { cached, load } = setUp({
      get: async () => entry,
      set: async (_, value) => void (entry = value),
      delete: async () => fail(),
      clear: () => {},
    })
    await cached.get(load)
    await cached.invalidate()
    expect(await cached.get(load)).toEqual({ value: 'value 2', isCached: false })
    expect(await cached.get(load)).toEqual({ value: 'value 2', isCached: true })
  })

  it('does not get a value whose load was in progress during an invalidation', async () => {
    const set = vi.fn(async () => {})
    const { cached } = setUp({ get: async () => undefined, set, delete: async () => {}, clear: () => {} })
    const gate = deferred<string>()
    const loading = cached.get(() => gate.promise)
    await settle()
    await cached.invalidate()
    gate.resolve('old')
    expect(await loading).toEqual({ value: 'old', isCached: false })
    expect(set).not.toHaveBeenCalled()
  })
})

describe('the log of a cached value', () => {
  const broken: CacheAdapter = { get: () => fail(), set: () => fail(), delete: () => fail(), clear: () => {} }
  const messages = (log: readonly LogEvent[]): string[] => log.map(({ message }) => message)

  it('names the method of the adapter that failed', async () => {
    const { cached, log, load } = setUp(broken)
    await cached.get(load)
    await cached.invalidate()
    expect(messages(log)).toEqual([
      'The cache failed to read: Error: then',
      'The cache failed to write: Error: then',
      'The cache failed to delete: Error: then',
    ])
  })

  it('says that a foreign entry could not be deleted either', async () => {
    const { cached, log, load } = setUp({ ...broken, get: () => 'foreign', set: () => {} })
    await cached.get(load)
    expect(messages(log)).toEqual([
      'Dropped a cache entry that this version of the package did not write.',
      'The cache failed to delete: Error: then',
    ])
  })

  it.each([
    ['an adapter that fails', broken],
    ['a foreign entry', { ...broken, get: () => 'foreign' }],
  ])('may be missing with %s', async (_, cache) => {
    const options = { cache, key: 'k', ttl: TTL, toStored: String, fromStored: String, log: undefined }
    const cached = createCachedValue(options)
    expect(await cached.get(async () => 'value')).toEqual({ value: 'value', isCached: false })
    await cached.invalidate()
  })
})

it('callers without a variant share a load with those of the empty variant', async () => {
  const { cached, load } = setUp()
  const responses = await Promise.all([cached.get(load), cached.get(load, { variant: '' })])
  expect(responses.map(({ value }) => value)).toEqual(['value 1', 'value 1'])
})

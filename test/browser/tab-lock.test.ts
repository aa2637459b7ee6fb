import { afterEach, describe, expect, test, vi } from 'vitest'
import { acquireTabLock } from '../../src/browser/tab-lock.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { createFakeLocks } from '../helpers/fake-locks.js'

// e2e/shared-loads.spec.ts uses the locks of a browser.

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function setUpLocks() {
  const locks = createFakeLocks()
  vi.stubGlobal('navigator', { locks })
  return locks
}

describe('acquireTabLock', () => {
  test('lets one holder run at a time, in order', async () => {
    const locks = setUpLocks()
    const order: string[] = []
    const first = await acquireTabLock('a', 1000, undefined)
    const second = acquireTabLock('a', 1000, undefined).then((release) => {
      order.push('second')
      release()
    })
    const other = await acquireTabLock('b', 1000, undefined)
    order.push('first is over')
    first()
    await second
    other()
    expect(order).toEqual(['first is over', 'second'])
    await vi.waitFor(() => expect(locks.held()).toEqual([]))
  })

  test.each<[string, unknown]>([
    ['there is no navigator', undefined],
    ['there are no locks', {}],
    ['the locks are something else', { locks: { request: 'no' } }],
    ['the page may not use locks', { locks: { request: async () => Promise.reject(new Error('SecurityError')) } }],
    [
      'the locks throw',
      {
        locks: {
          request() {
            throw new Error('no')
          },
        },
      },
    ],
  ])('goes on without a lock where %s', async (_, navigator) => {
    vi.stubGlobal('navigator', navigator)
    const release = await acquireTabLock('a', 1000, undefined)
    release()
  })

  test.each(['a tab holds the lock for ever', 'the browser never answers'])(
    'goes on without the lock after the limit where %s',
    async (what) => {
      vi.useFakeTimers()
      const locks = setUpLocks()
      if (what === 'a tab holds the lock for ever') await acquireTabLock('a', 1000, undefined)
      else vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => {}) } })
      let isOver = false
      const waiting = acquireTabLock('a', 1000, undefined).then((release) => {
        isOver = true
        release()
      })
      await vi.advanceTimersByTimeAsync(999)
      expect(isOver).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      await waiting
      expect(locks.waiting()).toEqual([])
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  test('rejects with the reason of the signal, and leaves the queue', async () => {
    const locks = setUpLocks()
    const release = await acquireTabLock('a', 1000, undefined)
    const controller = new AbortController()
    const waiting = rejectionOf(acquireTabLock('a', 1000, controller.signal))
    await vi.waitFor(() => expect(locks.waiting()).toEqual(['a']))
    controller.abort('enough')
    expect(await waiting).toBe('enough')
    expect(locks.waiting()).toEqual([])
    release()
  })

  test('frees a lock that is granted in the turn in which the signal aborts', async () => {
    const locks = setUpLocks()
    const controller = new AbortController()
    const { request } = locks
    locks.request = (name, options, run) =>
      request(name, options, () => {
        const held = run()
        controller.abort('enough')
        return held
      })
    expect(await rejectionOf(acquireTabLock('a', 1000, controller.signal))).toBe('enough')
    await vi.waitFor(() => expect(locks.held()).toEqual([]))
  })
})

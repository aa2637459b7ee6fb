import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createSemaphore } from '../../src/utils/semaphore.js'
import { settle } from '../helpers/deferred.js'
import { rejectionOf } from '../helpers/provider-errors.js'

/** Acquires a slot and adds `name` to `entered` once it has one. */
async function enter(
  semaphore: ReturnType<typeof createSemaphore>,
  name: string,
  entered: string[],
): Promise<() => void> {
  const release = await semaphore.acquire()
  entered.push(name)
  return release
}

describe('createSemaphore', () => {
  it('lets as many holders in as it has slots, and the others in order of arrival', async () => {
    const semaphore = createSemaphore(2)
    const entered: string[] = []
    const slots = ['a', 'b', 'c', 'd', 'e'].map((name) => enter(semaphore, name, entered))
    await settle()
    expect(entered).toEqual(['a', 'b'])
    ;(await slots[1]!)()
    await settle()
    expect(entered).toEqual(['a', 'b', 'c'])
    ;(await slots[0]!)()
    ;(await slots[2]!)()
    await settle()
    expect(entered).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('ignores a second release of the same slot', async () => {
    const semaphore = createSemaphore(1)
    const release = await semaphore.acquire()
    release()
    release()
    const entered: string[] = []
    void enter(semaphore, 'a', entered)
    void enter(semaphore, 'b', entered)
    await settle()
    expect(entered).toEqual(['a'])
  })

  it('does not let a newcomer overtake a waiting call', async () => {
    const semaphore = createSemaphore(1)
    const release = await semaphore.acquire()
    const entered: string[] = []
    void enter(semaphore, 'first', entered)
    release()
    void enter(semaphore, 'newcomer', entered)
    await settle()
    expect(entered).toEqual(['first'])
  })

  it('rejects a waiting call with the reason of its signal, and lets the next one in', async () => {
    const semaphore = createSemaphore(1)
    const release = await semaphore.acquire()
    const controller = new AbortController()
    const entered: string[] = []
    const aborted = rejectionOf(semaphore.acquire(controller.signal))
    void enter(semaphore, 'next', entered)
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await aborted).toBe(reason)
    release()
    await settle()
    expect(entered).toEqual(['next'])
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('takes no slot for a signal that has already aborted', async () => {
    const semaphore = createSemaphore(1)
    expect(await rejectionOf(semaphore.acquire(AbortSignal.abort('gone')))).toBe('gone')
    const entered: string[] = []
    void enter(semaphore, 'a', entered)
    await settle()
    expect(entered).toEqual(['a'])
  })

  it('keeps the slot of a holder whose signal aborts later', async () => {
    const semaphore = createSemaphore(1)
    const controller = new AbortController()
    const release = await semaphore.acquire(controller.signal)
    controller.abort()
    const entered: string[] = []
    void enter(semaphore, 'a', entered)
    await settle()
    expect(entered).toEqual([])
    release()
    await settle()
    expect(entered).toEqual(['a'])
  })

  it('leaves no listener on the signal of a holder', async () => {
    const semaphore = createSemaphore(1)
    const { signal } = new AbortController()
    const release = await semaphore.acquire(signal)
    const second = semaphore.acquire(signal)
    release()
    ;(await second)()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('tryAcquire takes a free slot, and never waits', () => {
    const semaphore = createSemaphore(1)
    const release = semaphore.tryAcquire()
    expect(release).toBeTypeOf('function')
    expect(semaphore.tryAcquire()).toBeUndefined()
    release!()
    expect(semaphore.tryAcquire()).toBeTypeOf('function')
  })

  it('tryAcquire does not overtake a waiting call', async () => {
    const semaphore = createSemaphore(1)
    const release = semaphore.tryAcquire()!
    const entered: string[] = []
    void enter(semaphore, 'a', entered)
    release()
    expect(semaphore.tryAcquire()).toBeUndefined()
    await settle()
    expect(entered).toEqual(['a'])
  })
})

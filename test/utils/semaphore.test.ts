import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createSemaphore } from '../../src/utils/semaphore.js'
import { settle } from '../helpers/deferred.js'
import { rejectionOf } from '../helpers/provider-errors.js'

/** Asks for a place under a name, and notes in `entered` when it is given. */
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
  it('lets as many in as it has places, the rest in order of arrival', async () => {
    const semaphore = createSemaphore(2)
    const entered: string[] = []
    const places = ['a', 'b', 'c', 'd', 'e'].map((name) => enter(semaphore, name, entered))
    await settle()
    expect(entered).toEqual(['a', 'b'])
    ;(await places[1]!)()
    await settle()
    expect(entered).toEqual(['a', 'b', 'c'])
    ;(await places[0]!)()
    ;(await places[2]!)()
    await settle()
    expect(entered).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('counts a place that is given back twice once', async () => {
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

  it('does not let a newcomer pass those who wait', async () => {
    const semaphore = createSemaphore(1)
    const release = await semaphore.acquire()
    const entered: string[] = []
    void enter(semaphore, 'first', entered)
    release()
    void enter(semaphore, 'newcomer', entered)
    await settle()
    expect(entered).toEqual(['first'])
  })

  it('rejects a wait with the reason of its signal, and gives its turn to the next', async () => {
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

  it('takes no place for a signal that is aborted already', async () => {
    const semaphore = createSemaphore(1)
    expect(await rejectionOf(semaphore.acquire(AbortSignal.abort('gone')))).toBe('gone')
    const entered: string[] = []
    void enter(semaphore, 'a', entered)
    await settle()
    expect(entered).toEqual(['a'])
  })

  it('keeps the place of a holder whose signal aborts later', async () => {
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

  it('leaves no listener on the signal of one who got in', async () => {
    const semaphore = createSemaphore(1)
    const { signal } = new AbortController()
    const release = await semaphore.acquire(signal)
    const second = semaphore.acquire(signal)
    release()
    ;(await second)()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

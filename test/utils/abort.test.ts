import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { followSignal, raceAbort, sleep } from '../../src/utils/abort.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length
const reason = new Error('enough')

describe('raceAbort', () => {
  it('is the promise where there is no signal', async () => {
    expect(await raceAbort(Promise.resolve(1), undefined)).toBe(1)
  })

  it('gives what the promise gives, and leaves no listener', async () => {
    const { signal } = new AbortController()
    expect(await raceAbort(Promise.resolve(1), signal)).toBe(1)
    expect(await rejectionOf(raceAbort(Promise.reject(reason), signal))).toBe(reason)
    expect(listeners(signal)).toBe(0)
  })

  it('rejects with the reason at once though the promise never ends', async () => {
    const controller = new AbortController()
    const race = raceAbort(new Promise(() => {}), controller.signal)
    controller.abort(reason)
    expect(await rejectionOf(race)).toBe(reason)
  })

  it('rejects with the reason of a signal that was aborted before, and hushes the promise', async () => {
    expect(await rejectionOf(raceAbort(Promise.reject(new Error('late')), AbortSignal.abort(reason)))).toBe(reason)
  })

  it('hushes a promise that fails after the abort', async () => {
    const controller = new AbortController()
    let fail!: (error: Error) => void
    const race = raceAbort(new Promise((_, reject) => (fail = reject)), controller.signal)
    controller.abort(reason)
    expect(await rejectionOf(race)).toBe(reason)
    fail(new Error('late'))
    await new Promise(setImmediate)
    expect(listeners(controller.signal)).toBe(0)
  })
})

describe('followSignal', () => {
  it('passes an abort on with its reason', () => {
    const [source, target] = [new AbortController(), new AbortController()]
    followSignal(target, source.signal)
    source.abort(reason)
    expect(target.signal.reason).toBe(reason)
  })

  it('passes on an abort that has been', () => {
    const target = new AbortController()
    followSignal(target, AbortSignal.abort(reason))
    expect(target.signal.reason).toBe(reason)
  })

  it('follows no more, and listens no more, once it is unlinked', () => {
    const [source, target] = [new AbortController(), new AbortController()]
    followSignal(target, source.signal)()
    expect(listeners(source.signal)).toBe(0)
    source.abort(reason)
    expect(target.signal.aborted).toBe(false)
  })

  it('follows nothing where there is no signal', () => {
    const target = new AbortController()
    followSignal(target, undefined)()
    expect(target.signal.aborted).toBe(false)
  })
})

describe('sleep', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends after its time, not before, and leaves no listener', async () => {
    const { signal } = new AbortController()
    let isOver = false
    const slept = sleep(1000, signal).then(() => (isOver = true))
    await vi.advanceTimersByTimeAsync(999)
    expect(isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await slept
    expect(listeners(signal)).toBe(0)
  })

  it('needs no signal', async () => {
    const slept = sleep(5)
    await vi.advanceTimersByTimeAsync(5)
    expect(await slept).toBeUndefined()
  })

  it('rejects with the reason at once, and leaves no timer', async () => {
    const controller = new AbortController()
    const slept = rejectionOf(sleep(1000, controller.signal))
    controller.abort(reason)
    expect(await slept).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not begin after an abort', async () => {
    expect(await rejectionOf(sleep(1000, AbortSignal.abort(reason)))).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })
})

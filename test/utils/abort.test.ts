import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { abortError, followSignal, isSignal, onAbort, raceAbort, sleep, throwIfAborted } from '../../src/utils/abort.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length
const reason = new Error('enough')

describe('onAbort', () => {
  it('calls every callback once, through one listener', () => {
    const controller = new AbortController()
    const called: string[] = []
    onAbort(controller.signal, () => called.push('a'))
    onAbort(controller.signal, () => called.push('b'))
    expect(listeners(controller.signal)).toBe(1)
    controller.abort()
    expect(called).toEqual(['a', 'b'])
    expect(listeners(controller.signal)).toBe(0)
  })

  it('removes its listener with the last callback', () => {
    const { signal } = new AbortController()
    const [first, second] = [onAbort(signal, () => {}), onAbort(signal, () => {})]
    first()
    expect(listeners(signal)).toBe(1)
    second()
    second()
    expect(listeners(signal)).toBe(0)
  })

  it('does not call a callback that was removed', () => {
    const controller = new AbortController()
    const called: string[] = []
    const remove = onAbort(controller.signal, () => called.push('removed'))
    onAbort(controller.signal, () => called.push('kept'))
    remove()
    controller.abort()
    expect(called).toEqual(['kept'])
  })
})

describe('throwIfAborted', () => {
  it('throws the reason of a signal that has aborted', () => {
    expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(reason)
  })

  it('does nothing for any other signal, or none', () => {
    throwIfAborted(new AbortController().signal)
    throwIfAborted(undefined)
  })
})

describe('isSignal', () => {
  it('accepts a signal and the signal of a polyfill', () => {
    expect(isSignal(new AbortController().signal)).toBe(true)
    expect(isSignal({ aborted: false, addEventListener() {}, removeEventListener() {} })).toBe(true)
  })

  it.each([[undefined], [null], ['abort'], [{}], [new AbortController()], [{ aborted: false }]])(
    'rejects %o',
    (value) => expect(isSignal(value)).toBe(false),
  )
})

describe('abortError', () => {
  it('is a DOMException named AbortError', () => {
    expect(abortError('Stopped.')).toMatchObject({ name: 'AbortError', message: 'Stopped.' })
    expect(abortError('Stopped.')).toBeInstanceOf(DOMException)
  })
})

describe('raceAbort', () => {
  it('returns the promise without a signal', async () => {
    expect(await raceAbort(Promise.resolve(1), undefined)).toBe(1)
  })

  it('settles as the promise does and leaves no listener', async () => {
    const { signal } = new AbortController()
    expect(await raceAbort(Promise.resolve(1), signal)).toBe(1)
    expect(await rejectionOf(raceAbort(Promise.reject(reason), signal))).toBe(reason)
    expect(listeners(signal)).toBe(0)
  })

  it('rejects with the reason at once even if the promise never settles', async () => {
    const controller = new AbortController()
    const race = raceAbort(new Promise(() => {}), controller.signal)
    controller.abort(reason)
    expect(await rejectionOf(race)).toBe(reason)
  })

  it('rejects with the reason of a signal that has already aborted, and handles the rejection of the promise', async () => {
    expect(await rejectionOf(raceAbort(Promise.reject(new Error('late')), AbortSignal.abort(reason)))).toBe(reason)
  })

  it('handles a rejection after the abort', async () => {
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
  it('aborts the controller with the reason of the signal', () => {
    const [source, target] = [new AbortController(), new AbortController()]
    followSignal(target, source.signal)
    source.abort(reason)
    expect(target.signal.reason).toBe(reason)
  })

  it('aborts the controller at once if the signal has already aborted', () => {
    const target = new AbortController()
    followSignal(target, AbortSignal.abort(reason))
    expect(target.signal.reason).toBe(reason)
  })

  it('stops following and removes its listener', () => {
    const [source, target] = [new AbortController(), new AbortController()]
    followSignal(target, source.signal)()
    expect(listeners(source.signal)).toBe(0)
    source.abort(reason)
    expect(target.signal.aborted).toBe(false)
  })

  it('does nothing without a signal, or with a value that is not one', () => {
    const target = new AbortController()
    followSignal(target, undefined)()
    followSignal(target, {} as AbortSignal)()
    expect(target.signal.aborted).toBe(false)
  })
})

describe('sleep', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('resolves after exactly its time and leaves no listener', async () => {
    const { signal } = new AbortController()
    let isResolved = false
    const slept = sleep(1000, signal).then(() => (isResolved = true))
    await vi.advanceTimersByTimeAsync(999)
    expect(isResolved).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await slept
    expect(listeners(signal)).toBe(0)
  })

  it('works without a signal', async () => {
    const slept = sleep(5)
    await vi.advanceTimersByTimeAsync(5)
    expect(await slept).toBeUndefined()
  })

  it('rejects with the reason at once and leaves no timer', async () => {
    const controller = new AbortController()
    const slept = rejectionOf(sleep(1000, controller.signal))
    controller.abort(reason)
    expect(await slept).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no timer after an abort before it started', async () => {
    expect(await rejectionOf(sleep(1000, AbortSignal.abort(reason)))).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TimeoutError } from '../../src/errors/index.js'
import { AttemptTimers, type AttemptLimits } from '../../src/http/attempt-timers.js'
import { ENDPOINT } from '../helpers/client.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function start(limits: AttemptLimits): { timers: AttemptTimers; expired: TimeoutError[] } {
  const expired: TimeoutError[] = []
  const target = { request: 'POST /x', endpoint: ENDPOINT }
  return { timers: new AttemptTimers(limits, target, (error) => expired.push(error)), expired }
}

const advance = (ms: number): void => void vi.advanceTimersByTime(ms)

/** Completes a read after `ms` and starts the next one. */
function completeRead(timers: AttemptTimers, ms: number): void {
  advance(ms)
  timers.pauseTimer()
  timers.resumeTimer()
}

describe('AttemptTimers', () => {
  it('expires the total limit once, however often content arrives', () => {
    const { timers, expired } = start({ total: 1000 })
    for (let step = 0; step < 9; step++) {
      timers.restartIdleTimer()
      completeRead(timers, 100)
    }
    advance(99)
    expect(expired).toEqual([])
    advance(1)
    expect(expired).toHaveLength(1)
    expect(expired[0]).toBeInstanceOf(TimeoutError)
    expect(expired[0]).toMatchObject({ limit: 'timeout', timeoutMs: 1000, isRetryable: false, endpoint: ENDPOINT })
    expect(expired[0]!.message).toContain('did not finish within 1000 ms')
    expect(expired[0]!.message).toContain('POST /x')
    advance(100_000)
    expect(expired).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('expires the total limit while the consumer is busy', () => {
    const { timers, expired } = start({ total: 1000, idle: 100 })
    timers.pauseTimer()
    advance(999)
    expect(expired).toEqual([])
    advance(1)
    expect(expired[0]).toMatchObject({ limit: 'timeout' })
  })

  it('reports only the total limit when another limit expires at the same time', () => {
    const { expired } = start({ total: 1000, firstByte: 1000 })
    advance(5000)
    expect(expired.map(({ limit }) => limit)).toEqual(['timeout'])
  })

  it('expires the limit for the first byte while nothing arrives', () => {
    const { expired } = start({ firstByte: 1000 })
    advance(999)
    expect(expired).toEqual([])
    advance(1)
    expect(expired[0]).toMatchObject({ limit: 'generationTimeout', timeoutMs: 1000 })
  })

  it('reports the limit for the first byte when the total limit is longer', () => {
    const { expired } = start({ total: 5000, firstByte: 1000 })
    advance(1000)
    expect(expired.map(({ limit }) => limit)).toEqual(['generationTimeout'])
  })

  it('counts the time before the first read, which begins when the response is there', () => {
    const { timers, expired } = start({ firstByte: 1000 })
    advance(600)
    timers.resumeTimer()
    advance(399)
    expect(expired).toEqual([])
    advance(1)
    expect(expired).toHaveLength(1)
  })

  it('keeps counting across reads without content', () => {
    const { timers, expired } = start({ firstByte: 1000 })
    for (let step = 0; step < 9; step++) completeRead(timers, 100)
    advance(99)
    expect(expired).toEqual([])
    advance(1)
    expect(expired).toHaveLength(1)
  })

  it('counts from 0 after progress, with the limit for the first byte', () => {
    const { timers, expired } = start({ firstByte: 1000, idle: 10 })
    for (let step = 0; step < 50; step++) {
      completeRead(timers, 900)
      timers.restartFirstByteTimer()
    }
    expect(expired).toEqual([])
    advance(1000)
    expect(expired[0]).toMatchObject({ limit: 'generationTimeout', timeoutMs: 1000 })
  })

  it('counts from 0 after content, with the idle limit', () => {
    const { timers, expired } = start({ firstByte: 60_000, idle: 500 })
    timers.pauseTimer()
    timers.restartIdleTimer()
    timers.resumeTimer()
    advance(499)
    expect(expired).toEqual([])
    advance(1)
    expect(expired[0]).toMatchObject({ limit: 'idleTimeout', timeoutMs: 500 })
    expect(expired[0]!.message).toContain('received nothing for 500 ms')
  })

  it.each([
    [100, 100],
    [5000, 500],
  ])('given %i ms after content and an idle limit of 500 ms, expires after %i ms', (limitMs, effectiveMs) => {
    const { timers, expired } = start({ idle: 500 })
    timers.pauseTimer()
    timers.restartIdleTimer(limitMs)
    timers.resumeTimer()
    advance(effectiveMs - 1)
    expect(expired).toEqual([])
    advance(1)
    expect(expired[0]).toMatchObject({ limit: 'idleTimeout', timeoutMs: effectiveMs })
  })

  it('does not count the time in which the consumer is busy', () => {
    const { timers, expired } = start({ firstByte: 1000 })
    advance(999)
    timers.pauseTimer()
    timers.pauseTimer()
    advance(100_000)
    expect(expired).toEqual([])
    timers.resumeTimer()
    advance(0)
    expect(expired).toEqual([])
    advance(1)
    expect(expired).toHaveLength(1)
  })

  it('never expires without limits', () => {
    const { expired } = start({})
    advance(10_000_000)
    expect(expired).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('sets one timer for many reads', () => {
    const set = vi.spyOn(globalThis, 'setTimeout')
    const { timers } = start({ firstByte: 1000, total: 5000, idle: 1000 })
    for (let step = 0; step < 1000; step++) {
      timers.restartIdleTimer()
      completeRead(timers, 0)
    }
    expect(vi.getTimerCount()).toBe(1)
    expect(set).toHaveBeenCalledTimes(1)
  })

  it('sets no timer while the consumer is busy', () => {
    const { timers } = start({ firstByte: 1000 })
    advance(999)
    timers.pauseTimer()
    const set = vi.spyOn(globalThis, 'setTimeout')
    advance(60_000)
    expect(set).not.toHaveBeenCalled()
  })

  it('clears its timer when stopped, and never expires afterwards', () => {
    const { timers, expired } = start({ total: 1000, firstByte: 500 })
    timers.stop()
    timers.pauseTimer()
    timers.resumeTimer()
    expect(vi.getTimerCount()).toBe(0)
    advance(5000)
    expect(expired).toEqual([])
  })
})

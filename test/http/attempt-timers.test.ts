import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TimeoutError } from '../../src/errors/index.js'
import { AttemptTimers, type AttemptLimits } from '../../src/http/attempt-timers.js'
import { ENDPOINT } from '../helpers/client.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start(limits: AttemptLimits): { timers: AttemptTimers; expired: TimeoutError[] } {
  const expired: TimeoutError[] = []
  return { timers: new AttemptTimers(limits, 'POST /x', ENDPOINT, (error) => expired.push(error)), expired }
}

const pass = (ms: number): void => void vi.advanceTimersByTime(ms)

/** A read that waits for `ms` and is followed by another. */
function read(timers: AttemptTimers, ms: number): void {
  pass(ms)
  timers.pauseTimer()
  timers.resumeTimer()
}

describe('the total limit', () => {
  it('expires once, however often content arrives', () => {
    const { timers, expired } = start({ total: 1000 })
    for (let step = 0; step < 9; step++) {
      timers.restartIdleTimer()
      read(timers, 100)
    }
    pass(99)
    expect(expired).toEqual([])
    pass(1)
    expect(expired).toHaveLength(1)
    expect(expired[0]).toBeInstanceOf(TimeoutError)
    expect(expired[0]).toMatchObject({ limit: 'timeout', timeoutMs: 1000, isRetryable: false, endpoint: ENDPOINT })
    expect(expired[0]!.message).toMatch(/within 1000 ms.*POST \/x/)
    pass(100_000)
    expect(expired).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('expires while the consumer is busy', () => {
    const { timers, expired } = start({ total: 1000, idle: 100 })
    timers.pauseTimer()
    pass(999)
    expect(expired).toEqual([])
    pass(1)
    expect(expired[0]).toMatchObject({ limit: 'timeout' })
  })

  it('is reported alone when another limit expires at the same time', () => {
    const { expired } = start({ total: 1000, firstByte: 1000 })
    pass(5000)
    expect(expired.map(({ limit }) => limit)).toEqual(['timeout'])
  })
})

describe('the limit of silence', () => {
  it('has its own value before the first byte', () => {
    const { expired } = start({ firstByte: 1000 })
    pass(999)
    expect(expired).toEqual([])
    pass(1)
    expect(expired[0]).toMatchObject({ limit: 'generationTimeout', timeoutMs: 1000 })
  })

  it('counts on across reads that brought no content', () => {
    const { timers, expired } = start({ firstByte: 1000 })
    for (let step = 0; step < 9; step++) read(timers, 100)
    pass(99)
    expect(expired).toEqual([])
    pass(1)
    expect(expired).toHaveLength(1)
  })

  it('counts from 0 after progress, under the same limit', () => {
    const { timers, expired } = start({ firstByte: 1000, idle: 10 })
    for (let step = 0; step < 50; step++) {
      read(timers, 900)
      timers.restartFirstByteTimer()
    }
    expect(expired).toEqual([])
    pass(1000)
    expect(expired[0]).toMatchObject({ limit: 'generationTimeout', timeoutMs: 1000 })
  })

  it('is the idle limit after content', () => {
    const { timers, expired } = start({ firstByte: 60_000, idle: 500 })
    timers.pauseTimer()
    timers.restartIdleTimer()
    timers.resumeTimer()
    pass(499)
    expect(expired).toEqual([])
    pass(1)
    expect(expired[0]).toMatchObject({ limit: 'idleTimeout', timeoutMs: 500 })
    expect(expired[0]!.message).toMatch(/nothing for 500 ms/)
  })

  it.each([
    [100, 100],
    [5000, 500],
  ])('is the shorter of %i ms and the idle limit where a limit is given', (limitMs, effective) => {
    const { timers, expired } = start({ idle: 500 })
    timers.pauseTimer()
    timers.restartIdleTimer(limitMs)
    timers.resumeTimer()
    pass(effective - 1)
    expect(expired).toEqual([])
    pass(1)
    expect(expired[0]).toMatchObject({ limit: 'idleTimeout', timeoutMs: effective })
  })

  it('does not count while the consumer is busy', () => {
    const { timers, expired } = start({ firstByte: 1000 })
    pass(999)
    timers.pauseTimer()
    timers.pauseTimer()
    pass(100_000)
    expect(expired).toEqual([])
    timers.resumeTimer()
    pass(0)
    expect(expired).toEqual([])
    pass(1)
    expect(expired).toHaveLength(1)
  })

  it('lasts for ever where no limit is set', () => {
    const { expired } = start({})
    pass(10_000_000)
    expect(expired).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the timer', () => {
  it('is one, and is not set anew for every read', () => {
    const set = vi.spyOn(globalThis, 'setTimeout')
    const { timers } = start({ firstByte: 1000, total: 5000, idle: 1000 })
    for (let step = 0; step < 1000; step++) {
      timers.restartIdleTimer()
      read(timers, 0)
    }
    expect(vi.getTimerCount()).toBe(1)
    expect(set).toHaveBeenCalledTimes(1)
    set.mockRestore()
  })

  it('does not fire again and again while the consumer is busy', () => {
    const { timers } = start({ firstByte: 1000 })
    pass(999)
    timers.pauseTimer()
    const set = vi.spyOn(globalThis, 'setTimeout')
    pass(60_000)
    expect(set).not.toHaveBeenCalled()
    set.mockRestore()
  })

  it('is gone once stopped, and nothing expires', () => {
    const { timers, expired } = start({ total: 1000, firstByte: 500 })
    timers.stop()
    timers.pauseTimer()
    timers.resumeTimer()
    expect(vi.getTimerCount()).toBe(0)
    pass(5000)
    expect(expired).toEqual([])
  })
})

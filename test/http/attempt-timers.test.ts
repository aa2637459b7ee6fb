import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TimeoutError } from '../../src/errors/index.js'
import { AttemptTimers, type Limits } from '../../src/http/attempt-timers.js'
import { ENDPOINT } from '../helpers/client.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function watch(limits: Limits): { dog: AttemptTimers; expired: TimeoutError[] } {
  const expired: TimeoutError[] = []
  return { dog: new AttemptTimers(limits, 'POST /x', ENDPOINT, (error) => expired.push(error)), expired }
}
const pass = (ms: number): void => void vi.advanceTimersByTime(ms)

describe('the whole', () => {
  it('may take its time, and not more', () => {
    const { dog, expired } = watch({ total: 1000 })
    for (let step = 0; step < 9; step++) {
      pass(100)
      dog.feed()
      dog.wait()
    }
    expect(expired).toEqual([])
    pass(100)
    expect(expired).toHaveLength(1)
    expect(expired[0]).toBeInstanceOf(TimeoutError)
    expect(expired[0]).toMatchObject({ limit: 'timeout', timeoutMs: 1000, isRetryable: false, endpoint: ENDPOINT })
    expect(expired[0]!.message).toMatch(/POST \/x.*1000 ms/)
    pass(100_000)
    expect(expired).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is told once even where a silence ends at the same time', () => {
    const { expired } = watch({ total: 1000, first: 1000 })
    pass(5000)
    expect(expired).toHaveLength(1)
  })
})

describe('silence', () => {
  it('before the first piece has its own limit', () => {
    const { expired } = watch({ first: 1000 })
    pass(999)
    expect(expired).toEqual([])
    pass(2)
    expect(expired[0]).toMatchObject({ limit: 'generationTimeout', timeoutMs: 1000 })
  })

  it('is not ended by waiting again, which is all that a keep-alive does', () => {
    const { dog, expired } = watch({ first: 1000 })
    for (let step = 0; step < 11; step++) {
      pass(100)
      dog.wait()
    }
    expect(expired).toHaveLength(1)
  })

  it('ends with a piece of worth', () => {
    const { dog, expired } = watch({ first: 1000 })
    for (let step = 0; step < 50; step++) {
      pass(900)
      dog.feed()
      dog.wait()
    }
    expect(expired).toEqual([])
    pass(1000)
    expect(expired).toHaveLength(1)
  })

  it('does not count while the consumer is busy', () => {
    const { dog, expired } = watch({ first: 1000 })
    dog.feed()
    pass(100_000)
    dog.wait()
    pass(999)
    expect(expired).toEqual([])
    pass(1001)
    expect(expired).toHaveLength(1)
  })

  it('goes on where it was after a pause that did not end it', () => {
    const { dog, expired } = watch({ first: 1000 })
    pass(999)
    dog.pause()
    pass(10_000)
    expect(expired).toEqual([])
    dog.wait()
    pass(2)
    expect(expired).toHaveLength(1)
  })

  it('is the sum of what was waited between pauses', () => {
    const { dog, expired } = watch({ first: 1000 })
    for (let step = 0; step < 9; step++) {
      pass(100)
      dog.pause()
      dog.pause()
      pass(700)
      dog.wait()
    }
    expect(expired).toEqual([])
    pass(101)
    expect(expired).toHaveLength(1)
  })

  it('wakes nobody again and again while the consumer is busy', () => {
    const { dog } = watch({ first: 1000 })
    pass(999)
    dog.pause()
    const set = vi.spyOn(globalThis, 'setTimeout')
    pass(60_000)
    expect(set.mock.calls.length).toBeLessThan(100)
    set.mockRestore()
  })

  it('has another limit once it is told so', () => {
    const { dog, expired } = watch({ first: 60_000 })
    dog.feed()
    dog.limit('idleTimeout', 500)
    dog.wait()
    pass(499)
    expect(expired).toEqual([])
    pass(2)
    expect(expired[0]).toMatchObject({ limit: 'idleTimeout', timeoutMs: 500 })
  })

  it('may last for ever where no limit is set', () => {
    const { expired } = watch({})
    pass(10_000_000)
    expect(expired).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is watched by one timer however many pieces come', () => {
    const { dog } = watch({ first: 1000 })
    for (let step = 0; step < 1000; step++) {
      dog.feed()
      dog.wait()
    }
    expect(vi.getTimerCount()).toBe(1)
  })
})

it('leaves no timer once it is stopped, and says nothing more', () => {
  const { dog, expired } = watch({ total: 1000, first: 500 })
  dog.stop()
  expect(vi.getTimerCount()).toBe(0)
  pass(5000)
  expect(expired).toEqual([])
})

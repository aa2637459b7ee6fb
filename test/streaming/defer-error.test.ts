import { describe, expect, it } from 'vitest'
import { deferError } from '../../src/streaming/event-stream.js'

describe('deferError', () => {
  it('calls the function at once and only once', () => {
    let calls = 0
    const read = deferError(() => ++calls)
    expect(calls).toBe(1)
    expect([read(), read()]).toEqual([1, 1])
  })

  it('throws the error of the function each time the value is read', () => {
    const error = new RangeError('too large')
    const read = deferError(() => {
      throw error
    })
    expect(read).toThrow(error)
    expect(read).toThrow(error)
  })
})

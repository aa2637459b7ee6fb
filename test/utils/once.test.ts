import { expect, it, vi } from 'vitest'
import { once } from '../../src/utils/once.js'

it('calls the function at the first use only', () => {
  const make = vi.fn(() => ({}))
  const value = once(make)
  expect(make).not.toHaveBeenCalled()
  expect(value()).toBe(value())
  expect(make).toHaveBeenCalledTimes(1)
})

it('keeps undefined like any other value', () => {
  const make = vi.fn(() => undefined)
  const value = once(make)
  expect([value(), value()]).toEqual([undefined, undefined])
  expect(make).toHaveBeenCalledTimes(1)
})

it('calls the function again after it has thrown', () => {
  const make = vi
    .fn(() => 'ready')
    .mockImplementationOnce(() => {
      throw new Error('not yet')
    })
  const value = once(make)
  expect(value).toThrow('not yet')
  expect(value()).toBe('ready')
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withLimit } from '../../src/utils/limit.js'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf } from '../helpers/provider-errors.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const never = new Promise<never>(() => {})
const onExpired = () => 'expired'

test('resolves and rejects as the promise does, and leaves no timer', async () => {
  const failure = new Error('no')
  expect(await withLimit(Promise.resolve('done'), { ms: 5, onExpired })).toBe('done')
  expect(await withLimit(Promise.resolve(undefined), { ms: 5, onExpired: () => undefined })).toBe(undefined)
  expect(await rejectionOf(withLimit(Promise.reject(failure), { ms: 5, onExpired }))).toBe(failure)
  expect(vi.getTimerCount()).toBe(0)
})

test('resolves to the other result when the time is over, and not before', async () => {
  let result: string | undefined
  const running = withLimit<string>(never, { ms: 5, onExpired }).then((value) => (result = value))
  await vi.advanceTimersByTimeAsync(4)
  expect(result).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  await running
  expect(result).toBe('expired')
})

test('rejects with what is thrown when the time is over', async () => {
  const failure = new Error('late')
  const running = rejectionOf(
    withLimit(never, {
      ms: 5,
      onExpired: () => {
        throw failure
      },
    }),
  )
  await vi.advanceTimersByTimeAsync(5)
  expect(await running).toBe(failure)
})

test('rejects at once with the reason of the signal, and leaves no timer and no listener', async () => {
  const controller = new AbortController()
  const running = rejectionOf(withLimit<string>(never, { ms: 5, signal: controller.signal, onExpired }))
  controller.abort('enough')
  expect(await running).toBe('enough')
  expect(vi.getTimerCount()).toBe(0)
  expect(countListeners(controller.signal)).toBe(0)
})

import { createMockLMStudio } from 'lmstudio-provider/testing'
import { expect, test } from 'vitest'

test('inject refuses an option that it does not know, and says where parameters belong', () => {
  const misplaced = { afterEvents: 4 } as object
  expect(() => createMockLMStudio().inject('stall', misplaced)).toThrow('belong to the fault: { name, afterEvents }')
})

test.each([
  ['a parameter that no fault has', { name: 'stall', aftrEvents: 4 }, 'aftrEvents', 'afterEvents, ms, keepAliveMs'],
  ['a parameter of another fault', { name: 'html', bytes: 4 }, 'bytes', 'status'],
  ['a parameter of a fault without any', { name: 'no-done', status: 500 }, 'status', 'none'],
  ['a parameter that a status does not have', { name: 'status-429', retryafter: 1 }, 'retryafter', 'retryAfter'],
  ['a field beside raw', { raw: { chunks: [] }, status: 200 }, 'status', 'raw'],
])('inject refuses %s', (_name, fault, parameter, known) => {
  expect(() => createMockLMStudio().inject(fault as never)).toThrow(RangeError)
  expect(() => createMockLMStudio().inject(fault as never)).toThrow(`Unknown parameter "${parameter}"`)
  expect(() => createMockLMStudio().inject(fault as never)).toThrow(known)
})

test('inject and the option faults take every parameter of a fault', () => {
  const fault = { name: 'stall', afterEvents: 1, ms: 5, keepAliveMs: 1 } as const
  expect(() => createMockLMStudio().inject(fault)).not.toThrow()
  expect(() => createMockLMStudio({ faults: [fault, { name: 'status-429', retryAfter: 2 }] })).not.toThrow()
})

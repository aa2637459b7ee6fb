import { expectTypeOf, test } from 'vitest'
import { createMockLMStudio, type MockCall, type MockFault } from '../../src/testing/index.js'

test('a fault is a name, a name with its own parameters, a status, or bytes', () => {
  const mock = createMockLMStudio()
  mock.inject('stall')
  mock.inject({ name: 'stall', afterEvents: 3, keepAliveMs: 5 }, { times: Infinity, path: /chat/u })
  mock.inject('status-503')
  mock.inject({ name: 'status-429', retryAfter: new Date() })
  mock.inject({ raw: { chunks: ['data: x'] } })
  mock.inject({ name: 'engine-error', error: { code: 500 }, request: 'applyPromptTemplate' })
  mock.inject({ name: 'status-400', error: { code: 'previous_response_not_found' } })
  // @ts-expect-error an unknown wording
  mock.inject({ name: 'template-error', wording: 'polite' })
  // @ts-expect-error a misspelled name
  mock.inject('stal')
  // @ts-expect-error a parameter of another fault
  mock.inject({ name: 'catch-all', afterEvents: 3 })
  // @ts-expect-error a status that is not a number
  mock.inject('status-teapot')
})

test('the mock has the type of fetch', () => {
  expectTypeOf(createMockLMStudio().fetch).toEqualTypeOf<typeof globalThis.fetch>()
  expectTypeOf(createMockLMStudio().calls).toEqualTypeOf<readonly MockCall[]>()
  expectTypeOf<'cut'>().toExtend<MockFault>()
})

import { createMockLMStudio } from 'lmstudio-provider/testing'
import { expect, test } from 'vitest'

test('inject refuses an option that it does not know, and says where parameters belong', () => {
  const misplaced = { afterEvents: 4 } as object
  expect(() => createMockLMStudio().inject('stall', misplaced)).toThrow('belong to the fault: { name, afterEvents }')
})

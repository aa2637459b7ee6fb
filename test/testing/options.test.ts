import { createMockLMStudio, type MockLMStudioOptions } from 'lmstudio-provider/testing'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'

const wrong = { latency: 5 } as MockLMStudioOptions

it('an option that does not exist is refused with those that do', async () => {
  expect(() => createMockLMStudio(wrong)).toThrow(/latency.*loadDelayMs.*faults/)
  expect(() => createMockLMStudio().configure(wrong)).toThrow(RangeError)
  await expect(startMockLMStudio(wrong)).rejects.toThrow(RangeError)
})

it('every option may be undefined', () => {
  expect(createMockLMStudio({ auth: undefined, faults: undefined } as object).apiToken).toBeUndefined()
})

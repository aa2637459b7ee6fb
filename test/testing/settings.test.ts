import { createMockLMStudio, type MockLMStudioOptions } from 'lmstudio-provider/testing'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, test } from 'vitest'

const misspelled = { latency: 5 } as MockLMStudioOptions

test('createMockLMStudio throws for an unknown option and lists the known ones', () => {
  expect(() => createMockLMStudio(misspelled)).toThrow(
    'Unknown option "latency". Known options: server, version, cors, allowedHeaders, privateNetwork, ' +
      'auth, jit, autoEvict, idleTTLSeconds, parallel, mcp, loadDelayMs, tokensPerSecond, seed, models, framing, ' +
      'reply, now, faults.',
  )
})

test('configure and startMockLMStudio throw a RangeError for an unknown option', async () => {
  expect(() => createMockLMStudio().configure(misspelled)).toThrow(RangeError)
  await expect(startMockLMStudio(misspelled)).rejects.toThrow(RangeError)
})

test('an option that is undefined has its default', () => {
  expect(createMockLMStudio({ auth: undefined, faults: undefined } as object).apiToken).toBeUndefined()
})

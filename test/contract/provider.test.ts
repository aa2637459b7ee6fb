import * as library from 'lmstudio-provider'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { describe, test } from 'vitest'
import { assert } from './assert.js'
import { createBench } from './contract.js'
import { controlMock } from './control-mock.js'
import { providerContract } from './provider/index.js'

describe('the provider in Node', () => {
  for (const { name, run } of providerContract) {
    test(name, async () => {
      await using mock = await startMockLMStudio()
      await run(createBench({ library, endpoint: mock.url, mock: controlMock(mock), assert }))
    })
  }
})

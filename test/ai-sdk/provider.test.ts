import { NoSuchModelError } from '@ai-sdk/provider'
import { ConfigurationError } from 'lmstudio-provider'
import { createLMStudio, lmstudio } from 'lmstudio-provider/ai-sdk'
import { expect, test } from 'vitest'
import { callError, MODEL, promptOf } from './support.js'

test('the ready provider uses the LM Studio of this machine', async () => {
  expect(lmstudio(MODEL)).toMatchObject({
    specificationVersion: 'v3',
    provider: 'lmstudio.chat',
    modelId: MODEL,
    supportedUrls: {},
  })
  const urls: string[] = []
  const fetch: typeof globalThis.fetch = (input) => {
    urls.push(input instanceof Request ? input.url : String(input))
    return Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))
  }
  const error = await callError(createLMStudio({ fetch, maxRetries: 0 })(MODEL).doGenerate({ prompt: promptOf('Hi.') }))
  expect(urls).toEqual(['http://127.0.0.1:1234/v1/chat/completions'])
  expect(error).toMatchObject({ code: 'not-running', hint: expect.stringContaining('Start the server') as string })
})

test('languageModel and the provider return the same model, embeddingModel and textEmbeddingModel, too', () => {
  expect(lmstudio.specificationVersion).toBe('v3')
  expect(lmstudio.languageModel(MODEL)).toMatchObject({ provider: 'lmstudio.chat', modelId: MODEL })
  for (const name of ['embeddingModel', 'textEmbeddingModel'] as const) {
    expect(lmstudio[name]('e')).toMatchObject({
      specificationVersion: 'v3',
      provider: 'lmstudio.embedding',
      modelId: 'e',
      maxEmbeddingsPerCall: Infinity,
      supportsParallelCalls: true,
    })
  }
})

test('imageModel throws, because LM Studio has no image models', () => {
  const error = (() => {
    try {
      return lmstudio.imageModel('acme/painter')
    } catch (thrown) {
      return thrown
    }
  })()
  expect(NoSuchModelError.isInstance(error)).toBe(true)
  expect(error).toMatchObject({ modelId: 'acme/painter', modelType: 'imageModel' })
})

test('a wrong option is refused at once', () => {
  expect(() => createLMStudio({ timeout: 0 })).toThrow(ConfigurationError)
  expect(() => createLMStudio({ baseURL: 'http://127.0.0.1:1234' } as object)).toThrow('did you mean `endpoint`?')
})

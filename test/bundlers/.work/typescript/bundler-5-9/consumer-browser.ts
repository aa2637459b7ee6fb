// How a page uses the package: without Node types, with the DOM types of the Vite templates.
import {
  createLMStudio,
  memoryCache,
  ProviderError,
  type CompletionResponse,
  type LMStudioProvider,
  type ModelInfo,
} from 'lmstudio-provider'
import { createMockLMStudio } from 'lmstudio-provider/testing'

const mock = createMockLMStudio()
const lmstudio: LMStudioProvider = createLMStudio({ fetch: mock.fetch, cache: memoryCache() })
export const models: readonly ModelInfo[] = await lmstudio.listModels()
export const response: CompletionResponse = await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello.' })
export let streamed = ''
for await (const event of lmstudio.stream({ model: 'acme/tern-4b', prompt: 'Hello.' })) {
  if (event.type === 'text-delta') streamed += event.text
}
export const code: string | undefined = ProviderError.isInstance(response) ? response.code : undefined

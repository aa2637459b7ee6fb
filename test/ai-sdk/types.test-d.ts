import type { EmbeddingModel, LanguageModel, Provider } from 'ai'
import type {
  EmbeddingModel as EmbeddingModelOf7,
  LanguageModel as LanguageModelOf7,
  createProviderRegistry as createRegistryOf7,
} from 'ai-7'
import { lmstudio } from 'lmstudio-provider/ai-sdk'
import { expectTypeOf, test } from 'vitest'

test('the models are models of both versions of the AI SDK', () => {
  expectTypeOf(lmstudio('acme/tern-4b')).toExtend<LanguageModel>()
  expectTypeOf(lmstudio('acme/tern-4b')).toExtend<LanguageModelOf7>()
  expectTypeOf(lmstudio.embeddingModel('text-embedding-plover-v2')).toExtend<EmbeddingModel>()
  expectTypeOf(lmstudio.embeddingModel('text-embedding-plover-v2')).toExtend<EmbeddingModelOf7>()
})

test('the provider is a provider of both versions of the AI SDK', () => {
  expectTypeOf(lmstudio).toExtend<Provider>()
  expectTypeOf(lmstudio).toExtend<Parameters<typeof createRegistryOf7>[0][string]>()
})

test('a misspelled setting does not compile', () => {
  // @ts-expect-error -- the setting is reasoningEffort
  lmstudio('acme/tern-4b', { reasoningEfort: 'low' })
  // @ts-expect-error -- the setting is batchSize
  lmstudio.embeddingModel('text-embedding-plover-v2', { batchsize: 2 })
})

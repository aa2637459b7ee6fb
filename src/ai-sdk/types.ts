import type { EmbeddingModelV3, LanguageModelV3, ProviderV3 } from '@ai-sdk/provider'
import type { CompletionSettings } from '../completions/types.js'
import type { EmbeddingRequest } from '../embeddings/types.js'

/**
 * Settings of LM Studio that the AI SDK has no name for: as the second argument of `lmstudio(id, settings)` for every call
 * of the model, or as `providerOptions.lmstudio` for one call. Those of the call win.
 */
export type LMStudioModelSettings = Pick<
  CompletionSettings,
  'reasoningEffort' | 'minP' | 'repeatPenalty' | 'logitBias' | 'ttlSeconds' | 'draftModel' | 'extraBody'
>

/** Settings of an embedding model: as the second argument of `lmstudio.embeddingModel(id, settings)`, or per call. */
export type LMStudioEmbeddingSettings = Pick<EmbeddingRequest, 'batchSize' | 'concurrency'>

/** A provider for the AI SDK. Call it with the id of a model: `lmstudio('acme/tern-4b')`. */
export interface LMStudioAISDKProvider extends ProviderV3 {
  /**
   * Returns a language model. Nothing is sent.
   *
   * @throws `ConfigurationError` a setting is wrong or unknown
   */
  (modelId: string, settings?: LMStudioModelSettings): LanguageModelV3
  /** The same as calling the provider. */
  languageModel(modelId: string, settings?: LMStudioModelSettings): LanguageModelV3
  /**
   * Returns an embedding model. Nothing is sent.
   *
   * @throws `ConfigurationError` a setting is wrong or unknown
   */
  embeddingModel(modelId: string, settings?: LMStudioEmbeddingSettings): EmbeddingModelV3
  /** The older name of {@link LMStudioAISDKProvider.embeddingModel}. */
  textEmbeddingModel(modelId: string, settings?: LMStudioEmbeddingSettings): EmbeddingModelV3
  /** @throws `NoSuchModelError`: LM Studio has no image models */
  imageModel(modelId: string): never
}

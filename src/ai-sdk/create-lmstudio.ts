import { NoSuchModelError } from '@ai-sdk/provider'
import type { LMStudioOptions } from '../config/options.js'
import { createClient } from '../http/client.js'
import { createEmbeddingModel } from './embedding-model.js'
import { createLanguageModel } from './language-model.js'
import { checkEmbeddingSettings, checkModelSettings } from './settings.js'
import type { LMStudioAISDKProvider, LMStudioEmbeddingSettings, LMStudioModelSettings } from './types.js'

/**
 * Creates a provider for the AI SDK (`ai` 6 and 7). It has the options of the main entry, sends nothing until a model is
 * called, and does not search for a server: pass the endpoint of `discover()` for that.
 *
 * @throws `ConfigurationError` an option is wrong or unknown
 *
 * @example
 * ```ts
 * import { generateText } from 'ai'
 * import { createLMStudio } from 'lmstudio-provider/ai-sdk'
 *
 * const lmstudio = createLMStudio({ endpoint: 'http://192.168.1.20:1234' })
 * const { text } = await generateText({ model: lmstudio('acme/tern-4b'), prompt: 'Hello' })
 * ```
 */
export function createLMStudio(options?: LMStudioOptions): LMStudioAISDKProvider {
  const client = createClient(options)

  function languageModel(modelId: string, settings: LMStudioModelSettings = {}) {
    checkModelSettings(settings)
    return createLanguageModel(client, modelId, { ...settings })
  }

  function embeddingModel(modelId: string, settings: LMStudioEmbeddingSettings = {}) {
    checkEmbeddingSettings(settings)
    return createEmbeddingModel(client, modelId, { ...settings })
  }

  function imageModel(modelId: string): never {
    throw new NoSuchModelError({ modelId, modelType: 'imageModel' })
  }

  // The provider itself must be a function that does not share its properties with `languageModel`.
  const provider = (modelId: string, settings?: LMStudioModelSettings) => languageModel(modelId, settings)
  return Object.assign(provider, {
    specificationVersion: 'v3' as const,
    languageModel,
    embeddingModel,
    textEmbeddingModel: embeddingModel,
    imageModel,
  })
}

/** A provider for the LM Studio of this machine, http://127.0.0.1:1234. */
export const lmstudio: LMStudioAISDKProvider = /* @__PURE__ */ createLMStudio()

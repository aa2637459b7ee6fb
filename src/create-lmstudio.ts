import { assemble } from './assemble.js'
import { complete, stream } from './completions/complete.js'
import { completeText, streamCompleteText } from './completions/complete-text.js'
import type { LMStudioOptions } from './config/options.js'
import { decide } from './decisions/decide.js'
import { decideMany } from './decisions/decide-many.js'
import { healthCheck } from './diagnostics/health-check.js'
import { embed } from './embeddings/embed.js'
import { createClient } from './http/client.js'
import { downloadModel } from './models/download-model.js'
import { listModels, modelCapabilities, supportsModel } from './models/list-models.js'
import { loadModel } from './models/load-model.js'
import { pickModel } from './models/pick-model.js'
import { unloadModel } from './models/unload-model.js'
import { chat, streamChat } from './native-chat/chat.js'
import type { LMStudioProvider } from './provider.js'
import { respond, streamRespond } from './responses/respond.js'

/**
 * Creates a provider for one LM Studio (or any OpenAI-compatible) server. Nothing is sent until a method is called.
 *
 * @throws {@link ConfigurationError} an option is wrong or unknown
 *
 * @example
 * ```ts
 * const lmstudio = createLMStudio()
 * const response = await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello' })
 * ```
 */
export function createLMStudio(options?: LMStudioOptions): LMStudioProvider {
  const provider = assemble(createClient(options), {
    listModels,
    supportsModel,
    modelCapabilities,
    pickModel,
    complete,
    stream,
    completeText,
    streamCompleteText,
    respond,
    streamRespond,
    chat,
    streamChat,
    embed,
    decide,
    decideMany,
    loadModel,
    unloadModel,
    downloadModel,
    healthCheck,
  })
  // In two steps: with an expected type, TypeScript drops the type parameters of generic verbs.
  return provider
}

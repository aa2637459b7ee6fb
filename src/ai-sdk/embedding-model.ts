import type { EmbeddingModelV3 } from '@ai-sdk/provider'
import { ROUTES } from '../config/routes.js'
import { embed } from '../embeddings/embed.js'
import type { Client } from '../http/types.js'
import { withSDKErrors } from './errors.js'
import { toCallOptions } from './request.js'
import { checkEmbeddingSettings, settingsOfCall } from './settings.js'
import type { LMStudioEmbeddingSettings } from './types.js'

/** Creates an embedding model over a client. */
export function createEmbeddingModel(
  client: Client,
  modelId: string,
  settings: LMStudioEmbeddingSettings,
): EmbeddingModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'lmstudio.embedding',
    modelId,
    // `embed` makes the batches itself, and limits how many run at once.
    maxEmbeddingsPerCall: Infinity,
    supportsParallelCalls: true,

    doEmbed: (call) =>
      withSDKErrors({ client, route: ROUTES.embeddings, modelId, signal: call.abortSignal }, async () => {
        const { values, providerOptions } = call
        const { batchSize, concurrency } = settingsOfCall(settings, providerOptions, checkEmbeddingSettings)
        if (values.length === 0) return { embeddings: [], usage: { tokens: 0 }, warnings: [] }
        const request = { model: modelId, input: values, batchSize, concurrency }
        const { embeddings, usage, raw } = await embed(client, request, toCallOptions(call))
        const tokens = usage.inputTokens ?? usage.totalTokens
        return {
          embeddings,
          ...(tokens === undefined ? {} : { usage: { tokens } }),
          response: { body: raw },
          warnings: [],
        }
      }),
  }
}

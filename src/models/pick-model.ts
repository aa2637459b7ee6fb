import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { hintFor } from '../errors/error-codes.js'
import { ModelNotFoundError } from '../errors/errors.js'
import { withoutSecrets } from '../http/foreign-text.js'
import { runVerb } from '../http/client.js'
import type { Client } from '../http/types.js'
import { once } from '../utils/once.js'
import { type EntriesOf, flag, oneOf, whole } from '../validation/schema.js'
import { readRequest, validateRequest } from '../validation/validate.js'
import { listNames } from './missing-model.js'
import { modelCatalog } from './model-catalog.js'
import type { ModelInfo, PickModelRequest } from './types.js'

const requestSchema = /* @__PURE__ */ once(() =>
  v.strictObject({
    type: v.optional(oneOf(['llm', 'vlm', 'embedding', 'decision', 'unknown'])),
    vision: flag(),
    toolUse: flag(),
    reasoning: flag(),
    decisions: flag(),
    minContextLength: whole(1),
  } satisfies EntriesOf<PickModelRequest>),
)

/** Chooses a model: see {@link LMStudioProvider.pickModel}. */
export function pickModel(
  client: Client,
  request: PickModelRequest = {},
  options: CallOptions = {},
): Promise<ModelInfo> {
  return runVerb(pickModel, client, () => {
    checkCallOptions(options)
    const needs = readRequest(request)
    validateRequest(requestSchema(), needs)
    return chooseModel(client, needs, options)
  })
}

/** Returns the id of the model for a request that names none: that of the option `model`, else one that fits. */
export async function defaultModel(
  client: Client,
  needs: PickModelRequest,
  options: CallOptions | undefined,
): Promise<string> {
  // A time limit of a generation is not one of the list.
  return client.config.model ?? (await chooseModel(client, needs, { ...options, timeout: undefined })).id
}

async function chooseModel(client: Client, needs: PickModelRequest, options: CallOptions): Promise<ModelInfo> {
  let candidates: readonly ModelInfo[] = []
  const found = await modelCatalog(client).search((models) => {
    const fitting = models.filter((model) => fitsRequest(model, needs))
    const loaded = fitting.find(({ state }) => state === 'loaded')
    // Some servers list a model twice.
    candidates = [...new Map(fitting.map((model) => [model.id, model])).values()]
    return loaded ?? (candidates.length === 1 ? candidates[0] : undefined)
  }, options)
  if (found !== undefined) return found
  const ids = candidates.map(({ id }) => id)
  const { config } = client
  const message =
    ids.length === 0
      ? `The server at ${config.endpoint} has no model that fits the request, and the request names none.`
      : `The request names no model, and several fit: ${listNames(config, ids)}.`
  throw new ModelNotFoundError(message, {
    code: 'model-required',
    hint: ids.length === 0 ? hintFor('no-models', 'model-required') : undefined,
    endpoint: config.endpoint,
    availableModels: withoutSecrets(config, ids),
  })
}

// For models whose type the list lacks.
const EMBEDDING_NAME = /(^|[^a-z])(embed|embedding|bge|gte|e5|minilm|mxbai)([^a-z]|$)/i
// Models for speech, for images and for ranking.
const OTHER_NAME = /(^|[^a-z])(whisper|(oute)?tts|stable[-_ ]?diffusion|sdxl|flux|rerank(er)?)([^a-z]|$)/i

/** Whether a model can serve a request. What the server does not report counts as fitting. */
export function fitsRequest(model: ModelInfo, needs: PickModelRequest): boolean {
  const { capabilities, contextLength, maxContextLength, state } = model
  const { vision, toolUse, reasoning, minContextLength } = needs
  if (!hasUse(model, needs)) return false
  if (vision === true && capabilities.vision === false) return false
  if (toolUse === true && capabilities.toolUse === false) return false
  if (reasoning === true && capabilities.reasoning === undefined) return false
  const length = state === 'loaded' ? (contextLength ?? maxContextLength) : maxContextLength
  return minContextLength === undefined || length === undefined || length >= minContextLength
}

function hasUse({ id, type, capabilities }: ModelInfo, needs: PickModelRequest): boolean {
  const { chat, embeddings, decisions } = capabilities
  if (needs.decisions === true || needs.type === 'decision') return decisions ?? false
  if (needs.type === 'embedding') return embeddings ?? (EMBEDDING_NAME.test(id) && !OTHER_NAME.test(id))
  if (needs.type === 'vlm') return type === 'vlm'
  if (needs.type === 'unknown') return type === 'unknown'
  return chat ?? !(EMBEDDING_NAME.test(id) || OTHER_NAME.test(id))
}

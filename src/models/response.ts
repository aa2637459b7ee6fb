import * as v from 'valibot'
import { compact } from '../utils/json.js'
import { once } from '../utils/once.js'
import { count, text } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'
import type { ModelCapabilities, ModelInfo, ModelsAPI, ModelType } from './types.js'

/** Body of `GET /api/v1/models` (LM Studio 0.4.0). */
const modelsV1Schema = /* @__PURE__ */ once(() =>
  v.looseObject({
    models: v.array(
      v.looseObject({
        key: v.string(),
        type: v.string(),
        publisher: text,
        display_name: text,
        architecture: text,
        quantization: v.nullish(v.looseObject({ name: text })),
        size_bytes: count,
        params_string: text,
        loaded_instances: v.nullish(
          v.array(v.looseObject({ id: v.string(), config: v.nullish(v.looseObject({ context_length: count })) })),
        ),
        max_context_length: count,
        format: text,
        capabilities: v.nullish(
          v.looseObject({
            vision: v.nullish(v.boolean()),
            trained_for_tool_use: v.nullish(v.boolean()),
            reasoning: v.nullish(v.looseObject({ allowed_options: v.nullish(v.array(v.string())), default: text })),
          }),
        ),
        variants: v.nullish(v.array(v.string())),
      }),
    ),
  }),
)

/** Body of `GET /api/v0/models` (LM Studio 0.3.6). */
const modelsV0Schema = /* @__PURE__ */ once(() =>
  v.looseObject({
    data: v.array(
      v.looseObject({
        id: v.string(),
        type: v.string(),
        publisher: text,
        arch: text,
        compatibility_type: text,
        quantization: text,
        state: text,
        max_context_length: count,
        loaded_context_length: count,
        capabilities: v.nullish(v.array(v.string())),
      }),
    ),
  }),
)

/** Body of `GET /v1/models`, of LM Studio or any other OpenAI-compatible server. */
const modelsOpenAISchema = /* @__PURE__ */ once(() =>
  v.looseObject({ data: v.array(v.looseObject({ id: v.string() })) }),
)

type WireModelV1 = v.InferOutput<ReturnType<typeof modelsV1Schema>>['models'][number]
type WireModelV0 = v.InferOutput<ReturnType<typeof modelsV0Schema>>['data'][number]
type WireModelOpenAI = v.InferOutput<ReturnType<typeof modelsOpenAISchema>>['data'][number]

/** The models of a server. */
export interface ModelList {
  /** Which of the server's lists they come from. */
  readonly api: ModelsAPI
  readonly models: readonly ModelInfo[]
  /** The response as received. */
  readonly body: unknown
}

const READERS: Readonly<Record<ModelsAPI, (body: unknown) => ModelInfo[]>> = {
  v1: (body) => parseResponse(modelsV1Schema(), body, 'The list of models').models.map(fromV1),
  v0: (body) => parseResponse(modelsV0Schema(), body, 'The list of models').data.map(fromV0),
  openai: (body) => parseResponse(modelsOpenAISchema(), body, 'The list of models').data.map(fromOpenAI),
}

/**
 * Reads a list of models.
 *
 * @throws {@link InvalidResponseError} the body does not have the shape of this list
 */
export function readModelList(api: ModelsAPI, body: unknown): ModelList {
  return { api, models: READERS[api](body), body }
}

export const isModelsAPI = (value: unknown): value is ModelsAPI =>
  typeof value === 'string' && Object.hasOwn(READERS, value)

function fromV1(model: WireModelV1): ModelInfo {
  const { capabilities } = model
  const type = toModelType(model.type, capabilities?.vision === true)
  const instances = (model.loaded_instances ?? []).map(({ id, config }) => ({
    id,
    contextLength: config?.context_length ?? undefined,
    config: config ?? {},
  }))
  const contextLength = instances[0]?.contextLength
  const maxContextLength = model.max_context_length ?? undefined
  const reasoning = capabilities?.reasoning
  return compact({
    id: model.key,
    type,
    displayName: model.display_name ?? undefined,
    publisher: model.publisher ?? undefined,
    architecture: model.architecture ?? undefined,
    quantization: model.quantization?.name ?? undefined,
    sizeBytes: model.size_bytes ?? undefined,
    parameters: model.params_string ?? undefined,
    format: model.format ?? undefined,
    state:
      instances.length > 0
        ? ('loaded' as const)
        : model.loaded_instances
          ? ('not-loaded' as const)
          : ('unknown' as const),
    instances,
    contextLength,
    maxContextLength,
    capabilities: toCapabilities(type, {
      vision: capabilities?.vision ?? undefined,
      toolUse: capabilities?.trained_for_tool_use ?? undefined,
      reasoning: reasoning
        ? { options: reasoning.allowed_options ?? [], default: reasoning.default ?? undefined }
        : undefined,
      maxContextLength,
      contextLength,
    }),
    variants: model.variants ?? undefined,
    raw: model,
  })
}

function fromV0(model: WireModelV0): ModelInfo {
  const type = toModelType(model.type, false)
  const contextLength = model.loaded_context_length ?? undefined
  const maxContextLength = model.max_context_length ?? undefined
  const isLoaded = model.state === 'loaded'
  return compact({
    id: model.id,
    type,
    publisher: model.publisher ?? undefined,
    architecture: model.arch ?? undefined,
    quantization: model.quantization ?? undefined,
    format: model.compatibility_type ?? undefined,
    state: isLoaded ? ('loaded' as const) : model.state ? ('not-loaded' as const) : ('unknown' as const),
    // This list has no instances; a loaded model responds under its own id.
    instances: isLoaded ? [{ id: model.id, contextLength, config: {} }] : [],
    contextLength,
    maxContextLength,
    capabilities: toCapabilities(type, {
      vision: type === 'llm' ? false : undefined,
      toolUse: model.capabilities ? model.capabilities.includes('tool_use') : undefined,
      maxContextLength,
      contextLength,
    }),
    raw: model,
  })
}

function fromOpenAI(model: WireModelOpenAI): ModelInfo {
  return {
    id: model.id,
    type: 'unknown',
    state: 'unknown',
    instances: [],
    // This list does not say what a model is for.
    capabilities: {
      chat: undefined,
      embeddings: undefined,
      decisions: undefined,
      vision: undefined,
      toolUse: undefined,
      reasoning: undefined,
      structuredOutput: undefined,
      maxContextLength: undefined,
      contextLength: undefined,
    },
    raw: model,
  }
}

function toModelType(type: string, hasVision: boolean): ModelType {
  if (type === 'vlm' || (type === 'llm' && hasVision)) return 'vlm'
  // `embeddings` in v0, `embedding` in v1.
  if (type === 'llm') return 'llm'
  return type.startsWith('embedding') ? 'embedding' : type.startsWith('decision') ? 'decision' : 'unknown'
}

/**
 * Adds what follows from the type to what the server reports. A model of a type that is not known is not offered for chat;
 * it is something new (docs/http-api.md 15).
 */
function toCapabilities(type: ModelType, reported: Partial<ModelCapabilities>): ModelCapabilities {
  const isChat = type === 'llm' || type === 'vlm'
  return {
    chat: isChat,
    embeddings: type === 'unknown' ? undefined : type === 'embedding',
    decisions: type === 'unknown' ? undefined : type === 'decision',
    vision: type === 'vlm' ? true : isChat ? reported.vision : false,
    toolUse: isChat ? reported.toolUse : false,
    reasoning: reported.reasoning,
    // LM Studio constrains the output itself, so this works with every chat model.
    structuredOutput: isChat,
    maxContextLength: reported.maxContextLength,
    contextLength: reported.contextLength,
  }
}

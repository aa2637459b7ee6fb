import type { ModelCapabilities, ModelInfo, ModelType } from '../types/models.js'
import { compact } from '../utils/json.js'
import type { WireModelOpenAI, WireModelV0, WireModelV1 } from '../wire/types.js'

type Nullish<T> = T | null | undefined

const known = <T>(value: Nullish<T>): T | undefined => value ?? undefined

function toType(type: string, hasVision: Nullish<boolean>): ModelType {
  if (type === 'vlm' || (type === 'llm' && hasVision === true)) return 'vlm'
  // `embeddings` in v0, `embedding` in v1.
  return type === 'llm' ? 'llm' : type.startsWith('embedding') ? 'embedding' : 'unknown'
}

function toCapabilities(type: ModelType, known: Partial<ModelCapabilities>): ModelCapabilities {
  const isChat = type === 'unknown' ? undefined : type !== 'embedding'
  return {
    chat: isChat,
    embeddings: isChat === undefined ? undefined : !isChat,
    vision: type === 'vlm' ? true : isChat === false ? false : known.vision,
    toolUse: isChat === false ? false : known.toolUse,
    reasoning: known.reasoning,
    // LM Studio constrains decoding itself, so every model that chats can.
    structuredOutput: isChat,
    maxContextLength: known.maxContextLength,
    contextLength: known.contextLength,
  }
}

/** An entry of `GET /api/v1/models`. */
export function fromV1(model: WireModelV1): ModelInfo {
  const { capabilities } = model
  const type = toType(model.type, capabilities?.vision)
  const instances = (model.loaded_instances ?? []).map(({ id, config }) => ({
    id,
    contextLength: known(config?.context_length),
    config: config ?? {},
  }))
  const contextLength = instances[0]?.contextLength
  const maxContextLength = known(model.max_context_length)
  const reasoning = capabilities?.reasoning
  return compact({
    id: model.key,
    type,
    displayName: known(model.display_name),
    publisher: known(model.publisher),
    architecture: known(model.architecture),
    quantization: known(model.quantization?.name),
    sizeBytes: known(model.size_bytes),
    parameters: known(model.params_string),
    format: known(model.format),
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
      vision: known(capabilities?.vision),
      toolUse: known(capabilities?.trained_for_tool_use),
      reasoning: reasoning
        ? { options: reasoning.allowed_options ?? [], default: known(reasoning.default) }
        : undefined,
      maxContextLength,
      contextLength,
    }),
    variants: known(model.variants),
    raw: model,
  })
}

/** An entry of `GET /api/v0/models`. */
export function fromV0(model: WireModelV0): ModelInfo {
  const type = toType(model.type, undefined)
  const contextLength = known(model.loaded_context_length)
  const maxContextLength = known(model.max_context_length)
  const isLoaded = model.state === 'loaded'
  return compact({
    id: model.id,
    type,
    publisher: known(model.publisher),
    architecture: known(model.arch),
    quantization: known(model.quantization),
    format: known(model.compatibility_type),
    state: isLoaded ? ('loaded' as const) : model.state ? ('not-loaded' as const) : ('unknown' as const),
    // v0 has no instances; a loaded model answers under its own id.
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

/** An entry of `GET /v1/models`, which says nothing but the id. */
export function fromOpenAI(model: WireModelOpenAI): ModelInfo {
  return {
    id: model.id,
    type: 'unknown',
    state: 'unknown',
    instances: [],
    capabilities: toCapabilities('unknown', {}),
    raw: model,
  }
}

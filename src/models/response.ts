import * as v from 'valibot'
import { compact } from '../utils/json.js'
import { type Nullish, count, text } from '../validation/schema.js'
import type { ModelCapabilities, ModelInfo, ModelType } from './types.js'

const modelV1Schema: v.GenericSchema<unknown, WireModelV1> = v.looseObject({
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
})

const modelV0Schema: v.GenericSchema<unknown, WireModelV0> = v.looseObject({
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
})

const modelOpenAISchema: v.GenericSchema<unknown, WireModelOpenAI> = v.looseObject({ id: v.string() })

export const modelsV1Schema: v.GenericSchema<unknown, { models: WireModelV1[] }> = v.looseObject({
  models: v.array(modelV1Schema),
})
export const modelsV0Schema: v.GenericSchema<unknown, { data: WireModelV0[] }> = v.looseObject({
  data: v.array(modelV0Schema),
})
export const modelsOpenAISchema: v.GenericSchema<unknown, { data: WireModelOpenAI[] }> = v.looseObject({
  data: v.array(modelOpenAISchema),
})

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

/** An entry of `GET /api/v1/models` (0.4.0+). */
export interface WireModelV1 {
  readonly key: string
  readonly type: string
  readonly publisher?: Nullish<string>
  readonly display_name?: Nullish<string>
  readonly architecture?: Nullish<string>
  readonly quantization?: Nullish<{ readonly name?: Nullish<string> }>
  readonly size_bytes?: Nullish<number>
  readonly params_string?: Nullish<string>
  readonly loaded_instances?: Nullish<
    readonly {
      readonly id: string
      readonly config?: Nullish<{ readonly context_length?: Nullish<number>; readonly [key: string]: unknown }>
    }[]
  >
  readonly max_context_length?: Nullish<number>
  readonly format?: Nullish<string>
  readonly capabilities?: Nullish<{
    readonly vision?: Nullish<boolean>
    readonly trained_for_tool_use?: Nullish<boolean>
    readonly reasoning?: Nullish<{
      readonly allowed_options?: Nullish<readonly string[]>
      readonly default?: Nullish<string>
    }>
  }>
  readonly variants?: Nullish<readonly string[]>
}

/** An entry of `GET /api/v0/models` (0.3.6+). */
export interface WireModelV0 {
  readonly id: string
  readonly type: string
  readonly publisher?: Nullish<string>
  readonly arch?: Nullish<string>
  readonly compatibility_type?: Nullish<string>
  readonly quantization?: Nullish<string>
  readonly state?: Nullish<string>
  readonly max_context_length?: Nullish<number>
  readonly loaded_context_length?: Nullish<number>
  readonly capabilities?: Nullish<readonly string[]>
}

/** An entry of `GET /v1/models`, of LM Studio or of anything else that speaks OpenAI's. */
export interface WireModelOpenAI {
  readonly id: string
}

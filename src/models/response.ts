import * as v from 'valibot'
import { hasFailedStatus } from '../http/failure-body.js'
import { compact, isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import {
  isCount,
  tolerant,
  optionalCount,
  optionalFlag,
  tolerantList,
  optionalText,
  name,
} from '../validation/schema.js'
import { unexpectedShape } from '../validation/validate.js'
import type { ModelCapabilities, ModelInfo, ModelsAPI, ModelType } from './types.js'

// Only the id of a model is required: a field of an unexpected type counts as missing.

/** Entry of `models` in `GET /api/v1/models` (LM Studio 0.4.0). */
const modelV1Schema = /* @__PURE__ */ once(() =>
  v.looseObject({
    key: name,
    type: optionalText,
    publisher: optionalText,
    display_name: optionalText,
    architecture: optionalText,
    quantization: tolerant(v.looseObject({ name: optionalText })),
    size_bytes: optionalCount,
    params_string: optionalText,
    loaded_instances: tolerantList(v.looseObject({ id: name, config: tolerant(v.custom<JSONObject>(isObject)) })),
    max_context_length: optionalCount,
    format: optionalText,
    capabilities: tolerant(
      v.looseObject({
        vision: optionalFlag,
        trained_for_tool_use: optionalFlag,
        reasoning: tolerant(v.looseObject({ allowed_options: tolerantList(v.string()), default: optionalText })),
      }),
    ),
    variants: tolerantList(v.string()),
  }),
)

/** Entry of `data` in `GET /api/v0/models` (LM Studio 0.3.6). */
const modelV0Schema = /* @__PURE__ */ once(() =>
  v.looseObject({
    id: name,
    type: optionalText,
    publisher: optionalText,
    arch: optionalText,
    compatibility_type: optionalText,
    quantization: optionalText,
    state: optionalText,
    max_context_length: optionalCount,
    loaded_context_length: optionalCount,
    capabilities: tolerantList(v.string()),
  }),
)

/** Entry of `data` in `GET /v1/models`, with the context lengths that other servers add to OpenAI's fields. */
const modelOpenAISchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    id: name,
    // vLLM and SGLang: the length with which the model is served.
    max_model_len: optionalCount,
    // llama.cpp: the length of the training, and that of the server.
    meta: tolerant(v.looseObject({ n_ctx_train: optionalCount, n_ctx: optionalCount })),
    // Mistral, OpenRouter, Groq.
    max_context_length: optionalCount,
    context_length: optionalCount,
    context_window: optionalCount,
  }),
)

type WireModelV1 = v.InferOutput<ReturnType<typeof modelV1Schema>>
type WireModelV0 = v.InferOutput<ReturnType<typeof modelV0Schema>>
type WireModelOpenAI = v.InferOutput<ReturnType<typeof modelOpenAISchema>>

/** The models of a server. */
export interface ModelList {
  /** Which of the server's lists they come from. */
  readonly api: ModelsAPI
  readonly models: readonly ModelInfo[]
  /** The response as received. */
  readonly body: unknown
}

/** How one list is read. */
interface ListReader {
  /** Returns the entries; `undefined` for a body that is not this list. */
  entriesOf(body: JSONObject): readonly unknown[] | undefined
  /** Returns the model of an entry; `undefined` for one without an id. */
  read(entry: unknown): ModelInfo | undefined
}

function readerOf<S extends v.GenericSchema>(
  entriesOf: ListReader['entriesOf'],
  schema: () => S,
  map: (model: v.InferOutput<S>, raw: unknown) => ModelInfo,
): ListReader {
  return {
    entriesOf,
    read(entry) {
      const parsed = v.safeParse(schema(), entry)
      return parsed.success ? map(parsed.output, entry) : undefined
    },
  }
}

const READERS = /* @__PURE__ */ once((): Readonly<Record<ModelsAPI, ListReader>> => ({
  v1: readerOf(v1Entries, modelV1Schema, fromV1),
  v0: readerOf(({ data }) => v0Entries(toList(data)), modelV0Schema, fromV0),
  openai: readerOf(openAIEntries, modelOpenAISchema, fromOpenAI),
}))

const LIST_PATHS = { v1: '/api/v1/models', v0: '/api/v0/models', openai: '/v1/models' } as const

/**
 * Reads a list of models. Entries that cannot be read are left out.
 *
 * @throws {@link InvalidResponseError} the body is not this list, or none of its entries can be read
 */
export function readModelList(api: ModelsAPI, body: unknown): ModelList {
  const { entriesOf, read } = READERS()[api]
  const what = `The list of models (${LIST_PATHS[api]})`
  // Together's list is not wrapped in an object.
  const isBareList = Array.isArray(body) && body.length > 0
  const entries = entriesOf(isBareList ? { data: body as unknown[] } : isObject(body) ? body : {})
  if (entries === undefined) throw unexpectedShape(what, '')
  const models = entries.map(read).filter((model) => model !== undefined)
  if (models.length === 0 && entries.length > 0) throw unexpectedShape(what, api === 'v1' ? 'models.key' : 'data.id')
  return { api, models, body }
}

export const isModelsAPI = (value: unknown): value is ModelsAPI =>
  value === 'v1' || value === 'v0' || value === 'openai'

const toList = (list: unknown): readonly unknown[] | undefined =>
  Array.isArray(list) ? (list as unknown[]) : undefined

/** Returns the entries; null is how Go writes an empty list. */
const v1Entries = (body: JSONObject): readonly unknown[] | undefined =>
  body.models === null && !hasFailedStatus(body) ? [] : toList(body.models)

const V0_FIELDS = ['type', 'state', 'arch', 'compatibility_type', 'max_context_length', 'quantization']

/** Returns the entries, unless they are those of another server's list: OpenAI's fields alone are not this list. */
const v0Entries = (entries: readonly unknown[] | undefined): readonly unknown[] | undefined =>
  entries?.every((entry) => isObject(entry) && !V0_FIELDS.some((field) => field in entry)) === true &&
  entries.length > 0
    ? undefined
    : entries

/** Returns the entries of `data`, else those of `models`, which llama.cpp adds in Ollama's form. */
function openAIEntries(body: JSONObject): readonly unknown[] | undefined {
  const { data, models } = body
  if (Array.isArray(data) && data.length > 0) return data.map(withId)
  if (Array.isArray(models)) {
    return models.map((model: unknown) => withId(isObject(model) ? { ...model, id: undefined } : model))
  }
  // Ollama sends null before its first model.
  return data === null && !hasFailedStatus(body) ? [] : toList(data)
}

/** Returns an entry with an id: some servers list names, or objects with another field for it. */
function withId(entry: unknown): unknown {
  if (typeof entry === 'string') return { id: entry }
  return isObject(entry) && (entry.id ?? undefined) === undefined ? { ...entry, id: entry.model ?? entry.name } : entry
}

function fromV1(model: WireModelV1, raw: unknown): ModelInfo {
  const { capabilities } = model
  const type = toModelType(model.type, capabilities?.vision === true)
  const listed = model.loaded_instances
  const instances = compactList(listed).map(({ id, config = {} }) => ({
    id,
    contextLength: isCount(config.context_length) ? config.context_length : undefined,
    config,
  }))
  const contextLength = instances[0]?.contextLength
  const maxContextLength = model.max_context_length
  const reasoning = capabilities?.reasoning
  return compact({
    id: model.key,
    type,
    displayName: model.display_name,
    publisher: model.publisher,
    architecture: model.architecture,
    quantization: model.quantization?.name,
    sizeBytes: model.size_bytes,
    parameters: model.params_string,
    format: model.format,
    state:
      instances.length > 0
        ? ('loaded' as const)
        : listed?.length === 0
          ? ('not-loaded' as const)
          : ('unknown' as const),
    instances,
    contextLength,
    maxContextLength,
    capabilities: toCapabilities(model.type === undefined ? undefined : type, {
      vision: capabilities?.vision,
      toolUse: capabilities?.trained_for_tool_use,
      reasoning: reasoning && { options: compactList(reasoning.allowed_options), default: reasoning.default },
      maxContextLength,
      contextLength,
    }),
    variants: model.variants && compactList(model.variants),
    raw,
  })
}

function fromV0(model: WireModelV0, raw: unknown): ModelInfo {
  const type = toModelType(model.type, false)
  const contextLength = model.loaded_context_length
  const maxContextLength = model.max_context_length
  const isLoaded = model.state === 'loaded'
  return compact({
    id: model.id,
    type,
    publisher: model.publisher,
    architecture: model.arch,
    quantization: model.quantization,
    format: model.compatibility_type,
    state: isLoaded ? ('loaded' as const) : model.state ? ('not-loaded' as const) : ('unknown' as const),
    // This list has no instances; a loaded model responds under its own id.
    instances: isLoaded ? [{ id: model.id, contextLength, config: {} }] : [],
    contextLength,
    maxContextLength,
    capabilities: toCapabilities(model.type === undefined ? undefined : type, {
      vision: type === 'llm' ? false : undefined,
      toolUse: model.capabilities && model.capabilities.includes('tool_use'),
      maxContextLength,
      contextLength,
    }),
    raw,
  })
}

function fromOpenAI(model: WireModelOpenAI, raw: unknown): ModelInfo {
  const { max_model_len: served, meta } = model
  const contextLength = served ?? meta?.n_ctx
  const maxContextLength =
    served ?? meta?.n_ctx_train ?? model.max_context_length ?? model.context_length ?? model.context_window
  return compact({
    id: model.id,
    type: 'unknown' as const,
    state: 'unknown' as const,
    instances: [],
    contextLength,
    maxContextLength,
    // This list does not contain the type of a model.
    capabilities: toCapabilities(undefined, { contextLength, maxContextLength }),
    raw,
  })
}

const compactList = <T>(list: readonly (T | undefined)[] = []): T[] => list.filter((entry) => entry !== undefined)

function toModelType(type: string | undefined, hasVision: boolean): ModelType {
  if (type === 'vlm' || (type === 'llm' && hasVision)) return 'vlm'
  // `embeddings` in v0, `embedding` in v1.
  if (type === 'llm') return 'llm'
  return type?.startsWith('embedding') ? 'embedding' : type?.startsWith('decision') ? 'decision' : 'unknown'
}

/**
 * Adds what follows from the type to what the server reports. A model of a type that is not known is not offered for chat;
 * it is something new (docs/http-api.md 15).
 *
 * @param type - `undefined` where the server names none
 */
function toCapabilities(type: ModelType | undefined, reported: Partial<ModelCapabilities>): ModelCapabilities {
  const isChat = type && (type === 'llm' || type === 'vlm')
  const isKnown = type !== undefined && type !== 'unknown'
  return {
    chat: isChat,
    embeddings: isKnown ? type === 'embedding' : undefined,
    decisions: isKnown ? type === 'decision' : undefined,
    vision: type === 'vlm' ? true : isChat === false ? false : reported.vision,
    toolUse: isChat === false ? false : reported.toolUse,
    reasoning: reported.reasoning,
    // LM Studio constrains the output itself, so this works with every chat model.
    structuredOutput: isChat,
    maxContextLength: reported.maxContextLength,
    contextLength: reported.contextLength,
  }
}

import * as v from 'valibot'
import { defaultCache, noCache } from '../cache/adapters.js'
import { createCachedValue } from '../cache/cached-value.js'
import type { CallOptions } from '../config/options.js'
import { checkListOptions } from '../config/resolve-config.js'
import type { Client } from '../http/types.js'
import { oneOf } from '../validation/schema.js'
import { type ModelList, fetchModels } from './fetch-models.js'
import type { ModelCapabilities, ModelInfo } from './types.js'

const text = v.optional(v.string())
const count = v.optional(v.number())
const flag = v.optional(v.boolean())

// A cache is outside our hands: what comes back is checked as strictly as what a caller may rely on.
const modelSchema = v.looseObject({
  id: v.string(),
  type: oneOf(['llm', 'vlm', 'embedding', 'unknown']),
  displayName: text,
  publisher: text,
  architecture: text,
  quantization: text,
  sizeBytes: count,
  parameters: text,
  format: text,
  state: oneOf(['loaded', 'not-loaded', 'unknown']),
  instances: v.array(v.looseObject({ id: v.string(), contextLength: count, config: v.looseObject({}) })),
  contextLength: count,
  maxContextLength: count,
  capabilities: v.looseObject({
    chat: flag,
    embeddings: flag,
    vision: flag,
    toolUse: flag,
    reasoning: v.optional(v.looseObject({ options: v.array(v.string()), default: text })),
    structuredOutput: flag,
    maxContextLength: count,
    contextLength: count,
  }),
  variants: v.optional(v.array(v.string())),
})

const listSchema = v.looseObject({
  api: oneOf(['v1', 'v0', 'openai']),
  models: v.array(modelSchema),
}) as unknown as v.GenericSchema<unknown, ModelList>

type ListOptions = CallOptions & { readonly refresh?: boolean | undefined }

/** The models of a server, kept for a while. */
export interface ModelCatalog {
  list(options?: ListOptions): Promise<ModelList>
  /** From the cache, then from one refresh; `undefined` when the server does not have it. */
  find(model: string, options?: CallOptions): Promise<ModelInfo | undefined>
  capabilities(model: string, options?: CallOptions): Promise<ModelCapabilities | undefined>
  /** To be called when what is loaded or downloaded has changed. */
  invalidate(): Promise<void>
}

const catalogs = new WeakMap<Client, ModelCatalog>()

/** The catalog of a client, created at the first use, so that everything that needs models shares one cache. */
export function modelCatalog(client: Client): ModelCatalog {
  const catalog = catalogs.get(client) ?? createModelCatalog(client)
  catalogs.set(client, catalog)
  return catalog
}

export function createModelCatalog(client: Client): ModelCatalog {
  const { config } = client
  const cached = createCachedValue<ModelList>({
    cache: config.cache === false ? noCache() : (config.cache ?? defaultCache()),
    // No token: it would be a secret in a place that outlives the page.
    key: `lmstudio-provider:models:${config.endpoint}`,
    ttl: config.cacheTtl,
    schema: listSchema,
    log: config.log,
  })

  function get(listOptions: ListOptions = {}): ReturnType<typeof cached.get> {
    checkListOptions(listOptions)
    const { refresh = false, ...options } = listOptions
    const { signal, ...limits } = options
    const load = (shared: AbortSignal | undefined): Promise<ModelList> =>
      fetchModels(client, { ...limits, signal: shared })
    // Headers can choose another machine behind a gateway: its list is neither kept nor taken for that of this one.
    if (limits.headers !== undefined) return load(signal).then((value) => ({ value, isKept: false }))
    // Nobody is held to another caller's limits: only those who want the same way share a request.
    return cached.get(load, signal, refresh, JSON.stringify([limits.timeout, limits.maxRetries]))
  }

  async function find(model: string, options?: CallOptions): Promise<ModelInfo | undefined> {
    const search = ({ models }: ModelList): ModelInfo | undefined => models.find((info) => isModel(info, model))
    const first = await get(options)
    const found = search(first.value)
    // What was just read need not be read again.
    return found !== undefined || !first.isKept ? found : search((await get({ ...options, refresh: true })).value)
  }

  return {
    list: async (options) => (await get(options)).value,
    find,
    async capabilities(model, options) {
      const info = await find(model, options)
      // Each copy has a context of its own.
      const instance = info?.instances.find(({ id }) => id === model)
      return instance === undefined
        ? info?.capabilities
        : { ...info!.capabilities, contextLength: instance.contextLength }
    },
    invalidate: cached.invalidate,
  }
}

/** Whether a name that may be sent as `model` means this one. */
export const isModel = ({ id, instances, variants }: ModelInfo, model: string): boolean =>
  id === model || instances.some((instance) => instance.id === model) || variants?.includes(model) === true

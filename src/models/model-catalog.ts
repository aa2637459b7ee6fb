import { defaultCache, noCache } from '../cache/adapters.js'
import { createCachedValue } from '../cache/cached-value.js'
import { USUAL_BASE_PATH } from '../config/base-paths.js'
import type { CallOptions, ListOptions } from '../config/options.js'
import { checkListOptions } from '../config/resolve-config.js'
import type { Client } from '../http/types.js'
import { isObject } from '../utils/json.js'
import { fetchModels } from './fetch-models.js'
import { type ModelList, isModelsAPI, readModelList } from './response.js'
import type { ModelCapabilities, ModelInfo } from './types.js'

/** The models of one server, cached for `cacheTtl`. */
export interface ModelCatalog {
  list(options?: ListOptions): Promise<ModelList>
  /** Selects from the cached list, and once more from a fresh one if that gave `undefined`. */
  search<T>(select: (models: readonly ModelInfo[]) => T | undefined, options?: CallOptions): Promise<T | undefined>
  /** Looks in the cache, then refreshes it once. Resolves to `undefined` if the server does not have the model. */
  find(model: string, options?: CallOptions): Promise<ModelInfo | undefined>
  capabilities(model: string, options?: CallOptions): Promise<ModelCapabilities | undefined>
  /** Deletes the cached list. Call this after loading, unloading or downloading a model. */
  invalidate(): Promise<void>
}

const catalogs = /* @__PURE__ */ new WeakMap<Client, ModelCatalog>()

/** Returns the catalog of a client. It is created on first use, so that every verb of a client shares one cache. */
export function modelCatalog(client: Client): ModelCatalog {
  const catalog = catalogs.get(client) ?? createModelCatalog(client)
  catalogs.set(client, catalog)
  return catalog
}

export function createModelCatalog(client: Client): ModelCatalog {
  const { config } = client
  const [basePath] = config.basePaths
  const cached = createCachedValue<ModelList>({
    cache: config.cache === false ? noCache() : (config.cache ?? defaultCache()),
    // Without the token: a cache outlives the page and is not a place for secrets.
    key: `lmstudio-provider:models:${config.endpoint}${basePath === USUAL_BASE_PATH ? '' : basePath}`,
    ttl: config.cacheTtl,
    // The response itself is stored, so that an entry is checked by the same schemas as a response.
    toStored: ({ api, body }) => ({ api, body }),
    fromStored(data) {
      if (!isObject(data)) throw new TypeError('Expected an object.')
      const { api, body } = data
      if (!isModelsAPI(api)) throw new TypeError('Expected the name of a list.')
      // As JSON, because an adapter can return anything: getters, proxies and instances would reach the caller in `raw`.
      return readModelList(api, JSON.parse(JSON.stringify(body)))
    },
    log: config.log,
  })

  function get(listOptions: ListOptions = {}): ReturnType<typeof cached.get> {
    checkListOptions(listOptions)
    const { refresh, ...options } = listOptions
    const { signal, ...limits } = options
    const load = (shared: AbortSignal | undefined): Promise<ModelList> =>
      fetchModels(client, { ...limits, signal: shared })
    // Headers can select another machine behind a gateway, so such a list is neither cached nor taken from the cache.
    if (limits.headers !== undefined) return load(signal).then((value) => ({ value, isCached: false }))
    // Calls share a request only if their limits are equal: one with a short timeout must not fail a patient one.
    const variant = JSON.stringify([limits.timeout, limits.maxRetries])
    return cached.get(load, { signal, refresh, variant })
  }

  async function search<T>(
    select: (models: readonly ModelInfo[]) => T | undefined,
    options?: CallOptions,
  ): Promise<T | undefined> {
    const { value, isCached } = await get(options)
    const found = select(value.models)
    if (found !== undefined || !isCached) return found
    return select((await get({ ...options, refresh: true })).value.models)
  }
  const find = (model: string, options?: CallOptions): Promise<ModelInfo | undefined> =>
    search((models) => models.find((info) => hasName(info, model)), options)

  return {
    list: async (options) => (await get(options)).value,
    search,
    find,
    async capabilities(model, options) {
      const info = await find(model, options)
      // Instances of one model can be loaded with different context lengths.
      const instance = info?.instances.find(({ id }) => id === model)
      return instance === undefined
        ? info?.capabilities
        : { ...info!.capabilities, contextLength: instance.contextLength }
    },
    invalidate: cached.invalidate,
  }
}

/** Whether a request can name this model as `name`: by its id, the id of an instance or a variant. */
export const hasName = ({ id, instances, variants }: ModelInfo, name: string): boolean =>
  id === name || instances.some((instance) => instance.id === name) || variants?.includes(name) === true

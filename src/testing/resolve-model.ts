import type { Exchange } from './exchange.js'
import { asCount, asObject } from './json-values.js'
import { nativeError, noModelsLoaded, openAIError, stringError, throwError } from './replies/errors.js'
import { type DiskModel, type Instance, addInstance } from './state.js'
import { markUsed } from './use-instance.js'
import { unlessAborted } from './waits.js'

/** The model instance that serves a request. */
export interface ResolvedModel {
  readonly instance: Instance
  readonly model: DiskModel
  /** Seconds the load took; `undefined` when the model was already loaded. */
  readonly loadSeconds: number | undefined
}

/** What a route needs a model for. */
export type ModelUse = 'chat' | 'embedding' | 'decision'

const useOf = ({ type }: { readonly type: string }): ModelUse =>
  type === 'embedding' || type === 'decision' ? type : 'chat'

/** Returns what a route needs a model for. */
export function useOfRoute(path: string): ModelUse {
  if (path.endsWith('/embeddings')) return 'embedding'
  return path === '/v1/decisions' || path === '/v1/systemone' ? 'decision' : 'chat'
}

function throwNoModelsLoaded(exchange: Exchange): never {
  // 0.3.5 sent a 404 with a string, 0.4 sends a 400 with an object (docs/http-api.md 8.4).
  const isOld = exchange.settings.version === '0.3'
  const body = isOld ? stringError(noModelsLoaded) : openAIError(noModelsLoaded, 'model')
  return throwError(body, isOld ? 404 : 400)
}

/** Finds a model on the disk by what a request may call it: `key`, `key@variant`, or an instance id. */
export function findModel(exchange: Exchange, name: string): DiskModel | undefined {
  return exchange.state.models.get(name) ?? exchange.state.models.get(name.split('@')[0] ?? name)
}

/**
 * Finds the loaded instance that serves a name. An unknown name is served by whatever instance is loaded
 * (docs/http-api.md 9.1).
 */
export function findInstance(exchange: Exchange, name: string, use: ModelUse): Instance | undefined {
  const { instances } = exchange.state
  const exact = instances.find((instance) => instance.id === name)
  if (exact !== undefined) return exact
  const known = findModel(exchange, name)
  if (known !== undefined) return instances.find((instance) => instance.model === known.id)
  return instances.find((instance) => useOf(instance) === use)
}

/**
 * Loads a model just in time. Concurrent requests for the same model share one load, which continues when the request
 * that started it is aborted.
 */
function loadByJIT(exchange: Exchange, id: string, contextLength?: number): Promise<Instance> {
  const { state, settings, waits } = exchange
  // A load does not follow the client's signal, so it must not start once its exchange has been dropped.
  exchange.signal.throwIfAborted()
  const pending = state.loading.get(id)
  if (pending !== undefined) return pending
  const load = (settings.loadDelayMs > 0 ? waits.sleep(settings.loadDelayMs) : Promise.resolve())
    .then(() => {
      if (settings.autoEvict) {
        const evicted = state.instances.filter((instance) => instance.jit)
        for (const instance of evicted) state.instances.splice(state.instances.indexOf(instance), 1)
      }
      const { parallel, idleTTLSeconds } = settings
      const config = contextLength === undefined ? { parallel } : { parallel, context_length: contextLength }
      const instance = addInstance(state, { model: id, config, jit: true })
      instance.activity.idleTTLSeconds = asCount(asObject(exchange.body).ttl) || idleTTLSeconds
      instance.activity.lastUsedAt = settings.now()
      return instance
    })
    .finally(() => state.loading.delete(id))
  state.loading.set(id, load)
  return load
}

/** Loads a model just in time; rejects as soon as the client disconnects. */
export function loadOrAbort(exchange: Exchange, id: string, contextLength?: number): Promise<Instance> {
  return unlessAborted(loadByJIT(exchange, id, contextLength), exchange.signal)
}

/**
 * Returns the id of the model that must be loaded for a request, or `undefined` when a loaded instance serves it.
 * Throws the error response when nothing can be loaded.
 */
export function findMissingModel(exchange: Exchange, name: string, use: ModelUse): string | undefined {
  if (findInstance(exchange, name, use) !== undefined) return undefined
  const known = findModel(exchange, name)
  if (!exchange.settings.jit) throwNoModelsLoaded(exchange)
  if (known !== undefined) return known.id
  if (name === '') throwNoModelsLoaded(exchange)
  const message = `Failed to load model "${name}". Error: Model not found.`
  return exchange.path.startsWith('/api/v1/')
    ? throwError(nativeError(message, null, 'model', 'model_not_found'), 404)
    : throwError(openAIError(message, 'model', 'model_not_found'))
}

/** Returns the disk model of an instance; throws the error response if `configure` has removed it. */
export function modelOf(exchange: Exchange, instance: Instance): DiskModel {
  return exchange.state.models.get(instance.model) ?? throwNoModelsLoaded(exchange)
}

/** Finds the instance that serves a request, and loads it where LM Studio would. */
export async function resolveModel(exchange: Exchange, name: string, use: ModelUse): Promise<ResolvedModel> {
  const missing = findMissingModel(exchange, name, use)
  const loaded = findInstance(exchange, name, use)
  const instance = missing === undefined && loaded !== undefined ? loaded : await loadOrAbort(exchange, missing ?? name)
  if (useOf(instance) !== use) {
    const kind = use === 'chat' ? 'llm' : use
    throwError(openAIError(`Failed to load model "${name}". Error: Model is not ${kind}.`, 'model'))
  }
  markUsed(exchange, instance)
  return {
    instance,
    model: modelOf(exchange, instance),
    loadSeconds: missing === undefined ? undefined : exchange.settings.loadDelayMs / 1000,
  }
}

import type { Exchange } from './exchange.js'
import { type DiskModel, type Instance, addInstance } from './state.js'
import { unlessAborted } from './waits.js'
import { nativeError, noModelsLoaded, openAIError, stringError } from './wire-errors.js'
import { Refusal, json } from './wire-reply.js'

/** Who answers a request. */
export interface ResolvedModel {
  readonly instance: Instance
  readonly model: DiskModel
  /** Seconds the load took; `undefined` when the model was there already. */
  readonly loadSeconds: number | undefined
}

const isKind = (instance: { type: string }, isEmbedding: boolean): boolean =>
  (instance.type === 'embedding') === isEmbedding

function refuseNoModels(exchange: Exchange): never {
  // 0.3.5 said 404 and a string; 0.4 says 400 and an object.
  const isOld = exchange.settings.version === '0.3'
  const body = isOld ? stringError(noModelsLoaded) : openAIError(noModelsLoaded, 'model')
  throw new Refusal(json(body, isOld ? 404 : 400))
}

/** The disk's name for what a request calls a model: `key`, `key@variant`, or an instance's id. */
function findModel(exchange: Exchange, name: string): DiskModel | undefined {
  return exchange.state.models.get(name) ?? exchange.state.models.get(name.split('@')[0] ?? name)
}

/** The instance that is loaded for a name, without loading anything. An unknown name is served by what is loaded. */
export function findInstance(exchange: Exchange, name: string, isEmbedding: boolean): Instance | undefined {
  const { instances } = exchange.state
  const exact = instances.find((instance) => instance.id === name)
  if (exact !== undefined) return exact
  const known = findModel(exchange, name)
  if (known !== undefined) return instances.find((instance) => instance.model === known.id)
  return instances.find((instance) => isKind(instance, isEmbedding))
}

/**
 * Loads by JIT; requests that want the same model meanwhile wait for the same load, which goes on without the one
 * that began it.
 */
function loadByJIT(exchange: Exchange, id: string, contextLength?: number): Promise<Instance> {
  const { state, settings, waits } = exchange
  // A load has no client to end it, so one must not begin after its exchange was dropped.
  exchange.signal.throwIfAborted()
  const underWay = state.loading.get(id)
  if (underWay !== undefined) return underWay
  const load = (settings.loadDelayMs > 0 ? waits.sleep(settings.loadDelayMs) : Promise.resolve())
    .then(() => {
      if (settings.autoEvict) {
        const evicted = state.instances.filter((instance) => instance.jit)
        for (const instance of evicted) state.instances.splice(state.instances.indexOf(instance), 1)
      }
      return addInstance(state, id, contextLength === undefined ? {} : { context_length: contextLength }, true)
    })
    .finally(() => state.loading.delete(id))
  state.loading.set(id, load)
  return load
}

/** Waits for a JIT load as long as the client does. */
export function loadOrAbort(exchange: Exchange, id: string, contextLength?: number): Promise<Instance> {
  return unlessAborted(loadByJIT(exchange, id, contextLength), exchange.signal)
}

/** What a request needs loaded: the id of a model, or `undefined` when something that is loaded serves it. */
export function needsLoad(exchange: Exchange, name: string, isEmbedding: boolean): string | undefined {
  if (findInstance(exchange, name, isEmbedding) !== undefined) return undefined
  const known = findModel(exchange, name)
  if (!exchange.settings.jit) refuseNoModels(exchange)
  if (known !== undefined) return known.id
  if (name === '') refuseNoModels(exchange)
  const message = `Failed to load model "${name}". Error: Model not found.`
  const body = exchange.path.startsWith('/api/v1/')
    ? nativeError(message, null, 'model', 'model_not_found')
    : openAIError(message, 'model', 'model_not_found')
  throw new Refusal(json(body, exchange.path.startsWith('/api/v1/') ? 404 : 400))
}

export function describeInstance(exchange: Exchange, instance: Instance): DiskModel {
  const model = exchange.state.models.get(instance.model)
  return model ?? refuseNoModels(exchange)
}

/** Finds the instance that answers, loading it when that is what LM Studio would do. */
export async function resolveModel(exchange: Exchange, name: string, isEmbedding: boolean): Promise<ResolvedModel> {
  const missing = needsLoad(exchange, name, isEmbedding)
  const found = findInstance(exchange, name, isEmbedding)
  const instance = missing === undefined && found !== undefined ? found : await loadOrAbort(exchange, missing ?? name)
  if (!isKind(instance, isEmbedding)) {
    const wanted = isEmbedding ? 'embedding' : 'llm'
    const message = `Failed to load model "${name}". Error: Model is not ${wanted}.`
    throw new Refusal(json(openAIError(message, 'model'), 400))
  }
  return {
    instance,
    model: describeInstance(exchange, instance),
    loadSeconds: missing === undefined ? undefined : exchange.settings.loadDelayMs / 1000,
  }
}

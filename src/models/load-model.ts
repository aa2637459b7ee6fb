import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ROUTES } from '../config/routes.js'
import { ModelLoadError, ModelNotFoundError, TimeoutError } from '../errors/errors.js'
import { serialize } from '../http/serialize.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { type Semaphore, createSemaphore } from '../utils/semaphore.js'
import { type SingleFlight, createSingleFlight } from '../utils/single-flight.js'
import { callOptionEntriesOfSettings } from '../config/call-options.js'
import { name, optional, whole } from '../validation/schema.js'
import { parseResponse, validateRequest } from '../validation/validate.js'
import { type Echo, fits, toEcho, toLoadBody, toWireConfig } from './load-config.js'
import { type WireLoadConfig, fromInstance, fromLoaded, loadedSchema } from './load-response.js'
import { isModel, modelCatalog } from './model-catalog.js'
import { requireV1API } from './require-v1-api.js'
import { explainMissingModel } from './missing-model.js'
import type { LoadConfig, LoadedModel } from './types.js'
import { awaitLoad } from './wait-for-load.js'

const modelSchema = v.strictObject({ model: name })

const flag = v.optional(v.boolean())
const configSchema = v.strictObject({
  ...callOptionEntriesOfSettings,
  contextLength: whole(1),
  evalBatchSize: whole(1),
  flashAttention: flag,
  numExperts: whole(1),
  offloadKVCacheToGPU: flag,
  forceNew: flag,
  onProgress: optional(() => false, 'is not for this call: the server tells the progress of a load to streamChat only'),
})

/** What a client remembers of its loads. */
interface LoadState {
  readonly flights: SingleFlight<LoadedModel>
  /** One load at a time for each model, by model key. */
  readonly turns: Map<string, Semaphore>
  /** What the server made of the requested settings, by instance id. */
  readonly echoes: Map<string, Echo>
}

const loadStates = new WeakMap<Client, LoadState>()

function loadStateOf(client: Client): LoadState {
  const state = loadStates.get(client) ?? { flights: createSingleFlight(), turns: new Map(), echoes: new Map() }
  loadStates.set(client, state)
  return state
}

interface LoadTarget {
  readonly model: string
  readonly config: WireLoadConfig
  readonly forceNew: boolean
}

/**
 * Loads a model: see {@link LMStudioProvider.loadModel}. Idempotent over a server that is not: `POST
 * /api/v1/models/load` creates another instance on every call.
 */
export async function loadModel(
  client: Client,
  model: string,
  config: LoadConfig = {},
  options: CallOptions = {},
): Promise<LoadedModel> {
  checkCallOptions(options)
  validateRequest(modelSchema, { model })
  validateRequest(configSchema, config)
  const { forceNew = false, ...settings } = config
  const target = { model, config: toWireConfig(settings), forceNew }
  const { signal, ...limits } = options
  throwIfAborted(signal)
  const { flights, turns } = loadStateOf(client)
  // Variants and instances belong to one model.
  const [key = model] = model.split(/[@:]/)
  const turn = turns.get(key) ?? createSemaphore(1)
  turns.set(key, turn)
  // Headers can select another machine, and every forced instance is one of its own.
  const isShared = !forceNew && limits.headers === undefined
  const loading = flights.ride(
    isShared ? JSON.stringify([model, target.config, limits]) : {},
    async (shared) => {
      const release = await turn.acquire(shared)
      try {
        return await load(client, target, { ...limits, signal: shared })
      } finally {
        release()
      }
    },
    signal,
  )
  return loading.catch((error: unknown) => explainMissingModel(client, error, model, options))
}

async function load(
  client: Client,
  { model, config, forceNew }: LoadTarget,
  options: CallOptions,
): Promise<LoadedModel> {
  const { endpoint, generationTimeout, log } = client.config
  const { echoes } = loadStateOf(client)
  const models = modelCatalog(client)
  // What others have loaded since is in no cache.
  const list = await models.list({ ...options, refresh: true })
  requireV1API(list.api, 'loadModel', endpoint)
  const info = list.models.find((listed) => isModel(listed, model))
  // An instance id means that instance only, unless it is the model's id as well.
  const own = info?.instances.filter(({ id }) => id === model && id !== info.id) ?? []
  const candidates = own.length > 0 ? own : (info?.instances ?? [])
  const ready = forceNew
    ? undefined
    : candidates.find(({ id, config: reported }) => fits(reported, config, echoes.get(id)))
  if (info !== undefined && ready !== undefined) return fromInstance(ready, info)
  if (candidates.length > 0) {
    const why = forceNew ? 'because of `forceNew`' : 'because no loaded instance has the requested settings'
    log?.({ level: 'info', type: 'lifecycle', message: `Loading another instance of ${model}, ${why}.` })
  }
  const target = own.length > 0 ? info!.id : model
  const until = performance.now() + (options.timeout ?? generationTimeout)
  try {
    const { body } = await client.requestJSON(
      { method: 'POST', route: ROUTES.loadModel, body: serialize(toLoadBody(target, config)), kind: 'change' },
      options,
    )
    const wire = parseResponse(loadedSchema, body, 'The response', { endpoint })
    const loaded = fromLoaded(wire, info?.type)
    echoes.set(loaded.instanceId, toEcho(config, wire))
    return loaded
  } catch (error) {
    if (TimeoutError.isInstance(error) && error.limit === 'platform') {
      const known = (info?.instances ?? []).map(({ id }) => id)
      const late = await awaitLoad(models, target, known, until, options)
      if (late !== undefined) return late
    }
    // Some versions report a model they do not have as one that failed to load.
    if (info !== undefined || !ModelLoadError.isInstance(error) || error.code !== 'model-load') throw error
    const availableModels = list.models.map(({ id }) => id)
    throw new ModelNotFoundError(error.message, { endpoint, model, availableModels, cause: error })
  } finally {
    // After a failure as well: the server may still be loading.
    await models.invalidate()
  }
}

import * as v from 'valibot'
import { checkCallOptions } from '../config/resolve.js'
import { validateRequest } from '../config/validate.js'
import { ModelLoadError, ModelNotFoundError } from '../errors/api-errors.js'
import { TimeoutError } from '../errors/network-errors.js'
import { callOptionEntriesOfSettings } from '../generation/request-parts.js'
import { isModel, type ModelStore } from '../models/model-store.js'
import { serialise } from '../transport/serialise.js'
import type { Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { LoadedModel } from '../types/lifecycle.js'
import type { LMStudioProvider } from '../types/provider.js'
import { throwIfAborted } from '../utils/abort.js'
import { createFlights } from '../utils/flights.js'
import { createSemaphore, type Semaphore } from '../utils/semaphore.js'
import { name, optional, whole } from '../utils/schema.js'
import { loadedSchema, type WireLoadConfig } from '../wire/lifecycle.js'
import { parseWire } from '../wire/parse.js'
import { ROUTES } from '../wire/routes.js'
import { awaitLoad } from './await-load.js'
import { fromInstance, fromLoaded } from './from-wire.js'
import { fits, toEcho, toLoadBody, toWireConfig, type Echo } from './load-config.js'
import { requireNative } from './require-native.js'

const modelSchema = v.strictObject({ model: name })

const flag = v.optional(v.boolean())
const configSchema = v.strictObject({
  ...callOptionEntriesOfSettings,
  contextLength: whole(1),
  evalBatchSize: whole(1),
  flashAttention: flag,
  numExperts: whole(1),
  offloadKVCacheToGPU: flag,
  fresh: flag,
  onProgress: optional(() => false, 'is not for this call: the server tells the progress of a load to streamChat only'),
})

/** Loads that are idempotent over a server that is not: `POST /api/v1/models/load` makes a copy whenever it is asked. */
export function createLoadModel(transport: Transport, models: ModelStore): LMStudioProvider['loadModel'] {
  const { endpoint, generationTimeout, log } = transport.config
  const flights = createFlights<LoadedModel>()
  const turns = new Map<string, Semaphore>()
  /** By instance id: what the server made of the settings. */
  const echoes = new Map<string, Echo>()

  async function load(
    model: string,
    config: WireLoadConfig,
    fresh: boolean,
    options: CallOptions,
  ): Promise<LoadedModel> {
    // What others have loaded meanwhile is in no cache.
    const list = await models.list({ ...options, refresh: true })
    requireNative(list.api, 'loadModel', endpoint)
    const info = list.models.find((listed) => isModel(listed, model))
    // An instance's id means this one and no other, unless it is the model's as well.
    const own = info?.instances.filter(({ id }) => id === model && id !== info.id) ?? []
    const candidates = own.length > 0 ? own : (info?.instances ?? [])
    const ready = fresh
      ? undefined
      : candidates.find(({ id, config: reported }) => fits(reported, config, echoes.get(id)))
    if (info !== undefined && ready !== undefined) return fromInstance(ready, info)
    if (candidates.length > 0) {
      const why = fresh ? 'asked for with `fresh`' : 'because none that is loaded has the settings asked for'
      log?.({ level: 'info', type: 'lifecycle', message: `Another instance of ${model} is being loaded, ${why}.` })
    }
    const target = own.length > 0 ? info!.id : model
    const until = performance.now() + (options.timeout ?? generationTimeout)
    try {
      const { body } = await transport.requestJSON(
        { method: 'POST', route: ROUTES.loadModel, body: serialise(toLoadBody(target, config)), kind: 'change' },
        options,
      )
      const wire = parseWire(loadedSchema, body, 'The answer', { endpoint })
      const loaded = fromLoaded(wire, info?.type)
      echoes.set(loaded.instanceId, toEcho(config, wire))
      return loaded
    } catch (error) {
      if (TimeoutError.isInstance(error) && error.limit === 'platform') {
        const known = (info?.instances ?? []).map(({ id }) => id)
        const late = await awaitLoad(models, target, known, until, options)
        if (late !== undefined) return late
      }
      // Some versions say of a model they do not have that it does not load.
      if (info !== undefined || !ModelLoadError.isInstance(error) || error.code !== 'model-load') throw error
      const availableModels = list.models.map(({ id }) => id)
      throw new ModelNotFoundError(error.message, { endpoint, model, availableModels, cause: error })
    } finally {
      // Also after a failure: the server may go on loading.
      await models.invalidate()
    }
  }

  return async (model, config = {}, options = {}) => {
    checkCallOptions(options)
    validateRequest(modelSchema, { model })
    validateRequest(configSchema, config)
    const { fresh = false, ...settings } = config
    const wireConfig = toWireConfig(settings)
    const { signal, ...limits } = options
    throwIfAborted(signal)
    // Variants and copies are of one model.
    const [stem = model] = model.split(/[@:]/)
    const turn = turns.get(stem) ?? createSemaphore(1)
    turns.set(stem, turn)
    // Headers can choose another machine, and every fresh instance is one of its own.
    const isShared = !fresh && limits.headers === undefined
    const key = isShared ? JSON.stringify([model, wireConfig, limits]) : {}
    return flights.ride(
      key,
      async (shared) => {
        const release = await turn.acquire(shared)
        try {
          return await load(model, wireConfig, fresh, { ...limits, signal: shared })
        } finally {
          release()
        }
      },
      signal,
    )
  }
}

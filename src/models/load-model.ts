import * as v from 'valibot'
import { acquireTabLock } from '../browser/tab-lock.js'
import { callOptionEntriesOfSettings } from '../config/call-options.js'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ROUTES } from '../config/routes.js'
import { InvalidResponseError, ModelLoadError, ModelNotFoundError, TimeoutError } from '../errors/errors.js'
import { runVerb } from '../http/client.js'
import { parseErrorBody } from '../http/error-body.js'
import { failureReason } from '../http/failure-body.js'
import { foreignName, withoutSecrets } from '../http/foreign-text.js'
import type { RequestInfo } from '../http/request-info.js'
import type { Client } from '../http/types.js'
import { followSignal, ignore, throwIfAborted } from '../utils/abort.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { withLimit } from '../utils/limit.js'
import { once } from '../utils/once.js'
import { quotedReason } from '../utils/quote.js'
import { type Semaphore, createSemaphore } from '../utils/semaphore.js'
import { type SingleFlight, createSingleFlight } from '../utils/single-flight.js'
import { type EntriesOf, flag, optional, whole } from '../validation/schema.js'
import { parseResponse, readRequest, serialize, validateRequest } from '../validation/validate.js'
import { type LoadEcho, type WireLoadConfig, meetsConfig, toLoadBody, toLoadEcho, toWireConfig } from './load-config.js'
import {
  fromInstance,
  fromLoaded,
  instanceOf,
  isLoading,
  isNotLoaded,
  isOtherModel,
  loadedSchema,
} from './load-response.js'
import { explainMissingModel } from './missing-model.js'
import { hasName, modelCatalog } from './model-catalog.js'
import { validateModel } from './request.js'
import { requireV1API } from './require-v1-api.js'
import type { LoadConfig, LoadedModel } from './types.js'
import { POLL_INTERVAL_MS, waitForLoad } from './wait-for-load.js'

const configSchema = /* @__PURE__ */ once(() => {
  const entries = {
    contextLength: whole(1),
    evalBatchSize: whole(1),
    flashAttention: flag(),
    numExperts: whole(1),
    offloadKVCacheToGPU: flag(),
    forceNew: flag(),
  } satisfies EntriesOf<LoadConfig>
  return v.strictObject({
    ...callOptionEntriesOfSettings,
    ...entries,
    onProgress: optional<never>(() => false, 'is not supported: only `streamChat` reports the progress of a load'),
  })
})

/** What a client knows about the loads it started. */
interface LoadState {
  readonly loads: SingleFlight<LoadedModel>
  /** Lets one load at a time run for each model, by model id. */
  readonly locks: Map<string, Semaphore>
  /** The settings that the server applied, by instance id. */
  readonly echoes: Map<string, LoadEcho>
}

const loadStates = /* @__PURE__ */ new WeakMap<Client, LoadState>()

function loadStateOf(client: Client): LoadState {
  const state = loadStates.get(client) ?? { loads: createSingleFlight(), locks: new Map(), echoes: new Map() }
  loadStates.set(client, state)
  return state
}

interface LoadTarget {
  readonly model: string
  readonly config: WireLoadConfig
  readonly forceNew: boolean
}

/**
 * Loads a model, unless an instance with the requested settings is already loaded. See {@link
 * LMStudioProvider.loadModel}.
 *
 * @remarks The server itself creates another instance for every `POST /api/v1/models/load`.
 */
export function loadModel(
  client: Client,
  model: string,
  config: LoadConfig = {},
  options: CallOptions = {},
): Promise<LoadedModel> {
  return runVerb(loadModel, client, () => loadOrJoin(client, model, config, options))
}

async function loadOrJoin(
  client: Client,
  model: string,
  received: LoadConfig,
  options: CallOptions,
): Promise<LoadedModel> {
  checkCallOptions(options)
  validateModel(model)
  const config = readRequest(received)
  validateRequest(configSchema(), config)
  const { forceNew = false, ...settings } = config
  const target = { model, config: toWireConfig(settings), forceNew }
  const { signal, ...limits } = options
  throwIfAborted(signal)
  const { loads, locks } = loadStateOf(client)
  // Variants (`id@q4_k_m`) and instances (`id:2`) belong to one model.
  const [modelId = model] = model.split(/[@:]/)
  const lock = locks.get(modelId) ?? createSemaphore(1)
  locks.set(modelId, lock)
  // Headers can select another machine, and every load with `forceNew` creates an instance of its own.
  const isShared = !forceNew && limits.headers === undefined
  const loading = loads.run(
    isShared ? JSON.stringify([model, target.config, limits]) : {},
    async (shared) => {
      const release = await lock.acquire(shared)
      try {
        return await loadInTurn(client, target, { ...limits, signal: shared }, modelId)
      } finally {
        release()
      }
    },
    signal,
  )
  return loading.catch((error: unknown) => explainMissingModel(client, error, model, options))
}

/**
 * Loads a model once no other tab of the origin loads it. While it waits, it polls the list: the server finishes a load whose tab
 * is frozen, so no caller has to wait for that tab.
 */
async function loadInTurn(
  client: Client,
  target: LoadTarget,
  options: CallOptions,
  modelId: string,
): Promise<LoadedModel> {
  const { endpoint, generationTimeout } = client.config
  const waiting = new AbortController()
  const stopFollowing = followSignal(waiting, options.signal)
  const lockName = `lmstudio-provider:load:${endpoint}:${modelId}`
  const turn = acquireTabLock(lockName, options.timeout ?? generationTimeout, waiting.signal)
  try {
    for (;;) {
      const limit = { ms: POLL_INTERVAL_MS, signal: options.signal, onExpired: () => false }
      if (await withLimit<unknown>(turn, limit)) return await load(client, target, options)
      // An error of the list is reported by the load, when it is its turn.
      const ready = target.forceNew ? undefined : await findReady(client, target, options).catch(ignore)
      throwIfAborted(options.signal)
      if (ready?.loaded !== undefined) return ready.loaded
    }
  } finally {
    stopFollowing()
    waiting.abort()
    turn.then((release) => release(), ignore)
  }
}

/** Looks for an instance that meets the request. */
async function findReady(client: Client, { model, config, forceNew }: LoadTarget, options: CallOptions) {
  const { echoes } = loadStateOf(client)
  // Other programs load and unload models too, so the cached list may be wrong.
  const list = await modelCatalog(client).list({ ...options, refresh: true })
  requireV1API(list.api, 'loadModel', client.config.endpoint)
  const info = list.models.find((listed) => hasName(listed, model))
  // The id of an instance means that instance only, unless it is also the id of the model.
  const named = info?.instances.filter(({ id }) => id === model && id !== info.id) ?? []
  const candidates = named.length > 0 ? named : (info?.instances ?? [])
  const instance = forceNew
    ? undefined
    : candidates.find(({ id, config: reported }) => meetsConfig(reported, config, echoes.get(id)))
  const loaded = info !== undefined && instance !== undefined ? fromInstance(instance, info) : undefined
  return { list, info, named, candidates, loaded }
}

async function load(client: Client, target: LoadTarget, options: CallOptions): Promise<LoadedModel> {
  const { model, config, forceNew } = target
  const { endpoint, generationTimeout, log } = client.config
  const { echoes } = loadStateOf(client)
  const models = modelCatalog(client)
  const { list, info, named, candidates, loaded: ready } = await findReady(client, target, options)
  if (ready !== undefined) return ready
  if (candidates.length > 0) {
    const reason = forceNew ? '`forceNew` is set' : 'no loaded instance has the requested settings'
    log?.({
      level: 'info',
      type: 'lifecycle',
      message: `Loading another instance of ${foreignName(client.config, model)}: ${reason}.`,
    })
  }
  const loadable = named.length > 0 ? info!.id : model
  const timeoutMs = options.timeout ?? generationTimeout
  const knownIds = (info?.instances ?? []).map(({ id }) => id)
  const pending = { model: loadable, knownIds, deadline: performance.now() + timeoutMs }
  try {
    const { body, context } = await client.requestJSON(
      { method: 'POST', route: ROUTES.loadModel, body: serialize(toLoadBody(loadable, config)), kind: 'change' },
      options,
    )
    if (isObject(body) && isNotLoaded(body)) throw loadError(body, context)
    if (isLoading(body)) {
      const loaded = await waitForLoad(models, pending, options)
      if (loaded !== undefined) return loaded
      const limit = options.timeout === undefined ? 'generationTimeout' : 'timeout'
      const message = `The load did not finish within ${timeoutMs} ms (\`${limit}\`).`
      throw new TimeoutError(message, { limit, timeoutMs, endpoint })
    }
    const wire = parseResponse(loadedSchema(), body, 'The response', { endpoint })
    if (isOtherModel(wire, loadable, list.models)) {
      const [requested, actual] = [loadable, instanceOf(wire)].map((name) => foreignName(client.config, name))
      throw new InvalidResponseError(`The server loaded another model: ${actual} instead of ${requested}.`, {
        endpoint,
      })
    }
    const loaded = fromLoaded(wire, body, info?.type)
    echoes.set(loaded.instanceId, toLoadEcho(config, wire))
    return loaded
  } catch (error) {
    if (TimeoutError.isInstance(error) && error.limit === 'platform') {
      const late = await waitForLoad(models, pending, options)
      if (late !== undefined) return late
    }
    // Some versions report an unknown model as one that failed to load.
    if (info !== undefined || !ModelLoadError.isInstance(error) || error.code !== 'model-load') throw error
    const ids = list.models.map(({ id }) => id)
    const availableModels = withoutSecrets(client.config, ids)
    throw new ModelNotFoundError(error.message, { endpoint, model, availableModels, cause: error })
  } finally {
    // Also after a failure: the server may still finish the load.
    await models.invalidate()
  }
}

/** Creates the error for a 200 that reports that the load failed. */
function loadError(body: JSONObject, { endpoint, scrub }: RequestInfo): ModelLoadError {
  const {
    shown: { message },
  } = parseErrorBody({ error: failureReason(body) }, scrub)
  return new ModelLoadError(`The server at ${endpoint} could not load the model${quotedReason(message)}.`, {
    endpoint,
    status: 200,
    serverMessage: message || undefined,
  })
}

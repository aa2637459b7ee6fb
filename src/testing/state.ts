import type { Settings } from './settings.js'
import type { MockInstance, MockMessage, MockModel } from './types.js'

/** The settings an instance was loaded with. Embedding models have `context_length` only. */
export interface LoadConfig {
  readonly context_length: number
  readonly eval_batch_size?: number
  readonly parallel?: number
  readonly flash_attention?: boolean
  readonly num_experts?: number
  readonly offload_kv_cache_to_gpu?: boolean
}

export interface Instance extends MockInstance {
  readonly config: LoadConfig
  readonly activity: Activity
}

/** What an instance is doing. */
export interface Activity {
  /** Number of requests that use the instance now. */
  users: number
  /** When the instance was last used, in ms since 1970. */
  lastUsedAt: number
  /** Idle time after which it is unloaded, in seconds; `undefined` for an instance that stays. */
  idleTTLSeconds: number | undefined
  /** Number of predictions that run now. */
  running: number
  /** Starts the predictions that wait for their turn, in order. */
  readonly waiting: (() => void)[]
}

/** A downloaded model, with every property that a route reports. */
export type DiskModel = Required<Omit<MockModel, 'loaded' | 'parameters'>> & { readonly parameters: string | null }

/** Fills in the defaults of a model. */
export function completeModel(model: MockModel): DiskModel {
  const name = model.id.split('/').at(-1) ?? model.id
  const type = model.type ?? 'llm'
  const maxContextLength = model.maxContextLength ?? (type === 'embedding' ? 2048 : 32_768)
  return {
    id: model.id,
    type,
    displayName: model.displayName ?? name.replace(/[-_]+/gu, ' '),
    publisher: model.publisher ?? (model.id.includes('/') ? (model.id.split('/')[0] ?? 'acme') : 'acme'),
    architecture: model.architecture ?? name.split(/[-_.]/u)[0] ?? name,
    quantization: model.quantization ?? 'Q4_K_M',
    format: model.format ?? 'gguf',
    sizeBytes: model.sizeBytes ?? 2_100_200_300,
    parameters: model.parameters ?? null,
    maxContextLength,
    contextLength: Math.min(model.contextLength ?? 8192, maxContextLength),
    toolUse: model.toolUse ?? false,
    reasoning: model.reasoning ?? false,
    reasoningField: model.reasoningField ?? 'reasoning_content',
    dimensions: model.dimensions ?? 256,
  }
}

/** What LM Studio keeps between requests. */
export interface State {
  /** The downloaded models by id, in listing order. */
  readonly models: Map<string, DiskModel>
  readonly instances: Instance[]
  /** Stored conversations by response id. */
  readonly conversations: Map<string, readonly MockMessage[]>
  /** Download jobs by id. */
  readonly jobs: Map<string, DownloadJob>
  /** Pending just-in-time loads by model id: concurrent requests for a model share one. */
  readonly loading: Map<string, Promise<Instance>>
  /** The number of ids handed out. */
  counter: number
}

export interface DownloadJob {
  readonly id: string
  readonly model: string
  readonly sizeBytes: number
  readonly startedAt: number
  /** How often the status has been requested. */
  polls: number
  /** How the job ends. */
  readonly outcome: 'completed' | 'failed' | 'paused'
  /** Why the job fails; `undefined` when the server gives no reason. */
  readonly errorMessage: string | undefined
}

export function createState(settings: Settings): State {
  const state: State = {
    models: new Map(settings.models.map((model) => [model.id, completeModel(model)])),
    instances: [],
    conversations: new Map(),
    jobs: new Map(),
    loading: new Map(),
    counter: 0,
  }
  for (const model of settings.models)
    if (model.loaded === true) addInstance(state, { model: model.id, config: { parallel: settings.parallel } })
  return state
}

interface NewInstance {
  readonly model: string
  readonly config: Partial<LoadConfig>
  /** Whether a request loads it just in time. */
  readonly jit?: boolean
}

/** Adds an instance of a model. When the id is taken, the instance gets `:2`, `:3` … */
export function addInstance(state: State, { model, config, jit = false }: NewInstance): Instance {
  const known = state.models.get(model)
  const type = known?.type ?? 'llm'
  let id = model
  for (let copy = 2; state.instances.some((instance) => instance.id === id); copy += 1) id = `${model}:${copy}`
  const contextLength = config.context_length ?? known?.contextLength ?? 4096
  const instance: Instance = {
    id,
    model,
    type,
    contextLength,
    jit,
    activity: { users: 0, lastUsedAt: 0, idleTTLSeconds: undefined, running: 0, waiting: [] },
    config:
      type === 'embedding'
        ? { context_length: contextLength }
        : {
            context_length: contextLength,
            eval_batch_size: config.eval_batch_size ?? 512,
            // Without a limit in the mock, LM Studio's default is reported.
            parallel: Number.isFinite(config.parallel) ? config.parallel! : 4,
            flash_attention: config.flash_attention ?? true,
            ...(config.num_experts === undefined ? {} : { num_experts: config.num_experts }),
            offload_kv_cache_to_gpu: config.offload_kv_cache_to_gpu ?? true,
          },
  }
  state.instances.push(instance)
  return instance
}

/** Removes an instance; returns false when no instance has the id. */
export function removeInstance(state: State, id: string): boolean {
  const index = state.instances.findIndex((instance) => instance.id === id)
  if (index >= 0) state.instances.splice(index, 1)
  return index >= 0
}

/** Removes the instances whose idle time is over. */
export function unloadIdle(state: State, now: number): void {
  const isIdle = ({ activity: { users, lastUsedAt, idleTTLSeconds = Infinity } }: Instance): boolean =>
    users === 0 && now - lastUsedAt >= idleTTLSeconds * 1000
  for (const instance of state.instances.filter(isIdle)) removeInstance(state, instance.id)
}

/** Returns the next number for an id. */
export function nextNumber(state: State): number {
  state.counter += 1
  return state.counter
}

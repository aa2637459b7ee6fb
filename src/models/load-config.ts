import { isObject } from '../utils/json.js'
import { isCount } from '../validation/schema.js'
import type { LoadSettings } from './types.js'

type UnknownSettings = Readonly<Record<string, unknown>>

const WIRE_NAMES = {
  contextLength: 'context_length',
  evalBatchSize: 'eval_batch_size',
  flashAttention: 'flash_attention',
  numExperts: 'num_experts',
  offloadKVCacheToGPU: 'offload_kv_cache_to_gpu',
} as const satisfies Readonly<Record<keyof LoadSettings, string>>

/** The settings of a load as LM Studio names them. */
export type WireLoadConfig = {
  readonly [Name in keyof LoadSettings as (typeof WIRE_NAMES)[Name & keyof typeof WIRE_NAMES]]: LoadSettings[Name]
}

const nameEntries = (): [keyof LoadSettings, string][] => Object.entries(WIRE_NAMES) as [keyof LoadSettings, string][]

/** Renames the settings for a request. Settings that are `undefined` are left out. */
export function toWireConfig(settings: LoadSettings): WireLoadConfig {
  const renamed = nameEntries().map(([name, wireName]) => [wireName, settings[name]] as const)
  return Object.fromEntries(renamed.filter(([, value]) => value !== undefined))
}

/** Reads the settings that the server reports. Values of an unexpected type are left out. */
export function fromWireConfig(config: unknown): LoadSettings {
  if (!isObject(config)) return {}
  const hasExpectedType = (name: keyof LoadSettings, value: unknown): boolean =>
    name === 'flashAttention' || name === 'offloadKVCacheToGPU' ? typeof value === 'boolean' : isCount(value)
  const renamed = nameEntries().map(([name, wireName]) => [name, config[wireName]] as const)
  return Object.fromEntries(renamed.filter(([name, value]) => hasExpectedType(name, value)))
}

/** Body of `POST /api/v1/models/load`. */
export const toLoadBody = (model: string, config: WireLoadConfig): object => ({
  model,
  ...config,
  // The response then has the settings that the server applied.
  echo_load_config: true,
})

/** Body of `POST /api/v1/models/unload`, which accepts the id of an instance, not of a model. */
export const toUnloadBody = (instanceId: string): object => ({ instance_id: instanceId })

/** The settings a load requested and those the server applied. */
export interface LoadEcho {
  readonly requested: UnknownSettings
  readonly applied: UnknownSettings
}

/** Returns the requested and the applied settings of a load. */
export const toLoadEcho = (
  requested: WireLoadConfig,
  wire: { readonly load_config?: UnknownSettings | null | undefined },
): LoadEcho => ({ requested: { ...requested }, applied: wire.load_config ?? {} })

/**
 * Whether an instance that reports these settings meets a request for others.
 *
 * @remarks
 * A setting that is not reported counts as met: the engine does not have it. So does a setting whose requested
 * value the server once replaced by the reported one (a shorter context, for example): it would replace it again.
 */
export function meetsConfig(reported: UnknownSettings, requested: WireLoadConfig, echo?: LoadEcho): boolean {
  return Object.entries(requested).every(([name, value]) => {
    const current = reported[name] ?? undefined
    return (
      current === undefined || current === value || (echo?.requested[name] === value && echo?.applied[name] === current)
    )
  })
}

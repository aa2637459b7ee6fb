import { isObject } from '../utils/json.js'
import type { WireLoadConfig, WireLoaded } from './load-response.js'
import type { LoadSettings } from './types.js'

type Loose = Readonly<Record<string, unknown>>

const NAMES = {
  contextLength: 'context_length',
  evalBatchSize: 'eval_batch_size',
  flashAttention: 'flash_attention',
  numExperts: 'num_experts',
  offloadKVCacheToGPU: 'offload_kv_cache_to_gpu',
} as const satisfies Record<keyof LoadSettings, keyof WireLoadConfig>

const entries = Object.entries(NAMES)

/** The settings that were given, by the server's names. */
export function toWireConfig(settings: LoadSettings): WireLoadConfig {
  const given = entries.map(([name, wireName]) => [wireName, settings[name as keyof LoadSettings]] as const)
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

/** The body of a request to load. The echo tells what the server made of the settings. */
export const toLoadBody = (model: string, config: WireLoadConfig): object => ({
  model,
  ...config,
  echo_load_config: true,
})

/** The settings the server reports; what is not of the expected type is left out. */
export function fromWireConfig(config: unknown): LoadSettings {
  if (!isObject(config)) return {}
  const isRight = (name: string, value: unknown): boolean =>
    typeof value === (name === 'flashAttention' || name === 'offloadKVCacheToGPU' ? 'boolean' : 'number')
  const said = entries.map(([name, wireName]) => [name, config[wireName]] as const)
  return Object.fromEntries(said.filter(([name, value]) => isRight(name, value)))
}

/** What was asked of a load, and what the server made of it. */
export interface Echo {
  readonly asked: Loose
  readonly made: Loose
}

/** What came of a load. */
export const toEcho = (asked: WireLoadConfig, wire: WireLoaded): Echo => ({
  asked: { ...asked },
  made: wire.load_config ?? {},
})

/**
 * Whether an instance has the settings that were asked for. A setting it does not report is one its engine does not have.
 * Where the server once made something else of the same wish, that is what it will make of it again.
 */
export function fits(reported: Loose, asked: WireLoadConfig, echo?: Echo): boolean {
  return Object.entries(asked).every(([name, value]) => {
    const now = reported[name] ?? undefined
    return now === undefined || now === value || (echo?.asked[name] === value && echo?.made[name] === now)
  })
}

/** The body of a request to unload, which takes an instance and no model. */
export const toUnloadBody = (instanceId: string): object => ({ instance_id: instanceId })

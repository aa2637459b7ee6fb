import type { LMStudioOptions, LogEvent } from '../config/options.js'
import { createLMStudio as createFromOptions } from '../create-lmstudio.js'
import type { LMStudioProvider } from '../provider.js'
import { addressSpace } from '../utils/address.js'
import { compact, isObject } from '../utils/json.js'
import { type Environment, findMistypedVariables } from './env.js'
import { type ConfigSetting, type LoadConfigOptions, type Settings, checkReach, readSettings } from './load-config.js'
import { unlimitedFetch } from './unlimited-fetch.js'

/**
 * Makes a provider as the main entry does, with what the options leave open read from the environment and from config
 * files, and without the 300-second limit of Node's own `fetch`. Nothing is sent until a method is called.
 *
 * @remarks
 * Highest first: the options, the environment, the project's config file, the user's, the defaults; `loadConfig` has
 * the names and tells where each value comes from. `undefined` is not set; `0`, `false` and `''` are values. Variables
 * that look mistyped are told to the `logger`, as is an endpoint outside the private network that a variable or a file chose.
 * Where nothing chooses an endpoint it is `http://127.0.0.1:1234`: searching for a server takes requests, so that is done
 * by `discover` and only when it is called.
 *
 * @throws {@link ConfigurationError} an option, an environment variable or a config file is wrong
 *
 * @example
 * ```ts
 * const lmstudio = createLMStudio({ timeout: 5000 })
 * const models = await lmstudio.listModels()
 * ```
 */
export function createLMStudio(options?: LMStudioOptions): LMStudioProvider {
  return createFromOptions(completeOptions(options))
}

/** The options with what they leave open taken from the other sources. */
export function completeOptions(options: LMStudioOptions = {}, places?: LoadConfigOptions): LMStudioOptions {
  // Not options at all: the check of the main entry says so.
  if (!isObject(options as unknown)) return options
  const { config, token } = settingsFor(options, places)
  const { apiToken: _, ...rest } = config
  const values = Object.fromEntries(Object.entries(rest).map(([option, { value }]) => [option, value]))
  // Where there is no fetch, the main entry says so.
  const fetch = typeof globalThis.fetch === 'function' ? unlimitedFetch : undefined
  return { ...values, apiToken: token, fetch, ...compact(options) }
}

/** What the other sources say, checked for these options; what is odd about them is told to the logger. */
export function settingsFor(
  { endpoint, allowRemote, logger }: Pick<LMStudioOptions, 'endpoint' | 'allowRemote' | 'logger'>,
  places?: LoadConfigOptions,
): Settings {
  const settings = readSettings(places)
  const { config, env } = settings
  if (endpoint === undefined) checkReach(config.endpoint, allowRemote ?? config.allowRemote.value)
  if (typeof logger === 'function') {
    tell(logger, [...mistyped(env), ...(endpoint === undefined ? remote(config.endpoint) : [])])
  }
  return settings
}

function mistyped(env: Environment): LogEvent[] {
  return findMistypedVariables(env).map(({ variable, meant }) => ({
    level: 'warn',
    type: 'diagnosis',
    message: `${variable} in the environment is not read; did you mean ${meant}?`,
    code: 'unknown-variable',
  }))
}

/** Whoever runs a program in a foreign directory may not know that a file there sends the prompts elsewhere. */
function remote({ value, source }: ConfigSetting<string>): LogEvent[] {
  const { hostname } = new URL(value)
  if (addressSpace(hostname) !== 'public') return []
  const message = `${source} sends prompts to ${hostname}, outside this machine and private networks.`
  return [{ level: 'warn', type: 'security', message, code: 'remote-endpoint' }]
}

/** Hands events to a logger; what it throws must not fail the program it watches. */
export function tell(logger: (event: LogEvent) => void, events: readonly LogEvent[]): void {
  for (const event of events) {
    try {
      logger(event)
    } catch {
      // Nobody to tell of it.
    }
  }
}

import type { LMStudioOptions, LogEvent } from '../config/options.js'
import { createLog } from '../config/resolve-config.js'
import { createLMStudio as createFromOptions } from '../create-lmstudio.js'
import type { LMStudioProvider } from '../provider.js'
import { addressSpace } from '../utils/address.js'
import { compact, isObject } from '../utils/json.js'
import { type Environment, findMistypedVariables } from './env.js'
import { type ConfigSetting, type LoadConfigOptions, type Settings, checkRemote, readSettings } from './load-config.js'
import { unlimitedFetch } from './unlimited-fetch.js'

/**
 * Creates a provider as the main entry does. Options that are not set come from environment variables and config files, and
 * the 300-second limit of Node's own `fetch` does not apply. Nothing is sent until a method is called.
 *
 * @remarks
 * In order of precedence: options, environment, project's config file, user's config file, defaults. `loadConfig` documents
 * the names and returns where each value comes from. `undefined` is not set; `0`, `false` and `''` are values.
 *
 * The `logger` receives a warning for each variable that looks misspelt, and for an endpoint outside private networks that
 * a variable or a file chose.
 *
 * Without any source the endpoint is `http://127.0.0.1:1234`. Call `discover` to search for a server.
 *
 * @throws {@link ConfigurationError} an option, an environment variable or a config file is invalid
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

/** Returns the options, completed from the environment and config files. */
export function completeOptions(options: LMStudioOptions = {}, places?: LoadConfigOptions): LMStudioOptions {
  // The check of the main entry rejects options that are not an object.
  if (!isObject(options as unknown)) return options
  const { config, token } = settingsFor(options, places)
  const { apiToken: _, ...rest } = config
  const values = Object.fromEntries(Object.entries(rest).map(([option, { value }]) => [option, value]))
  // The main entry reports a platform without fetch.
  const fetch = typeof globalThis.fetch === 'function' ? unlimitedFetch : undefined
  return { ...values, apiToken: token, fetch, ...compact(options) }
}

/** Reads the environment and config files, checks them for these options, and sends warnings to the logger. */
export function settingsFor(
  { endpoint, allowRemote, logger }: Pick<LMStudioOptions, 'endpoint' | 'allowRemote' | 'logger'>,
  places?: LoadConfigOptions,
): Settings {
  const settings = readSettings(places)
  const { config, env } = settings
  if (endpoint === undefined) checkRemote(config.endpoint, allowRemote ?? config.allowRemote.value)
  if (typeof logger === 'function') {
    emit(logger, [...mistypedVariables(env), ...(endpoint === undefined ? remoteEndpoint(config.endpoint) : [])])
  }
  return settings
}

function mistypedVariables(env: Environment): LogEvent[] {
  return findMistypedVariables(env).map(({ variable, meant }) => ({
    level: 'warn',
    type: 'diagnosis',
    message: `${variable} in the environment is not used; did you mean ${meant}?`,
    code: 'unknown-variable',
  }))
}

/** A program that runs in the folder of another person may not know that a file there sends its prompts elsewhere. */
function remoteEndpoint({ value, source }: ConfigSetting<string>): LogEvent[] {
  const { hostname } = new URL(value)
  if (addressSpace(hostname) !== 'public') return []
  const message = `${source} sends prompts to ${hostname}, outside this machine and private networks.`
  return [{ level: 'warn', type: 'security', message, code: 'remote-endpoint' }]
}

/** Passes events to a logger. */
export function emit(logger: (event: LogEvent) => void, events: readonly LogEvent[]): void {
  const log = createLog(logger)
  for (const event of events) log?.(event)
}

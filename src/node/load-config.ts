import * as v from 'valibot'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { DEFAULTS } from '../config/defaults.js'
import { ConfigurationError } from '../errors/errors.js'
import { addressSpace } from '../utils/address.js'
import { isObject } from '../utils/json.js'
import { optional } from '../validation/schema.js'
import { validateOptions } from '../validation/validate.js'
import { findProjectFile, findUserFile, readConfigFile } from './config-file.js'
import { type Environment, readEnvironment, readTokens } from './env.js'

/** Where {@link loadConfig} looks. */
export interface LoadConfigOptions {
  /**
   * Where the search for a project's config file begins; it goes on upward.
   *
   * @defaultValue the working directory
   */
  readonly cwd?: string | undefined
  /**
   * Environment variables by name.
   *
   * @defaultValue `process.env`
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * The user's directory: the config file is in `.config` there, unless `XDG_CONFIG_HOME` says another place.
   *
   * @defaultValue `os.homedir()`
   */
  readonly home?: string | undefined
}

/** A value, and where it came from. */
export interface ConfigSetting<T> {
  readonly value: T
  /** E.g. `LMSTUDIO_TIMEOUT in the environment`, `timeout_seconds in /app/lmstudio.config.toml, line 3`, `default`. */
  readonly source: string
}

/** The options that hold where code sets none, named and measured as `createLMStudio` takes them. */
export interface LoadedConfig {
  readonly endpoint: ConfigSetting<string>
  /** Only whether there is a token: the token itself is used, never shown. */
  readonly apiToken: ConfigSetting<'[redacted]' | undefined>
  /** Milliseconds. */
  readonly timeout: ConfigSetting<number>
  /** Milliseconds. */
  readonly generationTimeout: ConfigSetting<number>
  /** Milliseconds. Set in code only. */
  readonly idleTimeout: ConfigSetting<number>
  readonly maxRetries: ConfigSetting<number>
  /** Milliseconds. */
  readonly cacheTtl: ConfigSetting<number>
  /** Set in a file or in code only. */
  readonly allowRemote: ConfigSetting<boolean>
  /** Set in code only. */
  readonly maxConcurrency: ConfigSetting<number>
}

/** Everything that was found, the token included. */
export interface Settings {
  readonly config: LoadedConfig
  readonly token: string | undefined
  readonly env: Environment
}

/**
 * The configuration that `createLMStudio()` of `lmstudio-provider/node` starts from, each value with its source.
 *
 * @remarks
 * Highest first: the environment (`LMSTUDIO_ENDPOINT`, `LMSTUDIO_TIMEOUT` and `LMSTUDIO_GENERATION_TIMEOUT` in seconds,
 * `LMSTUDIO_CACHE_TTL` in minutes, `LMSTUDIO_MAX_RETRIES`, `LMSTUDIO_API_TOKEN`, then `LM_API_TOKEN`; an empty variable
 * is not set), the project's file, the user's file, the defaults. The project's file is `lmstudio.config.json` or
 * `lmstudio.config.toml` in the closestMatch directory that has one, from the working directory upward; the user's is
 * `lmstudio-provider/config.json` or `config.toml` in `$XDG_CONFIG_HOME` or `~/.config`. Keys of a file: `endpoint`,
 * `timeout_seconds`, `generation_timeout_seconds`, `cache_ttl_minutes`, `max_retries`, `allow_remote`.
 *
 * A bad value is an error also where a higher source overrides it; only whether an endpoint may be remote is asked of
 * the one that wins.
 *
 * @throws {@link ConfigurationError} a variable or a file is wrong: unreadable, malformed, an unknown key, a value of
 * the wrong type or out of its range, a token in a file, two files in one directory, an endpoint that is not allowed
 *
 * @example
 * ```ts
 * const { timeout } = loadConfig()
 * console.log(timeout.value, timeout.source) // 5000 'LMSTUDIO_TIMEOUT in the environment'
 * ```
 */
export function loadConfig(options?: LoadConfigOptions): LoadedConfig {
  const { config } = readSettings(options)
  checkReach(config.endpoint, config.allowRemote.value)
  return config
}

const isText = (value: unknown): boolean => typeof value === 'string'

const placesSchema = v.strictObject({
  cwd: optional(isText, 'must be a string'),
  home: optional(isText, 'must be a string'),
  env: optional(isObject, 'must be an object of variables'),
})

/** Reads every source; whether the endpoint may be reached is left to {@link checkReach}. */
export function readSettings(options: LoadConfigOptions = {}): Settings {
  validateOptions(placesSchema, options, 'the option')
  const env = options.env ?? process.env
  const found = readTokens(env)
  const [token] = found
  // A shorter one could stand in a text by chance (client/send.ts draws the same line).
  const tokens = found.map(({ value }) => value).filter(({ length }) => length > 5)

  const config: Record<string, ConfigSetting<unknown>> = Object.fromEntries(
    Object.entries(DEFAULTS).map(([option, value]) => [option, { value, source: 'default' }]),
  )
  // Lowest first: what comes later replaces what came before.
  const layers = [...findFiles(options, env).map((path) => readConfigFile(path, tokens)), readEnvironment(env, tokens)]
  for (const { option, value, source } of layers.flat()) config[option] = { value, source }
  config['apiToken'] = {
    value: token === undefined ? undefined : '[redacted]',
    source: token === undefined ? 'default' : token.source,
  }
  return { config: config as unknown as LoadedConfig, token: token?.value, env }
}

/** Throws a {@link ConfigurationError} for an endpoint out of the private network that nothing allows. */
export function checkReach({ value, source }: ConfigSetting<string>, allowRemote: boolean): void {
  const { hostname } = new URL(value)
  if (allowRemote || addressSpace(hostname) !== 'public') return
  throw new ConfigurationError(`${source} points at ${hostname}, outside this machine and private networks.`, {
    source,
    code: 'invalid-endpoint',
    hint: 'If prompts may really leave your network, set `allow_remote` to true in a config file, or the option `allowRemote`.',
  })
}

/** The config files there are, the user's before the project's. */
function findFiles({ cwd, home }: LoadConfigOptions, env: Environment): string[] {
  const start = cwd ?? attempt(() => process.cwd())
  const folder = configFolder(home, env)
  const files = [
    folder === undefined ? undefined : findUserFile(folder),
    start === undefined ? undefined : findProjectFile(resolve(start)),
  ]
  return files.filter((path) => path !== undefined)
}

function configFolder(home: string | undefined, env: Environment): string | undefined {
  const folder = env['XDG_CONFIG_HOME']
  // The XDG specification has a relative path ignored.
  if (folder !== undefined && isAbsolute(folder)) return folder
  const user = userFolder(home)
  return user === undefined ? undefined : join(user, '.config')
}

/** The user's directory, where there is one. */
export function userFolder(home: string | undefined): string | undefined {
  // Deno asks one permission more for the first than for the second.
  const user = home ?? attempt(homedir) ?? attempt(() => process.env['HOME'])
  return user === undefined || user === '' ? undefined : resolve(user)
}

/**
 * What the platform says, if it does. A working directory that was deleted, a container's user without a home or a sandbox
 * must not stop a program.
 */
export function attempt<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}

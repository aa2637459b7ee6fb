import * as v from 'valibot'
import { isAbsolute, join, resolve } from 'node:path'
import { DEFAULTS } from '../config/defaults.js'
import { ConfigurationError } from '../errors/errors.js'
import { addressSpace } from '../utils/address.js'
import { isObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, optional } from '../validation/schema.js'
import { validateOptions } from '../validation/validate.js'
import { findProjectFile, findUserFile, readConfigFile } from './config-file.js'
import { type Environment, readEnvironment, readTokens } from './env.js'
import { attempt, homeFolder } from './platform.js'

/** Options of {@link loadConfig}: where to look. */
export interface LoadConfigOptions {
  /**
   * The directory in which the search for the project's config file starts. The search continues in its parents.
   *
   * @default the working directory
   */
  readonly cwd?: string | undefined
  /**
   * Environment variables by name.
   *
   * @default `process.env`
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * The user's home folder. The user's config file is in its folder `.config`, unless `XDG_CONFIG_HOME` names another one.
   *
   * @default `os.homedir()`
   */
  readonly home?: string | undefined
}

/** A value, and where it came from. */
export interface ConfigSetting<T> {
  readonly value: T
  /**
   * For example `LMSTUDIO_TIMEOUT in the environment`, `timeout_seconds in /app/lmstudio.config.toml, line 3` or `default`.
   */
  readonly source: string
}

/** The values of options that code does not set, in the units of `createLMStudio`. */
export interface LoadedConfig {
  readonly endpoint: ConfigSetting<string>
  /** Whether there is a token. The token itself is used, but never shown. */
  readonly apiToken: ConfigSetting<'[redacted]' | undefined>
  /** In ms. */
  readonly timeout: ConfigSetting<number>
  /** In ms. */
  readonly generationTimeout: ConfigSetting<number>
  /** In ms. Only code can set it. */
  readonly idleTimeout: ConfigSetting<number>
  readonly maxRetries: ConfigSetting<number>
  /** In ms. */
  readonly cacheTtl: ConfigSetting<number>
  /** Only a file or code can set it. */
  readonly allowRemote: ConfigSetting<boolean>
  /** Only code can set it. */
  readonly maxConcurrency: ConfigSetting<number>
  /** The model for requests that name none. */
  readonly model: ConfigSetting<string | undefined>
}

/** Everything that was found, including the token. */
export interface Settings {
  readonly config: LoadedConfig
  readonly token: string | undefined
  readonly env: Environment
}

/**
 * Loads the configuration that `createLMStudio()` of `lmstudio-provider/node` starts from: each value with its source.
 *
 * @remarks
 * In order of precedence: environment variables, the project's file, the user's file, the defaults.
 *
 * - Variables: `LMSTUDIO_ENDPOINT`, `LMSTUDIO_TIMEOUT` and `LMSTUDIO_GENERATION_TIMEOUT` in seconds, `LMSTUDIO_CACHE_TTL` in
 *   minutes, `LMSTUDIO_MAX_RETRIES`, `LMSTUDIO_MODEL`, `LMSTUDIO_API_TOKEN`, then `LM_API_TOKEN`. An empty variable is not
 *   set.
 * - Project's file: `lmstudio.config.json` or `lmstudio.config.toml` in the nearest directory that has one, from the
 *   working directory upward.
 * - User's file: `lmstudio-provider/config.json` or `config.toml` in `$XDG_CONFIG_HOME` or `~/.config`.
 * - Keys of a file: `endpoint`, `timeout_seconds`, `generation_timeout_seconds`, `cache_ttl_minutes`, `max_retries`,
 *   `allow_remote`, `model`.
 *
 * An invalid value is an error even where a source with higher precedence replaces it. Whether an endpoint may be remote is
 * checked only for the endpoint that is used.
 *
 * @throws {@link ConfigurationError} a variable, a file, a key or a value is invalid, a file contains a token, one
 * directory contains two files, or the endpoint is not allowed
 *
 * @example
 * ```ts
 * const { timeout } = loadConfig()
 * console.log(timeout.value, timeout.source) // 5000 'LMSTUDIO_TIMEOUT in the environment'
 * ```
 */
export function loadConfig(options?: LoadConfigOptions): LoadedConfig {
  const { config } = readSettings(options)
  checkRemote(config.endpoint, config.allowRemote.value)
  return config
}

const isString = (value: unknown): boolean => typeof value === 'string'

const optionsSchema = /* @__PURE__ */ once(() =>
  v.strictObject({
    cwd: optional<string>(isString, 'must be a string'),
    home: optional<string>(isString, 'must be a string'),
    env: optional<Environment>(isObject, 'must be an object of variables'),
  } satisfies EntriesOf<LoadConfigOptions>),
)

/** Shortest token that other values are searched for, in characters. A shorter one could occur in a value by chance. */
const MIN_TOKEN_LENGTH = 6

/** Reads every source. {@link checkRemote} checks whether the endpoint may be used. */
export function readSettings(options: LoadConfigOptions = {}): Settings {
  validateOptions(optionsSchema(), options, 'the option')
  const env = options.env ?? process.env
  const found = readTokens(env)
  const [token] = found
  const tokens = found.map(({ value }) => value).filter(({ length }) => length >= MIN_TOKEN_LENGTH)

  const config: Record<string, ConfigSetting<unknown>> = Object.fromEntries(
    Object.entries({ ...DEFAULTS, model: undefined }).map(([option, value]) => [option, { value, source: 'default' }]),
  )
  // In ascending order of precedence: a later value replaces an earlier one.
  const sources = [...findFiles(options, env).map((path) => readConfigFile(path, tokens)), readEnvironment(env, tokens)]
  for (const { option, value, source } of sources.flat()) config[option] = { value, source }
  config['apiToken'] = {
    value: token === undefined ? undefined : '[redacted]',
    source: token === undefined ? 'default' : token.source,
  }
  return { config: config as unknown as LoadedConfig, token: token?.value, env }
}

/**
 * Checks whether an endpoint from the environment or a file may be used.
 *
 * @throws {@link ConfigurationError} the endpoint is outside private networks, and nothing allows that
 */
export function checkRemote({ value, source }: ConfigSetting<string>, allowRemote: boolean): void {
  const { hostname } = new URL(value)
  if (allowRemote || addressSpace(hostname) !== 'public') return
  throw new ConfigurationError(`${source} points at ${hostname}, outside this machine and private networks.`, {
    source,
    code: 'invalid-endpoint',
    hint: 'If prompts may leave your network, set `allow_remote` to true in a config file, or pass the option `allowRemote`.',
  })
}

/** Finds the config files, the user's before the project's. */
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
  // The XDG specification requires that a relative path is ignored.
  if (folder !== undefined && isAbsolute(folder)) return folder
  const user = homeFolder(home)
  return user === undefined ? undefined : join(user, '.config')
}

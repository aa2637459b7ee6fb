import { normalizeEndpoint } from '../config/endpoint.js'
import { MAX_MS } from '../config/resolve-config.js'
import { ConfigurationError } from '../errors/errors.js'
import { excerpt } from '../errors/redact.js'

/** The options that can be set outside of code. */
interface SettingValues {
  readonly endpoint: string
  readonly timeout: number
  readonly generationTimeout: number
  readonly cacheTtl: number
  readonly maxRetries: number
  readonly allowRemote: boolean
}

/** One of them: its names, and how its value is written. */
export interface SettingRule {
  readonly option: keyof SettingValues
  /** The environment variable, where there is one. */
  readonly variable?: string
  /** The key in a file. */
  readonly key: string
  /** The value as the option takes it; throws {@link ConfigurationError}. */
  readonly read: (value: unknown, source: string) => SettingValues[keyof SettingValues]
}

/** A value found outside of code. */
export interface Found {
  readonly option: keyof SettingValues
  readonly value: SettingValues[keyof SettingValues]
  readonly source: string
}

// An address of a person's config file or environment is long at 100 characters; the rest of a longer one explains nothing.
const SHOWN = 100

/**
 * Every setting, once. `allow_remote` has no variable: an environment is inherited by every program below it, and letting
 * prompts leave the network should be written down where it holds.
 */
export const SETTINGS: readonly SettingRule[] = [
  { option: 'endpoint', variable: 'LMSTUDIO_ENDPOINT', key: 'endpoint', read: readEndpoint },
  { option: 'timeout', variable: 'LMSTUDIO_TIMEOUT', key: 'timeout_seconds', read: duration('seconds', 1000, 1) },
  {
    option: 'generationTimeout',
    variable: 'LMSTUDIO_GENERATION_TIMEOUT',
    key: 'generation_timeout_seconds',
    read: duration('seconds', 1000, 1),
  },
  {
    option: 'cacheTtl',
    variable: 'LMSTUDIO_CACHE_TTL',
    key: 'cache_ttl_minutes',
    read: duration('minutes', 60_000, 0),
  },
  { option: 'maxRetries', variable: 'LMSTUDIO_MAX_RETRIES', key: 'max_retries', read: readCount },
  { option: 'allowRemote', key: 'allow_remote', read: readSwitch },
]

/** The variables a token is read from, the first that is set wins. */
export const TOKEN_VARIABLES: readonly string[] = ['LMSTUDIO_API_TOKEN', 'LM_API_TOKEN']

function readEndpoint(value: unknown, source: string): string {
  if (typeof value !== 'string') {
    throw badValue(source, 'a URL as text', value, 'Write it as "http://127.0.0.1:1234".')
  }
  // Whether it may be remote is asked of the one that wins, when it is known what allows it.
  return normalizeEndpoint(value, true, source)
}

/** A length of time in a unit people write, as milliseconds; `minimum` is in milliseconds. */
function duration(unit: string, factor: number, minimum: number): SettingRule['read'] {
  const least = minimum / factor
  const most = MAX_MS / factor
  // Rounded down, so that what the text says is inside the limit.
  const bounds = `from ${least} to ${Math.floor(most)}`
  return (value, source) => {
    if (typeof value === 'number' && value >= least && value <= most) return Math.round(value * factor)
    const hint = `Write a plain number of ${unit}, without unit or quotes, for example ${factor === 1000 ? 30 : 5} or 0.5.`
    throw badValue(source, `a number of ${unit} ${bounds}`, value, hint)
  }
}

function readCount(value: unknown, source: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 100) return value as number
  throw badValue(source, 'a whole number from 0 to 100', value, 'Write 0 for no retries, or a small number such as 3.')
}

function readSwitch(value: unknown, source: string): boolean {
  if (typeof value === 'boolean') return value
  throw badValue(source, 'true or false', value, 'Write true or false, without quotes.')
}

function badValue(source: string, expectation: string, value: unknown, hint: string): ConfigurationError {
  const message = `must be ${expectation}, not ${show(value)}`
  return new ConfigurationError(`${source} ${message}.`, {
    source,
    hint,
    code: 'invalid-setting',
    issues: [{ path: [], message }],
  })
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Date) return 'a date'
  if (typeof value === 'object' && value !== null) return 'a group of keys'
  return typeof value === 'string' ? excerpt(JSON.stringify(value), SHOWN) : String(value)
}

/**
 * Stops a text that holds the token from going where texts are shown: a token pasted into the wrong place would
 * otherwise be quoted as a bad value.
 */
export function refuseToken(value: unknown, source: string, tokens: readonly string[]): void {
  if (typeof value !== 'string' || !tokens.some((token) => value.includes(token))) return
  throw new ConfigurationError(`${source} holds the API token.`, {
    source,
    code: 'misplaced-token',
    hint: `Set the token as ${TOKEN_VARIABLES[0]} in the environment, and nowhere else.`,
  })
}

import { addressOf, readEndpoint as parseEndpoint } from '../config/endpoint.js'
import { MAX_MS } from '../config/resolve-config.js'
import { ConfigurationError } from '../errors/errors.js'
import { excerpt } from '../errors/redact.js'
import { isId } from '../validation/schema.js'

/** The options that the environment and config files can set. */
interface SettingValues {
  readonly endpoint: string
  readonly timeout: number
  readonly generationTimeout: number
  readonly cacheTtl: number
  readonly maxRetries: number
  readonly allowRemote: boolean
  readonly model: string
}

/** A setting: its names, and how to read its value. */
export interface Setting {
  readonly option: keyof SettingValues
  /** Environment variable, if there is one. */
  readonly variable?: string
  /** Key in a config file. */
  readonly key: string
  /**
   * Converts a value to the unit of the option.
   *
   * @throws {@link ConfigurationError} the value is invalid
   */
  readonly read: (value: unknown, source: string) => SettingValues[keyof SettingValues]
}

/** A value from the environment or a config file. */
export interface FoundValue {
  readonly option: keyof SettingValues
  readonly value: SettingValues[keyof SettingValues]
  readonly source: string
}

/** Maximum length of a value that an error quotes, in characters. */
const MAX_QUOTED = 100

const UNITS = { seconds: { ms: 1000, example: 30 }, minutes: { ms: 60_000, example: 5 } } as const

/**
 * Every setting. `allow_remote` has no variable: programs inherit the environment, and permission to send prompts out of
 * the network should be written where it applies.
 */
export const SETTINGS: readonly Setting[] = [
  { option: 'endpoint', variable: 'LMSTUDIO_ENDPOINT', key: 'endpoint', read: readEndpoint },
  {
    option: 'timeout',
    variable: 'LMSTUDIO_TIMEOUT',
    key: 'timeout_seconds',
    read: /* @__PURE__ */ durationReader('seconds', 1),
  },
  {
    option: 'generationTimeout',
    variable: 'LMSTUDIO_GENERATION_TIMEOUT',
    key: 'generation_timeout_seconds',
    read: /* @__PURE__ */ durationReader('seconds', 1),
  },
  {
    option: 'cacheTtl',
    variable: 'LMSTUDIO_CACHE_TTL',
    key: 'cache_ttl_minutes',
    read: /* @__PURE__ */ durationReader('minutes', 0),
  },
  { option: 'maxRetries', variable: 'LMSTUDIO_MAX_RETRIES', key: 'max_retries', read: readCount },
  { option: 'allowRemote', key: 'allow_remote', read: readBoolean },
  { option: 'model', variable: 'LMSTUDIO_MODEL', key: 'model', read: readModel },
]

/** The variables that can contain the token. The first one that is set is used. */
export const TOKEN_VARIABLES: readonly string[] = ['LMSTUDIO_API_TOKEN', 'LM_API_TOKEN']

function readEndpoint(value: unknown, source: string): string {
  if (typeof value !== 'string') {
    throw invalidValue(source, value, { expected: 'a URL as a string', hint: 'Write "http://127.0.0.1:1234".' })
  }
  // Whether the endpoint may be remote depends on other settings, and is checked once it is known which endpoint is used.
  return addressOf(parseEndpoint(value, true, source))
}

/** Returns a reader that converts a time to ms. `minMs` is the minimum of the option, in ms. */
/* @__NO_SIDE_EFFECTS__ */
function durationReader(unit: keyof typeof UNITS, minMs: number): Setting['read'] {
  const { ms, example } = UNITS[unit]
  const min = minMs / ms
  const max = MAX_MS / ms
  // Rounded down, so that the maximum in the message is within the limit.
  const expected = `a number of ${unit} from ${min} to ${Math.floor(max)}`
  const hint = `Write a number of ${unit} without unit or quotes, for example ${example} or 0.5.`
  return (value, source) => {
    if (typeof value === 'number' && value >= min && value <= max) return Math.round(value * ms)
    throw invalidValue(source, value, { expected, hint })
  }
}

function readCount(value: unknown, source: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 100) return value as number
  throw invalidValue(source, value, {
    expected: 'a whole number from 0 to 100',
    hint: 'Write 0 for no retries, or a small number such as 3.',
  })
}

function readModel(value: unknown, source: string): string {
  // `set LMSTUDIO_MODEL="id"` on Windows keeps the quotes.
  const isQuoted = typeof value === 'string' && /^\s*(["']).*\1\s*$/.test(value)
  if (isId(value) && !isQuoted) return value.trim()
  const expected = isQuoted ? 'the id of a model without further quotes' : 'the id of a model'
  throw invalidValue(source, value, { expected, hint: 'Write an id that `listModels()` returns.' })
}

function readBoolean(value: unknown, source: string): boolean {
  if (typeof value === 'boolean') return value
  throw invalidValue(source, value, { expected: 'true or false', hint: 'Write true or false, without quotes.' })
}

function invalidValue(
  source: string,
  value: unknown,
  { expected, hint }: { readonly expected: string; readonly hint: string },
): ConfigurationError {
  const message = `must be ${expected}, not ${quote(value)}`
  return new ConfigurationError(`${source} ${message}.`, {
    source,
    hint,
    code: 'invalid-setting',
    issues: [{ path: [], message }],
  })
}

function quote(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Date) return 'a date'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? excerpt(JSON.stringify(value), MAX_QUOTED) : String(value)
}

/**
 * Rejects a value that contains the token. Otherwise the error about the value would quote the token.
 *
 * @throws {@link ConfigurationError} the value contains one of the tokens
 */
export function rejectToken(value: unknown, source: string, tokens: readonly string[]): void {
  if (typeof value !== 'string' || !tokens.some((token) => value.includes(token))) return
  throw new ConfigurationError(`${source} contains the API token.`, { source, code: 'misplaced-token' })
}

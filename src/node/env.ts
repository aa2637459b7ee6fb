import { checkToken } from '../config/resolve-config.js'
import { closestMatch } from '../utils/edit-distance.js'
import { type FoundValue, SETTINGS, TOKEN_VARIABLES, rejectToken } from './settings.js'

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A token, and the variable it came from. */
export interface FoundToken {
  readonly value: string
  readonly source: string
}

const PREFIX = /^LM_?STUDIO_/
const DECIMAL = /^(\d+(\.\d*)?|\.\d+)$/

/** Names that other programs use for the same settings, and that no correction of a typing error leads to. */
const ALIASES: Readonly<Record<string, string>> = {
  API_KEY: 'API_TOKEN',
  APIKEY: 'API_TOKEN',
  KEY: 'API_TOKEN',
  TOKEN: 'API_TOKEN',
  API_BASE: 'ENDPOINT',
  API_URL: 'ENDPOINT',
  BASE_URL: 'ENDPOINT',
  HOST: 'ENDPOINT',
  PORT: 'ENDPOINT',
  SERVER: 'ENDPOINT',
  URL: 'ENDPOINT',
  RETRIES: 'MAX_RETRIES',
  TTL: 'CACHE_TTL',
}

/** The settings that are texts, even if they consist of digits. */
const TEXTS: ReadonlySet<string> = /* @__PURE__ */ new Set(['endpoint', 'model'])

const sourceOf = (variable: string): string => `${variable} in the environment`

/**
 * Reads the values that the environment sets. An empty variable is not set.
 *
 * @throws {@link ConfigurationError} a value is invalid
 */
export function readEnvironment(env: Environment, tokens: readonly string[]): FoundValue[] {
  return SETTINGS.flatMap(({ option, variable, read }) => {
    const text = variable === undefined ? undefined : env[variable]
    if (text === undefined || text === '') return []
    const source = sourceOf(variable!)
    rejectToken(text, source, tokens)
    return [{ option, source, value: read(TEXTS.has(option) ? text : parseNumber(text), source) }]
  })
}

/**
 * Returns every token in the environment. The first one is used.
 *
 * @throws {@link ConfigurationError} a header cannot carry the token
 */
export function readTokens(env: Environment): FoundToken[] {
  return TOKEN_VARIABLES.flatMap((variable) => {
    const value = env[variable]
    const source = sourceOf(variable)
    return value === undefined || value === '' ? [] : [{ value: checkToken(value, source), source }]
  })
}

/** Returns variables that look like misspelt names of ours, each with the correct name. */
export function findMistypedVariables(env: Environment): { readonly variable: string; readonly meant: string }[] {
  const variables = SETTINGS.flatMap(({ variable }) => (variable === undefined ? [] : [variable]))
  const known = [...variables, ...TOKEN_VARIABLES]
  const suffixes = [...variables, TOKEN_VARIABLES[0]!].map(withoutPrefix)
  return Object.keys(env).flatMap((variable) => {
    const upper = variable.toUpperCase()
    // Windows ignores the case of a name: there the known name reads the same variable.
    if (!PREFIX.test(upper) || !env[variable] || (known.includes(upper) && env[upper] === env[variable])) return []
    const suffix = withoutPrefix(upper)
    const meant = Object.hasOwn(ALIASES, suffix) ? ALIASES[suffix] : closestMatch(suffix, suffixes)
    return meant === undefined ? [] : [{ variable, meant: `LMSTUDIO_${meant}` }]
  })
}

function withoutPrefix(variable: string): string {
  return variable.replace(PREFIX, '')
}

/** Parses a decimal number; returns any other text unchanged, for the error. `Number` also accepts `0x10`, `1e3` and ` `. */
function parseNumber(text: string): unknown {
  const trimmed = text.trim()
  return DECIMAL.test(trimmed) ? Number(trimmed) : text
}

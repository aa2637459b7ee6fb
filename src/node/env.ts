import { checkToken } from '../config/resolve-config.js'
import { closestMatch } from '../utils/edit-distance.js'
import { type Found, SETTINGS, TOKEN_VARIABLES, refuseToken } from './settings.js'

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A token and the variable it came from. */
export interface FoundToken {
  readonly value: string
  readonly source: string
}

const PREFIX = /^LM_?STUDIO_/
const DECIMAL = /^(\d+(\.\d*)?|\.\d+)$/

const VARIABLES = SETTINGS.flatMap(({ variable }) => (variable === undefined ? [] : [variable]))
const KNOWN = [...VARIABLES, ...TOKEN_VARIABLES]
const SUFFIXES = [...VARIABLES, TOKEN_VARIABLES[0]!].map(withoutPrefix)

/** What other programs call the same thing, too far from our words for a slip of the finger. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
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

const sourceOf = (variable: string): string => `${variable} in the environment`

/** What the environment sets; an empty variable is one that is not set. */
export function readEnvironment(env: Environment, tokens: readonly string[]): Found[] {
  return SETTINGS.flatMap(({ option, variable, read }) => {
    const text = variable === undefined ? undefined : env[variable]
    if (text === undefined || text === '') return []
    const source = sourceOf(variable!)
    refuseToken(text, source, tokens)
    return [{ option, source, value: read(option === 'endpoint' ? text : toNumber(text), source) }]
  })
}

/** Every token the environment holds, the one that is used first; throws for one that cannot stand in a header. */
export function readTokens(env: Environment): FoundToken[] {
  return TOKEN_VARIABLES.flatMap((variable) => {
    const value = env[variable]
    const source = sourceOf(variable)
    return value === undefined || value === '' ? [] : [{ value: checkToken(value, source), source }]
  })
}

/** Variables that look as if they were meant for us but are not read, with the name that is. */
export function findMistypedVariables(env: Environment): { readonly variable: string; readonly meant: string }[] {
  return Object.keys(env).flatMap((variable) => {
    const upper = variable.toUpperCase()
    // Windows does not tell upper from lower case: there the known name finds the same variable.
    if (!PREFIX.test(upper) || !env[variable] || (KNOWN.includes(upper) && env[upper] === env[variable])) return []
    const suffix = withoutPrefix(upper)
    const meant = Object.hasOwn(OTHER_WORDS, suffix) ? OTHER_WORDS[suffix] : closestMatch(suffix, SUFFIXES)
    return meant === undefined ? [] : [{ variable, meant: `LMSTUDIO_${meant}` }]
  })
}

function withoutPrefix(variable: string): string {
  return variable.replace(PREFIX, '')
}

/** The number a text writes, or the text itself, for the error to show: `Number` takes `0x10`, `1e3` and ` ` as well. */
function toNumber(text: string): unknown {
  const trimmed = text.trim()
  return DECIMAL.test(trimmed) ? Number(trimmed) : text
}

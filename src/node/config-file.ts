import { lstatSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigurationError } from '../errors/errors.js'
import { excerpt } from '../errors/redact.js'
import { closestMatch } from '../utils/edit-distance.js'
import type { FileEntry } from './file-entry.js'
import { readJSONEntries } from './json-entries.js'
import { type Found, SETTINGS, TOKEN_VARIABLES, refuseToken } from './settings.js'
import { readTOMLEntries } from './toml-entries.js'

/** Longest config file, in bytes: a hundred times what all settings with a comment each take. */
const MAX_FILE_BYTES = 65_536

const KEYS = SETTINGS.map(({ key }) => key)

/** By every name a setting has: somebody may write the option's or the variable's into a file. */
const KEY_BY_NAME = new Map(
  SETTINGS.flatMap(({ key, option, variable }) =>
    [key, option, ...(variable === undefined ? [] : [variable])].map((name) => [name, key] as const),
  ),
)

/** The file of the first directory, from `start` upward, that has one. */
export function findProjectFile(start: string): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    const path = findFile(directory, 'lmstudio.config')
    if (path !== undefined || dirname(directory) === directory) return path
  }
}

/** The user's own file, in a directory for configuration. */
export function findUserFile(directory: string): string | undefined {
  return findFile(join(directory, 'lmstudio-provider'), 'config')
}

function findFile(directory: string, name: string): string | undefined {
  const [first, second] = ['json', 'toml'].map((type) => join(directory, `${name}.${type}`)).filter(isThere)
  if (first === undefined || second === undefined) return first
  throw new ConfigurationError(`There are two config files in ${directory}: ${name}.json and ${name}.toml.`, {
    source: directory,
    hint: 'Keep one of them: it is not guessed which one is meant.',
    code: 'ambiguous-file',
  })
}

/** A link that leads nowhere is there, and told of when it is read. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // A folder above that may not be looked into (a sandbox, Node's or Deno's permissions) holds nothing for us.
    return false
  }
}

/** What a file sets. It is data: nothing in it is run. Throws {@link ConfigurationError}. */
export function readConfigFile(path: string, tokens: readonly string[]): Found[] {
  const text = readText(path)
  const readEntries = path.endsWith('.json') ? readJSONEntries : readTOMLEntries
  const entries = readEntries(text, (what, line, column) => {
    throw badFile(
      path,
      `is not ${path.endsWith('.json') ? 'JSON' : 'TOML'}: ${what} at line ${line}, column ${column}`,
      {
        hint: path.endsWith('.json')
          ? 'Mend it there. JSON has double quotes only, no comments and no comma after the last value.'
          : 'Mend it there. A setting is a line such as: timeout_seconds = 30',
      },
    )
  })
  return entries.map((entry) => {
    refuseToken(entry.key, `A key in ${path}${lineOf(entry)}`, tokens)
    const rule = SETTINGS.find(({ key }) => key === entry.key)
    if (rule === undefined) throw unknownKey(path, entry)
    const source = place(path, entry)
    refuseToken(entry.value, source, tokens)
    return { option: rule.option, value: rule.read(entry.value, source), source }
  })
}

function place(path: string, entry: FileEntry): string {
  // An unknown key can be anything, even a token.
  const name = /^\w+$/.test(entry.key) ? entry.key : JSON.stringify(entry.key)
  return `${excerpt(name, 60)} in ${path}${lineOf(entry)}`
}

const lineOf = ({ line }: FileEntry): string => (line === undefined ? '' : `, line ${line}`)

function unknownKey(path: string, entry: FileEntry): ConfigurationError {
  const source = place(path, entry)
  if (
    /(token|^key|api[_-]?key|auth|authorization|bearer|credentials?|password|secret)$/.test(entry.key.toLowerCase())
  ) {
    return new ConfigurationError(`${source} is not read: a config file holds no token.`, {
      source,
      code: 'token-in-file',
      hint: `Set ${TOKEN_VARIABLES[0]} in the environment and delete the line; if the file was shared, make a new token.`,
    })
  }
  const name = closestMatch(entry.key, [...KEY_BY_NAME.keys()])
  const meant = name === undefined ? '' : `; did you mean \`${KEY_BY_NAME.get(name)}\`?`
  return new ConfigurationError(`${source} does not exist${meant === '' ? '.' : meant}`, {
    source,
    code: 'unknown-key',
    hint: `Known: ${KEYS.join(', ')}.`,
  })
}

/** A small UTF-8 file as text; throws {@link ConfigurationError}. */
export function readText(path: string): string {
  let bytes: Uint8Array
  try {
    const stats = statSync(path)
    // Reading a pipe would wait for whoever writes to it.
    if (!stats.isFile()) throw badFile(path, `is ${stats.isDirectory() ? 'a directory' : 'not a file'}`)
    if (stats.size > MAX_FILE_BYTES) {
      throw badFile(path, `is ${stats.size} bytes long; ${MAX_FILE_BYTES} are the most that is read`)
    }
    bytes = readFileSync(path)
  } catch (error) {
    if (ConfigurationError.isInstance(error)) throw error
    const { code = 'unknown' } = error as { code?: string }
    throw badFile(path, `cannot be read (${code})`, { cause: error })
  }
  try {
    // Takes the byte order mark away.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw badFile(path, 'is not UTF-8 text', { hint: 'Save it as UTF-8; PowerShell writes UTF-16 unless told not to.' })
  }
}

function badFile(path: string, what: string, options: { hint?: string; cause?: unknown } = {}): ConfigurationError {
  const hint = options.hint ?? 'Correct it, or take it away if it is not meant for lmstudio-provider.'
  return new ConfigurationError(`${path} ${what}.`, { source: path, code: 'bad-file', ...options, hint })
}

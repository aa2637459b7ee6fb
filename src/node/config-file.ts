import { dirname, join } from 'node:path'
import { ConfigurationError } from '../errors/errors.js'
import { excerpt } from '../errors/redact.js'
import { closestMatch } from '../utils/edit-distance.js'
import type { FileEntry } from './file-entry.js'
import { badFile, exists, readTextFile } from './files.js'
import { readJSONEntries } from './json-entries.js'
import { type FoundValue, SETTINGS, rejectToken } from './settings.js'
import { readTOMLEntries } from './toml-entries.js'

/** Maximum length of a key that an error quotes, in characters. */
const MAX_QUOTED_KEY = 60

/** Returns the path of the file in the nearest directory that has one, from `start` upward. */
export function findProjectFile(start: string): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    const path = findFile(directory, 'lmstudio.config')
    if (path !== undefined || dirname(directory) === directory) return path
  }
}

/** Returns the path of the user's file in a directory for configuration. */
export function findUserFile(directory: string): string | undefined {
  return findFile(join(directory, 'lmstudio-provider'), 'config')
}

function findFile(directory: string, name: string): string | undefined {
  const [first, second] = ['json', 'toml'].map((type) => join(directory, `${name}.${type}`)).filter(exists)
  if (first === undefined || second === undefined) return first
  throw new ConfigurationError(`There are two config files in ${directory}: ${name}.json and ${name}.toml.`, {
    source: directory,
    code: 'ambiguous-file',
  })
}

const FORMATS = {
  json: {
    name: 'JSON',
    read: readJSONEntries,
    hint: 'Correct the file. JSON has double quotes only, no comments and no comma after the last value.',
  },
  toml: { name: 'TOML', read: readTOMLEntries, hint: 'Correct the file. Write a setting as `timeout_seconds = 30`.' },
} as const

/**
 * Reads the values that a config file sets. The file is data: nothing in it is executed.
 *
 * @throws {@link ConfigurationError} the file, a key or a value is invalid
 */
export function readConfigFile(path: string, tokens: readonly string[]): FoundValue[] {
  const format = FORMATS[path.endsWith('.json') ? 'json' : 'toml']
  const entries = format.read(readTextFile(path), (problem, line, column) => {
    const { name, hint } = format
    throw badFile(path, `is not ${name}: ${problem} at line ${line}, column ${column}`, { hint })
  })
  return entries.map((entry) => {
    rejectToken(entry.key, `A key in ${path}${formatLine(entry)}`, tokens)
    const setting = SETTINGS.find(({ key }) => key === entry.key)
    if (setting === undefined) throw unknownKey(path, entry)
    const source = formatSource(path, entry)
    rejectToken(entry.value, source, tokens)
    return { option: setting.option, value: setting.read(entry.value, source), source }
  })
}

function formatSource(path: string, entry: FileEntry): string {
  const key = /^\w+$/.test(entry.key) ? entry.key : JSON.stringify(entry.key)
  // An unknown key can contain anything, even a token.
  return `${excerpt(key, MAX_QUOTED_KEY)} in ${path}${formatLine(entry)}`
}

const formatLine = ({ line }: FileEntry): string => (line === undefined ? '' : `, line ${line}`)

const TOKEN_KEY = /(token|^key|api[_-]?key|auth|authorization|bearer|credentials?|password|secret)$/i

function unknownKey(path: string, entry: FileEntry): ConfigurationError {
  const source = formatSource(path, entry)
  if (TOKEN_KEY.test(entry.key)) {
    const message = `${source} is not allowed: a config file must not contain a token.`
    return new ConfigurationError(message, { source, code: 'token-in-file' })
  }
  // A file may use the name of the option or of the variable.
  const keyByName = new Map(
    SETTINGS.flatMap(({ key, option, variable = key }) => [key, option, variable].map((name) => [name, key] as const)),
  )
  const name = closestMatch(entry.key, [...keyByName.keys()])
  const suggestion = name === undefined ? '' : ` (did you mean \`${keyByName.get(name)}\`?)`
  return new ConfigurationError(`${source} does not exist${suggestion}.`, {
    source,
    code: 'unknown-key',
    hint: `Known: ${SETTINGS.map(({ key }) => key).join(', ')}.`,
  })
}

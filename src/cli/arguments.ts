import { parseArgs } from 'node:util'
import { closestMatch } from '../utils/edit-distance.js'
import type { OptionSpecs } from './option.js'

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The parsed arguments of a command. */
export interface Arguments {
  readonly positionals: readonly string[]
  readonly flag: (name: string) => boolean
  readonly text: (name: string) => string | undefined
  readonly list: (name: string) => readonly string[]
  /** Returns the value as an integer within the limits. */
  readonly integer: (name: string, min: number, max: number) => number | undefined
}

/** What the parser needs of a command. */
export interface Syntax {
  /** The positional arguments, for the help: `[endpoint]`. */
  readonly positionals: string
  /** How many positional arguments there must and may be. */
  readonly count: { readonly min: number; readonly max: number }
  readonly options: OptionSpecs
}

/** The options that every command has. */
const HELP = { help: { type: 'boolean' as const, short: 'h' } }

const ENDPOINT = { endpoint: { type: 'string' as const } }

/**
 * Parses the arguments of a command.
 *
 * @throws {@link UsageError} an option is unknown, lacks its value or has one too many, or the positionals are too few or too many
 */
export function parseArguments(command: Syntax, args: readonly string[]): Arguments {
  // Where the endpoint is an argument, the option that other commands have for it means the same.
  const takesEndpoint = command.positionals.includes('endpoint')
  const known: Readonly<Record<string, Pick<OptionSpecs[string], 'type'>>> = {
    ...command.options,
    ...HELP,
    ...(takesEndpoint ? ENDPOINT : {}),
  }
  // Not strict: our own messages name the closest option.
  const { tokens, positionals: words } = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, { type }])), ...HELP },
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined
    if (option === undefined) throw unknownOption(token.rawName, Object.keys(known), command)
    values.set(token.name, [...(values.get(token.name) ?? []), optionValue(token, option.type)])
  }
  for (const [name, given] of values) {
    const { type, multiple = false } = command.options[name] ?? { type: 'boolean' as const }
    if (type === 'string' && !multiple && given.length > 1) throw new UsageError(`--${name} can be given only once.`)
  }
  const positionals = takesEndpoint ? [...words, ...(values.get('endpoint') ?? [])] : words
  if (!values.has('help')) checkCount(command, positionals)
  return {
    positionals,
    flag: (name) => values.has(name),
    text: (name) => values.get(name)?.[0],
    list: (name) => values.get(name) ?? [],
    integer: (name, min, max) => readInteger(name, values.get(name)?.[0], min, max),
  }
}

interface OptionToken {
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function optionValue({ rawName, value, inlineValue }: OptionToken, type: 'string' | 'boolean'): string {
  if (type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} does not take a value.`)
    return ''
  }
  if (value === undefined || value === '') throw new UsageError(`${rawName} needs a value.`)
  // In `--port --cors` the second option is not a value of the first.
  if (inlineValue !== true && value.startsWith('-') && value.length > 1) {
    throw new UsageError(`${rawName} needs a value. To pass one that starts with a dash, write ${rawName}=${value}.`)
  }
  return value
}

function unknownOption(rawName: string, names: readonly string[], { count }: Syntax): UsageError {
  const match = closestMatch(rawName, names)
  const text = count.max === Number.POSITIVE_INFINITY ? ' Write -- before text that starts with a dash.' : ''
  const suggestion = match === undefined ? text : ` Did you mean --${match}?`
  return new UsageError(`Unknown option ${rawName}.${suggestion}`)
}

function checkCount({ count, positionals }: Syntax, given: readonly string[]): void {
  if (given.length < count.min) throw new UsageError(`Expected ${positionals}.`)
  const extra = given[count.max]
  if (extra !== undefined) throw new UsageError(`Unexpected argument ${JSON.stringify(extra)}.`)
}

function readInteger(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UsageError(`--${name} must be an integer from ${min} to ${max}, not ${JSON.stringify(text)}.`)
}

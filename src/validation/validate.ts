import * as v from 'valibot'
import { ConfigurationError, InvalidRequestError, InvalidResponseError, type Issue } from '../errors/errors.js'
import { closestMatch } from '../utils/edit-distance.js'

type AnySchema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>

/** The part of valibot's issues that is read here. */
interface ValibotIssue extends Pick<v.BaseIssue<unknown>, 'message' | 'expected' | 'input'> {
  readonly path?: readonly { readonly key: unknown }[] | undefined
}

/** Converts valibot's issues to those of this package. */
export function toIssues(issues: readonly ValibotIssue[]): Issue[] {
  return issues.map((issue) => ({
    path: (issue.path ?? []).map((item) => item.key as string | number),
    message: toMessage(issue),
  }))
}

// Valibot names some types as JavaScript does and others by their class.
const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  function: 'a function',
  object: 'an object',
  Object: 'an object',
  array: 'an array',
  Array: 'an array',
}

const UNKNOWN = 'does not exist'

/** Valibot's own messages quote the received value, which can be a prompt or a token. This one names only its type. */
function toMessage({ message, expected, input }: ValibotIssue): string {
  if (!message.startsWith('Invalid ')) return message
  if (expected === 'never') return UNKNOWN
  if (input === undefined) return 'is missing'
  const received = input === null ? 'null' : Array.isArray(input) ? 'array' : typeof input
  return `must be ${TYPE_NAMES[String(expected)] ?? expected}, not ${TYPE_NAMES[received] ?? received}`
}

/** Formats a path as code would access it: `a.b[0].c`. */
export function formatPath(path: Issue['path']): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  )
}

/**
 * Returns a response as its schema describes it.
 *
 * @param what - what the message calls the value, for example `The response`
 *
 * @throws {@link InvalidResponseError} names the first field that does not match, never its value
 */
export function parseResponse<const S extends AnySchema>(
  schema: S,
  value: unknown,
  what: string,
  { endpoint }: { readonly endpoint?: string } = {},
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = toIssues(result.issues)
  throw unexpectedShape(what, formatPath(issue!.path), endpoint)
}

/** Creates the error for a response in which a field has the wrong type; an empty path means the body. */
export function unexpectedShape(what: string, path: string, endpoint?: string): InvalidResponseError {
  const field = path === '' ? 'the body' : `\`${path}\``
  return new InvalidResponseError(`${what} has an unexpected shape: ${field} has the wrong type.`, { endpoint })
}

type StrictSchema = v.GenericSchema & { readonly entries: v.ObjectEntries }

// Names that other clients use, in camel case, and that no correction of a typing error leads to.
const ALIASES: Readonly<Record<string, string>> = {
  baseURL: 'endpoint',
  baseUrl: 'endpoint',
  url: 'endpoint',
  host: 'endpoint',
  apiKey: 'apiToken',
  abortSignal: 'signal',
  maxCompletionTokens: 'maxTokens',
  maxOutputTokens: 'maxTokens',
  numPredict: 'maxTokens',
  stopSequences: 'stop',
  systemPrompt: 'system',
  functions: 'tools',
  functionCall: 'toolChoice',
  format: 'responseFormat',
  think: 'reasoningEffort',
  keepAlive: 'ttlSeconds',
  numCtx: 'contextLength',
}

const toCamelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/**
 * Lists what is wrong with a value. For an unknown key, the message suggests the closest known one: from `nestedKeys`
 * and, at the top level, from the keys of the schema. No message quotes a value.
 */
function findIssues(schema: StrictSchema, value: unknown, nestedKeys: readonly string[]): Issue[] {
  let result: v.SafeParseResult<StrictSchema>
  try {
    // Valibot accepts an array as an object.
    if (Array.isArray(value)) return [{ path: [], message: 'must be an object, not an array' }]
    result = v.safeParse(schema, value)
  } catch {
    return [{ path: unreadablePath(schema, value), message: UNREADABLE }]
  }
  if (result.success) return []
  return toIssues(result.issues).map((issue) => {
    if (issue.message !== UNKNOWN) return issue
    const key = String(issue.path.at(-1))
    const known = [...(issue.path.length === 1 ? Object.keys(schema.entries) : []), ...nestedKeys]
    const alias = ALIASES[toCamelCase(key)]
    const suggestion = alias !== undefined && known.includes(alias) ? alias : closestMatch(key, known)
    if (suggestion === undefined) return issue
    return {
      ...issue,
      message: suggestion === key ? `${UNKNOWN} here` : `${UNKNOWN} (did you mean \`${suggestion}\`?)`,
    }
  })
}

/** Returns the path of the first member that throws when it is read. */
function unreadablePath({ entries }: StrictSchema, value: unknown): Issue['path'] {
  for (const key of Object.keys(entries)) {
    try {
      void (value as Record<string, unknown>)[key]
    } catch {
      return [key]
    }
  }
  return []
}

/** Returns the text with an uppercase first letter. */
export const capitalize = (text: string): string => text[0]!.toUpperCase() + text.slice(1)

/**
 * Checks options against a strict schema.
 *
 * @param kind - what the message calls an option, for example `the call option`
 *
 * @throws {@link ConfigurationError} names the first invalid option
 */
export function validateOptions(schema: StrictSchema, options: unknown, kind: string): void {
  const issues = findIssues(schema, options, [])
  const [first] = issues
  if (first === undefined) return
  const source = first.path.length === 0 ? `${kind}s` : `${kind} ${formatPath(first.path)}`
  const isAboutNames = first.path.length === 0 || first.message.startsWith(UNKNOWN)
  throw new ConfigurationError(`${capitalize(source)} ${first.message}.`, {
    source,
    issues,
    code: 'invalid-option',
    hint: isAboutNames ? `Known: ${Object.keys(schema.entries).join(', ')}.` : undefined,
  })
}

/**
 * Checks a request against a strict schema.
 *
 * @param nestedKeys - known keys below the top level, to suggest for unknown ones
 *
 * @throws {@link InvalidRequestError} lists the invalid fields
 */
export function validateRequest(schema: StrictSchema, request: unknown, nestedKeys: readonly string[] = []): void {
  const issues = findIssues(schema, request, nestedKeys)
  if (issues.length === 0) return
  throw invalidRequest(issues, hintForIssues(schema, issues))
}

function hintForIssues({ entries }: StrictSchema, issues: readonly Issue[]): string | undefined {
  if (issues[0]!.path.length === 0) return 'Pass an object with the fields of the request.'
  const isUnknown = issues.every(({ path, message }) => path.length === 1 && message === UNKNOWN)
  return isUnknown && 'extraBody' in entries
    ? 'Remove it, or send it in `extraBody` if your server knows a field of this name.'
    : undefined
}

/** The fields that are sent as JSON, whatever they hold. */
const JSON_FIELDS: readonly string[] = ['extraBody', 'parameters', 'arguments', 'schema']

// Deeper than any schema, and shallow enough for the stack.
const MAX_DEPTH = 200
// A longer path does not help a reader.
const MAX_PATH = 10

const UNREADABLE = 'cannot be read: its getter or proxy throws'

/** A request that is being copied. */
interface Reading {
  /** Path of the value that is being read. */
  readonly path: (string | number)[]
  /** The copy of each object; `undefined` while it is being made. */
  readonly copies: Map<object, unknown>
}

/**
 * Copies what a caller passed, so that every member is read once: its owner may change it later, and a getter may throw.
 * Plain objects and lists are copied; anything else, such as bytes or a function, stays what it is.
 *
 * @throws {@link InvalidRequestError} a member cannot be read, contains itself, or is not JSON where JSON is sent
 */
export function readRequest<T>(request: T): T {
  const reading: Reading = { path: [], copies: new Map() }
  try {
    return copyValue(request, false, reading) as T
  } catch (error) {
    throw InvalidRequestError.isInstance(error) ? error : unreadable(reading, UNREADABLE)
  }
}

function copyValue(value: unknown, isJSON: boolean, reading: Reading): unknown {
  const { path, copies } = reading
  if (isJSON) refuseScalar(value, reading)
  if (typeof value !== 'object' || value === null) return value
  if (copies.has(value)) {
    const copy = copies.get(value)
    if (copy === undefined) throw unreadable(reading, 'contains itself')
    return copy
  }
  if (path.length > MAX_DEPTH) throw unreadable(reading, 'is nested too deeply')
  const list = Array.isArray(value) ? (value as unknown[]) : undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  // A schema of a library is not copied: its library reads it, and validation rejects it where it is not expected.
  const isPlain = (prototype === null || Object.getPrototypeOf(prototype) === null) && !('~standard' in value)
  if (list === undefined && !isPlain) {
    if (isJSON) refuseObject(value, reading)
    return value
  }
  copies.set(value, undefined)
  const entries: [key: string | number, value: unknown][] = []
  for (const key of list?.keys() ?? Object.keys(value)) {
    path.push(key)
    const isMemberJSON = isJSON || JSON_FIELDS.includes(key as string)
    entries.push([key, copyValue((value as Record<string | number, unknown>)[key], isMemberJSON, reading)])
    path.pop()
  }
  // Unlike an assignment, `fromEntries` makes `__proto__` a member like any other.
  const copy: object = list === undefined ? Object.fromEntries(entries) : entries.map(([, member]) => member)
  copies.set(value, copy)
  return copy
}

function refuseScalar(value: unknown, reading: Reading): void {
  const isFunction = typeof value === 'function' && !('~standard' in value)
  if (typeof value === 'bigint' || typeof value === 'symbol' || isFunction) {
    throw unreadable(reading, `must be JSON, not a ${typeof value}`)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw unreadable(reading, 'must be JSON, not NaN or Infinity')
  }
}

/** Refuses what JSON turns into something else, such as a date or a map, and what throws while it is serialized. */
function refuseObject(value: object, reading: Reading): void {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1)
  if (tag !== 'Object') throw unreadable(reading, `must be JSON, not a ${tag}`)
  if (!('~standard' in value)) JSON.stringify(value)
}

const unreadable = ({ path }: Reading, message: string): InvalidRequestError =>
  invalidRequest([{ path: path.slice(0, MAX_PATH), message }])

/** How many issues a message names. All of them are in `issues`. */
const MAX_NAMED = 3

/** Creates the {@link InvalidRequestError} for these issues. */
export function invalidRequest(issues: readonly Issue[], hint?: string): InvalidRequestError {
  const list = issues
    .slice(0, MAX_NAMED)
    .map(({ path, message }) => `${path.length === 0 ? 'it' : `\`${formatPath(path)}\``} ${message}`)
  return new InvalidRequestError(`The request is invalid: ${list.join('; ')}.`, { issues, hint })
}

/**
 * Serializes a request body. Fields that are `undefined` are left out.
 *
 * @throws {@link InvalidRequestError} the body holds something that JSON cannot express
 */
export function serialize(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch (cause) {
    throw new InvalidRequestError('The request cannot be serialized as JSON.', {
      cause,
      hint: 'Remove the BigInt or the circular reference, for example from `extraBody` or from a schema.',
    })
  }
}

/** Puts a field in front of those of a serialized, non-empty object, which win over it. */
export const prependField = (name: string, value: unknown, object: string): string =>
  `{"${name}":${serialize(value)},${object.slice(1)}`

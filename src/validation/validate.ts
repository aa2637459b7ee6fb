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

// Names that other clients use, and that no correction of a typing error leads to.
const ALIASES: Readonly<Record<string, string>> = {
  baseURL: 'endpoint',
  baseUrl: 'endpoint',
  url: 'endpoint',
  apiKey: 'apiToken',
  abortSignal: 'signal',
}

/**
 * Lists what is wrong with a value. For an unknown key, the message suggests the closest known one: from `nestedKeys`
 * and, at the top level, from the keys of the schema. No message quotes a value.
 */
function findIssues(schema: StrictSchema, value: unknown, nestedKeys: readonly string[]): Issue[] {
  try {
    return listIssues(schema, value, nestedKeys)
  } catch {
    return [{ path: unreadablePath(schema, value), message: 'cannot be read: its getter or proxy throws' }]
  }
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

function listIssues(schema: StrictSchema, value: unknown, nestedKeys: readonly string[]): Issue[] {
  // Valibot accepts an array as an object.
  if (Array.isArray(value)) return [{ path: [], message: 'must be an object, not an array' }]
  const result = v.safeParse(schema, value)
  if (result.success) return []
  return toIssues(result.issues).map((issue) => {
    if (issue.message !== UNKNOWN) return issue
    const key = String(issue.path.at(-1))
    const known = [...(issue.path.length === 1 ? Object.keys(schema.entries) : []), ...nestedKeys]
    const alias = ALIASES[key]
    const suggestion = alias !== undefined && known.includes(alias) ? alias : closestMatch(key, known)
    return suggestion === undefined ? issue : { ...issue, message: `${UNKNOWN} (did you mean \`${suggestion}\`?)` }
  })
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
  if (issues.length > 0) throw invalidRequest(issues)
}

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

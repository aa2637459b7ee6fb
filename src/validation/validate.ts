import * as v from 'valibot'
import { ConfigurationError, InvalidRequestError, InvalidResponseError, type Issue } from '../errors/errors.js'
import { closestMatch } from '../utils/edit-distance.js'

type AnySchema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>

/** What is read of valibot's issues: what else they hold is not in the bundle (scripts/bundle/trim.ts). */
interface ReadIssue extends Pick<v.BaseIssue<unknown>, 'message' | 'expected' | 'input'> {
  readonly path?: readonly { readonly key: unknown }[] | undefined
}

/** Valibot's issues as this package reports them. */
export function toIssues(issues: readonly ReadIssue[]): Issue[] {
  return issues.map((issue) => ({
    path: (issue.path ?? []).map((item) => item.key as string | number),
    message: describe(issue),
  }))
}

// Valibot's words, as a person would say them.
const WORDS: Readonly<Record<string, string>> = {
  Object: 'an object',
  Array: 'a list',
  object: 'an object',
  array: 'a list',
}

/** Valibot's own texts quote the received value, which can be a prompt or a token: only its type is named here. */
function describe({ message, expected, input }: ReadIssue): string {
  if (!message.startsWith('Invalid ')) return message
  const received = input === null ? 'null' : Array.isArray(input) ? 'array' : typeof input
  return expected === 'never'
    ? 'does not exist'
    : input === undefined
      ? 'is missing'
      : `must be ${WORDS[String(expected)] ?? expected}, not ${WORDS[received] ?? received}`
}

/** `a.b[0].c`, as a person would write it. */
export function formatPath(path: Issue['path']): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  )
}

/** The value as the schema knows it, or an {@link InvalidResponseError} that names the first field that does not fit. */
export function parseResponse<const S extends AnySchema>(
  schema: S,
  value: unknown,
  what: string,
  facts: { readonly endpoint?: string } = {},
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = toIssues(result.issues)
  const where = formatPath(issue!.path)
  // The received value stays out of the text: it can be content.
  throw new InvalidResponseError(
    `${what} is not of the expected shape: ${where === '' ? 'the body' : `\`${where}\``} has the wrong type.`,
    facts,
  )
}

type StrictSchema = v.GenericSchema & { readonly entries: v.ObjectEntries }

// What other clients call it, where no spelling leads there.
const ALIASES: Readonly<Record<string, string>> = {
  baseURL: 'endpoint',
  baseUrl: 'endpoint',
  url: 'endpoint',
  apiKey: 'apiToken',
}

const UNKNOWN = 'does not exist'

/**
 * What is wrong with a value; for an unknown key the closestMatch known one is named, from `vocabulary` and, at the top, from
 * the schema's own keys. Values are never quoted.
 */
function findIssues(schema: StrictSchema, value: unknown, vocabulary: readonly string[]): Issue[] {
  // To valibot a list is an object too.
  if (Array.isArray(value)) return [{ path: [], message: 'must be an object' }]
  const result = v.safeParse(schema, value)
  return toIssues(result.issues ?? []).map((issue) => {
    if (issue.message !== UNKNOWN) return issue
    const key = String(issue.path.at(-1))
    const known = [...(issue.path.length === 1 ? Object.keys(schema.entries) : []), ...vocabulary]
    const alias = ALIASES[key]
    const meant = alias !== undefined && known.includes(alias) ? alias : closestMatch(key, known)
    return meant === undefined ? issue : { ...issue, message: `${UNKNOWN} (did you mean \`${meant}\`?)` }
  })
}

/** A sentence begins with it. */
export const capitalise = (text: string): string => text[0]!.toUpperCase() + text.slice(1)

const describeIssue = (issue: Issue): string => `\`${formatPath(issue.path)}\` ${issue.message}`

/** Checks options against a strict schema; throws a {@link ConfigurationError} that names the first bad one. */
export function validateOptions(schema: StrictSchema, options: unknown, kind: string): void {
  const issues = findIssues(schema, options, [])
  const [first] = issues
  if (first === undefined) return
  const source = first.path.length === 0 ? `${kind}s` : `${kind} ${formatPath(first.path)}`
  throw new ConfigurationError(`${capitalise(source)} ${first.message}.`, {
    source,
    issues,
    code: 'invalid-option',
    hint:
      first.path.length === 0 || first.message.startsWith(UNKNOWN)
        ? `Known: ${Object.keys(schema.entries).join(', ')}.`
        : undefined,
  })
}

/** Checks a request against a strict schema; throws an {@link InvalidRequestError} that lists what is wrong. */
export function validateRequest(schema: StrictSchema, request: unknown, vocabulary: readonly string[] = []): void {
  const issues = findIssues(schema, request, vocabulary)
  if (issues.length > 0) throw invalidRequest(issues)
}

/** An {@link InvalidRequestError} for these issues. */
export function invalidRequest(issues: readonly Issue[], hint?: string): InvalidRequestError {
  const list = issues.map((issue) => (issue.path.length === 0 ? `it ${issue.message}` : describeIssue(issue)))
  return new InvalidRequestError(`The request is wrong: ${list.slice(0, 3).join('; ')}.`, { issues, hint })
}

import * as v from 'valibot'
import { ConfigurationError, InvalidRequestError, type Issue } from '../errors/request-errors.js'
import { nearest } from '../utils/nearest.js'
import { formatPath, toIssues } from '../wire/parse.js'

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
 * What is wrong with a value; for an unknown key the nearest known one is named, from `vocabulary` and, at the top, from
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
    const meant = alias !== undefined && known.includes(alias) ? alias : nearest(key, known)
    return meant === undefined ? issue : { ...issue, message: `${UNKNOWN} (did you mean \`${meant}\`?)` }
  })
}

/** A sentence begins with it. */
export const capitalise = (text: string): string => text[0]!.toUpperCase() + text.slice(1)

const describe = (issue: Issue): string => `\`${formatPath(issue.path)}\` ${issue.message}`

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
  const list = issues.map((issue) => (issue.path.length === 0 ? `it ${issue.message}` : describe(issue)))
  return new InvalidRequestError(`The request is wrong: ${list.slice(0, 3).join('; ')}.`, { issues, hint })
}

import * as v from 'valibot'
import { InvalidResponseError } from '../errors/api-errors.js'
import type { Issue } from '../errors/request-errors.js'

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
export function parseWire<const S extends AnySchema>(
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

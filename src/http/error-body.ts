import { excerpt } from '../errors/redact.js'
import type { Issue } from '../errors/errors.js'
import { isObject, type JSONObject, parseJSON } from '../utils/json.js'

/** What an error body says, in whichever of the shapes of docs/http-api.md 8.2 it comes. */
export interface ServerError {
  readonly message: string
  readonly type: string | undefined
  readonly code: string | undefined
  /** The field that the server complains about. */
  readonly param: string | undefined
  /** The paths and messages of a validation error, where the server lists them. */
  readonly issues: readonly Issue[]
  /** Tokens of the prompt and of the context, where the server reports an overflow in fields. */
  readonly promptTokens: number | undefined
  readonly contextLength: number | undefined
}

/** Whether a parsed body or stream event reports an error. `"error": null` does not. */
export function hasError(body: unknown): body is JSONObject {
  if (!isObject(body)) return false
  const { error, type, object } = body
  return (error !== undefined && error !== null && error !== false) || type === 'error' || object === 'error'
}

// Errors wrap errors: `{"error":{"message":"{\"error\":…"}}` has been seen three deep.
const MAX_DEPTH = 6
// More than a person reads.
const MAX_ISSUES = 50
const MAX_FIELD_LENGTH = 100
const MAX_ISSUE_LENGTH = 200

/**
 * Reads the error in a body of any shape: parsed JSON, or the text where it is not JSON.
 *
 * @param scrub - removes credentials and prompts of the request, which servers quote
 */
export function parseErrorBody(body: unknown, scrub: (text: string) => string = (text) => text): ServerError {
  const { layers, core } = unwrap(body)
  const print = (value: unknown, maxLength?: number): string =>
    value === undefined || value === null ? '' : excerpt(scrub(toText(value)), maxLength)
  const pick = (name: string): unknown => layers.find((layer) => isField(layer[name]))?.[name]
  const field = (name: string): string | undefined => {
    const value = pick(name)
    return value === undefined ? undefined : print(value, MAX_FIELD_LENGTH)
  }
  const count = (name: string): number | undefined => {
    const value = pick(name)
    return typeof value === 'number' ? value : undefined
  }
  const issues = Array.isArray(core) ? toIssues(core, print) : []
  const summary = issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ')
  return {
    message: issues.length === 0 ? print(core) : excerpt(summary),
    type: field('type'),
    code: field('code'),
    param: field('param'),
    issues,
    promptTokens: count('n_prompt_tokens'),
    contextLength: count('n_ctx'),
  }
}

/** Returns the objects that wrap the error, innermost first, and what they wrap: a text or a list of issues. */
function unwrap(body: unknown): { readonly layers: readonly JSONObject[]; readonly core: unknown } {
  const layers: JSONObject[] = []
  let core = body
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    // A message that is itself JSON holds the actual error: a list of zod issues, or an error of the engine.
    const inner = typeof core === 'string' && /^\s*[[{]/.test(core) ? parseJSON(core) : undefined
    core = inner ?? core
    if (!isObject(core)) break
    layers.unshift(core)
    core = [core.error, core.message, core.detail, core.errors].find(isContent)
  }
  return { layers, core: core ?? layers.map((layer) => layer.message).find(isContent) }
}

function toIssues(list: readonly unknown[], print: (value: unknown, maxLength: number) => string): Issue[] {
  return list
    .slice(0, MAX_ISSUES)
    .filter(isObject)
    .map(({ path, loc, message, msg, code }) => ({
      // `loc` and `msg` are FastAPI's (vLLM).
      path: [path, loc]
        .flatMap((keys): unknown[] => (Array.isArray(keys) ? keys : []))
        .flatMap((key) =>
          typeof key === 'number' ? key : typeof key === 'string' ? print(key, MAX_FIELD_LENGTH) : [],
        ),
      message: print(message ?? msg ?? code, MAX_ISSUE_LENGTH),
    }))
}

/** Whether a value can hold the message: an object that wraps it, a list of issues, or a text that is not empty. */
const isContent = (value: unknown): boolean =>
  typeof value === 'object' ? value !== null : typeof value === 'string' && value.trim() !== ''

// `"type": "error"` names the envelope, not the kind of error.
const isField = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value !== '' && value !== 'error')

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    // Nested more deeply than the stack allows.
    return ''
  }
}

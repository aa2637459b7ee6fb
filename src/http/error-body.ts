import { excerpt } from '../errors/redact.js'
import { type JSONObject, isObject, parseJSON } from '../utils/json.js'

/** What an error body says, whichever of the shapes of wire reference 8.2 it has. */
export interface WireError {
  readonly message: string
  readonly type: string | undefined
  readonly code: string | undefined
  readonly param: string | undefined
  /** Paths and messages of a validation error, when the server lists them. */
  readonly issues: readonly { readonly path: readonly (string | number)[]; readonly message: string }[]
  /** Tokens of the prompt and of the context, where an overflow says them as fields. */
  readonly promptTokens: number | undefined
  readonly contextLength: number | undefined
}

/** Whether a parsed body or stream event says that something failed. `"error": null` does not. */
export function hasError(body: unknown): body is JSONObject {
  if (!isObject(body)) return false
  const { error, type, object } = body
  return (error !== undefined && error !== null && error !== false) || type === 'error' || object === 'error'
}

// Errors wrap errors: `{"error":{"message":"{\"error\":…"}}` has been seen three deep.
const MAX_DEPTH = 6
// More than anybody reads.
const MAX_ISSUES = 50

/**
 * Reads an error out of a body of any shape; `body` is parsed JSON, or the text where it was none.
 *
 * @param scrub - removes from a text what was sent as credentials, since servers quote it
 */
export function readError(body: unknown, scrub: (text: string) => string = (text) => text): WireError {
  const layers: JSONObject[] = []
  let said = body
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    // A message that is itself JSON holds the real one: a list of zod issues, or an error of the engine.
    const inner = typeof said === 'string' && /^\s*[[{]/.test(said) ? parseJSON(said) : undefined
    const value = inner ?? said
    if (Array.isArray(value) || !isObject(value)) {
      said = value
      break
    }
    layers.unshift(value)
    said = [value.error, value.message, value.detail, value.errors].find(isSaid)
  }
  said ??= layers.map((layer) => layer.message).find(isSaid)

  const pick = (name: string): unknown => layers.find((layer) => isFact(layer[name]))?.[name]
  const text = (value: unknown, length?: number): string =>
    value === undefined || value === null ? '' : excerpt(scrub(toText(value)), length)
  const fact = (name: string): string | undefined => {
    const value = pick(name)
    return value === undefined ? undefined : text(value, 100)
  }
  const count = (name: string): number | undefined => {
    const value = pick(name)
    return typeof value === 'number' ? value : undefined
  }
  const issues = (Array.isArray(said) ? said.slice(0, MAX_ISSUES) : [])
    .filter(isObject)
    .map(({ path, loc, message, msg, code }) => ({
      // `loc` and `msg` are FastAPI's (vLLM).
      path: [path, loc]
        .flatMap((keys): unknown[] => (Array.isArray(keys) ? keys : []))
        .flatMap((key) => (typeof key === 'number' ? key : typeof key === 'string' ? text(key, 100) : [])),
      message: text(message ?? msg ?? code, 200),
    }))
  return {
    message:
      issues.length === 0
        ? text(said)
        : excerpt(issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ')),
    type: fact('type'),
    code: fact('code'),
    param: fact('param'),
    issues,
    promptTokens: count('n_prompt_tokens'),
    contextLength: count('n_ctx'),
  }
}

/** An object may hold the message, an array is a list of issues, an empty text says nothing. */
const isSaid = (value: unknown): boolean =>
  typeof value === 'object' ? value !== null : typeof value === 'string' && value.trim() !== ''

// `"type": "error"` names the envelope, not the kind.
const isFact = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value !== '' && value !== 'error')

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    // Nested beyond what the stack holds: whoever sends that says nothing.
    return ''
  }
}

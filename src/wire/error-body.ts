import { excerpt } from '../errors/redact.js'
import { isObject, parseJSON, type JSONObject } from '../utils/json.js'

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
  return isObject(body) && body.error !== undefined && body.error !== null && body.error !== false
}

/** Reads an error out of a body of any shape; `body` is parsed JSON, or the text where it was none. */
export function readError(body: unknown): WireError {
  const outer = isObject(body) ? body : {}
  const inner: JSONObject = isObject(outer.error) ? outer.error : {}
  const said = [outer.error, inner.message, outer.message, inner.error, outer.detail, body].find(isSaid)
  // A message that is itself JSON holds the real one: a list of zod issues, or an error of the engine.
  const nested = typeof said === 'string' && /^\s*[[{]/.test(said) ? parseJSON(said) : said
  if (Array.isArray(nested)) return { ...fields(inner, outer), ...fromIssues(nested) }
  if (isObject(nested) && nested !== body) return merge(readError(nested), fields(inner, outer))
  return { ...fields(inner, outer), message: excerpt(toText(said)), issues: [] }
}

// An array is a list of issues; an empty text says nothing.
const isSaid = (value: unknown): boolean => (typeof value === 'string' && value.trim() !== '') || Array.isArray(value)

const toText = (said: unknown): string =>
  typeof said === 'string' ? said : said === undefined ? '' : JSON.stringify(said)

const string = (...values: unknown[]): string | undefined => {
  const found = values.find((value) => (typeof value === 'string' && value !== '') || typeof value === 'number')
  return found === undefined ? undefined : excerpt(String(found), 100)
}

const number = (...values: unknown[]): number | undefined => values.find((value) => typeof value === 'number')

function fields(inner: JSONObject, outer: JSONObject): Omit<WireError, 'message' | 'issues'> {
  return {
    type: string(inner.type, outer.type === 'error' ? undefined : outer.type),
    code: string(inner.code, outer.code),
    param: string(inner.param, outer.param),
    promptTokens: number(inner.n_prompt_tokens, outer.n_prompt_tokens),
    contextLength: number(inner.n_ctx, outer.n_ctx),
  }
}

function merge(error: WireError, outer: Omit<WireError, 'message' | 'issues'>): WireError {
  return {
    ...error,
    type: error.type ?? outer.type,
    code: error.code ?? outer.code,
    param: error.param ?? outer.param,
    promptTokens: error.promptTokens ?? outer.promptTokens,
    contextLength: error.contextLength ?? outer.contextLength,
  }
}

function fromIssues(list: readonly unknown[]): Pick<WireError, 'message' | 'issues'> {
  const issues = list.filter(isObject).map((issue) => ({
    path: (Array.isArray(issue.path) ? issue.path : []).filter(
      (key) => typeof key === 'string' || typeof key === 'number',
    ),
    message: excerpt(typeof issue.message === 'string' ? issue.message : toText(issue.code), 200),
  }))
  const message = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
  return { message: excerpt(message.join('; ') || JSON.stringify(list)), issues }
}

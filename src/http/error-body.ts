import type { Issue } from '../errors/errors.js'
import { excerpt } from '../errors/redact.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { unwrapError } from './unwrap-error.js'

/** The content of an error body in any of the shapes of docs/http-api.md 8.2, ready to be shown. */
export interface ServerError {
  readonly message: string
  readonly type: string | undefined
  readonly code: string | undefined
  /** The field that the server rejected. */
  readonly param: string | undefined
  /** The paths and messages of a validation error, where the server lists them. */
  readonly issues: readonly Issue[]
  /** Tokens of the prompt and of the context, where the server reports an overflow in fields. */
  readonly promptTokens: number | undefined
  readonly contextLength: number | undefined
}

/** What to classify an error by. Never shown: it may quote secrets and content of the request. */
export interface RawServerError {
  /** The innermost message. */
  readonly message: string
  /** Every `code` and `type`, innermost first. */
  readonly names: readonly string[]
  /** The status that the innermost error has in its body or in front of it. */
  readonly status: number | undefined
}

/** Whether a parsed body or stream event reports an error. `"error": null` does not, nor does `""`, which Go writes for none. */
export function hasError(body: unknown): body is JSONObject {
  if (!isObject(body)) return false
  const { error, type, object } = body
  const isNone = error === undefined || error === null || error === false || error === ''
  return !isNone || type === 'error' || object === 'error'
}

/** Whether a text that is not JSON says by its first words that it is an error. */
export const isErrorText = (text: string): boolean =>
  /^\s*\W{0,2}(\w*(error|exception)|failed|failure|internal server error)\b/i.test(text)

// More than a person reads.
const MAX_ISSUES = 50
const MAX_FIELD_LENGTH = 100
const MAX_ISSUE_LENGTH = 200
// Longer than any message, so that a hostile body costs no time.
const MAX_MESSAGE_LENGTH = 8_192
const SEPARATOR = '\0'

/**
 * Reads the error in a body of any shape: parsed JSON, or the text where it is not JSON.
 *
 * @param scrub - removes credentials and prompts of the request, which servers quote
 */
export function parseErrorBody(
  body: unknown,
  scrub: (text: string) => string,
): { readonly shown: ServerError; readonly raw: RawServerError } {
  const { layers, core } = unwrapError(body)
  const pick = (name: string): unknown => layers.map((layer) => layer[name]).find(isField)
  const count = (name: string): number | undefined => {
    const value = pick(name)
    return typeof value === 'number' ? value : undefined
  }
  const rawIssues = Array.isArray(core) ? toIssues(core) : []
  const rawMessage = rawIssues.length === 0 ? toText(core) : summarize(rawIssues)
  const fields = [pick('type') ?? pick('error_type'), pick('code'), pick('param')].map(toText)

  const texts = [rawMessage, ...fields, ...rawIssues.flatMap(({ path, message }) => [message, ...path.map(String)])]
  const [message, type, code, param, ...issueTexts] = scrubAll(texts, scrub)
  const show = (text: string | undefined): string | undefined => excerpt(text!, MAX_FIELD_LENGTH) || undefined
  const shown = {
    message: excerpt(message!),
    type: show(type),
    code: show(code),
    param: show(param),
    issues: rawIssues.map(({ path }) => {
      const issueMessage = excerpt(issueTexts.shift()!, MAX_ISSUE_LENGTH)
      const keys = path.map((key) => {
        const text = excerpt(issueTexts.shift()!, MAX_FIELD_LENGTH)
        return typeof key === 'number' ? key : text
      })
      return { path: keys, message: issueMessage }
    }),
    promptTokens: count('n_prompt_tokens'),
    contextLength: count('n_ctx'),
  }
  const codes = layers.flatMap(({ code, status, statusCode, status_code: other }) => [code, status, statusCode, other])
  const raw = {
    message: rawMessage.slice(0, MAX_MESSAGE_LENGTH),
    names: layers.flatMap((layer) => [layer.code, layer.type, layer.error_type].filter(isField).map(String)),
    status: codes
      .filter(isField)
      .map(Number)
      .find((status) => status >= 400 && status <= 599),
  }
  return { shown, raw }
}

const summarize = (issues: readonly Issue[]): string =>
  issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ')

/** Scrubs several texts in one pass: it compares each pass with all content of the request. */
function scrubAll(texts: readonly string[], scrub: (text: string) => string): string[] {
  const joined = texts.map((text) => text.slice(0, MAX_MESSAGE_LENGTH).replaceAll(SEPARATOR, ' ')).join(SEPARATOR)
  return scrub(joined).split(SEPARATOR)
}

function toIssues(list: readonly unknown[]): Issue[] {
  return list
    .slice(0, MAX_ISSUES)
    .filter(isObject)
    .map(({ path, loc, message, msg, code, keys }) => ({
      // `loc` and `msg` are FastAPI's (vLLM, Mistral); zod names unknown keys in `keys` (LM Studio).
      path: [path, loc, keys]
        .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
        .filter((key) => typeof key === 'number' || typeof key === 'string'),
      message: toText(message ?? msg ?? code),
    }))
}

// `"type": "error"` names the envelope, not the kind of error.
const isField = (value: unknown): value is string | number =>
  typeof value === 'number' || (typeof value === 'string' && value !== '' && value !== 'error')

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  try {
    return JSON.stringify(value)
  } catch {
    // Nested more deeply than the stack allows.
    return ''
  }
}

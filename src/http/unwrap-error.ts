import { isObject, type JSONObject, parseJSON } from '../utils/json.js'

// Errors wrap errors: `{"error":{"message":"{\"error\":…"}}` has been seen three deep.
const MAX_DEPTH = 6
// An error around an error is short; what is longer is quoted content.
const MAX_WRAPPER_LENGTH = 16_384
// Text in front of the inner error: it names a class of an exception and a status.
const MAX_PREFIX_LENGTH = 300
// A message can contain brackets of its own in front of the inner error.
const MAX_STARTS = 4

/** What an error body wraps. */
export interface Unwrapped {
  /** The objects around the error, innermost first. */
  readonly layers: readonly JSONObject[]
  /** The innermost message: a text, or a list of issues. */
  readonly core: unknown
}

/** Returns the innermost error of a body of any shape, and the objects around it. */
export function unwrapError(body: unknown): Unwrapped {
  const layers: JSONObject[] = []
  let core = body
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (typeof core === 'string') {
      const { prefix, inner } = splitWrapper(core)
      layers.unshift(readPrefix(prefix))
      core = inner ?? core
    }
    // Gemini puts its error into a list.
    if (Array.isArray(core) && isObject(core[0]) && isContent(core[0].error)) core = core[0]
    if (!isObject(core)) break
    layers.unshift(core)
    const { error, message, detail, errors, msg } = core
    const issues = Array.isArray(errors) && isObject(errors[0]) ? errors : undefined
    core = [withDescription(core), error, issues, message, detail, errors, msg].find(isContent) ?? findReason(core)
  }
  return { layers, core: core ?? layers.map(({ message }) => message).find(isContent) }
}

/** Returns the two texts of an error that names its kind in one field and describes it in another (Fastify, NestJS, OAuth). */
function withDescription({ error, message, detail, error_description: description }: JSONObject): string | undefined {
  const text = [description, message, detail].find(isText)
  if (!isText(error) || text === undefined) return undefined
  return text.includes(error) ? text : `${error}: ${text}`
}

// Names such as `error_msg`, `errorMessage`, `details`, `description`, `faultstring` and `title`.
const REASON_NAME = /(message|msg|err|error|reason|details?|description|title|exception|fault|faultstring)$/i

/** Returns the first field that can hold the message by its name. */
const findReason = (core: JSONObject): unknown =>
  Object.entries(core).find(([name, value]) => REASON_NAME.test(name) && isContent(value))?.[1]

/** Splits `Engine protocol predict request returned 400: {"error":…}`, and what other programs write around an error. */
function splitWrapper(text: string): { readonly prefix: string; readonly inner?: unknown } {
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1
  const starts = text.length > MAX_WRAPPER_LENGTH ? [] : [...text.matchAll(/[[{]/g)]
  for (const { index } of starts.slice(0, MAX_STARTS)) {
    const prefix = text.slice(0, index)
    const wrapped = text.slice(index, end)
    const inner = parseJSON(wrapped) ?? parseJSON(fromPython(wrapped))
    // Alone, any JSON is the error. Behind other words, only what looks like an error is.
    if (prefix.trim() === '' ? inner !== undefined : isError(inner)) return { prefix, inner }
  }
  return { prefix: text.slice(0, MAX_PREFIX_LENGTH) }
}

const isError = (value: unknown): boolean =>
  Array.isArray(value)
    ? isObject(value[0]) && isContent(value[0].message ?? value[0].msg)
    : isObject(value) && [value.error, value.message, value.detail, value.errors].some(isContent)

/** Rewrites a dictionary as Python prints it (`{'error': None}`), which the SDKs and proxies written in it quote, as JSON. */
const fromPython = (text: string): string =>
  text.replace(
    /'((?:[^'\\]|\\[^])*)'|"(?:[^"\\]|\\[^])*"|\b(None|True|False)\b|[()]/g,
    (whole, quoted?: string, word?: string) => {
      if (quoted !== undefined) return JSON.stringify(quoted.replace(/\\(['"\\])/g, '$1'))
      if (word !== undefined) return { None: 'null', True: 'true', False: 'false' }[word]!
      return { '(': '[', ')': ']' }[whole] ?? whole
    },
  )

/** Reads the class of an exception and the status in front of an error: `litellm.BadRequestError: … Error code: 400 - …`. */
function readPrefix(prefix: string): JSONObject {
  const [type] = /\b[A-Z]\w+Error\b/.exec(prefix) ?? []
  const [, status] = /\b(?:returned|error code:?|status(?: code)?:?|http)\s+([45]\d\d)\b/i.exec(prefix) ?? []
  return { type, code: status && Number(status) }
}

/** Whether a value can hold the message: an object that wraps it, a list of issues, or a text that is not empty. */
const isContent = (value: unknown): boolean => (typeof value === 'object' ? value !== null : isText(value))

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

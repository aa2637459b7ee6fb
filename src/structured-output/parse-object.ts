import type { ErrorCode } from '../errors/error-codes.js'
import { type Issue, OutputValidationError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import { type Schema, validate } from '../json-schema/standard-schema.js'
import type { CompletionResponse } from '../types.js'
import { parseJSON } from '../utils/json.js'
import { formatPath } from '../validation/validate.js'

const MAX_NAMED = 5

/** The object that an answer holds; throws {@link OutputValidationError} and says which of all that can be wrong it is. */
export async function readObject<T>(schema: Schema<T>, response: CompletionResponse): Promise<T> {
  const { finishReason, reasoning = '' } = response
  const written = response.text.trim()
  // Thinking models can have the schema applied to their thoughts (wire reference 9.2); prose there is no answer.
  const text = written === '' ? reasoning.trim() : written
  const value = written === '' ? parseJSON(text) : findJSON(text)
  const fail = (code: ErrorCode, message: string, issues: readonly Issue[] = []): never => {
    const error = new OutputValidationError(message, { code, text, issues })
    attachHidden(error, 'response', response)
    throw error
  }
  // A bracket that closed says that the object is whole; a number that was cut is another number.
  const isClosed = typeof value === 'object' && value !== null
  if (finishReason === 'length' && !isClosed)
    fail('output-truncated', `The answer was cut at ${text.length} characters, before its JSON was whole.`)
  if (value === undefined) {
    if (finishReason === 'content-filter') fail('output-refused', 'The server withheld the answer.')
    if (written === '') fail('output-empty', 'The model wrote no answer.')
    fail('output-not-json', 'The answer is not JSON.')
  }
  const result = await validate(schema, value)
  if (result.issues === undefined) return result.value
  const { issues } = result
  return fail('output-mismatch', `The answer does not fit the schema${describe(issues)}.`, issues)
}

/** Where it does not fit. What the schema says of it may quote the answer, and stays in `issues`. */
function describe(issues: readonly Issue[]): string {
  const paths = [...new Set(issues.map(({ path }) => formatPath(path)))].filter((path) => path !== '')
  if (paths.length === 0) return ''
  return ` at ${paths
    .slice(0, MAX_NAMED)
    .map((path) => `\`${path}\``)
    .join(', ')}${paths.length > MAX_NAMED ? ', …' : ''}`
}

/**
 * The JSON in a text: the whole of it, or what stands in a Markdown fence, or from the first bracket to the last, or the
 * longest between two brackets that belong together.
 */
function findJSON(text: string): unknown {
  const value = parseJSON(text)
  if (value !== undefined) return value
  const fence = text.indexOf('\n', text.indexOf('```'))
  const fenced = text.slice(fence, text.indexOf('\n```', fence))
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
  return parseJSON(fenced) ?? parseJSON(text.slice(Math.max(0, text.search(/[[{]/)), end + 1)) ?? longestJSON(text)
}

function longestJSON(text: string): unknown {
  let longest = 0
  let found: unknown
  let from = 0
  let depth = 0
  // Texts are passed over as a whole: brackets in them count for nothing.
  for (const { 0: token, index } of text.matchAll(/[[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*"?/gs)) {
    if (token === '{' || token === '[') {
      if (depth++ === 0) from = index
    } else if (token[0] !== '"' && depth > 0 && --depth === 0 && index - from >= longest) {
      const value = parseJSON(text.slice(from, index + 1))
      if (value === undefined) continue
      longest = index - from + 1
      found = value
    }
  }
  return found
}

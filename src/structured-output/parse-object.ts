import type { ErrorCode } from '../errors/error-codes.js'
import { type Issue, OutputValidationError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import { type JSONOutputFailure, readJSONOutput } from '../generation/json-output.js'
import { type Schema, validateValue } from '../json-schema/standard-schema.js'
import type { CompletionResponse } from '../types.js'
import { throwIfAborted } from '../utils/abort.js'
import { formatPath } from '../validation/validate.js'

const MAX_LISTED_PATHS = 5

/**
 * Extracts the object from a response and validates it.
 *
 * @throws {@link OutputValidationError} the response has no valid object, or the schema threw; `code` has the reason
 * @throws the reason of the signal, as soon as it aborts
 */
export async function parseObject<T>(
  schema: Schema<T>,
  response: CompletionResponse,
  signal?: AbortSignal,
): Promise<T> {
  const { text, value, failure } = readJSONOutput(response)
  const fail = (code: ErrorCode, message: string, more: { issues?: readonly Issue[]; cause?: unknown } = {}): never => {
    const error = new OutputValidationError(message, { code, text, ...more })
    attachHidden(error, 'response', response)
    throw error
  }
  // A closing bracket proves that an object or a list is complete. A truncated number is still a number.
  const isClosed = typeof value === 'object' && value !== null
  if (value === undefined || (failure === 'output-truncated' && !isClosed))
    fail(failure, describe(failure, text.length))
  const validation = await validateValue(schema, value, signal).catch((cause: unknown) => {
    throwIfAborted(signal)
    // The response is not lost because of a mistake in the schema.
    return fail('schema-failed', 'The schema failed while it validated the response.', { cause })
  })
  if (validation.issues === undefined) return validation.value
  const { issues } = validation
  return fail('output-mismatch', `The response does not match the schema${listPaths(issues)}.`, { issues })
}

const describe = (failure: JSONOutputFailure, length: number): string =>
  ({
    'output-refused': 'The server withheld the response (content filter).',
    'output-truncated': `The response was truncated after ${length} characters, before its JSON was complete.`,
    'output-empty': 'The model returned no text.',
    'output-not-json': 'The response is not JSON.',
  })[failure]

/** Lists where a value does not match. The messages of a schema may quote the response, so they stay in `issues`. */
function listPaths(issues: readonly Issue[]): string {
  const paths = [...new Set(issues.map(({ path }) => formatPath(path)))].filter((path) => path !== '')
  if (paths.length === 0) return ''
  const listed = paths.slice(0, MAX_LISTED_PATHS).map((path) => `\`${path}\``)
  return ` at ${listed.join(', ')}${paths.length > MAX_LISTED_PATHS ? ', …' : ''}`
}

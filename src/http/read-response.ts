import { AuthenticationError, InvalidResponseError, NetworkError, StreamInterruptedError } from '../errors/errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { excerpt } from '../errors/redact.js'
import { parseJSON } from '../utils/json.js'
import { quotedReason } from '../utils/quote.js'
import { type Attempt, MAX_BODY_BYTES, MAX_ERROR_BODY_BYTES } from './attempt.js'
import { bufferedAttempt } from './buffered-attempt.js'
import { hasError, isErrorText } from './error-body.js'
import { reportsFailure } from './failure-body.js'
import { isPage, readPage, titleOf } from './page-text.js'
import { errorFromResponse } from './response-error.js'
import type { JSONResponse } from './types.js'

/** Returns the error for a status that is not a success. */
export async function errorFromAttempt(attempt: Attempt): Promise<ProviderError> {
  if (attempt.isRedirect) return redirectError(attempt)
  const { status, headers, context } = attempt
  // An error body is optional: one that breaks off must not hide the status.
  const text = await attempt.text(MAX_ERROR_BODY_BYTES, true).catch((error: unknown) => {
    if (StreamInterruptedError.isInstance(error)) return ''
    throw error
  })
  if (isPage(text)) return errorFromPage(attempt, text)
  return errorFromResponse({ status, headers, body: parseJSON(text) ?? text }, context)
}

/**
 * Parses the body of a success, which may still report an error.
 *
 * @param acceptsEvents - whether an event stream, or JSON line by line, is a response too
 */
export async function readJSON(attempt: Attempt, acceptsEvents = false): Promise<JSONResponse> {
  const { context, status, headers, sentAt } = attempt
  const text = await attempt.text(MAX_BODY_BYTES)
  const body = parseJSON(text)
  if (body === undefined) {
    if (!acceptsEvents || !(isEvents(text) || JSON_LINES.test(text))) throw notJSONError(attempt, text)
    return { body, sentAt, context, eventStream: bufferedAttempt(attempt, text) }
  }
  if (hasError(body) || reportsFailure(body)) throw errorFromResponse({ status, body, headers }, context)
  return { body, sentAt, context }
}

/** Whether a text begins like an event stream. */
export const isEvents = (text: string): boolean => /^\s*(:|(data|event|error|id|retry):)/.test(text)

const JSON_LINES = /^\s*\{[^\n]*\}\s*\n\s*\{/

const errorFromPage = ({ status, headers, context }: Attempt, text: string): ProviderError =>
  errorFromResponse({ status, headers, body: '', page: readPage(text, headers), title: titleOf(text) }, context)

function notJSONError(attempt: Attempt, text: string): ProviderError {
  const { context, status } = attempt
  const { endpoint, method, route, scrub } = context
  let problem = text.trim() === '' ? 'is empty' : 'is not JSON'
  if (isPage(text)) {
    const error = errorFromPage(attempt, text)
    if (error.code !== 'api') return error
    problem = `is a web page${quotedReason(excerpt(scrub(titleOf(text))))}`
  } else if (isErrorText(text) && !/^\s*\{/.test(text)) {
    return errorFromResponse({ status, body: text, headers: attempt.headers }, context)
  }
  return new InvalidResponseError(`The response ${problem} (${method} ${route}).`, {
    code: 'not-json',
    endpoint,
    status,
  })
}

function redirectError(attempt: Attempt): ProviderError {
  const { status, headers, context } = attempt
  const { endpoint, method, route, scrub } = context
  const location = headers.get('location') ?? ''
  attempt.close()
  const target = location === '' ? '' : ` to ${excerpt(scrub(location))}`
  const message = `The server at ${endpoint} redirects${target}, which is not followed (${method} ${route}).`
  // A gateway sends those who have not signed in to its page.
  const { code } = errorFromResponse({ status, body: '', page: location }, context)
  if (code === 'sign-in-page') return new AuthenticationError(message, { code, status, endpoint })
  return new NetworkError(message, {
    code: 'redirect',
    status,
    endpoint,
    isRetryable: false,
  })
}

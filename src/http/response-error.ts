import type { ProviderError } from '../errors/provider-error.js'
import { excerpt } from '../errors/redact.js'
import { isObject } from '../utils/json.js'
import { quotedReason } from '../utils/quote.js'
import { parseErrorBody, type RawServerError, type ServerError } from './error-body.js'
import { findSubject } from './error-rules.js'
import { type ErrorSubject, subjects } from './error-subjects.js'
import { failureReason, hasFailedStatus } from './failure-body.js'
import type { RequestInfo } from './request-info.js'
import { readTokenCounts } from './token-counts.js'

/** A response that reports an error. */
export interface ErrorResponse {
  /** HTTP status; for an error inside a stream, that of the stream. */
  readonly status: number
  /** The parsed body, or its text. */
  readonly body: unknown
  readonly headers?: Headers | undefined
  /** What identifies a web page (see page-text.ts), or where a redirect leads. */
  readonly page?: string
  /** The title of a web page, which is shown where the server says nothing else. */
  readonly title?: string
}

/** Returns the error for a response that reports one. */
export function errorFromResponse(response: ErrorResponse, context: RequestInfo): ProviderError {
  const { status, body, headers, page = '', title = '' } = response
  const { shown: serverError, raw } = parseErrorBody(body, context.scrub)
  const tokens = readTokenCounts(raw.message, serverError)
  const innerStatus = statusOf(status, raw)
  const subject: ErrorSubject = subjects()[findSubject({ status: innerStatus, raw, tokens, context, page })]
  const { message, type, code, param } = serverError
  const field = fieldOf(serverError)
  const { endpoint, method, route } = context
  const named = field === '' || message.includes(field) ? '' : `, field \`${field}\``
  return new subject.Type(
    `The server at ${endpoint} ${subject.cause}${quotedReason(message || code || type || excerpt(context.scrub(title)))} (${status}, ${method} ${route}${named}).`,
    {
      code: subject.code,
      endpoint,
      status,
      serverMessage: message || undefined,
      serverType: type,
      serverCode: code,
      param,
      ...subject.details?.({ status: innerStatus, serverError, tokens, field, context, headers }),
    },
  )
}

/** Throws the error of a body whose status reports that the response failed. */
export function throwIfFailed(body: unknown, context: RequestInfo): void {
  if (!isObject(body) || !hasFailedStatus(body)) return
  throw errorFromResponse({ status: 200, body: { error: failureReason(body) ?? 'The generation failed.' } }, context)
}

// The types that are as specific as a status; LM Studio has `invalid_request_error` for any. A 500 can be around all of them.
const TYPE_STATUSES: readonly (readonly [RegExp, number])[] = [
  [/^(badrequesterror|validation(_error)?|unprocessableentityerror)$/i, 400],
  [/^(not_found_error|notfounderror)$/i, 404],
  [/^(unavailable_error|overloaded_error|service_?unavailable(_?error)?)$/i, 503],
]

/** The status of the innermost error: an engine's refusal can arrive within a 500, and in a stream within a 200. */
function statusOf(status: number, { status: inner, names }: RawServerError): number {
  if (inner !== undefined) return inner
  if (status !== 500) return status
  const types = TYPE_STATUSES.filter(([pattern]) => names.some((name) => pattern.test(name)))
  return types[0]?.[1] ?? status
}

// The names that a server puts in front of a path in a request.
const LOCATIONS: readonly unknown[] = ['body', 'query']

/** The field that the server names: in `param`, as the path of an issue, or in quotes behind the word for it. */
function fieldOf({ param, issues, message }: ServerError): string {
  if (param !== undefined) return param
  const path = issues.map((issue) => issue.path.filter((key, index) => index > 0 || !LOCATIONS.includes(key)))
  const [first = []] = path.filter(({ length }) => length > 0)
  if (first.length > 0) return first.join('.')
  return (
    FIELD_IN_MESSAGE.exec(message)
      ?.slice(1)
      .find((name) => name !== undefined) ?? ''
  )
}

const FIELD_IN_MESSAGE =
  /(?:field|parameter|param|argument|keys?|option|property|supplied)(?:\(s\))?(?: in object)?(?::? ?['"`]([a-z][\w.[\]]*)['"`]|: ([a-z]\w*_\w+))|['"`]([a-z][\w.[\]]*)['"`]:? (?:field|parameter|argument|is not supported|is not allowed|is required|extra inputs)/i

import { type ErrorCode, hintFor } from '../errors/error-codes.js'
import { NetworkError, ServiceNotFoundError, StreamInterruptedError, TimeoutError } from '../errors/errors.js'
import { ProviderError, type ProviderErrorOptions } from '../errors/provider-error.js'
import { excerpt } from '../errors/redact.js'
import { sanitizeCause } from '../errors/sanitize-cause.js'
import { isObject } from '../utils/json.js'
import { quotedReason } from '../utils/quote.js'
import type { RequestInfo } from './request-info.js'

/** The codes of failures that happen before the server sees the request. */
export const NEVER_SENT: readonly string[] = ['not-running', 'unreachable', 'dns']

// Node's own fetch gives up after this time, whatever its signal says.
const PLATFORM_LIMIT_MS = 300_000
// Node hides the code two levels down the chain of causes; a longer chain may be circular.
const MAX_CAUSE_DEPTH = 5

interface FetchFailure {
  /** Matches the code or the message of the exception, or of one of its causes. */
  readonly matches: RegExp
  readonly code: ErrorCode
  /** The cause as the beginning of a sentence that the endpoint ends. */
  readonly message: string
  readonly Type: new (message: string, options: ProviderErrorOptions) => ProviderError
  readonly isRetryable?: false
}

// The exceptions of Node, Bun and Deno. A browser gives no reason at all: browser/access-error.ts finds out there.
const FETCH_FAILURES: readonly FetchFailure[] = [
  {
    matches: /^(ECONNREFUSED|ConnectionRefused)$|connection[_ ]refused|actively refused/i,
    code: 'not-running',
    message: 'Nothing is listening at',
    Type: ServiceNotFoundError,
  },
  {
    matches: /^(ENOTFOUND|EAI_)|failed to lookup address|getaddrinfo|NAME_NOT_RESOLVED/i,
    code: 'dns',
    message: 'The host name cannot be resolved:',
    Type: NetworkError,
  },
  {
    matches:
      /^(connect ETIMEDOUT|(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|FailedToOpenSocket)$)|no route to host|(network|host) is (unreachable|down)|connection[_ ]timed[_ ]out|ADDRESS_UNREACHABLE/i,
    code: 'unreachable',
    message: 'No host answers at',
    Type: ServiceNotFoundError,
  },
  {
    matches:
      /^(CERT_|(net::)?ERR_(TLS|SSL|CERT)|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)|certificate|wrong version number|tls handshake|received (corrupt message|fatal alert)/i,
    code: 'tls',
    message: 'The TLS connection failed:',
    Type: NetworkError,
    isRetryable: false,
  },
  {
    matches: /^HPE_|ERR_INVALID_HTTP|InvalidHTTPResponse|Malformed_HTTP|invalid HTTP/i,
    code: 'wrong-service',
    message: 'The program that answers does not speak HTTP:',
    Type: ServiceNotFoundError,
    isRetryable: false,
  },
  {
    // Ports that every fetch blocks, such as 6667.
    matches: /^bad port$|ERR_UNSAFE_PORT/i,
    code: 'blocked-port',
    message: 'fetch blocks the port of',
    Type: NetworkError,
    isRetryable: false,
  },
  {
    matches:
      /^(ECONNRESET|ETIMEDOUT|EPIPE|ECONNABORTED|UND_ERR_SOCKET|ConnectionClosed)$|connection[_ ](reset|closed)|EMPTY_RESPONSE|other side closed/i,
    code: 'connection-reset',
    message: 'The connection was closed before a response began:',
    Type: NetworkError,
  },
]

// What the platforms say in place of a reason.
const NO_REASON =
  /^$|^(fetch failed|failed to fetch|load failed|networkerror when|network (error|request failed)|terminated|error in input)/i

/** Returns the error for an exception of `fetch`, or of reading a body; an error of this package stays as it is. */
export function errorFromFetch(error: unknown, context: RequestInfo, isMidBody = false): unknown {
  if (ProviderError.isInstance(error)) return error
  const { endpoint, method, route } = context
  const details = { endpoint, cause: sanitizeCause(error, context.scrub) }
  const texts = codesAndMessages(error)
  const request = `${method} ${route}`
  const failure = FETCH_FAILURES.find(({ matches }) => texts.some((text) => matches.test(text)))
  const [reason = ''] = failure === undefined ? texts.filter((text) => !NO_REASON.test(text)).slice(-1) : []
  const quoted = quotedReason(excerpt(context.scrub(reason)))
  if (texts.some((text) => /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(text))) {
    return new TimeoutError(
      `The request reached the ${PLATFORM_LIMIT_MS} ms limit of this runtime's fetch (${request}).`,
      {
        ...details,
        code: 'platform',
        limit: 'platform',
        timeoutMs: PLATFORM_LIMIT_MS,
      },
    )
  }
  if (isMidBody) {
    return new StreamInterruptedError(`The connection broke in the middle of the response${quoted} (${request}).`, {
      ...details,
      // The usual hint points to the partial response, which only a generation has.
      hint: method === 'GET' ? hintFor('unknown') : undefined,
    })
  }
  if (failure === undefined) {
    const why = quoted === '' ? ' for an unknown reason' : quoted
    return new NetworkError(`The request to ${endpoint} failed${why} (${request}).`, details)
  }
  const { code, message, Type, isRetryable } = failure
  return new Type(`${message} ${endpoint} (${request}).`, { ...details, code, isRetryable })
}

/** Returns the codes and messages of an exception and its causes, also behind an AggregateError. */
function codesAndMessages(error: unknown, depth = 0): string[] {
  if (!isObject(error) || depth > MAX_CAUSE_DEPTH) return []
  const { code, message, cause, errors } = error
  const nested: unknown[] = Array.isArray(errors) ? errors : []
  return [code, message, ...[cause, ...nested].flatMap((inner) => codesAndMessages(inner, depth + 1))].filter(
    (text) => typeof text === 'string',
  )
}

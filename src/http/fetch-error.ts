import { type ErrorCode, hintFor } from '../errors/error-codes.js'
import { NetworkError, ServiceNotFoundError, StreamInterruptedError, TimeoutError } from '../errors/errors.js'
import { ProviderError, type ProviderErrorOptions } from '../errors/provider-error.js'
import { sanitizeCause } from '../errors/sanitize-cause.js'
import { isObject } from '../utils/json.js'
import type { RequestInfo } from './request-info.js'

/** Failures after which the server surely has not seen the request. */
export const NEVER_SENT: ReadonlySet<string> = new Set(['not-running', 'unreachable', 'dns'])

/** The 300 seconds after which Node's own fetch gives up, whatever its signal says. */
const PLATFORM_LIMIT_MS = 300_000

type Kind = readonly [
  words: RegExp,
  code: ErrorCode,
  what: string,
  type: new (message: string, options: ProviderErrorOptions) => ProviderError,
  isRetryable?: false,
]

// Node's, Bun's and Deno's words: a browser gives no reason at all, there the diagnosis finds it.
const KINDS: readonly Kind[] = [
  [
    /^(ECONNREFUSED|ConnectionRefused)$|connection refused|actively refused/i,
    'not-running',
    'nothing listens at',
    ServiceNotFoundError,
  ],
  [
    /^(ENOTFOUND|EAI_)|failed to lookup address|getaddrinfo/i,
    'dns',
    'the host name could not be resolved of',
    NetworkError,
  ],
  [
    /^(connect ETIMEDOUT|(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|UND_ERR_CONNECT_TIMEOUT)$)/,
    'unreachable',
    'no host answers at',
    ServiceNotFoundError,
  ],
  [
    /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)|certificate|wrong version number/i,
    'tls',
    'the TLS connection failed to',
    NetworkError,
    false,
  ],
  [
    /^HPE_|ERR_INVALID_HTTP|InvalidHTTPResponse|invalid HTTP/i,
    'wrong-service',
    'what answers does not speak HTTP at',
    ServiceNotFoundError,
    false,
  ],
  // Ports that every fetch refuses to use, such as 6667.
  [/^bad port$/i, 'blocked-port', 'fetch refuses the port of', NetworkError, false],
  [
    /^(ECONNRESET|ETIMEDOUT|EPIPE|ECONNABORTED|UND_ERR_SOCKET|ConnectionClosed)$|connection (reset|closed)|other side closed/i,
    'connection-reset',
    'the connection was closed before the answer by',
    NetworkError,
  ],
]

/** An exception of `fetch`, or of reading a body, as one of our errors. */
export function errorFromFetch(error: unknown, context: RequestInfo, isMidBody = false): unknown {
  if (ProviderError.isInstance(error)) return error
  const { endpoint, method, route } = context
  const facts = { endpoint, cause: sanitizeCause(error, context.scrub) }
  const words = reasons(error)
  const call = `${method} ${route}`
  if (words.some((word) => /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(word))) {
    return new TimeoutError(`${call} hit the ${PLATFORM_LIMIT_MS} ms limit of this runtime's own fetch.`, {
      ...facts,
      code: 'platform',
      limit: 'platform',
      timeoutMs: PLATFORM_LIMIT_MS,
    })
  }
  if (isMidBody) {
    return new StreamInterruptedError(`${call}: the connection broke in the middle of the answer.`, {
      ...facts,
      // What is only read has no partial answer to point to.
      hint: method === 'GET' ? hintFor('unknown') : undefined,
    })
  }
  const kind = KINDS.find(([pattern]) => words.some((word) => pattern.test(word)))
  if (kind === undefined)
    return new NetworkError(`${call}: the request to ${endpoint} failed without saying why.`, facts)
  const [, code, what, Type, isRetryable] = kind
  return new Type(`${call}: ${what} ${endpoint}.`, { ...facts, code, isRetryable })
}

/** Codes and messages down the chain of causes: Node hides the code two levels down, and behind an AggregateError. */
function reasons(error: unknown, depth = 0): string[] {
  if (!isObject(error) || depth > 5) return []
  const { code, message, cause, errors } = error
  const nested: unknown[] = Array.isArray(errors) ? errors : []
  return [code, message, ...[cause, ...nested].flatMap((inner) => reasons(inner, depth + 1))].filter(
    (word) => typeof word === 'string',
  )
}

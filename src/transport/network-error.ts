import { NetworkError, ServiceNotFoundError, StreamInterruptedError, TimeoutError } from '../errors/network-errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { isObject } from '../utils/json.js'
import type { FailureContext } from './types.js'

/** Failures after which the server surely has not seen the request. */
export const NEVER_SENT: ReadonlySet<string> = new Set(['connection-refused', 'unreachable', 'dns', 'tls'])

// Node's, Bun's and Deno's words. A browser gives no reason at all: there the diagnosis finds it.
const KINDS: readonly (readonly [RegExp, keyof typeof BUILD])[] = [
  [/^(ECONNREFUSED|ConnectionRefused)$|connection refused|actively refused/i, 'refused'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NONAME)$|failed to lookup address|getaddrinfo/i, 'dns'],
  [/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/, 'platform'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|UND_ERR_CONNECT_TIMEOUT)$/, 'unreachable'],
  [/^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)|certificate|wrong version number/i, 'tls'],
  [/^HPE_|ERR_INVALID_HTTP|InvalidHTTPResponse|invalid HTTP/i, 'notHTTP'],
  [
    /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|ConnectionClosed)$|connection (reset|closed)|other side closed/i,
    'reset',
  ],
]

const BUILD = {
  refused: ({ endpoint }: FailureContext, cause: unknown) =>
    new ServiceNotFoundError(`Nothing listens at ${endpoint}: the connection was refused.`, {
      code: 'connection-refused',
      endpoint,
      cause,
    }),
  dns: ({ endpoint }: FailureContext, cause: unknown) =>
    new NetworkError(`The host name of ${endpoint} could not be resolved.`, {
      code: 'dns',
      hint: 'Check the spelling of the host name, or use the address of the machine; for this machine http://127.0.0.1:1234.',
      endpoint,
      cause,
    }),
  unreachable: ({ endpoint }: FailureContext, cause: unknown) =>
    new ServiceNotFoundError(`No connection to ${endpoint} came about: the host does not answer.`, {
      code: 'unreachable',
      hint: 'Check the address, that the machine is on and in the same network, and that LM Studio serves on the local network (server settings).',
      endpoint,
      cause,
    }),
  tls: ({ endpoint }: FailureContext, cause: unknown) =>
    new NetworkError(`The TLS connection to ${endpoint} failed.`, {
      code: 'tls',
      hint: 'LM Studio speaks plain http: use http:// unless a proxy with a trusted certificate stands before it.',
      isRetryable: false,
      endpoint,
      cause,
    }),
  notHTTP: ({ endpoint }: FailureContext, cause: unknown) =>
    new ServiceNotFoundError(`What answers at ${endpoint} does not speak HTTP.`, {
      code: 'not-http',
      hint: 'Another program uses this port. Check the port in LM Studio (Developer tab).',
      isRetryable: false,
      endpoint,
      cause,
    }),
  platform: ({ endpoint, method, route }: FailureContext, cause: unknown) =>
    new TimeoutError(`${method} ${route} hit the 300-second limit that this runtime's fetch has by itself.`, {
      code: 'platform-timeout',
      limit: 'platform',
      timeoutMs: 300_000,
      hint: 'In Node import createLMStudio from `lmstudio-provider/node`, which lifts this limit, or pass a `fetch` without it.',
      endpoint,
      cause,
    }),
  reset: ({ endpoint, method, route }: FailureContext, cause: unknown) =>
    new NetworkError(`${method} ${route}: the connection to ${endpoint} was closed before the answer.`, {
      code: 'connection-reset',
      endpoint,
      cause,
    }),
  unknown: ({ endpoint, method, route }: FailureContext, cause: unknown) =>
    new NetworkError(`${method} ${route}: the request to ${endpoint} failed without saying why.`, { endpoint, cause }),
} as const

/** An exception of `fetch`, or of reading a body, as one of our errors. */
export function toNetworkError(error: unknown, context: FailureContext, isMidBody = false): unknown {
  if (ProviderError.isInstance(error)) return error
  const words = reasons(error)
  const kind = KINDS.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1] ?? 'unknown'
  if (!isMidBody || kind === 'platform') return BUILD[kind](context, error)
  return new StreamInterruptedError(
    `${context.method} ${context.route}: the connection broke in the middle of the answer.`,
    {
      code: 'connection-broken',
      endpoint: context.endpoint,
      cause: error,
    },
  )
}

/** Codes and messages down the chain of causes: Node hides the code two levels down, and behind an AggregateError. */
function reasons(error: unknown, depth = 0): string[] {
  if (!isObject(error) || depth > 5) return []
  const { code, message, cause, errors } = error
  const own = [code, message].filter((word) => typeof word === 'string')
  const nested: unknown[] = Array.isArray(errors) ? errors : []
  return [...own, ...[cause, ...nested].flatMap((inner) => reasons(inner, depth + 1))]
}

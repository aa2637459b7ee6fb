import { describe, expect, it } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { errorFromFetch } from '../../src/http/fetch-error.js'
import { context, ENDPOINT } from '../helpers/client.js'

type ErrorClass = abstract new (...args: never[]) => errors.ProviderError

const { NetworkError, ServiceNotFoundError, StreamInterruptedError, TimeoutError } = errors

const withCode = (code: unknown, message = String(code)): Error => Object.assign(new Error(message), { code })

/** What the fetch of Node throws. */
const nodeError = (cause: unknown): TypeError => new TypeError('fetch failed', { cause })

/** What the fetch of Node throws for a name with several addresses. */
function nodeErrorForAll(code: string): TypeError {
  const causes = [withCode(code, `connect ${code} ::1:1234`), withCode(code, `connect ${code} 127.0.0.1:1234`)]
  return nodeError(Object.assign(new AggregateError(causes), { code }))
}

/** What the fetch of Deno throws. */
const denoError = (detail: string): TypeError =>
  new TypeError(`error sending request for url (${ENDPOINT}/v1/models): ${detail}`)

const classify = (error: unknown, isMidBody = false): errors.ProviderError =>
  errorFromFetch(error, context, isMidBody) as errors.ProviderError

describe('errorFromFetch', () => {
  it.each<[string, string, ErrorClass, boolean, unknown]>([
    [
      'not-running',
      'a refused connection in Node',
      ServiceNotFoundError,
      true,
      nodeError(withCode('ECONNREFUSED', 'connect')),
    ],
    [
      'not-running',
      'a connection that both addresses of a name refuse in Node',
      ServiceNotFoundError,
      true,
      nodeErrorForAll('ECONNREFUSED'),
    ],
    [
      'not-running',
      'an AggregateError without a code of its own',
      ServiceNotFoundError,
      true,
      nodeError(new AggregateError([withCode('ECONNREFUSED')])),
    ],
    [
      'not-running',
      'a cause that is nested deeper',
      ServiceNotFoundError,
      true,
      nodeError(new Error('outer', { cause: nodeError(withCode('ECONNREFUSED')) })),
    ],
    [
      'not-running',
      'a refused connection in Bun',
      ServiceNotFoundError,
      true,
      withCode('ConnectionRefused', 'Unable to connect. Is the computer able to access the url?'),
    ],
    [
      'not-running',
      'a refused connection in Deno',
      ServiceNotFoundError,
      true,
      denoError('client error (Connect): tcp connect error: Connection refused (os error 111)'),
    ],
    [
      'not-running',
      'a refused connection in Deno on Windows',
      ServiceNotFoundError,
      true,
      denoError(
        'client error (Connect): tcp connect error: No connection could be made because the target machine actively refused it. (os error 10061)',
      ),
    ],
    [
      'dns',
      'an unknown host name in Node',
      NetworkError,
      true,
      nodeError(withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND gpu-box')),
    ],
    ['dns', 'a busy name server in Node', NetworkError, true, nodeError(withCode('EAI_AGAIN'))],
    [
      'dns',
      'an unknown host name in Deno',
      NetworkError,
      true,
      denoError('client error (Connect): dns error: failed to lookup address information: Name or service not known'),
    ],
    ['unreachable', 'an unreachable host in Node', ServiceNotFoundError, true, nodeError(withCode('EHOSTUNREACH'))],
    [
      'unreachable',
      'a connection timeout in Node',
      ServiceNotFoundError,
      true,
      nodeError(withCode('UND_ERR_CONNECT_TIMEOUT')),
    ],
    [
      'unreachable',
      'a connection timeout on both addresses of a name in Node',
      ServiceNotFoundError,
      true,
      nodeErrorForAll('ETIMEDOUT'),
    ],
    [
      'unreachable',
      'an unreachable host in Deno',
      ServiceNotFoundError,
      true,
      denoError('client error (Connect): tcp connect error: No route to host (os error 113)'),
    ],
    [
      'unreachable',
      'an unreachable network in Deno',
      ServiceNotFoundError,
      true,
      denoError('client error (Connect): tcp connect error: Network is unreachable (os error 101)'),
    ],
    [
      'unreachable',
      'a connection timeout in Deno',
      ServiceNotFoundError,
      true,
      denoError('client error (Connect): tcp connect error: Connection timed out (os error 110)'),
    ],
    [
      'unreachable',
      'a connection that cannot be opened in Bun',
      ServiceNotFoundError,
      true,
      withCode('FailedToOpenSocket', 'Was there a typo in the url or port?'),
    ],
    [
      'tls',
      'https to a port without TLS in Deno',
      NetworkError,
      false,
      denoError('client error (Connect): received corrupt message of type InvalidContentType'),
    ],
    [
      'tls',
      'a self-signed certificate in Node',
      NetworkError,
      false,
      nodeError(withCode('DEPTH_ZERO_SELF_SIGNED_CERT')),
    ],
    ['tls', 'an expired certificate in Node', NetworkError, false, nodeError(withCode('CERT_HAS_EXPIRED'))],
    [
      'tls',
      'https to a port without TLS in Node',
      NetworkError,
      false,
      nodeError(withCode('ERR_SSL_WRONG_VERSION_NUMBER', 'write EPROTO … wrong version number')),
    ],
    [
      'tls',
      'an unknown certificate authority in Deno',
      NetworkError,
      false,
      denoError('client error (Connect): invalid peer certificate: UnknownIssuer'),
    ],
    [
      'wrong-service',
      'a response that is not HTTP in Node',
      ServiceNotFoundError,
      false,
      nodeError(withCode('HPE_INVALID_CONSTANT', 'Response does not match the HTTP/1.1 protocol')),
    ],
    [
      'wrong-service',
      'a response that is not HTTP in Bun',
      ServiceNotFoundError,
      false,
      withCode('Malformed_HTTP_Response'),
    ],
    ['blocked-port', 'a port that fetch blocks in Node', NetworkError, false, nodeError(new Error('bad port'))],
    [
      'connection-reset',
      'a connection reset in Node',
      NetworkError,
      true,
      nodeError(withCode('ECONNRESET', 'read ECONNRESET')),
    ],
    [
      'connection-reset',
      'a connection closed by the server in Node',
      NetworkError,
      true,
      nodeError(withCode('UND_ERR_SOCKET', 'other side closed')),
    ],
    [
      'connection-reset',
      'a connection closed by the server in Bun',
      NetworkError,
      true,
      withCode('ConnectionClosed', 'The socket connection was closed unexpectedly.'),
    ],
    [
      'connection-reset',
      'a connection reset in Deno',
      NetworkError,
      true,
      denoError('connection error: Connection reset by peer (os error 104)'),
    ],
    ['network', 'any failure in Chrome', NetworkError, true, new TypeError('Failed to fetch')],
    [
      'network',
      'any failure in Firefox',
      NetworkError,
      true,
      new TypeError('NetworkError when attempting to fetch resource.'),
    ],
    ['network', 'any failure in Safari', NetworkError, true, new TypeError('Load failed')],
    ['network', 'a thrown string', NetworkError, true, 'boom'],
    ['network', 'a thrown undefined', NetworkError, true, undefined],
    ['network', 'a thrown object without a prototype', NetworkError, true, Object.create(null)],
    ['network', 'a numeric code', NetworkError, true, withCode(7, 'x')],
  ])('returns the code %s for %s', (code, _, type, isRetryable, error) => {
    const result = classify(error)
    expect(result.constructor).toBe(type)
    expect(result).toMatchObject({ code, isRetryable, endpoint: ENDPOINT })
    expect(result.message).toContain(ENDPOINT)
  })

  it.each([
    ['ENETUNREACH', 'unreachable'],
    ['EHOSTDOWN', 'unreachable'],
    ['ETIMEDOUT', 'connection-reset'],
    ['EPIPE', 'connection-reset'],
    ['ECONNABORTED', 'connection-reset'],
    ['EPROTO', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ])('maps the code %s of Node to %s', (nodeCode, code) => {
    expect(classify(nodeError(withCode(nodeCode))).code).toBe(code)
  })

  it.each([
    ['CONNECTION_REFUSED', 'not-running'],
    ['NAME_NOT_RESOLVED', 'dns'],
    ['ADDRESS_UNREACHABLE', 'unreachable'],
    ['CONNECTION_TIMED_OUT', 'unreachable'],
    ['CERT_AUTHORITY_INVALID', 'tls'],
    ['SSL_PROTOCOL_ERROR', 'tls'],
    ['INVALID_HTTP_RESPONSE', 'wrong-service'],
    ['UNSAFE_PORT', 'blocked-port'],
    ['CONNECTION_RESET', 'connection-reset'],
    ['EMPTY_RESPONSE', 'connection-reset'],
    ['INTERNET_DISCONNECTED', 'network'],
  ])('maps net::ERR_%s of Electron to %s', (name, code) => {
    expect(classify(new Error(`net::ERR_${name}`)).code).toBe(code)
  })

  it.each([
    'XECONNREFUSED',
    'ECONNREFUSEDX',
    'XENOTFOUND',
    'XEAI_AGAIN',
    'not connect ETIMEDOUT',
    'XEHOSTUNREACH',
    'EHOSTUNREACHX',
    'XCERT_HAS_EXPIRED',
    'XHPE_INVALID_CONSTANT',
    'a bad port',
    'bad ports',
    'XECONNRESET',
    'ECONNRESETX',
    'XUND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUTX',
  ])('does not recognize the code %s, which only resembles a known one', (nodeCode) => {
    expect(classify(nodeError(withCode(nodeCode))).code).toBe('network')
  })

  it.each([
    ['ECONNREFUSED', 'Nothing is listening at http'],
    ['ENOTFOUND', 'The host name cannot be resolved: http'],
    ['EHOSTUNREACH', 'No host answers at http'],
    ['CERT_HAS_EXPIRED', 'The TLS connection failed: http'],
    ['HPE_INVALID_CONSTANT', 'The program that answers does not speak HTTP: http'],
    ['bad port', 'fetch blocks the port of http'],
    ['ECONNRESET', 'The connection was closed before a response began: http'],
    ['ODD', `The request to ${ENDPOINT} failed: “ODD” (POST`],
  ])('says what %s means, and for which request', (nodeCode, words) => {
    const { message } = classify(nodeError(withCode(nodeCode)))
    expect(message).toContain(words)
    expect(message).toContain('(POST /v1/chat/completions)')
  })

  it.each([
    ['the limit of headers in Node', nodeError(withCode('UND_ERR_HEADERS_OVERFLOW', 'Headers Overflow Error'))],
    ['a proxy in Node', nodeError(new Error('proxy authentication required'))],
    ['permissions in Deno', new Error('Requires net access to "127.0.0.1:1234", run again with the --allow-net flag')],
  ])('quotes a reason without a code of its own: %s', (_, error) => {
    const [reason] = [error.cause ?? error].map((cause) => (cause as Error).message)
    expect(classify(error).message).toContain(`failed: “${reason}” (POST`)
    expect(classify(error, true).message).toContain(`in the middle of the response: “${reason}” (POST`)
  })

  it('quotes no secret, and one line only', () => {
    const scrub = (text: string): string => text.replaceAll('hunter2hunter2', '[redacted]')
    const error = new Error('proxy refused\nhunter2hunter2')
    const { message } = errorFromFetch(error, { ...context, scrub }) as Error
    expect(message).toContain('failed: “proxy refused [redacted]”')
  })

  it.each(['Failed to fetch (127.0.0.1:1234)', 'fetch failed', 'Load failed', 'Network request failed', ''])(
    'has an unknown reason where the platform says only “%s”',
    (text) => {
      expect(classify(new TypeError(text)).message).toContain('failed for an unknown reason')
    },
  )

  it('finds a code five causes deep, and none that is deeper', () => {
    const nest = (depth: number): Error =>
      depth === 0 ? withCode('ECONNREFUSED') : new Error('outer', { cause: nest(depth - 1) })
    expect(classify(nest(5)).code).toBe('not-running')
    expect(classify(nest(6)).code).toBe('network')
  })

  it.each(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])(
    'names the time limit of the platform for %s, before and during the body',
    (code) => {
      for (const isMidBody of [false, true]) {
        const result = classify(nodeError(withCode(code)), isMidBody)
        expect(result.constructor).toBe(TimeoutError)
        expect(result).toMatchObject({ code: 'platform', limit: 'platform', timeoutMs: 300_000, isRetryable: false })
        expect(result.message).toContain("reached the 300000 ms limit of this runtime's fetch (POST /v1/chat")
        expect(result.hint).toContain('lmstudio-provider/node')
      }
    },
  )

  it.each([
    [nodeError(withCode('ECONNRESET'))],
    [new TypeError('terminated', { cause: withCode('UND_ERR_SOCKET') })],
    [new TypeError('network error')],
    [new TypeError('Error in input stream')],
    ['boom'],
  ])('returns a StreamInterruptedError for %s during the body', (error) => {
    const result = classify(error, true)
    expect(result.constructor).toBe(StreamInterruptedError)
    expect(result).toMatchObject({ code: 'stream-interrupted', isRetryable: false, endpoint: ENDPOINT })
    expect(result.message).toContain('broke in the middle of the response (POST /v1/chat/completions)')
  })

  it('mentions the partial response only for requests that can have one', () => {
    const post = errorFromFetch(new TypeError('terminated'), context, true)
    const get = errorFromFetch(new TypeError('terminated'), { ...context, method: 'GET' }, true)
    expect((post as errors.ProviderError).hint).toContain('partial')
    expect((get as errors.ProviderError).hint).toContain('Look at the server log')
    expect((get as errors.ProviderError).hint).not.toContain('partial')
  })

  it('takes a failure for one before the response unless it is said to be within the body', () => {
    expect(errorFromFetch(new TypeError('terminated'), context)).toMatchObject({ code: 'network' })
  })

  it('returns a ProviderError unchanged, before and during the body', () => {
    const error = new errors.ApiError('x')
    expect(classify(error)).toBe(error)
    expect(classify(error, true)).toBe(error)
  })

  it('keeps the exception as the cause, without secrets of the request', () => {
    const scrub = (text: string): string => text.replaceAll('hunter2hunter2', '[redacted]')
    const error = new TypeError('failed for hunter2hunter2')
    const { cause } = errorFromFetch(error, { ...context, scrub }) as { readonly cause: Error }
    expect(cause.message).toBe('failed for [redacted]')
    expect((classify(new TypeError('harmless')) as { readonly cause?: Error }).cause?.message).toBe('harmless')
  })

  it('terminates for circular causes', () => {
    const circular = withCode('ODD')
    circular.cause = circular
    const aggregate = new AggregateError([])
    aggregate.errors = Array.from({ length: 3 }, () => aggregate)
    expect(classify(circular).code).toBe('network')
    expect(classify(aggregate).code).toBe('network')
  })
})

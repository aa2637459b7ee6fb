import { describe, expect, it } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { errorFromFetch } from '../../src/http/fetch-error.js'
import { context, ENDPOINT } from '../helpers/client.js'

const withCode = (code: string, message = code): Error => Object.assign(new Error(message), { code })
/** As Node's fetch throws it. */
const node = (cause: unknown): TypeError => new TypeError('fetch failed', { cause })
/** As Node's fetch throws it when a name has several addresses. */
const happyEyeballs = (code: string): TypeError =>
  node(
    Object.assign(
      new AggregateError([
        withCode(code, `connect ${code} ::1:1234`),
        withCode(code, `connect ${code} 127.0.0.1:1234`),
      ]),
      { code },
    ),
  )
const deno = (detail: string): TypeError =>
  new TypeError(`error sending request for url (${ENDPOINT}/v1/models): ${detail}`)

const classify = (error: unknown, isMidBody = false): errors.ProviderError =>
  errorFromFetch(error, context, isMidBody) as errors.ProviderError

describe('before the answer', () => {
  type Type = abstract new (...args: never[]) => errors.ProviderError
  it.each<[string, unknown, Type, string, boolean]>([
    ['Node: refused', node(withCode('ECONNREFUSED')), errors.ServiceNotFoundError, 'not-running', true],
    [
      'Node: refused on both addresses',
      happyEyeballs('ECONNREFUSED'),
      errors.ServiceNotFoundError,
      'not-running',
      true,
    ],
    [
      'Node: refused, the code only inside the aggregate',
      node(new AggregateError([withCode('ECONNREFUSED')])),
      errors.ServiceNotFoundError,
      'not-running',
      true,
    ],
    [
      'Node: refused, nested deeper',
      node(new Error('outer', { cause: node(withCode('ECONNREFUSED')) })),
      errors.ServiceNotFoundError,
      'not-running',
      true,
    ],
    [
      'Bun: refused',
      Object.assign(new Error('Unable to connect. Is the computer able to access the url?'), {
        code: 'ConnectionRefused',
      }),
      errors.ServiceNotFoundError,
      'not-running',
      true,
    ],
    [
      'Deno: refused',
      deno('client error (Connect): tcp connect error: Connection refused (os error 111)'),
      errors.ServiceNotFoundError,
      'not-running',
      true,
    ],
    [
      'Deno on Windows: refused',
      deno(
        'client error (Connect): tcp connect error: No connection could be made because the target machine actively refused it. (os error 10061)',
      ),
      errors.ServiceNotFoundError,
      'not-running',
      true,
    ],
    [
      'Node: name not found',
      node(withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND gpu-box')),
      errors.NetworkError,
      'dns',
      true,
    ],
    ['Node: name server busy', node(withCode('EAI_AGAIN')), errors.NetworkError, 'dns', true],
    [
      'Deno: name not found',
      deno('client error (Connect): dns error: failed to lookup address information: Name or service not known'),
      errors.NetworkError,
      'dns',
      true,
    ],
    ['Node: host unreachable', node(withCode('EHOSTUNREACH')), errors.ServiceNotFoundError, 'unreachable', true],
    [
      'Node: connect timed out',
      node(withCode('UND_ERR_CONNECT_TIMEOUT')),
      errors.ServiceNotFoundError,
      'unreachable',
      true,
    ],
    ['Node: timed out on both addresses', happyEyeballs('ETIMEDOUT'), errors.ServiceNotFoundError, 'unreachable', true],
    ['Node: self-signed certificate', node(withCode('DEPTH_ZERO_SELF_SIGNED_CERT')), errors.NetworkError, 'tls', false],
    ['Node: expired certificate', node(withCode('CERT_HAS_EXPIRED')), errors.NetworkError, 'tls', false],
    [
      'Node: https to an http port',
      node(withCode('ERR_SSL_WRONG_VERSION_NUMBER', 'write EPROTO … wrong version number')),
      errors.NetworkError,
      'tls',
      false,
    ],
    [
      'Deno: bad certificate',
      deno('client error (Connect): invalid peer certificate: UnknownIssuer'),
      errors.NetworkError,
      'tls',
      false,
    ],
    [
      'Node: no HTTP',
      node(withCode('HPE_INVALID_CONSTANT', 'Response does not match the HTTP/1.1 protocol')),
      errors.ServiceNotFoundError,
      'wrong-service',
      false,
    ],
    ['Node: reset', node(withCode('ECONNRESET', 'read ECONNRESET')), errors.NetworkError, 'connection-reset', true],
    [
      'Node: other side closed',
      node(withCode('UND_ERR_SOCKET', 'other side closed')),
      errors.NetworkError,
      'connection-reset',
      true,
    ],
    [
      'Bun: closed',
      Object.assign(new Error('The socket connection was closed unexpectedly.'), { code: 'ConnectionClosed' }),
      errors.NetworkError,
      'connection-reset',
      true,
    ],
    [
      'Deno: reset',
      deno('connection error: Connection reset by peer (os error 104)'),
      errors.NetworkError,
      'connection-reset',
      true,
    ],
    ['Chrome', new TypeError('Failed to fetch'), errors.NetworkError, 'network', true],
    ['Firefox', new TypeError('NetworkError when attempting to fetch resource.'), errors.NetworkError, 'network', true],
    ['Safari', new TypeError('Load failed'), errors.NetworkError, 'network', true],
    ['a text', 'boom', errors.NetworkError, 'network', true],
    ['nothing', undefined, errors.NetworkError, 'network', true],
    ['an object without words', Object.create(null), errors.NetworkError, 'network', true],
    ['a code that is a number', Object.assign(new Error('x'), { code: 7 }), errors.NetworkError, 'network', true],
  ])('%s', (_, error, type, code, isRetryable) => {
    const result = classify(error)
    expect(result.constructor).toBe(type)
    expect(result).toMatchObject({ code, isRetryable, endpoint: ENDPOINT })
    expect(result.message).toContain(ENDPOINT)
    expect(result.hint.length).toBeGreaterThan(10)
  })

  it.each(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])(
    'names the limit of the platform for %s, also in the middle of a body',
    (code) => {
      for (const isMidBody of [false, true]) {
        const result = classify(node(withCode(code)), isMidBody)
        expect(result).toBeInstanceOf(errors.TimeoutError)
        expect(result).toMatchObject({ limit: 'platform', timeoutMs: 300_000 })
        expect(result.hint).toContain('lmstudio-provider/node')
      }
    },
  )

  it('keeps an error of ours as it is', () => {
    const own = new errors.ApiError('x')
    expect(classify(own)).toBe(own)
    expect(classify(own, true)).toBe(own)
  })

  it('ends with causes that go round in circles', () => {
    const circle = withCode('ODD')
    circle.cause = circle
    const many = new AggregateError([])
    many.errors = Array.from({ length: 3 }, () => many)
    expect(classify(circle)).toBeInstanceOf(errors.NetworkError)
    expect(classify(many)).toBeInstanceOf(errors.NetworkError)
  })
})

describe('in the middle of an answer', () => {
  it.each([
    [node(withCode('ECONNRESET'))],
    [new TypeError('terminated', { cause: withCode('UND_ERR_SOCKET') })],
    [new TypeError('network error')],
    [new TypeError('Error in input stream')],
    ['boom'],
  ])('%s is an interrupted stream', (error) => {
    const result = classify(error, true)
    expect(result).toBeInstanceOf(errors.StreamInterruptedError)
    expect(result).toMatchObject({ isRetryable: false, endpoint: ENDPOINT })
  })
})

import { createFetch, type FetchOptions } from 'ofetch'
import type { Config } from '../config/options.js'
import { checkToken } from '../config/resolve-config.js'
import { ConfigurationError, InvalidResponseError } from '../errors/errors.js'
import { ignore } from '../utils/abort.js'
import { cancelBody } from './body-source.js'
import { FIXED_OPTIONS, type InterceptedRequest, interceptorError, toHooks } from './interceptors.js'

type Fetch = typeof globalThis.fetch

/** The part of Node's streams that web streams do not have. */
interface NodeStream {
  readonly on?: (event: 'error', listener: () => void) => unknown
}

/** One HTTP request, ready to be sent. */
export interface OutgoingRequest extends InterceptedRequest {
  readonly url: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
  /** Empty for none. */
  readonly token: string
  /** Set as soon as fetch resolves, so that the body can be canceled while interceptors still run. */
  response?: Response
}

/**
 * Sends one request through ofetch, whose interceptors are the application's. Its retry, timeout and parsing stay off: it
 * retries with an aborted signal, its timeout ends at the headers, and it takes broken JSON for text (ofetch 1.5).
 */
export async function send(config: Config, request: OutgoingRequest): Promise<Response> {
  const { url, method, headers, body, signal, token, platformInit } = request
  const fetch = currentFetch(config)
  const { raw } = createFetch({
    async fetch(input, options) {
      // A fetch that ignores the signal would send what was aborted while an interceptor ran.
      if (signal.aborted) throw signal.reason
      const authorization = token === '' ? undefined : { token, endpoint: config.endpoint }
      const response = await fetch(input, toInit(options, input, authorization))
      // A custom fetch may resolve to anything.
      if (!isResponse(response)) throw notAResponse(config.endpoint)
      request.response = response
      // The stream that node-fetch has as body ends the process with an error that has no listener.
      ;(response.body as NodeStream | null | undefined)?.on?.('error', ignore)
      // A fetch that ignores the signal may resolve after the call has ended.
      if (signal.aborted) void cancelBody(response.body, signal.reason)
      return response
    },
  })
  try {
    const response = await raw(url, {
      ...(body === undefined ? {} : { body }),
      method,
      headers,
      signal,
      ...platformInit,
      ...FIXED_OPTIONS,
      ...(config.interceptors === undefined ? {} : toHooks(config.interceptors, request)),
    })
    // An interceptor may replace it with anything.
    if (!isResponse(response)) throw notAResponse(config.endpoint)
    return response
  } catch (error) {
    // The exception of fetch itself, not the one that ofetch wraps around it.
    throw error instanceof Error && error.name === 'FetchError' ? error.cause : error
  }
}

const isResponse = (response: Response | undefined): boolean =>
  typeof response?.status === 'number' && typeof response.headers?.get === 'function'

const notAResponse = (endpoint: string): InvalidResponseError =>
  new InvalidResponseError('The custom fetch, or an interceptor, did not return a Response.', {
    code: 'not-a-response',
    endpoint,
  })

interface Authorization {
  readonly token: string
  readonly endpoint: string
}

/**
 * The request without ofetch's own options, which a custom fetch may not know, and with the token, which interceptors do
 * not see and no other host gets.
 */
function toInit(
  options: FetchOptions | undefined,
  input: string | URL | Request,
  authorization: Authorization | undefined,
): RequestInit {
  const {
    retry: _retry,
    responseType: _responseType,
    ignoreResponseError: _ignoreResponseError,
    onRequest: _onRequest,
    onRequestError: _onRequestError,
    onResponse: _onResponse,
    ...init
  } = options ?? {}
  if (authorization === undefined) return init as RequestInit
  const { token, endpoint } = authorization
  const headers = new Headers(init.headers)
  const url = input instanceof Request ? input.url : String(input)
  const isOurs = url.startsWith(endpoint) && /^($|[/?#])/.test(url.slice(endpoint.length))
  if (isOurs && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`)
  return { ...init, headers } as RequestInit
}

/** Creates the error for a body that was already read. */
export function bodyTaken({ interceptors, endpoint }: Config): ConfigurationError | InvalidResponseError {
  if (interceptors !== undefined) {
    return interceptorError('onResponse', 'read the body of the response.', {
      hint: 'Read `response.clone()` instead.',
    })
  }
  return new InvalidResponseError('The custom fetch returned a Response whose body was already read.', {
    code: 'not-a-response',
    endpoint,
    hint: 'Read `response.clone()` in the function that is passed as `fetch`, and return the response.',
  })
}

/** The function that sends requests: the option, else the platform's, looked up now so that patches work. */
export function currentFetch(config: Config): Fetch {
  const fetch = config.fetch ?? globalThis.fetch
  if (typeof fetch === 'function') return fetch
  throw new ConfigurationError('This runtime has no fetch function.', {
    source: 'the option fetch',
    hint: 'Run on Node 20.19 or later, a browser, Deno or Bun, or pass a function as the option `fetch`. In Jest, use the environment `node` or jest-fixed-jsdom: jsdom hides `fetch`.',
  })
}

/** Calls the application's function for the token. */
export async function readToken(apiToken: () => unknown): Promise<string> {
  let token: unknown
  try {
    token = await apiToken()
  } catch (cause) {
    throw new ConfigurationError('The function apiToken threw an error.', {
      source: 'the function apiToken',
      cause,
      hint: 'Fix the function that is passed as `apiToken`; its error is the `cause`.',
    })
  }
  if (typeof token === 'string') return checkToken(token, 'the function apiToken')
  if (token === undefined || token === null) return ''
  throw new ConfigurationError(`The function apiToken returned a ${typeof token} instead of a string.`, {
    source: 'the function apiToken',
    hint: 'Return the token as a string, or undefined for none.',
  })
}

import { createFetch, type FetchContext, type FetchHook, type FetchOptions } from 'ofetch'
import type { Config, Interceptor, InterceptorContext, InterceptorName } from '../config/options.js'
import { checkToken } from '../config/resolve-config.js'
import { ConfigurationError, InvalidResponseError } from '../errors/errors.js'
import { excerpt } from '../errors/redact.js'
import { sanitizeCause } from '../errors/sanitize-cause.js'
import { isObject } from '../utils/json.js'

type Fetch = typeof globalThis.fetch

/** One HTTP request, ready to be sent. */
export interface OutgoingRequest {
  readonly url: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
  readonly signal: AbortSignal
  /** Empty for none. */
  readonly token: string
  /** What this platform needs to be told about the address. */
  readonly networkInit: RequestInit
  /** Removes secrets and content of the request from a text. */
  readonly scrub: (text: string) => string
  /** Runs when the interceptors have changed the request. */
  readonly onIntercepted: (options: InterceptorContext['options']) => void
  /** Set as soon as fetch resolves, so that the body can be canceled while interceptors still run. */
  response?: Response
}

// A redirect could carry the token, or a prompt, to another host.
const FIXED_OPTIONS = { redirect: 'manual', retry: false, responseType: 'stream', ignoreResponseError: true } as const

/**
 * Sends one request through ofetch, whose interceptors are the application's. Its retry, timeout and parsing stay off: it
 * retries with an aborted signal, its timeout ends at the headers, and it takes broken JSON for text (ofetch 1.5).
 */
export async function send(config: Config, request: OutgoingRequest): Promise<Response> {
  const { url, method, headers, body, signal, token, networkInit } = request
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
      // A fetch that ignores the signal may resolve after the call has ended.
      if (signal.aborted) void cancelBody(response.body, signal.reason)
      return response
    },
  })
  try {
    return await raw(url, {
      ...(body === undefined ? {} : { body }),
      method,
      headers,
      signal,
      ...networkInit,
      ...FIXED_OPTIONS,
      ...(config.interceptors === undefined ? {} : toHooks(config.interceptors, config.endpoint, request)),
    })
  } catch (error) {
    // The exception of fetch itself, not the one that ofetch wraps around it.
    throw error instanceof Error && error.name === 'FetchError' ? error.cause : error
  }
}

/** Cancels a body of any implementation: some throw, and some return no promise. */
export async function cancelBody(
  body: Pick<ReadableStream, 'cancel'> | null | undefined,
  reason: unknown,
): Promise<void> {
  try {
    await body?.cancel?.(reason)
  } catch {
    // Nothing reads the body any more.
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

// Options of ofetch that an interceptor may know, and for which the library does not bundle the code.
const UNSUPPORTED_OPTIONS = ['baseURL', 'query', 'params'] as const

type Hooks = Record<'onRequest' | 'onRequestError' | 'onResponse', FetchHook[]>

/** The interceptors as ofetch runs them. It skips `onResponseError` where the caller reads error statuses itself. */
function toHooks(
  interceptors: NonNullable<Config['interceptors']>,
  endpoint: string,
  { signal, scrub, onIntercepted }: OutgoingRequest,
): Hooks {
  const guarded = (name: InterceptorName): FetchHook[] =>
    interceptors[name].map((hook) => guard(name, hook as Interceptor, scrub))
  const onResponseError = guarded('onResponseError')

  /** Undoes what an interceptor may not change: without these options a call could follow redirects or repeat itself. */
  function restoreOptions(context: FetchContext): void {
    if (!isObject(context.options))
      throw interceptorError('onRequest', 'removed `options`.', 'Change its fields instead.')
    Object.assign(context.options, FIXED_OPTIONS, { signal }, hooks)
  }

  const hooks: Hooks = {
    onRequest: [
      ...guarded('onRequest'),
      (context) => {
        restoreOptions(context)
        const { options } = context
        const unsupported = UNSUPPORTED_OPTIONS.find((name) => options[name] !== undefined)
        if (unsupported !== undefined) {
          const hint = 'Change `request`, which is the URL, instead.'
          throw interceptorError('onRequest', `set \`${unsupported}\`, which is not supported.`, hint)
        }
        const headers = new Headers(options.headers)
        onIntercepted(Object.assign(options, { headers }) as InterceptorContext['options'])
      },
    ],
    onRequestError: [...guarded('onRequestError'), restoreOptions],
    onResponse: [
      ...guarded('onResponse'),
      async (context) => {
        if (!isResponse(context.response)) throw notAResponse(endpoint)
        if (context.response!.status < 400) return
        for (const hook of onResponseError) await hook(context)
        if (!isResponse(context.response)) throw notAResponse(endpoint)
      },
    ],
  }
  return hooks
}

const guard =
  (name: InterceptorName, hook: Interceptor, scrub: (text: string) => string): FetchHook =>
  async (context) => {
    try {
      await hook(context as InterceptorContext & { readonly error: Error; readonly response: Response })
    } catch (exception) {
      const cause = sanitizeCause(exception, scrub)
      const text = cause instanceof Error ? excerpt(String(cause.message)) : ''
      throw interceptorError(name, text === '' ? 'threw an error.' : `threw an error: “${text}”.`, undefined, cause)
    }
  }

function interceptorError(name: InterceptorName, what: string, hint?: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`The interceptor ${name} ${what}`, {
    source: `the option ${name}`,
    code: 'interceptor-failed',
    hint,
    cause,
  })
}

/** The error for a body that is not there to be read. */
export function bodyTaken({ interceptors, endpoint }: Config): ConfigurationError | InvalidResponseError {
  if (interceptors !== undefined) {
    return interceptorError('onResponse', 'read the body of the response.', 'Read `response.clone()` instead.')
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
    hint: 'Run on Node 20.19 or later, a browser, Deno or Bun, or pass a function as the option `fetch`.',
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

import { createFetch, type FetchHook, type FetchOptions } from 'ofetch'
import type { Config, Interceptor, InterceptorContext, InterceptorName } from '../config/options.js'
import { checkToken } from '../config/resolve-config.js'
import { ConfigurationError } from '../errors/errors.js'

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
}

/**
 * Sends one request through ofetch, whose interceptors are the application's. Its retry, timeout and parsing stay off: it
 * retries with an aborted signal, its timeout ends at the headers, and it takes broken JSON for text (ofetch 1.5).
 */
export async function send(
  config: Config,
  { token, url, body, networkInit, ...init }: OutgoingRequest,
): Promise<Response> {
  const fetch = currentFetch(config)
  const { raw } = createFetch({
    fetch: (input, options) =>
      fetch(input, toInit(options, input, token === '' ? undefined : { token, endpoint: config.endpoint })),
  })
  try {
    return await raw(url, {
      ...(body === undefined ? {} : { body }),
      ...init,
      ...networkInit,
      // A redirect could carry the token, or a prompt, to another host.
      redirect: 'manual',
      retry: false,
      responseType: 'stream',
      ignoreResponseError: true,
      ...(config.interceptors === undefined ? {} : toHooks(config.interceptors)),
    })
  } catch (error) {
    // The exception of fetch itself, not the one that ofetch wraps around it.
    throw error instanceof Error && error.name === 'FetchError' ? error.cause : error
  }
}

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

/** The interceptors as ofetch runs them. It skips `onResponseError` where the caller reads error statuses itself. */
function toHooks(
  interceptors: NonNullable<Config['interceptors']>,
): Record<'onRequest' | 'onRequestError' | 'onResponse', FetchHook[]> {
  const guarded = (name: InterceptorName): FetchHook[] => interceptors[name].map((hook) => guard(name, hook))
  const onResponseError = guarded('onResponseError')
  return {
    onRequest: guarded('onRequest'),
    onRequestError: guarded('onRequestError'),
    onResponse: [
      ...guarded('onResponse'),
      async (context) => {
        if (context.response!.status < 400) return
        for (const hook of onResponseError) await hook(context)
      },
    ],
  }
}

const guard =
  (name: InterceptorName, hook: Interceptor): FetchHook =>
  async (context) => {
    try {
      await hook(context as InterceptorContext)
    } catch (cause) {
      throw new ConfigurationError(`The interceptor ${name} threw an error.`, {
        source: `the option ${name}`,
        code: 'interceptor-failed',
        cause,
      })
    }
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

import type { FetchContext, FetchHook } from 'ofetch'
import type { Config, Interceptor, InterceptorContext, InterceptorName } from '../config/options.js'
import { ConfigurationError } from '../errors/errors.js'
import { excerpt } from '../errors/redact.js'
import { sanitizeCause } from '../errors/sanitize-cause.js'
import { isError } from '../utils/is-error.js'
import { isObject } from '../utils/json.js'
import { quotedReason } from '../utils/quote.js'

// A redirect could carry the token, or a prompt, to another host.
export const FIXED_OPTIONS = {
  redirect: 'manual',
  retry: false,
  responseType: 'stream',
  ignoreResponseError: true,
} as const

// Options of ofetch that an interceptor may know, and for which the library does not bundle the code.
const UNSUPPORTED_OPTIONS = ['baseURL', 'query', 'params'] as const

type Hooks = Record<'onRequest' | 'onRequestError' | 'onResponse', FetchHook[]>

/** What the interceptors of one request need to know about it. */
export interface InterceptedRequest {
  readonly signal: AbortSignal
  /** See `Platform.init`. */
  readonly platformInit: RequestInit
  /** Removes secrets and content of the request from a text. */
  readonly scrub: (text: string) => string
  /** Runs when the interceptors have changed the request. */
  readonly onIntercepted: (options: InterceptorContext['options']) => void
  /** Receives the name of the application's function that the request waits for, then `undefined`. */
  readonly onWaiting: (functionName: string | undefined) => void
}

/** The interceptors as ofetch runs them. It skips `onResponseError` where the caller reads error statuses itself. */
export function toHooks(interceptors: NonNullable<Config['interceptors']>, request: InterceptedRequest): Hooks {
  const { signal, platformInit, onIntercepted } = request
  const guarded = (name: InterceptorName): FetchHook[] =>
    interceptors[name].map((hook) => guard(name, hook as Interceptor, request))
  const onResponseError = guarded('onResponseError')

  /**
   * Undoes what an interceptor may not change: without these options a call could follow redirects, repeat itself or be
   * answered by a cache.
   */
  function restoreOptions(context: FetchContext): void {
    if (!isObject(context.options))
      throw interceptorError('onRequest', 'removed `options`.', { hint: 'Change its fields instead.' })
    Object.assign(context.options, platformInit, FIXED_OPTIONS, { signal }, hooks)
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
          throw interceptorError('onRequest', `set \`${unsupported}\`, which is not supported.`, { hint })
        }
        const headers = new Headers(options.headers)
        onIntercepted(Object.assign(options, { headers }) as InterceptorContext['options'])
      },
    ],
    onRequestError: [...guarded('onRequestError'), restoreOptions],
    onResponse: [
      ...guarded('onResponse'),
      async (context) => {
        if ((context.response?.status ?? 0) < 400) return
        for (const hook of onResponseError) await hook(context)
      },
    ],
  }
  return hooks
}

const guard =
  (name: InterceptorName, hook: Interceptor, { scrub, onWaiting }: InterceptedRequest): FetchHook =>
  async (context) => {
    try {
      onWaiting(`interceptor ${name}`)
      await hook(context as InterceptorContext & { readonly error: Error; readonly response: Response })
      onWaiting(undefined)
    } catch (exception) {
      const cause = sanitizeCause(exception, scrub)
      const text = isError(cause) ? excerpt(String(cause.message)) : ''
      throw interceptorError(name, `threw an error${quotedReason(text)}.`, { cause })
    }
  }

export function interceptorError(
  name: InterceptorName,
  what: string,
  options: { readonly hint?: string; readonly cause?: unknown },
): ConfigurationError {
  return new ConfigurationError(`The interceptor ${name} ${what}`, {
    source: `the option ${name}`,
    code: 'interceptor-failed',
    ...options,
  })
}

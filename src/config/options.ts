import type { ErrorCode } from '../errors/error-codes.js'

/** Everything that `fetch` accepts as headers. Node's types do not have the name `HeadersInit`. */
export type HeadersLike = NonNullable<RequestInit['headers']>

/** Options of one call. They take precedence over the options of the provider. */
export interface CallOptions {
  /** Aborts the call at once, in any phase. The call rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
  /**
   * Time limit for the whole call, per attempt, in ms, 1–2147483647. The waits between attempts do not go beyond it.
   *
   * For a generation it replaces `generationTimeout` and, unlike that option, also limits the response itself.
   *
   * @default the provider's `timeout`; for a generation, `generationTimeout`
   */
  readonly timeout?: number | undefined
  /**
   * Maximum number of retries after the first attempt, 0–100.
   *
   * @default the provider's `maxRetries`
   */
  readonly maxRetries?: number | undefined
  /** Headers to add to those of the provider. A header with the same name replaces the provider's. */
  readonly headers?: HeadersLike | undefined
}

/** Options of one call that lists models. */
export interface ListOptions extends CallOptions {
  /** Requests the list from the server, even if the cached one is fresh. */
  readonly refresh?: boolean | undefined
}

/** An event for the option `logger`. It never contains a token, a prompt or a response. */
export interface LogEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly type:
    | 'request'
    | 'response'
    | 'retry'
    | 'error'
    | 'security'
    | 'cache'
    | 'model-substituted'
    | 'diagnosis'
    | 'lifecycle'
  readonly message: string
  readonly method?: string
  /** Path of the route, without the endpoint. */
  readonly route?: string
  /** HTTP status of the response. */
  readonly status?: number
  /** Number of the attempt, from 1. */
  readonly attempt?: number
  /** Time from the start of the attempt to the response headers, in ms. */
  readonly durationMs?: number
  /** Time until the next attempt, in ms. */
  readonly delayMs?: number
  /** Id of a download that continues on the server after the caller stopped waiting for it. */
  readonly jobId?: string
  /** `code` of the error that the event reports, or of a warning about an address, a request or the environment. */
  readonly code?: ErrorCode | 'unknown-variable' | 'remote-endpoint' | 'unusual-endpoint' | 'large-request'
}

/**
 * A store for values under string keys.
 *
 * @remarks
 * The library stores only model information: never a token, a prompt or a response. It checks the age of entries itself, so
 * an adapter may drop entries at any time. Values are plain data (structured-clonable). A method that throws or
 * rejects is logged and does not fail the call. What `get` returns is validated before use.
 */
export interface CacheAdapter {
  /** Returns the value, or `undefined` if there is none. */
  get(key: string): unknown
  /** Stores a value, which is plain data, in place of an earlier one. */
  set(key: string, value: unknown): void | Promise<void>
  /** Removes the value, if there is one. */
  delete(key: string): void | Promise<void>
  /** Removes everything that this adapter stores. */
  clear(): void | Promise<void>
}

/** One HTTP attempt, as an interceptor sees it. */
export interface InterceptorContext {
  /** The URL. */
  request: Request | string
  /** What is passed to fetch. */
  options: Omit<RequestInit, 'headers'> & { headers: Headers }
  /** The response, for `onResponse` and `onResponseError`. */
  response?: Response
  /** The exception of fetch, for `onRequestError`. */
  error?: Error
}

/** What each interceptor receives. */
export interface InterceptorContexts {
  onRequest: InterceptorContext
  onRequestError: InterceptorContext & { error: Error }
  onResponse: InterceptorContext & { response: Response }
  onResponseError: InterceptorContext & { response: Response }
}

/** The options that hold interceptors. */
export type InterceptorName = keyof InterceptorContexts

/** Middleware of the HTTP layer: `Interceptor<'onResponse'>` receives a context with a `response`. */
export type Interceptor<Name extends InterceptorName = InterceptorName> = (
  context: InterceptorContexts[Name],
) => void | Promise<void>

/** One interceptor, or several that run in order. */
export type Interceptors<Name extends InterceptorName> = Interceptor<Name> | readonly Interceptor<Name>[]

/** Options of `createLMStudio`. Every option is optional, and `undefined` is the same as leaving it out. */
export interface LMStudioOptions {
  /**
   * Address of the server: `http` or `https`, without credentials.
   *
   * Short forms are completed: `localhost:1234`, `:1234`, or a host of this machine or network, for which port 1234 is
   * added. In a web page or worker, a path such as `/lmstudio` is at the origin of the page.
   *
   * The route of a whole URL is removed, and so is a trailing `/`, `/v1`, `/api/v0` or `/api/v1`. Any other path, such as the
   * prefix of a reverse proxy, is kept. A server that does not know a route below `/v1` gets the request once more below
   * the address as it was given, and what works is remembered (see `basePath`).
   *
   * @default 'http://127.0.0.1:1234'
   */
  readonly endpoint?: string | URL | undefined
  /**
   * Path of the OpenAI-compatible routes below the endpoint, such as `/v3` or `/api`, or `''` for none.
   *
   * @default '/v1', or the path of `endpoint` where the server does not know that
   */
  readonly basePath?: string | undefined
  /**
   * API token, or a function that returns it and is called for every attempt, within the time limit of the call. Sent as
   * `Authorization: Bearer`, unless it is empty or `undefined`.
   *
   * @default no token
   */
  readonly apiToken?: string | (() => string | undefined | Promise<string | undefined>) | undefined
  /**
   * Time limit for a whole control call (models, health, unload), per attempt, in ms, 1–2147483647.
   *
   * @default 30_000
   */
  readonly timeout?: number | undefined
  /**
   * Time limit for the first content of a generation, and for the wait for a free slot (see `maxConcurrency`), in ms,
   * 1–2147483647. It includes the time in which the server loads the model.
   *
   * @default 600_000
   */
  readonly generationTimeout?: number | undefined
  /**
   * Time limit between two events of a stream once it has started, in ms, 1–2147483647. Keep-alive comments do not count
   * as events.
   *
   * @default 120_000
   */
  readonly idleTimeout?: number | undefined
  /**
   * Maximum number of retries after the first attempt, 0–100. A request is retried only where repeating it is safe.
   *
   * @default 3
   */
  readonly maxRetries?: number | undefined
  /**
   * Where model information is cached; `false` disables the cache.
   *
   * @default IndexedDB where it exists, otherwise memory
   */
  readonly cache?: CacheAdapter | false | undefined
  /**
   * How long cached model information is used without a refresh, in ms, 0–2147483647.
   *
   * @default 300_000
   */
  readonly cacheTtl?: number | undefined
  /**
   * Allows an endpoint outside this machine and private networks. Private are private IP addresses, names of one word in
   * ASCII (`gpu-box`), and names that end in `.local`, `.lan`, `.home`, `.internal`, `.localdomain`, `.home.arpa`, `.test` or
   * `.ts.net` (Tailscale). Metadata services of clouds and link-local addresses are always refused.
   *
   * @default false
   */
  readonly allowRemote?: boolean | undefined
  /**
   * Maximum number of generations that run at the same time, 1–1000. Further calls wait in order, and can be aborted
   * while they wait.
   *
   * @default 4
   */
  readonly maxConcurrency?: number | undefined
  /**
   * Whether streams request token counts (`stream_options`). Set it to `false` for a server that rejects the field. If the
   * error of the server names the field, the request is sent again without it automatically.
   *
   * @default true
   */
  readonly includeUsage?: boolean | undefined
  /**
   * Tags that wrap reasoning in the text, as pairs of an opening and a closing tag; `false` leaves everything in the text.
   * The channels of the harmony format are separated too, unless this is `false`.
   *
   * @default the tags of `<think>`, of Gemma 4 and of Magistral (`[THINK]`)
   */
  readonly reasoningTags?: readonly (readonly [open: string, close: string])[] | false | undefined
  /**
   * What happens when a model other than the requested one responds: `'warn'` logs an event, `'error'` throws a
   * {@link ModelNotFoundError} with the code `model-substituted`.
   *
   * @default 'warn'
   */
  readonly onModelSubstituted?: 'warn' | 'error' | undefined
  /**
   * The model for requests that name none.
   *
   * @default a loaded model that fits the request, else the only one that fits (see {@link LMStudioProvider.pickModel})
   */
  readonly model?: string | undefined
  /**
   * Headers to add to every request, for example the key of a proxy. In a page, the server must allow every header that is
   * not CORS-safelisted.
   *
   * @default no headers
   */
  readonly headers?: HeadersLike | undefined
  /**
   * Runs before each attempt, retries included. May change `options.headers`, and is awaited, within the time limit of the
   * call. Several run in order.
   *
   * @remarks
   * The interceptors are ofetch's, with its context. They see a request without the API token, unless the application set
   * an `authorization` header itself. An exception ends the call with a {@link ConfigurationError} that has it as `cause`.
   * `request`, `options.headers`, `options.body` and other fields of `RequestInit` may be changed; ofetch's own `query`,
   * `baseURL`, `retry` and `timeout` have no effect here.
   */
  readonly onRequest?: Interceptors<'onRequest'> | undefined
  /** Runs when an attempt fails without a response, with the exception as `error`. */
  readonly onRequestError?: Interceptors<'onRequestError'> | undefined
  /** Runs when a response begins. Its body belongs to the library: read a `response.clone()`. */
  readonly onResponse?: Interceptors<'onResponse'> | undefined
  /** Runs after `onResponse` when the status is 400 or above. */
  readonly onResponseError?: Interceptors<'onResponseError'> | undefined
  /**
   * The function that sends requests. The body of its response can be a web stream, a stream of Node (node-fetch), an async
   * iterable of bytes or text, a text or bytes; without one, `text()` or `arrayBuffer()` is read.
   *
   * @default `globalThis.fetch`, looked up for every request
   */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * Receives structured events, already redacted. It is not awaited, and its exceptions and rejections are ignored.
   *
   * @default no logger
   */
  readonly logger?: ((event: LogEvent) => void) | undefined
}

/** Passes an event to the logger. Never throws. */
export type Log = (event: LogEvent) => void

/** Validated options, with defaults for those that are not set. */
export interface Config {
  readonly endpoint: string
  /** Where the OpenAI-compatible routes can be below the endpoint, in the order in which they are tried. */
  readonly basePaths: readonly string[]
  /** What is unusual about the endpoint, for the log. */
  readonly unusualAspects: readonly string[]
  readonly apiToken: LMStudioOptions['apiToken']
  readonly timeout: number
  readonly generationTimeout: number
  readonly idleTimeout: number
  readonly maxRetries: number
  readonly cache: CacheAdapter | false | undefined
  readonly cacheTtl: number
  readonly maxConcurrency: number
  readonly includeUsage: boolean
  /** `undefined` for the default tags. */
  readonly reasoningTags: LMStudioOptions['reasoningTags']
  readonly onModelSubstituted: 'warn' | 'error'
  readonly model: string | undefined
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof globalThis.fetch | undefined
  /** The interceptors by option, as lists; `undefined` without any. */
  readonly interceptors: { readonly [Name in InterceptorName]: readonly Interceptor<Name>[] } | undefined
  /** `undefined` without a logger, so that no event is created for nothing. */
  readonly log: Log | undefined
}

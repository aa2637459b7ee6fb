/** Whatever `fetch` takes as headers; spelled like this because Node's own types lack the name `HeadersInit`. */
export type HeadersLike = NonNullable<RequestInit['headers']>

/** Options of one call. They win over the provider's. */
export interface CallOptions {
  /** Ends the call at once, in whatever phase it is; the call rejects with `signal.reason`, unwrapped. */
  readonly signal?: AbortSignal | undefined
  /**
   * Limit in milliseconds for the whole of this call, per attempt. For a generation it takes the place of
   * `generationTimeout` and, other than that option, also bounds the answer itself.
   */
  readonly timeout?: number | undefined
  /** Retries after the first attempt. */
  readonly maxRetries?: number | undefined
  /** Added to the provider's headers, by name; these win. */
  readonly headers?: HeadersLike | undefined
}

/** Something worth telling a `logger`. Never holds a token, a prompt or an answer. */
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
  readonly status?: number
  /** Counts from 1. */
  readonly attempt?: number
  readonly durationMs?: number
  readonly delayMs?: number
  /** Of a download that goes on although nobody waits for it any more. */
  readonly jobId?: string
  /** `code` of the error this is about. */
  readonly code?: string
}

/**
 * A place to keep values under string keys. The library keeps only model information there, never a token, a prompt or
 * an answer, and does its own expiry: an adapter may forget whenever it likes.
 *
 * @remarks
 * Values are plain data (structured-clonable). Whatever a method throws or rejects with is logged and otherwise
 * ignored: a failing cache never fails a call. What `get` gives is validated before use.
 */
export interface CacheAdapter {
  /** The value, or `undefined` when there is none. */
  get(key: string): unknown
  set(key: string, value: unknown): void | Promise<void>
  delete(key: string): void | Promise<void>
  /** Removes everything this adapter keeps. */
  clear(): void | Promise<void>
}

/** One HTTP attempt, as an interceptor sees it. */
export interface InterceptorContext {
  /** The URL. */
  request: Request | string
  options: Omit<RequestInit, 'headers'> & { headers: Headers }
  /** The response, for `onResponse` and `onResponseError`. */
  response?: Response
  /** The exception of fetch, for `onRequestError`. */
  error?: Error
}

/** Middleware of the HTTP layer. */
export type Interceptor = (context: InterceptorContext) => void | Promise<void>

/** The options that hold interceptors. */
export type InterceptorName = 'onRequest' | 'onRequestError' | 'onResponse' | 'onResponseError'

/** What `createLMStudio` takes. Every option is optional; `undefined` means: not set. */
export interface LMStudioOptions {
  /**
   * The server's address. A trailing `/`, `/v1`, `/api/v0` or `/api/v1` is removed, another path (a reverse proxy's
   * prefix) is kept. `http` or `https`; no credentials, query or fragment.
   *
   * @defaultValue `'http://127.0.0.1:1234'`
   */
  readonly endpoint?: string | URL | undefined
  /**
   * API token, or a function that gives one, asked at every attempt. Sent as `Authorization: Bearer`; not sent when
   * empty or `undefined`.
   */
  readonly apiToken?: string | (() => string | undefined | Promise<string | undefined>) | undefined
  /**
   * Limit of a whole control call (models, health), per attempt. Milliseconds, 1–2147483647.
   *
   * @defaultValue `30000`
   */
  readonly timeout?: number | undefined
  /**
   * Longest silence before the first piece of a generation, and longest wait for a free place among `maxConcurrency`. Milliseconds, 1–2147483647.
   *
   * @defaultValue `600000`
   */
  readonly generationTimeout?: number | undefined
  /**
   * Longest silence between two pieces of a stream once it has begun; comments that only keep the connection alive
   * count as silence. Milliseconds, 1–2147483647.
   *
   * @defaultValue `120000`
   */
  readonly idleTimeout?: number | undefined
  /**
   * Retries after the first attempt, made only where repeating is safe. 0–100.
   *
   * @defaultValue `3`
   */
  readonly maxRetries?: number | undefined
  /**
   * Where model information is kept; `false` keeps none.
   *
   * @defaultValue IndexedDB where it exists, else memory
   */
  readonly cache?: CacheAdapter | false | undefined
  /**
   * How long cached model information is fresh. Milliseconds, 0–2147483647.
   *
   * @defaultValue `300000`
   */
  readonly cacheTtl?: number | undefined
  /**
   * Permits an endpoint outside loopback and private networks.
   *
   * @defaultValue `false`
   */
  readonly allowRemote?: boolean | undefined
  /**
   * Generations in flight; the rest wait in order and can be aborted while they wait. 1–1000.
   *
   * @defaultValue `4`
   */
  readonly maxConcurrency?: number | undefined
  /** Extra headers, for example a proxy's key. A header that is not CORS-safelisted must be allowed by the server. */
  readonly headers?: HeadersLike | undefined
  /**
   * Runs before each attempt, retries included. May change `options.headers`, and is awaited. Several run in order.
   *
   * @remarks
   * The interceptors are ofetch's, with its context. They see a request without the API token, unless the application set
   * an `authorization` header itself. An exception ends the call with a {@link ConfigurationError} that has it as `cause`.
   */
  readonly onRequest?: Interceptor | readonly Interceptor[] | undefined
  /** Runs when an attempt fails without a response, with the exception as `error`. */
  readonly onRequestError?: Interceptor | readonly Interceptor[] | undefined
  /** Runs when a response begins. Its body belongs to the library: read a `response.clone()`. */
  readonly onResponse?: Interceptor | readonly Interceptor[] | undefined
  /** Runs after `onResponse` when the status is 400 or above. */
  readonly onResponseError?: Interceptor | readonly Interceptor[] | undefined
  /**
   * The function that carries requests.
   *
   * @defaultValue `globalThis.fetch`, looked up at every call
   */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Receives structured, redacted events. What it throws is ignored. */
  readonly logger?: ((event: LogEvent) => void) | undefined
}

/** Takes an event; never throws. */
export type Log = (event: LogEvent) => void

/** Options after validation, with every default in place. */
export interface Config {
  readonly endpoint: string
  readonly apiToken: LMStudioOptions['apiToken']
  readonly timeout: number
  readonly generationTimeout: number
  readonly idleTimeout: number
  readonly maxRetries: number
  readonly cache: CacheAdapter | false | undefined
  readonly cacheTtl: number
  readonly maxConcurrency: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof globalThis.fetch | undefined
  /** What the options of these names hold, as lists; `undefined` without any. */
  readonly interceptors: Readonly<Record<InterceptorName, readonly Interceptor[]>> | undefined
  /** `undefined` without a logger, so that nobody makes events for nobody. */
  readonly log: Log | undefined
}

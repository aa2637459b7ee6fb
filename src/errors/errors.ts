import type { CompletionResponse, Issue, Message, PartialCompletion, ToolStep } from '../types.js'
import { type BrowserAccessReason, type ErrorCode, hintFor } from './error-codes.js'
import { ProviderError, type ProviderErrorOptions, addFacts, attachHidden } from './provider-error.js'

// Every class in one file, in the order of the taxonomy in docs/errors.md: a subclass follows the class that it extends.

export type { Issue } from '../types.js'

/** Options of {@link NetworkError}. */
export interface NetworkErrorOptions extends ProviderErrorOptions {
  readonly retryAfterMs?: number | undefined
}

/** The connection failed (refused, reset, DNS, TLS), or the server returned status 5xx. */
export class NetworkError extends ProviderError {
  static override readonly hintFor: typeof hintFor = hintFor
  static override readonly errorName: string = 'NetworkError'
  static override readonly defaultCode: ErrorCode = 'network'
  static override readonly retryable: boolean = true
  /** How long to wait before the next attempt, in ms, if the server sent `Retry-After`. */
  declare readonly retryAfterMs?: number
  constructor(message: string, options: NetworkErrorOptions = {}) {
    super(message, options)
    addFacts(this, { retryAfterMs: options.retryAfterMs })
  }
}

/** An address that was tried, and why no server was found there. */
export interface ConnectionAttempt {
  /** The address. */
  readonly endpoint: string
  /** Where the address came from, for example `the default address`. */
  readonly source: string
  /** The code of the error at this address. */
  readonly code: ErrorCode
  /** What happened, as a sentence. */
  readonly reason: string
}

/** Options of {@link ServiceNotFoundError}. */
export interface ServiceNotFoundErrorOptions extends NetworkErrorOptions {
  readonly attempts?: readonly ConnectionAttempt[] | undefined
}

/** Nothing listens at the endpoint, or another program does. */
export class ServiceNotFoundError extends NetworkError {
  static override readonly errorName: string = 'ServiceNotFoundError'
  static override readonly defaultCode: ErrorCode = 'not-running'
  /** Every address that `discover` tried, in order of preference; absent if a call tried one endpoint. */
  declare readonly attempts?: readonly ConnectionAttempt[]
  constructor(message: string, options: ServiceNotFoundErrorOptions = {}) {
    super(message, options)
    addFacts(this, { attempts: options.attempts })
  }
}

/** Options of {@link UnsupportedEndpointError}. */
export interface UnsupportedEndpointErrorOptions extends NetworkErrorOptions {
  readonly since?: string | undefined
}

/** The server does not have this route: the path is wrong or the version is too old. */
export class UnsupportedEndpointError extends NetworkError {
  static override readonly errorName: string = 'UnsupportedEndpointError'
  static override readonly defaultCode: ErrorCode = 'wrong-path'
  static override readonly retryable: boolean = false
  /** LM Studio version that added the route, for example `0.4.0`; absent for a route that every version has. */
  declare readonly since?: string
  constructor(message: string, options: UnsupportedEndpointErrorOptions = {}) {
    const { since } = options
    const hint =
      since &&
      `Use the bare address of the server as the endpoint. LM Studio ${since} and later has this route; another server may not have it.`
    super(message, { ...options, hint: options.hint ?? hint })
    addFacts(this, { since })
  }
}

/** Options of {@link TimeoutError}. */
export interface TimeoutErrorOptions extends ProviderErrorOptions {
  readonly limit: TimeoutError['limit']
  readonly timeoutMs: number
}

/** A time limit expired. */
export class TimeoutError extends NetworkError {
  static override readonly errorName: string = 'TimeoutError'
  static override readonly defaultCode: ErrorCode = 'timeout'
  static override readonly retryable: boolean = false
  /** The option that sets the limit, or `platform` for a limit that the runtime's own `fetch` has. */
  declare readonly limit: 'timeout' | 'generationTimeout' | 'idleTimeout' | 'platform'
  /** The limit, in ms. */
  declare readonly timeoutMs: number
  /** What had arrived of the response. */
  declare readonly partial?: PartialCompletion
  constructor(message: string, options: TimeoutErrorOptions) {
    super(message, options)
    addFacts(this, { limit: options.limit, timeoutMs: options.timeoutMs })
  }
}

/** A stream broke, or ended before it was complete. */
export class StreamInterruptedError extends NetworkError {
  static override readonly errorName: string = 'StreamInterruptedError'
  static override readonly defaultCode: ErrorCode = 'stream-interrupted'
  static override readonly retryable: boolean = false
  /** What had arrived of the response. */
  declare readonly partial?: PartialCompletion
}

/** Options of {@link BrowserAccessError}. */
export interface BrowserAccessErrorOptions extends ProviderErrorOptions {
  readonly reason: BrowserAccessReason
}

/** The browser does not let this page reach the server. */
export class BrowserAccessError extends NetworkError {
  static override readonly errorName: string = 'BrowserAccessError'
  static override readonly retryable: boolean = false
  /** Which of the browser's checks failed. */
  declare readonly reason: BrowserAccessReason
  constructor(message: string, options: BrowserAccessErrorOptions) {
    const { reason, code = reason } = options
    super(message, { ...options, code })
    addFacts(this, { reason })
  }
}

/** Options of {@link ApiError}. */
export type ApiErrorOptions = ProviderErrorOptions

/** The server rejected the request, or its response cannot be understood. */
export class ApiError extends ProviderError {
  static override readonly hintFor: typeof hintFor = hintFor
  static override readonly errorName: string = 'ApiError'
  static override readonly defaultCode: ErrorCode = 'api'
  /** What had arrived of the response, if the error came in the middle of a stream. */
  declare readonly partial?: PartialCompletion
}

/** Status 401: the server requires a token, or rejected the one that was sent. */
export class AuthenticationError extends ApiError {
  static override readonly errorName: string = 'AuthenticationError'
  static override readonly defaultCode: ErrorCode = 'auth-required'
}

/** Status 403: the token, or a setting of the server, does not allow this. */
export class PermissionError extends ApiError {
  static override readonly errorName: string = 'PermissionError'
  static override readonly defaultCode: ErrorCode = 'permission'
}

/** Options of {@link RateLimitError}. */
export interface RateLimitErrorOptions extends ApiErrorOptions {
  readonly retryAfterMs?: number | undefined
}

/** Status 429: too many requests. */
export class RateLimitError extends ApiError {
  static override readonly errorName: string = 'RateLimitError'
  static override readonly defaultCode: ErrorCode = 'rate-limit'
  static override readonly retryable: boolean = true
  /** How long to wait before the next attempt, in ms; `undefined` if the server did not send `Retry-After`. */
  declare readonly retryAfterMs: number | undefined
  constructor(message: string, options: RateLimitErrorOptions = {}) {
    super(message, options)
    addFacts(this, { retryAfterMs: options.retryAfterMs })
  }
}

/** Options of {@link ModelNotFoundError}. */
export interface ModelNotFoundErrorOptions extends ApiErrorOptions {
  readonly model?: string | undefined
  readonly availableModels?: readonly string[] | undefined
}

/** The server does not have this model, or has no model loaded. */
export class ModelNotFoundError extends ApiError {
  static override readonly errorName: string = 'ModelNotFoundError'
  static override readonly defaultCode: ErrorCode = 'model-not-found'
  /** The requested model; `undefined` if the request named none. */
  declare readonly model: string | undefined
  /** Ids of the models that the server has; `undefined` if they could not be listed. */
  declare readonly availableModels: readonly string[] | undefined
  constructor(message: string, options: ModelNotFoundErrorOptions = {}) {
    super(message, options)
    addFacts(this, { model: options.model, availableModels: options.availableModels })
  }
}

/** The model could not be loaded, was unloaded during the request, or its engine crashed. */
export class ModelLoadError extends ApiError {
  static override readonly errorName: string = 'ModelLoadError'
  static override readonly defaultCode: ErrorCode = 'model-load'
}

/** Options of {@link ContextLengthError}. */
export interface ContextLengthErrorOptions extends ApiErrorOptions {
  readonly promptTokens?: number | undefined
  readonly contextLength?: number | undefined
}

/** The conversation does not fit into the context that the model was loaded with. */
export class ContextLengthError extends ApiError {
  static override readonly errorName: string = 'ContextLengthError'
  static override readonly defaultCode: ErrorCode = 'context-length'
  /** Number of tokens in the request; `undefined` if the server did not report it. */
  declare readonly promptTokens: number | undefined
  /** Number of tokens that fit; `undefined` if the server did not report it. */
  declare readonly contextLength: number | undefined
  constructor(message: string, options: ContextLengthErrorOptions = {}) {
    super(message, options)
    addFacts(this, { promptTokens: options.promptTokens, contextLength: options.contextLength })
  }
}

/** The response is not JSON, does not have the expected shape, or is empty where content is required. */
export class InvalidResponseError extends ApiError {
  static override readonly errorName: string = 'InvalidResponseError'
  static override readonly defaultCode: ErrorCode = 'invalid-response'
}

/** Options of {@link InvalidRequestError}. */
export interface InvalidRequestErrorOptions extends ProviderErrorOptions {
  readonly issues?: readonly Issue[] | undefined
}

/** The request is invalid. It was checked before anything was sent, or the server rejected it (status 400, 413, 422). */
export class InvalidRequestError extends ProviderError {
  static override readonly hintFor: typeof hintFor = hintFor
  static override readonly errorName: string = 'InvalidRequestError'
  static override readonly defaultCode: ErrorCode = 'invalid-request'
  /** The invalid fields. */
  declare readonly issues: readonly Issue[]
  constructor(message: string, options: InvalidRequestErrorOptions = {}) {
    super(message, options)
    addFacts(this, { issues: options.issues ?? [] })
  }
}

/** Options of {@link ConfigurationError}. */
export interface ConfigurationErrorOptions extends InvalidRequestErrorOptions {
  readonly source: string
}

/** An option, an environment variable or a config file is invalid. */
export class ConfigurationError extends InvalidRequestError {
  static override readonly errorName: string = 'ConfigurationError'
  static override readonly defaultCode: ErrorCode = 'configuration'
  /** Where the value came from, for example `the option timeout`. */
  declare readonly source: string
  constructor(message: string, options: ConfigurationErrorOptions) {
    super(message, options)
    addFacts(this, { source: options.source })
  }
}

/** Options of {@link OutputValidationError}. */
export interface OutputValidationErrorOptions extends ProviderErrorOptions {
  readonly text: string
  readonly issues?: readonly Issue[] | undefined
}

/** Structured output does not match its schema. */
export class OutputValidationError extends ProviderError {
  static override readonly hintFor: typeof hintFor = hintFor
  static override readonly errorName: string = 'OutputValidationError'
  static override readonly defaultCode: ErrorCode = 'output-validation'
  /** The fields that do not match. Their messages come from the schema library and may quote the output. */
  declare readonly issues: readonly Issue[]
  /** What the model wrote. */
  declare readonly text: string
  /** The complete response, if there was one. */
  declare readonly response?: CompletionResponse
  constructor(message: string, { text, issues = [], ...options }: OutputValidationErrorOptions) {
    super(message, options)
    attachHidden(this, 'text', text)
    attachHidden(this, 'issues', issues)
  }
}

/** Options of {@link ToolExecutionError}. */
export interface ToolExecutionErrorOptions extends ProviderErrorOptions {
  readonly steps?: readonly ToolStep[] | undefined
  readonly messages?: readonly Message[] | undefined
}

/** The tool loop could not continue. */
export class ToolExecutionError extends ProviderError {
  static override readonly hintFor: typeof hintFor = hintFor
  static override readonly errorName: string = 'ToolExecutionError'
  static override readonly defaultCode: ErrorCode = 'tool-execution'
  /** The completed rounds. */
  declare readonly steps: readonly ToolStep[]
  /** The conversation up to the last completed round: pass it as `messages` to continue. */
  declare readonly messages: Message[]
  constructor(message: string, { steps = [], messages = [], ...options }: ToolExecutionErrorOptions = {}) {
    super(message, options)
    attachHidden(this, 'steps', steps)
    attachHidden(this, 'messages', [...messages])
  }
}

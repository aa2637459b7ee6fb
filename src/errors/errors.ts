import type { ErrorCode } from './error-codes.js'
import type { CompletionResponse, Message, PartialCompletion, ToolStep } from '../types.js'
import { ProviderError, type ProviderErrorOptions, attachHidden } from './provider-error.js'

/** Options of {@link NetworkError}. */
export interface NetworkErrorOptions extends ProviderErrorOptions {
  readonly retryAfterMs?: number | undefined
}

/** Options of {@link TimeoutError}. */
export interface TimeoutErrorOptions extends ProviderErrorOptions {
  readonly limit: TimeoutError['limit']
  readonly timeoutMs: number
}

/** Options of {@link UnsupportedEndpointError}. */
export interface UnsupportedEndpointErrorOptions extends NetworkErrorOptions {
  readonly since?: string | undefined
}

/** Options of {@link BrowserAccessError}. */
export interface BrowserAccessErrorOptions extends ProviderErrorOptions {
  readonly reason: BrowserAccessError['reason']
}

/** The exchange itself failed: refused, reset, DNS, TLS, or any 5xx. */
export class NetworkError extends ProviderError {
  static override readonly errorName: string = 'NetworkError'
  static override readonly defaultCode: ErrorCode = 'network'
  static override readonly retryable: boolean = true
  /** How long a failing server asks to wait, milliseconds, when it says. */
  declare readonly retryAfterMs?: number
  constructor(message: string, options?: NetworkErrorOptions) {
    super(message, options)
  }
}

/** Nothing answers at the endpoint, or what answers is not LM Studio. */
export class ServiceNotFoundError extends NetworkError {
  static override readonly errorName: string = 'ServiceNotFoundError'
  static override readonly defaultCode: ErrorCode = 'not-running'
}

/** The server does not know this route: the path is wrong or the version too old. */
export class UnsupportedEndpointError extends NetworkError {
  static override readonly errorName: string = 'UnsupportedEndpointError'
  static override readonly defaultCode: ErrorCode = 'wrong-path'
  static override readonly retryable: boolean = false
  /** The LM Studio that brings the route, for example `0.4.0`; absent where every version has it. */
  declare readonly since?: string
  constructor(message: string, { since, hint, ...options }: UnsupportedEndpointErrorOptions = {}) {
    const next = `LM Studio ${since} brings this: update LM Studio, and check that the endpoint is its bare address.`
    super(message, { ...options, hint: hint ?? (since && next), since } as NetworkErrorOptions)
  }
}

/** One of our own limits ran out. */
export class TimeoutError extends NetworkError {
  static override readonly errorName: string = 'TimeoutError'
  static override readonly defaultCode: ErrorCode = 'timeout'
  static override readonly retryable: boolean = false
  /** The option whose limit it was; `platform` is a limit of the runtime's own `fetch`. */
  declare readonly limit: 'timeout' | 'generationTimeout' | 'idleTimeout' | 'platform'
  /** How long it was, milliseconds. */
  declare readonly timeoutMs: number
  /** What had arrived of the answer. */
  declare readonly partial?: PartialCompletion
  constructor(message: string, options: TimeoutErrorOptions) {
    super(message, options)
  }
}

/** A stream ended or broke without an ending. */
export class StreamInterruptedError extends NetworkError {
  static override readonly errorName: string = 'StreamInterruptedError'
  static override readonly defaultCode: ErrorCode = 'stream-interrupted'
  static override readonly retryable: boolean = false
  /** What had arrived of the answer. */
  declare readonly partial?: PartialCompletion
}

/** A browser refused to let the page reach the server. */
export class BrowserAccessError extends NetworkError {
  static override readonly errorName: string = 'BrowserAccessError'
  static override readonly retryable: boolean = false
  declare readonly reason:
    | 'cors-disabled'
    | 'permission-required'
    | 'permission-denied'
    | 'mixed-content'
    | 'insecure-context'
  constructor(message: string, options: BrowserAccessErrorOptions) {
    super(message, { ...options, code: options.code ?? options.reason })
  }
}

/** Options of {@link ApiError}. */
export interface ApiErrorOptions extends ProviderErrorOptions {
  /** The server's own words. */
  readonly serverMessage?: string | undefined
  /** The server's `error.type`. */
  readonly serverType?: string | undefined
  /** The server's `error.code`. */
  readonly serverCode?: string | undefined
  /** The field the server complains about. */
  readonly param?: string | undefined
}

/** Options of {@link RateLimitError}. */
export interface RateLimitErrorOptions extends ApiErrorOptions {
  readonly retryAfterMs?: number | undefined
}

/** Options of {@link ModelNotFoundError}. */
export interface ModelNotFoundErrorOptions extends ApiErrorOptions {
  readonly model?: string | undefined
  readonly availableModels?: readonly string[] | undefined
}

/** Options of {@link ContextLengthError}. */
export interface ContextLengthErrorOptions extends ApiErrorOptions {
  readonly promptTokens?: number | undefined
  readonly contextLength?: number | undefined
}

/** The server answered and said no, or its answer cannot be understood. */
export class ApiError extends ProviderError {
  static override readonly errorName: string = 'ApiError'
  static override readonly defaultCode: ErrorCode = 'api'
  /** The server's own words, cut and redacted. */
  declare readonly serverMessage?: string
  /** The server's `error.type`. */
  declare readonly serverType?: string
  /** The server's `error.code`. */
  declare readonly serverCode?: string
  /** The field the server complains about. */
  declare readonly param?: string
  /** What had arrived of the answer, when the error came in the middle of one. */
  declare readonly partial?: PartialCompletion
  constructor(message: string, options?: ApiErrorOptions) {
    super(message, options)
  }
}

/** 401: a token is needed, or the one given was refused. */
export class AuthenticationError extends ApiError {
  static override readonly errorName: string = 'AuthenticationError'
  static override readonly defaultCode: ErrorCode = 'auth-required'
}

/** 403: the token, or a setting of the server, does not allow this. */
export class PermissionError extends ApiError {
  static override readonly errorName: string = 'PermissionError'
  static override readonly defaultCode: ErrorCode = 'permission'
}

/** 429: too many requests. */
export class RateLimitError extends ApiError {
  static override readonly errorName: string = 'RateLimitError'
  static override readonly defaultCode: ErrorCode = 'rate-limit'
  static override readonly retryable: boolean = true
  /** How long the server asks to wait, milliseconds; `undefined` when it does not say. */
  declare readonly retryAfterMs: number | undefined
  constructor(message: string, options?: RateLimitErrorOptions) {
    super(message, options)
  }
}

/** The server does not have this model, or has none loaded. */
export class ModelNotFoundError extends ApiError {
  static override readonly errorName: string = 'ModelNotFoundError'
  static override readonly defaultCode: ErrorCode = 'model-not-found'
  /** The model that was asked for; `undefined` when it is not known. */
  declare readonly model: string | undefined
  /** Ids of the models the server has; `undefined` when they could not be listed. */
  declare readonly availableModels: readonly string[] | undefined
  constructor(message: string, options?: ModelNotFoundErrorOptions) {
    super(message, options)
  }
}

/** The model could not be loaded, was unloaded meanwhile, or its engine crashed. */
export class ModelLoadError extends ApiError {
  static override readonly errorName: string = 'ModelLoadError'
  static override readonly defaultCode: ErrorCode = 'model-load'
}

/** The conversation does not fit into the loaded context. */
export class ContextLengthError extends ApiError {
  static override readonly errorName: string = 'ContextLengthError'
  static override readonly defaultCode: ErrorCode = 'context-length'
  /** Tokens of the request, when the server says. */
  declare readonly promptTokens: number | undefined
  /** Tokens that fit, when the server says. */
  declare readonly contextLength: number | undefined
  constructor(message: string, options?: ContextLengthErrorOptions) {
    super(message, options)
  }
}

/** The answer is not JSON, not of the expected shape, or empty where an answer was due. */
export class InvalidResponseError extends ApiError {
  static override readonly errorName: string = 'InvalidResponseError'
  static override readonly defaultCode: ErrorCode = 'invalid-response'
}

/** One thing wrong with a value: where, and what. */
export interface Issue {
  /** Keys and indices from the outside in; empty for the value itself. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Options of {@link InvalidRequestError}. */
export interface InvalidRequestErrorOptions extends ProviderErrorOptions {
  readonly issues?: readonly Issue[] | undefined
  readonly serverMessage?: string | undefined
}

/** Options of {@link ConfigurationError}. */
export interface ConfigurationErrorOptions extends InvalidRequestErrorOptions {
  readonly source: string
}

/** Options of {@link OutputValidationError}. */
export interface OutputValidationErrorOptions extends ProviderErrorOptions {
  readonly text: string
  readonly issues?: readonly Issue[] | undefined
}

/** The request is wrong: found by us before anything was sent, or said by the server (400, 422). */
export class InvalidRequestError extends ProviderError {
  static override readonly errorName: string = 'InvalidRequestError'
  static override readonly defaultCode: ErrorCode = 'invalid-request'
  /** What is wrong, each with its path. */
  declare readonly issues: readonly Issue[]
  /** The server's own words, when it was the server that refused. */
  declare readonly serverMessage?: string
  constructor(message: string, options?: InvalidRequestErrorOptions) {
    super(message, { ...options, issues: options?.issues ?? [] } as ProviderErrorOptions)
  }
}

/** A bad option, environment value or file. */
export class ConfigurationError extends InvalidRequestError {
  static override readonly errorName: string = 'ConfigurationError'
  static override readonly defaultCode: ErrorCode = 'configuration'
  /** Where the value came from, e.g. `the option timeout`. */
  declare readonly source: string
  constructor(message: string, options: ConfigurationErrorOptions) {
    super(message, options)
  }
}

/** Structured output that does not fit its schema. */
export class OutputValidationError extends ProviderError {
  static override readonly errorName: string = 'OutputValidationError'
  static override readonly defaultCode: ErrorCode = 'output-validation'
  /** Where it does not fit and what the schema says of it, which may quote the answer. */
  declare readonly issues: readonly Issue[]
  /** What the model wrote. */
  declare readonly text: string
  /** All of the answer, when there was one. */
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

/** The tool loop could not go on. */
export class ToolExecutionError extends ProviderError {
  static override readonly errorName: string = 'ToolExecutionError'
  static override readonly defaultCode: ErrorCode = 'tool-execution'
  /** The rounds that are done. */
  declare readonly steps: readonly ToolStep[]
  /** The conversation with the results of every round that is done: a request can go on with it. */
  declare readonly messages: readonly Message[]
  constructor(message: string, { steps = [], messages = [], ...options }: ToolExecutionErrorOptions = {}) {
    super(message, options)
    attachHidden(this, 'steps', steps)
    attachHidden(this, 'messages', messages)
  }
}

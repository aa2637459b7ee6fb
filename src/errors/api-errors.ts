import type { PartialCompletion } from '../types/completion.js'
import { ProviderError, type ProviderErrorOptions } from './provider-error.js'

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
  static override readonly defaultCode: string = 'api'
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
  static override readonly defaultCode: string = 'auth-required'
}

/** 403: the token, or a setting of the server, does not allow this. */
export class PermissionError extends ApiError {
  static override readonly errorName: string = 'PermissionError'
  static override readonly defaultCode: string = 'permission'
}

/** 429: too many requests. */
export class RateLimitError extends ApiError {
  static override readonly errorName: string = 'RateLimitError'
  static override readonly defaultCode: string = 'rate-limit'
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
  static override readonly defaultCode: string = 'model-not-found'
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
  static override readonly defaultCode: string = 'model-load'
}

/** The conversation does not fit into the loaded context. */
export class ContextLengthError extends ApiError {
  static override readonly errorName: string = 'ContextLengthError'
  static override readonly defaultCode: string = 'context-length'
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
  static override readonly defaultCode: string = 'invalid-response'
}

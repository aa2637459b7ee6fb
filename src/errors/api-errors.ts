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
  /** The server's own words, cut and redacted. */
  readonly serverMessage?: string
  readonly serverType?: string
  readonly serverCode?: string
  /** The field the server complains about. */
  readonly param?: string
  /** What had arrived of the answer, when the error came in the middle of one. */
  declare readonly partial?: PartialCompletion
  constructor(message: string, options: ApiErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'api',
      hint: options.hint ?? 'The server log in LM Studio (Developer tab) has the details.',
    })
    if (options.serverMessage !== undefined) this.serverMessage = options.serverMessage
    if (options.serverType !== undefined) this.serverType = options.serverType
    if (options.serverCode !== undefined) this.serverCode = options.serverCode
    if (options.param !== undefined) this.param = options.param
  }
}

/** 401: a token is needed, or the one given was refused. */
export class AuthenticationError extends ApiError {
  static override readonly errorName: string = 'AuthenticationError'
  constructor(message: string, options: ApiErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'authentication',
      hint:
        options.hint ?? 'Create an API token in LM Studio (Developer tab, server settings) and pass it as `apiToken`.',
    })
  }
}

/** 403: the token, or a setting of the server, does not allow this. */
export class PermissionError extends ApiError {
  static override readonly errorName: string = 'PermissionError'
  constructor(message: string, options: ApiErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'permission',
      hint: options.hint ?? 'Give the API token this permission in LM Studio, or allow it in the server settings.',
    })
  }
}

/** 429: too many requests. */
export class RateLimitError extends ApiError {
  static override readonly errorName: string = 'RateLimitError'
  /** How long the server asks to wait, milliseconds; `undefined` when it does not say. */
  readonly retryAfterMs: number | undefined
  constructor(message: string, options: RateLimitErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'rate-limit',
      hint: options.hint ?? 'Wait as long as the server asks (`retryAfterMs`), or lower `maxConcurrency`.',
      isRetryable: options.isRetryable ?? true,
    })
    this.retryAfterMs = options.retryAfterMs
  }
}

/** The server does not have this model, or has none loaded. */
export class ModelNotFoundError extends ApiError {
  static override readonly errorName: string = 'ModelNotFoundError'
  readonly model: string | undefined
  /** Ids of the models the server has; `undefined` when they could not be listed. */
  readonly availableModels: readonly string[] | undefined
  constructor(message: string, options: ModelNotFoundErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'model-not-found',
      hint:
        options.hint ??
        'Pick one of `availableModels`, or download and load the model in LM Studio (`lms get`, `lms load`).',
    })
    this.model = options.model
    this.availableModels = options.availableModels
  }
}

/** The model could not be loaded, was unloaded meanwhile, or its engine crashed. */
export class ModelLoadError extends ApiError {
  static override readonly errorName: string = 'ModelLoadError'
  constructor(message: string, options: ApiErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'model-load',
      hint:
        options.hint ??
        'Free memory (unload other models), choose a smaller model or context, and load it in LM Studio to see the reason.',
    })
  }
}

/** The conversation does not fit into the loaded context. */
export class ContextLengthError extends ApiError {
  static override readonly errorName: string = 'ContextLengthError'
  /** Tokens of the request, when the server says. */
  readonly promptTokens: number | undefined
  /** Tokens that fit, when the server says. */
  readonly contextLength: number | undefined
  constructor(message: string, options: ContextLengthErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'context-length',
      hint:
        options.hint ??
        'Shorten the conversation, or load the model with a longer context (`lms load <model> --context-length <tokens>`).',
    })
    this.promptTokens = options.promptTokens
    this.contextLength = options.contextLength
  }
}

/** The answer is not JSON, not of the expected shape, or empty where an answer was due. */
export class InvalidResponseError extends ApiError {
  static override readonly errorName: string = 'InvalidResponseError'
  constructor(message: string, options: ApiErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'invalid-response',
      hint:
        options.hint ??
        "Check that the endpoint is LM Studio itself and not another program or a proxy's page, and update LM Studio.",
    })
  }
}

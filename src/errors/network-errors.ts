import type { PartialCompletion } from '../types/completion.js'
import { ProviderError, type ProviderErrorOptions } from './provider-error.js'

/** Options of {@link TimeoutError}. */
export interface TimeoutErrorOptions extends ProviderErrorOptions {
  readonly limit: TimeoutError['limit']
  readonly timeoutMs: number
}

/** Options of {@link BrowserAccessError}. */
export interface BrowserAccessErrorOptions extends ProviderErrorOptions {
  readonly reason: BrowserAccessError['reason']
}

/** The exchange itself failed: refused, reset, DNS, TLS, or any 5xx. */
export class NetworkError extends ProviderError {
  static override readonly errorName: string = 'NetworkError'
  constructor(message: string, options: ProviderErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'network',
      hint:
        options.hint ??
        'Check that LM Studio is running and that nothing between it and this program cuts the connection, then try again.',
      isRetryable: options.isRetryable ?? true,
    })
  }
}

/** Nothing answers at the endpoint, or what answers is not LM Studio. */
export class ServiceNotFoundError extends NetworkError {
  static override readonly errorName: string = 'ServiceNotFoundError'
  constructor(message: string, options: ProviderErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'service-not-found',
      hint:
        options.hint ??
        'Start the server in LM Studio (Developer tab, "Start server") or with `lms server start`, and check the endpoint and port.',
    })
  }
}

/** The server does not know this route: the path is wrong or the version too old. */
export class UnsupportedEndpointError extends NetworkError {
  static override readonly errorName: string = 'UnsupportedEndpointError'
  constructor(message: string, options: ProviderErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'unsupported-endpoint',
      hint:
        options.hint ??
        'Check that the endpoint is the bare address of the server (http://127.0.0.1:1234), and update LM Studio if it is old.',
      isRetryable: options.isRetryable ?? false,
    })
  }
}

/** One of our own limits ran out. */
export class TimeoutError extends NetworkError {
  static override readonly errorName: string = 'TimeoutError'
  /** The option whose limit it was; `platform` is a limit of the runtime's own `fetch`. */
  readonly limit: 'timeout' | 'generationTimeout' | 'idleTimeout' | 'platform'
  /** How long it was, milliseconds. */
  readonly timeoutMs: number
  /** What had arrived of the answer. */
  declare readonly partial?: PartialCompletion
  constructor(message: string, options: TimeoutErrorOptions) {
    super(message, {
      ...options,
      code: options.code ?? 'timeout',
      hint:
        options.hint ??
        `Give it more time with the option \`${options.limit}\`, or look in LM Studio at what the server is doing.`,
      isRetryable: options.isRetryable ?? false,
    })
    this.limit = options.limit
    this.timeoutMs = options.timeoutMs
  }
}

/** A stream ended or broke without an ending. */
export class StreamInterruptedError extends NetworkError {
  static override readonly errorName: string = 'StreamInterruptedError'
  /** What had arrived of the answer. */
  declare readonly partial?: PartialCompletion
  constructor(message: string, options: ProviderErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'stream-interrupted',
      hint:
        options.hint ??
        'What had arrived is in `partial`. Look in LM Studio whether the model crashed or was unloaded, then ask again.',
      isRetryable: options.isRetryable ?? false,
    })
  }
}

/** A browser refused to let the page reach the server. */
export class BrowserAccessError extends NetworkError {
  static override readonly errorName: string = 'BrowserAccessError'
  readonly reason: 'cors-disabled' | 'permission-required' | 'permission-denied' | 'mixed-content' | 'insecure-context'
  constructor(message: string, options: BrowserAccessErrorOptions) {
    super(message, { ...options, code: options.code ?? options.reason, isRetryable: options.isRetryable ?? false })
    this.reason = options.reason
  }
}

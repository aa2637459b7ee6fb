import type { PartialCompletion } from '../types/completion.js'
import { ProviderError, type ProviderErrorOptions } from './provider-error.js'

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
  static override readonly defaultCode: string = 'network'
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
  static override readonly defaultCode: string = 'not-running'
}

/** The server does not know this route: the path is wrong or the version too old. */
export class UnsupportedEndpointError extends NetworkError {
  static override readonly errorName: string = 'UnsupportedEndpointError'
  static override readonly defaultCode: string = 'wrong-path'
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
  static override readonly defaultCode: string = 'timeout'
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
  static override readonly defaultCode: string = 'stream-interrupted'
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

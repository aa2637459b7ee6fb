import type { ErrorCode } from './error-codes.js'
import { redact } from './redact.js'
import { sanitizeCause } from './sanitize-cause.js'

/** Options that every error takes. Subclasses add the facts of their own. */
export interface ProviderErrorOptions {
  /**
   * What to do next.
   *
   * @default the hint of `code`
   */
  readonly hint?: string | undefined
  /**
   * Machine-readable kind, finer than the class.
   *
   * @default the code of the class
   */
  readonly code?: ErrorCode | undefined
  /**
   * Whether the same call may succeed when it is made again.
   *
   * @default the value of the class
   */
  readonly isRetryable?: boolean | undefined
  /** Address of the server. */
  readonly endpoint?: string | undefined
  /** HTTP status, if there was a response. */
  readonly status?: number | undefined
  /** The server's error message. */
  readonly serverMessage?: string | undefined
  /** The server's `error.type`. */
  readonly serverType?: string | undefined
  /** The server's `error.code`. */
  readonly serverCode?: string | undefined
  /** The field that the server rejected. */
  readonly param?: string | undefined
  /** What caused the error. Secrets in it are redacted, see {@link ProviderError}. */
  readonly cause?: unknown
}

const BRAND = 'lmstudio-provider.'

interface ErrorClass {
  readonly errorName?: string
}

/**
 * Base class of every error of this package. A caller's own abort is not one of them: the call rejects with `signal.reason`.
 *
 * @remarks
 * `message` says what happened, `hint` what to do next. No error contains a token, a prompt or an image in its message, its
 * hint, its properties or its cause: they are redacted, and a cause that holds anything else is replaced by a copy.
 */
export abstract class ProviderError extends Error {
  /** Name of the class, as a literal that survives minifiers. */
  static readonly errorName: string = 'ProviderError'
  /** `code` of an instance created without one. */
  static readonly defaultCode: ErrorCode = 'unknown'
  /** `isRetryable` of an instance created without it. */
  static readonly retryable: boolean = false
  /**
   * `hint` of an instance created without one. The classes of this package override it: an application that only tests for
   * `ProviderError` does not bundle the table of hints.
   */
  static readonly hintFor: (code: ErrorCode) => string = () => ''

  /** Machine-readable kind, finer than the class: `not-running`, `context-length`, … */
  declare readonly code: ErrorCode
  /** What to do next. */
  declare readonly hint: string
  /** Whether the same call may succeed when it is made again. */
  declare readonly isRetryable: boolean
  /** Address of the server. */
  declare readonly endpoint?: string
  /** HTTP status, if there was a response. */
  declare readonly status?: number
  /** The server's error message, shortened and redacted, if the server reported the error. */
  declare readonly serverMessage?: string
  /** The server's `error.type`. */
  declare readonly serverType?: string
  /** The server's `error.code`. */
  declare readonly serverCode?: string
  /** The field that the server rejected. */
  declare readonly param?: string

  constructor(message: string, options: ProviderErrorOptions = {}) {
    const { cause, hint, code = new.target.defaultCode, isRetryable = new.target.retryable } = options
    super(
      redact(message),
      cause === undefined
        ? undefined
        : { cause: cause instanceof ProviderError ? cause : sanitizeCause(cause, redact) },
    )
    this.name = new.target.errorName
    const { endpoint, status, serverMessage, serverType, serverCode, param } = options
    addFacts(this, { code, hint: hint ?? new.target.hintFor(code), isRetryable, endpoint, status })
    addFacts(this, { serverMessage, serverType, serverCode, param })
    // Brands replace `instanceof` between two copies of this package or two realms.
    for (
      let type: ErrorClass = new.target;
      type.errorName !== undefined;
      type = Object.getPrototypeOf(type) as ErrorClass
    ) {
      Object.defineProperty(this, Symbol.for(BRAND + type.errorName), { value: true })
    }
  }

  /** Tests whether `error` is an instance of this class or of a subclass, also across copies of the package and realms. */
  static isInstance<T extends ProviderError>(
    this: (abstract new (...args: never[]) => T) & { readonly errorName: string },
    error: unknown,
  ): error is T {
    return typeof error === 'object' && error !== null && Symbol.for(BRAND + this.errorName) in error
  }

  /** Returns every public fact as plain data, with name, message and code of the cause, but no stack and no content. */
  toJSON(): Record<string, unknown> {
    const facts: object = this
    const cause = this.cause === undefined ? {} : { cause: describeCause(this.cause) }
    return { ...facts, name: this.name, message: this.message, ...cause }
  }
}

/** Adds public facts to an error, without those that are `undefined`. Strings are redacted. */
export function addFacts(error: ProviderError, facts: Readonly<Record<string, unknown>>): void {
  for (const [name, fact] of Object.entries(facts)) {
    if (fact !== undefined) Object.assign(error, { [name]: typeof fact === 'string' ? redact(fact) : fact })
  }
}

/** Adds content to an error, such as a partial response, that neither printing nor JSON shows. */
export function attachHidden(error: object, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, configurable: true })
}

function describeCause(cause: unknown): unknown {
  if (!(cause instanceof Error)) return typeof cause === 'symbol' ? String(cause) : cause
  const { code } = cause as { code?: unknown }
  return { name: cause.name, message: cause.message, ...(code === undefined ? {} : { code }) }
}

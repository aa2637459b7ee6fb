import { type ErrorCode, hintFor } from './error-codes.js'
import { redact } from './redact.js'
import { sanitizeCause } from './sanitize-cause.js'

/** What an error is made of; subclasses add their own facts. */
export interface ProviderErrorOptions {
  /** The next step a person takes. Default: by `code`. */
  readonly hint?: string | undefined
  /** Machine-readable kind, finer than the class. Default: that of the class. */
  readonly code?: ErrorCode | undefined
  readonly isRetryable?: boolean | undefined
  readonly endpoint?: string | undefined
  /** HTTP status, when there was an answer. */
  readonly status?: number | undefined
  readonly cause?: unknown
}

const MARK = 'lmstudio-provider.'

interface ErrorClass {
  readonly errorName?: string
}

/**
 * Base of every error of this package. A caller's own abort is not one: it rejects with `signal.reason`, unwrapped.
 *
 * @remarks
 * `message` says what happened and why, `hint` what to do next. Neither ever holds a token, a prompt or an image.
 */
export abstract class ProviderError extends Error {
  /** The class's name, as a literal that survives minifiers. */
  static readonly errorName: string = 'ProviderError'
  /** `code` of an instance that is given none. */
  static readonly defaultCode: ErrorCode = 'unknown'
  /** `isRetryable` of an instance that is given none. */
  static readonly retryable: boolean = false

  /** Machine-readable kind, finer than the class: `not-running`, `context-length`, … */
  declare readonly code: ErrorCode
  /** The next step to take. */
  declare readonly hint: string
  /** Whether the same call may succeed if made again. */
  declare readonly isRetryable: boolean
  /** The server's address. */
  declare readonly endpoint?: string
  /** HTTP status, when there was an answer. */
  declare readonly status?: number

  constructor(message: string, options: ProviderErrorOptions = {}) {
    const { cause, hint, code = new.target.defaultCode, isRetryable = new.target.retryable, ...facts } = options
    super(
      redact(message),
      cause === undefined
        ? undefined
        : { cause: cause instanceof ProviderError ? cause : sanitizeCause(cause, redact) },
    )
    this.name = new.target.errorName
    Object.assign(this, { code, hint: redact(hint ?? hintFor(code)), isRetryable })
    for (const [name, fact] of Object.entries(facts)) {
      if (fact !== undefined) Object.assign(this, { [name]: typeof fact === 'string' ? redact(fact) : fact })
    }
    // Marks stand in for instanceof where two copies of this package, or two realms, meet.
    for (
      let type: ErrorClass = new.target;
      type.errorName !== undefined;
      type = Object.getPrototypeOf(type) as ErrorClass
    ) {
      Object.defineProperty(this, Symbol.for(MARK + type.errorName), { value: true })
    }
  }

  /** Whether `error` is of this class (or one that extends it), also across copies of the package and realms. */
  static isInstance<T extends ProviderError>(
    this: (abstract new (...args: never[]) => T) & { readonly errorName: string },
    error: unknown,
  ): error is T {
    return typeof error === 'object' && error !== null && Symbol.for(MARK + this.errorName) in error
  }

  /** The report as plain data: every public fact, no stack, no partial answer; the cause as its name, message and code. */
  toJSON(): Record<string, unknown> {
    const facts: object = this
    const cause = this.cause === undefined ? {} : { cause: describe(this.cause) }
    return { ...facts, name: this.name, message: this.message, ...cause }
  }
}

/** Gives the error something to hand over that neither print nor JSON shows: an answer is content, not report. */
export function attachHidden(error: object, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, configurable: true })
}

function describe(cause: unknown): unknown {
  if (!(cause instanceof Error)) return typeof cause === 'symbol' ? String(cause) : cause
  const { code } = cause as { code?: unknown }
  return { name: cause.name, message: cause.message, ...(code === undefined ? {} : { code }) }
}

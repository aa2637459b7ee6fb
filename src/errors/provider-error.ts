import { redact } from './redact.js'

/** What an error is made of; subclasses add their own facts. */
export interface ProviderErrorOptions {
  /** The next step a person takes. */
  readonly hint?: string | undefined
  /** Machine-readable kind, finer than the class. */
  readonly code?: string | undefined
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
  /** Machine-readable kind, finer than the class: `connection-refused`, `context-length`, … */
  readonly code: string
  /** The next step to take. */
  readonly hint: string
  /** Whether the same call may succeed if made again. */
  readonly isRetryable: boolean
  /** The server's address. */
  readonly endpoint?: string
  /** HTTP status, when there was an answer. */
  readonly status?: number

  constructor(message: string, options: ProviderErrorOptions & { readonly code: string; readonly hint: string }) {
    super(redact(message), options.cause === undefined ? undefined : { cause: redactCause(options.cause) })
    this.name = new.target.errorName
    this.code = options.code
    this.hint = redact(options.hint)
    this.isRetryable = options.isRetryable ?? false
    if (options.endpoint !== undefined) this.endpoint = redact(options.endpoint)
    if (options.status !== undefined) this.status = options.status
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
    const { cause, ...facts } = this as ProviderError & Record<string, unknown>
    return {
      ...facts,
      name: this.name,
      message: this.message,
      ...(cause === undefined ? {} : { cause: describe(cause) }),
    }
  }
}

/** Hands over with the error what had arrived; hidden from printing and JSON, since an answer is content, not report. */
export function attachPartial(error: unknown, partial: unknown): void {
  if (ProviderError.isInstance(error)) Object.defineProperty(error, 'partial', { value: partial, configurable: true })
}

function describe(cause: unknown): unknown {
  if (cause instanceof ProviderError) return cause.toJSON()
  if (!(cause instanceof Error)) return redact(String(cause))
  const { code } = cause as { code?: unknown }
  return { name: cause.name, message: redact(cause.message), ...(code === undefined ? {} : { code }) }
}

/** Foreign errors can quote a header or a URL; such a one is replaced by a copy that says the same without the secret. */
function redactCause(cause: unknown): unknown {
  if (typeof cause === 'string') return redact(cause)
  if (!(cause instanceof Error) || cause instanceof ProviderError) return cause
  const clean = redact(cause.message)
  const inner = redactCause(cause.cause)
  if (clean === cause.message && inner === cause.cause) return cause
  const copy = new Error(clean, inner === undefined ? undefined : { cause: inner })
  copy.name = cause.name
  const { code } = cause as { code?: unknown }
  return code === undefined ? copy : Object.assign(copy, { code })
}

import { isError } from '../utils/is-error.js'
import type { ErrorCode } from './error-codes.js'
import { excerpt, redact, toSafeText } from './redact.js'
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
 * `message` states the cause, `hint` what to do next. No error contains a token, a prompt or an image in its message, its
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
      toSafeText(message),
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
      addBrand(this, type.errorName)
    }
  }

  /** Tests whether `error` is an instance of this class or of a subclass, also across copies of the package and realms. */
  static isInstance<T extends ProviderError>(
    this: (abstract new (...args: never[]) => T) & { readonly errorName: string },
    error: unknown,
  ): error is T {
    return hasBrand(error, this.errorName)
  }

  /**
   * Restores an error from what {@link ProviderError.toJSON} returned, after it crossed a wire or `postMessage`. The result
   * has the name, the message and all facts, and both `isInstance` and `instanceof` know its class. It has no `partial`.
   * Never throws: anything else becomes an error with the code `unknown`.
   */
  static fromJSON(json: unknown): ProviderError {
    try {
      return new RestoredError(json as Record<string, unknown>)
    } catch {
      // It is null or undefined, or a getter or a proxy threw.
      return new RestoredError({})
    }
  }

  /** Makes `instanceof` work across copies of this package, realms and wires, as {@link ProviderError.isInstance} does. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class that an application derives has no brand of its own.
    const isOfThisPackage = Object.hasOwn(this, 'errorName')
    return isOfThisPackage
      ? hasBrand(value, (this as unknown as ErrorClass).errorName!)
      : Function.prototype[Symbol.hasInstance].call(this, value)
  }

  /** Returns every public fact as plain data, with name, message and code of the cause, but no stack and no content. */
  toJSON(): Record<string, unknown> {
    const facts: object = this
    const cause = this.cause === undefined ? {} : { cause: describeCause(this.cause) }
    return { ...facts, name: this.name, message: this.message, ...cause }
  }
}

const hasBrand = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && Symbol.for(BRAND + name) in value

function addBrand(error: object, name: string): void {
  Object.defineProperty(error, Symbol.for(BRAND + name), { value: true })
}

/** The class that each class extends. Names, so that restoring an error does not bundle the classes. */
const BASES: Readonly<Record<string, string>> = {
  NetworkError: 'ProviderError',
  ServiceNotFoundError: 'NetworkError',
  UnsupportedEndpointError: 'NetworkError',
  TimeoutError: 'NetworkError',
  StreamInterruptedError: 'NetworkError',
  BrowserAccessError: 'NetworkError',
  ApiError: 'ProviderError',
  AuthenticationError: 'ApiError',
  PermissionError: 'ApiError',
  RateLimitError: 'ApiError',
  ModelNotFoundError: 'ApiError',
  ModelLoadError: 'ApiError',
  ContextLengthError: 'ApiError',
  InvalidResponseError: 'ApiError',
  InvalidRequestError: 'ProviderError',
  ConfigurationError: 'InvalidRequestError',
  OutputValidationError: 'ProviderError',
  ToolExecutionError: 'ProviderError',
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)

// Longer lists are not read by a person.
const MAX_ITEMS = 1_000
/** Maximum length of a name, such as a code, in characters. */
const MAX_NAME_LENGTH = 200

type Read = (value: unknown) => unknown

const readText: Read = (value) => (typeof value === 'string' ? value : undefined)
const readNumber: Read = (value) => (Number.isFinite(value) ? value : undefined)
const readList = (value: unknown, readItem: Read): unknown =>
  Array.isArray(value)
    ? value
        .slice(0, MAX_ITEMS)
        .map(readItem)
        .filter((item) => item !== undefined)
    : undefined
const readName: Read = (value) => (typeof value === 'string' ? excerpt(value, MAX_NAME_LENGTH) : undefined)
const readLine = (value: unknown): string => toSafeText(textOr(value, ''))
const readKey: Read = (value) => readName(value) ?? readNumber(value)

function readIssue(value: unknown): unknown {
  const { path, message } = (value ?? {}) as Readonly<Record<string, unknown>>
  return typeof message === 'string' ? { path: readList(path, readKey) ?? [], message: toSafeText(message) } : undefined
}

function readAttempt(value: unknown): unknown {
  const { endpoint, source, code, reason } = (value ?? {}) as Readonly<Record<string, unknown>>
  return typeof reason === 'string'
    ? {
        endpoint: readLine(endpoint),
        source: readLine(source),
        code: readName(code) ?? 'unknown',
        reason: readLine(reason),
      }
    : undefined
}

/** The facts that `toJSON` of some class returns, besides those that every error has, and how each is read. */
const FACTS: Readonly<Record<string, Read>> = {
  endpoint: readText,
  status: readNumber,
  serverMessage: readText,
  serverType: readText,
  serverCode: readText,
  param: readText,
  retryAfterMs: readNumber,
  attempts: (value) => readList(value, readAttempt),
  since: readText,
  limit: readText,
  timeoutMs: readNumber,
  reason: readText,
  model: readText,
  availableModels: (value) => readList(value, readName),
  promptTokens: readNumber,
  contextLength: readNumber,
  issues: (value) => readList(value, readIssue),
  source: readText,
}

/** An error that was made from JSON, with the name and the brands of its class. */
class RestoredError extends ProviderError {
  constructor(json: Readonly<Record<string, unknown>>) {
    const { name, message, code, hint, isRetryable, cause } = json
    super(textOr(message, 'The error could not be read.'), {
      code: textOr(code, 'unknown') as ErrorCode,
      hint: textOr(hint, ''),
      isRetryable: isRetryable === true,
      cause: restoreCause(cause),
    })
    const known = typeof name === 'string' && Object.hasOwn(BASES, name) ? name : 'ProviderError'
    this.name = known
    for (let type: string | undefined = known; type !== undefined; type = BASES[type]) addBrand(this, type)
    addFacts(this, Object.fromEntries(Object.entries(FACTS).map(([fact, read]) => [fact, read(json[fact])])))
  }
}

function restoreCause(cause: unknown): Error | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined
  const { name, message, code } = cause as Readonly<Record<string, unknown>>
  const error = Object.assign(new Error(readLine(message)), { name: readName(name) ?? 'Error' })
  const key = readKey(code)
  return key === undefined ? error : Object.assign(error, { code: key })
}

/** Adds public facts to an error, without those that are `undefined`. Strings are redacted and printable. */
export function addFacts(error: ProviderError, facts: Readonly<Record<string, unknown>>): void {
  for (const [name, fact] of Object.entries(facts)) {
    if (fact !== undefined) Object.assign(error, { [name]: typeof fact === 'string' ? toSafeText(fact) : fact })
  }
}

/** Adds content to an error, such as a partial response, that neither printing nor JSON shows. */
export function attachHidden(error: object, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, configurable: true })
}

function describeCause(cause: unknown): unknown {
  if (!isError(cause)) return typeof cause === 'symbol' ? String(cause) : cause
  const { code } = cause as { code?: unknown }
  return { name: cause.name, message: cause.message, ...(code === undefined ? {} : { code }) }
}

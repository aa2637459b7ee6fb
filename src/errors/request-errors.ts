import { ProviderError, type ProviderErrorOptions } from './provider-error.js'

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
  /** What is wrong, each with its path. */
  readonly issues: readonly Issue[]
  /** The server's own words, when it was the server that refused. */
  readonly serverMessage?: string
  constructor(message: string, options: InvalidRequestErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'invalid-request',
      hint: options.hint ?? 'Mend the fields named in `issues`.',
    })
    this.issues = options.issues ?? []
    if (options.serverMessage !== undefined) this.serverMessage = options.serverMessage
  }
}

/** A bad option, environment value or file. */
export class ConfigurationError extends InvalidRequestError {
  static override readonly errorName: string = 'ConfigurationError'
  /** Where the value came from, e.g. `the option timeout`. */
  readonly source: string
  constructor(message: string, options: ConfigurationErrorOptions) {
    super(message, {
      ...options,
      code: options.code ?? 'configuration',
      hint: options.hint ?? `Correct ${options.source}.`,
    })
    this.source = options.source
  }
}

/** Structured output that does not fit its schema. */
export class OutputValidationError extends ProviderError {
  static override readonly errorName: string = 'OutputValidationError'
  readonly issues: readonly Issue[]
  /** What the model wrote. */
  declare readonly text: string
  constructor(message: string, options: OutputValidationErrorOptions) {
    super(message, {
      ...options,
      code: options.code ?? 'output-validation',
      hint: options.hint ?? 'Look at `text` and `issues`; raise `maxTokens` if it was cut, or simplify the schema.',
    })
    this.issues = options.issues ?? []
    // The answer is content: readable by the caller, absent from print and JSON.
    Object.defineProperty(this, 'text', { value: options.text })
  }
}

/** The tool loop could not go on. */
export class ToolExecutionError extends ProviderError {
  static override readonly errorName: string = 'ToolExecutionError'
  constructor(message: string, options: ProviderErrorOptions = {}) {
    super(message, {
      ...options,
      code: options.code ?? 'tool-execution',
      hint: options.hint ?? 'Look at `cause` for what the tool threw.',
    })
  }
}

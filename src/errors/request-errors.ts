import type { CompletionResponse } from '../types/completion.js'
import type { Message } from '../types/messages.js'
import type { ToolStep } from '../types/tools.js'
import { attachHidden, ProviderError, type ProviderErrorOptions } from './provider-error.js'

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
  static override readonly defaultCode: string = 'invalid-request'
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
  static override readonly defaultCode: string = 'configuration'
  /** Where the value came from, e.g. `the option timeout`. */
  declare readonly source: string
  constructor(message: string, options: ConfigurationErrorOptions) {
    super(message, { ...options, hint: options.hint ?? `Correct ${options.source}.` })
  }
}

/** Structured output that does not fit its schema. */
export class OutputValidationError extends ProviderError {
  static override readonly errorName: string = 'OutputValidationError'
  static override readonly defaultCode: string = 'output-validation'
  /** Where it does not fit and what the schema says of it, which may quote the answer. */
  declare readonly issues: readonly Issue[]
  /** What the model wrote. */
  declare readonly text: string
  /** All of the answer, when there was one. */
  declare readonly response?: CompletionResponse
  constructor(message: string, { text, issues = [], ...options }: OutputValidationErrorOptions) {
    super(message, { ...options, hint: options.hint ?? 'Look at `text` and `issues`.' })
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
  static override readonly defaultCode: string = 'tool-execution'
  /** The rounds that are done. */
  declare readonly steps: readonly ToolStep[]
  /** The conversation with the results of every round that is done: a request can go on with it. */
  declare readonly messages: readonly Message[]
  constructor(message: string, { steps = [], messages = [], ...options }: ToolExecutionErrorOptions = {}) {
    super(message, { ...options, hint: options.hint ?? 'Look at `cause` for what the tool threw.' })
    attachHidden(this, 'steps', steps)
    attachHidden(this, 'messages', messages)
  }
}

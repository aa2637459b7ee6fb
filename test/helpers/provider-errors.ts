import type { ProviderError } from '../../src/errors/index.js'
import * as errors from '../../src/errors/index.js'

type Options = {
  readonly cause?: unknown
  readonly endpoint?: string
  readonly status?: number
  readonly hint?: string
}
type Make = (message: string, options?: Options) => ProviderError

const ATTEMPTS = [
  { endpoint: 'http://h:1234', source: 'the option hosts', code: 'not-running', reason: 'Nothing is listening.' },
] as const

/** Every concrete class with a function that creates an instance, and its base classes, nearest first. */
export const ERRORS: readonly { readonly name: string; readonly make: Make; readonly bases: readonly string[] }[] = [
  { name: 'NetworkError', make: (m, o) => new errors.NetworkError(m, o), bases: [] },
  {
    name: 'ServiceNotFoundError',
    make: (m, o) => new errors.ServiceNotFoundError(m, { ...o, attempts: ATTEMPTS }),
    bases: ['NetworkError'],
  },
  {
    name: 'UnsupportedEndpointError',
    make: (m, o) => new errors.UnsupportedEndpointError(m, o),
    bases: ['NetworkError'],
  },
  {
    name: 'TimeoutError',
    make: (m, o) => new errors.TimeoutError(m, { ...o, limit: 'idleTimeout', timeoutMs: 120_000 }),
    bases: ['NetworkError'],
  },
  { name: 'StreamInterruptedError', make: (m, o) => new errors.StreamInterruptedError(m, o), bases: ['NetworkError'] },
  {
    name: 'BrowserAccessError',
    make: (m, o) => new errors.BrowserAccessError(m, { hint: 'Turn on CORS.', ...o, reason: 'cors-disabled' }),
    bases: ['NetworkError'],
  },
  { name: 'ApiError', make: (m, o) => new errors.ApiError(m, o), bases: [] },
  { name: 'AuthenticationError', make: (m, o) => new errors.AuthenticationError(m, o), bases: ['ApiError'] },
  { name: 'PermissionError', make: (m, o) => new errors.PermissionError(m, o), bases: ['ApiError'] },
  {
    name: 'RateLimitError',
    make: (m, o) => new errors.RateLimitError(m, { ...o, retryAfterMs: 1500 }),
    bases: ['ApiError'],
  },
  {
    name: 'ModelNotFoundError',
    make: (m, o) => new errors.ModelNotFoundError(m, { ...o, model: 'a', availableModels: ['b'] }),
    bases: ['ApiError'],
  },
  { name: 'ModelLoadError', make: (m, o) => new errors.ModelLoadError(m, o), bases: ['ApiError'] },
  {
    name: 'ContextLengthError',
    make: (m, o) => new errors.ContextLengthError(m, { ...o, promptTokens: 9001, contextLength: 8192 }),
    bases: ['ApiError'],
  },
  { name: 'InvalidResponseError', make: (m, o) => new errors.InvalidResponseError(m, o), bases: ['ApiError'] },
  {
    name: 'InvalidRequestError',
    make: (m, o) => new errors.InvalidRequestError(m, { ...o, issues: [{ path: ['topP'], message: 'is odd' }] }),
    bases: [],
  },
  {
    name: 'ConfigurationError',
    make: (m, o) => new errors.ConfigurationError(m, { ...o, source: 'the option timeout' }),
    bases: ['InvalidRequestError'],
  },
  {
    name: 'OutputValidationError',
    make: (m, o) => new errors.OutputValidationError(m, { ...o, text: 'the output itself' }),
    bases: [],
  },
  { name: 'ToolExecutionError', make: (m, o) => new errors.ToolExecutionError(m, o), bases: [] },
]

export const classNamed = (name: string): (abstract new (...args: never[]) => ProviderError) & typeof ProviderError =>
  (errors as unknown as Record<string, never>)[name]!

/** Returns what a function throws. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('The function did not throw.')
}

/** Resolves to the reason that a promise rejects with. */
export const rejectionOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => {
      throw new Error('The promise did not reject.')
    },
    (error: unknown) => error,
  )

import { versionOf } from '../config/routes.js'
import {
  ApiError,
  type ApiErrorOptions,
  AuthenticationError,
  ContextLengthError,
  type ContextLengthErrorOptions,
  InvalidRequestError,
  type InvalidRequestErrorOptions,
  ModelLoadError,
  ModelNotFoundError,
  NetworkError,
  PermissionError,
  RateLimitError,
  type RateLimitErrorOptions,
  UnsupportedEndpointError,
  type UnsupportedEndpointErrorOptions,
} from '../errors/errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { parseErrorBody, type ServerError } from './error-body.js'
import type { RequestInfo } from './request-info.js'
import { readRetryAfter } from './retry.js'

/** A response that reports an error. */
export interface ErrorResponse {
  /** HTTP status; for an error inside a stream, that of the stream. */
  readonly status: number
  /** The parsed body, or its text. */
  readonly body: unknown
  readonly headers?: Headers
}

/** What a rule can look at. */
interface RuleInput {
  readonly status: number
  readonly serverError: ServerError
  readonly context: RequestInfo
  readonly headers: Headers | undefined
}

type ErrorDetails = RateLimitErrorOptions &
  ContextLengthErrorOptions &
  InvalidRequestErrorOptions &
  UnsupportedEndpointErrorOptions

interface ErrorRule {
  /** The statuses the rule is for, or a pattern for the message, type or code of the server. */
  readonly matches: RegExp | ((status: number) => boolean)
  /** The cause, as the end of a sentence that begins with “The server”. */
  readonly cause: string
  readonly Type: new (message: string, options: ApiErrorOptions) => ProviderError
  /** What the error has in addition to what every error of a response has. */
  readonly details?: (input: RuleInput) => ErrorDetails
}

const since = ({ context }: RuleInput): ErrorDetails => ({ since: versionOf(context.route) })

/**
 * How a response becomes an error: the first rule that matches decides. The wordings are those of docs/http-api.md 8.4. A 401
 * comes first: whatever it says, it asks for a token and does not mean an old version.
 */
const RULES: readonly ErrorRule[] = [
  {
    matches: (status) => status === 401,
    cause: 'requires a valid API token',
    Type: AuthenticationError,
    details: ({ context }) => ({ code: context.sentToken ? 'auth-rejected' : 'auth-required' }),
  },
  {
    matches: /unexpected endpoint or method/i,
    cause: 'does not know this route',
    Type: UnsupportedEndpointError,
    details: since,
  },
  { matches: (status) => status === 403, cause: 'does not permit this request', Type: PermissionError },
  {
    matches: (status) => status === 429,
    cause: 'is rate limiting requests',
    Type: RateLimitError,
    details: ({ headers }) => ({ retryAfterMs: readRetryAfter(headers) }),
  },
  {
    matches: /context (size|length|window)|n_ctx|n_keep|tokens to keep|exceed_context_size|keep the first \d+ tokens/i,
    cause: 'cannot fit the conversation into the context of the model',
    Type: ContextLengthError,
    details: contextNumbers,
  },
  {
    matches: /no models? (is |are )?(currently )?loaded/i,
    cause: 'has no model loaded',
    Type: ModelNotFoundError,
    details: () => ({ code: 'no-models-loaded' }),
  },
  {
    matches: /model (is|was|has been) unloaded/i,
    cause: 'unloaded the model during the request',
    Type: ModelLoadError,
    details: () => ({ code: 'model-unloaded', isRetryable: true }),
  },
  {
    matches: /model is not (an? )?(llm|embedding|decision)/i,
    cause: 'has a model of another type under this name',
    Type: InvalidRequestError,
    details: ({ serverError }) => ({
      code: 'wrong-model-type',
      issues: [{ path: ['model'], message: serverError.message }],
    }),
  },
  {
    matches:
      /(not (find|found)|unknown|expired)\b.*(stored response|previous_response_id)|(stored response|previous_response_id).*(not found|not exist|expired)/i,
    cause: 'does not store the previous response',
    Type: InvalidRequestError,
    details: ({ serverError }) => ({
      code: 'unknown-response',
      issues: [{ path: ['previousResponseId'], message: serverError.message }],
    }),
  },
  {
    matches: /^(mcp|plugin)_connection_error$/,
    cause: 'cannot reach the tools of an integration',
    Type: ApiError,
    details: () => ({ code: 'integration-unreachable' }),
  },
  { matches: /model[_ ]not[_ ]found/i, cause: 'does not have this model', Type: ModelNotFoundError },
  {
    matches: /job[_ ]not[_ ]found/i,
    cause: 'does not know this download',
    Type: ApiError,
    details: () => ({ code: 'job-not-found' }),
  },
  {
    matches: /failed to load|model loading|insufficient system resources|error loading model/i,
    cause: 'could not load the model',
    Type: ModelLoadError,
  },
  {
    matches: /has crashed|channel error|compute error|engine protocol/i,
    cause: "reports that the model's engine crashed",
    Type: ModelLoadError,
    details: () => ({ code: 'engine-crashed' }),
  },
  {
    matches: /model .*(not found|does ?n.t exist|does not exist)|(unknown|no such|invalid) model/i,
    cause: 'does not have this model',
    Type: ModelNotFoundError,
  },
  {
    matches: (status) => status === 404 || status === 405 || status === 501,
    cause: 'does not know this route',
    Type: UnsupportedEndpointError,
    details: since,
  },
  {
    matches: (status) => status >= 500,
    cause: 'failed',
    Type: NetworkError,
    details: ({ status, headers }) => ({
      code: 'server-error',
      // A 500 is a fault of the server itself and happens again; the other statuses mean that it cannot answer now.
      isRetryable: status !== 500,
      retryAfterMs: readRetryAfter(headers),
    }),
  },
  {
    matches: (status) => status === 400 || status === 413 || status === 422,
    cause: 'rejected the request',
    Type: InvalidRequestError,
    details: ({ serverError: { issues, param, message } }) => ({
      hint: 'Fix what the server names. If the request is correct, the server may be too old for it.',
      issues: issues.length > 0 ? issues : [{ path: param === undefined ? [] : [param], message }],
    }),
  },
  {
    matches: (status) => status === 408,
    cause: 'gave up on the request',
    Type: ApiError,
    details: () => ({ code: 'request-timeout', isRetryable: true }),
  },
  { matches: () => true, cause: 'reported an error', Type: ApiError },
]

/** Returns the error for a response that reports one. */
export function errorFromResponse({ status, body, headers }: ErrorResponse, context: RequestInfo): ProviderError {
  const serverError = parseErrorBody(body, context.scrub)
  const { message, type, code, param } = serverError
  const texts = [message, type ?? '', code ?? '']
  const { cause, Type, details } = RULES.find(({ matches }) =>
    matches instanceof RegExp ? texts.some((text) => matches.test(text)) : matches(status),
  )!
  const { endpoint, method, route } = context
  const quote = message === '' ? '' : `: “${message}”`
  return new Type(`The server at ${endpoint} ${cause}${quote} (${status}, ${method} ${route}).`, {
    endpoint,
    status,
    serverMessage: message || undefined,
    serverType: type,
    serverCode: code,
    param,
    ...details?.({ status, serverError, context, headers }),
  })
}

const CONTEXT_NUMBERS: readonly RegExp[] = [
  /request \((?<prompt>\d+) tokens?\) exceeds the available context size \((?<limit>\d+)/i,
  /keep the first (?<prompt>\d+) tokens.*context length of only (?<limit>\d+)/is,
  /n_keep \((?<prompt>\d+)\) >= n_ctx \((?<limit>\d+)\)/i,
  // vLLM and OpenAI.
  /maximum context length is (?<limit>\d+) tokens.*?(?<prompt>\d+) tokens/is,
]

function contextNumbers({ serverError: { message, promptTokens, contextLength } }: RuleInput): ErrorDetails {
  const groups = CONTEXT_NUMBERS.map((pattern) => pattern.exec(message)?.groups).find((found) => found !== undefined)
  return {
    promptTokens: promptTokens ?? (groups && Number(groups.prompt)),
    contextLength: contextLength ?? (groups && Number(groups.limit)),
  }
}

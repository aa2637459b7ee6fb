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
import { type WireError, readError } from './error-body.js'
import { readRetryAfter } from './retry.js'
import type { RequestInfo } from './request-info.js'

/** What the server said no with. */
export interface ErrorResponse {
  /** HTTP status; of an error inside a stream, that of the stream. */
  readonly status: number
  /** Parsed body, or its text. */
  readonly body: unknown
  readonly headers?: Headers
}

/** Everything a rule may look at. */
interface Case {
  readonly status: number
  readonly said: WireError
  readonly context: RequestInfo
  readonly headers: Headers | undefined
}

type Facts = RateLimitErrorOptions &
  ContextLengthErrorOptions &
  InvalidRequestErrorOptions &
  UnsupportedEndpointErrorOptions

type Rule = readonly [
  /** Statuses, or words in the message, type or code, that the rule is for. */
  matches: RegExp | ((status: number) => boolean),
  what: string,
  type: new (message: string, options: ApiErrorOptions) => ProviderError,
  /** What the error has besides the facts of every refusal. */
  more?: (given: Case) => Facts,
]

/** What a route that is not there says of itself. */
const since = ({ context }: Case): Facts => ({ since: versionOf(context.route) })

// In order of precedence: the first that matches decides. Wordings are those of wire reference 8.4. A 401 asks for a token
// whatever it says, and is never an old version.
const RULES: readonly Rule[] = [
  [
    (status) => status === 401,
    'wants a valid API token',
    AuthenticationError,
    ({ context }) => ({ code: context.sentToken ? 'auth-rejected' : 'auth-required' }),
  ],
  [/unexpected endpoint or method/i, 'does not know this route', UnsupportedEndpointError, since],
  [(status) => status === 403, 'does not permit this', PermissionError],
  [
    (status) => status === 429,
    'has too much to do',
    RateLimitError,
    ({ headers }) => ({ retryAfterMs: readRetryAfter(headers) }),
  ],
  [
    /context (size|length|window)|n_ctx|n_keep|tokens to keep|exceed_context_size|keep the first \d+ tokens/i,
    'says that the conversation does not fit into the context',
    ContextLengthError,
    contextNumbers,
  ],
  [
    /no models? (is |are )?(currently )?loaded/i,
    'has no model loaded',
    ModelNotFoundError,
    () => ({ code: 'no-models-loaded' }),
  ],
  [
    /model (is|was|has been) unloaded/i,
    'unloaded the model meanwhile',
    ModelLoadError,
    () => ({ code: 'model-unloaded', isRetryable: true }),
  ],
  [
    /model is not (an? )?(llm|embedding)/i,
    'has a model of another type under this name',
    InvalidRequestError,
    ({ said }) => ({ code: 'wrong-model-type', issues: [{ path: ['model'], message: said.message }] }),
  ],
  [
    /(not (find|found)|unknown|expired)\b.*(stored response|previous_response_id)|(stored response|previous_response_id).*(not found|not exist|expired)/i,
    'no longer has the answer to go on from',
    InvalidRequestError,
    ({ said }) => ({ code: 'unknown-response', issues: [{ path: ['previousResponseId'], message: said.message }] }),
  ],
  [
    /^(mcp|plugin)_connection_error$/,
    'cannot reach the tools of an integration',
    ApiError,
    () => ({ code: 'integration-unreachable' }),
  ],
  [/model[_ ]not[_ ]found/i, 'does not have this model', ModelNotFoundError],
  [/job[_ ]not[_ ]found/i, 'does not know this download', ApiError, () => ({ code: 'job-not-found' })],
  [
    /failed to load|model loading|insufficient system resources|error loading model/i,
    'could not load the model',
    ModelLoadError,
  ],
  [
    /has crashed|channel error|compute error|engine protocol/i,
    'lost the engine of the model',
    ModelLoadError,
    () => ({ code: 'engine-crashed' }),
  ],
  [
    /model .*(not found|does ?n.t exist|does not exist)|(unknown|no such|invalid) model/i,
    'does not have this model',
    ModelNotFoundError,
  ],
  [
    (status) => status === 404 || status === 405 || status === 501,
    'does not know this route',
    UnsupportedEndpointError,
    since,
  ],
  [
    (status) => status >= 500,
    'failed',
    NetworkError,
    ({ status, headers }) => ({
      code: 'server-error',
      // A 500 is a fault of the server's own, which comes again; the others say: not now.
      isRetryable: status !== 500,
      retryAfterMs: readRetryAfter(headers),
    }),
  ],
  [
    (status) => status === 400 || status === 413 || status === 422,
    'refused the request',
    InvalidRequestError,
    ({ said: { issues, param, message } }) => ({
      hint: 'Mend what the server names. If the request is right, LM Studio may be too old for it.',
      issues: issues.length > 0 ? issues : [{ path: param === undefined ? [] : [param], message }],
    }),
  ],
  [(status) => status === 408, 'said no', ApiError, () => ({ code: 'request-timeout', isRetryable: true })],
  [() => true, 'said no', ApiError],
]

/** The server's refusal as one of our errors. */
export function errorFromResponse({ status, body, headers }: ErrorResponse, context: RequestInfo): ProviderError {
  const said = readError(body, context.scrub)
  const { message, type, code, param } = said
  const words = [message, type ?? '', code ?? '']
  const [, what, Type, more] = RULES.find(([matches]) =>
    matches instanceof RegExp ? words.some((word) => matches.test(word)) : matches(status),
  )!
  const reason = message === '' ? `status ${status}` : `“${message}”`
  return new Type(`${context.method} ${context.route}: the server at ${context.endpoint} ${what}: ${reason}.`, {
    endpoint: context.endpoint,
    status,
    serverMessage: message || undefined,
    serverType: type,
    serverCode: code,
    param,
    ...more?.({ status, said, context, headers }),
  })
}

const CONTEXT_NUMBERS: readonly RegExp[] = [
  /request \((?<prompt>\d+) tokens?\) exceeds the available context size \((?<limit>\d+)/i,
  /keep the first (?<prompt>\d+) tokens.*context length of only (?<limit>\d+)/is,
  /n_keep \((?<prompt>\d+)\) >= n_ctx \((?<limit>\d+)\)/i,
  // vLLM and OpenAI.
  /maximum context length is (?<limit>\d+) tokens.*?(?<prompt>\d+) tokens/is,
]

function contextNumbers({ said: { message, promptTokens, contextLength } }: Case): Facts {
  const groups = CONTEXT_NUMBERS.map((pattern) => pattern.exec(message)?.groups).find((found) => found !== undefined)
  return {
    promptTokens: promptTokens ?? (groups && Number(groups.prompt)),
    contextLength: contextLength ?? (groups && Number(groups.limit)),
  }
}

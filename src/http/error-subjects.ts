import type { ErrorCode } from '../errors/error-codes.js'
import { hintFor } from '../errors/error-codes.js'
import {
  ApiError,
  type ApiErrorOptions,
  AuthenticationError,
  ContextLengthError,
  type ContextLengthErrorOptions,
  InvalidRequestError,
  type InvalidRequestErrorOptions,
  InvalidResponseError,
  type Issue,
  ModelLoadError,
  ModelNotFoundError,
  NetworkError,
  PermissionError,
  RateLimitError,
  type RateLimitErrorOptions,
  ServiceNotFoundError,
  UnsupportedEndpointError,
  type UnsupportedEndpointErrorOptions,
} from '../errors/errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { versionOf } from '../config/routes.js'
import { once } from '../utils/once.js'
import type { ServerError } from './error-body.js'
import type { RequestInfo } from './request-info.js'
import { readRetryAfter } from './retry.js'
import type { TokenCounts } from './token-counts.js'

/** What is known about a response that reports an error. */
export interface ErrorFacts {
  readonly status: number
  readonly serverError: ServerError
  readonly tokens: TokenCounts
  /** The field that the server names, as it stands in the request; empty for none. */
  readonly field: string
  readonly context: RequestInfo
  readonly headers: Headers | undefined
}

export type ErrorDetails = RateLimitErrorOptions &
  ContextLengthErrorOptions &
  InvalidRequestErrorOptions &
  UnsupportedEndpointErrorOptions

/** What an error of a server is about. The subject decides about class, code and hint. */
export interface ErrorSubject {
  /** The cause, as the end of a sentence that begins with “The server”. */
  readonly cause: string
  readonly Type: new (message: string, options: ApiErrorOptions) => ProviderError
  readonly code: ErrorCode
  /** What the error has in addition to what every error of a response has. */
  readonly details?: (facts: ErrorFacts) => ErrorDetails
}

const since = ({ context }: ErrorFacts): ErrorDetails => ({ since: versionOf(context.route) })
const retryAfter = ({ headers }: ErrorFacts): ErrorDetails => ({ retryAfterMs: readRetryAfter(headers) })
const tokens = ({ tokens: { prompt, limit } }: ErrorFacts): ErrorDetails => ({
  promptTokens: prompt,
  contextLength: limit,
})

/** The hint about the field that the server names, if it names one. */
function fieldHint({ field }: ErrorFacts, named: string, unnamed?: string): string | undefined {
  // No request holds it: the client adds it to every stream.
  if (/^stream_options\b/.test(field)) return 'Set the option `includeUsage` to `false`.'
  return field === '' ? unnamed : named
}

/** The issues that the server lists, else one for the field that it names. */
function issues({ serverError, field }: ErrorFacts, path: Issue['path'] = field === '' ? [] : [field]): ErrorDetails {
  const { issues: listed, message } = serverError
  return { issues: listed.length > 0 ? listed : [{ path, message }] }
}

const issueOf =
  (...path: Issue['path']) =>
  (facts: ErrorFacts): ErrorDetails =>
    issues(facts, path)

/**
 * Every subject, in the order of docs/errors.md, which a test compares with this table. Add a rule to error-rules.ts for how a
 * subject is recognized.
 */
export const subjects = /* @__PURE__ */ once(
  () =>
    ({
      auth: {
        cause: 'requires a valid API token',
        Type: AuthenticationError,
        code: 'auth-required',
        details: ({ context }) => ({ code: context.sentToken ? 'auth-rejected' : 'auth-required' }),
      },
      signInPage: { cause: 'shows a web page for signing in', Type: AuthenticationError, code: 'sign-in-page' },
      permission: {
        cause: 'does not permit this request',
        Type: PermissionError,
        code: 'permission',
        details: ({ serverError: { message } }) =>
          // Ollama rejects an origin or a host without a message.
          message === '' ? { hint: hintFor('permission', 'origin-not-allowed') } : {},
      },
      origin: { cause: 'does not allow requests from this origin', Type: PermissionError, code: 'origin-not-allowed' },
      rateLimit: {
        cause: 'is rate limiting requests',
        Type: RateLimitError,
        code: 'rate-limit',
        details: retryAfter,
      },
      quota: {
        cause: 'reports that the quota is used up',
        Type: RateLimitError,
        code: 'quota-exceeded',
        details: (facts) => ({ ...retryAfter(facts), isRetryable: false }),
      },
      modelNotFound: { cause: 'does not have this model', Type: ModelNotFoundError, code: 'model-not-found' },
      modelRequired: { cause: 'needs the name of a model', Type: ModelNotFoundError, code: 'model-required' },
      noModelsLoaded: { cause: 'has no model loaded', Type: ModelNotFoundError, code: 'no-models-loaded' },
      wrongModelType: {
        cause: 'cannot use this model for this request',
        Type: InvalidRequestError,
        code: 'wrong-model-type',
        details: issueOf('model'),
      },
      modelLoad: { cause: 'could not load the model', Type: ModelLoadError, code: 'model-load' },
      modelUnloaded: {
        cause: 'unloaded the model during the request',
        Type: ModelLoadError,
        code: 'model-unloaded',
        details: () => ({ isRetryable: true }),
      },
      engineCrashed: {
        cause: "reports that the model's engine crashed",
        Type: ModelLoadError,
        code: 'engine-crashed',
      },
      loading: {
        cause: 'is still loading the model',
        Type: NetworkError,
        code: 'loading',
        details: retryAfter,
      },
      contextLength: {
        cause: 'cannot fit the conversation into the context of the model',
        Type: ContextLengthError,
        code: 'context-length',
        details: tokens,
      },
      maxTokens: {
        cause: 'cannot generate as many tokens as `maxTokens` requests',
        Type: ContextLengthError,
        code: 'max-tokens',
        details: tokens,
      },
      inputTooLong: {
        cause: 'cannot embed a text of this length',
        Type: ContextLengthError,
        code: 'input-too-long',
        details: tokens,
      },
      batchTooLarge: {
        cause: 'does not accept as many inputs in one request',
        Type: InvalidRequestError,
        code: 'batch-too-large',
        details: issueOf('input'),
      },
      requestTooLarge: {
        cause: 'does not accept a request of this size',
        Type: InvalidRequestError,
        code: 'request-too-large',
        details: issueOf(),
      },
      chatTemplate: {
        cause: "cannot render the messages with the model's chat template",
        Type: InvalidRequestError,
        code: 'chat-template',
        details: issueOf('messages'),
      },
      grammar: {
        cause: 'cannot turn the JSON Schema into a grammar',
        Type: InvalidRequestError,
        code: 'unsupported-schema',
        details: issues,
      },
      noVision: {
        cause: 'reports that the model does not accept images',
        Type: InvalidRequestError,
        code: 'no-vision',
        details: issueOf('messages'),
      },
      unreadableImage: {
        cause: 'cannot read the image',
        Type: InvalidRequestError,
        code: 'unreadable-image',
        details: issueOf('messages'),
      },
      noTools: {
        cause: 'does not support tools for this model',
        Type: InvalidRequestError,
        code: 'no-tools',
        details: issueOf('tools'),
      },
      responseFormat: {
        cause: 'does not support this response format',
        Type: InvalidRequestError,
        code: 'unsupported-format',
        details: issueOf('response_format'),
      },
      unsupportedField: {
        cause: 'does not support a field of the request',
        Type: InvalidRequestError,
        code: 'unsupported-field',
        details: (facts) => ({
          ...issues(facts),
          hint: fieldHint(
            facts,
            `Leave out \`${facts.field}\`, for example from \`extraBody\`: the server or the model does not support it.`,
          ),
        }),
      },
      unknownResponse: {
        cause: 'does not store the previous response',
        Type: InvalidRequestError,
        code: 'unknown-response',
        details: issueOf('previousResponseId'),
      },
      integrationUnreachable: {
        cause: 'cannot reach the tools of an integration',
        Type: ApiError,
        code: 'integration-unreachable',
      },
      jobNotFound: { cause: 'does not know this download', Type: ApiError, code: 'job-not-found' },
      tunnelOffline: {
        cause: 'is not connected to its tunnel',
        Type: ServiceNotFoundError,
        code: 'tunnel-offline',
        details: () => ({ isRetryable: false }),
      },
      needsTLS: {
        cause: 'expects TLS',
        Type: NetworkError,
        code: 'tls',
        details: () => ({ isRetryable: false, hint: 'Use https:// instead of http:// in the endpoint.' }),
      },
      gatewayPage: {
        cause: 'shows a web page that waits for a person',
        Type: InvalidResponseError,
        code: 'gateway-page',
      },
      oldLMStudio: {
        cause: 'is an LM Studio that does not know this route',
        Type: UnsupportedEndpointError,
        code: 'wrong-path',
        details: (facts) => {
          const version = versionOf(facts.context.route)
          const update =
            version &&
            `Update to LM Studio ${version} or later, and use the bare address of the server as the endpoint.`
          return { since: version, hint: update }
        },
      },
      wrongPath: {
        cause: 'does not know this route',
        Type: UnsupportedEndpointError,
        code: 'wrong-path',
        details: since,
      },
      requestTimeout: {
        cause: 'gave up on the request',
        Type: ApiError,
        code: 'request-timeout',
        details: () => ({ isRetryable: true }),
      },
      serverError: {
        cause: 'failed',
        Type: NetworkError,
        code: 'server-error',
        details: (facts) => ({
          ...retryAfter(facts),
          // A 500 is a fault of the server itself and happens again; the other statuses mean that it cannot respond now.
          isRetryable: facts.status > 500,
        }),
      },
      invalidRequest: {
        cause: 'rejected the request',
        Type: InvalidRequestError,
        code: 'invalid-request',
        details: (facts) => ({
          ...issues(facts),
          hint: fieldHint(
            facts,
            `Fix \`${facts.field}\`, or leave it out if the server does not support it.`,
            facts.serverError.message === ''
              ? 'Look at the log of the server for the reason.'
              : 'Fix what the server names, or leave out what it does not support.',
          ),
        }),
      },
      api: { cause: 'reported an error', Type: ApiError, code: 'api' },
    }) as const satisfies Record<string, ErrorSubject>,
)

export type SubjectName = keyof ReturnType<typeof subjects>

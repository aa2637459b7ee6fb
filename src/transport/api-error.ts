import {
  ApiError,
  AuthenticationError,
  ContextLengthError,
  ModelLoadError,
  ModelNotFoundError,
  PermissionError,
  RateLimitError,
} from '../errors/api-errors.js'
import { NetworkError, UnsupportedEndpointError } from '../errors/network-errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { InvalidRequestError } from '../errors/request-errors.js'
import { readError, type WireError } from '../wire/error-body.js'
import { readRetryAfter } from './retry-after.js'
import type { FailureContext } from './types.js'

/** What the server said no with. */
export interface Refusal {
  /** HTTP status; of an error inside a stream, that of the stream. */
  readonly status: number
  /** Parsed body, or its text. */
  readonly body: unknown
  readonly headers?: Headers
}

// Every wording of an overflow seen so far (wire reference 8.4).
const CONTEXT =
  /context (size|length|window)|n_ctx|n_keep|tokens to keep|exceed_context_size|keep the first \d+ tokens/i
const CONTEXT_NUMBERS = [
  /request \((\d+) tokens?\) exceeds the available context size \((\d+)/i,
  /keep the first (\d+) tokens.*context length of only (\d+)/is,
  /n_keep \((\d+)\) >= n_ctx \((\d+)\)/i,
  // vLLM and OpenAI name the limit first.
  /maximum context length is (?<limit>\d+) tokens.*?(?<prompt>\d+) tokens/is,
]

/** The server's refusal as one of our errors. */
export function toApiError({ status, body, headers }: Refusal, context: FailureContext): ProviderError {
  const said = readError(
    typeof body === 'string' ? context.scrub(body) : JSON.parse(context.scrub(JSON.stringify(body ?? null))),
  )
  const { message, type, code } = said
  const { endpoint, method, route } = context
  const facts = {
    endpoint,
    status,
    serverMessage: message === '' ? undefined : message,
    serverType: type,
    serverCode: code,
    param: said.param,
  }
  const quoted = message === '' ? `status ${status} without a word` : `“${message}”`
  const is = (pattern: RegExp): boolean => pattern.test(message) || pattern.test(type ?? '') || pattern.test(code ?? '')

  if (is(/unexpected endpoint or method/i)) {
    return new UnsupportedEndpointError(`The server at ${endpoint} does not know ${method} ${route}: ${quoted}.`, facts)
  }
  if (status === 401) {
    return new AuthenticationError(
      context.sentToken ? `The server refused the API token: ${quoted}.` : `The server needs an API token: ${quoted}.`,
      { ...facts, code: context.sentToken ? 'auth-rejected' : 'auth-required' },
    )
  }
  if (status === 403) return new PermissionError(`The server does not allow ${method} ${route}: ${quoted}.`, facts)
  if (status === 429) {
    return new RateLimitError(`The server has too much to do: ${quoted}.`, {
      ...facts,
      retryAfterMs: readRetryAfter(headers),
    })
  }
  if (is(CONTEXT)) return contextError(said, quoted, facts)
  if (is(/no models? (is |are )?(currently )?loaded/i)) {
    return new ModelNotFoundError(`No model is loaded, and the server did not load one: ${quoted}.`, {
      ...facts,
      code: 'no-models-loaded',
      hint: 'Load a model in LM Studio (or with `lms load`), or turn on just-in-time loading in the server settings.',
    })
  }
  if (is(/model (is|was|has been) unloaded/i)) {
    return new ModelLoadError(`The model was unloaded meanwhile: ${quoted}.`, {
      ...facts,
      code: 'model-unloaded',
      isRetryable: true,
    })
  }
  if (is(/failed to load|model loading|insufficient system resources|error loading model/i)) {
    return new ModelLoadError(`The model could not be loaded: ${quoted}.`, { ...facts, code: 'load-failed' })
  }
  if (is(/has crashed|channel error|compute error|engine protocol/i)) {
    return new ModelLoadError(`The model's engine failed: ${quoted}.`, {
      ...facts,
      code: 'engine-crashed',
      hint: 'Load the model again in LM Studio; if it happens again, lower its context length or GPU offload, or update the runtime.',
    })
  }
  if (is(/model[_ ]not[_ ]found|model .*(not found|does ?n.t exist|does not exist)|(unknown|no such|invalid) model/i)) {
    return new ModelNotFoundError(`The server does not have this model: ${quoted}.`, facts)
  }
  if (status === 404 || status === 405 || status === 501) {
    return new UnsupportedEndpointError(
      `The server at ${endpoint} does not know ${method} ${route} (status ${status}).`,
      facts,
    )
  }
  if (status >= 500) {
    return new NetworkError(`${method} ${route}: the server failed with status ${status}: ${quoted}.`, {
      ...facts,
      code: 'server-error',
      isRetryable: status !== 500,
    })
  }
  if (status === 400 || status === 413 || status === 422) {
    return new InvalidRequestError(`The server refused the request: ${quoted}.`, {
      ...facts,
      issues: said.issues.length > 0 ? said.issues : [{ path: said.param === undefined ? [] : [said.param], message }],
      hint: 'Mend what the server names. If the request is right, LM Studio may be too old for it.',
    })
  }
  return new ApiError(`${method} ${route}: the server said no: ${quoted}.`, {
    ...facts,
    code: status === 408 ? 'request-timeout' : 'api',
    isRetryable: status === 408,
  })
}

function contextError(said: WireError, quoted: string, facts: object): ContextLengthError {
  const match = CONTEXT_NUMBERS.map((pattern) => pattern.exec(said.message)).find((found) => found !== null)
  const read = (field: number | undefined, text: string | undefined): number | undefined =>
    field ?? (text === undefined ? undefined : Number(text))
  return new ContextLengthError(`The conversation does not fit into the model's context: ${quoted}.`, {
    ...facts,
    promptTokens: read(said.promptTokens, match?.groups?.prompt ?? match?.[1]),
    contextLength: read(said.contextLength, match?.groups?.limit ?? match?.[2]),
  })
}

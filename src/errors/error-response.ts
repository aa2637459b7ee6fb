import type { ErrorCode } from './error-codes.js'
import { isAbortOf } from '../utils/abort.js'
import { isError } from '../utils/is-error.js'
import { ProviderError } from './provider-error.js'

/** Options of {@link errorToResponse}. */
export interface ErrorToResponseOptions {
  /** Additional headers of the response. */
  readonly headers?: RequestInit['headers']
  /** The signal of the request to your server: its reason, whatever it is, counts as an abort (499). */
  readonly signal?: AbortSignal | undefined
}

// What the client of a route handler should see: its own mistake is a 4xx, a failure of the server behind it a 5xx.
const STATUS_BY_CLASS: Readonly<Record<string, number>> = {
  NetworkError: 502,
  ServiceNotFoundError: 503,
  UnsupportedEndpointError: 501,
  TimeoutError: 504,
  StreamInterruptedError: 502,
  BrowserAccessError: 502,
  ApiError: 502,
  AuthenticationError: 401,
  PermissionError: 403,
  RateLimitError: 429,
  ModelNotFoundError: 404,
  ModelLoadError: 503,
  ContextLengthError: 413,
  InvalidResponseError: 502,
  InvalidRequestError: 400,
  ConfigurationError: 500,
  OutputValidationError: 502,
  ToolExecutionError: 500,
}

const STATUS_BY_CODE: { readonly [Code in ErrorCode]?: number } = {
  // Not a mistake of the request.
  'stream-taken': 500,
  'conversation-busy': 409,
  'download-failed': 502,
  'request-timeout': 504,
}

// For a request that its client has canceled (nginx's convention). The response is not read.
const CLIENT_CLOSED_REQUEST = 499

/**
 * Converts an error to a JSON response, for the route handlers of Next.js, Hono, SvelteKit and others.
 *
 * @remarks
 * The body is `{ "error": … }` with what `error.toJSON()` returns, so that {@link ProviderError.fromJSON} restores it. The
 * status is 400 for an invalid request, 401, 403, 404, 413 and 429 as the model server returned it, 503 if that server is off
 * or cannot load the model, 504 after a time limit, 502 for its other failures, 500 for an invalid configuration, and 499
 * for an abort. A `SyntaxError`, which `request.json()` throws, is a 400. Any other error becomes a 500 that reveals nothing
 * about it. Headers that are invalid are left out. Never throws.
 *
 * @example
 * ```ts
 * export async function POST(request: Request) {
 *   try {
 *     const body = await request.json()
 *     return await lmstudio.stream({ prompt: body?.prompt }, { signal: request.signal }).toResponse()
 *   } catch (error) {
 *     return errorToResponse(error, { signal: request.signal })
 *   }
 * }
 * ```
 */
export function errorToResponse(error: unknown, options?: ErrorToResponseOptions): Response {
  const { status, body, retryAfterMs } = describe(error, options?.signal)
  const all = readHeaders(options?.headers)
  if (!all.has('content-type')) all.set('content-type', 'application/json; charset=utf-8')
  if (!all.has('cache-control')) all.set('cache-control', 'no-store')
  // The time of a restored error comes from JSON.
  const seconds = Math.ceil((retryAfterMs as number) / 1000)
  if (Number.isSafeInteger(seconds) && seconds >= 0 && !all.has('retry-after')) all.set('retry-after', String(seconds))
  return new Response(body, { status, headers: all })
}

/** Also one of another realm. */
const isSyntaxError = (error: unknown): boolean =>
  error instanceof SyntaxError || (isError(error) && error.name === 'SyntaxError')

interface Description {
  readonly status: number
  readonly body: string
  readonly retryAfterMs?: unknown
}

function describe(error: unknown, signal: AbortSignal | undefined): Description {
  try {
    if (isAbortOf(error, signal))
      return describeForeign(CLIENT_CLOSED_REQUEST, 'The request was aborted.', 'Send the request again.')
    if (ProviderError.isInstance(error)) {
      const { retryAfterMs } = error as { readonly retryAfterMs?: unknown }
      return { status: statusOf(error), body: toBody(error.toJSON()), retryAfterMs }
    }
    if (isSyntaxError(error)) {
      const name = 'InvalidRequestError'
      const message = 'The body of the request is not valid JSON.'
      return { status: 400, body: toBody({ name, message, code: 'invalid-request', hint: 'Send the body as JSON.' }) }
    }
  } catch {
    // The error throws when it is read, or holds what JSON cannot express.
  }
  return describeForeign(500, 'The server failed to respond.', 'Look at the log of the server for the cause.')
}

const describeForeign = (status: number, message: string, hint: string): Description => ({
  status,
  body: toBody({ name: 'Error', message, code: 'unknown', hint }),
})

const toBody = (error: object): string => JSON.stringify({ error })

// Codes and names of a restored error come from JSON, and can be those of methods that every object has.
function statusOf({ code, name }: ProviderError): number {
  const byCode = Object.hasOwn(STATUS_BY_CODE, code) ? STATUS_BY_CODE[code] : undefined
  return byCode ?? (Object.hasOwn(STATUS_BY_CLASS, name) ? STATUS_BY_CLASS[name]! : 500)
}

/** Returns headers, or none where they are invalid: the error matters more than they do. */
function readHeaders(headers: ErrorToResponseOptions['headers']): Headers {
  try {
    return new Headers(headers)
  } catch {
    return new Headers()
  }
}

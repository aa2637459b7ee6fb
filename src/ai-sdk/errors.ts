import { APICallError } from '@ai-sdk/provider'
import { ProviderError } from '../errors/provider-error.js'
import { mayRepeat } from '../http/retry.js'
import type { Client } from '../http/types.js'

/** The call that failed. */
export interface FailedCall {
  readonly client: Client
  readonly route: string
  readonly modelId: string
  readonly signal: AbortSignal | undefined
}

/**
 * Converts an error of this package to an `APICallError` with our error as `cause`, and with its `code` and `hint`. Other
 * errors, such as the reason of the caller's abort, stay as they are.
 */
export function toSDKError(error: unknown, { client, route, modelId, signal }: FailedCall): unknown {
  const isAbort = signal?.aborted === true && error === signal.reason
  if (isAbort || !ProviderError.isInstance(error)) return error
  const { message, code, hint, status, serverMessage } = error
  const { retryAfterMs } = error as { readonly retryAfterMs?: number }
  const { endpoint, maxRetries } = client.config
  const converted = new APICallError({
    message: `${message} ${hint}`,
    url: `${endpoint}${route}`,
    // Errors of this package have no prompts in them.
    requestBodyValues: { model: modelId },
    ...(status === undefined ? {} : { statusCode: status }),
    ...(serverMessage === undefined ? {} : { responseBody: serverMessage }),
    ...(retryAfterMs === undefined ? {} : { responseHeaders: { 'retry-after-ms': String(retryAfterMs) } }),
    data: error.toJSON(),
    cause: error,
    // The client has already retried what may be retried. The AI SDK retries only where the client's retries are off.
    isRetryable: maxRetries === 0 && mayRepeat(error, { kind: 'generation' }, 2),
  })
  return Object.assign(converted, { code, hint })
}

/** Runs a call and converts its error. */
export async function withSDKErrors<T>(call: FailedCall, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw toSDKError(error, call)
  }
}

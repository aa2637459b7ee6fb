import { ProviderError } from '../errors/provider-error.js'
import { sleep } from '../utils/abort.js'
import { addressSpace } from '../utils/address.js'
import { NEVER_SENT } from './fetch-error.js'
import type { RequestSpec } from './types.js'

const BASE_MS = 500
const CAP_MS = 8_000
// A local server that is off does not appear by waiting: everything about it must be said within a second.
const LOCAL_BASE_MS = 100
const LOCAL_BUDGET_MS = 700
// Longer than this nobody wants to be kept without a word; the error then carries `retryAfterMs`.
const MAX_RETRY_AFTER_MS = 60_000

export interface RetryOptions {
  readonly spec: RequestSpec
  readonly endpoint: string
  readonly maxRetries: number
  readonly signal: AbortSignal | undefined
  readonly onRetry: (error: ProviderError, attempt: number, delayMs: number) => void
}

/** Runs `attempt` until it succeeds, fails for good, or the retries are used up; the last error is thrown as it is. */
export async function retrying<T>(options: RetryOptions, attempt: () => Promise<T>): Promise<T> {
  const start = performance.now()
  for (let count = 1; ; count++) {
    try {
      return await attempt()
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason
      if (count > options.maxRetries || !ProviderError.isInstance(error) || !mayRepeat(error, options.spec, count))
        throw error
      const delay = retryDelay(error, options.endpoint, count, performance.now() - start)
      if (delay === undefined) throw error
      options.onRetry(error, count, delay)
      await sleep(delay, options.signal)
    }
  }
}

function mayRepeat(error: ProviderError, spec: RequestSpec, attempt: number): boolean {
  if (!error.isRetryable) return false
  // The race with an idle unload is lost at most once; twice means the model does not stay.
  if (error.code === 'model-unloaded') return attempt === 1
  // A generation may still be running on the server; only these say that it never began.
  return spec.kind === 'read' || NEVER_SENT.has(error.code) || error.status === 429 || error.status === 503
}

/** Exponential backoff with full jitter; a wait the server asks for is never shortened. */
export function retryDelay(
  error: ProviderError,
  endpoint: string,
  attempt: number,
  elapsedMs: number,
): number | undefined {
  const { retryAfterMs } = error as { readonly retryAfterMs?: number }
  if (retryAfterMs !== undefined) return retryAfterMs > MAX_RETRY_AFTER_MS ? undefined : retryAfterMs
  const isLocalFailure = error.status === undefined && addressSpace(new URL(endpoint).hostname) === 'loopback'
  if (isLocalFailure && elapsedMs > LOCAL_BUDGET_MS) return undefined
  const ceiling = (isLocalFailure ? LOCAL_BASE_MS : BASE_MS) * 2 ** (attempt - 1)
  const delay = Math.random() * Math.min(ceiling, CAP_MS)
  return isLocalFailure ? Math.min(delay, LOCAL_BUDGET_MS - elapsedMs) : delay
}

/** The wait a `Retry-After` header asks for, milliseconds: from seconds or a date; `undefined` when absent or unreadable. */
export function readRetryAfter(headers: Headers | undefined, now: number = Date.now()): number | undefined {
  const value = headers?.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  // `Date.parse` makes a year of almost anything; every HTTP date names its month.
  const ms = /^\d+(\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : /[a-z]{3}/i.test(value)
      ? Date.parse(value) - now
      : NaN
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

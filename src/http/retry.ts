import { ProviderError } from '../errors/provider-error.js'
import { sleep } from '../utils/abort.js'
import { addressSpace } from '../utils/address.js'
import { NEVER_SENT } from './fetch-error.js'
import type { RequestSpec } from './request-spec.js'

const BASE_MS = 500
const CAP_MS = 8_000
// A local server that is off does not appear by waiting: its failure is reported within a second.
const LOCAL_BASE_MS = 100
const LOCAL_BUDGET_MS = 700
// A caller should not wait longer without an error, which carries `retryAfterMs`.
const MAX_RETRY_AFTER_MS = 60_000
// A load takes seconds to minutes, and the response should not be late when it has ended.
const LOADING_CAP_MS = 2_000

export interface RetryOptions {
  readonly spec: RequestSpec
  readonly endpoint: string
  readonly maxRetries: number
  readonly signal: AbortSignal | undefined
  /** The time limit of the call, in ms: no wait goes beyond it. */
  readonly limitMs: number
  readonly onRetry: (error: ProviderError, delayMs: number) => void
}

/**
 * Runs `send` until it succeeds, fails for good or the retries are used up; rethrows the last error unchanged.
 *
 * @remarks
 * Waiting for a server that loads its model is not a retry: it lasts until the time limit of the call, unless `maxRetries`
 * is 0.
 */
export async function withRetries<T>(options: RetryOptions, send: () => Promise<T>): Promise<T> {
  const { spec, endpoint, maxRetries, signal, limitMs, onRetry } = options
  const startedAt = performance.now()
  let loads = 0
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      if (!ProviderError.isInstance(error)) throw error
      const isLoading = error.code === 'loading'
      if (isLoading) loads++
      const isUsedUp = isLoading ? maxRetries === 0 : attempt - loads > maxRetries
      if (isUsedUp || !mayRepeat(error, spec, attempt)) throw error
      const elapsedMs = performance.now() - startedAt
      const delayMs = retryDelay(error, endpoint, isLoading ? loads : attempt - loads, elapsedMs)
      if (delayMs === undefined || elapsedMs + (retryAfterOf(error) ?? delayMs) > limitMs) throw error
      const waitMs = Math.min(delayMs, limitMs - elapsedMs)
      onRetry(error, waitMs)
      await sleep(waitMs, signal)
    }
  }
}

/**
 * Returns whether a request may be sent again after an error.
 *
 * @param attempt - number of the attempt that failed, from 1
 */
export function mayRepeat(error: ProviderError, { kind }: Pick<RequestSpec, 'kind'>, attempt: number): boolean {
  if (!error.isRetryable) return false
  // An idle unload can win the race once; twice means that the model does not stay loaded.
  if (error.code === 'model-unloaded') return attempt === 1
  // A generation may still be running on the server; only these errors mean that it never began.
  const neverRan = error.code === 'loading' || error.status === 429 || error.status === 503
  return kind === 'read' || neverRan || NEVER_SENT.includes(error.code)
}

const retryAfterOf = (error: ProviderError): number | undefined =>
  (error as { readonly retryAfterMs?: number }).retryAfterMs

/**
 * Returns the wait before the next attempt in ms: exponential backoff with full jitter, or what the server requested, which
 * is never shortened. `undefined` when waiting is pointless.
 *
 * @remarks
 * A server that is too busy sends many clients the same `Retry-After`. If they all waited exactly that long, they would all
 * come back in the same moment, and most would be refused again: hence the jitter, of at most as long again.
 */
export function retryDelay(
  error: ProviderError,
  endpoint: string,
  attempt: number,
  elapsedMs: number,
): number | undefined {
  const retryAfterMs = retryAfterOf(error)
  if (retryAfterMs !== undefined) {
    if (retryAfterMs > MAX_RETRY_AFTER_MS) return undefined
    return retryAfterMs + Math.random() * Math.min(retryAfterMs, BASE_MS * 2 ** (attempt - 1), CAP_MS)
  }
  const isLocalFailure = error.status === undefined && addressSpace(new URL(endpoint).hostname) === 'loopback'
  if (isLocalFailure && elapsedMs > LOCAL_BUDGET_MS) return undefined
  const ceiling = (isLocalFailure ? LOCAL_BASE_MS : BASE_MS) * 2 ** (attempt - 1)
  const delay = Math.random() * Math.min(ceiling, error.code === 'loading' ? LOADING_CAP_MS : CAP_MS)
  return isLocalFailure ? Math.min(delay, LOCAL_BUDGET_MS - elapsedMs) : delay
}

/** Returns the wait of a `Retry-After` header (seconds or a date) in ms; `undefined` when absent or unreadable. */
export function readRetryAfter(headers: Headers | undefined, now: number = Date.now()): number | undefined {
  const value = headers?.get('retry-after') ?? ''
  // `Date.parse` reads a year from almost anything; every HTTP date has a month name.
  const ms = /^\d+(\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : /[a-z]{3}/i.test(value)
      ? Date.parse(value) - now
      : NaN
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

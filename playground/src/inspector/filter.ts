import { KINDS, routeOf, type Kind } from './routes.js'
import type { RecordedRequest } from './recorded.js'

export type StatusGroup = '' | 'active' | 'ok' | 'not-ok' | 'failed' | 'stopped'

export interface ExchangeFilter {
  readonly text: string
  /** `''`: all. */
  readonly method: string
  readonly kind: Kind | ''
  readonly statusGroup: StatusGroup
  /** Whether to list the periodic health checks of this page. */
  readonly withBackground: boolean
}

export const NO_FILTER: ExchangeFilter = { text: '', method: '', kind: '', statusGroup: '', withBackground: false }

interface Listable extends RecordedRequest {
  readonly isBackground: boolean
}

/** Whether the exchange has not ended yet. */
export const isActive = (outcome: string): boolean => ['pending', 'headers', 'streaming'].includes(outcome)

/** Groups outcome and status for the filter. */
export function statusGroupOf({
  outcome,
  status = 0,
}: {
  readonly outcome: string
  readonly status?: number
}): StatusGroup {
  if (isActive(outcome)) return 'active'
  if (outcome === 'aborted' || outcome === 'canceled') return 'stopped'
  if (outcome === 'failed' || outcome === 'opaque') return 'failed'
  return status >= 200 && status < 300 ? 'ok' : 'not-ok'
}

// Searching more of an image or a long text would be slow.
const MAX_SEARCHED = 20_000

/** Whether an exchange matches the filter. Each word must occur in the URL, method, kind, status or body. */
export function isListed(
  exchange: Listable,
  progress: { readonly outcome: string; readonly status?: number },
  { text, method, kind, statusGroup, withBackground }: ExchangeFilter,
): boolean {
  if (exchange.isBackground && !withBackground) return false
  if (method !== '' && exchange.method !== method) return false
  const exchangeKind = routeOf(exchange.url).kind
  if (kind !== '' && exchangeKind !== kind) return false
  if (statusGroup !== '' && statusGroupOf(progress) !== statusGroup) return false
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const { url, requestBody = '' } = exchange
  const searched = [url, exchange.method, KINDS[exchangeKind], progress.status, requestBody.slice(0, MAX_SEARCHED)]
    .join(' ')
    .toLowerCase()
  return words.every((word) => searched.includes(word))
}

import { KINDS, placeOf, type Kind } from './routes.js'
import type { Recorded } from './recorded.js'

export type Condition = '' | 'running' | 'ok' | 'refused' | 'broken' | 'stopped'

export interface ExchangeFilter {
  readonly text: string
  /** `''`: all. */
  readonly method: string
  readonly kind: Kind | ''
  readonly condition: Condition
  /** Whether the page's own looks at the server are listed. */
  readonly withBackground: boolean
}

export const NO_FILTER: ExchangeFilter = { text: '', method: '', kind: '', condition: '', withBackground: false }

interface Found extends Recorded {
  readonly isBackground: boolean
}

/** Whether more of it may come. */
export const isUnderWay = (outcome: string): boolean => ['pending', 'headers', 'streaming'].includes(outcome)

/** How it stands. */
export function conditionOf({
  outcome,
  status = 0,
}: {
  readonly outcome: string
  readonly status?: number
}): Condition {
  if (isUnderWay(outcome)) return 'running'
  if (outcome === 'aborted' || outcome === 'canceled') return 'stopped'
  if (outcome === 'failed' || outcome === 'opaque') return 'broken'
  return status >= 200 && status < 300 ? 'ok' : 'refused'
}

// Of an image or a long text, more would only cost time.
const MAX_SEARCHED = 20_000

/** Whether it is to be listed; each word of the text must be in the address, the kind, the status or the body. */
export function isListed(
  exchange: Found,
  progress: { readonly outcome: string; readonly status?: number },
  { text, method, kind, condition, withBackground }: ExchangeFilter,
): boolean {
  if (exchange.isBackground && !withBackground) return false
  if (method !== '' && exchange.method !== method) return false
  const its = placeOf(exchange.url).kind
  if (kind !== '' && its !== kind) return false
  if (condition !== '' && conditionOf(progress) !== condition) return false
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const { url, requestBody = '' } = exchange
  const said = [url, exchange.method, KINDS[its], progress.status, requestBody.slice(0, MAX_SEARCHED)]
    .join(' ')
    .toLowerCase()
  return words.every((word) => said.includes(word))
}

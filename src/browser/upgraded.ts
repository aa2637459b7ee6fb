import { ROUTES } from '../config/routes.js'
import { addressSpace } from '../utils/address.js'

interface Scope {
  readonly document?: { querySelectorAll?(selector: string): Iterable<{ readonly content: string }> }
  readonly performance?: { getEntriesByName?(name: string): readonly { readonly startTime: number }[] }
}

/**
 * Whether the policy of this page changes requests to the endpoint from http to https (`upgrade-insecure-requests`), as far
 * as a page can see: Chromium names the changed address in its resource timing, and a policy in a `<meta>` tag can be read.
 *
 * @param since - a time before the latest probe of the endpoint, on the clock of `performance.now()`
 */
export function isUpgraded(endpoint: string, since: number): boolean {
  const { protocol, hostname } = new URL(endpoint)
  if (protocol !== 'http:') return false
  const { document, performance } = globalThis as Scope
  const changed = endpoint.replace('http:', 'https:') + ROUTES.greeting
  const entries = performance?.getEntriesByName?.(changed) ?? []
  if (entries.some(({ startTime }) => startTime >= since)) return true
  const policies = [...(document?.querySelectorAll?.('meta[http-equiv="Content-Security-Policy" i]') ?? [])]
  // Chromium and Firefox do not change addresses of this machine.
  return addressSpace(hostname) !== 'loopback' && policies.some(({ content }) => UPGRADE.test(content))
}

const UPGRADE = /(^|[;,])\s*upgrade-insecure-requests\s*($|[;,])/i

import { localNetworkInit } from './address-space.js'
import { currentPage } from './page.js'
import { type PolicyWatch, watchPolicy } from './policy-watch.js'

/** What a request to an endpoint needs on this platform. */
export interface Platform {
  /** The part of each request that neither the application nor an interceptor can change. */
  readonly init: RequestInit
  /** Listens for what the Content-Security-Policy blocks; `undefined` outside pages and workers. */
  readonly watchPolicy: (() => PolicyWatch) | undefined
}

/** Returns what requests to an endpoint need on this platform. */
export function platformFor(endpoint: string): Platform {
  return {
    init: requestInit(endpoint),
    watchPolicy: currentPage() === undefined ? undefined : () => watchPolicy(endpoint),
  }
}

/**
 * Returns what every request passes to `fetch`. Frameworks replace `fetch` by one that caches responses, those to POST
 * included (Next.js 13 and 14).
 */
export function requestInit(url: string): RequestInit {
  return { ...(supportsCacheMode() ? { cache: 'no-store' as const } : {}), ...localNetworkInit(url) }
}

/** Whether `fetch` accepts `cache`. Cloudflare Workers throw for it before the compatibility date 2024-11-11. */
function supportsCacheMode(): boolean {
  const { Request } = globalThis
  return typeof Request !== 'function' || 'cache' in Request.prototype
}

import { type AddressSpace, addressSpace } from '../utils/address.js'
import { tryWithin } from '../utils/abort.js'
import { isChromium, isHTTPSPage } from './address-space.js'

// Browsers respond within milliseconds. A promise that never settles must not hold up a call.
const PERMISSION_TIMEOUT_MS = 1_000
const PERMISSION_STATES: readonly unknown[] = ['granted', 'prompt', 'denied']

interface Scope {
  readonly location?: { readonly hostname: string; readonly href?: string }
  readonly origin?: string
  readonly isSecureContext?: boolean
  readonly document?: { readonly featurePolicy?: { allowsFeature(name: string): boolean } }
  readonly navigator?: {
    readonly onLine?: boolean
    readonly permissions?: { query(descriptor: { name: string }): Promise<{ readonly state: string }> }
  }
}

/** The page or worker in which this runs. */
export interface Page {
  readonly isHTTPS: boolean
  readonly isSecure: boolean
  /** Whether it belongs to a browser extension. */
  readonly isExtension: boolean
  /** Whether its origin is opaque, so that servers receive `Origin: null`: a sandboxed frame, or a file. */
  readonly isOpaque: boolean
  /** Whether its host is outside this machine and its network. */
  readonly isPublic: boolean
  readonly isOffline: boolean
  /**
   * The browser's permission to reach an address of this space: `granted`, `prompt`, `denied`, `blocked-by-frame` where the
   * page around this frame does not delegate it, or `unsupported` where the browser has no such permission or does not
   * respond.
   *
   * @throws the signal's reason, as soon as it aborts
   */
  permission(target: AddressSpace, signal: AbortSignal | undefined): Promise<string>
}

/** Returns the page or worker; `undefined` outside a browser, where exceptions name their cause themselves. */
export function currentPage(): Page | undefined {
  const scope = globalThis as Scope
  const isBrowser = 'document' in globalThis || 'WorkerGlobalScope' in globalThis
  const { location, navigator, origin = '' } = scope
  if (!isBrowser || location === undefined) return undefined
  // Workers made from a blob and frames made from a string have the origin of the page that made them, and no host.
  const { hostname } = location.hostname === '' && /^https?:/.test(origin) ? new URL(origin) : location
  return {
    isHTTPS: isHTTPSPage(),
    isSecure: scope.isSecureContext !== false,
    isExtension: /^[a-z-]+-extension:/.test(location.href ?? ''),
    isOpaque: origin === 'null',
    isPublic: hostname !== '' && addressSpace(hostname) === 'public',
    isOffline: navigator?.onLine === false,
    async permission(target, signal) {
      if (target === 'public') return 'unsupported'
      return (await tryWithin(PERMISSION_TIMEOUT_MS, signal, () => queryPermission(target))) ?? 'unsupported'
    },
  }
}

async function queryPermission(target: AddressSpace): Promise<string | undefined> {
  const { document, navigator } = globalThis as Scope
  // Chrome 145 split the older permission in two and keeps its name as an alias.
  for (const name of [target === 'loopback' ? 'loopback-network' : 'local-network', 'local-network-access']) {
    try {
      const status = await navigator?.permissions?.query({ name })
      if (status === undefined || !PERMISSION_STATES.includes(status.state)) continue
      const isDelegated = document?.featurePolicy?.allowsFeature(name) !== false
      return status.state === 'prompt' && !isDelegated ? 'blocked-by-frame' : status.state
    } catch {
      // This browser does not know the name.
    }
  }
  return undefined
}

/**
 * Returns why a request must not be sent yet: it would be blocked, or would open a permission prompt. Sends nothing. Pages of
 * this machine or network are never prompted.
 *
 * @param permission - see {@link Page.permission}
 */
export function getBlockReason(
  page: Page,
  endpoint: string,
  permission: string,
): 'permission-required' | 'mixed-content' | undefined {
  if (!page.isPublic || permission !== 'prompt') return undefined
  // The browser blocks mixed content before it would prompt.
  return isMixedContent(page, endpoint, permission) ? 'mixed-content' : 'permission-required'
}

/** Whether browsers block a request of this page because it goes from https to plain http. */
export function isMixedContent(page: Page, endpoint: string, permission: string): boolean {
  const { protocol, hostname } = new URL(endpoint)
  if (!page.isHTTPS || protocol !== 'http:' || addressSpace(hostname) === 'loopback') return false
  // In Chromium the permission replaces TLS. Firefox has the permission too, but blocks mixed content all the same.
  return permission === 'unsupported' || !isChromium()
}

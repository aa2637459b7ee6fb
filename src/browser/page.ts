import { type AddressSpace, addressSpace } from '../utils/address.js'
import { isHTTPSPage, isChromium } from './address-space.js'

interface Scope {
  readonly location?: { readonly hostname: string }
  readonly origin?: string
  readonly isSecureContext?: boolean
  readonly document?: { readonly featurePolicy?: { allowsFeature(name: string): boolean } }
  readonly navigator?: {
    readonly onLine?: boolean
    readonly permissions?: { query(descriptor: { name: string }): Promise<{ readonly state: string }> }
  }
}

/** What a page or worker knows of itself. */
export interface Page {
  readonly isHTTPS: boolean
  readonly isSecure: boolean
  /** Whether it was served from outside this machine and its network, by the name of its host. */
  readonly isPublic: boolean
  readonly isOffline: boolean
  /**
   * The browser's permission for reaching an address of this space: `granted`, `prompt`, `denied`, `withheld` where the
   * page around this frame does not let it ask, or `unsupported` where the browser asks for none.
   */
  permission(target: AddressSpace): Promise<string>
}

/** The page or worker this runs in; `undefined` outside a browser, where errors name their cause themselves. */
export function currentPage(): Page | undefined {
  const scope = globalThis as Scope
  const isBrowser = 'document' in globalThis || 'WorkerGlobalScope' in globalThis
  const { location, navigator, origin = '' } = scope
  if (!isBrowser || location === undefined) return undefined
  // A worker made from a blob, and a frame made from a text, have the origin of the page that made them and no host.
  const { hostname } = location.hostname === '' && /^https?:/.test(origin) ? new URL(origin) : location
  return {
    isHTTPS: isHTTPSPage(),
    isSecure: scope.isSecureContext !== false,
    isPublic: hostname !== '' && addressSpace(hostname) === 'public',
    isOffline: navigator?.onLine === false,
    async permission(target) {
      if (target === 'public') return 'unsupported'
      // Chrome 145 split the older permission in two and keeps its name as an alias.
      for (const name of [target === 'loopback' ? 'loopback-network' : 'local-network', 'local-network-access']) {
        try {
          const status = await navigator?.permissions?.query({ name })
          if (status === undefined) continue
          const isWithheld = status.state === 'prompt' && scope.document?.featurePolicy?.allowsFeature(name) === false
          return isWithheld ? 'withheld' : status.state
        } catch {
          // The browser does not know this name.
        }
      }
      return 'unsupported'
    },
  }
}

/**
 * What stands in the way where a request could make the browser ask the person; `undefined` where it surely does not.
 * Found out without sending anything. Pages of this machine or network are never asked about.
 */
export async function getBlockReason(
  page: Page,
  endpoint: string,
): Promise<'permission-required' | 'mixed-content' | undefined> {
  const permission = await page.permission(addressSpace(new URL(endpoint).hostname))
  if (!page.isPublic || permission !== 'prompt') return undefined
  // The browser blocks it before it would ask.
  return isMixedContent(page, endpoint, permission) ? 'mixed-content' : 'permission-required'
}

/** Whether browsers block a request from this page for going from https to plain http. */
export function isMixedContent(page: Page, endpoint: string, permission: string): boolean {
  const { protocol, hostname } = new URL(endpoint)
  if (!page.isHTTPS || protocol !== 'http:' || addressSpace(hostname) === 'loopback') return false
  // In Chrome the permission stands in for TLS; Firefox asks for one too, and blocks all the same.
  return permission === 'unsupported' || !isChromium()
}

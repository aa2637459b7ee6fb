import { addressSpace, type AddressSpace } from '../utils/address.js'

interface Scope {
  readonly location?: { readonly protocol: string; readonly hostname: string }
  readonly isSecureContext?: boolean
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
   * The browser's permission for reaching an address of this space: `granted`, `prompt`, `denied`, or `unsupported`
   * where the browser asks for none.
   */
  permission(target: AddressSpace): Promise<string>
}

/** The page or worker this runs in; `undefined` outside a browser, where errors name their cause themselves. */
export function currentPage(): Page | undefined {
  const scope = globalThis as Scope
  const isBrowser = 'document' in globalThis || 'WorkerGlobalScope' in globalThis
  const { location, navigator } = scope
  if (!isBrowser || location === undefined) return undefined
  return {
    isHTTPS: location.protocol === 'https:',
    isSecure: scope.isSecureContext !== false,
    isPublic: location.hostname !== '' && addressSpace(location.hostname) === 'public',
    isOffline: navigator?.onLine === false,
    async permission(target) {
      if (target === 'public') return 'unsupported'
      // Chrome 145 split the older permission in two and keeps its name as an alias.
      for (const name of [target === 'loopback' ? 'loopback-network' : 'local-network', 'local-network-access']) {
        try {
          const status = await navigator?.permissions?.query({ name })
          if (status !== undefined) return status.state
        } catch {
          // The browser does not know this name.
        }
      }
      return 'unsupported'
    },
  }
}

/** Whether a request would make the browser ask the person; never true on a page served from this machine or network. */
export async function wouldPrompt(page: Page, target: AddressSpace): Promise<boolean> {
  return page.isPublic && (await page.permission(target)) === 'prompt'
}

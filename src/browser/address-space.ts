import { addressSpace } from '../utils/address.js'

interface Scope {
  readonly origin?: string
  readonly location?: { readonly href: string }
}

/** Whether this runs in a page or worker that came over https. */
export function isHTTPSPage(): boolean {
  const { origin, location } = globalThis as Scope
  // A worker made from a blob and a frame made from a text have it only in the one, a sandboxed frame only in the other.
  return [origin, location?.href].some((address) => address?.startsWith('https:') === true)
}

/** Whether the browser takes a page's word that an address is on the local network. */
export const isChromium = (): boolean => 'targetAddressSpace' in (globalThis.Request?.prototype ?? {})

/** Whether plain http goes to a name of the local network that does not show by itself that it is one, as addresses and `.local` do. */
export function isLocalName(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && addressSpace(hostname) === 'private' && !/^[\d.]+$|^\[|\.local$/.test(hostname)
}

/**
 * What lets a page over https reach a name of the local network over plain http: elsewhere it is not needed, and fails
 * where the name means this machine (docs/decisions/0005).
 */
export function localNetworkInit(address: string): RequestInit {
  const isNeeded = isChromium() && isHTTPSPage() && isLocalName(address)
  return isNeeded ? ({ targetAddressSpace: 'local' } as RequestInit) : {}
}

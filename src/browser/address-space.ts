import { addressSpace } from '../utils/address.js'

interface Scope {
  readonly origin?: string
  readonly location?: { readonly href: string }
}

/** Whether this runs in a page or worker that was served over https. */
export function isHTTPSPage(): boolean {
  const { origin, location } = globalThis as Scope
  // Workers made from a blob and frames made from a string have it in `origin` only, a sandboxed frame in `location` only.
  return [origin, location?.href].some((address) => address?.startsWith('https:') === true)
}

/** Whether this is Chromium, which alone knows address spaces: Chrome and Edge 142 or later. */
export const isChromium = (): boolean => 'targetAddressSpace' in (globalThis.Request?.prototype ?? {})

/** Whether an address is plain http to a local name that does not look local, as `.local` and private IP addresses do. */
export function isLocalName(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && addressSpace(hostname) === 'private' && !/^[\d.]+$|^\[|\.local$/.test(hostname)
}

/**
 * The part of a request that lets an https page reach a local name over plain http in Chromium. Elsewhere it is not needed,
 * and it fails where the name means this machine (docs/decisions/0005).
 */
export function localNetworkInit(url: string): RequestInit {
  const isNeeded = isChromium() && isHTTPSPage() && isLocalName(url)
  return isNeeded ? ({ targetAddressSpace: 'local' } as RequestInit) : {}
}

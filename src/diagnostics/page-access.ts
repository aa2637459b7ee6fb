import { addressSpace } from '../utils/address.js'
import type { DiagnosisCode } from './types.js'

/** What browsers check for a page before they send its request. */
export interface PageAccess {
  /** Why Chrome and Edge block the request, whatever the server responds. */
  readonly block?: { readonly code: DiagnosisCode; readonly why: string }
  readonly evidence: readonly string[]
}

/** Returns what browsers check for a page of this origin that sends requests to the endpoint. */
export function pageAccess(origin: string, endpoint: string): PageAccess {
  if (origin === 'null') {
    return {
      evidence: [
        'The origin `null` is that of sandboxed frames and files: the rules for local addresses depend on the page around it.',
      ],
    }
  }
  const page = new URL(origin)
  if (page.protocol !== 'http:' && page.protocol !== 'https:') {
    return { evidence: ['Pages of extensions and applications with host permissions need no CORS and no permission.'] }
  }
  const server = new URL(endpoint)
  const target = addressSpace(server.hostname)
  const isPublicPage = addressSpace(page.hostname) === 'public'
  const isMixed = page.protocol === 'https:' && server.protocol === 'http:' && target !== 'loopback'
  if (isMixed && target === 'public') {
    const why = 'a page served over https cannot reach plain http'
    return {
      block: { code: 'mixed-content', why },
      evidence: [`Mixed content: every browser blocks ${origin} from ${endpoint}.`],
    }
  }
  const needsPermission = isPublicPage && target !== 'public'
  if (needsPermission && page.protocol === 'http:') {
    const why = 'Chrome and Edge let only securely served pages reach local addresses'
    return {
      block: { code: 'insecure-context', why },
      evidence: ['Local network: Chrome and Edge block public pages over plain http; Firefox asks the user.'],
    }
  }
  const evidence: string[] = []
  if (needsPermission) {
    evidence.push(
      'Local network: Chrome and Edge 142 and later, and recent versions of Firefox, ask the user for permission first.',
    )
  }
  if (isMixed) {
    evidence.push(
      'Mixed content: Firefox and Safari block plain http to this address from an https page; Chrome and Edge 142 and later allow it with the permission.',
    )
  } else if (page.protocol === 'https:' && server.protocol === 'http:') {
    evidence.push('Mixed content: plain http to this machine is allowed, except in older versions of Safari.')
  }
  return { evidence }
}

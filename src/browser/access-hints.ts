import { hintFor } from '../errors/error-codes.js'
import type { Page } from './page.js'
import type { PolicyViolation } from './policy-watch.js'

/** What to do about a policy that changes http to https. */
export const UPGRADE_HINT =
  'Remove `upgrade-insecure-requests` from the Content-Security-Policy of this page, since it changes http to https, or put a proxy with TLS in front of the server.'

/** Returns what to do about a policy that blocks requests to an endpoint. */
export function policyHint({ hasConnectSrc, isUpgraded }: PolicyViolation, page: Page, endpoint: string): string {
  const { origin } = new URL(endpoint)
  const policy = page.isExtension
    ? '`content_security_policy.extension_pages` of the extension manifest'
    : 'the Content-Security-Policy of this page'
  const allow = hasConnectSrc
    ? `Add ${origin} to \`connect-src\` in ${policy}.`
    : `Add \`connect-src 'self' ${origin}\` to ${policy}, or add ${origin} to its \`default-src\`.`
  return isUpgraded ? `${allow} ${UPGRADE_HINT}` : allow
}

/** Returns what to do about a server that does not let this page read its responses. */
export function corsHint({ isExtension, isOpaque }: Page, endpoint: string): string {
  const { protocol, hostname } = new URL(endpoint)
  // A pattern without a port matches every port, and Firefox accepts no other.
  if (isExtension) return `Add "${protocol}//${hostname}/*" to \`host_permissions\` in the extension manifest.`
  const usual = hintFor('cors-disabled')
  if (!isOpaque) return usual
  return `${usual} If the server allows only some origins, serve the page from http://localhost: a sandboxed page or a file has the origin \`null\`.`
}

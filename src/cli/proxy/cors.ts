import type { IncomingHttpHeaders } from 'node:http'

/** How long a browser may reuse the response to a preflight, in seconds. */
const MAX_AGE_SECONDS = 600

/** Preflight requests of Chrome's private network access, and what the response must have to be allowed. */
const NETWORK_HEADERS = [
  ['access-control-request-private-network', 'access-control-allow-private-network'],
  ['access-control-request-local-network', 'access-control-allow-local-network'],
] as const

export const METHODS = ['GET', 'HEAD', 'POST'] as const

/** Returns the headers that let pages of one origin read a response. */
export function corsHeaders(origin: string): Record<string, string> {
  return { 'access-control-allow-origin': origin, vary: 'Origin', 'access-control-expose-headers': 'Retry-After' }
}

/** Returns the headers of the response to a preflight. */
export function preflightHeaders(origin: string, headers: IncomingHttpHeaders): Record<string, string> {
  const requested = headers['access-control-request-headers']
  const result = {
    ...corsHeaders(origin),
    vary: 'Origin, Access-Control-Request-Headers',
    'access-control-allow-methods': METHODS.join(', '),
    // The origin is trusted, so it may send any header. Only a few of them are forwarded.
    'access-control-allow-headers': isHeaderList(requested) ? requested : 'content-type, authorization',
    'access-control-max-age': String(MAX_AGE_SECONDS),
  }
  const allowed = NETWORK_HEADERS.filter(([request]) => headers[request] === 'true')
  return { ...result, ...Object.fromEntries(allowed.map(([, response]) => [response, 'true'])) }
}

const isHeaderList = (text: string | undefined): text is string =>
  text !== undefined && text.length <= 1000 && /^[\w!#$%&'*+.^`|~, -]+$/.test(text)

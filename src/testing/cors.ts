import type { Exchange } from './exchange.js'
import type { WireResponse } from './replies/wire-response.js'
import type { Settings } from './settings.js'

/** The CORS headers of every response. */
export const corsHeaders = (settings: Settings): Record<string, string> =>
  settings.cors ? { 'access-control-allow-origin': '*' } : {}

/**
 * Returns the response to a preflight while CORS is on.
 *
 * @remarks LM Studio's own `Access-Control-Allow-Headers` is not published. The default list is deliberately short: a
 * client that sends other headers fails in a browser against the mock before it fails for a user.
 */
export function preflight({ settings, headers }: Exchange): WireResponse {
  const { allowedHeaders, privateNetwork } = settings
  const isPrivate = privateNetwork && headers['access-control-request-private-network'] === 'true'
  return {
    kind: 'whole',
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
      'access-control-allow-headers': typeof allowedHeaders === 'string' ? allowedHeaders : allowedHeaders.join(', '),
      ...(isPrivate ? { 'access-control-allow-private-network': 'true' } : {}),
    },
    body: '',
  }
}

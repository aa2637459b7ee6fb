import type { WireResponse } from './replies/wire-response.js'
import type { Settings } from './settings.js'

/** The CORS headers of every response. There is no private-network header: LM Studio never sent one. */
export const corsHeaders = (settings: Settings): Record<string, string> =>
  settings.cors ? { 'access-control-allow-origin': '*' } : {}

/**
 * The response to a preflight while CORS is on.
 *
 * @remarks LM Studio's own `Access-Control-Allow-Headers` is not published. This list is deliberately short: a client
 * that sends other headers fails in a browser against the mock before it fails for a user.
 */
export const preflight: WireResponse = {
  kind: 'whole',
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
    'access-control-allow-headers': 'content-type, authorization, x-api-key',
  },
  body: '',
}

import type { Settings } from './settings.js'
import type { WireReply } from './wire-reply.js'

/** What is on every answer while the switch is on. No private-network header: LM Studio never sent one. */
export const corsHeaders = (settings: Settings): Record<string, string> =>
  settings.cors ? { 'access-control-allow-origin': '*' } : {}

/**
 * The answer to a preflight while the switch is on. LM Studio's own list of headers is not published; this one is
 * short on purpose, so that a client that sends exotic headers fails in a browser here before it fails at a user's.
 */
export const preflight: WireReply = {
  kind: 'whole',
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
    'access-control-allow-headers': 'content-type, authorization, x-api-key',
  },
  body: '',
}

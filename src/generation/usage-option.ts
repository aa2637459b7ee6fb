import { ProviderError } from '../errors/provider-error.js'
import type { Client } from '../http/types.js'
import { isObject, parseJSON } from '../utils/json.js'
import { serialize } from '../validation/validate.js'

/** The clients whose servers refused the field `stream_options`. */
export const usageRefusals: WeakSet<Client> = /* @__PURE__ */ new WeakSet<Client>()

/**
 * Returns the body to send again when a strict server refuses the field that requests token counts, and remembers it for
 * the client; `undefined` for any other error.
 */
export function withoutUsageOption(client: Client, error: unknown, body: string): string | undefined {
  if (!ProviderError.isInstance(error) || (error.status !== 400 && error.status !== 422)) return undefined
  const { hint: _, ...facts } = error.toJSON()
  if (!/stream_options|include_usage/.test(JSON.stringify(facts))) return undefined
  const sent = parseJSON(body)
  if (!isObject(sent) || sent.stream_options === undefined) return undefined
  usageRefusals.add(client)
  const message = 'The server refused `stream_options`. The request is sent again without it.'
  client.config.log?.({ level: 'info', type: 'retry', message })
  return serialize({ ...sent, stream_options: undefined })
}

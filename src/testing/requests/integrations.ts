import type { Exchange } from '../exchange.js'
import { type JSONObject, asArray, asObject, asString } from '../json-values.js'
import { throwNativeError } from '../replies/errors.js'

/** Tools that the server runs itself, on native chats. */
export interface Integration {
  /** The `provider_info` of its tool calls. */
  readonly provider: object
  /** The plugin id or the label of the MCP server. */
  readonly label: string
  /** Names of the allowed tools; empty when all are allowed. */
  readonly tools: readonly string[]
}

function readIntegration(exchange: Exchange, value: unknown): Integration {
  const object: JSONObject = typeof value === 'string' ? { type: 'plugin', id: value } : asObject(value)
  const tools = asArray(object.allowed_tools).filter((one): one is string => typeof one === 'string')
  const label = asString(object.type === 'ephemeral_mcp' ? object.server_label : object.id)
  if (label === '' || (object.type !== 'plugin' && object.type !== 'ephemeral_mcp')) {
    throwNativeError('Invalid input', 'invalid_union', 'integrations')
  }
  if (!exchange.settings.mcp) {
    throwNativeError(`Permission denied to use plugin '${label}'.`, 'permission_denied', 'integrations', 403)
  }
  const provider =
    object.type === 'plugin' ? { type: 'plugin', plugin_id: label } : { type: 'ephemeral_mcp', server_label: label }
  return { provider, label, tools }
}

/** Reads the integrations of a native chat, or sends a 400 or 403. */
export const readIntegrations = (exchange: Exchange): readonly Integration[] =>
  asArray(asObject(exchange.body).integrations).map((one) => readIntegration(exchange, one))

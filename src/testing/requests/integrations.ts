import type { Exchange } from '../exchange.js'
import { type JSONObject, asArray, asObject, asString, asStringList } from '../json-values.js'
import { throwNativeError } from '../replies/errors.js'
import { findNativeIssues } from './native-checks.js'

/** Tools that the server runs itself, on native chats. */
export interface Integration {
  /** The `provider_info` of its tool calls. */
  readonly provider: object
  /** The plugin id or the label of the MCP server. */
  readonly label: string
  /** Names of the allowed tools; empty when all are allowed. */
  readonly tools: readonly string[]
}

/** Rejects an integration that is not of a documented shape. That unknown keys are a 400 here too is assumed. */
function checkIntegration(integration: JSONObject, path: string): void {
  const type = asString(integration.type)
  const issues =
    type === 'plugin'
      ? findNativeIssues(integration, path, {
          required: { type: 'string', id: 'string' },
          optional: { allowed_tools: 'strings' },
        })
      : type === 'ephemeral_mcp'
        ? findNativeIssues(integration, path, {
            required: { type: 'string', server_label: 'string', server_url: 'string' },
            optional: { allowed_tools: 'strings', headers: 'object' },
          })
        : "Invalid discriminator value. Expected 'plugin' | 'ephemeral_mcp'"
  if (issues !== '') throwNativeError(issues, 'invalid_union', 'integrations')
}

function readIntegration(exchange: Exchange, value: unknown, index: number): Integration {
  const integration: JSONObject = typeof value === 'string' ? { type: 'plugin', id: value } : asObject(value)
  checkIntegration(integration, `integrations.${index}`)
  const isPlugin = integration.type === 'plugin'
  const label = asString(isPlugin ? integration.id : integration.server_label)
  if (label === '') throwNativeError('Invalid input', 'invalid_union', 'integrations')
  if (!exchange.settings.mcp) {
    throwNativeError(`Permission denied to use plugin '${label}'.`, 'permission_denied', 'integrations', 403)
  }
  return {
    provider: isPlugin ? { type: 'plugin', plugin_id: label } : { type: 'ephemeral_mcp', server_label: label },
    label,
    tools: asStringList(integration.allowed_tools),
  }
}

/** Reads the integrations of a native chat, or sends a 400 or 403. */
export const readIntegrations = (exchange: Exchange): readonly Integration[] =>
  asArray(asObject(exchange.body).integrations).map((one, index) => readIntegration(exchange, one, index))

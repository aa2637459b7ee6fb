import { computed, signal } from '@preact/signals'
import type { Integration } from 'lmstudio-provider'

/** An integration as it is edited. */
export interface IntegrationRow {
  /** Identifies the row while it changes. */
  readonly id: number
  readonly type: 'plugin' | 'ephemeral-mcp'
  /** The plugin id, or the URL of the MCP server. */
  readonly target: string
  /** The name of an MCP server in the response. */
  readonly serverLabel: string
  /** Names separated by commas; empty for all tools. */
  readonly allowedTools: string
  /** The `Authorization` header for an MCP server; may be empty. */
  readonly authorization: string
}

const row = (id: number): IntegrationRow => ({
  id,
  type: 'plugin',
  target: id === 1 ? 'mcp/weather' : '',
  serverLabel: 'server',
  allowedTools: '',
  authorization: '',
})

export const integrationRows = signal<readonly IntegrationRow[]>([row(1)])

export function addIntegration(): void {
  integrationRows.value = [...integrationRows.value, row(Math.max(0, ...integrationRows.value.map(({ id }) => id)) + 1)]
}

export function changeIntegration(id: number, change: Partial<IntegrationRow>): void {
  integrationRows.value = integrationRows.value.map((one) => (one.id === id ? { ...one, ...change } : one))
}

export function removeIntegration(id: number): void {
  integrationRows.value = integrationRows.value.filter((one) => one.id !== id)
}

/** What must change before a row can be sent. */
export function targetProblem({ type, target }: IntegrationRow): string | undefined {
  if (type === 'plugin') return target.trim() === '' ? 'Enter an id such as mcp/playwright.' : undefined
  return /^https?:\/\/./.test(target.trim()) && URL.canParse(target.trim())
    ? undefined
    : 'Enter a URL that starts with http:// or https://.'
}

export const areIntegrationsValid = computed(
  () => integrationRows.value.length > 0 && integrationRows.value.every((one) => targetProblem(one) === undefined),
)

/** Converts a valid row to an integration of a request. */
export function toIntegration({ type, target, serverLabel, allowedTools, authorization }: IntegrationRow): Integration {
  const names = allowedTools
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const allowed = names.length === 0 ? {} : { allowedTools: names }
  if (type === 'plugin') return { type, id: target.trim(), ...allowed }
  const headers = authorization.trim() === '' ? {} : { headers: { Authorization: authorization.trim() } }
  return { type, serverLabel: serverLabel.trim() || 'server', serverUrl: target.trim(), ...allowed, ...headers }
}

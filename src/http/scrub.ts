import { parseJSON } from '../utils/json.js'

// Shorter ones are words that a server has reason to use itself.
const MIN_SECRET = 6
const MIN_CONTENT = 12

/** Members of a request that hold what a person says. */
const CONTENT = ['messages', 'prompt', 'input', 'system_prompt', 'instructions']

/** Removes from a text what was sent along: servers quote tokens, and validation errors quote prompts. */
export function createScrub(secrets: readonly string[], body: string | undefined): (text: string) => string {
  // Made when the first error needs it, once for all of its texts.
  let sent: readonly string[] | undefined
  const collect = (): readonly string[] => {
    const sent = (body === undefined ? {} : parseJSON(body)) as Record<string, unknown>
    const contents = strings(CONTENT.map((key) => sent[key])).filter((content) => content.length >= MIN_CONTENT)
    const keys = [...secrets, ...[sent.integrations, sent.tools].flatMap(integrationSecrets)]
    return [...keys.filter((key) => key.length >= MIN_SECRET), ...contents]
  }
  return (text) => {
    let rest = text
    for (const part of (sent ??= collect())) {
      // An image of megabytes cannot be quoted whole by a short text.
      if (part.length > rest.length) continue
      rest = rest.replaceAll(part, '[redacted]').replaceAll(JSON.stringify(part).slice(1, -1), '[redacted]')
    }
    return rest
  }
}

/** Every text in a value, however deep. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

/** A member of a request that may hold a key: what goes to an MCP server, here or among the tools of `/v1/responses`. */
interface SentIntegration {
  readonly headers?: unknown
  readonly authorization?: unknown
  readonly server_url?: unknown
}

const MIN_PATH_KEY = 12

/** What an address and headers for an MCP server hold that nobody may read: keys are sent in any part of them. */
export function integrationSecrets(integrations: unknown): string[] {
  if (!Array.isArray(integrations)) return []
  return (integrations as (SentIntegration | null)[]).flatMap((integration) => {
    const headers = [...Object.values(integration?.headers ?? {}), integration?.authorization ?? ''].map(String)
    const address = String(integration?.server_url ?? '')
    const begin = address.indexOf('/', address.indexOf('//') + 2)
    const rest = begin < 0 ? '' : address.slice(begin)
    const [path = '', query] = rest.split('?')
    return [
      ...headers,
      // Without its scheme (`Bearer …`): a server may quote the key alone.
      ...headers.map((value) => value.slice(value.indexOf(' ') + 1)),
      rest,
      ...new URLSearchParams(query).values(),
      // Shorter ones are words of a path.
      ...path.split('/').filter((part) => part.length >= MIN_PATH_KEY),
    ]
  })
}

import { isObject, parseJSON } from '../utils/json.js'

// Shorter secrets are words that a server has reason to use itself.
const MIN_SECRET_LENGTH = 6
const MIN_CONTENT_LENGTH = 12
// Shorter parts of a path are words.
const MIN_PATH_SECRET_LENGTH = 12

/** The fields of a request body that hold what a person wrote. */
const CONTENT_FIELDS = ['messages', 'prompt', 'input', 'system_prompt', 'instructions']

/** Returns a function that removes secrets and content of a request from a text: servers quote tokens and prompts. */
export function createScrub(secrets: readonly string[], bodies: readonly unknown[]): (text: string) => string {
  // Collected when the first error needs them, once for all of its texts.
  let collected: readonly string[] | undefined
  return (text) => {
    collected ??= collect(secrets, bodies)
    let result = text
    for (const part of collected) {
      // A short text cannot quote an image of megabytes.
      if (part.length > result.length) continue
      result = result.replaceAll(part, '[redacted]').replaceAll(JSON.stringify(part).slice(1, -1), '[redacted]')
    }
    return result
  }
}

function collect(secrets: readonly string[], bodies: readonly unknown[]): string[] {
  // An interceptor can make anything of a body.
  const sent = bodies.map((body) => (typeof body === 'string' ? parseJSON(body) : body)).filter(isObject)
  const integrations = sent.flatMap((body) => [body.integrations, body.tools])
  const keys = [...withoutScheme(secrets), ...integrations.flatMap(integrationSecrets)]
  const content = sent.flatMap((body) => stringsIn(CONTENT_FIELDS.map((field) => body[field])))
  return [
    ...keys.filter((key) => key.length >= MIN_SECRET_LENGTH),
    ...content.filter((text) => text.length >= MIN_CONTENT_LENGTH),
  ]
}

/** Adds the values of headers without their scheme (`Bearer …`), since a server may quote the key alone. */
const withoutScheme = (values: readonly string[]): string[] => [
  ...values,
  ...values.map((value) => value.slice(value.indexOf(' ') + 1)),
]

/** Returns every string in a value, however deep. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** What may hold keys for an MCP server: an integration of the native chat, or a tool of `/v1/responses`. */
interface SentIntegration {
  readonly headers?: unknown
  readonly authorization?: unknown
  readonly server_url?: unknown
}

/** Returns the secrets in the address and headers of MCP servers: people put keys into every part of them. */
export function integrationSecrets(integrations: unknown): string[] {
  if (!Array.isArray(integrations)) return []
  return (integrations as (SentIntegration | null)[]).flatMap((integration) => {
    const headers = [...Object.values(integration?.headers ?? {}), integration?.authorization ?? ''].map(String)
    const address = String(integration?.server_url ?? '')
    const pathStart = address.indexOf('/', address.indexOf('//') + 2)
    const pathAndQuery = pathStart < 0 ? '' : address.slice(pathStart)
    const [path = '', query] = pathAndQuery.split('?')
    return [
      ...withoutScheme(headers),
      pathAndQuery,
      ...new URLSearchParams(query).values(),
      ...path.split('/').filter((part) => part.length >= MIN_PATH_SECRET_LENGTH),
    ]
  })
}

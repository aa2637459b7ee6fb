import { isObject, parseJSON } from '../utils/json.js'
import { redactSharedRuns } from './shared-runs.js'

// Shorter secrets are words that a server has reason to use itself.
const MIN_SECRET_LENGTH = 6
// Shorter parts of a path are words.
const MIN_PATH_SECRET_LENGTH = 12
// Servers show the end of a token that they refuse.
const MIN_TOKEN_PART_LENGTH = 8
// Longer values are not names.
const MAX_NAME_LENGTH = 200

/** The fields of a request body that hold what a person wrote. */
const CONTENT_FIELDS = ['messages', 'prompt', 'input', 'system_prompt', 'instructions', 'questions']
/** The fields that hold names, also within content. */
const NAME_FIELDS = ['role', 'type', 'name', 'id', 'call_id', 'tool_call_id', 'status']
/** The fields outside the content that hold names or one of several settings. Everything else there is content too. */
const SETTING_FIELDS = [
  'model',
  'instance_id',
  'job_id',
  'previous_response_id',
  'tool_choice',
  'allowed_tools',
  'required',
  'reasoning',
  'reasoning_effort',
  'effort',
  'encoding_format',
  'quantization',
]

const OTHER_FIELDS = ['tools', 'response_format', 'text', 'integrations']

/** Whether the client knows what a field holds. Others come from `extraBody`, such as `metadata`. */
const isKnown = (field: string): boolean =>
  [CONTENT_FIELDS, SETTING_FIELDS, OTHER_FIELDS].some((fields) => fields.includes(field))

/**
 * Returns a function that removes secrets and content of a request from a text: servers quote tokens and prompts, whole or
 * in part.
 */
export function createScrub(secrets: readonly string[], bodies: readonly unknown[]): (text: string) => string {
  const tokens = secrets.map(withoutWord)
  // Collected when the first error needs them, once for all of its texts.
  let collected: Collected | undefined
  return (text) => {
    const { keys, content, names } = (collected ??= collect(secrets, bodies))
    const withoutTokens = redactSharedRuns(replaceSecrets(text, keys), tokens, names, MIN_TOKEN_PART_LENGTH)
    return redactSharedRuns(withoutTokens, [...keys, ...content], names)
  }
}

/** Replaces secrets, also where they are escaped as in JSON or in a URL. */
export function replaceSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(toWellFormed(secret))])
    .reduce((result, secret) => result.replaceAll(secret, '[redacted]'), text)
}

/** Half a surrogate pair cannot be encoded. */
const toWellFormed = (text: string): string => text.replace(/\p{Cs}/gu, '')

interface Collected {
  readonly keys: readonly string[]
  readonly content: readonly string[]
  readonly names: ReadonlySet<string>
}

function collect(secrets: readonly string[], bodies: readonly unknown[]): Collected {
  // An interceptor can make anything of a body.
  const sent = bodies.map((body) => (typeof body === 'string' ? parseJSON(body) : body)).filter(isObject)
  const integrations = sent.flatMap((body) => [body.integrations, body.tools])
  const content = sent.flatMap((body) => stringsIn(CONTENT_FIELDS.map((field) => body[field])))
  const names = new Set<string>()
  for (const [field, value] of sent.flatMap(Object.entries)) {
    addNames({ [field]: value }, { names, content, isContent: false, isForeign: !isKnown(field) })
  }
  return { keys: [...withoutScheme(secrets), ...integrations.flatMap(integrationSecrets)], content, names }
}

/** Adds the values of headers without their scheme (`Bearer …`), since a server may quote the key alone. */
export const withoutScheme = (values: readonly string[]): string[] => [...values, ...values.map(withoutWord)]

const withoutWord = (value: string): string => value.slice(value.indexOf(' ') + 1)

/** Returns every string in a value, however deep. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** Where the strings of a request go. */
interface Collecting {
  readonly names: Set<string>
  readonly content: string[]
  /** Whether the value is part of content, all of which has been collected. */
  readonly isContent: boolean
  /** Whether the value is within a field that the client does not know: a name in there can be that of a person. */
  readonly isForeign: boolean
}

/**
 * Collects the names of a request: its fields, and the model, tools and settings. A server must be able to name them. Every
 * other string outside the content, such as the description of a tool or a field of `extraBody`, is content too.
 */
function addNames(value: unknown, into: Collecting, isName = false): void {
  const { names, content, isContent } = into
  if (typeof value === 'string') {
    if (isName && value.length <= MAX_NAME_LENGTH) names.add(value)
    else if (!isContent) content.push(value)
  } else if (Array.isArray(value)) {
    for (const item of value) addNames(item, into, isName)
  } else if (isObject(value)) {
    for (const [field, item] of Object.entries(value)) {
      names.add(field)
      // Of an address the host may be named; integrationSecrets() has the rest.
      if (field === 'server_url' && !isContent) continue
      const isSetting = !isContent && SETTING_FIELDS.includes(field)
      const isName = into.isForeign ? field === 'type' : isSetting || NAME_FIELDS.includes(field)
      addNames(item, { ...into, isContent: isContent || CONTENT_FIELDS.includes(field) }, isName)
    }
  }
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

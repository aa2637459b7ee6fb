import * as v from 'valibot'
import type { JSONObject } from '../utils/json.js'

type Nullish<T> = T | null | undefined

export interface WireToolSource {
  readonly type?: Nullish<string>
  readonly plugin_id?: Nullish<string>
  readonly server_label?: Nullish<string>
}

/** What an item of the output and an event of a stream say of a tool call. */
export interface WireToolCall {
  readonly tool?: Nullish<string>
  readonly arguments?: unknown
  readonly output?: unknown
  readonly provider_info?: Nullish<WireToolSource>
  readonly reason?: Nullish<string>
  readonly metadata?: Nullish<{
    readonly type?: Nullish<string>
    readonly tool_name?: Nullish<string>
    readonly arguments?: unknown
    readonly provider_info?: Nullish<WireToolSource>
  }>
}

export interface WireOutputItem extends WireToolCall {
  readonly type: string
  readonly content?: Nullish<string>
}

export interface WireNativeStats {
  readonly input_tokens?: Nullish<number>
  readonly total_output_tokens?: Nullish<number>
  readonly reasoning_output_tokens?: Nullish<number>
  readonly tokens_per_second?: Nullish<number>
  readonly time_to_first_token_seconds?: Nullish<number>
  readonly model_load_time_seconds?: Nullish<number>
}

/** Body of a whole answer. */
export interface WireNativeChat {
  readonly model_instance_id?: Nullish<string>
  readonly output: readonly WireOutputItem[]
  readonly stats?: Nullish<WireNativeStats>
  readonly response_id?: Nullish<string>
}

/** One event of a streamed answer: whatever its kind, what is read of it. */
export interface WireNativeEvent extends WireToolCall {
  readonly model_instance_id?: Nullish<string>
  readonly progress?: Nullish<number>
  readonly load_time_seconds?: Nullish<number>
  readonly content?: Nullish<string>
}

// Everything is optional and unknown members pass: only a wrong type in a field that is read is an error.
const text = v.nullish(v.string())
const count = v.nullish(v.number())
const anything = v.optional(v.unknown())

const source = v.nullish(v.looseObject({ type: text, plugin_id: text, server_label: text }))

const toolCall = {
  tool: text,
  arguments: anything,
  output: anything,
  provider_info: source,
  reason: text,
  metadata: v.nullish(v.looseObject({ type: text, tool_name: text, arguments: anything, provider_info: source })),
}

const KNOWN_ITEMS = new Set(['message', 'reasoning', 'tool_call', 'invalid_tool_call'])
const knownItem = v.looseObject({ type: v.string(), content: text, ...toolCall })
// Of a kind from the future nothing is read but its name.
const otherItem = v.looseObject({ type: v.string() })

/** Body of a whole answer. */
export const nativeChatSchema: v.GenericSchema<unknown, WireNativeChat> = v.looseObject({
  model_instance_id: text,
  output: v.array(
    v.lazy((item) => (KNOWN_ITEMS.has((item as JSONObject | null)?.type as string) ? knownItem : otherItem)),
  ),
  stats: v.nullish(
    v.looseObject({
      input_tokens: count,
      total_output_tokens: count,
      reasoning_output_tokens: count,
      tokens_per_second: count,
      time_to_first_token_seconds: count,
      model_load_time_seconds: count,
    }),
  ),
  response_id: text,
})

/** One event of a streamed answer. */
export const nativeEventSchema: v.GenericSchema<unknown, WireNativeEvent> = v.looseObject({
  model_instance_id: text,
  progress: count,
  load_time_seconds: count,
  content: text,
  ...toolCall,
})

/** A member of a request that may hold a key: what goes to an MCP server. */
interface SentIntegration {
  readonly headers?: unknown
  readonly server_url?: unknown
}

const MIN_PATH_KEY = 12

/** What an address and headers for an MCP server hold that nobody may read: keys are sent in any part of them. */
export function integrationSecrets(integrations: unknown): string[] {
  if (!Array.isArray(integrations)) return []
  return (integrations as (SentIntegration | null)[]).flatMap((integration) => {
    const headers = Object.values(integration?.headers ?? {}).map(String)
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

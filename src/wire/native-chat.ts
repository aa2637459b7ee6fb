import * as v from 'valibot'
import type { JSONObject } from '../utils/json.js'
import { count, text } from './fields.js'

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
const anything = v.optional(v.unknown())

const source = v.nullish(v.looseObject({ type: text, plugin_id: text, server_label: text }))

// By kind: what is not read of an event or an item may be anything.
const nothing = v.looseObject({})
const instance = v.looseObject({ model_instance_id: text })
const progress = v.looseObject({ progress: count })
const said = v.looseObject({ content: text })
const call = v.looseObject({ tool: text, arguments: anything, output: anything, provider_info: source })
const invalidCall = v.looseObject({
  reason: text,
  metadata: v.nullish(v.looseObject({ type: text, tool_name: text, arguments: anything, provider_info: source })),
})

const ITEMS = new Map<unknown, v.GenericSchema>([
  ['message', said],
  ['reasoning', said],
  ['tool_call', call],
  ['invalid_tool_call', invalidCall],
])
const otherItem = v.looseObject({ type: v.string() })

/** Body of a whole answer. */
export const nativeChatSchema: v.GenericSchema<unknown, WireNativeChat> = v.looseObject({
  model_instance_id: text,
  output: v.array(
    v.lazy(
      (item) => (ITEMS.get((item as JSONObject | null)?.type) ?? otherItem) as v.GenericSchema<unknown, WireOutputItem>,
    ),
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

const EVENTS: Readonly<Record<string, v.GenericSchema>> = {
  'chat.start': instance,
  'model_load.start': instance,
  'model_load.progress': progress,
  'model_load.end': v.looseObject({ model_instance_id: text, load_time_seconds: count }),
  'prompt_processing.progress': progress,
  'reasoning.delta': said,
  'message.delta': said,
  'tool_call.start': call,
  'tool_call.arguments': call,
  'tool_call.success': call,
  'tool_call.failure': invalidCall,
}

/** One event of a streamed answer, by its name. */
export const nativeEventSchema = (name: string): v.GenericSchema<unknown, WireNativeEvent> =>
  (EVENTS[name] ?? nothing) as v.GenericSchema<unknown, WireNativeEvent>

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

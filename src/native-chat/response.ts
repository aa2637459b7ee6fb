import * as v from 'valibot'
import { emptyAnswer } from '../generation/completion-accumulator.js'
import { type Measured, toMs, toStats } from '../generation/stats.js'
import { toUsage } from '../generation/usage.js'
import type { JSONAnswer } from '../http/types.js'
import type { Usage } from '../types.js'
import type { JSONObject } from '../utils/json.js'
import { type Nullish, count, text } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'
import type {
  ChatEvent,
  ChatOutputItem,
  ChatRequest,
  ChatResponse,
  ChatStats,
  InvalidToolCall,
  ServerToolCall,
  ToolSource,
} from './types.js'

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
const instanceEvent = v.looseObject({ model_instance_id: text })
const progressEvent = v.looseObject({ progress: count })
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
  'chat.start': instanceEvent,
  'model_load.start': instanceEvent,
  'model_load.progress': progressEvent,
  'model_load.end': v.looseObject({ model_instance_id: text, load_time_seconds: count }),
  'prompt_processing.progress': progressEvent,
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

/** What of a request is needed later, as it was at the call. */
export type RequestContext = Pick<ChatRequest, 'model' | 'reasoning' | 'maxTokens'>

type Clock = Omit<Measured, 'outputTokens'>

/** A whole answer, and the events it consists of for whoever asked for a stream. */
export function fromChat(
  { body, sentAt, context }: JSONAnswer,
  asked: RequestContext,
): { readonly response: ChatResponse; readonly events: ChatEvent[] } {
  const answer = parseResponse(nativeChatSchema, body, 'The answer', context)
  const clock = { durationMs: performance.now() - sentAt, timeToFirstTokenMs: undefined }
  const response = toResponse(answer, answer.output.map(toItem), asked, clock, context.endpoint)
  const start: ChatEvent = { type: 'chat-start', modelInstanceId: answer.model_instance_id ?? undefined }
  return { response, events: [start, ...response.output.flatMap(toEvents), { type: 'chat-end', response }] }
}

/** The answer, or an {@link InvalidResponseError} when there is none: silence is how some overflows look. */
export function toResponse(
  answer: WireNativeChat,
  output: readonly ChatOutputItem[],
  { model, maxTokens }: RequestContext,
  clock: Clock,
  endpoint: string,
): ChatResponse {
  const { response_id: responseId, model_instance_id: instance } = answer
  const content = toContent(output, answer.stats, clock)
  const { outputTokens = 0 } = content.usage
  if (!output.some((item) => !('text' in item) || item.text !== '') && outputTokens <= 0) {
    throw emptyAnswer(endpoint)
  }
  return {
    ...content,
    modelInstanceId: instance || model,
    ...(responseId ? { responseId } : {}),
    finishReason: maxTokens !== undefined && outputTokens >= maxTokens ? 'length' : 'stop',
    isFinishReasonInferred: true,
    raw: answer,
  }
}

/** What of an answer there is before it is whole, too. */
export function toContent(
  output: readonly ChatOutputItem[],
  stats: WireNativeStats | null | undefined,
  clock: Clock,
): Pick<ChatResponse, 'text' | 'reasoning' | 'output' | 'usage' | 'stats'> {
  const reasoning = textOf(output, 'reasoning')
  const usage = toNativeUsage(stats)
  return {
    text: textOf(output, 'message'),
    ...(reasoning === '' ? {} : { reasoning }),
    output,
    usage,
    stats: toChatStats(stats, { ...clock, outputTokens: usage.outputTokens }),
  }
}

const textOf = (output: readonly ChatOutputItem[], type: 'message' | 'reasoning'): string =>
  output.map((item) => (item.type === type ? item.text : '')).join('')

function toNativeUsage(stats: WireNativeStats | null | undefined): Usage {
  const usage = toUsage({
    prompt_tokens: stats?.input_tokens,
    completion_tokens: stats?.total_output_tokens,
    completion_tokens_details: { reasoning_tokens: stats?.reasoning_output_tokens },
  })
  const { inputTokens, outputTokens } = usage
  const isKnown = inputTokens !== undefined && outputTokens !== undefined
  return { ...usage, totalTokens: isKnown ? inputTokens + outputTokens : undefined }
}

function toChatStats(stats: WireNativeStats | null | undefined, measured: Measured): ChatStats {
  const { tokens_per_second: speed, time_to_first_token_seconds: first } = stats ?? {}
  return {
    ...toStats({ tokens_per_second: speed, time_to_first_token: first }, measured),
    modelLoadTimeMs: toMs(stats?.model_load_time_seconds),
  }
}

/** An item of the output in our words; one of a kind from the future as it came. */
export function toItem(item: WireOutputItem): ChatOutputItem {
  switch (item.type) {
    case 'message':
    case 'reasoning':
      return { type: item.type, text: item.content ?? '' }
    case 'tool_call':
      return { type: 'tool-call', ...toToolCall(item) }
    case 'invalid_tool_call':
      return { type: 'invalid-tool-call', ...toInvalidCall(item) }
    default:
      return { type: 'unknown', name: item.type, data: item }
  }
}

function toToolCall(call: WireToolCall): ServerToolCall {
  const { output } = call
  return {
    ...toCall(call),
    arguments: call.arguments,
    output: typeof output === 'string' ? output : output === undefined ? '' : JSON.stringify(output),
  }
}

function toInvalidCall({ reason, metadata }: WireToolCall): InvalidToolCall {
  const { type, tool_name: name, arguments: given, provider_info: source } = metadata ?? {}
  return {
    reason: reason ?? '',
    kind: type === 'invalid_name' ? 'invalid-name' : type === 'invalid_arguments' ? 'invalid-arguments' : 'other',
    name: name ?? undefined,
    ...(given === undefined ? {} : { arguments: given }),
    ...toSource(source),
  }
}

const toCall = ({ tool, provider_info: source }: WireToolCall): { name: string; source?: ToolSource } => ({
  name: tool ?? '',
  ...toSource(source),
})

function toSource(source: WireToolSource | null | undefined): { source?: ToolSource } {
  if (!source) return {}
  const { type, plugin_id: id, server_label: serverLabel } = source
  if (type === 'plugin') return { source: { type, id: id ?? '' } }
  if (type === 'ephemeral_mcp') return { source: { type: 'ephemeral-mcp', serverLabel: serverLabel ?? '' } }
  return { source: { type: 'unknown', data: source } }
}

type Read = (event: WireNativeEvent) => ChatEvent | undefined

const instance = ({ model_instance_id: id }: WireNativeEvent): { modelInstanceId: string | undefined } => ({
  modelInstanceId: id ?? undefined,
})

const progress =
  (phase: 'model-load' | 'prompt-processing'): Read =>
  ({ progress: share }) =>
    typeof share === 'number' ? { type: 'progress', phase, progress: Math.min(1, Math.max(0, share)) } : undefined

// An empty piece says nothing.
const delta =
  (type: 'text-delta' | 'reasoning-delta'): Read =>
  ({ content }) =>
    content ? { type, text: content } : undefined

/** How each event of wire reference 7.2 is read, but for `error` and `chat.end`. */
export const EVENT_PARSERS: Readonly<Record<string, Read>> = {
  'chat.start': (event) => ({ type: 'chat-start', ...instance(event) }),
  'model_load.start': (event) => ({ type: 'model-load-start', ...instance(event) }),
  'model_load.progress': progress('model-load'),
  'model_load.end': (event) => ({
    type: 'model-load-end',
    ...instance(event),
    loadTimeMs: toMs(event.load_time_seconds),
  }),
  'prompt_processing.start': () => ({ type: 'prompt-processing-start' }),
  'prompt_processing.progress': progress('prompt-processing'),
  'prompt_processing.end': () => ({ type: 'prompt-processing-end' }),
  'reasoning.start': () => ({ type: 'reasoning-start' }),
  'reasoning.delta': delta('reasoning-delta'),
  'reasoning.end': () => ({ type: 'reasoning-end' }),
  'tool_call.start': (event) => ({ type: 'tool-call-start', ...toCall(event) }),
  'tool_call.arguments': (event) => ({ type: 'tool-call-arguments', ...toCall(event), arguments: event.arguments }),
  'tool_call.success': (event) => ({ type: 'tool-call-success', ...toToolCall(event) }),
  'tool_call.failure': (event) => ({ type: 'tool-call-failure', ...toInvalidCall(event) }),
  'message.start': () => ({ type: 'text-start' }),
  'message.delta': delta('text-delta'),
  'message.end': () => ({ type: 'text-end' }),
}

/** The events a server would have sent for an item. */
function toEvents(item: ChatOutputItem): ChatEvent[] {
  switch (item.type) {
    case 'message':
    case 'reasoning': {
      const kind = item.type === 'message' ? 'text' : 'reasoning'
      const pieces: ChatEvent[] = item.text === '' ? [] : [{ type: `${kind}-delta`, text: item.text }]
      return [{ type: `${kind}-start` }, ...pieces, { type: `${kind}-end` }]
    }
    case 'tool-call': {
      const { output, type: _, ...call } = item
      const { arguments: _given, ...start } = call
      return [
        { type: 'tool-call-start', ...start },
        { type: 'tool-call-arguments', ...call },
        { type: 'tool-call-success', ...call, output },
      ]
    }
    case 'invalid-tool-call':
      return [{ ...item, type: 'tool-call-failure' }]
    case 'unknown':
      return [item]
  }
}

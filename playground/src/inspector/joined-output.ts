import { createEventReader } from './event-reader.js'
import { isObject, type JSONObject } from '../lib/json-object.js'
import { parseObject } from './recorded.js'

/** A tool call of the output. */
export interface JoinedCall {
  readonly name: string
  readonly arguments: string
  /** The result, if the server ran the tool. */
  readonly result?: string
}

/** What a model generated in total, whatever the route. */
export interface JoinedOutput {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly JoinedCall[]
  /** Figures as the server sent them. */
  readonly usage: JSONObject | undefined
  readonly finishReason: string | undefined
  readonly error: string | undefined
}

interface Draft {
  text: string
  reasoning: string
  calls: { name: string; arguments: string; result?: string }[]
  usage: JSONObject | undefined
  finishReason: string | undefined
  error: string | undefined
}

export interface OutputReader {
  /** Reads the chunks that are new since the previous call. */
  read(chunks: readonly { readonly at: number; readonly text: string }[]): JoinedOutput
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly JSONObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? {}))

/**
 * Creates an incremental reader that joins the deltas of a stream. Lenient on purpose: the Inspector shows what arrived, even
 * of a response that the library rejects.
 */
export function createOutputReader(): OutputReader {
  const events = createEventReader()
  const draft = emptyDraft()
  let seen = 0
  return {
    read(chunks) {
      events.read(chunks)
      for (; seen < events.events.length; seen++) {
        const { name, data } = events.events[seen]!
        const value = parseObject(data)
        if (value !== undefined) addEvent(draft, name === 'message' ? text(value.type) : name, value)
      }
      return { ...draft, calls: draft.calls.filter(Boolean) }
    },
  }
}

/** Reads the body of a response that is not a stream; `undefined` if it has no model output. */
export function readOutput(body: string): JoinedOutput | undefined {
  const value = parseObject(body)
  if (value === undefined) return undefined
  const draft = emptyDraft()
  if (Array.isArray(value.choices)) addCompletion(draft, value)
  else if (Array.isArray(value.output)) addOutput(draft, value)
  else return undefined
  return draft
}

const emptyDraft = (): Draft => ({
  text: '',
  reasoning: '',
  calls: [],
  usage: undefined,
  finishReason: undefined,
  error: undefined,
})

function addEvent(draft: Draft, name: string, event: JSONObject): void {
  if (event.error !== undefined && event.error !== null) {
    draft.error = isObject(event.error) ? text(event.error.message) : asText(event.error)
  }
  if (Array.isArray(event.choices)) return addCompletion(draft, event)
  const last = draft.calls.at(-1)
  switch (name) {
    // /api/v1/chat
    case 'message.delta':
      draft.text += text(event.content)
      break
    case 'reasoning.delta':
      draft.reasoning += text(event.content)
      break
    case 'tool_call.start':
      draft.calls.push({ name: text(event.tool), arguments: '' })
      break
    case 'tool_call.arguments':
      if (last !== undefined) last.arguments = asText(event.arguments)
      break
    case 'tool_call.success':
      if (last !== undefined) last.result = text(event.output)
      break
    case 'tool_call.failure':
      if (last !== undefined) last.result = text(event.reason)
      break
    case 'chat.end':
      draft.usage = isObject(event.result) && isObject(event.result.stats) ? event.result.stats : undefined
      break
    // /v1/responses
    case 'response.output_text.delta':
      draft.text += text(event.delta)
      break
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      draft.reasoning += text(event.delta)
      break
    case 'response.output_item.done':
      if (isObject(event.item) && event.item.type === 'function_call') {
        draft.calls.push({ name: text(event.item.name), arguments: asText(event.item.arguments) })
      }
      break
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      if (!isObject(event.response)) break
      draft.usage = isObject(event.response.usage) ? event.response.usage : undefined
      draft.finishReason = text(event.response.status) || undefined
      break
    default:
  }
}

/** Adds a chunk or the whole of /v1/chat/completions and /v1/completions. */
function addCompletion(draft: Draft, event: JSONObject): void {
  if (isObject(event.usage)) draft.usage = event.usage
  const [choice] = list(event.choices)
  if (choice === undefined) return
  draft.finishReason = text(choice.finish_reason) || draft.finishReason
  draft.text += text(choice.text)
  const part = choice.delta ?? choice.message
  if (!isObject(part)) return
  draft.text += text(part.content)
  draft.reasoning += text(part.reasoning_content ?? part.reasoning)
  list(part.tool_calls).forEach((call, position) => {
    const index = typeof call.index === 'number' ? call.index : position
    const joined = (draft.calls[index] ??= { name: '', arguments: '' })
    const { name, arguments: args } = isObject(call.function) ? call.function : {}
    joined.name ||= text(name)
    joined.arguments += typeof args === 'string' ? args : args === undefined || args === null ? '' : asText(args)
  })
}

/** Adds the output of a complete /v1/responses or /api/v1/chat. */
function addOutput(draft: Draft, body: JSONObject): void {
  draft.usage = isObject(body.usage) ? body.usage : isObject(body.stats) ? body.stats : undefined
  draft.finishReason = text(body.status) || undefined
  for (const item of list(body.output)) {
    const content =
      typeof item.content === 'string'
        ? item.content
        : list(item.content)
            .map((part) => text(part.text))
            .join('')
    if (item.type === 'message') draft.text += content
    else if (item.type === 'reasoning') draft.reasoning += content
    else if (item.type === 'function_call') {
      draft.calls.push({ name: text(item.name), arguments: asText(item.arguments) })
    } else if (item.type === 'tool_call') {
      draft.calls.push({ name: text(item.tool), arguments: asText(item.arguments), result: text(item.output) })
    }
  }
}

import { isObject, type JSONObject } from './recorded.js'

/** Stands for: the library cannot be told to send this. */
export const UNKNOWN: unique symbol = Symbol('unknown')
export type Unknown = typeof UNKNOWN

/** Whether an object has no members but these. */
export const hasOnly = (value: JSONObject, names: readonly string[]): boolean =>
  Object.keys(value).every((name) => names.includes(name))

const isDataURL = (value: unknown): value is string => typeof value === 'string' && value.startsWith('data:image/')

/** The messages of a chat completion as the library takes them. */
export function toMessages(value: unknown): JSONObject[] | Unknown {
  if (!Array.isArray(value) || value.length === 0) return UNKNOWN
  const messages = value.map(toMessage)
  return messages.includes(UNKNOWN) ? UNKNOWN : (messages as JSONObject[])
}

function toMessage(message: unknown): JSONObject | Unknown {
  if (!isObject(message)) return UNKNOWN
  const { role, content } = message
  if (role === 'system' && hasOnly(message, ['role', 'content']) && typeof content === 'string') return message
  if (role === 'user' && hasOnly(message, ['role', 'content'])) {
    const parts = typeof content === 'string' ? content : toParts(content)
    return parts === UNKNOWN ? UNKNOWN : { role, content: parts }
  }
  if (role === 'tool' && hasOnly(message, ['role', 'content', 'tool_call_id'])) {
    return typeof content === 'string' ? { role, toolCallId: message.tool_call_id, content } : UNKNOWN
  }
  if (role !== 'assistant' || !hasOnly(message, ['role', 'content', 'tool_calls'])) return UNKNOWN
  const calls = message.tool_calls
  if (calls === undefined) return typeof content === 'string' ? { role, content } : UNKNOWN
  const toolCalls = Array.isArray(calls) ? calls.map(toToolCall) : [UNKNOWN]
  return toolCalls.includes(UNKNOWN) ? UNKNOWN : { role, content, toolCalls }
}

function toParts(content: unknown): JSONObject[] | Unknown {
  if (!Array.isArray(content) || content.length === 0) return UNKNOWN
  const parts = content.map((part: unknown) => {
    if (!isObject(part)) return UNKNOWN
    if (part.type === 'text' && typeof part.text === 'string') return { type: 'text', text: part.text }
    const url = isObject(part.image_url) ? part.image_url.url : part.image_url
    return isDataURL(url) ? { type: 'image', image: url } : UNKNOWN
  })
  return parts.includes(UNKNOWN) ? UNKNOWN : (parts as JSONObject[])
}

function toToolCall(call: unknown): JSONObject | Unknown {
  if (!isObject(call) || !isObject(call.function)) return UNKNOWN
  const { name, arguments: text } = call.function
  return typeof text === 'string' ? { id: call.id, name, rawArguments: text } : UNKNOWN
}

/** Items of the responses route as messages. */
export function fromItems(value: unknown): string | JSONObject[] | Unknown {
  if (typeof value === 'string') return value
  if (!Array.isArray(value) || value.length === 0) return UNKNOWN
  const messages: JSONObject[] = []
  for (const item of value as unknown[]) {
    if (!isObject(item)) return UNKNOWN
    const { type, role, content } = item
    const last = messages.at(-1)
    if (type === 'function_call') {
      const call = { id: item.call_id, name: item.name, rawArguments: item.arguments }
      // Calls follow what was said with them.
      const before = last?.role === 'assistant' ? messages.pop()! : { role: 'assistant' }
      messages.push({ ...before, toolCalls: [...((before.toolCalls as unknown[] | undefined) ?? []), call] })
    } else if (type === 'function_call_output') {
      messages.push({ role: 'tool', toolCallId: item.call_id, content: item.output })
    } else if (typeof role === 'string' && typeof content === 'string') {
      messages.push({ role, content })
    } else if (role === 'user') {
      const said = Array.isArray(content) ? content.map(fromInput) : UNKNOWN
      const parts = toParts(said)
      if (parts === UNKNOWN) return UNKNOWN
      messages.push({ role, content: parts })
    } else return UNKNOWN
  }
  return messages
}

const fromInput = (part: unknown): unknown =>
  isObject(part) && part.type === 'input_text' ? { type: 'text', text: part.text } : part

/** The input of a native chat. */
export function fromNativeInput(value: unknown): string | JSONObject[] | Unknown {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return UNKNOWN
  return toParts(
    value.map((part: unknown) => {
      if (!isObject(part)) return part
      if (part.type === 'text') return { type: 'text', text: part.content }
      return { type: 'image', image_url: part.data_url }
    }),
  )
}

import { isObject, type JSONObject } from '../lib/json-object.js'

/** Marks a value that the library cannot send. */
export const UNSUPPORTED: unique symbol = Symbol('unsupported')
export type Unsupported = typeof UNSUPPORTED

/** Whether an object has no members other than these. */
export const hasOnly = (value: JSONObject, names: readonly string[]): boolean =>
  Object.keys(value).every((name) => names.includes(name))

const isDataURL = (value: unknown): value is string => typeof value === 'string' && value.startsWith('data:image/')

/** Converts the messages of a chat completion to those of the library. */
export function toMessages(value: unknown): JSONObject[] | Unsupported {
  if (!Array.isArray(value) || value.length === 0) return UNSUPPORTED
  const messages = value.map(toMessage)
  return messages.includes(UNSUPPORTED) ? UNSUPPORTED : (messages as JSONObject[])
}

function toMessage(message: unknown): JSONObject | Unsupported {
  if (!isObject(message)) return UNSUPPORTED
  const { role, content } = message
  if (role === 'system' && hasOnly(message, ['role', 'content']) && typeof content === 'string') return message
  if (role === 'user' && hasOnly(message, ['role', 'content'])) {
    const parts = typeof content === 'string' ? content : toParts(content)
    return parts === UNSUPPORTED ? UNSUPPORTED : { role, content: parts }
  }
  if (role === 'tool' && hasOnly(message, ['role', 'content', 'tool_call_id'])) {
    return typeof content === 'string' ? { role, toolCallId: message.tool_call_id, content } : UNSUPPORTED
  }
  if (role !== 'assistant' || !hasOnly(message, ['role', 'content', 'tool_calls'])) return UNSUPPORTED
  const calls = message.tool_calls
  if (calls === undefined) return typeof content === 'string' ? { role, content } : UNSUPPORTED
  const toolCalls = Array.isArray(calls) ? calls.map(toToolCall) : [UNSUPPORTED]
  return toolCalls.includes(UNSUPPORTED) ? UNSUPPORTED : { role, content, toolCalls }
}

function toParts(content: unknown): JSONObject[] | Unsupported {
  if (!Array.isArray(content) || content.length === 0) return UNSUPPORTED
  const parts = content.map((part: unknown) => {
    if (!isObject(part)) return UNSUPPORTED
    if (part.type === 'text' && typeof part.text === 'string') return { type: 'text', text: part.text }
    const url = isObject(part.image_url) ? part.image_url.url : part.image_url
    return isDataURL(url) ? { type: 'image', image: url } : UNSUPPORTED
  })
  return parts.includes(UNSUPPORTED) ? UNSUPPORTED : (parts as JSONObject[])
}

function toToolCall(call: unknown): JSONObject | Unsupported {
  if (!isObject(call) || !isObject(call.function)) return UNSUPPORTED
  const { name, arguments: text } = call.function
  return typeof text === 'string' ? { id: call.id, name, rawArguments: text } : UNSUPPORTED
}

/** Converts the items of the Responses route to messages. */
export function fromItems(value: unknown): string | JSONObject[] | Unsupported {
  if (typeof value === 'string') return value
  if (!Array.isArray(value) || value.length === 0) return UNSUPPORTED
  const messages: JSONObject[] = []
  for (const item of value as unknown[]) {
    if (!isObject(item)) return UNSUPPORTED
    const { type, role, content } = item
    const last = messages.at(-1)
    if (type === 'function_call') {
      const call = { id: item.call_id, name: item.name, rawArguments: item.arguments }
      // A call belongs to the assistant message before it.
      const message = last?.role === 'assistant' ? messages.pop()! : { role: 'assistant' }
      messages.push({ ...message, toolCalls: [...((message.toolCalls as unknown[] | undefined) ?? []), call] })
    } else if (type === 'function_call_output') {
      messages.push({ role: 'tool', toolCallId: item.call_id, content: item.output })
    } else if (typeof role === 'string' && typeof content === 'string') {
      messages.push({ role, content })
    } else if (role === 'user') {
      const parts = toParts(Array.isArray(content) ? content.map(fromInput) : UNSUPPORTED)
      if (parts === UNSUPPORTED) return UNSUPPORTED
      messages.push({ role, content: parts })
    } else return UNSUPPORTED
  }
  return messages
}

const fromInput = (part: unknown): unknown =>
  isObject(part) && part.type === 'input_text' ? { type: 'text', text: part.text } : part

/** Converts the input of a native chat. */
export function fromNativeInput(value: unknown): string | JSONObject[] | Unsupported {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return UNSUPPORTED
  return toParts(
    value.map((part: unknown) => {
      if (!isObject(part)) return part
      if (part.type === 'text') return { type: 'text', text: part.content }
      return { type: 'image', image_url: part.data_url }
    }),
  )
}

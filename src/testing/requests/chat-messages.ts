import { asArray, asObject, asString, isObject } from '../json-values.js'
import { throwStringError } from '../replies/errors.js'
import type { MockMessage } from '../types.js'
import { findUnknownCallId } from './call-ids.js'
import { isImageURL } from './images.js'

function throwInvalidMessages(): never {
  throwStringError("Invalid 'messages' in payload. Each message needs a 'role' and a matching 'content'.")
}

function readContent(content: unknown): { text: string; images: string[] } {
  if (typeof content === 'string') return { text: content, images: [] }
  if (!Array.isArray(content)) throwInvalidMessages()
  const images: string[] = []
  const texts: string[] = []
  for (const part of content) {
    const { type, text, image_url: image } = asObject(part)
    if (type === 'text' && typeof text === 'string') {
      texts.push(text)
    } else if (type === 'image_url' && isObject(image)) {
      if (!isImageURL(image.url)) throwStringError("'url' field must be a base64 encoded image")
      images.push(image.url)
    } else {
      throwInvalidMessages()
    }
  }
  return { text: texts.join('\n'), images }
}

type ToolCalls = NonNullable<MockMessage['toolCalls']>

function readToolCalls(value: unknown): ToolCalls {
  if (value !== undefined && value !== null && !Array.isArray(value)) throwInvalidMessages()
  return asArray(value).map((call) => {
    const { id, type, function: definition } = asObject(call)
    const { name, arguments: args } = asObject(definition)
    const isComplete = asString(id) !== '' && type === 'function' && asString(name) !== ''
    if (!isComplete || typeof args !== 'string') throwInvalidMessages()
    return { id: asString(id), name: asString(name), arguments: args }
  })
}

const roles: Readonly<Record<string, MockMessage['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
}

function readMessage(value: unknown): MockMessage {
  const { role: wireRole, content, tool_calls: calls, tool_call_id: id } = asObject(value)
  const role = roles[asString(wireRole)] ?? throwInvalidMessages()
  if (role === 'tool') {
    if (typeof content !== 'string' || typeof id !== 'string') throwInvalidMessages()
    return { role, text: content, images: [], toolCallId: id }
  }
  if (role !== 'assistant') return { role, ...readContent(content) }
  const toolCalls = readToolCalls(calls)
  // Only an assistant message may have no content; older versions omit it next to tool calls.
  const parts = readContent(content ?? '')
  return { role, ...parts, ...(toolCalls.length > 0 ? { toolCalls } : {}) }
}

/** Reads the messages of a chat completion, or sends a 400. */
export function readMessages(value: unknown): readonly MockMessage[] {
  if (!Array.isArray(value)) throwStringError("'messages' field is required")
  if (value.length === 0) throwStringError("'messages' array must not be empty")
  const messages = value.map(readMessage)
  // That LM Studio checks the id is assumed: chat templates fail on a result without a call.
  if (findUnknownCallId(messages) !== undefined) throwInvalidMessages()
  return messages
}

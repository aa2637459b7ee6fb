import { asArray, asObject, asString, isObject } from '../json-values.js'
import { throwStringError } from '../replies/errors.js'
import type { MockMessage } from '../types.js'

function throwInvalidMessages(): never {
  throwStringError("Invalid 'messages' in payload. Each message needs a 'role' and a matching 'content'.")
}

/** WebP was refused on 0.4.9, remote addresses are refused everywhere (docs/http-api.md 9.5). */
const dataURL = /^data:image\/(?:png|jpe?g|gif|bmp);base64,[A-Za-z0-9+/=\s]+$/u

/** Returns whether an image is one that LM Studio decodes. */
export const isImageURL = (url: unknown): url is string => typeof url === 'string' && dataURL.test(url)

/** Returns the text and images of a message's content, by the part names of any API. */
export function readContent(content: unknown, throwInvalidImage: () => never): { text: string; images: string[] } {
  if (typeof content === 'string') return { text: content, images: [] }
  const images: string[] = []
  const texts: string[] = []
  for (const part of asArray(content)) {
    const { type, text, image_url: image } = asObject(part)
    if (type === 'image_url' || type === 'input_image') {
      const url = isObject(image) ? image.url : image
      images.push(isImageURL(url) ? url : throwInvalidImage())
    } else if (typeof text === 'string') {
      texts.push(text)
    }
  }
  return { text: texts.join('\n'), images }
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
  const toolCalls = asArray(calls).map((call) => {
    const { id: callId, function: definition } = asObject(call)
    const { name, arguments: args } = asObject(definition)
    if (asString(callId) === '' || asString(name) === '') throwInvalidMessages()
    return { id: asString(callId), name: asString(name), arguments: asString(args) }
  })
  const isAbsent = content === undefined || content === null
  if (isAbsent ? role !== 'assistant' : typeof content !== 'string' && !Array.isArray(content)) throwInvalidMessages()
  const parts = readContent(content, () => throwStringError("'url' field must be a base64 encoded image"))
  return { role, ...parts, ...(toolCalls.length > 0 ? { toolCalls } : {}) }
}

/** Reads the messages of a chat completion, or sends a 400. */
export function readMessages(value: unknown): readonly MockMessage[] {
  if (!Array.isArray(value)) throwStringError("'messages' field is required")
  if (value.length === 0) throwStringError("'messages' array must not be empty")
  return value.map(readMessage)
}

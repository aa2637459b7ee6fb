import { asArray, asObject, asString, isObject } from './json-values.js'
import type { MockMessage } from './types.js'
import { refuse } from './wire-errors.js'

const invalid = (): never =>
  refuse("Invalid 'messages' in payload. Each message needs a 'role' and a matching 'content'.")

/** PNG and JPEG pass; WebP was refused on 0.4.9, and remote addresses are refused everywhere. */
const dataURL = /^data:image\/(?:png|jpe?g|gif|bmp);base64,[A-Za-z0-9+/=\s]+$/u

/** Whether an image is one LM Studio decodes. */
export const isImageURL = (url: unknown): url is string => typeof url === 'string' && dataURL.test(url)

/** The text and images of a message's content, whichever API's part names it uses. */
export function readContent(content: unknown, refuseImage: () => never): { text: string; images: string[] } {
  if (typeof content === 'string') return { text: content, images: [] }
  const images: string[] = []
  const texts: string[] = []
  for (const part of asArray(content)) {
    const { type, text, image_url: image } = asObject(part)
    if (type === 'image_url' || type === 'input_image') {
      const url = isObject(image) ? image.url : image
      images.push(isImageURL(url) ? url : refuseImage())
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
  const { role, content, tool_calls: calls, tool_call_id: id } = asObject(value)
  const known = roles[asString(role)] ?? invalid()
  if (known === 'tool') {
    // Results must be strings, and belong to a call.
    if (typeof content !== 'string' || typeof id !== 'string') invalid()
    return { role: known, text: asString(content), images: [], toolCallId: asString(id) }
  }
  const toolCalls = asArray(calls).map((call) => {
    const { id: callId, function: callee } = asObject(call)
    const { name, arguments: args } = asObject(callee)
    if (asString(callId) === '' || asString(name) === '') invalid()
    return { id: asString(callId), name: asString(name), arguments: asString(args) }
  })
  const isAbsent = content === undefined || content === null
  if (isAbsent ? known !== 'assistant' : typeof content !== 'string' && !Array.isArray(content)) invalid()
  const read = readContent(content, () => refuse("'url' field must be a base64 encoded image"))
  return { role: known, ...read, ...(toolCalls.length > 0 ? { toolCalls } : {}) }
}

/** The messages of a chat completion, or a refusal. */
export function readMessages(value: unknown): readonly MockMessage[] {
  if (!Array.isArray(value)) refuse("'messages' field is required")
  const messages = asArray(value)
  if (messages.length === 0) refuse("'messages' array must not be empty")
  return messages.map(readMessage)
}

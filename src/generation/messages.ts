import * as v from 'valibot'
import type { Issue } from '../errors/errors.js'
import type {
  AssistantMessage,
  ContentPart,
  ImagePart,
  Message,
  SystemMessage,
  TextPart,
  ToolCallInput,
  ToolMessage,
  UserMessage,
} from '../types.js'
import { isObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { misplaced, type EntriesOf, name, textOr, variant } from '../validation/schema.js'

/** The two ways to give a conversation. */
interface Prompt {
  readonly messages?: readonly Message[] | undefined
  readonly prompt?: string | undefined
  readonly system?: string | undefined
}

/** Whether a conversation contains an image, which not every model can see. Also for messages that were not checked. */
export const hasImages = (messages: readonly Message[]): boolean =>
  messages.some(({ role, content }) => role === 'user' && typeof content !== 'string' && hasImage(content))

const hasImage = (content: Message['content']): boolean =>
  Array.isArray(content) && (content as readonly (ContentPart | null)[]).some((part) => part?.type === 'image')

/** Returns the messages of a valid request. */
export const toMessages = ({ messages, prompt, system }: Prompt): readonly Message[] =>
  messages ?? [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: prompt! },
  ]

/** Returns the issue of a request that gives the conversation in neither or both of the two ways. */
export const promptIssues = ({ messages, prompt }: Prompt): Issue[] =>
  (messages === undefined) === (prompt === undefined)
    ? [{ path: ['messages'], message: 'or `prompt` is required, but not both' }]
    : []

const isImage = (value: unknown): boolean =>
  typeof value === 'string'
    ? /^data:image\/[\w.+-]+;base64,/.test(value)
    : value instanceof Uint8Array ||
      value instanceof ArrayBuffer ||
      (typeof Blob === 'function' && value instanceof Blob)

// The parts of OpenAI's routes are called `image_url`, `input_image`, `input_text` and `output_text`.
function adviceForPart(type: string): string | undefined {
  if (type.includes('image')) return 'must be `image` here: { type: "image", image: <data URL, Blob or bytes> }'
  return type.includes('text') ? 'must be `text` here' : undefined
}

function adviceForRole(role: string): string | undefined {
  if (role === 'function') return 'must be `tool` here, with a `toolCallId`'
  return role === 'developer' ? 'must be `system` here' : undefined
}

/** One part of a user message. */
export const partSchema = /* @__PURE__ */ once(() => {
  const text = v.string()
  const image = v.custom(isImage, 'must be a data:image/…;base64 URL, a Blob or bytes: the server does not fetch URLs')
  const parts = {
    text: v.strictObject({ type: text, text } satisfies EntriesOf<TextPart>),
    image: v.strictObject({ type: text, image } satisfies EntriesOf<ImagePart>),
  }
  return variant('type', parts, adviceForPart)
})

/** One {@link Message}. */
export const messageSchema = /* @__PURE__ */ once(() => {
  const text = v.string()
  const isPart = misplaced('belongs in `content`: [{ type: "text", text }, { type: "image", image }]')
  const toolCall = { id: name, name, arguments: v.optional(v.unknown()), rawArguments: v.optional(text) }
  const parts = v.array(partSchema(), 'must be a string or a list of parts')
  const toolCalls = v.optional(v.array(v.strictObject(toolCall satisfies EntriesOf<ToolCallInput>)))
  const roles = {
    system: v.strictObject({ role: text, content: text } satisfies EntriesOf<SystemMessage>),
    user: v.strictObject({
      ...({ role: text, content: textOr(parts) } satisfies EntriesOf<UserMessage>),
      image: isPart,
      images: isPart,
    }),
    assistant: v.strictObject({
      role: text,
      content: v.nullish(text),
      toolCalls,
    } satisfies EntriesOf<AssistantMessage>),
    tool: v.strictObject({ role: text, toolCallId: name, content: text } satisfies EntriesOf<ToolMessage>),
  }
  return variant('role', roles, adviceForRole)
})

/** The field names of messages and tools, from which the closest match for an unknown one is suggested. */
export const MESSAGE_KEYS: readonly string[] = [
  'content',
  'role',
  'toolCalls',
  'toolCallId',
  'image',
  'text',
  'rawArguments',
  'arguments',
  'tool',
]

/**
 * Returns what is wrong with messages beyond their shape.
 *
 * @param hasEarlierCalls - whether calls may be in a conversation that the server stores, before these messages
 */
export function messageIssues(messages: readonly Message[], field: string, hasEarlierCalls = false): Issue[] {
  if (messages.length === 0) return [{ path: [field], message: 'must not be empty' }]
  const empty = messages.flatMap(({ content }, index) =>
    Array.isArray(content) && content.length === 0
      ? [{ path: [field, index, 'content'], message: 'must not be empty' }]
      : [],
  )
  return [...empty, ...callIssues(messages, field, hasEarlierCalls)]
}

/** Returns the calls of a message, which may not have been checked yet. */
export function toolCallsOf(message: Message): readonly ToolCallInput[] {
  const calls: unknown = message.role === 'assistant' ? message.toolCalls : undefined
  return Array.isArray(calls) && calls.every(isObject) ? (calls as unknown as ToolCallInput[]) : []
}

/** Servers and chat templates reject a result without its call, and two results of one call. */
function callIssues(messages: readonly Message[], field: string, hasEarlierCalls: boolean): Issue[] {
  const issues: Issue[] = []
  // Whether each call has its result. An id may come back in a later message, for another call.
  const hasResult = new Map<string, boolean>()
  for (const [index, message] of messages.entries()) {
    if (message.role === 'assistant') {
      const ids = new Set<string>()
      for (const [position, { id }] of toolCallsOf(message).entries()) {
        if (ids.has(id)) {
          issues.push({
            path: [field, index, 'toolCalls', position, 'id'],
            message: 'is used by another call of this message',
          })
        }
        ids.add(id)
        hasResult.set(id, false)
      }
    } else if (message.role === 'tool') {
      const path = [field, index, 'toolCallId']
      const known = hasResult.get(message.toolCallId)
      if (known === undefined && !hasEarlierCalls) issues.push({ path, message: 'does not match an earlier tool call' })
      if (known === true) issues.push({ path, message: 'already has a result' })
      hasResult.set(message.toolCallId, true)
    }
  }
  return issues
}

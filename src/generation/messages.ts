import * as v from 'valibot'
import type { Issue } from '../errors/errors.js'
import type { Message } from '../types.js'
import { name, textOr, variant } from '../validation/schema.js'

/** The two ways to say what is asked. */
interface Prompt {
  readonly messages?: readonly Message[] | undefined
  readonly prompt?: string | undefined
  readonly system?: string | undefined
}

/** The conversation that a checked request asks to go on with. */
export const toMessages = ({ messages, prompt, system }: Prompt): readonly Message[] =>
  messages ?? [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: prompt! },
  ]

/** What is wrong when neither of the two ways, or both, are taken. */
export const promptIssues = ({ messages, prompt }: Prompt): Issue[] =>
  (messages === undefined) === (prompt === undefined)
    ? [{ path: ['messages'], message: 'or `prompt` must be given, and only one of them' }]
    : []

// What the requests of several routes have in common.

const text = v.string()
const isBytes = (value: unknown): boolean =>
  value instanceof Uint8Array || value instanceof ArrayBuffer || (typeof Blob === 'function' && value instanceof Blob)

const isImage = (value: unknown): boolean =>
  typeof value === 'string' ? /^data:image\/[\w.+-]+;base64,/.test(value) : isBytes(value)

/** One part of a user message. */
export const partSchema: v.GenericSchema = variant('type', {
  text: v.strictObject({ type: text, text }),
  image: v.strictObject({
    type: text,
    image: v.custom(isImage, 'must be a data:image/…;base64 URL, a Blob or bytes: the server fetches no URL'),
  }),
})

/** One {@link Message}. */
export const messageSchema: v.GenericSchema = variant('role', {
  system: v.strictObject({ role: text, content: text }),
  user: v.strictObject({ role: text, content: textOr(v.array(partSchema, 'must be a text or a list of parts')) }),
  assistant: v.strictObject({
    role: text,
    content: v.nullish(text),
    toolCalls: v.optional(
      v.array(v.strictObject({ id: name, name, arguments: v.optional(v.unknown()), rawArguments: v.optional(text) })),
    ),
  }),
  tool: v.strictObject({ role: text, toolCallId: name, content: text }),
})

/** Members of messages and tools, for the closestMatch known name of an unknown one. */
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

/** What is wrong with a list of messages beyond its shape. */
export function messageIssues(messages: readonly Message[], at: string): Issue[] {
  if (messages.length === 0) return [{ path: [at], message: 'must have a message' }]
  return messages.flatMap(({ content }, index) =>
    Array.isArray(content) && content.length === 0
      ? [{ path: [at, index, 'content'], message: 'must have a part' }]
      : [],
  )
}

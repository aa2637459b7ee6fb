import * as v from 'valibot'
import type { Conversation, Entry } from './types.js'

const FORMAT = 'lmstudio-playground-conversations'

/** Serializes conversations for {@link readExport}. */
export const writeExport = (conversations: readonly Conversation[]): string =>
  `${JSON.stringify({ format: FORMAT, version: 1, conversations }, undefined, 2)}\n`

const text = v.string()
const time = v.pipe(v.number(), v.finite())
const optionalNumber = v.optional(v.number())
// An invalid measurement is dropped instead of rejecting the whole message.
const measurement = v.fallback(optionalNumber, undefined)
const parent = v.optional(text)

// Data URLs only: showing an image from elsewhere would send a request.
const image = v.pipe(
  text,
  v.regex(/^data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]+$/, 'must be a PNG or JPEG as a data URL'),
)

const node = v.variant('role', [
  v.object({
    role: v.literal('user'),
    id: text,
    parent,
    at: time,
    text,
    images: v.array(image),
    files: v.optional(v.array(v.object({ name: text, text }))),
  }),
  v.object({
    role: v.literal('assistant'),
    id: text,
    parent,
    at: time,
    text,
    state: v.picklist(['writing', 'whole', 'stopped', 'broken']),
    model: text,
    reasoning: v.optional(text),
    reasoningMs: measurement,
    finishReason: v.optional(text),
    usage: v.optional(
      v.object({
        inputTokens: measurement,
        outputTokens: measurement,
        totalTokens: measurement,
        reasoningTokens: measurement,
      }),
    ),
    speed: v.optional(
      v.object({
        timeToFirstTokenMs: measurement,
        tokensPerSecond: measurement,
        durationMs: measurement,
        isByServer: v.optional(v.boolean()),
      }),
    ),
    error: v.optional(v.object({ message: text, hint: v.optional(text), code: v.optional(text) })),
    responseId: v.optional(text),
    isEdited: v.optional(v.boolean()),
    comparison: v.optional(text),
  }),
])

/** The request parameters of a conversation. */
export const parameters = v.object({
  temperature: optionalNumber,
  topP: optionalNumber,
  topK: optionalNumber,
  minP: optionalNumber,
  maxTokens: optionalNumber,
  stop: v.optional(v.union([text, v.array(text)])),
  seed: optionalNumber,
  presencePenalty: optionalNumber,
  frequencyPenalty: optionalNumber,
  repeatPenalty: optionalNumber,
  logitBias: v.optional(v.record(text, v.number())),
  reasoningEffort: v.optional(text),
  ttlSeconds: optionalNumber,
  draftModel: v.optional(text),
  contextLength: optionalNumber,
  extraBody: v.optional(text),
})

const conversation = v.pipe(
  v.object({
    id: v.pipe(text, v.nonEmpty()),
    title: text,
    createdAt: time,
    updatedAt: time,
    system: text,
    parameters,
    isNative: v.boolean(),
    nodes: v.record(text, node),
    chosen: v.record(text, text),
    model: v.optional(text),
    comparedModel: v.optional(text),
    isPinned: v.optional(v.boolean()),
    folder: v.optional(text),
  }),
  v.check(
    ({ nodes }) => Object.entries(nodes).every(([id, node]) => node.id === id) && areRooted(nodes),
    'must have messages that form a tree',
  ),
)

const file = v.object({
  format: v.literal(FORMAT),
  version: v.number(),
  conversations: v.array(v.unknown()),
})

/** Whether every message leads to a first message, without cycles. */
function areRooted(nodes: Readonly<Record<string, { readonly parent?: string | undefined }>>): boolean {
  const rooted = new Set<string>()
  for (const id of Object.keys(nodes)) {
    const seen = new Set<string>()
    for (let at: string | undefined = id; at !== undefined && !rooted.has(at); at = nodes[at]?.parent) {
      if (seen.has(at) || !Object.hasOwn(nodes, at)) return false
      seen.add(at)
    }
    for (const one of seen) rooted.add(one)
  }
  return true
}

/** Validates a stored conversation. */
export function readConversation(stored: unknown): Conversation | undefined {
  const read = v.safeParse(conversation, stored)
  return read.success ? (read.output as Conversation) : undefined
}

const entry = v.object({
  id: text,
  title: text,
  updatedAt: time,
  messages: time,
  isPinned: v.optional(v.boolean()),
  folder: v.optional(text),
})

/** Validates a stored list entry. */
export const isEntry = (stored: unknown): stored is Entry => v.is(entry, stored)

/**
 * Parses a file written by {@link writeExport}.
 *
 * @throws Error The file is not valid.
 */
export function readExport(content: string): readonly Conversation[] {
  let data: unknown
  try {
    data = JSON.parse(content)
  } catch {
    throw new Error('This file is not JSON. Choose a file exported from this page.')
  }
  const outer = v.safeParse(file, data)
  if (!outer.success) throw new Error('This file contains no chats. Choose a file exported from this page.')
  if (outer.output.version !== 1) {
    throw new Error(`This file has version ${outer.output.version}, but this page supports version 1 only.`)
  }
  return outer.output.conversations.map((one, index) => {
    const read = v.safeParse(conversation, one)
    if (read.success) return read.output as Conversation
    const [issue] = read.issues
    const at = v.getDotPath(issue)
    throw new Error(
      `Chat ${index + 1} of this file is invalid${at === null ? '' : ` at ${at}`}: ${issue.message}. Nothing was imported.`,
    )
  })
}

/**
 * Prepares imported conversations: drops those that already exist, and assigns a new id where another conversation has the
 * same one.
 */
export function withoutDuplicates(
  imported: readonly Conversation[],
  existing: readonly Conversation[],
): readonly Conversation[] {
  const byId = new Map(existing.map((one) => [one.id, one]))
  return imported.flatMap((one) => {
    const other = byId.get(one.id)
    if (other === undefined) return [one]
    return JSON.stringify(other.nodes) === JSON.stringify(one.nodes) ? [] : [{ ...one, id: crypto.randomUUID() }]
  })
}

import * as v from 'valibot'
import type { Conversation, Entry } from './types.js'

const FORMAT = 'lmstudio-playground-conversations'

/** Conversations as a text that {@link readExport} reads. */
export const writeExport = (conversations: readonly Conversation[]): string =>
  `${JSON.stringify({ format: FORMAT, version: 1, conversations }, undefined, 2)}\n`

const text = v.string()
const time = v.pipe(v.number(), v.finite())
const figure = v.optional(v.number())
// What was measured is told beside an answer: no reason to refuse the answer.
const measured = v.fallback(figure, undefined)
const parent = v.optional(text)

// Only what a message may hold: an image that is anything but an image would be asked for by being shown.
const image = v.pipe(
  text,
  v.regex(/^data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]+$/, 'must be a PNG or JPEG as a data URL'),
)

const node = v.variant('role', [
  v.object({ role: v.literal('user'), id: text, parent, at: time, text, images: v.array(image) }),
  v.object({
    role: v.literal('assistant'),
    id: text,
    parent,
    at: time,
    text,
    state: v.picklist(['writing', 'whole', 'stopped', 'broken']),
    model: text,
    reasoning: v.optional(text),
    reasoningMs: measured,
    finishReason: v.optional(text),
    usage: v.optional(
      v.object({ inputTokens: measured, outputTokens: measured, totalTokens: measured, reasoningTokens: measured }),
    ),
    speed: v.optional(
      v.object({
        timeToFirstTokenMs: measured,
        tokensPerSecond: measured,
        durationMs: measured,
        isByServer: v.optional(v.boolean()),
      }),
    ),
    error: v.optional(v.object({ message: text, hint: v.optional(text), code: v.optional(text) })),
    responseId: v.optional(text),
  }),
])

const parameters = v.object({
  temperature: figure,
  topP: figure,
  topK: figure,
  minP: figure,
  maxTokens: figure,
  stop: v.optional(v.union([text, v.array(text)])),
  seed: figure,
  presencePenalty: figure,
  frequencyPenalty: figure,
  repeatPenalty: figure,
  logitBias: v.optional(v.record(text, v.number())),
  reasoningEffort: v.optional(text),
  ttlSeconds: figure,
  draftModel: v.optional(text),
  contextLength: figure,
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
  }),
  v.check(
    ({ nodes }) => Object.entries(nodes).every(([id, node]) => node.id === id) && areRooted(nodes),
    'must have messages that follow on each other',
  ),
)

const file = v.object({
  format: v.literal(FORMAT),
  version: v.number(),
  conversations: v.array(v.unknown()),
})

/** Whether one gets from each to a beginning without going in a circle. */
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

/** A conversation that was kept; `undefined` for anything else. */
export function readConversation(kept: unknown): Conversation | undefined {
  const read = v.safeParse(conversation, kept)
  return read.success ? (read.output as Conversation) : undefined
}

const entry = v.object({ id: text, title: text, updatedAt: time, messages: time })

/** Whether this is what a list of conversations needs. */
export const isEntry = (kept: unknown): kept is Entry => v.is(entry, kept)

/**
 * Reads what {@link writeExport} wrote.
 *
 * @throws Error whose message says what is wrong with the file
 */
export function readExport(content: string): readonly Conversation[] {
  let data: unknown
  try {
    data = JSON.parse(content)
  } catch {
    throw new Error('This file is not JSON. Choose a file that Export made.')
  }
  const outer = v.safeParse(file, data)
  if (!outer.success)
    throw new Error('This JSON holds no conversations of this playground. Choose a file that Export made.')
  if (outer.output.version !== 1) {
    throw new Error(
      `This file is of version ${outer.output.version}, which a newer playground made; this one reads version 1.`,
    )
  }
  return outer.output.conversations.map((one, index) => {
    const read = v.safeParse(conversation, one)
    if (read.success) return read.output as Conversation
    const [issue] = read.issues
    const at = v.getDotPath(issue)
    throw new Error(
      `Conversation ${index + 1} of this file is damaged${at === null ? '' : ` at ${at}`}: ${issue.message}. Nothing was imported.`,
    )
  })
}

/**
 * The conversations of a file as they can be added to those that are there: one whose id is taken by something else gets
 * another, one that is there already is left out.
 */
export function withoutClashes(read: readonly Conversation[], there: readonly Conversation[]): readonly Conversation[] {
  const byId = new Map(there.map((one) => [one.id, one]))
  return read.flatMap((one) => {
    const other = byId.get(one.id)
    if (other === undefined) return [one]
    return JSON.stringify(other.nodes) === JSON.stringify(one.nodes) ? [] : [{ ...one, id: crypto.randomUUID() }]
  })
}

import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { requireProvider } from '../state/connection.js'
import { chatModel, readModels } from '../state/models.js'
import {
  addMessage,
  updateResponse,
  selectBranch,
  createAssistantMessage,
  createConversation,
  createUserMessage,
  pathTo,
  toEntry,
} from './conversation.js'
import { startRun, type Run } from './run.js'
import { createConversationStore } from './store.js'
import { readExport, withoutDuplicates, writeExport } from './transfer.js'
import type { AssistantMessage, Conversation, Entry, UserMessage } from './types.js'

// The conversations of this page. They live outside the view, which may be closed while a response is streaming.

const store = createConversationStore()
const DRAFT_EVERY_MS = 1_000

/** Newest first. */
export const entries = signal<readonly Entry[]>([])
/** The open conversation. */
export const conversation = signal<Conversation>(createConversation())
/** Whether this browser can store conversations. A private window may not. */
export const canStore = signal(true)
/** Announced to screen readers: the start and the end of a response, not every token. */
export const announcement = signal('')

const runs = signal<ReadonlyMap<string, Run>>(new Map())
/** The response that is streaming in the open conversation. */
export const run: ReadonlySignal<Run | undefined> = computed(() => runs.value.get(conversation.value.id))
/** Ids of the conversations with a streaming response. */
export const busy: ReadonlySignal<ReadonlySet<string>> = computed(() => new Set(runs.value.keys()))

/** The conversations in memory. */
const loaded = new Map<string, Conversation>()

let starting: Promise<void> | undefined

/** Reads the stored conversations and opens the latest. */
export function startChats(): Promise<void> {
  starting ??= (async () => {
    await readEntries()
    const [latest] = entries.peek()
    const isUntouched = Object.keys(conversation.peek().nodes).length === 0
    if (latest !== undefined && isUntouched) await openConversation(latest.id)
  })()
  return starting
}

async function readEntries(): Promise<void> {
  try {
    entries.value = await store.list()
  } catch {
    canStore.value = false
  }
}

/** Opens a conversation. Resolves to `false` if it does not exist, for example because another tab deleted it. */
export async function openConversation(id: string): Promise<boolean> {
  const found = loaded.get(id) ?? (await store.load(id).catch(() => undefined))
  if (found === undefined) return false
  loaded.set(id, found)
  conversation.value = found
  return true
}

/** Opens a new conversation, unless the open one is still empty. */
export function newConversation(): void {
  const current = conversation.peek()
  if (Object.keys(current.nodes).length > 0) conversation.value = createConversation(current)
}

/** Deletes a conversation. Resolves to a function that restores it. */
export async function removeConversation(id: string): Promise<() => Promise<void>> {
  runs.peek().get(id)?.stop()
  const removed = loaded.get(id) ?? (await store.load(id).catch(() => undefined))
  loaded.delete(id)
  entries.value = entries.peek().filter((entry) => entry.id !== id)
  await store.remove(id).catch(() => (canStore.value = false))
  if (conversation.peek().id === id) {
    const [next] = entries.peek()
    conversation.value = createConversation(conversation.peek())
    if (next !== undefined) await openConversation(next.id)
  }
  return async () => {
    if (removed === undefined) return
    put(removed)
    await openConversation(id)
  }
}

/** Changes the settings of the open conversation. */
export function updateSettings(
  changes: Partial<Pick<Conversation, 'title' | 'system' | 'parameters' | 'isNative'>>,
): void {
  const updated = { ...conversation.peek(), ...changes }
  if (Object.keys(updated.nodes).length === 0) conversation.value = updated
  else put(updated)
}

/** Shows another branch. */
export function showBranch(id: string): void {
  put(selectBranch(conversation.peek(), id))
}

/** Adds a user message after `parent` and requests a response. */
export async function send(text: string, images: readonly string[], parent: string | undefined): Promise<void> {
  const message = createUserMessage(parent, text, images)
  put(addMessage(conversation.peek(), message))
  await respond(message)
}

/** Requests another response. Replaces the previous one if it is empty. */
export async function regenerate({ id, parent, text, reasoning = '' }: AssistantMessage): Promise<void> {
  const message = conversation.peek().nodes[parent ?? '']
  if (message?.role === 'user') await respond(message, text + reasoning === '' ? id : undefined)
}

async function respond(message: UserMessage, replacedId?: string): Promise<void> {
  const { id } = conversation.peek()
  if (runs.peek().has(id)) return
  const { id: model = '', state } = chatModel.peek() ?? {}
  const created = createAssistantMessage(message.id, model)
  const response = replacedId === undefined ? created : { ...created, id: replacedId }
  const pending = addMessage(conversation.peek(), response)
  put(pending)
  let started: Run
  try {
    started = startRun(requireProvider(), pending, message, response)
  } catch (error) {
    put(updateResponse(pending, response.id, { state: 'broken', error: { message: (error as Error).message } }))
    return
  }
  runs.value = new Map(runs.peek()).set(id, started)
  announcement.value = 'Waiting for the response.'
  const draftTimer = saveDrafts(started)
  const outcome = await started.outcome
  clearInterval(draftTimer)
  const remaining = new Map(runs.peek())
  remaining.delete(id)
  runs.value = remaining
  const current = loaded.get(id)
  if (current === undefined) return
  put(updateResponse(current, response.id, outcome))
  // The request loaded the model.
  if (state === 'not-loaded' && outcome.state === 'whole') void readModels({ refresh: true })
  if (conversation.peek().id === id) announcement.value = describeEnd(outcome)
}

function describeEnd({ state, text = '' }: Partial<AssistantMessage>): string {
  if (state === 'stopped') return 'Stopped.'
  if (state === 'broken') return 'The response was interrupted.'
  return text.length <= 300 ? `Response: ${text}` : 'The response is complete.'
}

function saveDrafts({ conversationId, messageId, text, reasoning }: Run): ReturnType<typeof setInterval> {
  let savedLength = 0
  return setInterval(() => {
    const length = text.text.length + reasoning.text.length
    if (length === savedLength) return
    savedLength = length
    store
      .saveDraft(conversationId, { id: messageId, text: text.text, reasoning: reasoning.text })
      .catch(() => (canStore.value = false))
  }, DRAFT_EVERY_MS)
}

/** Shows and stores a conversation. */
function put(changed: Conversation): void {
  loaded.set(changed.id, changed)
  if (conversation.peek().id === changed.id) conversation.value = changed
  const others = entries.peek().filter(({ id }) => id !== changed.id)
  entries.value = [toEntry(changed), ...others].sort((a, b) => b.updatedAt - a.updatedAt)
  save(changed)
}

// Writes are sequential, so that an older state never overwrites a newer one, and only the latest state is written.
let saving: Promise<unknown> = Promise.resolve()
const unsaved = new Set<string>()

function save({ id }: Conversation): void {
  if (unsaved.has(id)) return
  unsaved.add(id)
  saving = saving
    .then(() => {
      unsaved.delete(id)
      const latest = loaded.get(id)
      return latest === undefined ? undefined : store.save(latest)
    })
    .catch(() => (canStore.value = false))
}

/** Exports one conversation, or all of them, as the content of a file. */
export async function exportChats(only?: Conversation): Promise<string> {
  if (only !== undefined) return writeExport([only])
  await saving
  const stored = await store.loadAll().catch(() => [])
  const all = new Map([...stored, ...loaded.values()].map((one) => [one.id, one]))
  return writeExport([...all.values()].filter(({ nodes }) => Object.keys(nodes).length > 0))
}

/**
 * Imports the conversations of a file.
 *
 * @returns The number of added conversations and of those that already existed.
 * @throws Error The file is not valid. Nothing is imported.
 */
export async function importChats(content: string): Promise<{ readonly added: number; readonly existing: number }> {
  const read = readExport(content)
  await saving
  const stored = await store.loadAll().catch(() => [])
  const added = withoutDuplicates(read, [...stored, ...loaded.values()])
  for (const one of added) put(one)
  const [first] = added
  if (first !== undefined) await openConversation(first.id)
  return { added: added.length, existing: read.length - added.length }
}

/** Opens a new conversation with a copy of the messages up to `id`. */
export function fork(id: string): void {
  const from = conversation.peek()
  const nodes = pathTo(from, id)
  const forked: Conversation = {
    ...createConversation(from),
    title: from.title,
    system: from.system,
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
  }
  loaded.set(forked.id, forked)
  conversation.value = forked
  put(forked)
}

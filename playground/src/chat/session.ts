import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { ModelInfo } from 'lmstudio-provider'
import { requireProvider } from '../state/connection.js'
import { chatModel, chatModels, pickedModel, readModels } from '../state/models.js'
import {
  addMessage,
  updateResponse,
  selectBranch,
  createAssistantMessage,
  createConversation,
  createUserMessage,
  pathTo,
  siblings,
  toEntry,
} from './conversation.js'
import { startRun, type Run } from './run.js'
import { createConversationStore } from './store.js'
import { textOf } from './markdown-export.js'
import { loadPresets } from './presets.js'
import type { TextFile } from './text-file.js'
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

/** By the id of the response. */
const runs = signal<ReadonlyMap<string, Run>>(new Map())
/** The responses that are streaming in the open conversation. */
export const runsHere: ReadonlySignal<readonly Run[]> = computed(() =>
  [...runs.value.values()].filter(({ conversationId }) => conversationId === conversation.value.id),
)
/** A response that is streaming in the open conversation. */
export const run: ReadonlySignal<Run | undefined> = computed(() => runsHere.value[0])
/** Ids of the conversations with a streaming response. */
export const busy: ReadonlySignal<ReadonlySet<string>> = computed(
  () => new Set([...runs.value.values()].map(({ conversationId }) => conversationId)),
)

const findModel = (id: string | undefined): ModelInfo | undefined => chatModels.value.find((one) => one.id === id)

/** The model of the open conversation. */
export const chosenModel: ReadonlySignal<ModelInfo | undefined> = computed(
  () => findModel(conversation.value.model) ?? chatModel.value,
)
/** The model whose responses are shown next to those of the chosen one. */
export const comparedModel: ReadonlySignal<ModelInfo | undefined> = computed(() =>
  findModel(conversation.value.comparedModel),
)

/** Picks the model of the open conversation. Other views and new conversations use it too. */
export function chooseModel(id: string): void {
  pickedModel.value = id
  updateSettings({ model: id })
}

/** The conversations in memory. */
const loaded = new Map<string, Conversation>()

let starting: Promise<void> | undefined

/** Reads the stored conversations and opens the latest. */
export function startChats(): Promise<void> {
  starting ??= (async () => {
    void loadPresets()
    await readEntries()
    const [latest] = entries.peek()
    const isUntouched = Object.keys(conversation.peek().nodes).length === 0
    if (latest !== undefined && isUntouched) await openConversation(latest.id)
  })()
  return starting
}

async function readEntries(): Promise<void> {
  try {
    entries.value = sorted(await store.list())
  } catch {
    canStore.value = false
  }
}

/** Returns a conversation without opening it. */
export const findConversation = async (id: string): Promise<Conversation | undefined> =>
  loaded.get(id) ?? (await store.load(id).catch(() => undefined))

/** Opens a conversation. Resolves to `false` if it does not exist, for example because another tab deleted it. */
export async function openConversation(id: string): Promise<boolean> {
  const found = await findConversation(id)
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
  for (const one of runs.peek().values()) if (one.conversationId === id) one.stop()
  const removed = await findConversation(id)
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
  changes: Partial<Pick<Conversation, 'title' | 'system' | 'parameters' | 'isNative' | 'model' | 'comparedModel'>>,
): void {
  const updated = { ...conversation.peek(), ...changes }
  if (Object.keys(updated.nodes).length === 0) conversation.value = updated
  else put(updated)
}

/** Shows another branch. */
export function showBranch(id: string): void {
  put(selectBranch(conversation.peek(), id))
}

/** Renames, pins or moves a conversation of the list. */
export async function organize(
  id: string,
  changes: Partial<Pick<Conversation, 'title' | 'isPinned' | 'folder'>>,
): Promise<void> {
  const found = await findConversation(id)
  if (found !== undefined) put({ ...found, ...changes })
}

/** The content of a user message. */
export interface Content {
  readonly text: string
  readonly images: readonly string[]
  readonly files?: readonly TextFile[] | undefined
}

/** Adds a user message after `parent` and requests a response, or two to compare. */
export async function send({ text, images, files }: Content, parent: string | undefined): Promise<void> {
  const message = createUserMessage(parent, text, images, files)
  put(addMessage(conversation.peek(), message))
  const other = comparedModel.peek()
  if (other === undefined) return respond(message)
  const comparison = crypto.randomUUID()
  const responses = [respond(message, { comparison }), respond(message, { comparison, model: other })]
  // Each response selects its own branch. The conversation continues from the first one.
  showBranch(siblings(conversation.peek(), message.id)[0]!.id)
  await Promise.all(responses)
}

/** Stops the responses of the open conversation. Their text so far is kept. */
export function stop(): void {
  for (const one of runsHere.peek()) one.stop()
}

/** Requests another response. Replaces the previous one if it is empty. */
export async function regenerate(response: AssistantMessage): Promise<void> {
  const { id, parent, text, reasoning = '' } = response
  const message = conversation.peek().nodes[parent ?? '']
  if (message?.role !== 'user' || busy.peek().has(conversation.peek().id)) return
  const isEmpty = text + reasoning === ''
  await respond(message, isEmpty ? { replaced: response, model: findModel(response.model) } : {})
  if (isEmpty && response.comparison !== undefined) showBranch(id)
}

/** What no longer holds for a response with another text. LM Studio has stored only the earlier text. */
const CHANGED = { error: undefined, finishReason: undefined, responseId: undefined, usage: {}, speed: {} } as const

/** Continues a response that ended early. */
export async function continueResponse(response: AssistantMessage): Promise<void> {
  const message = conversation.peek().nodes[response.parent ?? '']
  if (message?.role !== 'user' || busy.peek().has(conversation.peek().id)) return
  const started: AssistantMessage = { ...response, ...CHANGED, at: Date.now(), state: 'writing' }
  await request(message, started, findModel(response.model))
}

/** Adds a version of a response with another text. */
export function editResponse(response: AssistantMessage, text: string): void {
  const edited: AssistantMessage = {
    ...response,
    ...CHANGED,
    id: crypto.randomUUID(),
    at: Date.now(),
    text,
    state: 'whole',
    comparison: undefined,
    isEdited: true,
  }
  put(addMessage(conversation.peek(), edited))
}

interface RespondOptions {
  /** @default the model of the conversation */
  readonly model?: ModelInfo | undefined
  readonly comparison?: string
  /** An empty response to replace. */
  readonly replaced?: AssistantMessage
}

async function respond(message: UserMessage, options: RespondOptions = {}): Promise<void> {
  const { model = chosenModel.peek(), replaced, comparison = replaced?.comparison } = options
  const created = createAssistantMessage(message.id, model?.id ?? '')
  await request(
    message,
    {
      ...created,
      ...(replaced === undefined ? {} : { id: replaced.id }),
      ...(comparison === undefined ? {} : { comparison }),
    },
    model,
  )
}

async function request(message: UserMessage, response: AssistantMessage, model: ModelInfo | undefined): Promise<void> {
  const { id, comparedModel: other } = conversation.peek()
  const isOther = model !== undefined && model.id === other
  const withModel = model === undefined || isOther ? {} : { model: model.id }
  const pending = addMessage({ ...conversation.peek(), ...withModel }, response)
  put(pending)
  let started: Run
  try {
    started = startRun(requireProvider(), pending, message, response)
  } catch (error) {
    put(updateResponse(pending, response.id, { state: 'broken', error: { message: (error as Error).message } }))
    return
  }
  runs.value = new Map(runs.peek()).set(response.id, started)
  announcement.value = 'Waiting for the response.'
  const draftTimer = saveDrafts(started)
  const outcome = await started.outcome
  clearInterval(draftTimer)
  const remaining = new Map(runs.peek())
  remaining.delete(response.id)
  runs.value = remaining
  const current = loaded.get(id)
  if (current === undefined) return
  put(updateResponse(current, response.id, outcome))
  // The request loaded the model.
  if (model?.state === 'not-loaded' && outcome.state === 'whole') void readModels({ refresh: true })
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
  entries.value = sorted([toEntry(changed), ...others])
  save(changed)
}

/** Pinned conversations first, then the newest. */
const sorted = (list: readonly Entry[]): readonly Entry[] =>
  [...list].sort((a, b) => Number(b.isPinned ?? false) - Number(a.isPinned ?? false) || b.updatedAt - a.updatedAt)

/**
 * Finds the conversations whose title or messages contain every word.
 *
 * @returns By id: the part of a message around the first word, or `''` if only the title matches.
 */
export async function searchChats(query: string): Promise<ReadonlyMap<string, string>> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found = new Map<string, string>()
  await saving
  const stored = await store.loadAll().catch(() => [])
  for (const one of new Map([...stored, ...loaded.values()].map((each) => [each.id, each])).values()) {
    const text = textOf(one)
    const lower = `${one.title}\n${text}`.toLowerCase()
    if (!words.every((word) => lower.includes(word))) continue
    const at = text.toLowerCase().indexOf(words[0] ?? '')
    found.set(one.id, at === -1 ? '' : excerpt(text, at))
  }
  return found
}

const EXCERPT_BEFORE = 20
const EXCERPT_LENGTH = 90

function excerpt(text: string, at: number): string {
  const start = Math.max(0, at - EXCERPT_BEFORE)
  const cut = text.slice(start, start + EXCERPT_LENGTH).replaceAll(/\s+/g, ' ')
  return `${start > 0 ? '…' : ''}${cut}…`
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
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
  }
  loaded.set(forked.id, forked)
  conversation.value = forked
  put(forked)
}

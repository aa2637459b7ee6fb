import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { requireProvider } from '../state/connection.js'
import { chatModel, readModels } from '../state/models.js'
import {
  add,
  change,
  choose,
  createAnswer,
  createConversation,
  createQuestion,
  pathTo,
  toEntry,
} from './conversation.js'
import { startRun, type Run } from './run.js'
import { createConversationStore } from './store.js'
import { readExport, withoutClashes, writeExport } from './transfer.js'
import type { Answer, Conversation, Entry, Question } from './types.js'

// Conversations of this page. They live here and not in the view, which may be left while an answer is written.

const store = createConversationStore()
const DRAFT_EVERY_MS = 1_000

/** Newest first. */
export const entries = signal<readonly Entry[]>([])
/** The one that is looked at. */
export const conversation = signal<Conversation>(createConversation())
/** Whether this browser keeps conversations; in a private window, for example, it may not. */
export const isKept = signal(true)
/** What is told to screen readers: beginnings and ends, not every token. */
export const said = signal('')

const runs = signal<ReadonlyMap<string, Run>>(new Map())
/** The answer that is being written in the conversation that is looked at. */
export const run: ReadonlySignal<Run | undefined> = computed(() => runs.value.get(conversation.value.id))
/** Conversations in which something is being written. */
export const busy: ReadonlySignal<ReadonlySet<string>> = computed(() => new Set(runs.value.keys()))

/** All that were looked at. */
const opened = new Map<string, Conversation>()

let isStarted: Promise<void> | undefined

/** Reads what was kept, and opens the latest. */
export function startChats(): Promise<void> {
  isStarted ??= (async () => {
    await readEntries()
    const [latest] = entries.peek()
    const isUntouched = Object.keys(conversation.peek().nodes).length === 0
    if (latest !== undefined && isUntouched) await openConversation(latest.id)
  })()
  return isStarted
}

async function readEntries(): Promise<void> {
  try {
    entries.value = await store.list()
  } catch {
    isKept.value = false
  }
}

/** Looks at another conversation. Says whether it is there: another tab may have removed it. */
export async function openConversation(id: string): Promise<boolean> {
  const found = opened.get(id) ?? (await store.load(id).catch(() => undefined))
  if (found === undefined) return false
  opened.set(id, found)
  conversation.value = found
  return true
}

/** Begins another one; one that is still empty will do. */
export function newConversation(): void {
  const now = conversation.peek()
  if (Object.keys(now.nodes).length > 0) conversation.value = createConversation(now)
}

/** What was removed, so that it can be brought back. */
export async function removeConversation(id: string): Promise<() => Promise<void>> {
  runs.peek().get(id)?.stop()
  const removed = opened.get(id) ?? (await store.load(id).catch(() => undefined))
  opened.delete(id)
  entries.value = entries.peek().filter((entry) => entry.id !== id)
  await store.remove(id).catch(() => (isKept.value = false))
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

/** Changes title, system prompt, parameters or route of the conversation that is looked at. */
export function adjust(changes: Partial<Pick<Conversation, 'title' | 'system' | 'parameters' | 'isNative'>>): void {
  const adjusted = { ...conversation.peek(), ...changes }
  if (Object.keys(adjusted.nodes).length === 0) conversation.value = adjusted
  else put(adjusted)
}

/** Looks at another branch. */
export function lookAt(id: string): void {
  put(choose(conversation.peek(), id))
}

/** Says something after `parent`, and asks for the answer. */
export async function send(text: string, images: readonly string[], parent: string | undefined): Promise<void> {
  const question = createQuestion(parent, text, images)
  put(add(conversation.peek(), question))
  await answer(question)
}

/** Asks for another answer. One of which nothing came is not kept beside it. */
export async function again({ id, parent, text, reasoning = '' }: Answer): Promise<void> {
  const question = conversation.peek().nodes[parent ?? '']
  if (question?.role === 'user') await answer(question, text + reasoning === '' ? id : undefined)
}

async function answer(question: Question, instead?: string): Promise<void> {
  const { id } = conversation.peek()
  if (runs.peek().has(id)) return
  const { id: model = '', state } = chatModel.peek() ?? {}
  const fresh = createAnswer(question.id, model)
  const writing = instead === undefined ? fresh : { ...fresh, id: instead }
  const asked = add(conversation.peek(), writing)
  put(asked)
  let started: Run
  try {
    started = startRun(requireProvider(), asked, question, writing)
  } catch (error) {
    put(change(asked, writing.id, { state: 'broken', error: { message: (error as Error).message } }))
    return
  }
  runs.value = new Map(runs.peek()).set(id, started)
  said.value = 'Waiting for the answer.'
  const keeping = keepDrafts(started)
  const outcome = await started.outcome
  clearInterval(keeping)
  const left = new Map(runs.peek())
  left.delete(id)
  runs.value = left
  const current = opened.get(id)
  if (current === undefined) return
  put(change(current, writing.id, outcome))
  // It was loaded for this.
  if (state === 'not-loaded' && outcome.state === 'whole') void readModels({ refresh: true })
  if (conversation.peek().id === id) said.value = sayEnd(outcome)
}

function sayEnd({ state, text = '' }: Partial<Answer>): string {
  if (state === 'stopped') return 'Stopped.'
  if (state === 'broken') return 'The answer broke off.'
  return text.length <= 300 ? `Answer: ${text}` : 'The answer is complete.'
}

function keepDrafts({ conversationId, answerId, text, reasoning }: Run): ReturnType<typeof setInterval> {
  let kept = 0
  return setInterval(() => {
    const length = text.text.length + reasoning.text.length
    if (length === kept) return
    kept = length
    store
      .saveDraft(conversationId, { id: answerId, text: text.text, reasoning: reasoning.text })
      .catch(() => (isKept.value = false))
  }, DRAFT_EVERY_MS)
}

/** Shows and keeps a conversation. */
function put(changed: Conversation): void {
  opened.set(changed.id, changed)
  if (conversation.peek().id === changed.id) conversation.value = changed
  const others = entries.peek().filter(({ id }) => id !== changed.id)
  entries.value = [toEntry(changed), ...others].sort((a, b) => b.updatedAt - a.updatedAt)
  save(changed)
}

// One write after the other, so that an older state never comes last, and only the latest of those that wait.
let saving: Promise<unknown> = Promise.resolve()
const unsaved = new Set<string>()

function save({ id }: Conversation): void {
  if (unsaved.has(id)) return
  unsaved.add(id)
  saving = saving
    .then(() => {
      unsaved.delete(id)
      const latest = opened.get(id)
      return latest === undefined ? undefined : store.save(latest)
    })
    .catch(() => (isKept.value = false))
}

/** One conversation, or all of them, as a text for a file. */
export async function exportChats(only?: Conversation): Promise<string> {
  if (only !== undefined) return writeExport([only])
  await saving
  const kept = await store.loadAll().catch(() => [])
  const all = new Map([...kept, ...opened.values()].map((one) => [one.id, one]))
  return writeExport([...all.values()].filter(({ nodes }) => Object.keys(nodes).length > 0))
}

/**
 * Adds the conversations of a file to those that are there.
 *
 * @returns how many were added, and how many were there already
 * @throws Error whose message says what is wrong with the file; then nothing was added
 */
export async function importChats(content: string): Promise<{ readonly added: number; readonly known: number }> {
  const read = readExport(content)
  await saving
  const kept = await store.loadAll().catch(() => [])
  const added = withoutClashes(read, [...kept, ...opened.values()])
  for (const one of added) put(one)
  const [first] = added
  if (first !== undefined) await openConversation(first.id)
  return { added: added.length, known: read.length - added.length }
}

/** Goes on from an answer in another conversation, which begins with everything up to it. */
export function fork(id: string): void {
  const from = conversation.peek()
  const nodes = pathTo(from, id)
  const forked: Conversation = {
    ...createConversation(from),
    title: from.title,
    system: from.system,
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
  }
  opened.set(forked.id, forked)
  conversation.value = forked
  put(forked)
}

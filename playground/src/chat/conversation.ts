import type { Message } from 'lmstudio-provider'
import type { Answer, Conversation, Entry, Node_, Question } from './types.js'

// Conversations are values: each function gives another one.

const UNTITLED = 'New conversation'
const LONGEST_TITLE = 60

/** Begins a conversation, with the settings of another one. */
export function createConversation(like?: Pick<Conversation, 'parameters' | 'isNative'>): Conversation {
  const now = Date.now()
  return {
    id: crypto.randomUUID(),
    title: UNTITLED,
    createdAt: now,
    updatedAt: now,
    system: '',
    parameters: like?.parameters ?? {},
    isNative: like?.isNative ?? false,
    nodes: {},
    chosen: {},
  }
}

/** What may be said next to this, in the order of its making. */
export function siblings({ nodes }: Conversation, parent: string | undefined): readonly Node_[] {
  return Object.values(nodes).filter((node) => node.parent === parent)
}

/** The branch that is looked at, from its beginning. */
export function path({ nodes, chosen }: Conversation): readonly Node_[] {
  const following = new Map<string | undefined, Node_>()
  for (const node of Object.values(nodes)) {
    const there = following.get(node.parent)
    // The latest where none was chosen.
    if (there === undefined || there.id !== chosen[node.parent ?? '']) following.set(node.parent, node)
  }
  const found: Node_[] = []
  for (let next = following.get(undefined); next !== undefined; next = following.get(next.id)) found.push(next)
  return found
}

/** What was said up to this, and this. */
export function pathTo({ nodes }: Conversation, id: string | undefined): readonly Node_[] {
  const found: Node_[] = []
  for (let node = id === undefined ? undefined : nodes[id]; node !== undefined;) {
    found.unshift(node)
    node = node.parent === undefined ? undefined : nodes[node.parent]
  }
  return found
}

/** Adds something that is said, and looks at its branch. */
export function add(conversation: Conversation, node: Node_): Conversation {
  const isFirst = conversation.title === UNTITLED && node.role === 'user'
  return {
    ...conversation,
    ...(isFirst ? { title: titleOf(node) } : {}),
    updatedAt: Date.now(),
    nodes: { ...conversation.nodes, [node.id]: node },
    chosen: { ...conversation.chosen, [node.parent ?? '']: node.id },
  }
}

/** Changes an answer. */
export function change(conversation: Conversation, id: string, changes: Partial<Answer>): Conversation {
  const node = conversation.nodes[id]
  if (node?.role !== 'assistant') return conversation
  return {
    ...conversation,
    updatedAt: Date.now(),
    nodes: { ...conversation.nodes, [id]: { ...node, ...changes } },
  }
}

/** Looks at the branch that this begins. */
export function choose(conversation: Conversation, id: string): Conversation {
  const node = conversation.nodes[id]
  if (node === undefined) return conversation
  return { ...conversation, chosen: { ...conversation.chosen, [node.parent ?? '']: id } }
}

export const createQuestion = (parent: string | undefined, text: string, images: readonly string[]): Question => ({
  id: crypto.randomUUID(),
  role: 'user',
  parent,
  at: Date.now(),
  text,
  images,
})

export const createAnswer = (parent: string, model: string): Answer => ({
  id: crypto.randomUUID(),
  role: 'assistant',
  parent,
  at: Date.now(),
  text: '',
  state: 'writing',
  model,
})

/** Answers that were being written when the page ended are broken off. */
export function settle(conversation: Conversation): Conversation {
  let settled = conversation
  for (const node of Object.values(conversation.nodes)) {
    if (node.role === 'assistant' && node.state === 'writing') {
      const error = { message: 'The page was left while this was being written.' }
      settled = { ...settled, nodes: { ...settled.nodes, [node.id]: { ...node, state: 'broken', error } } }
    }
  }
  return settled
}

/** The messages of a request that asks for what follows on `last`. Answers of which nothing came are left out. */
export function toMessages(conversation: Conversation, last: string): Message[] {
  const system = conversation.system.trim()
  const messages: Message[] = system === '' ? [] : [{ role: 'system', content: system }]
  for (const node of pathTo(conversation, last)) {
    if (node.role === 'user') messages.push({ role: 'user', content: toContent(node) })
    else if (node.text !== '') messages.push({ role: 'assistant', content: node.text })
  }
  return messages
}

/** What a question is on the wire: its text alone where there is no image. */
export function toContent({ text, images }: Question) {
  if (images.length === 0) return text
  const parts = images.map((image) => ({ type: 'image' as const, image }))
  return text === '' ? parts : [{ type: 'text' as const, text }, ...parts]
}

export const toEntry = ({ id, title, updatedAt, nodes }: Conversation): Entry => ({
  id,
  title,
  updatedAt,
  messages: Object.keys(nodes).length,
})

/** The first line of a question, cut between words. */
function titleOf({ text, images }: Question): string {
  const line = text.trim().split('\n')[0]!.trim()
  if (line === '') return images.length === 0 ? UNTITLED : 'Image'
  if (line.length <= LONGEST_TITLE) return line
  const cut = line.slice(0, LONGEST_TITLE)
  const space = cut.lastIndexOf(' ')
  return `${(space > 30 ? cut.slice(0, space) : cut).trimEnd()}…`
}

import type { Message } from 'lmstudio-provider'
import { withFiles, type TextFile } from './text-file.js'
import type { AssistantMessage, Conversation, Entry, ChatMessage, UserMessage } from './types.js'

// Conversations are immutable: each function returns a new one.

const UNTITLED = 'New chat'
const MAX_TITLE_LENGTH = 60

/** Creates an empty conversation, optionally with the settings of another one. */
export function createConversation(
  template?: Pick<Conversation, 'system' | 'parameters' | 'isNative' | 'model' | 'comparedModel' | 'folder'>,
): Conversation {
  const now = Date.now()
  return {
    id: crypto.randomUUID(),
    title: UNTITLED,
    createdAt: now,
    updatedAt: now,
    system: template?.system ?? '',
    parameters: template?.parameters ?? {},
    isNative: template?.isNative ?? false,
    nodes: {},
    chosen: {},
    ...(template?.model === undefined ? {} : { model: template.model }),
    ...(template?.comparedModel === undefined ? {} : { comparedModel: template.comparedModel }),
    ...(template?.folder === undefined ? {} : { folder: template.folder }),
  }
}

/** Returns all messages that follow `parent`, oldest first. */
export function siblings({ nodes }: Conversation, parent: string | undefined): readonly ChatMessage[] {
  return Object.values(nodes).filter((node) => node.parent === parent)
}

/** Returns the messages of the selected branch. */
export function selectedPath({ nodes, chosen }: Conversation): readonly ChatMessage[] {
  const next = new Map<string | undefined, ChatMessage>()
  for (const node of Object.values(nodes)) {
    const current = next.get(node.parent)
    // Without a choice, the latest message is selected.
    if (current === undefined || current.id !== chosen[node.parent ?? '']) next.set(node.parent, node)
  }
  const messages: ChatMessage[] = []
  for (let node = next.get(undefined); node !== undefined; node = next.get(node.id)) messages.push(node)
  return messages
}

/** Returns the messages from the first one to `id`. */
export function pathTo({ nodes }: Conversation, id: string | undefined): readonly ChatMessage[] {
  const messages: ChatMessage[] = []
  for (let node = id === undefined ? undefined : nodes[id]; node !== undefined;) {
    messages.unshift(node)
    node = node.parent === undefined ? undefined : nodes[node.parent]
  }
  return messages
}

/** Adds a message and selects its branch. */
export function addMessage(conversation: Conversation, node: ChatMessage): Conversation {
  const isFirst = conversation.title === UNTITLED && node.role === 'user'
  return {
    ...conversation,
    ...(isFirst ? { title: titleOf(node) } : {}),
    updatedAt: Date.now(),
    nodes: { ...conversation.nodes, [node.id]: node },
    chosen: { ...conversation.chosen, [node.parent ?? '']: node.id },
  }
}

/** Updates a response. */
export function updateResponse(
  conversation: Conversation,
  id: string,
  changes: Partial<AssistantMessage>,
): Conversation {
  const node = conversation.nodes[id]
  if (node?.role !== 'assistant') return conversation
  return {
    ...conversation,
    updatedAt: Date.now(),
    nodes: { ...conversation.nodes, [id]: { ...node, ...changes } },
  }
}

/** Selects the branch that starts with `id`. */
export function selectBranch(conversation: Conversation, id: string): Conversation {
  const node = conversation.nodes[id]
  if (node === undefined) return conversation
  return { ...conversation, chosen: { ...conversation.chosen, [node.parent ?? '']: id } }
}

export const createUserMessage = (
  parent: string | undefined,
  text: string,
  images: readonly string[],
  files: readonly TextFile[] = [],
): UserMessage => ({
  id: crypto.randomUUID(),
  role: 'user',
  parent,
  at: Date.now(),
  text,
  images,
  ...(files.length === 0 ? {} : { files }),
})

export const createAssistantMessage = (parent: string, model: string): AssistantMessage => ({
  id: crypto.randomUUID(),
  role: 'assistant',
  parent,
  at: Date.now(),
  text: '',
  state: 'writing',
  model,
})

/** Marks responses that were streaming when the page was closed as broken. */
export function markInterrupted(conversation: Conversation): Conversation {
  let result = conversation
  for (const node of Object.values(conversation.nodes)) {
    if (node.role === 'assistant' && node.state === 'writing') {
      const error = { message: 'The page was closed while the response was streaming.' }
      result = { ...result, nodes: { ...result.nodes, [node.id]: { ...node, state: 'broken', error } } }
    }
  }
  return result
}

/** Returns the messages of a request for a response to `last`. Leaves out empty responses. */
export function toRequestMessages(conversation: Conversation, last: string): Message[] {
  const system = conversation.system.trim()
  const messages: Message[] = system === '' ? [] : [{ role: 'system', content: system }]
  for (const node of pathTo(conversation, last)) {
    if (node.role === 'user') messages.push({ role: 'user', content: toContent(node) })
    else if (node.text !== '') messages.push({ role: 'assistant', content: node.text })
  }
  return messages
}

/** Returns the content of a user message: plain text if it has no images. */
export function toContent({ text: typed, images, files = [] }: UserMessage) {
  const text = withFiles(typed, files)
  if (images.length === 0) return text
  const parts = images.map((image) => ({ type: 'image' as const, image }))
  return text === '' ? parts : [{ type: 'text' as const, text }, ...parts]
}

export const toEntry = ({ id, title, updatedAt, nodes, isPinned, folder }: Conversation): Entry => ({
  id,
  title,
  updatedAt,
  messages: Object.keys(nodes).length,
  ...(isPinned === true ? { isPinned } : {}),
  ...(folder === undefined ? {} : { folder }),
})

/** Returns the responses that are shown side by side with a response, including itself. */
export function comparedResponses(conversation: Conversation, message: AssistantMessage): readonly AssistantMessage[] {
  const { comparison, parent } = message
  if (comparison === undefined) return [message]
  return siblings(conversation, parent).filter(
    (one): one is AssistantMessage => one.role === 'assistant' && one.comparison === comparison,
  )
}

/** Returns the tokens of the selected branch in the model's context, as counted for its latest response. */
export function contextTokens(conversation: Conversation): number | undefined {
  for (const node of selectedPath(conversation).toReversed()) {
    if (node.role !== 'assistant' || node.usage === undefined) continue
    const { inputTokens, outputTokens, totalTokens } = node.usage
    if (inputTokens !== undefined) return inputTokens + (outputTokens ?? 0)
    if (totalTokens !== undefined) return totalTokens
  }
  return undefined
}

/** Returns the first line of a message, truncated between words. */
function titleOf({ text, images, files = [] }: UserMessage): string {
  const line = text.trim().split('\n')[0]!.trim()
  if (line === '') return files[0]?.name ?? (images.length === 0 ? UNTITLED : 'Image')
  if (line.length <= MAX_TITLE_LENGTH) return line
  const cut = line.slice(0, MAX_TITLE_LENGTH)
  const space = cut.lastIndexOf(' ')
  return `${(space > 30 ? cut.slice(0, space) : cut).trimEnd()}…`
}

import { createStore, delMany, get, getMany, keys, promisifyRequest, set, type UseStore } from 'idb-keyval'
import { updateResponse, markInterrupted, toEntry } from './conversation.js'
import { isEntry, readConversation } from './transfer.js'
import type { AssistantMessage, Conversation, Entry } from './types.js'

/** Stores conversations in IndexedDB. Damaged entries are ignored. If IndexedDB is blocked, every call rejects. */
export interface ConversationStore {
  /** Newest first. */
  list(): Promise<readonly Entry[]>
  load(id: string): Promise<Conversation | undefined>
  loadAll(): Promise<readonly Conversation[]>
  /** Saves a conversation. Messages that another tab has added are kept. */
  save(conversation: Conversation): Promise<void>
  /** Saves the text of a streaming response without writing the whole conversation. */
  saveDraft(id: string, draft: Draft): Promise<void>
  remove(id: string): Promise<void>
}

/** The text of a streaming response. */
export interface Draft extends Pick<AssistantMessage, 'id' | 'text'> {
  readonly reasoning?: string
}

const entryKey = (id: string): string => `entry:${id}`
const bodyKey = (id: string): string => `body:${id}`
const draftKey = (id: string): string => `draft:${id}`

export function createConversationStore(name = 'lmstudio-playground-chats'): ConversationStore {
  let opened: UseStore | undefined
  const store = (): UseStore => (opened ??= createStore(name, 'conversations'))
  const keysWith = async (prefix: string): Promise<string[]> =>
    (await keys<string>(store())).filter((key) => key.startsWith(prefix))

  const load = async (id: string): Promise<Conversation | undefined> => {
    const body = readConversation(await get(bodyKey(id), store()))
    if (body === undefined) return undefined
    const draft = await get<Draft>(draftKey(id), store())
    const isStreaming =
      draft !== undefined && (body.nodes[draft.id] as AssistantMessage | undefined)?.state === 'writing'
    return markInterrupted(isStreaming ? updateResponse(body, draft.id, draft) : body)
  }

  return {
    async list() {
      const entries = await getMany<unknown>(await keysWith('entry:'), store())
      return entries.filter(isEntry).sort((a, b) => b.updatedAt - a.updatedAt)
    },
    load,
    async loadAll() {
      const all = await Promise.all((await keysWith('body:')).map((key) => load(key.slice('body:'.length))))
      return all.filter((conversation) => conversation !== undefined)
    },
    async save(conversation) {
      const { id } = conversation
      // One transaction, because a closing page has no time for more.
      await store()('readwrite', (objects) => {
        const previous: IDBRequest<Conversation | undefined> = objects.get(bodyKey(id))
        previous.addEventListener('success', () => {
          const nodes = { ...previous.result?.nodes, ...conversation.nodes }
          objects.put({ ...conversation, nodes }, bodyKey(id))
          objects.put(toEntry(conversation), entryKey(id))
        })
        return promisifyRequest(objects.transaction)
      })
    },
    async saveDraft(id, draft) {
      await set(draftKey(id), draft, store())
    },
    async remove(id) {
      await delMany([entryKey(id), bodyKey(id), draftKey(id)], store())
    },
  }
}

import { createStore, delMany, get, getMany, keys, promisifyRequest, set, type UseStore } from 'idb-keyval'
import { change, settle, toEntry } from './conversation.js'
import { isEntry, readConversation } from './transfer.js'
import type { Answer, Conversation, Entry } from './types.js'

/** Where conversations are kept. What is damaged counts as not there. Where IndexedDB is off, every call rejects. */
export interface ConversationStore {
  /** Newest first. */
  list(): Promise<readonly Entry[]>
  load(id: string): Promise<Conversation | undefined>
  loadAll(): Promise<readonly Conversation[]>
  /** Keeps what another tab has added to it meanwhile. */
  save(conversation: Conversation): Promise<void>
  /** Keeps how far an answer is, without writing all of its conversation again. */
  saveDraft(id: string, draft: Draft): Promise<void>
  remove(id: string): Promise<void>
}

/** An answer that is being written. */
export interface Draft extends Pick<Answer, 'id' | 'text'> {
  readonly reasoning?: string
}

const entryKey = (id: string): string => `entry:${id}`
const bodyKey = (id: string): string => `body:${id}`
const draftKey = (id: string): string => `draft:${id}`

export function createConversationStore(name = 'lmstudio-playground-chats'): ConversationStore {
  let opened: UseStore | undefined
  const store = (): UseStore => (opened ??= createStore(name, 'conversations'))
  const known = async (prefix: string): Promise<string[]> =>
    (await keys<string>(store())).filter((key) => key.startsWith(prefix))

  const load = async (id: string): Promise<Conversation | undefined> => {
    const body = readConversation(await get(bodyKey(id), store()))
    if (body === undefined) return undefined
    const draft = await get<Draft>(draftKey(id), store())
    const isWriting = draft !== undefined && (body.nodes[draft.id] as Answer | undefined)?.state === 'writing'
    return settle(isWriting ? change(body, draft.id, draft) : body)
  }

  return {
    async list() {
      const entries = await getMany<unknown>(await known('entry:'), store())
      return entries.filter(isEntry).sort((a, b) => b.updatedAt - a.updatedAt)
    },
    load,
    async loadAll() {
      const all = await Promise.all((await known('body:')).map((key) => load(key.slice('body:'.length))))
      return all.filter((conversation) => conversation !== undefined)
    },
    async save(conversation) {
      const { id } = conversation
      // All in one transaction: a page that is being left has time for one.
      await store()('readwrite', (objects) => {
        const before: IDBRequest<Conversation | undefined> = objects.get(bodyKey(id))
        before.addEventListener('success', () => {
          const nodes = { ...before.result?.nodes, ...conversation.nodes }
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

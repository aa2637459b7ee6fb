import { IDBFactory } from 'fake-indexeddb'
import { createStore, set } from 'idb-keyval'
import { describe, expect, test, vi } from 'vitest'
import {
  addMessage,
  updateResponse,
  selectBranch,
  createAssistantMessage,
  createConversation,
  createUserMessage,
  selectedPath,
  pathTo,
  markInterrupted,
  siblings,
  toRequestMessages,
} from '../../playground/src/chat/conversation.js'
import { toChatRequest, toCompletionRequest, nativeFallbackReason } from '../../playground/src/chat/request.js'
import { createConversationStore } from '../../playground/src/chat/store.js'
import { readExport, withoutDuplicates, writeExport } from '../../playground/src/chat/transfer.js'
import type { AssistantMessage, Conversation, UserMessage } from '../../playground/src/chat/types.js'

/** Appends a user message and its complete response to the selected branch. */
function talk(to: Conversation, text: string, responseText: string): Conversation {
  const message = createUserMessage(selectedPath(to).at(-1)?.id, text, [])
  const response = createAssistantMessage(message.id, 'acme/tern-4b')
  return updateResponse(addMessage(addMessage(to, message), response), response.id, {
    text: responseText,
    state: 'whole',
  })
}

const texts = (conversation: Conversation): string[] => selectedPath(conversation).map(({ text }) => text)
const two = (): Conversation => talk(talk(createConversation(), 'one', 'ONE'), 'two', 'TWO')

describe('branches', () => {
  test('a regenerated response is selected, and the first one can be selected again', () => {
    const before = two()
    const [message, first] = selectedPath(before) as [UserMessage, AssistantMessage]
    const other = { ...createAssistantMessage(message.id, 'acme/tern-4b'), text: 'OTHER' }
    const after = addMessage(before, other)
    expect(texts(after)).toEqual(['one', 'OTHER'])
    expect(siblings(after, message.id).map(({ text }) => text)).toEqual(['ONE', 'OTHER'])
    expect(texts(selectBranch(after, first.id))).toEqual(['one', 'ONE', 'two', 'TWO'])
  })

  test('an edited first message starts a branch of its own', () => {
    const after = addMessage(two(), createUserMessage(undefined, 'edited', []))
    expect(texts(after)).toEqual(['edited'])
    expect(texts(selectBranch(after, siblings(after, undefined)[0]!.id))).toEqual(['one', 'ONE', 'two', 'TWO'])
  })

  test('the functions do not mutate their arguments', () => {
    const before = two()
    const copy = structuredClone(before)
    addMessage(before, createUserMessage(undefined, 'x', []))
    updateResponse(before, selectedPath(before)[1]!.id, { text: 'x' })
    selectBranch(before, selectedPath(before)[0]!.id)
    expect(before).toEqual(copy)
  })

  test('pathTo does not depend on the selected branch', () => {
    const conversation = two()
    const response = selectedPath(conversation)[1]!
    const other = addMessage(conversation, createUserMessage(undefined, 'edited', []))
    expect(pathTo(other, response.id).map(({ text }) => text)).toEqual(['one', 'ONE'])
    expect(pathTo(other, undefined)).toEqual([])
  })
})

describe('title', () => {
  test.each([
    ['Hello', 'Hello'],
    ['  First line \nsecond', 'First line'],
    ['word '.repeat(30), `${'word '.repeat(12).trim()}…`],
    ['x'.repeat(90), `${'x'.repeat(60)}…`],
  ])('of a chat that starts with %j is %j', (text, title) => {
    expect(talk(createConversation(), text, '').title).toBe(title)
  })

  test('comes from the first message and stays', () => {
    expect(two().title).toBe('one')
  })

  test('of a first message without text is “Image”', () => {
    expect(
      addMessage(createConversation(), createUserMessage(undefined, '', ['data:image/png;base64,AA=='])).title,
    ).toBe('Image')
  })
})

describe('requests', () => {
  test('contain the system prompt, messages and images, without empty responses', () => {
    const conversation = talk({ ...two(), system: ' Be brief. ' }, 'lost', '')
    const last = createUserMessage(selectedPath(conversation).at(-1)!.id, 'see', ['data:image/png;base64,AA=='])
    expect(toRequestMessages(addMessage(conversation, last), last.id)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'ONE' },
      { role: 'user', content: 'two' },
      { role: 'assistant', content: 'TWO' },
      { role: 'user', content: 'lost' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image', image: 'data:image/png;base64,AA==' },
        ],
      },
    ])
  })

  test('contain the parameters that are set, with the extra fields parsed', () => {
    const conversation = { ...two(), parameters: { topK: 3, contextLength: 9, extraBody: '{ "a": 1 }' } }
    const request = toCompletionRequest(conversation, selectedPath(conversation)[2] as UserMessage, 'm')
    expect(request).toMatchObject({ model: 'm', topK: 3, extraBody: { a: 1 } })
    expect(request).not.toHaveProperty('contextLength')
  })

  test.each(['{', '[]', '3', 'null'])('reject extra fields that are %s', (extraBody) => {
    const conversation = { ...two(), parameters: { extraBody } }
    expect(() => toCompletionRequest(conversation, selectedPath(conversation)[2] as UserMessage, 'm')).toThrow(
      /Extra fields/,
    )
  })

  test('of the native route continue from the previous response if the server has stored it', () => {
    const plain = two()
    const [, response, message] = selectedPath(plain) as [UserMessage, AssistantMessage, UserMessage]
    expect(nativeFallbackReason(plain, message)).toMatch(/has not stored/)
    const stored = updateResponse(plain, response.id, { responseId: 'resp_1' })
    expect(nativeFallbackReason(stored, message)).toBeUndefined()
    expect(toChatRequest(stored, message, 'm')).toMatchObject({
      input: 'two',
      previousResponseId: 'resp_1',
      store: true,
    })
    expect(nativeFallbackReason(plain, selectedPath(plain)[0] as UserMessage)).toBeUndefined()
  })
})

test('a response that was streaming when the page closed is marked as broken and keeps its text', () => {
  const conversation = two()
  const response = selectedPath(conversation)[3] as AssistantMessage
  const interrupted = markInterrupted(updateResponse(conversation, response.id, { state: 'writing' }))
  expect(interrupted.nodes[response.id]).toMatchObject({
    state: 'broken',
    text: 'TWO',
    error: { message: /page was closed/ },
  })
  expect(markInterrupted(interrupted)).toEqual(interrupted)
})

type Loose = Record<string, unknown>

describe('export and import', () => {
  const damaged = (damage: (one: Loose) => void): string => {
    const file = JSON.parse(writeExport([two()])) as { conversations: Loose[] }
    damage(file.conversations[0]!)
    return JSON.stringify(file)
  }
  const anyNode = (one: Loose): Loose => Object.values(one.nodes as Loose)[0] as Loose

  test('reproduce the conversations', () => {
    const conversation = two()
    expect(readExport(writeExport([conversation]))).toEqual([JSON.parse(JSON.stringify(conversation))])
  })

  test.each([
    ['a file without JSON', 'hello', /not JSON/],
    ['other JSON', '{"a":1}', /contains no chats/],
    ['a list', '[]', /contains no chats/],
    ['a newer version', writeExport([]).replace('"version": 1', '"version": 2'), /version 2/],
    ['no messages', damaged((one) => delete one.nodes), /Chat 1 .*nodes/],
    ['an unknown role', damaged((one) => (anyNode(one).role = 'x')), /Chat 1 .*role/],
    ['a message under another id', damaged((one) => (anyNode(one).id = 'x')), /form a tree/],
    ['a cycle', damaged((one) => (anyNode(one).parent = anyNode(one).id)), /form a tree/],
    ['a missing parent', damaged((one) => (anyNode(one).parent = 'gone')), /form a tree/],
    ['a remote image', damaged((one) => (anyNode(one).images = ['https://example.com/x.png'])), /PNG or JPEG/],
    ['an SVG', damaged((one) => (anyNode(one).images = ['data:image/svg+xml;base64,AA=='])), /PNG or JPEG/],
  ])('reject %s with the reason', (_, content, message) => {
    expect(() => readExport(content)).toThrow(message)
  })

  test('do not duplicate or overwrite conversations', () => {
    const existing = two()
    const changed = talk(existing, 'three', 'THREE')
    expect(withoutDuplicates([existing], [existing])).toEqual([])
    const [added] = withoutDuplicates([changed], [existing])
    expect(added!.id).not.toBe(existing.id)
    expect(added!.nodes).toBe(changed.nodes)
  })
})

test('a branch of 50,000 messages can be imported and selected without overflowing the stack', () => {
  const nodes: Record<string, UserMessage> = {}
  for (let index = 0; index < 50_000; index++) {
    const parent = index === 0 ? undefined : `n${index - 1}`
    nodes[`n${index}`] = { ...createUserMessage(parent, 'x', []), id: `n${index}` }
  }
  const [read] = readExport(writeExport([{ ...createConversation(), nodes }]))
  expect(selectedPath(read!)).toHaveLength(50_000)
})

describe('the conversation store', () => {
  vi.stubGlobal('indexedDB', new IDBFactory())

  const damagedBodies: readonly (readonly [string, unknown])[] = [
    ['nothing at all', null],
    ['no messages', { ...two(), nodes: undefined }],
    ['a message without its text', { ...two(), nodes: { x: { id: 'x', role: 'user' } } }],
    ['parameters of another kind', { ...two(), parameters: { stop: 5 } }],
  ]

  test.each(damagedBodies)('skips a conversation damaged to %s and loads the others', async (name, body) => {
    const store = createConversationStore(name)
    const intact = two()
    await store.save(intact)
    await set('body:damaged', body, createStore(name, 'conversations'))
    expect(await store.load('damaged')).toBeUndefined()
    expect((await store.loadAll()).map(({ id }) => id)).toEqual([intact.id])
    expect(await store.load(intact.id)).toEqual(intact)
  })

  test('drops an invalid measurement and keeps the message', async () => {
    const store = createConversationStore('figures')
    const conversation = two()
    const invalid = updateResponse(conversation, selectedPath(conversation)[1]!.id, {
      speed: { tokensPerSecond: Number.NaN },
    })
    await store.save(invalid)
    expect(texts((await store.load(invalid.id))!)).toEqual(['one', 'ONE', 'two', 'TWO'])
  })

  test.each([null, 5, { id: 'a', title: 5, updatedAt: 1, messages: 1 }, { id: 'a', title: 'a' }])(
    'skips a list entry damaged to %j',
    async (entry) => {
      const name = JSON.stringify(entry)
      const store = createConversationStore(name)
      const intact = two()
      await store.save(intact)
      await set('entry:damaged', entry, createStore(name, 'conversations'))
      expect((await store.list()).map(({ id }) => id)).toEqual([intact.id])
    },
  )
})

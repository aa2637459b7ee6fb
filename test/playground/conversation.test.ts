import { IDBFactory } from 'fake-indexeddb'
import { createStore, set } from 'idb-keyval'
import { describe, expect, test, vi } from 'vitest'
import {
  add,
  change,
  choose,
  createAnswer,
  createConversation,
  createQuestion,
  path,
  pathTo,
  settle,
  siblings,
  toMessages,
} from '../../playground/src/chat/conversation.js'
import { toChatRequest, toCompletionRequest, whyNotNative } from '../../playground/src/chat/request.js'
import { createConversationStore } from '../../playground/src/chat/store.js'
import { readExport, withoutClashes, writeExport } from '../../playground/src/chat/transfer.js'
import type { Answer, Conversation, Question } from '../../playground/src/chat/types.js'

/** A question and its whole answer, at the end of what is looked at. */
function talk(to: Conversation, said: string, answered: string): Conversation {
  const question = createQuestion(path(to).at(-1)?.id, said, [])
  const answer = createAnswer(question.id, 'acme/tern-4b')
  return change(add(add(to, question), answer), answer.id, { text: answered, state: 'whole' })
}

const texts = (conversation: Conversation): string[] => path(conversation).map(({ text }) => text)
const two = (): Conversation => talk(talk(createConversation(), 'one', 'ONE'), 'two', 'TWO')

describe('branches', () => {
  test('another answer becomes the one that is looked at, and the first one can be gone back to', () => {
    const before = two()
    const [question, first] = path(before) as [Question, Answer]
    const other = { ...createAnswer(question.id, 'acme/tern-4b'), text: 'OTHER' }
    const after = add(before, other)
    expect(texts(after)).toEqual(['one', 'OTHER'])
    expect(siblings(after, question.id).map(({ text }) => text)).toEqual(['ONE', 'OTHER'])
    expect(texts(choose(after, first.id))).toEqual(['one', 'ONE', 'two', 'TWO'])
  })

  test('an edited first question is a beginning of its own', () => {
    const after = add(two(), createQuestion(undefined, 'anew', []))
    expect(texts(after)).toEqual(['anew'])
    expect(texts(choose(after, siblings(after, undefined)[0]!.id))).toEqual(['one', 'ONE', 'two', 'TWO'])
  })

  test('a function changes nothing of what it was given', () => {
    const before = two()
    const copy = structuredClone(before)
    add(before, createQuestion(undefined, 'x', []))
    change(before, path(before)[1]!.id, { text: 'x' })
    choose(before, path(before)[0]!.id)
    expect(before).toEqual(copy)
  })

  test('pathTo leads to one place, whichever branch is looked at', () => {
    const conversation = two()
    const answer = path(conversation)[1]!
    const other = add(conversation, createQuestion(undefined, 'anew', []))
    expect(pathTo(other, answer.id).map(({ text }) => text)).toEqual(['one', 'ONE'])
    expect(pathTo(other, undefined)).toEqual([])
  })
})

describe('title', () => {
  test.each([
    ['Hello', 'Hello'],
    ['  First line \nsecond', 'First line'],
    ['word '.repeat(30), `${'word '.repeat(12).trim()}…`],
    ['x'.repeat(90), `${'x'.repeat(60)}…`],
  ])('%j', (text, title) => {
    expect(talk(createConversation(), text, '').title).toBe(title)
  })

  test('is that of the first question, and stays', () => {
    expect(two().title).toBe('one')
  })

  test('of an image without a word says so', () => {
    expect(add(createConversation(), createQuestion(undefined, '', ['data:image/png;base64,AA=='])).title).toBe('Image')
  })
})

describe('requests', () => {
  test('have the system prompt, what was said and its images; answers of which nothing came are left out', () => {
    const conversation = talk({ ...two(), system: ' Be brief. ' }, 'lost', '')
    const last = createQuestion(path(conversation).at(-1)!.id, 'see', ['data:image/png;base64,AA=='])
    expect(toMessages(add(conversation, last), last.id)).toEqual([
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

  test('have the parameters that are set, and the extra fields as an object', () => {
    const conversation = { ...two(), parameters: { topK: 3, contextLength: 9, extraBody: '{ "a": 1 }' } }
    const request = toCompletionRequest(conversation, path(conversation)[2] as Question, 'm')
    expect(request).toMatchObject({ model: 'm', topK: 3, extraBody: { a: 1 } })
    expect(request).not.toHaveProperty('contextLength')
  })

  test.each(['{', '[]', '3', 'null'])('extra fields that are %s are refused', (extraBody) => {
    const conversation = { ...two(), parameters: { extraBody } }
    expect(() => toCompletionRequest(conversation, path(conversation)[2] as Question, 'm')).toThrow(/extra fields/)
  })

  test('of the native route go on from the answer before, if the server has it', () => {
    const plain = two()
    const [, answer, question] = path(plain) as [Question, Answer, Question]
    expect(whyNotNative(plain, question)).toMatch(/does not keep/)
    const kept = change(plain, answer.id, { responseId: 'resp_1' })
    expect(whyNotNative(kept, question)).toBeUndefined()
    expect(toChatRequest(kept, question, 'm')).toMatchObject({
      input: 'two',
      previousResponseId: 'resp_1',
      store: true,
    })
    expect(whyNotNative(plain, path(plain)[0] as Question)).toBeUndefined()
  })
})

test('what was being written when the page ended is broken off, and keeps its text', () => {
  const conversation = two()
  const answer = path(conversation)[3] as Answer
  const settled = settle(change(conversation, answer.id, { state: 'writing' }))
  expect(settled.nodes[answer.id]).toMatchObject({ state: 'broken', text: 'TWO', error: { message: /page was left/ } })
  expect(settle(settled)).toEqual(settled)
})

type Loose = Record<string, unknown>

describe('export and import', () => {
  const damaged = (change: (one: Loose) => void): string => {
    const file = JSON.parse(writeExport([two()])) as { conversations: Loose[] }
    change(file.conversations[0]!)
    return JSON.stringify(file)
  }
  const anyNode = (one: Loose): Loose => Object.values(one.nodes as Loose)[0] as Loose

  test('give back what was taken along', () => {
    const conversation = two()
    expect(readExport(writeExport([conversation]))).toEqual([JSON.parse(JSON.stringify(conversation))])
  })

  test.each([
    ['no JSON', 'hello', /not JSON/],
    ['other JSON', '{"a":1}', /holds no conversations/],
    ['a list', '[]', /holds no conversations/],
    ['a newer version', writeExport([]).replace('"version": 1', '"version": 2'), /version 2/],
    ['no messages', damaged((one) => delete one.nodes), /Conversation 1 .*nodes/],
    ['an unknown role', damaged((one) => (anyNode(one).role = 'x')), /Conversation 1 .*role/],
    ['a message of another name', damaged((one) => (anyNode(one).id = 'x')), /follow on each other/],
    ['a circle', damaged((one) => (anyNode(one).parent = anyNode(one).id)), /follow on each other/],
    ['a lost parent', damaged((one) => (anyNode(one).parent = 'gone')), /follow on each other/],
    ['an image elsewhere', damaged((one) => (anyNode(one).images = ['https://example.com/x.png'])), /PNG or JPEG/],
    ['an SVG', damaged((one) => (anyNode(one).images = ['data:image/svg+xml;base64,AA=='])), /PNG or JPEG/],
  ])('%s is refused with what is wrong', (_, content, message) => {
    expect(() => readExport(content)).toThrow(message)
  })

  test('add nothing twice, and overwrite nothing', () => {
    const there = two()
    const changed = talk(there, 'three', 'THREE')
    expect(withoutClashes([there], [there])).toEqual([])
    const [added] = withoutClashes([changed], [there])
    expect(added!.id).not.toBe(there.id)
    expect(added!.nodes).toBe(changed.nodes)
  })
})

test('a file of tens of thousands of messages is read and followed at once', () => {
  const nodes: Record<string, Question> = {}
  for (let index = 0; index < 50_000; index++) {
    const parent = index === 0 ? undefined : `n${index - 1}`
    nodes[`n${index}`] = { ...createQuestion(parent, 'x', []), id: `n${index}` }
  }
  const [read] = readExport(writeExport([{ ...createConversation(), nodes }]))
  expect(path(read!)).toHaveLength(50_000)
})

describe('what is kept', () => {
  vi.stubGlobal('indexedDB', new IDBFactory())

  const damagedBodies: readonly (readonly [string, unknown])[] = [
    ['nothing at all', null],
    ['no messages', { ...two(), nodes: undefined }],
    ['a message without its text', { ...two(), nodes: { x: { id: 'x', role: 'user' } } }],
    ['parameters of another kind', { ...two(), parameters: { stop: 5 } }],
  ]

  test.each(damagedBodies)('and has become %s is left out, and keeps nobody from the rest', async (name, body) => {
    const store = createConversationStore(name)
    const whole = two()
    await store.save(whole)
    await set('body:damaged', body, createStore(name, 'conversations'))
    expect(await store.load('damaged')).toBeUndefined()
    expect((await store.loadAll()).map(({ id }) => id)).toEqual([whole.id])
    expect(await store.load(whole.id)).toEqual(whole)
  })

  test('with a figure that is none is all there but for the figure', async () => {
    const store = createConversationStore('figures')
    const conversation = two()
    const odd = change(conversation, path(conversation)[1]!.id, { speed: { tokensPerSecond: Number.NaN } })
    await store.save(odd)
    expect(texts((await store.load(odd.id))!)).toEqual(['one', 'ONE', 'two', 'TWO'])
  })

  test.each([null, 5, { id: 'a', title: 5, updatedAt: 1, messages: 1 }, { id: 'a', title: 'a' }])(
    'an entry that has become %j is left out of the list',
    async (entry) => {
      const name = JSON.stringify(entry)
      const store = createConversationStore(name)
      const whole = two()
      await store.save(whole)
      await set('entry:damaged', entry, createStore(name, 'conversations'))
      expect((await store.list()).map(({ id }) => id)).toEqual([whole.id])
    },
  )
})

import { describe, expect, test } from 'vitest'
import {
  contextTokens,
  createConversation,
  createUserMessage,
  toContent,
  toEntry,
} from '../../playground/src/chat/conversation.js'
import { toMarkdown } from '../../playground/src/chat/markdown-export.js'
import { readTextFile, withFiles } from '../../playground/src/chat/text-file.js'
import { readConversation, readExport, writeExport } from '../../playground/src/chat/transfer.js'
import type { AssistantMessage, Conversation } from '../../playground/src/chat/types.js'
import { estimateTokens } from '../../playground/src/lib/estimate-tokens.js'
import { splitDetails } from '../../playground/src/lib/split-details.js'
import { handOverModelList } from '../../playground/src/state/hand-over.js'

const FILE = { name: 'a "b".md', text: 'one\n```\ntwo\n```\n' }
const message = createUserMessage(undefined, 'Summarize', ['data:image/png;base64,AA=='], [FILE])
const response: AssistantMessage = {
  id: 'r',
  role: 'assistant',
  parent: message.id,
  at: 1,
  text: 'A **summary**.',
  state: 'whole',
  model: 'acme/tern-4b',
  usage: { inputTokens: 30, outputTokens: 12 },
  comparison: 'c',
  isEdited: true,
}
const conversation: Conversation = {
  ...createConversation(),
  title: 'Files',
  system: 'Be brief.\nAlways.',
  model: 'acme/tern-4b',
  comparedModel: 'acme/heron-base',
  isPinned: true,
  folder: 'Work',
  nodes: { [message.id]: message, r: response },
}

describe('text files', () => {
  test('are sent before the text of the message', () => {
    expect(withFiles('Hi', [{ name: 'a.txt', text: 'x' }])).toBe('<file name="a.txt">\nx\n</file>\n\nHi')
    expect(withFiles('', [{ name: 'a.txt', text: 'x' }])).toBe('<file name="a.txt">\nx\n</file>')
    expect(withFiles('Hi', [])).toBe('Hi')
    expect(toContent(message)).toEqual([
      { type: 'text', text: `<file name="a &quot;b&quot;.md">\n${FILE.text}\n</file>\n\nSummarize` },
      { type: 'image', image: 'data:image/png;base64,AA==' },
    ])
  })

  test('have UTF-8 text and at most 2 MB', async () => {
    const read = (parts: BlobPart[]) => readTextFile(new File(parts, 'a.txt'))
    await expect(read(['a\r\nü'])).resolves.toEqual({ name: 'a.txt', text: 'a\nü' })
    await expect(read([new Uint8Array([0xff, 0xfe])])).rejects.toThrow('“a.txt” is not an image or a text file.')
    await expect(read([new Uint8Array([65, 0])])).rejects.toThrow('“a.txt” is not an image or a text file.')
    await expect(read(['x'.repeat(2_000_000)])).resolves.toMatchObject({ name: 'a.txt' })
    await expect(read(['x'.repeat(2_000_001)])).rejects.toThrow('“a.txt” is larger than 2 MB.')
  })

  test('have an estimated number of tokens', () => {
    expect(estimateTokens('')).toBe(0)
    expect(estimateTokens('x'.repeat(400))).toBe(100)
    expect(estimateTokens('日本語')).toBe(3)
  })
})

test('a conversation is exported as Markdown, with a fence that the file does not close', () => {
  expect(toMarkdown(conversation)).toBe(
    [
      '# Files',
      '> Be brief.\n> Always.',
      '## You',
      '**a "b".md**',
      '````\none\n```\ntwo\n```\n````',
      '*1 image*',
      'Summarize',
      '## acme/tern-4b',
      'A **summary**.\n',
    ].join('\n\n'),
  )
})

test('files, the model, folders and comparisons survive storage and export', () => {
  expect(readConversation(structuredClone(conversation))).toEqual(conversation)
  expect(readExport(writeExport([conversation]))).toEqual([conversation])
  expect(toEntry(conversation)).toMatchObject({ isPinned: true, folder: 'Work' })
})

test('the tokens of the context are those of the latest response', () => {
  expect(contextTokens(conversation)).toBe(42)
  expect(contextTokens(createConversation())).toBeUndefined()
})

test.each([
  [
    'The server failed: “Out of memory” (500, POST /v1/chat/completions).',
    'The server failed: “Out of memory”.',
    '500, POST /v1/chat/completions',
  ],
  ['No response (GET /v1/models).', 'No response.', 'GET /v1/models'],
  ['Something (else) failed.', 'Something (else) failed.', undefined],
])('splits %j', (text, cause, details) => {
  expect(splitDetails(text)).toEqual({ cause, details })
})

describe('handOverModelList', () => {
  const url = 'http://127.0.0.1:1234/api/v1/models'
  const setUp = () => {
    const sent: string[] = []
    const send = handOverModelList(async (input, init) => {
      sent.push(`${init?.method ?? 'GET'} ${String(input)}`)
      return new Response(`list ${sent.length}`)
    })
    return { sent, send, read: async (init?: RequestInit) => (await send(url, init)).text() }
  }

  test('sends one request for two lists in a row, and another one for the third', async () => {
    const { sent, read } = setUp()
    expect([await read(), await read(), await read()]).toEqual(['list 1', 'list 1', 'list 2'])
    expect(sent).toEqual([`GET ${url}`, `GET ${url}`])
  })

  test('does not use a list from before a change or with another token', async () => {
    const { sent, send, read } = setUp()
    await read()
    await send(`${url}/load`, { method: 'POST' })
    expect(await read()).toBe('list 3')
    expect(await read({ headers: { authorization: 'Bearer x' } })).toBe('list 4')
    expect(sent).toHaveLength(4)
  })
})

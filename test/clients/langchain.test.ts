import { HumanMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startMockLMStudio, type MockLMStudioServer } from '../../src/testing/node-server.js'

let server: MockLMStudioServer
let chat: ChatOpenAI

beforeAll(async () => {
  server = await startMockLMStudio()
  chat = new ChatOpenAI({
    model: 'acme/tern-4b',
    apiKey: 'lm-studio',
    configuration: { baseURL: `${server.url}/v1` },
    maxRetries: 0,
  })
})

beforeEach(() => {
  server.reset()
})

afterAll(async () => {
  await server.close()
})

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'tide_at',
      parameters: { type: 'object', properties: { harbor: { type: 'string' } }, required: ['harbor'] },
    },
  },
]

describe('LangChain', () => {
  test('completes a chat', async () => {
    const message = await chat.invoke('Hello.')
    expect(message).toMatchObject({ content: 'You said: Hello.', usage_metadata: { total_tokens: 23 } })
  })

  test('streams a chat', async () => {
    let text = ''
    for await (const chunk of await chat.stream('lorem 40')) text += chunk.text
    expect(text.split(' ')).toHaveLength(40)
  })

  test('calls a tool and sends its result', async () => {
    const messages: BaseMessage[] = [new HumanMessage('When is the tide high at Oban?')]
    const first = await chat.bindTools(tools).invoke(messages)
    expect(first.tool_calls).toMatchObject([{ name: 'tide_at', args: { harbor: 'Oban' } }])
    messages.push(first, new ToolMessage({ content: '04:12', tool_call_id: first.tool_calls?.[0]?.id ?? '' }))
    const second = await chat.bindTools(tools).invoke(messages)
    expect(second.content).toBe('According to tide_at: 04:12')
  })

  test('joins a streamed tool call', async () => {
    const chunks = await chat.bindTools(tools).stream('When is the tide high at Oban?')
    let joined: Awaited<ReturnType<typeof chat.invoke>> | undefined
    for await (const chunk of chunks) joined = joined === undefined ? chunk : joined.concat(chunk)
    expect(joined?.tool_calls).toMatchObject([{ name: 'tide_at', args: { harbor: 'Oban' } }])
  })

  test('embeds one text and many', async () => {
    const embeddings = new OpenAIEmbeddings({
      model: 'text-embedding-plover-v2',
      apiKey: 'lm-studio',
      encodingFormat: 'float',
      configuration: { baseURL: `${server.url}/v1` },
      maxRetries: 0,
    })
    expect(await embeddings.embedQuery('cat')).toHaveLength(256)
    const vectors = await embeddings.embedDocuments(['cat', 'cats'])
    expect(vectors.map(({ length }) => length)).toEqual([256, 256])
  })

  test('rejects with the status of the server', async () => {
    server.inject({ name: 'status-500', message: 'Compute error.' })
    await expect(chat.invoke('Hello.')).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining('Compute error.'),
    })
  })

  test('rejects for an error frame', async () => {
    server.inject({ name: 'error-frame', form: 'object-and-message', message: 'Compute error.' })
    const reading = (async () => {
      for await (const _chunk of await chat.stream('Hello.'));
    })()
    await expect(reading).rejects.toThrow('Compute error.')
  })
})

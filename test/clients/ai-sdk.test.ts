import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, embedMany, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startMockLMStudio, type MockLMStudioServer } from '../../src/testing/node-server.js'

let server: MockLMStudioServer
let provider: ReturnType<typeof createOpenAICompatible>

beforeAll(async () => {
  server = await startMockLMStudio()
  provider = createOpenAICompatible({ name: 'lmstudio', baseURL: `${server.url}/v1` })
})

beforeEach(() => {
  server.reset()
})

afterAll(async () => {
  await server.close()
})

const tide = tool({
  description: 'High water at a harbor',
  inputSchema: jsonSchema<{ harbor: string }>({
    type: 'object',
    properties: { harbor: { type: 'string' } },
    required: ['harbor'],
  }),
  execute: ({ harbor }) => Promise.resolve(`04:12 at ${harbor}`),
})

describe('the AI SDK', () => {
  const model = 'acme/tern-4b'

  test('generates text and reasoning', async () => {
    const result = await generateText({ model: provider(model), prompt: 'Hello.' })
    expect(result.text).toBe('You said: Hello.')
    expect(result.reasoningText).toBe('The user says "Hello.". A short answer will do.')
    expect(result.finishReason).toBe('stop')
  })

  test('streams text', async () => {
    const result = streamText({ model: provider(model), prompt: 'lorem 40' })
    let text = ''
    for await (const delta of result.textStream) text += delta
    expect(text.split(' ')).toHaveLength(40)
  })

  test('runs a tool and uses its result', async () => {
    const result = await generateText({
      model: provider(model),
      prompt: 'When is the tide high at Oban?',
      tools: { tide_at: tide },
      stopWhen: stepCountIs(3),
    })
    expect(result.steps).toHaveLength(2)
    expect(result.text).toBe('According to tide_at: 04:12 at Oban')
  })

  test('runs a tool in a stream and uses its result', async () => {
    const result = streamText({
      model: provider(model),
      prompt: 'When is the tide high at Oban?',
      tools: { tide_at: tide },
      stopWhen: stepCountIs(3),
    })
    expect(await result.text).toBe('According to tide_at: 04:12 at Oban')
  })

  test('embeds many texts', async () => {
    const { embeddings } = await embedMany({
      model: provider.embeddingModel('text-embedding-plover-v2'),
      values: ['cat', 'cats', 'car engine'],
    })
    expect(embeddings.map(({ length }) => length)).toEqual([256, 256, 256])
  })

  test('rejects with the status and the text of the server', async () => {
    server.inject({ name: 'status-500', shape: 'object', message: 'Compute error.' })
    const error: unknown = await generateText({ model: provider(model), prompt: 'Hello.', maxRetries: 0 }).catch(
      (reason: unknown) => reason,
    )
    expect(APICallError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ statusCode: 500, message: 'Compute error.' })
  })
})

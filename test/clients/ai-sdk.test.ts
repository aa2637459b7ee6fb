import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { embedMany, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
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
  description: 'High water at a harbour',
  inputSchema: jsonSchema<{ harbour: string }>({
    type: 'object',
    properties: { harbour: { type: 'string' } },
    required: ['harbour'],
  }),
  execute: ({ harbour }) => Promise.resolve(`04:12 at ${harbour}`),
})

describe('the AI SDK', () => {
  const model = 'acme/tern-4b'

  test('generates text, with the reasoning beside it', async () => {
    const result = await generateText({ model: provider(model), prompt: 'Hello.' })
    expect(result.text).toBe('You said: Hello.')
    expect(result.reasoningText).toContain('Hello.')
    expect(result.finishReason).toBe('stop')
  })

  test('streams text', async () => {
    const result = streamText({ model: provider(model), prompt: 'lorem 40' })
    let text = ''
    for await (const piece of result.textStream) text += piece
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
    expect(result.text).toContain('04:12 at Oban')
  })

  test('runs a tool from a stream', async () => {
    const result = streamText({
      model: provider(model),
      prompt: 'When is the tide high at Oban?',
      tools: { tide_at: tide },
      stopWhen: stepCountIs(3),
    })
    expect(await result.text).toContain('04:12 at Oban')
  })

  test('embeds many', async () => {
    const { embeddings } = await embedMany({
      model: provider.embeddingModel('text-embedding-plover-v2'),
      values: ['cat', 'cats', 'car engine'],
    })
    expect(embeddings.map(({ length }) => length)).toEqual([256, 256, 256])
  })
})

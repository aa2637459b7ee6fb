import { embed, embedMany } from '@xsai/embed'
import { generateText } from '@xsai/generate-text'
import { listModels } from '@xsai/model'
import { streamText } from '@xsai/stream-text'
import { rawTool } from '@xsai/tool'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startMockLMStudio, type MockLMStudioServer } from '../../src/testing/node-server.js'

let server: MockLMStudioServer
let settings: { baseURL: string; model: string }

beforeAll(async () => {
  server = await startMockLMStudio()
  settings = { baseURL: `${server.url}/v1/`, model: 'acme/tern-4b' }
})

beforeEach(() => {
  server.reset()
})

afterAll(async () => {
  await server.close()
})

const tide = rawTool<{ harbor: string }>({
  name: 'tide_at',
  parameters: { type: 'object', properties: { harbor: { type: 'string' } }, required: ['harbor'] },
  execute: ({ harbor }) => `04:12 at ${harbor}`,
})
const hello = [{ role: 'user' as const, content: 'Hello.' }]
const tideQuestion = [{ role: 'user' as const, content: 'When is the tide high at Oban?' }]

describe('xsai', () => {
  test('lists models', async () => {
    const models = await listModels({ baseURL: settings.baseURL })
    expect(models.map(({ id }) => id)).toEqual([
      'acme/tern-4b',
      'acme/heron-base',
      'acme/plover-vl',
      'acme/judge-1b',
      'text-embedding-plover-v2',
    ])
  })

  test('generates text and reasoning', async () => {
    const result = await generateText({ ...settings, messages: hello })
    expect(result).toMatchObject({
      text: 'You said: Hello.',
      reasoningText: 'The user says "Hello.". A short answer will do.',
      finishReason: 'stop',
      usage: { total_tokens: 23 },
    })
  })

  test('streams text and its usage', async () => {
    const messages = [{ role: 'user' as const, content: 'lorem 40' }]
    const { textStream, usage } = streamText({ ...settings, messages, streamOptions: { includeUsage: true } })
    let text = ''
    for await (const delta of textStream) text += delta
    expect(text.split(' ')).toHaveLength(40)
    expect((await usage)?.completion_tokens).toBeGreaterThan(40)
  })

  test('runs a tool and uses its result', async () => {
    const result = await generateText({ ...settings, messages: tideQuestion, tools: [tide], maxSteps: 3 })
    expect(result.steps).toHaveLength(2)
    expect(result.text).toBe('According to tide_at: 04:12 at Oban')
  })

  test('runs a tool in a stream and uses its result', async () => {
    const { textStream, steps } = streamText({ ...settings, messages: tideQuestion, tools: [tide], maxSteps: 3 })
    let text = ''
    for await (const delta of textStream) text += delta
    expect(text).toBe('According to tide_at: 04:12 at Oban')
    expect(await steps).toHaveLength(2)
  })

  test('embeds one text and many', async () => {
    const request = { baseURL: settings.baseURL, model: 'text-embedding-plover-v2' }
    expect((await embed({ ...request, input: 'cat' })).embedding).toHaveLength(256)
    const { embeddings } = await embedMany({ ...request, input: ['cat', 'cats'] })
    expect(embeddings.map(({ length }) => length)).toEqual([256, 256])
  })

  test('rejects with the status and the text of the server', async () => {
    server.inject({ name: 'status-500', message: 'Compute error.' })
    await expect(generateText({ ...settings, messages: hello })).rejects.toMatchObject({
      message: expect.stringContaining('Compute error.'),
      response: { status: 500 },
    })
  })

  test('rejects for an error frame', async () => {
    server.inject({ name: 'error-frame', form: 'string', message: 'Compute error.' })
    const result = streamText({ ...settings, messages: hello })
    for (const promise of [result.messages, result.steps, result.usage, result.totalUsage]) {
      promise.catch(() => undefined)
    }
    const reading = (async () => {
      for await (const _delta of result.textStream);
    })()
    await expect(reading).rejects.toThrow('Compute error.')
  })
})

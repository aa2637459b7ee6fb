import OpenAI, { AuthenticationError, RateLimitError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startMockLMStudio, type MockLMStudioServer } from '../../src/testing/node-server.js'

const model = 'acme/tern-4b'
let server: MockLMStudioServer
let client: OpenAI

beforeAll(async () => {
  server = await startMockLMStudio()
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'lm-studio', maxRetries: 0 })
})

beforeEach(() => {
  server.reset()
})

afterAll(async () => {
  await server.close()
})

const tools: OpenAI.Chat.Completions.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'tide_at',
      parameters: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
    },
  },
]

describe('the openai package', () => {
  test('lists models', async () => {
    const list = await client.models.list()
    expect(list.data.map(({ id }) => id)).toContain(model)
  })

  test('completes a chat', async () => {
    const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello.' }] })
    expect(completion.choices[0]?.message.content).toBe('You said: Hello.')
    expect(completion.usage?.total_tokens).toBeGreaterThan(0)
  })

  test('streams a chat with its usage', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'lorem 50' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let total: number | undefined
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      total ??= chunk.usage?.total_tokens
    }
    expect(text.split(' ')).toHaveLength(50)
    expect(total).toBeGreaterThan(50)
  })

  test('leaving a stream stops the generation', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'lorem 500000' }],
      stream: true,
    })
    for await (const _chunk of stream) break
    await expect(server.calls.at(-1)?.finished).resolves.toBe('aborted')
  })

  test('calls a tool and is told the result', async () => {
    const messages: OpenAI.Chat.Completions.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Tide at Oban?' }]
    const first = await client.chat.completions.create({ model, messages, tools })
    const message = first.choices[0]?.message
    const call = message?.tool_calls?.[0]
    expect(call).toMatchObject({ function: { name: 'tide_at', arguments: '{"harbour":"Oban"}' } })
    if (message === undefined || call === undefined) throw new Error('no call')
    messages.push(message, { role: 'tool', tool_call_id: call.id, content: '04:12' })
    const second = await client.chat.completions.create({ model, messages, tools })
    expect(second.choices[0]?.message.content).toBe('According to tide_at: 04:12')
  })

  test('gathers a streamed tool call', async () => {
    const runner = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: 'Tide at Oban?' }],
      tools,
    })
    const message = await runner.finalMessage()
    expect(message.tool_calls?.[0]).toMatchObject({ function: { name: 'tide_at', arguments: '{"harbour":"Oban"}' } })
  })

  test('embeds, when told not to ask for base64', async () => {
    const input = ['cat', 'cats']
    const answer = await client.embeddings.create({
      model: 'text-embedding-plover-v2',
      input,
      encoding_format: 'float',
    })
    expect(answer.data.map(({ embedding }) => embedding.length)).toEqual([256, 256])
  })

  test('makes a response, whole and streamed', async () => {
    const response = await client.responses.create({ model, input: 'Hello.' })
    expect(response.output_text).toBe('You said: Hello.')
    const stream = await client.responses.create({ model, input: 'Hello.', stream: true })
    let text = ''
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta
    expect(text).toBe('You said: Hello.')
  })

  test('completes text', async () => {
    const completion = await client.completions.create({ model: 'acme/heron-base', prompt: 'The gull cried' })
    expect(completion.choices[0]?.text).toBe(' and the tide turned')
  })

  test('sees refusals as its own errors', async () => {
    server.inject('status-429')
    const asking = client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello.' }] })
    await expect(asking).rejects.toBeInstanceOf(RateLimitError)
    server.configure({ auth: true })
    await expect(client.models.list()).rejects.toBeInstanceOf(AuthenticationError)
  })

  test('sees an error frame as an error, and nothing at all behind a wrong base address', async () => {
    server.inject({ name: 'error-frame', form: 'object-and-message', message: 'Compute error.' })
    const messages = [{ role: 'user' as const, content: 'Hello.' }]
    const stream = await client.chat.completions.create({ model, messages, stream: true })
    const reading = (async () => {
      for await (const _chunk of stream);
    })()
    await expect(reading).rejects.toThrow('Compute error.')
    const lost = new OpenAI({ baseURL: server.url, apiKey: 'x', maxRetries: 0 })
    expect(await lost.chat.completions.create({ model, messages })).toHaveProperty('error')
  })
})

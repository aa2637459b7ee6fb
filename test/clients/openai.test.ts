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
      parameters: { type: 'object', properties: { harbor: { type: 'string' } }, required: ['harbor'] },
    },
  },
]

const responseTools: OpenAI.Responses.Tool[] = [
  {
    type: 'function',
    name: 'tide_at',
    parameters: { type: 'object', properties: { harbor: { type: 'string' } }, required: ['harbor'] },
    strict: null,
  },
]

describe('the openai package', () => {
  test('lists models', async () => {
    const list = await client.models.list()
    expect(list.data.map(({ id }) => id)).toEqual([
      'acme/tern-4b',
      'acme/heron-base',
      'acme/plover-vl',
      'acme/judge-1b',
      'text-embedding-plover-v2',
    ])
  })

  test('completes a chat', async () => {
    const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello.' }] })
    expect(completion.choices[0]?.message.content).toBe('You said: Hello.')
    expect(completion.usage?.total_tokens).toBe(23)
  })

  test('streams a chat and its usage', async () => {
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
    expect(total).toBe(70)
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

  test('calls a tool and sends its result', async () => {
    const messages: OpenAI.Chat.Completions.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Tide at Oban?' }]
    const first = await client.chat.completions.create({ model, messages, tools })
    const message = first.choices[0]?.message
    const call = message?.tool_calls?.[0]
    expect(call).toMatchObject({ function: { name: 'tide_at', arguments: '{"harbor":"Oban"}' } })
    messages.push(message!, { role: 'tool', tool_call_id: call!.id, content: '04:12' })
    const second = await client.chat.completions.create({ model, messages, tools })
    expect(second.choices[0]?.message.content).toBe('According to tide_at: 04:12')
  })

  test('joins a streamed tool call', async () => {
    const runner = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: 'Tide at Oban?' }],
      tools,
    })
    const message = await runner.finalMessage()
    expect(message.tool_calls?.[0]).toMatchObject({ function: { name: 'tide_at', arguments: '{"harbor":"Oban"}' } })
  })

  test('embeds with encoding_format "float"', async () => {
    const input = ['cat', 'cats']
    const response = await client.embeddings.create({
      model: 'text-embedding-plover-v2',
      input,
      encoding_format: 'float',
    })
    expect(response.data.map(({ embedding }) => embedding.length)).toEqual([256, 256])
  })

  test('creates a response, whole and streamed', async () => {
    const response = await client.responses.create({ model, input: 'Hello.' })
    expect(response.output_text).toBe('You said: Hello.')
    const stream = await client.responses.create({ model, input: 'Hello.', stream: true })
    let text = ''
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta
    expect(text).toBe('You said: Hello.')
  })

  test('calls a tool in a response, whole and streamed, and continues the conversation', async () => {
    const request = { model, input: 'Tide at Oban?', tools: responseTools, reasoning: { effort: 'none' as const } }
    const first = await client.responses.create(request)
    const [call] = first.output
    expect(call).toMatchObject({ type: 'function_call', name: 'tide_at', arguments: '{"harbor":"Oban"}' })
    const second = await client.responses.create({
      model,
      previous_response_id: first.id,
      input: [
        {
          type: 'function_call_output',
          call_id: (call as OpenAI.Responses.ResponseFunctionToolCall).call_id,
          output: '04:12',
        },
      ],
    })
    expect(second.output_text).toBe('According to tide_at: 04:12')
    expect(second.previous_response_id).toBe(first.id)

    server.inject('argument-deltas')
    const events: string[] = []
    let args = ''
    for await (const event of await client.responses.create({ ...request, stream: true })) {
      events.push(event.type)
      if (event.type === 'response.function_call_arguments.delta') args += event.delta
    }
    expect(args).toBe('{"harbor":"Oban"}')
    expect(events.at(-1)).toBe('response.completed')
  })

  test('joins a streamed response that continues another', async () => {
    const { id } = await client.responses.create({ model, input: 'Hello.' })
    const stream = client.responses.stream({ model, input: 'echo: still here', previous_response_id: id })
    const response = await stream.finalResponse()
    expect(response).toMatchObject({ output_text: 'still here', previous_response_id: id, status: 'completed' })
  })

  test('rejects for an unknown previous_response_id', async () => {
    const response = client.responses.create({ model, input: 'Hello.', previous_response_id: 'resp_gone' })
    await expect(response).rejects.toMatchObject({ status: 400, param: 'previous_response_id' })
  })

  test('reports a response that fails', async () => {
    server.inject({ name: 'response-failed', message: 'Compute error.' })
    const events = await client.responses.create({ model, input: 'Hello.', stream: true })
    let message: string | undefined
    for await (const event of events) if (event.type === 'response.failed') message = event.response.error?.message
    expect(message).toBe('Compute error.')
  })

  test('completes text, whole and streamed', async () => {
    const request = { model: 'acme/heron-base', prompt: 'The gull cried' }
    const completion = await client.completions.create(request)
    expect(completion.choices[0]?.text).toBe(' and the tide turned')
    expect(completion.usage?.total_tokens).toBe(12)
    let text = ''
    let total: number | undefined
    const options = { stream: true, stream_options: { include_usage: true } } as const
    for await (const chunk of await client.completions.create({ ...request, ...options })) {
      text += chunk.choices[0]?.text ?? ''
      total ??= chunk.usage?.total_tokens
    }
    expect(text).toBe(' and the tide turned')
    expect(total).toBe(12)
  })

  test('rejects with its own error classes', async () => {
    server.inject('status-429')
    const completion = client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello.' }] })
    await expect(completion).rejects.toBeInstanceOf(RateLimitError)
    server.configure({ auth: true })
    await expect(client.models.list()).rejects.toBeInstanceOf(AuthenticationError)
  })

  test('rejects for an error frame', async () => {
    server.inject({ name: 'error-frame', form: 'object-and-message', message: 'Compute error.' })
    const messages = [{ role: 'user' as const, content: 'Hello.' }]
    const stream = await client.chat.completions.create({ model, messages, stream: true })
    const reading = (async () => {
      for await (const _chunk of stream);
    })()
    await expect(reading).rejects.toThrow('Compute error.')
  })

  test('does not notice a wrong base URL, because the response has status 200', async () => {
    const misdirected = new OpenAI({ baseURL: server.url, apiKey: 'x', maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Hello.' }]
    expect(await misdirected.chat.completions.create({ model, messages })).toMatchObject({
      error: 'Unexpected endpoint or method. (POST /chat/completions)',
    })
  })
})

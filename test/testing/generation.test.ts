import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockPrompt } from '../../src/testing/index.js'
import { chat, model, pngURL, post, tideTool, user } from './support/mock-requests.js'
import { framesOf } from './support/read-frames.js'

// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into the completion
const complete = async (body: object): Promise<any> => (await chat(createMockLMStudio(), body)).json()

describe('limits of a generation', () => {
  test('max_tokens cuts the text', async () => {
    const { choices, usage } = await complete({ ...user('echo: one two three four'), max_tokens: 2 })
    expect(choices[0]).toMatchObject({ message: { content: 'one two' }, finish_reason: 'length' })
    expect(usage.completion_tokens).toBe(2)
  })

  test('a text of exactly max_tokens is not cut', async () => {
    const { choices } = await complete({ ...user('echo: one two three four'), max_tokens: 4 })
    expect(choices[0]).toMatchObject({ message: { content: 'one two three four' }, finish_reason: 'stop' })
  })

  test('reasoning counts toward max_tokens', async () => {
    const { choices, usage } = await complete({ max_tokens: 5, reasoning_effort: 'low' })
    expect(choices[0]).toMatchObject({ message: { content: '' }, finish_reason: 'length' })
    expect(usage.completion_tokens_details.reasoning_tokens).toBe(5)
  })

  test('max_tokens of -1 is no limit', async () => {
    expect((await complete({ max_tokens: -1 })).choices[0].finish_reason).toBe('stop')
  })

  test('a stop string ends the text before it', async () => {
    const { choices } = await complete({ ...user('echo: one two three four'), stop: ['four', 'three'] })
    expect(choices[0]).toMatchObject({ message: { content: 'one two ' }, finish_reason: 'stop' })
  })

  test('usage is the estimate of four characters per token, plus the template', async () => {
    expect((await complete({})).usage).toEqual({
      prompt_tokens: 6,
      completion_tokens: 5,
      total_tokens: 11,
      completion_tokens_details: { reasoning_tokens: 0 },
    })
  })
})

describe('a prompt that exceeds the context', () => {
  const mock = createMockLMStudio({ models: [{ id: model, loaded: true, contextLength: 64 }] })
  const long = user('gull '.repeat(200))

  test('is a 400', async () => {
    const response = await chat(mock, long)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'Cannot truncate prompt with n_keep (255) >= n_ctx (64)' })
  })

  test('is an error frame in a stream', async () => {
    const response = await chat(mock, { ...long, stream: true })
    expect(response.status).toBe(200)
    const message = 'Context size has been exceeded.'
    expect(await framesOf(Promise.resolve(response))).toEqual([
      { event: undefined, data: { error: { message }, message } },
    ])
  })
})

describe('images for a model that cannot see', () => {
  const models = [{ id: model, loaded: true }]
  const message = 'Model does not support images. Please use a model that does.'
  const content = [{ type: 'image_url', image_url: { url: pngURL } }]

  test.each<[string, object, unknown]>([
    ['/v1/chat/completions', user(content), { error: message }],
    ['/v1/chat/completions', { ...user(content), stream: true }, { error: message }],
    [
      '/v1/responses',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: pngURL }] }] },
      { error: { message, type: 'invalid_request_error', param: null, code: null } },
    ],
    [
      '/api/v1/chat',
      { input: [{ type: 'image', data_url: pngURL }], stream: true },
      { error: { message, type: 'invalid_request', code: null, param: null } },
    ],
  ])('are a 400 of %s', async (path, body, expected) => {
    const response = await post(createMockLMStudio({ models }), path, { model, ...body })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual(expected)
  })

  test('are accepted by a vision model', async () => {
    const seeing = createMockLMStudio({ models: [{ id: model, type: 'vlm', loaded: true }] })
    expect((await chat(seeing, user(content))).status).toBe(200)
  })
})

describe('scripted replies', () => {
  test('a script gets the same prompt from every route', async () => {
    const prompts: MockPrompt[] = []
    const mock = createMockLMStudio({
      reply: (prompt) => {
        prompts.push(prompt)
        return 'Aye.'
      },
    })
    await chat(mock, { tools: [tideTool], max_tokens: 7 })
    await post(mock, '/api/v1/chat', { model, input: 'Hello.', system_prompt: 'Be brief.' })
    await post(mock, '/v1/responses', { model, input: 'Hello.', instructions: 'Be brief.' })
    expect(prompts.map(({ route }) => route)).toEqual(['/v1/chat/completions', '/api/v1/chat', '/v1/responses'])
    expect(prompts[0]).toMatchObject({ maxTokens: 7, tools: [{ name: 'tide_at' }], reasoning: false })
    const messages = [
      { role: 'system', text: 'Be brief.', images: [] },
      { role: 'user', text: 'Hello.', images: [] },
    ]
    expect(prompts.slice(1).map((prompt) => prompt.messages)).toEqual([messages, messages])
  })

  test('undefined leaves the reply to the mock', async () => {
    const mock = createMockLMStudio({ reply: () => Promise.resolve(undefined) })
    expect((await (await chat(mock)).json()).choices[0].message.content).toBe('You said: Hello.')
  })

  test('deltas, usage, finish reason and raw arguments are sent as scripted', async () => {
    const mock = createMockLMStudio({
      reply: () => ({
        deltas: ['He', 'llo'],
        toolCalls: [{ id: 'call_x', name: 'tide_at', arguments: '{"harbor":' }],
        finishReason: 'content_filter',
        usage: { promptTokens: 1, completionTokens: 2 },
      }),
    })
    const { choices, usage } = await (await chat(mock)).json()
    expect(choices[0].message.tool_calls).toEqual([
      { id: 'call_x', type: 'function', function: { name: 'tide_at', arguments: '{"harbor":' } },
    ])
    expect(choices[0].finish_reason).toBe('content_filter')
    expect(usage.total_tokens).toBe(3)
    const frames = await framesOf(chat(mock, { stream: true }))
    expect(frames.slice(0, 2).map(({ data }) => data.choices[0].delta.content)).toEqual(['He', 'llo'])
  })
})

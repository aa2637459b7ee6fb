import { describe, expect, test, vi } from 'vitest'
import { createMockLMStudio, type MockPrompt } from '../../src/testing/index.js'
import { ask, chat, hello, model, user } from './ask.js'
import { readFrames, textOf } from './read-frames.js'

const tide = {
  type: 'function',
  function: {
    name: 'tide_at',
    description: 'High and low water at a harbour',
    parameters: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
  },
}
const wind = { type: 'function', function: { name: 'wind_at', parameters: tide.function.parameters } }
const png = 'data:image/png;base64,iVBORw0KGgo='

const say = async (text: string): Promise<string> =>
  (await (await chat(createMockLMStudio(), user(text))).json()).choices[0].message.content

describe('answers', () => {
  test('an answer repeats the question and its counts add up', async () => {
    const body = await (await chat(createMockLMStudio())).json()
    expect(body.choices[0].message).toEqual({
      role: 'assistant',
      content: 'You said: Hello.',
      reasoning_content: '',
      tool_calls: [],
    })
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens)
  })

  test('"lorem 500" gives 500 words, "echo:" gives the rest, and the same request the same answer', async () => {
    expect((await say('lorem 500')).split(' ')).toHaveLength(500)
    expect(await say('lorem 500')).toBe(await say('lorem 500'))
    expect(await say('echo: just this')).toBe('just this')
  })

  test('images are seen', async () => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: png } },
    ]
    const body = await (await chat(createMockLMStudio(), user(content))).json()
    expect(body.choices[0].message.content).toBe('You said: What is this? I see 1 image (image/png).')
  })

  test('the token limit cuts the answer, reasoning counted, and says so', async () => {
    const body = await (await chat(createMockLMStudio(), { ...user('lorem 50'), max_tokens: 5 })).json()
    expect(body.choices[0].message.content.split(' ')).toHaveLength(5)
    expect(body.choices[0].finish_reason).toBe('length')
    expect(body.usage.completion_tokens).toBe(5)
    const thinking = await (await chat(createMockLMStudio(), { max_tokens: 5, reasoning_effort: 'low' })).json()
    expect(thinking.choices[0].message.content).toBe('')
    expect(thinking.usage.completion_tokens_details.reasoning_tokens).toBe(5)
  })

  test('a token limit of -1 is none', async () => {
    const body = await (await chat(createMockLMStudio(), { max_tokens: -1 })).json()
    expect(body.choices[0].finish_reason).toBe('stop')
  })

  test('a stop string ends the text before it', async () => {
    const body = await (
      await chat(createMockLMStudio(), { ...user('echo: one two three four'), stop: ['three'] })
    ).json()
    expect(body.choices[0].message.content).toBe('one two ')
    expect(body.choices[0].finish_reason).toBe('stop')
  })

  test('an unknown model is served by the loaded one, under its own id', async () => {
    expect((await (await chat(createMockLMStudio(), { model: 'acme/puffin-9b' })).json()).model).toBe(model)
  })

  test('a known model is loaded first, once for requests that come together, and put out of the one before', async () => {
    const mock = createMockLMStudio({ loadDelayMs: 1 })
    const answers = await Promise.all([1, 2].map(() => chat(mock, { model: 'acme/heron-base' })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual([model, 'acme/heron-base'])
    await chat(mock, { model: 'acme/plover-vl' })
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual([model, 'acme/plover-vl'])
  })

  test('a prompt beyond the context is refused, in a stream after its 200', async () => {
    const mock = createMockLMStudio({ models: [{ id: model, loaded: true, contextLength: 64 }] })
    const long = user('gull '.repeat(200))
    const whole = await chat(mock, long)
    expect(whole.status).toBe(400)
    expect((await whole.json()).error).toMatch(/^Cannot truncate prompt with n_keep \(\d+\) >= n_ctx \(64\)$/u)
    const streamed = await chat(mock, { ...long, stream: true })
    expect(streamed.status).toBe(200)
    expect(readFrames(await streamed.text()).map(({ data }) => data.message)).toEqual([
      'Context size has been exceeded.',
    ])
  })
})

describe('streams', () => {
  test('a stream has one event per token, a finish reason, the usage asked for, and the mark of its end', async () => {
    const mock = createMockLMStudio()
    const response = await chat(mock, { stream: true, stream_options: { include_usage: true } })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const frames = readFrames(await response.text())
    expect(textOf(frames)).toBe('You said: Hello.')
    expect(frames.at(-3)?.data.choices[0].finish_reason).toBe('stop')
    expect(frames.at(-2)?.data.choices).toEqual([])
    expect(frames.at(-1)?.data).toBe('[DONE]')
    expect(mock.calls[0]?.eventsSent).toBe(frames.length)
    await expect(mock.calls[0]?.finished).resolves.toBe('completed')
  })

  test('without the asking there is no usage', async () => {
    const frames = readFrames(await (await chat(createMockLMStudio(), { stream: true })).text())
    expect(frames.some(({ data }) => data.usage !== undefined)).toBe(false)
  })

  test('nothing is generated that nobody reads', async () => {
    const mock = createMockLMStudio()
    const response = await chat(mock, { ...user('lorem 1000'), stream: true })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.read()
    expect(mock.calls[0]?.eventsSent).toBe(2)
    await reader?.cancel()
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('a model unloaded meanwhile ends the stream with an error', async () => {
    const mock = createMockLMStudio()
    mock.inject({ name: 'stall', afterEvents: 1 })
    const response = await chat(mock, { stream: true })
    const text = response.text()
    await mock.whenHeld()
    await ask(mock, '/api/v1/models/unload', { instance_id: model })
    mock.release()
    expect(readFrames(await text).at(-1)?.data).toEqual({ error: 'Model is unloaded.' })
  })
})

describe('reasoning', () => {
  const reasoning = { options: ['off', 'on'], default: 'on' }

  test.each([
    ['reasoning_content', { reasoning_content: 'Hm.', content: 'Aye.' }],
    ['reasoning', { reasoning: 'Hm.', content: 'Aye.' }],
    ['inline', { content: '<think>\nHm.\n</think>\n\nAye.' }],
  ] as const)('goes to %s', async (reasoningField, expected) => {
    const models = [{ id: model, loaded: true, reasoning, reasoningField }]
    const mock = createMockLMStudio({ models, reply: () => ({ reasoning: 'Hm.', text: 'Aye.' }) })
    const whole = await (await chat(mock)).json()
    expect(whole.choices[0].message).toMatchObject(expected)
    const frames = readFrames(await (await chat(mock, { stream: true })).text())
    for (const [key, text] of Object.entries(expected)) {
      expect(frames.map(({ data }) => data.choices?.[0].delta[key] ?? '').join('')).toBe(text)
    }
  })

  test('is there by default, and gone when turned off or when a schema constrains the answer', async () => {
    const mock = createMockLMStudio()
    const reasoned = async (body: object): Promise<boolean> =>
      (await (await chat(mock, body)).json()).choices[0].message.reasoning_content !== ''
    const schema = { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } } }
    expect(await reasoned({ reasoning_effort: undefined })).toBe(true)
    expect(await reasoned({ reasoning_effort: 'none' })).toBe(false)
    expect(await reasoned({ reasoning_effort: undefined, ...schema })).toBe(false)
    expect(await reasoned({ reasoning_effort: undefined, model: 'acme/heron-base' })).toBe(false)
  })
})

const calls = async (toolChoice: string): Promise<unknown[]> => {
  const body = await (await chat(createMockLMStudio(), { tools: [tide], tool_choice: toolChoice })).json()
  return body.choices[0].message.tool_calls
}

describe('tools', () => {
  test('a message that fits a tool calls it with what it says', async () => {
    const body = await (
      await chat(createMockLMStudio(), { ...user('When is the tide high at Oban?'), tools: [tide] })
    ).json()
    const [choice] = body.choices
    expect(choice.finish_reason).toBe('tool_calls')
    expect(choice.message.tool_calls).toHaveLength(1)
    expect(choice.message.tool_calls[0].id).toMatch(/^\d{9}$/u)
    expect(choice.message.tool_calls[0].function).toEqual({ name: 'tide_at', arguments: '{"harbour":"Oban"}' })
  })

  test('a message that fits none is answered, and "required" calls one all the same', async () => {
    expect(await calls('auto')).toHaveLength(0)
    expect(await calls('required')).toHaveLength(1)
    expect(await calls('none')).toHaveLength(0)
  })

  test('two tools are called side by side, in a stream under an index each', async () => {
    const body = { ...user('Tide and wind at Oban?'), tools: [tide, wind], stream: true }
    const frames = readFrames(await (await chat(createMockLMStudio(), body)).text())
    const deltas = frames.flatMap(({ data }) => data.choices?.[0].delta.tool_calls ?? [])
    for (const index of [0, 1]) {
      const [first, ...rest] = deltas.filter((delta) => delta.index === index)
      expect(first.function.arguments).toBe('')
      expect(rest.every((delta) => delta.id === undefined && delta.function.name === undefined)).toBe(true)
      expect(JSON.parse(rest.map((delta) => delta.function.arguments).join(''))).toHaveProperty('harbour')
    }
    expect(frames.at(-2)?.data.choices[0].finish_reason).toBe('tool_calls')
  })

  test('a tool result is put into words', async () => {
    const call = { id: '1', type: 'function', function: { name: 'tide_at', arguments: '{}' } }
    const messages = [
      ...hello,
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: '1', content: '04:12' },
    ]
    const body = await (await chat(createMockLMStudio(), { messages, tools: [tide] })).json()
    expect(body.choices[0].message.content).toBe('According to tide_at: 04:12')
  })
})

const schemaOf = (parameters: unknown): object => ({
  tools: [{ type: 'function', function: { name: 'x', parameters } }],
})

describe('refusals', () => {
  const turn = { role: 'assistant', content: '', tool_calls: [{ type: 'function', function: { name: 'x' } }] }

  test.each<[string, object, RegExp]>([
    ['no messages', { messages: undefined }, /^'messages' field is required$/u],
    ['json_object', { response_format: { type: 'json_object' } }, /must be 'json_schema' or 'text'$/u],
    ['an object tool_choice', { tool_choice: { type: 'function' } }, /^Invalid tool_choice type: 'object'/u],
    ['parameters of another type', schemaOf({ type: 'string' }), /"expected": "object"/u],
    [
      'a remote image',
      user([{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }]),
      /base64 encoded/u,
    ],
    ['a WebP image', user([{ type: 'image_url', image_url: { url: 'data:image/webp;base64,AAAA' } }]), /base64/u],
    ['tools that are no list', { tools: {} }, /"expected": "array"/u],
    ['a tool of another kind', { tools: [{ type: 'mcp' }] }, /"expected": "function"/u],
    ['a tool without a name', { tools: [{ type: 'function', function: {} }] }, /"Required"/u],
    ['a tool_choice of another name', { tool_choice: 'tide_at' }, /^Invalid tool_choice type: 'tide_at'/u],
    ['a schema that is none', { response_format: { type: 'json_schema' } }, /must be an object$/u],
    ['an empty conversation', { messages: [] }, /must not be empty$/u],
    ['a strange role', { messages: [{ role: 'gull', content: 'x' }] }, /^Invalid 'messages'/u],
    ['a user who says nothing', { messages: [{ role: 'user' }] }, /^Invalid 'messages'/u],
    ['a call without an id', { messages: [...hello, turn] }, /^Invalid 'messages' in payload/u],
    [
      'a result that is not text',
      { messages: [{ role: 'tool', tool_call_id: '1', content: [] }] },
      /^Invalid 'messages'/u,
    ],
  ])('%s', async (_name, body, message) => {
    const response = await chat(createMockLMStudio(), body)
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatch(message)
  })

  test('bad tools come back as the issues of a validator, inside the string', async () => {
    const { error } = await (await chat(createMockLMStudio(), schemaOf({ type: 'string' }))).json()
    expect(JSON.parse(error)[0].path).toEqual(['tools', 0, 'function', 'parameters', 'type'])
  })

  test('a body that is not JSON', async () => {
    expect((await ask(createMockLMStudio(), '/v1/chat/completions', '{"model":')).status).toBe(400)
  })

  test('unknown keys are none of its business', async () => {
    expect((await chat(createMockLMStudio(), { min_p: 1, whatever: true })).status).toBe(200)
  })

  test('nothing loaded and no JIT: 400 and an object, on 0.3 404 and a string', async () => {
    const options = { jit: false, models: [{ id: model }] }
    const newer = await chat(createMockLMStudio(options))
    expect([newer.status, (await newer.json()).error.type]).toEqual([400, 'invalid_request_error'])
    const older = await chat(createMockLMStudio({ ...options, version: '0.3' }))
    expect([older.status, (await older.json()).error]).toEqual([404, expect.stringMatching(/^No models loaded/u)])
  })
})

describe('scripted answers', () => {
  test('a script sees the request with the differences between the routes taken out', async () => {
    const prompts: MockPrompt[] = []
    const mock = createMockLMStudio({
      reply: (prompt) => {
        prompts.push(prompt)
        return 'Aye.'
      },
    })
    await chat(mock, { tools: [tide], max_tokens: 7 })
    await ask(mock, '/api/v1/chat', { model, input: 'Hello.', system_prompt: 'Be brief.' })
    await ask(mock, '/v1/responses', { model, input: 'Hello.', instructions: 'Be brief.' })
    expect(prompts.map(({ route }) => route)).toEqual(['/v1/chat/completions', '/api/v1/chat', '/v1/responses'])
    expect(prompts[0]).toMatchObject({ maxTokens: 7, tools: [{ name: 'tide_at' }], reasoning: false })
    expect(prompts[2]?.messages).toEqual(prompts[1]?.messages)
  })

  test('deltas, usage, finish reason and raw arguments go out as scripted', async () => {
    const mock = createMockLMStudio({
      reply: () => ({
        deltas: ['He', 'llo'],
        toolCalls: [{ id: 'call_x', name: 'tide_at', arguments: '{"harbour":' }],
        finishReason: 'content_filter',
        usage: { promptTokens: 1, completionTokens: 2 },
      }),
    })
    const body = await (await chat(mock)).json()
    expect(body.choices[0].message.tool_calls[0]).toMatchObject({
      id: 'call_x',
      function: { arguments: '{"harbour":' },
    })
    expect(body.choices[0].finish_reason).toBe('content_filter')
    expect(body.usage.total_tokens).toBe(3)
    const frames = readFrames(await (await chat(mock, { stream: true })).text())
    expect(frames.slice(0, 2).map(({ data }) => data.choices[0].delta.content)).toEqual(['He', 'llo'])
  })
})

const stop = async (body: object): Promise<string> => {
  const answer = await ask(createMockLMStudio(), '/api/v0/chat/completions', { model, messages: hello, ...body })
  return (await answer.json()).stats.stop_reason
}

describe('pace', () => {
  test('a whole answer takes as long as its tokens', async () => {
    vi.useFakeTimers()
    try {
      const mock = createMockLMStudio({ tokensPerSecond: 10 })
      const answer = chat(mock)
      await vi.advanceTimersByTimeAsync(300)
      expect(mock.calls[0]?.status).toBeUndefined()
      await vi.advanceTimersByTimeAsync(10_000)
      expect((await answer).status).toBe(200)
    } finally {
      vi.useRealTimers()
    }
  })

  test('a script that never answers is left by a client that leaves', async () => {
    const mock = createMockLMStudio({ reply: () => new Promise(() => undefined) })
    const controller = new AbortController()
    const answer = chat(mock, {}, { signal: controller.signal })
    await mock.whenCalled('/v1/chat/completions')
    controller.abort()
    await expect(answer).rejects.toThrow('aborted')
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('speculative decoding has counters', async () => {
    const body = await (await chat(createMockLMStudio(), { draft_model: 'acme/tern-0.5b' })).json()
    expect(body.stats).toMatchObject({ draft_model: 'acme/tern-0.5b', accepted_draft_tokens_count: 9 })
  })
})

describe('v0', () => {
  test('statistics tell why the answer ended', async () => {
    expect(await stop({})).toBe('eosFound')
    expect(await stop({ max_tokens: 1 })).toBe('maxPredictedTokensReached')
    expect(await stop({ stop: 'said' })).toBe('stopStringFound')
    expect(await stop({ tools: [tide], tool_choice: 'required' })).toBe('toolCalls')
  })

  test('in a stream they come with the finish reason', async () => {
    const body = { model, messages: hello, stream: true }
    const frames = readFrames(await (await ask(createMockLMStudio(), '/api/v0/chat/completions', body)).text())
    expect(frames.at(-2)?.data).toMatchObject({ stats: {}, model_info: { context_length: 8192 }, runtime: {} })
  })
})

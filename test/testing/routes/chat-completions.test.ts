import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudioOptions } from '../../../src/testing/index.js'
import { chat, hello, model, post, tideTool, user, windTool } from '../support/mock-requests.js'
import { framesOf, readFrames, textOf } from '../support/read-frames.js'

describe('POST /v1/chat/completions', () => {
  test('a whole completion has every field of the message, empty ones included', async () => {
    const { choices } = await (await chat(createMockLMStudio())).json()
    expect(choices).toEqual([
      {
        index: 0,
        message: { role: 'assistant', content: 'You said: Hello.', reasoning_content: '', tool_calls: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ])
  })

  test('draft_model adds the counters of speculative decoding', async () => {
    const { stats } = await (await chat(createMockLMStudio(), { draft_model: 'acme/tern-0.5b' })).json()
    expect(stats).toMatchObject({ draft_model: 'acme/tern-0.5b', accepted_draft_tokens_count: 9 })
  })

  test('unknown keys are ignored', async () => {
    expect((await chat(createMockLMStudio(), { min_p: 1, whatever: true })).status).toBe(200)
  })
})

describe('streamed chat completions', () => {
  test('one chunk per token, the finish reason, the requested usage, then [DONE]', async () => {
    const response = await chat(createMockLMStudio(), { stream: true, stream_options: { include_usage: true } })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const frames = readFrames(await response.text())
    expect(frames).toHaveLength(8)
    expect(textOf(frames)).toBe('You said: Hello.')
    expect(frames.at(-3)?.data.choices[0].finish_reason).toBe('stop')
    expect(frames.at(-2)?.data).toMatchObject({ choices: [], usage: { total_tokens: 11 } })
    expect(frames.at(-1)?.data).toBe('[DONE]')
  })

  test('without include_usage there is no usage chunk', async () => {
    const frames = await framesOf(chat(createMockLMStudio(), { stream: true }))
    expect(frames).toHaveLength(7)
    expect(frames.filter(({ data }) => data.usage !== undefined)).toEqual([])
  })

  test('tool calls come in fragments of their arguments, each call under its index', async () => {
    const body = { ...user('Tide and wind at Oban?'), tools: [tideTool, windTool], stream: true }
    const frames = await framesOf(chat(createMockLMStudio(), body))
    const deltas = frames.flatMap(({ data }) => data.choices?.[0].delta.tool_calls ?? [])
    const [tide, wind] = [0, 1].map((index) => deltas.filter((delta) => delta.index === index))
    expect([tide?.[0].function, wind?.[0].function]).toEqual([
      { name: 'tide_at', arguments: '' },
      { name: 'wind_at', arguments: '' },
    ])
    const fragments = (tide ?? []).slice(1)
    expect(fragments.map((delta) => delta.function.arguments).join('')).toBe('{"harbor":"Oban"}')
    expect(fragments.filter((delta) => 'id' in delta || 'name' in delta.function)).toEqual([])
    expect(frames.at(-2)?.data.choices[0].finish_reason).toBe('tool_calls')
  })

  test.each([
    ['text', { stream: true }],
    ['a tool call', { ...user('Tide at Oban?'), tools: [tideTool], stream: true }],
  ])('a model that is unloaded during %s ends the stream with an error', async (_name, body) => {
    const mock = createMockLMStudio()
    mock.inject({ name: 'stall', afterEvents: 1 })
    const text = (await chat(mock, body)).text()
    await mock.whenHeld()
    await post(mock, '/api/v1/models/unload', { instance_id: model })
    mock.release()
    expect(readFrames(await text).slice(1)).toEqual([{ event: undefined, data: { error: 'Model is unloaded.' } }])
  })
})

describe('reasoning in chat completions', () => {
  const scripted = (reasoningField: 'reasoning_content' | 'reasoning' | 'inline'): MockLMStudioOptions => ({
    models: [{ id: model, loaded: true, reasoning: { options: ['off', 'on'], default: 'on' }, reasoningField }],
    reply: () => ({ reasoning: 'Hm.', text: 'Aye.' }),
  })

  test.each([
    ['reasoning_content', { reasoning_content: 'Hm.', content: 'Aye.' }],
    ['reasoning', { reasoning: 'Hm.', content: 'Aye.' }],
    ['inline', { content: '<think>\nHm.\n</think>\n\nAye.' }],
  ] as const)('reasoningField "%s" places it in whole and streamed completions', async (reasoningField, expected) => {
    const mock = createMockLMStudio(scripted(reasoningField))
    expect((await (await chat(mock)).json()).choices[0].message).toMatchObject(expected)
    const frames = await framesOf(chat(mock, { stream: true }))
    const streamed = Object.keys(expected).map((key) => [
      key,
      frames.map(({ data }) => data.choices?.[0].delta[key] ?? '').join(''),
    ])
    expect(Object.fromEntries(streamed)).toEqual(expected)
  })

  test.each([
    ['on by default', {}, 'The user says "Hello.". A short answer will do.'],
    ['off with reasoning_effort "none"', { reasoning_effort: 'none' }, ''],
    [
      'off when a schema constrains the output',
      { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } } },
      '',
    ],
    ['off for a model that does not reason', { model: 'acme/heron-base' }, ''],
  ])('reasoning is %s', async (_name, body, expected) => {
    const request = { reasoning_effort: undefined, ...body }
    const { choices } = await (await chat(createMockLMStudio(), request)).json()
    expect(choices[0].message.reasoning_content).toBe(expected)
  })
})

describe('POST /api/v0/chat/completions', () => {
  test.each([
    ['eosFound', {}],
    ['maxPredictedTokensReached', { max_tokens: 1 }],
    ['stopStringFound', { stop: 'said' }],
    ['toolCalls', { tools: [tideTool], tool_choice: 'required' }],
  ])('the stop reason is %s', async (reason, body) => {
    const request = { model, messages: hello, reasoning_effort: 'none', ...body }
    const response = await post(createMockLMStudio(), '/api/v0/chat/completions', request)
    expect((await response.json()).stats.stop_reason).toBe(reason)
  })

  test('a stream has the statistics in the chunk with the finish reason', async () => {
    const request = { model, messages: hello, stream: true }
    const frames = await framesOf(post(createMockLMStudio(), '/api/v0/chat/completions', request))
    expect(frames.at(-2)?.data).toMatchObject({
      choices: [{ finish_reason: 'stop' }],
      stats: { stop_reason: 'eosFound' },
      model_info: { context_length: 8192 },
      runtime: { supported_formats: ['gguf'] },
    })
  })
})

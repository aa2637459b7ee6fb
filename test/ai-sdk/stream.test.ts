import type { LanguageModelV3CallOptions, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { countListeners } from '../helpers/listeners.js'
import { callError, MODEL, promptOf, readParts, useServer } from './support.js'

const mock = useServer()
type Part = LanguageModelV3StreamPart

async function openStream(call: Partial<LanguageModelV3CallOptions> = {}, prompt = 'Hello.') {
  const { stream } = await mock
    .provider()(MODEL)
    .doStream({ prompt: promptOf(prompt), ...call })
  return stream
}

const partsOf = async (call?: Partial<LanguageModelV3CallOptions>, prompt?: string): Promise<Part[]> =>
  readParts(await openStream(call, prompt))

const look = { type: 'function' as const, name: 'look', inputSchema: { type: 'object' as const, properties: {} } }

describe('the parts of a stream', () => {
  test('are in the order and the shape of the specification', async () => {
    mock.server.configure({
      reply: () => ({
        reasoning: 'Hm.',
        deltas: ['Seven ', 'gulls.'],
        usage: { promptTokens: 20, completionTokens: 9 },
      }),
    })
    const parts = await partsOf()
    const [start, metadata] = parts
    expect(start).toEqual({ type: 'stream-start', warnings: [] })
    expect(metadata).toMatchObject({ type: 'response-metadata', modelId: MODEL, timestamp: expect.any(Date) as Date })
    expect(parts.slice(2, -1).filter(({ type }) => type !== 'reasoning-delta')).toEqual([
      { type: 'reasoning-start', id: 'reasoning-0' },
      { type: 'reasoning-end', id: 'reasoning-0' },
      { type: 'text-start', id: 'text-1' },
      { type: 'text-delta', id: 'text-1', delta: 'Seven ' },
      { type: 'text-delta', id: 'text-1', delta: 'gulls.' },
      { type: 'text-end', id: 'text-1' },
    ])
    expect(parts.at(-1)).toMatchObject({
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: {
        inputTokens: { total: 20, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
        outputTokens: { total: 9, text: undefined, reasoning: undefined },
        raw: { prompt_tokens: 20 },
      },
    })
  })

  test('of tool calls follow the text', async () => {
    mock.server.configure({
      reply: () => ({
        text: 'Looking.',
        toolCalls: [
          { id: '11', name: 'look', arguments: { at: 'sea' } },
          { id: '12', name: 'look', arguments: '' },
        ],
      }),
    })
    const parts = await partsOf({ tools: [look] })
    expect(parts.flatMap(({ type }) => (/delta|metadata|stream-start/.test(type) ? [] : [type]))).toEqual([
      'text-start',
      'text-end',
      'tool-input-start',
      'tool-input-start',
      'tool-input-end',
      'tool-call',
      'tool-input-end',
      'tool-call',
      'finish',
    ])
    expect(parts.filter(({ type }) => type === 'tool-call')).toEqual([
      { type: 'tool-call', toolCallId: '11', toolName: 'look', input: '{"at":"sea"}' },
      { type: 'tool-call', toolCallId: '12', toolName: 'look', input: '{}' },
    ])
    const input = parts.flatMap((part) => (part.type === 'tool-input-delta' && part.id === '11' ? [part.delta] : []))
    expect(input.join('')).toBe('{"at":"sea"}')
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: 'tool-calls', raw: 'tool_calls' } })
  })

  test('have the warnings of the call', async () => {
    const [start] = await partsOf({ tools: [{ type: 'provider', id: 'openai.search', name: 'search', args: {} }] })
    expect(start).toEqual({
      type: 'stream-start',
      warnings: [{ type: 'unsupported', feature: 'provider-defined tool openai.search' }],
    })
  })

  test('include the frames of the server only if they are requested', async () => {
    const without = await partsOf()
    expect(without.filter(({ type }) => type === 'raw')).toEqual([])
    const parts = await partsOf({ includeRawChunks: true })
    const raw = parts.flatMap((part) => (part.type === 'raw' ? [part.rawValue] : []))
    expect(raw.length).toBeGreaterThan(3)
    expect(raw.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) as number } })
    expect(parts.filter(({ type }) => type !== 'raw').map(({ type }) => type)).toEqual(without.map(({ type }) => type))
  })

  test('include the progress of the prompt as frames', async () => {
    mock.server.inject({ name: 'prompt-progress', total: 3000, batch: 1000 })
    const parts = await partsOf({ includeRawChunks: true })
    const progress = parts.flatMap((part) => {
      const { prompt_progress: reported } = (part.type === 'raw' ? part.rawValue : {}) as {
        prompt_progress?: { processed: number }
      }
      return reported === undefined ? [] : [reported.processed]
    })
    expect(progress).toEqual([1000, 2000, 3000])
  })

  test('have the progress of the prompt as metadata of the reasoning that follows it', async () => {
    mock.server.configure({ reply: () => ({ text: 'Seven gulls.', reasoning: 'Counting.' }) })
    mock.server.inject({ name: 'prompt-progress', total: 3000, batch: 1000 })
    const parts = await partsOf()
    const progressed = (progress: number) => ({
      type: 'reasoning-delta',
      id: 'reasoning-0',
      delta: '',
      providerMetadata: { lmstudio: { phase: 'prompt-processing', progress } },
    })
    const first = parts.findIndex(({ type }) => type === 'reasoning-start')
    expect(parts.slice(first, first + 4)).toEqual([
      { type: 'reasoning-start', id: 'reasoning-0' },
      progressed(1 / 3),
      progressed(2 / 3),
      progressed(1),
    ])
    expect(parts[first + 4]).toEqual({ type: 'reasoning-delta', id: 'reasoning-0', delta: 'Counting' })
    expect(parts.filter(({ type }) => type === 'reasoning-start')).toHaveLength(1)
  })

  test('of a complete response from a server that does not stream are the same', async () => {
    const streamed = await partsOf()
    mock.server.inject('json-instead-of-stream')
    const parts = await partsOf({ includeRawChunks: true })
    expect(parts.filter(({ type }) => type === 'raw')).toMatchObject([
      { rawValue: { choices: [{ message: { content: 'You said: Hello.' } }] } },
    ])
    expect([...new Set(parts.map(({ type }) => type))].filter((type) => type !== 'raw')).toEqual([
      ...new Set(streamed.map(({ type }) => type)),
    ])
  })

  test('count the tokens that the server read from its cache, and those of the reasoning', async () => {
    const usage = {
      prompt_tokens: 90,
      completion_tokens: 30,
      prompt_tokens_details: { cached_tokens: 64 },
      completion_tokens_details: { reasoning_tokens: 10 },
    }
    const chunks = [{ choices: [{ delta: { content: 'Hi.' }, finish_reason: 'stop' }] }, { choices: [], usage }]
    const body = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
    const fetch: typeof globalThis.fetch = () =>
      Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
    const { stream } = await mock
      .provider({ fetch })(MODEL)
      .doStream({ prompt: promptOf('Hello.') })
    expect((await readParts(stream)).at(-1)).toMatchObject({
      usage: {
        inputTokens: { total: 90, noCache: 26, cacheRead: 64 },
        outputTokens: { total: 30, text: 20, reasoning: 10 },
        raw: usage,
      },
    })
  })

  test('have no counts if the server sent none', async () => {
    mock.server.inject('usage-missing')
    const finish = (await partsOf()).at(-1)!
    expect(finish).toMatchObject({ usage: { inputTokens: { total: undefined }, outputTokens: { total: undefined } } })
    expect((finish as { usage: object }).usage).not.toHaveProperty('raw')
  })

  test('have the JSON that LM Studio puts into the reasoning as text, too', async () => {
    mock.server.inject('json-in-reasoning')
    const schema = { type: 'object' as const, properties: { a: { type: 'number' as const } }, required: ['a'] }
    const parts = await partsOf({ responseFormat: { type: 'json', schema } })
    const text = parts.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : []))
    const reasoning = parts.flatMap((part) => (part.type === 'reasoning-delta' ? [part.delta] : []))
    expect(text).toEqual([reasoning.join('')])
    expect(JSON.parse(text[0]!)).toEqual({ a: expect.any(Number) as number })
    expect(parts.slice(-3).map(({ type }) => type)).toEqual(['text-delta', 'text-end', 'finish'])
  })

  test('leave reasoning alone without a response format', async () => {
    mock.server.configure({ reply: () => ({ reasoning: '{"a":1}', text: ' ' }) })
    const types = (await partsOf()).map(({ type }) => type)
    expect(types.filter((type) => type === 'text-start')).toHaveLength(1)
  })
})

describe('a stream that fails', () => {
  test('rejects the call before its first event', async () => {
    mock.server.inject('context-overflow')
    const error = await callError(openStream())
    expect(error).toMatchObject({ name: 'AI_APICallError', code: 'context-length' })
  })

  test.each([
    ['is cut', { name: 'cut' as const, afterEvents: 8 }, 'stream-interrupted'],
    ['reports an error', { name: 'error-frame' as const, afterEvents: 8 }, 'engine-crashed'],
  ])('ends with the error and what had arrived if it %s', async (_, fault, code) => {
    mock.server.inject(fault)
    const parts = await partsOf({}, 'lorem 100')
    expect(parts.slice(-3)).toMatchObject([
      { type: expect.stringMatching(/^(text|reasoning)-end$/) as string },
      { type: 'error', error: { name: 'AI_APICallError', code, isRetryable: false } },
      { type: 'finish', finishReason: { unified: 'error', raw: undefined } },
    ])
    const { error } = parts.at(-2) as { error: { cause: { partial: { text: string; reasoning?: string } } } }
    const { text, reasoning = '' } = error.cause.partial
    expect(text + reasoning).not.toBe('')
    expect(mock.server.calls).toHaveLength(1)
  })

  test('has what had arrived also if the frames of the server are included', async () => {
    mock.server.inject({ name: 'cut', afterEvents: 8 })
    const parts = await partsOf({ includeRawChunks: true }, 'lorem 100')
    const { error } = parts.at(-2) as { error: { cause: { partial: { text: string; reasoning?: string } } } }
    const { text, reasoning = '' } = error.cause.partial
    expect(text + reasoning).not.toBe('')
  })

  test('errors with the reason of the abort', async () => {
    mock.server.inject({ name: 'stall', afterEvents: 8 })
    const controller = new AbortController()
    const stream = await openStream({ abortSignal: controller.signal }, 'lorem 100')
    const reading = callError(readParts(stream))
    await mock.server.whenHeld()
    const reason = new Error('Enough.')
    controller.abort(reason)
    expect(await reading).toBe(reason)
    expect(await mock.lastCall().finished).toBe('aborted')
  })

  test('errors with the reason of the abort even if that is an error of this package', async () => {
    const controller = new AbortController()
    const reason = (
      await callError(mock.provider({ endpoint: 'http://127.0.0.1:9' })(MODEL).doGenerate({ prompt: [] }))
    ).cause
    controller.abort(reason)
    expect(await callError(openStream({ abortSignal: controller.signal }))).toBe(reason)
  })

  test('closes the connection if its reader leaves', async () => {
    mock.server.inject({ name: 'stall', afterEvents: 8 })
    const stream = await openStream({}, 'lorem 100')
    const reader = stream.getReader()
    await reader.read()
    await mock.server.whenHeld()
    await reader.cancel()
    expect(await mock.lastCall().finished).toBe('aborted')
  })
})

describe('the signal of the caller has no listener', () => {
  const { signal } = new AbortController()

  test('after a complete stream', async () => {
    await partsOf({ abortSignal: signal })
    expect(countListeners(signal)).toBe(0)
  })

  test('after a stream that failed', async () => {
    mock.server.inject({ name: 'cut', afterEvents: 8 })
    await partsOf({ abortSignal: signal }, 'lorem 100')
    expect(countListeners(signal)).toBe(0)
  })

  test('after a call that failed', async () => {
    mock.server.inject('context-overflow')
    await callError(openStream({ abortSignal: signal }))
    expect(countListeners(signal)).toBe(0)
  })

  test('after its reader has left', async () => {
    const stream = await openStream({ abortSignal: signal }, 'lorem 100')
    expect(countListeners(signal)).toBe(1)
    await stream.cancel()
    expect(countListeners(signal)).toBe(0)
  })
})

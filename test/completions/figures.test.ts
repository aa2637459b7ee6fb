import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { stream } from '../../src/completions/complete.js'
import { chunk, frame } from '../helpers/chat.js'
import { eventStream, testClient } from '../helpers/client.js'
import { choiceOf, completeWith, streamFrames } from '../helpers/completions.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const progressOf = (prompt_progress: unknown): object =>
  choiceOf({ delta: { role: 'assistant', content: null } }, { prompt_progress })
const answer = choiceOf({ delta: { content: 'Seven.' }, finish_reason: 'stop' })
const bodyWith = (fields: object): object => choiceOf({ message: { content: 'Seven.' }, finish_reason: 'stop' }, fields)

describe('the progress of a prompt', () => {
  it('is emitted as events', async () => {
    const { events } = await streamFrames([
      progressOf({ total: 6000, cache: 0, processed: 1000, time_ms: 400 }),
      progressOf({ total: 6000, cache: 0, processed: 6000, time_ms: 2400 }),
      answer,
    ])
    expect(events.slice(0, 3)).toEqual([
      { type: 'completion-start', id: 'c', model: 'm' },
      { type: 'progress', phase: 'prompt-processing', progress: 1000 / 6000 },
      { type: 'progress', phase: 'prompt-processing', progress: 1 },
    ])
  })

  it.each([
    [null],
    [{}],
    [{ total: 0, processed: 0 }],
    [{ total: '6', processed: 1 }],
    [{ total: 6, processed: -1 }],
    [7],
  ])('is not emitted for %j', async (progress) => {
    const { events, response } = await streamFrames([progressOf(progress), answer])
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'completion-end'])
    expect(response?.text).toBe('Seven.')
  })

  it('is at most 1', async () => {
    const { events } = await streamFrames([progressOf({ total: 6, processed: 7 }), answer])
    expect(events[1]).toMatchObject({ type: 'progress', progress: 1 })
  })

  afterEach(() => void vi.useRealTimers())

  /** Streams `event` every 80 ms, eight times and then text, under a limit of 100 ms before the first byte. */
  async function streamSlowly(event: string): Promise<unknown> {
    vi.useFakeTimers()
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 80))
        const text = sent++ < 8 ? event : chunk({ content: 'Seven.' }, 'stop')
        controller.enqueue(new TextEncoder().encode(text))
        if (sent > 8) controller.close()
      },
    })
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    const client = testClient({ fetch: async () => response, generationTimeout: 100 })
    const outcome = stream(client, { model: 'm', prompt: 'x' }).response.then(
      ({ text }) => text,
      (error: unknown) => error,
    )
    await vi.advanceTimersByTimeAsync(2000)
    return outcome
  }

  it('counts against silence, unlike comments', async () => {
    expect(await streamSlowly(frame(progressOf({ total: 6000, processed: 1000 })))).toBe('Seven.')
    expect(await streamSlowly(': keep-alive\n\n')).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout' })
  })
})

describe('the figures of servers', () => {
  const timings = {
    cache_n: 16,
    prompt_n: 5,
    prompt_ms: 40.5,
    predicted_n: 14,
    predicted_ms: 200,
    predicted_per_second: 70,
  }
  const server = { timeToFirstTokenMs: 'server', tokensPerSecond: 'server', durationMs: 'server' }

  it.each<[string, object, object]>([
    ['llama.cpp', { timings }, { timeToFirstTokenMs: 40.5, tokensPerSecond: 70, durationMs: 240.5 }],
    [
      'LM Studio',
      { stats: { tokens_per_second: 70, time_to_first_token: 0.25, generation_time: 0.5 } },
      { timeToFirstTokenMs: 250, tokensPerSecond: 70, durationMs: 500 },
    ],
    [
      'Ollama',
      {
        total_duration: 500_000_000,
        load_duration: 100_000_000,
        prompt_eval_count: 21,
        prompt_eval_duration: 150_000_000,
        eval_count: 14,
        eval_duration: 200_000_000,
      },
      { timeToFirstTokenMs: 250, tokensPerSecond: 70, durationMs: 500 },
    ],
  ])('of %s fill the speed, whole and in the last event', async (_, fields, expected) => {
    const stats = { ...expected, measuredBy: server }
    expect((await completeWith(bodyWith(fields))).stats).toEqual(stats)
    const { response } = await streamFrames([answer, { id: 'c', choices: [], ...fields }])
    expect(response?.stats).toEqual(stats)
  })

  it('of LM Studio win over an empty object that follows', async () => {
    const stats = { tokens_per_second: 70 }
    const { response } = await streamFrames([
      choiceOf({ delta: { content: 'Seven.' } }, { stats }),
      { ...answer, stats: {} },
    ])
    expect(response?.stats.tokensPerSecond).toBe(70)
  })

  it.each<[string, object, object]>([
    [
      'usage with details',
      {
        usage: {
          prompt_tokens: 21,
          completion_tokens: 14,
          total_tokens: 35,
          prompt_tokens_details: { cached_tokens: 16 },
          completion_tokens_details: { reasoning_tokens: 9 },
        },
      },
      { inputTokens: 21, outputTokens: 14, totalTokens: 35, cachedTokens: 16, reasoningTokens: 9 },
    ],
    [
      'usage with newer names',
      {
        usage: {
          input_tokens: 21,
          output_tokens: 14,
          total_tokens: 35,
          input_tokens_details: { cached_tokens: 16 },
          output_tokens_details: { reasoning_tokens: 9 },
        },
      },
      { inputTokens: 21, outputTokens: 14, totalTokens: 35, cachedTokens: 16, reasoningTokens: 9 },
    ],
    ['timings alone', { timings }, { inputTokens: 21, outputTokens: 14, totalTokens: 35, cachedTokens: 16 }],
    [
      'timings with odd numbers',
      { timings: { prompt_n: -1, predicted_n: 1.5, cache_n: 'x' } },
      { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined },
    ],
  ])('fill usage from %s', async (_, fields, usage) => {
    expect((await completeWith(bodyWith(fields))).usage).toEqual(usage)
    expect((await streamFrames([answer, { id: 'c', choices: [], ...fields }])).response?.usage).toEqual(usage)
  })

  it('fill usage from the choice', async () => {
    const choice = { message: { content: 'Seven.' }, usage: { prompt_tokens: 21, completion_tokens: 14 } }
    expect((await completeWith(choiceOf(choice))).usage).toMatchObject({ inputTokens: 21, outputTokens: 14 })
  })
})

describe('numbers of a server', () => {
  const NUMBERS = fc.constantFrom(
    '0',
    '7',
    '-1',
    '-0.5',
    '1.5',
    '1e999',
    '-1e999',
    '9007199254740992',
    '"7"',
    'null',
    '[]',
  )
  const fields = fc.record({
    prompt: NUMBERS,
    completion: NUMBERS,
    total: NUMBERS,
    cached: NUMBERS,
    reasoning: NUMBERS,
    speed: NUMBERS,
    first: NUMBERS,
    time: NUMBERS,
    index: NUMBERS,
  })

  it('reach a typed field only if they can be what it says', async () => {
    await fc.assert(
      fc.asyncProperty(fields, fc.constantFrom('stats', 'timings', 'ollama'), async (n, form) => {
        const figures = {
          stats: `"stats":{"tokens_per_second":${n.speed},"time_to_first_token":${n.first},"generation_time":${n.time}}`,
          timings: `"timings":{"predicted_per_second":${n.speed},"prompt_ms":${n.first},"predicted_ms":${n.time},"cache_n":${n.cached}}`,
          ollama: `"total_duration":${n.time},"load_duration":${n.first},"prompt_eval_duration":${n.first},"eval_count":${n.completion},"eval_duration":${n.speed}`,
        }[form]
        const body = `{"id":"c","created":${n.index},"choices":[{"index":${n.index},"message":{"content":"Seven."},"finish_reason":"stop"}],
          "usage":{"prompt_tokens":${n.prompt},"completion_tokens":${n.completion},"total_tokens":${n.total},
          "prompt_tokens_details":{"cached_tokens":${n.cached}},"completion_tokens_details":{"reasoning_tokens":${n.reasoning}}},${figures}}`
        const { text, usage, stats } = await completeWith(body)
        expect(text).toBe('Seven.')
        const counts = Object.values(usage).filter((count) => count !== undefined)
        expect(counts.filter((count) => !Number.isSafeInteger(count) || count < 0)).toEqual([])
        const { timeToFirstTokenMs, tokensPerSecond, durationMs } = stats
        const known = [timeToFirstTokenMs, tokensPerSecond, durationMs].filter((figure) => figure !== undefined)
        expect(known.filter((figure) => !Number.isFinite(figure) || figure < 0)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe('a stream without end', () => {
  it('is refused when its text exceeds 64 Mi characters', async () => {
    const text = 'x'.repeat(8 * 1024 * 1024)
    const { response } = eventStream(
      Array.from({ length: 9 }, () => chunk({ content: text })),
      'hang',
    )
    const error = await rejectionOf(
      stream(testClient({ fetch: async () => response }), { model: 'm', prompt: 'x' }).response,
    )
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'body-too-long' })
    expect((error as { partial: { text: string } }).partial.text.length).toBeGreaterThan(64 * 1024 * 1024)
  })
})

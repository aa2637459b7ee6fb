import { afterEach, describe, expect, it, vi } from 'vitest'
import { CompletionAccumulator, type WireDelta } from '../../src/generation/completion-accumulator.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import { accumulate, contentOf } from '../helpers/chat.js'
import { ENDPOINT } from '../helpers/client.js'

afterEach(() => void vi.useRealTimers())

describe('CompletionAccumulator', () => {
  it('removes white space between reasoning and text, however it is cut', () => {
    const deltas = ['<think>', 'Count.', '</think>', '\n\n', 'Seven.'].map((content) => ({ content }))
    expect(accumulate(deltas).response).toMatchObject({ text: 'Seven.', reasoning: 'Count.' })
  })

  it('keeps think tags in the text after the server sent separate reasoning', () => {
    const { response } = accumulate([{ reasoning_content: 'r' }, { content: '<think>x</think>a' }])
    expect(response).toMatchObject({ text: '<think>x</think>a', reasoning: 'r' })
  })

  it('keeps think tags in the text of a delta that has separate reasoning', () => {
    const { response } = accumulate([{ reasoning_content: 'r', content: '<think>x</think>a' }])
    expect(response).toMatchObject({ text: '<think>x</think>a', reasoning: 'r' })
  })

  it('keeps white space that arrived before separate reasoning', () => {
    const { response } = accumulate([{ content: '\n' }, { reasoning_content: 'r' }, { content: 'Seven.' }])
    expect(response.text).toBe('\nSeven.')
  })

  it('adds reasoning once when the server sends it in both fields', () => {
    const { response } = accumulate([{ reasoning: 'r', reasoning_content: 'r' }, { content: 'a' }])
    expect(response.reasoning).toBe('r')
  })

  it('keeps the usage when the last chunk has an empty one', () => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    completion.addFigures({ usage: { prompt_tokens: 9, completion_tokens: 0 } })
    completion.addFigures({ usage: {} })
    expect(completion.usage).toMatchObject({ inputTokens: 9, outputTokens: 0 })
  })

  it('flushes the start of a tag that no tag followed', () => {
    const { response, events } = accumulate([{ content: '<thi' }])
    expect(response.text).toBe('<thi')
    expect(events).toEqual([{ type: 'text-delta', text: '<thi' }])
  })

  it('keeps the first id, the last model and usage, and the last chunk as raw', () => {
    const completion = new CompletionAccumulator('requested', 0, { isStream: true })
    completion.addMetadata({})
    completion.addMetadata({ id: 'a', model: 'm' })
    completion.addFigures({ usage: { prompt_tokens: 9 } })
    completion.addMetadata({ id: 'b', model: null })
    completion.addMetadata({ usage: { prompt_tokens: 1 } })
    completion.addFigures({ usage: { prompt_tokens: 1 } })
    completion.addDelta({ content: 'x' }, [])
    expect(completion.finish(ENDPOINT)).toMatchObject({
      id: 'a',
      model: 'm',
      usage: { inputTokens: 1, outputTokens: undefined, totalTokens: undefined },
      raw: { usage: { prompt_tokens: 1 } },
    })
  })

  it('accepts 10,000 annotations and no more', () => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    completion.addDelta({ content: 'x', annotations: Array.from({ length: 10_000 }, () => ({})) }, [])
    expect(completion.finish(ENDPOINT).annotations).toHaveLength(10_000)
    expect(() => completion.addDelta({ annotations: [{}] }, [])).toThrow(
      expect.objectContaining({ name: 'InvalidResponseError', code: 'body-too-long' }),
    )
  })

  it('uses the requested model when the server names none', () => {
    const completion = new CompletionAccumulator('requested', 0, { isStream: true })
    expect(completion.partial().model).toBe('requested')
  })

  it('returns a partial response at any time, with unfinished tool calls', () => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    expect(completion.partial()).toMatchObject({ id: '', model: 'm', text: '', toolCalls: [], raw: undefined })
    const events: CompletionEvent[] = []
    completion.addDelta({ content: 'Sev', reasoning_content: 'r' }, events)
    completion.addDelta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }] }, events)
    const partial = completion.partial()
    expect(partial).toMatchObject({
      text: 'Sev',
      reasoning: 'r',
      toolCalls: [{ id: 'a', name: 'f', arguments: undefined, rawArguments: '{"x":' }],
    })
    expect(partial).not.toHaveProperty('finishReason')
    expect(events.map(({ type }) => type)).toEqual([
      'reasoning-delta',
      'text-delta',
      'tool-call-start',
      'tool-call-delta',
    ])
  })

  it('throws for a response without content', () => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    completion.addDelta({ content: '', reasoning_content: '', tool_calls: [] }, [])
    completion.rawFinishReason = 'stop'
    expect(completion.isEmpty).toBe(true)
    expect(() => completion.finish(ENDPOINT)).toThrow(
      expect.objectContaining({ name: 'InvalidResponseError', code: 'empty-response', endpoint: ENDPOINT }),
    )
  })

  it('accepts an empty response that a content filter caused', () => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    completion.rawFinishReason = 'content_filter'
    expect(completion.finish(ENDPOINT)).toMatchObject({ text: '', finishReason: 'content-filter' })
  })

  it.each([0, 42])('throws for an empty response with %d output tokens', (tokens) => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    completion.addFigures({ usage: { completion_tokens: tokens } })
    const partial = expect.objectContaining({ text: '' }) as unknown
    expect(() => completion.finish(ENDPOINT)).toThrow(expect.objectContaining({ code: 'empty-response', partial }))
  })

  it('accepts an empty response with an output token where no text is needed', () => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true, acceptsNoText: true })
    completion.addFigures({ usage: { completion_tokens: 1 } })
    expect(completion.finish(ENDPOINT).text).toBe('')
  })

  it.each<[string, WireDelta, object]>([
    ['text', { content: 'a' }, { text: 'a', toolCalls: [], finishReason: 'stop' }],
    ['reasoning', { reasoning: 'a' }, { text: '', reasoning: 'a', toolCalls: [], finishReason: 'stop' }],
    [
      'a tool call',
      { tool_calls: [{ id: 'a', function: { name: 'f' } }] },
      {
        text: '',
        toolCalls: [{ id: 'a', name: 'f', arguments: {}, rawArguments: '{}' }],
        finishReason: 'tool-calls',
      },
    ],
  ])('accepts a response of %s alone', (_, delta, content) => {
    expect(contentOf(accumulate([delta]).response)).toEqual(content)
  })

  it.each<[string, WireDelta]>([
    ['text', { content: 'a' }],
    ['reasoning', { reasoning: 'a' }],
    ['a tool call', { tool_calls: [{ id: 'a', function: { name: 'f' } }] }],
  ])('measures the time to first token of a stream up to the first %s', (_, delta) => {
    vi.useFakeTimers()
    const completion = new CompletionAccumulator('m', performance.now(), { isStream: true })
    completion.addFigures({ usage: { completion_tokens: 50 } })
    vi.advanceTimersByTime(100)
    completion.addDelta(delta, [])
    vi.advanceTimersByTime(1000)
    completion.addDelta(delta, [])
    expect(completion.partial().stats).toEqual({
      timeToFirstTokenMs: 100,
      durationMs: 1100,
      tokensPerSecond: 50,
      measuredBy: { timeToFirstTokenMs: 'client', durationMs: 'client', tokensPerSecond: 'client' },
    })
  })

  it('does not measure the time to first token of a response that was not streamed', () => {
    vi.useFakeTimers()
    const completion = new CompletionAccumulator('m', performance.now(), { isStream: false })
    vi.advanceTimersByTime(100)
    completion.addDelta({ content: 'a' }, [])
    expect(completion.partial().stats).toEqual({
      timeToFirstTokenMs: undefined,
      durationMs: 100,
      tokensPerSecond: undefined,
      measuredBy: { durationMs: 'client' },
    })
  })

  it('keeps the figures of the server when a later chunk has none', () => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    completion.addFigures({ stats: { tokens_per_second: 5 } })
    completion.addFigures({})
    expect(completion.partial().stats).toMatchObject({ tokensPerSecond: 5, measuredBy: { tokensPerSecond: 'server' } })
  })

  it('adds the citations of a server once, although each chunk has them', () => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    completion.addFigures({ citations: ['https://a.example'] })
    completion.addFigures({ citations: ['https://a.example'] })
    expect(completion.partial().annotations).toEqual(['https://a.example'])
  })

  it('measures from the moment the request was sent', () => {
    vi.useFakeTimers()
    vi.advanceTimersByTime(1_000)
    const completion = new CompletionAccumulator('m', performance.now(), { isStream: true })
    expect(completion.partial().stats).not.toHaveProperty('measuredBy.timeToFirstTokenMs')
    vi.advanceTimersByTime(2_000)
    completion.addDelta({ content: 'a' }, [])
    vi.advanceTimersByTime(3_000)
    expect(completion.partial().stats).toMatchObject({ timeToFirstTokenMs: 2_000, durationMs: 5_000 })
  })

  it('leaves out of the response what did not arrive', () => {
    const { response } = accumulate([{ content: 'a' }])
    expect(Object.keys(response)).not.toEqual(expect.arrayContaining(['refusal']))
    expect(response).not.toHaveProperty('annotations')
    expect(response).not.toHaveProperty('reasoning')
  })

  it.each([
    ['several deltas', ['h', 'a'], 'ha'],
    ['one delta, which can be part of the text', ['ha'], 'haha'],
  ])('handles a last delta that repeats %s', (_, contents, text) => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true })
    for (const content of contents) completion.addDelta({ content }, [])
    completion.addDelta({ content: 'ha' }, [], true)
    expect(completion.partial().text).toBe(text)
  })

  it.each([
    ['I think.[/THINK]Yes', 'I think.', 'Yes'],
    ['I think.</think>Yes', 'I think.', 'Yes'],
    ['<think>I think.</think>Write </think> there', 'I think.', 'Write </think> there'],
  ])('separates the reasoning of the whole message %s', (content, reasoning, text) => {
    const completion = new CompletionAccumulator('m', 0, { isStream: false })
    completion.addWhole({ content }, [])
    expect(completion.finish(ENDPOINT)).toMatchObject({ reasoning, text })
  })

  it.each([undefined, 0])('throws for an empty response with %s output tokens, although no text is needed', (count) => {
    const completion = new CompletionAccumulator('m', 0, { isStream: true, acceptsNoText: true })
    completion.addFigures({ usage: { completion_tokens: count } })
    expect(() => completion.finish(ENDPOINT)).toThrow(expect.objectContaining({ code: 'empty-response' }))
  })
})

describe('a tool call that got lost', () => {
  function finish(options: { readonly checksToolCalls?: boolean }, rawFinishReason: string, delta: WireDelta) {
    const completion = new CompletionAccumulator('m', 0, { isStream: true, ...options })
    completion.addDelta({ content: 'a', ...delta }, [])
    completion.rawFinishReason = rawFinishReason
    return completion.finish(ENDPOINT)
  }
  const NAMELESS: WireDelta = { tool_calls: [{ id: 'a', function: { arguments: '{}' } }] }

  it('is an error where calls are checked', () => {
    const lost = (problem: string) =>
      expect.objectContaining({ code: 'tool-call-lost', message: expect.stringContaining(problem) as string })
    expect(() => finish({ checksToolCalls: true }, 'stop', NAMELESS)).toThrow(lost('without a name'))
    expect(() => finish({ checksToolCalls: true }, 'tool_calls', {})).toThrow(lost('but sent none'))
  })

  it.each(['length', 'content_filter'])('is not an error in a response that was cut: %s', (reason) => {
    expect(finish({ checksToolCalls: true }, reason, NAMELESS)).toMatchObject({ text: 'a', toolCalls: [] })
  })

  it('is not an error where calls are not checked', () => {
    for (const options of [{}, { checksToolCalls: false }]) {
      expect(finish(options, 'stop', NAMELESS)).toMatchObject({ text: 'a', toolCalls: [] })
      expect(finish(options, 'tool_calls', {})).toMatchObject({ text: 'a', toolCalls: [] })
    }
  })
})

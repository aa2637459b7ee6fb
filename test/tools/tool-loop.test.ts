import { NetworkError, tool, ToolExecutionError, type RunToolsResult, type ToolStep } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { deferred } from '../helpers/deferred.js'
import { caught } from '../integration/support/caught.js'
import { fakeProvider, toolCall, withToolCalls } from './fake-provider.js'
import { CALLS_WEATHER, FINAL, request, variants, weather } from './weather.js'

describe.each(variants)('%s', (_, run) => {
  test('executes tools until the model answers', async () => {
    const provider = fakeProvider(CALLS_WEATHER, FINAL)
    const result = await run(provider, { ...request, system: 'Be brief.' })
    expect(result.response.text).toBe('Yes.')
    expect(result.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'A coat?' },
      { role: 'assistant', toolCalls: [{ id: 'call_1', name: 'get_weather', rawArguments: '{"city":"Oslo"}' }] },
      { role: 'tool', toolCallId: 'call_1', content: 'Rain in Oslo' },
      { role: 'assistant', content: 'Yes.' },
    ])
    const results = (step: ToolStep) => step.results.map(({ outcome, value }) => [outcome, value])
    expect(result.steps.map((step) => [step.index, results(step)])).toEqual([
      [0, [['done', 'Rain in Oslo']]],
      [1, []],
    ])
    expect(result.pendingToolCalls).toEqual([])
    expect(result.usage).toEqual({ inputTokens: 20, outputTokens: 4, totalTokens: 24 })
    expect(provider.requests.map(({ messages }) => messages)).toEqual([
      result.messages.slice(0, 2),
      result.messages.slice(0, 4),
    ])
  })

  test.each(['error', 'content-filter'] as const)(
    'runs no call of a response that ended with %s',
    async (finishReason) => {
      const provider = fakeProvider({ ...CALLS_WEATHER, finishReason }, FINAL)
      const error = await caught(run(provider, request))
      expect(error).toMatchObject({ name: 'InvalidResponseError', partial: { finishReason } })
      expect(error).not.toHaveProperty('steps')
      expect(provider.requests).toHaveLength(1)
    },
  )

  test('executes the calls of a response in parallel and keeps their order', async () => {
    const started: string[] = []
    const gates = { a: deferred<string>(), b: deferred<string>() }
    const slow = tool<{ gate: 'a' | 'b' }>({
      name: 'slow',
      parameters: { type: 'object' },
      execute({ gate }) {
        started.push(gate)
        if (gate === 'b') gates.b.resolve('second')
        void gates.b.promise.then(() => gates.a.resolve('first'))
        return gates[gate].promise
      },
    })
    const both = withToolCalls(toolCall('slow', { gate: 'a' }, 'call_a'), toolCall('slow', { gate: 'b' }, 'call_b'))
    const { steps, messages } = await run(fakeProvider(both, FINAL), { ...request, tools: [slow] })
    expect(started).toEqual(['a', 'b'])
    expect(steps[0]?.results.map(({ content }) => content)).toEqual(['first', 'second'])
    expect(messages.slice(2, 4)).toEqual([
      { role: 'tool', toolCallId: 'call_a', content: 'first' },
      { role: 'tool', toolCallId: 'call_b', content: 'second' },
    ])
  })

  test('ends at a call of a tool without execute, after the other calls have run', async () => {
    const confirm = tool({ name: 'confirm' })
    const both = withToolCalls(toolCall('confirm', {}, 'call_a'), toolCall('get_weather', { city: 'Oslo' }, 'call_b'))
    const provider = fakeProvider({ ...both, text: 'Wait.' }, FINAL)
    const { pendingToolCalls, messages, steps } = await run(provider, { ...request, tools: [weather, confirm] })
    expect(provider.requests).toHaveLength(1)
    expect(pendingToolCalls).toEqual([toolCall('confirm', {}, 'call_a')])
    expect(messages.slice(1)).toMatchObject([
      { role: 'assistant', content: 'Wait.', toolCalls: [{ id: 'call_a' }, { id: 'call_b' }] },
      { role: 'tool', toolCallId: 'call_b' },
    ])
    expect(steps[0]?.results.map((result) => result.toolCall.id)).toEqual(['call_b'])
  })

  test('calls onStep after each round and waits for it', async () => {
    const seen: ToolStep[] = []
    const provider = fakeProvider(CALLS_WEATHER, FINAL)
    const onStep = async (step: ToolStep): Promise<void> => {
      await new Promise(setImmediate)
      expect(provider.requests).toHaveLength(step.index + 1)
      seen.push(step)
    }
    const { steps } = await run(provider, { ...request, onStep })
    expect(seen).toEqual(steps)
    expect(seen).toHaveLength(2)
  })

  test('rejects with the error that onStep throws', async () => {
    const failure = new RangeError('enough')
    const provider = fakeProvider(CALLS_WEATHER, FINAL)
    const onStep = (): never => {
      throw failure
    }
    expect(await caught(run(provider, { ...request, onStep }))).toBe(failure)
    expect(provider.requests).toHaveLength(1)
  })

  test('sums up the usage, and leaves out what a round does not report', async () => {
    const usage = { inputTokens: 1, outputTokens: undefined, totalTokens: undefined, reasoningTokens: 1 }
    const result = await run(fakeProvider({ ...CALLS_WEATHER, usage }, { ...FINAL, usage }), request)
    expect(result.usage).toEqual({
      inputTokens: 2,
      outputTokens: undefined,
      totalTokens: undefined,
      reasoningTokens: 2,
    })
  })
})

describe.each(variants)('%s with a model that calls tools in every round', (_, run) => {
  test.each([
    [1, 'The model still calls tools after 1 round (`maxRounds`).'],
    [3, 'The model still calls tools after 3 rounds (`maxRounds`).'],
    [undefined, 'The model still calls tools after 8 rounds (`maxRounds`).'],
  ])('fails after a maxRounds of %s, with everything that was done', async (maxRounds, message) => {
    const provider = fakeProvider(CALLS_WEATHER)
    const error = (await caught(run(provider, { ...request, maxRounds }))) as unknown as ToolExecutionError
    const rounds = maxRounds ?? 8
    expect(error).toMatchObject({ name: 'ToolExecutionError', code: 'max-rounds', message })
    expect(error.hint).toContain('raise `maxRounds`, or continue with `messages`')
    expect(provider.requests).toHaveLength(rounds)
    expect(error.steps).toHaveLength(rounds)
    expect(error.messages).toHaveLength(1 + 2 * rounds)
    expect(error.messages.at(-1)).toEqual({ role: 'tool', toolCallId: 'call_1', content: 'Rain in Oslo' })
    expect(JSON.stringify(error)).not.toContain('Oslo')
  })

  test('succeeds if the last round answers', async () => {
    const provider = fakeProvider(CALLS_WEATHER, CALLS_WEATHER, FINAL)
    expect((await run(provider, { ...request, maxRounds: 3 })).response.text).toBe('Yes.')
  })
})

describe.each(variants)('%s when a request fails', (_, run) => {
  test('in a later round attaches what was done to the error', async () => {
    const failure = new ToolExecutionError('broken')
    const error = await caught(run(fakeProvider(CALLS_WEATHER, failure), request))
    expect(error).toBe(failure)
    expect(error).toMatchObject({ steps: [{ index: 0 }], messages: [{}, {}, { content: 'Rain in Oslo' }] })
    expect(Object.keys(error)).not.toContain('steps')
  })

  test.each([
    ['a ProviderError', new NetworkError('first')],
    ['any other error', new RangeError('first')],
  ])('in the first round attaches nothing to %s', async (_what, failure) => {
    const error = await caught(run(fakeProvider(failure), request))
    expect(error).toBe(failure)
    expect(error).not.toHaveProperty('steps')
    expect(error).not.toHaveProperty('messages')
  })

  test('in a later round leaves an error of another kind unchanged', async () => {
    const failure = new RangeError('second')
    const error = await caught(run(fakeProvider(CALLS_WEATHER, failure), request))
    expect(error).toBe(failure)
    expect(error).not.toHaveProperty('steps')
  })
})

describe.each(variants)('%s with parseTextToolCalls', (_, run) => {
  const inText = { text: 'Looking.\n<tool_call>{"name":"get_weather","arguments":{"city":"Oslo"}}</tool_call>' }

  test('executes calls that the model wrote as text', async () => {
    const provider = fakeProvider(inText, FINAL)
    const { steps, messages } = await run(provider, { ...request, parseTextToolCalls: true })
    expect(steps[0]?.response).toMatchObject({ text: 'Looking.', finishReason: 'tool-calls' })
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: 'Looking.',
      toolCalls: [{ id: 'call_1', name: 'get_weather', rawArguments: '{"city":"Oslo"}' }],
    })
    expect(messages[2]).toMatchObject({ toolCallId: 'call_1', content: 'Rain in Oslo' })
  })

  test.each([undefined, false])('of %s leaves them in the text', async (parseTextToolCalls) => {
    const { response } = await run(fakeProvider(inText), { ...request, parseTextToolCalls })
    expect(response.text).toBe(inText.text)
    expect(response.toolCalls).toEqual([])
  })

  test('executes only the regular calls of a response that has both', async () => {
    const text = '<tool_call>{"name":"get_weather","arguments":{"city":"Rome"}}</tool_call>'
    const provider = fakeProvider({ ...CALLS_WEATHER, text }, FINAL)
    const { steps } = await run(provider, { ...request, parseTextToolCalls: true })
    expect(steps[0]?.response.text).toBe('')
    expect(steps[0]?.results.map(({ content }) => content)).toEqual(['Rain in Oslo'])
  })
})

test('the result can be continued with another message', async () => {
  const provider = fakeProvider(CALLS_WEATHER, FINAL)
  const run = variants[0]![1]
  const first: RunToolsResult = await run(provider, request)
  const messages = [...first.messages, { role: 'user', content: 'And tomorrow?' } as const]
  await run(provider, { model: 'fake', messages, tools: [weather] })
  expect(provider.requests.at(-1)?.messages).toEqual(messages)
})

describe.each(variants)('%s with calls written as text', (_, run) => {
  const asText = { text: '<tool_call>{"name":"get_weather","arguments":{"city":"Oslo"}}</tool_call>' }

  test('gives every call of the conversation an id of its own', async () => {
    const earlier = [
      { role: 'user', content: 'A coat?' },
      { role: 'assistant', toolCalls: [{ id: 'call_2', name: 'get_weather', arguments: { city: 'Rome' } }] },
      { role: 'tool', toolCallId: 'call_2', content: 'Sun' },
    ] as const
    const { messages } = await run(fakeProvider(asText, CALLS_WEATHER, asText, asText, FINAL), {
      model: 'fake',
      messages: earlier,
      tools: [weather],
      parseTextToolCalls: true,
    })
    const ids = messages.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : []))
    // `call_1` of the second round comes from the provider.
    expect(ids).toEqual(['call_2', 'call_1', 'call_1', 'call_3', 'call_4'])
  })

  test('reads the form of Qwen3-Coder with typed arguments', async () => {
    const text = '<function=get_weather>\n<parameter=city>\nOban\n</parameter>\n</function>'
    const { steps } = await run(fakeProvider({ text }, FINAL), { ...request, parseTextToolCalls: true })
    expect(steps[0]).toMatchObject({
      response: {
        text: '',
        finishReason: 'tool-calls',
        toolCalls: [{ name: 'get_weather', rawArguments: '{"city":"Oban"}' }],
      },
      results: [{ outcome: 'done', value: 'Rain in Oban' }],
    })
  })
})

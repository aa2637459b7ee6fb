import {
  runTools,
  streamTools,
  tool,
  ToolExecutionError,
  type ModelProvider,
  type RunToolsRequest,
  type RunToolsResult,
  type ToolsEvent,
  type ToolStep,
} from 'lmstudio-provider'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { caught } from '../integration/support/caught.js'
import { call, calls, fakeProvider } from './fake-provider.js'

const weather = tool({
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: v.object({ city: v.string() }),
  execute: ({ city }) => `Rain in ${city}`,
})
const ask = { model: 'fake', prompt: 'A coat?', tools: [weather] } satisfies RunToolsRequest
const OSLO = calls(call('get_weather', { city: 'Oslo' }))
const DONE = { text: 'Yes.' }

/** A promise that a test fulfils. */
function gate(): { readonly promise: Promise<string>; readonly open: (value: string) => void } {
  let open: (value: string) => void
  const promise = new Promise<string>((resolve) => (open = resolve))
  return { promise, open: (value) => open(value) }
}

/** Both ways to run, which must not differ. */
const ways: readonly (readonly [string, (...args: Parameters<typeof runTools>) => Promise<RunToolsResult>])[] = [
  ['runTools', runTools],
  ['streamTools', (...args) => streamTools(...args).response],
]

/** What the model was told in answer to one call. */
async function told(answer: ReturnType<typeof calls>, tools: RunToolsRequest['tools'] = [weather]) {
  const provider = fakeProvider(answer, DONE)
  const { steps, messages } = await runTools(provider, { ...ask, tools })
  const [result] = steps[0]!.results
  expect(messages[2]).toEqual({ role: 'tool', toolCallId: 'call_1', content: result!.content })
  return result!
}

describe.each(ways)('a bad request to %s', (_, run) => {
  test.each([
    ['no request', undefined, ''],
    ['no tools', { ...ask, tools: undefined }, 'tools'],
    ['tools that are no list', { ...ask, tools: weather }, 'tools'],
    ['the same name twice', { ...ask, tools: [weather, weather] }, 'tools.1.name'],
    ['no rounds', { ...ask, maxRounds: 0 }, 'maxRounds'],
    ['half a round', { ...ask, maxRounds: 1.5 }, 'maxRounds'],
    ['an onStep that is none', { ...ask, onStep: true }, 'onStep'],
    ['a salvage that is none', { ...ask, parseTextToolCalls: 'yes' }, 'parseTextToolCalls'],
    ['neither messages nor a prompt', { model: 'fake', tools: [weather] }, 'messages'],
    ['both', { ...ask, messages: [] }, 'messages'],
    ['messages that are no list', { model: 'fake', tools: [weather], messages: 'Hi' }, 'messages'],
    ['the choice of a tool that is not there', { ...ask, toolChoice: { tool: 'launch' } }, 'toolChoice.tool'],
    ['a tool with a bad schema', { ...ask, tools: [{ name: 'a', parameters: v.string() }] }, 'parameters'],
  ])('is refused: %s', async (__, request, path) => {
    const provider = fakeProvider(DONE)
    const error = await caught(run(provider, request as never))
    expect(error.name).toBe('InvalidRequestError')
    expect(error.issues?.map((issue) => issue.path.join('.'))).toEqual([path])
    expect(provider.requests).toEqual([])
  })

  test.each([
    ['no object', null],
    ['a misspelt name', { timeuot: 7 }],
    ['a signal that is none', { signal: 'stop' }],
  ])('is refused: options that are %s', async (__, options) => {
    const provider = fakeProvider(DONE)
    expect(await caught(run(provider, ask, options as never))).toMatchObject({ name: 'ConfigurationError' })
    expect(provider.requests).toEqual([])
  })

  test('is refused: no provider', async () => {
    expect(await caught(run({} as never, ask))).toMatchObject({ name: 'InvalidRequestError' })
  })
})

describe.each(ways)('the loop of %s', (_, run) => {
  test('runs tools until the model has an answer', async () => {
    const provider = fakeProvider(OSLO, DONE)
    const { response, steps, messages, pendingToolCalls, usage } = await run(provider, { ...ask, system: 'Be brief.' })
    expect(response.text).toBe('Yes.')
    expect(messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'A coat?' },
      { role: 'assistant', toolCalls: [{ id: 'call_1', name: 'get_weather', rawArguments: '{"city":"Oslo"}' }] },
      { role: 'tool', toolCallId: 'call_1', content: 'Rain in Oslo' },
      { role: 'assistant', content: 'Yes.' },
    ])
    expect(steps.map(({ index, results }) => [index, results.map(({ outcome, value }) => [outcome, value])])).toEqual([
      [0, [['done', 'Rain in Oslo']]],
      [1, []],
    ])
    expect(pendingToolCalls).toEqual([])
    expect(usage).toEqual({ inputTokens: 20, outputTokens: 4, totalTokens: 24 })
    expect(provider.requests.map(({ messages: sent }) => sent?.length)).toEqual([2, 4])
  })

  test('sends of a tool only what the model needs, and nothing of the loop', async () => {
    const provider = fakeProvider(DONE)
    await run(provider, { ...ask, temperature: 0, maxRounds: 2, parseTextToolCalls: true, onStep: () => {} })
    expect(provider.requests[0]).toEqual({
      model: 'fake',
      temperature: 0,
      messages: [{ role: 'user', content: 'A coat?' }],
      tools: [{ name: weather.name, description: weather.description, parameters: weather.parameters }],
      toolChoice: undefined,
    })
  })

  test('takes a tool that was not made by tool()', async () => {
    const plain = { name: 'get_weather', parameters: v.object({ city: v.string() }), execute: () => 'Sun' }
    const { steps } = await run(fakeProvider(OSLO, DONE), { ...ask, tools: [plain as never] })
    expect(steps[0]?.results[0]?.content).toBe('Sun')
  })

  test('ends at its bound with everything that was done', async () => {
    const provider = fakeProvider(OSLO)
    const error = await caught(run(provider, { ...ask, maxRounds: 3 }))
    expect(error).toMatchObject({ name: 'ToolExecutionError', code: 'max-rounds' })
    expect(provider.requests).toHaveLength(3)
    const { steps, messages } = error as unknown as ToolExecutionError
    expect(steps).toHaveLength(3)
    expect(messages.at(-1)).toEqual({ role: 'tool', toolCallId: 'call_1', content: 'Rain in Oslo' })
    expect(JSON.stringify(error)).not.toContain('Oslo')
  })

  test('is bounded when nobody says how', async () => {
    const provider = fakeProvider(OSLO)
    await caught(run(provider, ask))
    expect(provider.requests).toHaveLength(8)
  })

  test('keeps what was done when a later request fails', async () => {
    const failure = new ToolExecutionError('broken')
    const error = await caught(run(fakeProvider(OSLO, failure), ask))
    expect(error).toBe(failure)
    expect(error).toMatchObject({ steps: [{ index: 0 }], messages: [{}, {}, { content: 'Rain in Oslo' }] })
    const first = await caught(run(fakeProvider(new RangeError('first')), ask))
    expect(first).toBeInstanceOf(RangeError)
    expect(first).not.toHaveProperty('steps')
  })

  test.each(['required', { tool: 'get_weather' }] as const)(
    'forces a call by %j in the first round only',
    async (choice) => {
      const provider = fakeProvider(OSLO, DONE)
      await run(provider, { ...ask, toolChoice: choice })
      expect(provider.requests.map(({ toolChoice }) => toolChoice)).toEqual([choice, undefined])
    },
  )

  test('keeps a choice of no tools', async () => {
    const provider = fakeProvider(OSLO, DONE)
    await run(provider, { ...ask, toolChoice: 'none' })
    expect(provider.requests.map(({ toolChoice }) => toolChoice)).toEqual(['none', 'none'])
  })

  test('ends at a call that the caller has to answer, after the others have run', async () => {
    const confirm = tool({ name: 'confirm' })
    const both = calls(call('confirm', {}, 'call_a'), call('get_weather', { city: 'Oslo' }, 'call_b'))
    const provider = fakeProvider({ ...both, text: 'Wait.' }, DONE)
    const { pendingToolCalls, messages, steps } = await run(provider, { ...ask, tools: [weather, confirm] })
    expect(provider.requests).toHaveLength(1)
    expect(pendingToolCalls.map(({ id }) => id)).toEqual(['call_a'])
    expect(messages.slice(1)).toMatchObject([
      { role: 'assistant', content: 'Wait.', toolCalls: [{ id: 'call_a' }, { id: 'call_b' }] },
      { role: 'tool', toolCallId: 'call_b' },
    ])
    expect(steps[0]?.results).toHaveLength(1)
  })

  test('runs calls at once and keeps their order', async () => {
    const started: string[] = []
    const gates = { a: gate(), b: gate() }
    const slow = tool<{ gate: 'a' | 'b' }>({
      name: 'slow',
      parameters: { type: 'object' },
      execute({ gate: name }) {
        started.push(name)
        if (name === 'b') gates.b.open('second')
        void gates.b.promise.then(() => gates.a.open('first'))
        return gates[name].promise
      },
    })
    const both = calls(call('slow', { gate: 'a' }, 'call_a'), call('slow', { gate: 'b' }, 'call_b'))
    const { steps } = await run(fakeProvider(both, DONE), { ...ask, tools: [slow] })
    expect(started).toEqual(['a', 'b'])
    expect(steps[0]?.results.map(({ content }) => content)).toEqual(['first', 'second'])
  })

  test('tells each step, and waits for whoever is told', async () => {
    const seen: ToolStep[] = []
    const provider = fakeProvider(OSLO, DONE)
    const onStep = async (step: ToolStep): Promise<void> => {
      await Promise.resolve()
      expect(provider.requests).toHaveLength(step.index + 1)
      seen.push(step)
    }
    const { steps } = await run(provider, { ...ask, onStep })
    expect(seen).toEqual(steps)
  })

  test('ends with what onStep throws', async () => {
    const failure = new RangeError('enough')
    const onStep = (): never => {
      throw failure
    }
    expect(await caught(run(fakeProvider(OSLO, DONE), { ...ask, onStep }))).toBe(failure)
  })

  test('knows no usage that a round does not give', async () => {
    const usage = { inputTokens: 1, outputTokens: undefined, totalTokens: undefined, reasoningTokens: 1 }
    const result = await run(fakeProvider({ ...OSLO, usage }, { ...DONE, usage }), ask)
    expect(result.usage).toEqual({
      inputTokens: 2,
      outputTokens: undefined,
      totalTokens: undefined,
      reasoningTokens: 2,
    })
  })

  test('salvages calls that leaked into the text, when asked to', async () => {
    const leaked = { text: 'Looking.\n<tool_call>{"name":"get_weather","arguments":{"city":"Oslo"}}</tool_call>' }
    const { steps, messages } = await run(fakeProvider(leaked, DONE), { ...ask, parseTextToolCalls: true })
    expect(steps[0]?.response).toMatchObject({ text: 'Looking.', finishReason: 'tool-calls' })
    expect(messages[1]).toMatchObject({ content: 'Looking.', toolCalls: [{ id: 'call_1', name: 'get_weather' }] })
    expect(messages[2]).toMatchObject({ toolCallId: 'call_1', content: 'Rain in Oslo' })
    const untouched = await run(fakeProvider(leaked), ask)
    expect(untouched.response.text).toBe(leaked.text)
  })

  test('prefers the calls that the server delivered to those in the text', async () => {
    const text = '<tool_call>{"name":"get_weather","arguments":{"city":"Rome"}}</tool_call>'
    const { steps } = await run(fakeProvider({ ...OSLO, text }, DONE), { ...ask, parseTextToolCalls: true })
    expect(steps[0]?.results.map(({ content }) => content)).toEqual(['Rain in Oslo'])
  })
})

describe('what the model is told', () => {
  test('by a tool that throws: its message', async () => {
    const failure = new Error('No such city')
    const failing = tool({
      name: 'get_weather',
      execute() {
        throw failure
      },
    })
    expect(await told(OSLO, [failing])).toMatchObject({
      outcome: 'failed',
      content: 'Error: No such city',
      error: failure,
    })
  })

  test.each([
    ['an empty message', new RangeError(''), 'Error: RangeError'],
    ['no error', 'broken', 'Error: broken'],
    ['nothing that can be a text', Object.create(null) as unknown, 'Error: the tool failed.'],
  ])('by a tool that throws %s', async (_, thrown, content) => {
    // oxlint-disable-next-line prefer-promise-reject-errors
    expect((await told(OSLO, [tool({ name: 'get_weather', execute: () => Promise.reject(thrown) })])).content).toBe(
      content,
    )
  })

  test('by a tool that returns what is no JSON', async () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const result = await told(OSLO, [tool({ name: 'get_weather', execute: () => circle })])
    expect(result).toMatchObject({ outcome: 'failed', content: expect.stringContaining('no JSON') })
  })

  test('of arguments that do not fit: what and where', async () => {
    const result = await told(calls(call('get_weather', { city: 7 })))
    expect(result).toMatchObject({ outcome: 'invalid-arguments', issues: [{ path: ['city'] }] })
    expect(result.content).toContain('city: ')
  })

  test('of arguments that do not fit plain JSON Schema', async () => {
    const plain = tool({ name: 'get_weather', parameters: { required: ['city'] }, execute: () => 'Sun' })
    expect(await told(calls(call('get_weather', {})), [plain])).toMatchObject({ issues: [{ path: ['city'] }] })
  })

  test('of arguments that are no JSON, which do not go back to the server', async () => {
    const broken = { ...call('get_weather', undefined), rawArguments: `{"city":${'x'.repeat(1000)}` }
    const provider = fakeProvider(calls(broken), DONE)
    const { steps, messages } = await runTools(provider, ask)
    const [result] = steps[0]!.results
    expect(result).toMatchObject({ outcome: 'invalid-arguments', content: expect.stringContaining('{"city":xxx') })
    expect(result!.content.length).toBeLessThan(700)
    expect(messages[1]).toMatchObject({ toolCalls: [{ rawArguments: '{}' }] })
  })

  test.each(['{"city":"Os', '{}'])('of arguments that the limit of tokens cut at %s', async (rawArguments) => {
    const cut = { ...call('get_weather', rawArguments === '{}' ? {} : undefined), rawArguments }
    const result = await told({ toolCalls: [cut], finishReason: 'length' }, [
      tool({ name: 'get_weather', execute: () => 1 }),
    ])
    expect(result).toMatchObject({ outcome: 'invalid-arguments', content: expect.stringContaining('limit of tokens') })
  })

  test('of a call before the one that was cut: its result', async () => {
    const cut = { ...call('get_weather', undefined, 'call_2'), rawArguments: '{' }
    const toolCalls = [call('get_weather', { city: 'Oslo' }), cut]
    const { steps } = await runTools(fakeProvider({ toolCalls, finishReason: 'length' }, DONE), ask)
    expect(steps[0]?.results.map(({ outcome }) => outcome)).toEqual(['done', 'invalid-arguments'])
  })

  test('of a tool that is not there: which are, and which is near', async () => {
    const result = await told(calls(call('get_wheather', { city: 'Oslo' })))
    expect(result).toMatchObject({
      outcome: 'unknown-tool',
      content: expect.stringContaining('Did you mean get_weather?'),
    })
  })

  test('of arguments as a whole that do not fit, and of a tool that is near none', async () => {
    const nothing = tool({ name: 'get_weather', parameters: { maxProperties: 0 }, execute: () => 'Sun' })
    expect((await told(OSLO, [nothing])).content).toContain('at most 0 properties')
    expect((await told(calls(call('launch', {})))).content).toBe(
      'Error: there is no tool launch. The tools are: get_weather.',
    )
  })

  test('of a tool by the name that LM Studio makes of it: its result', async () => {
    const camel = tool({ name: 'getWeather', execute: () => 'Sun' })
    expect((await told(OSLO, [camel])).content).toBe('Sun')
    const twins = [camel, tool({ name: 'get-weather', execute: () => 'Snow' })]
    expect((await told(OSLO, twins)).outcome).toBe('unknown-tool')
  })

  test('gives the tool what it needs besides its arguments', async () => {
    const seen: unknown[] = []
    const execute = (
      _: unknown,
      { signal, toolCallId, messages }: { signal: AbortSignal; toolCallId: string; messages: unknown },
    ) => void seen.push([signal.aborted, toolCallId, messages])
    await told(OSLO, [tool({ name: 'get_weather', execute })])
    expect(seen).toEqual([
      [false, 'call_1', [{ role: 'user', content: 'A coat?' }, expect.objectContaining({ role: 'assistant' })]],
    ])
  })
})

describe('an abort', () => {
  test('before the start sends nothing', async () => {
    const provider = fakeProvider(DONE)
    const reason = new Error('never mind')
    expect(await caught(runTools(provider, ask, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(await caught(streamTools(provider, ask, { signal: AbortSignal.abort(reason) }).response)).toBe(reason)
    expect(provider.requests).toEqual([])
  })

  test.each([
    ['runTools', (...args: Parameters<typeof runTools>) => runTools(...args)],
    ['streamTools', (...args: Parameters<typeof streamTools>) => streamTools(...args).response],
  ])('of %s does not wait for a tool that does not listen, and tells those that do', async (_, run) => {
    const controller = new AbortController()
    const reason = new Error('never mind')
    let told: unknown
    const deaf = tool({
      name: 'get_weather',
      execute(__, { signal }) {
        signal.addEventListener('abort', () => (told = signal.reason))
        queueMicrotask(() => controller.abort(reason))
        return new Promise(() => {})
      },
    })
    const provider = fakeProvider(OSLO)
    expect(await caught(run(provider, { ...ask, tools: [deaf] }, { signal: controller.signal }))).toBe(reason)
    expect(told).toBe(reason)
    expect(provider.requests).toHaveLength(1)
    expect(provider.signals[0]?.aborted).toBe(true)
  })

  test('does not wait for a provider that does not listen', async () => {
    const controller = new AbortController()
    const never = { ...fakeProvider(DONE), complete: () => new Promise<never>(() => {}) }
    const running = runTools(never, ask, { signal: controller.signal })
    controller.abort()
    expect(await caught(running)).toMatchObject({ name: 'AbortError' })
  })
})

describe('streamTools', () => {
  const types = async (stream: AsyncIterable<ToolsEvent>): Promise<string[]> => {
    const seen: string[] = []
    for await (const event of stream) seen.push(event.type)
    return seen
  }

  test('tells every round with its tools', async () => {
    expect(await types(streamTools(fakeProvider(OSLO, DONE), ask))).toEqual([
      'step-start',
      'completion-start',
      'tool-call',
      'completion-end',
      'tool-result',
      'step-end',
      'step-start',
      'completion-start',
      'text-delta',
      'completion-end',
      'step-end',
    ])
  })

  test('tells results as they come, by their place in the answer', async () => {
    const later = gate()
    const slow = tool<{ last: boolean }>({
      name: 'slow',
      parameters: { type: 'object' },
      execute: ({ last }) => (last ? 'now' : later.promise),
    })
    const both = calls(call('slow', { last: false }, 'call_a'), call('slow', { last: true }, 'call_b'))
    const seen: number[] = []
    for await (const event of streamTools(fakeProvider(both, DONE), { ...ask, tools: [slow] })) {
      if (event.type !== 'tool-result') continue
      seen.push(event.index)
      later.open('later')
    }
    expect(seen).toEqual([1, 0])
  })

  test('gives the text of all rounds, and a web stream', async () => {
    const provider = (): ModelProvider => fakeProvider({ ...OSLO, pieces: ['Let ', 'me see.'] }, DONE)
    let text = ''
    for await (const piece of streamTools(provider(), ask).textStream) text += piece
    expect(text).toBe('Let me see.Yes.')
    const reader = streamTools(provider(), ask).toReadableStream().getReader()
    expect((await reader.read()).value).toEqual({ type: 'step-start', index: 0 })
    await reader.cancel()
  })

  test('gives salvaged calls as calls, and no text of them', async () => {
    const pieces = [
      'Look',
      'ing. <tool',
      '_call>{"name":"get_weather",',
      '"arguments":{"city":"Oslo"}}</tool_',
      'call>',
      '\n',
    ]
    const events: ToolsEvent[] = []
    const stream = streamTools(fakeProvider({ pieces }, DONE), { ...ask, parseTextToolCalls: true })
    for await (const event of stream) events.push(event)
    const first = events.slice(
      0,
      events.findIndex(({ type }) => type === 'completion-end'),
    )
    expect(first.slice(2)).toEqual([
      { type: 'text-delta', text: 'Look' },
      { type: 'text-delta', text: 'ing.' },
      { type: 'tool-call-start', index: 0, id: 'call_1', name: 'get_weather' },
      { type: 'tool-call-delta', index: 0, id: 'call_1', argumentsDelta: '{"city":"Oslo"}' },
      { type: 'tool-call', index: 0, toolCall: call('get_weather', { city: 'Oslo' }) },
    ])
  })

  test('sends nothing until it is read, and takes the request as it was', async () => {
    const provider = fakeProvider(DONE)
    const messages = [{ role: 'user' as const, content: 'A coat?' }]
    const stream = streamTools(provider, { model: 'fake', messages, tools: [weather] })
    messages.push({ role: 'user', content: 'And shoes?' })
    expect(provider.requests).toEqual([])
    await stream.response
    expect(provider.requests[0]?.messages).toHaveLength(1)
  })

  test('ends its tools when it is left', async () => {
    let told: AbortSignal | undefined
    const slow = tool({
      name: 'slow',
      execute(_, { signal }) {
        told = signal
        return new Promise(() => {})
      },
    })
    const both = calls(call('slow', {}, 'call_a'), call('get_weather', { city: 'Oslo' }, 'call_b'))
    for await (const event of streamTools(fakeProvider(both), { ...ask, tools: [slow, weather] })) {
      if (event.type === 'tool-result') break
    }
    expect(told?.aborted).toBe(true)
  })

  test('aborts with the reason given', async () => {
    const stream = streamTools(fakeProvider(OSLO), ask)
    const reason = new Error('never mind')
    const error = await caught(
      (async () => {
        for await (const event of stream) if (event.type === 'tool-result') stream.abort(reason)
      })(),
    )
    expect(error).toBe(reason)
    expect(await caught(stream.response)).toBe(reason)
  })

  test('says so where a provider gives no answer at the end of its stream', async () => {
    const stream = () => ({ async *[Symbol.asyncIterator]() {} })
    const mute = { ...fakeProvider(DONE), stream: stream as never }
    expect(await caught(streamTools(mute, ask).response)).toMatchObject({ name: 'ToolExecutionError' })
  })
})

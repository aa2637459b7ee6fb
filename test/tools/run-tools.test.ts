import {
  createLMStudio,
  runTools,
  streamTools,
  tool,
  type CallOptions,
  type ModelProvider,
  type RunToolsRequest,
  type ToolsEvent,
} from 'lmstudio-provider'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { type ScriptedMessage, respondToChat } from '../helpers/chat-wire.js'
import { deferred } from '../helpers/deferred.js'
import { countListeners } from '../helpers/listeners.js'
import { caught } from '../integration/support/caught.js'
import { fakeProvider, toolCall, withToolCalls } from './fake-provider.js'
import { CALLS_WEATHER, FINAL, request, variants, weather } from './weather.js'
import { parseLine } from '../helpers/collect.js'

const REASON = new Error('changed my mind')

describe('a provider with one method', () => {
  it('is enough for runTools with complete and for streamTools with stream', async () => {
    const whole = fakeProvider(CALLS_WEATHER, FINAL)
    const { steps } = await runTools({ complete: whole.complete }, request)
    const streamed = fakeProvider(CALLS_WEATHER, FINAL)
    const result = await streamTools({ stream: streamed.stream }, request).response
    expect([steps.length, result.steps.length]).toEqual([2, 2])
  })

  it('is refused without the method that is needed', async () => {
    const provider = fakeProvider(FINAL)
    const wrong = (method: string) => `The first argument must be a provider with the method \`${method}\`.`
    expect(await caught(runTools({ stream: provider.stream } as never, request))).toMatchObject({
      message: wrong('complete'),
    })
    expect(await caught(streamTools({ complete: provider.complete } as never, request).response)).toMatchObject({
      message: wrong('stream'),
    })
    expect(provider.requests).toEqual([])
  })
})

describe('the signal that tools and rounds receive', () => {
  test.each(variants)('of %s is not aborted by a loop that ends by itself', async (_, run) => {
    const provider = fakeProvider(CALLS_WEATHER, FINAL)
    await run(provider, request)
    expect(provider.options.map((options) => options?.signal?.aborted)).toEqual([false, false])
  })

  test.each(variants)('of %s is aborted when the loop fails, in whichever round', async (_, run) => {
    for (const responses of [[new Error('down')], [CALLS_WEATHER, new Error('down')]]) {
      const provider = fakeProvider(...responses)
      expect(await caught(run(provider, request))).toMatchObject({ message: 'down' })
      const signal = provider.options.at(-1)!.signal!
      expect(signal.aborted).toBe(true)
      expect(signal.reason).toMatchObject({ name: 'AbortError', message: expect.stringContaining('early') as string })
    }
  })
})

test.each(variants)('%s rejects options of null instead of throwing', async (_, run) => {
  expect(await caught(run(fakeProvider(FINAL), request, null as never))).toMatchObject({ name: 'ConfigurationError' })
})

describe('an abort', () => {
  test.each(variants)('of %s before the start sends nothing', async (_, run) => {
    const provider = fakeProvider(FINAL)
    expect(await caught(run(provider, request, { signal: AbortSignal.abort(REASON) }))).toBe(REASON)
    expect(provider.requests).toEqual([])
  })

  test.each(variants)('of %s takes effect at once and reaches the tools, even if they ignore it', async (_, run) => {
    const controller = new AbortController()
    let toolReason: unknown
    const stubborn = tool({
      name: 'get_weather',
      execute(__, { signal }) {
        signal.addEventListener('abort', () => (toolReason = signal.reason))
        queueMicrotask(() => controller.abort(REASON))
        return new Promise(() => {})
      },
    })
    const provider = fakeProvider(CALLS_WEATHER)
    const running = run(provider, { ...request, tools: [stubborn] }, { signal: controller.signal })
    expect(await caught(running)).toBe(REASON)
    expect(toolReason).toBe(REASON)
    expect(provider.requests).toHaveLength(1)
    expect(provider.options[0]?.signal?.aborted).toBe(true)
  })

  test('takes effect at once even if the provider ignores it', async () => {
    const controller = new AbortController()
    const stubborn = { ...fakeProvider(FINAL), complete: () => new Promise<never>(() => {}) }
    const running = runTools(stubborn, request, { signal: controller.signal })
    controller.abort()
    expect(await caught(running)).toMatchObject({ name: 'AbortError' })
  })

  test('of the stream rejects the iteration and the response with its reason', async () => {
    const stream = streamTools(fakeProvider(CALLS_WEATHER), request)
    const reading = (async () => {
      for await (const event of stream) if (event.type === 'tool-result') stream.abort(REASON)
    })()
    expect(await caught(reading)).toBe(REASON)
    expect(await caught(stream.response)).toBe(REASON)
  })
})

describe('streamTools', () => {
  test('yields the events of every round and of its tools', async () => {
    const types: string[] = []
    for await (const { type } of streamTools(fakeProvider(CALLS_WEATHER, FINAL), request)) types.push(type)
    expect(types).toEqual([
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

  test('yields a tool result as soon as it is available, with the position of its call', async () => {
    const later = deferred<string>()
    const slow = tool<{ last: boolean }>({
      name: 'slow',
      parameters: { type: 'object' },
      execute: ({ last }) => (last ? 'now' : later.promise),
    })
    const both = withToolCalls(toolCall('slow', { last: false }, 'call_a'), toolCall('slow', { last: true }, 'call_b'))
    const positions: number[] = []
    for await (const event of streamTools(fakeProvider(both, FINAL), { ...request, tools: [slow] })) {
      if (event.type !== 'tool-result') continue
      positions.push(event.index)
      later.resolve('later')
    }
    expect(positions).toEqual([1, 0])
  })

  test('offers the text of all rounds', async () => {
    let text = ''
    const provider = fakeProvider({ ...CALLS_WEATHER, deltas: ['Let ', 'me see.'] }, FINAL)
    for await (const delta of streamTools(provider, request).textStream) text += delta
    expect(text).toBe('Let me see.Yes.')
  })

  test('offers its events as a web stream', async () => {
    const reader = streamTools(fakeProvider(FINAL), request).toReadableStream().getReader()
    expect(parseLine((await reader.read()).value)).toEqual({ type: 'step-start', index: 0 })
    await reader.cancel()
  })

  test('yields calls that the model wrote as text as tool calls, without their text', async () => {
    const deltas = [
      'Look',
      'ing. <tool',
      '_call>{"name":"get_weather",',
      '"arguments":{"city":"Oslo"}}</tool_',
      'call>',
      '\n',
    ]
    const events: ToolsEvent[] = []
    const stream = streamTools(fakeProvider({ deltas }, FINAL), { ...request, parseTextToolCalls: true })
    for await (const event of stream) events.push(event)
    expect(events.slice(2, 8)).toEqual([
      { type: 'text-delta', text: 'Look' },
      { type: 'text-delta', text: 'ing.' },
      { type: 'tool-call-start', index: 0, id: 'call_1', name: 'get_weather' },
      { type: 'tool-call-delta', index: 0, id: 'call_1', argumentsDelta: '{"city":"Oslo"}' },
      { type: 'tool-call', index: 0, toolCall: toolCall('get_weather', { city: 'Oslo' }) },
      { type: 'completion-end', response: expect.objectContaining({ text: 'Looking.', finishReason: 'tool-calls' }) },
    ])
  })

  test('sends nothing until it is read', async () => {
    const provider = fakeProvider(FINAL)
    const stream = streamTools(provider, request)
    await new Promise(setImmediate)
    expect(provider.requests).toEqual([])
    await stream.response
    expect(provider.requests).toHaveLength(1)
  })

  test('aborts running tools when it is left', async () => {
    let toolSignal: AbortSignal | undefined
    const slow = tool({
      name: 'slow',
      execute(_, { signal }) {
        toolSignal = signal
        return new Promise(() => {})
      },
    })
    const both = withToolCalls(toolCall('slow', {}, 'call_a'), toolCall('get_weather', { city: 'Oslo' }, 'call_b'))
    for await (const event of streamTools(fakeProvider(both), { ...request, tools: [slow, weather] })) {
      if (event.type === 'tool-result') break
    }
    expect(toolSignal?.aborted).toBe(true)
    expect(toolSignal?.reason).toMatchObject({ name: 'AbortError' })
  })

  test("closes the provider's stream when it is left, even if that ignores its signal", async () => {
    let isClosed = false
    async function* events() {
      try {
        yield { type: 'completion-start', id: 'c', model: 'm' }
        yield { type: 'text-delta', text: 'Yes.' }
      } finally {
        isClosed = true
      }
    }
    const provider = { ...fakeProvider(FINAL), stream: events as never }
    for await (const event of streamTools(provider, request)) if (event.type === 'completion-start') break
    await new Promise(setImmediate)
    expect(isClosed).toBe(true)
  })

  test('rejects a provider whose stream ends without a response', async () => {
    const stream = () => ({ async *[Symbol.asyncIterator]() {} })
    const incomplete: ModelProvider = { ...fakeProvider(FINAL), stream: stream as never }
    expect(await caught(streamTools(incomplete, request).response)).toMatchObject({
      name: 'ToolExecutionError',
      message: "The provider's stream ended without a response.",
      hint: 'Make the provider end its stream with a `completion-end` event.',
    })
  })
})

describe('no timer and no listener on the signal is left', () => {
  const WEATHER: ScriptedMessage = {
    content: 'Let me see.',
    toolCall: { name: 'get_weather', arguments: '{"city":"Oslo"}' },
  }
  const TEXT: ScriptedMessage = { content: 'Yes.' }
  const controller = (): AbortController => new AbortController()
  let caller = controller()

  beforeEach(() => {
    caller = controller()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** LM Studio with these responses; an error fails the connection. */
  function setUp(...script: readonly (ScriptedMessage | Error)[]) {
    let count = 0
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const next = script[count++]!
      if (next instanceof Error) throw next
      return respondToChat(new Request(input, init), next)
    }
    return createLMStudio({ fetch, cache: false, maxRetries: 0 })
  }

  const expectNothingLeft = (): void => {
    expect(countListeners(caller.signal)).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  }

  type Run = (provider: ModelProvider, request: RunToolsRequest, options?: CallOptions) => Promise<unknown>
  const endings: readonly (readonly [string, (run: Run) => Promise<unknown>, object])[] = [
    ['success', (run) => run(setUp(WEATHER, TEXT), request, { signal: caller.signal }), { response: { text: 'Yes.' } }],
    [
      'a request that fails in the second round',
      (run) => caught(run(setUp(WEATHER, new TypeError('fetch failed')), request, { signal: caller.signal })),
      { name: 'NetworkError', steps: [{ index: 0 }] },
    ],
    [
      'the last round',
      (run) => caught(run(setUp(WEATHER, WEATHER), { ...request, maxRounds: 2 }, { signal: caller.signal })),
      { code: 'max-rounds' },
    ],
    [
      'an error in onStep',
      (run) => {
        const onStep = (): never => {
          throw REASON
        }
        return caught(run(setUp(WEATHER), { ...request, onStep }, { signal: caller.signal }))
      },
      REASON,
    ],
    [
      'an abort while a tool runs',
      (run) => {
        const execute = (): Promise<never> => {
          caller.abort(REASON)
          return new Promise(() => {})
        }
        const tools = [tool({ name: 'get_weather', execute })]
        return caught(run(setUp(WEATHER), { ...request, tools }, { signal: caller.signal }))
      },
      REASON,
    ],
    [
      'an abort while onStep runs',
      (run) => {
        const onStep = (): Promise<never> => {
          caller.abort(REASON)
          return new Promise(() => {})
        }
        return caught(run(setUp(WEATHER), { ...request, onStep }, { signal: caller.signal }))
      },
      REASON,
    ],
    [
      'an invalid request',
      (run) => caught(run(setUp(), { ...request, maxRounds: 0 }, { signal: caller.signal })),
      { name: 'InvalidRequestError' },
    ],
  ]

  describe.each(variants)('by %s', (_, run) => {
    test.each(endings)('after %s', async (__, end, outcome) => {
      expect(await end(run)).toMatchObject(outcome)
      expectNothingLeft()
    })
  })

  test.each(['step-start', 'completion-start', 'text-delta', 'tool-call', 'tool-result', 'step-end'] as const)(
    'by streamTools after leaving the stream at %s',
    async (type) => {
      const stream = streamTools(setUp(WEATHER, TEXT), request, { signal: caller.signal })
      let isFound = false
      for await (const event of stream) {
        isFound = event.type === type
        if (isFound) break
      }
      expect(isFound).toBe(true)
      await new Promise(setImmediate)
      expectNothingLeft()
      expect(await caught(stream.response)).toMatchObject({ name: 'AbortError' })
    },
  )

  test('by streamTools after abort() between two reads', async () => {
    const stream = streamTools(setUp(WEATHER, TEXT), request, { signal: caller.signal })
    const iterator = stream[Symbol.asyncIterator]()
    while ((await iterator.next()).value?.type !== 'text-delta');
    stream.abort(REASON)
    expect(await caught(iterator.next())).toBe(REASON)
    await new Promise(setImmediate)
    expectNothingLeft()
  })

  test('by streamTools that is never read', async () => {
    streamTools(setUp(), request, { signal: caller.signal })
    await new Promise(setImmediate)
    expectNothingLeft()
  })

  test('by streamTools after canceling its web stream', async () => {
    const stream = streamTools(setUp(WEATHER, TEXT), request, { signal: caller.signal })
    const reader = stream.toReadableStream().getReader()
    while (parseLine<ToolsEvent>((await reader.read()).value).type !== 'tool-call');
    await reader.cancel()
    await new Promise(setImmediate)
    expectNothingLeft()
  })
})

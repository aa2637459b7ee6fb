import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LogEvent } from '../../src/config/options.js'
import { chat, streamChat } from '../../src/native-chat/chat.js'
import type { ChatResponse } from '../../src/native-chat/types.js'
import { cutAt, cuts, encode } from '../helpers/bytes.js'
import { json, testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { fixtureBytes, fixtureJSON, fixtureText } from '../helpers/fixtures.js'
import { endFrame, MESSAGE, nativeFrame, openChat, partialOf, REQUEST, textFrame } from '../helpers/native-chat.js'

afterEach(() => void vi.useRealTimers())

const withoutDuration = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) => (key === 'durationMs' ? undefined : inner))

describe('streamChat with fixtures', () => {
  it('maps every event of native-chat', async () => {
    const { events, error } = await collect(openChat([fixtureBytes('native-chat.sse')]).stream)
    const call = { name: 'find_bird', source: { type: 'ephemeral-mcp', serverLabel: 'birds' } }
    expect(error).toBeUndefined()
    expect(events).toEqual([
      { type: 'chat-start', modelInstanceId: 'acme/tern-4b' },
      { type: 'model-load-start', modelInstanceId: 'acme/tern-4b' },
      { type: 'progress', phase: 'model-load', progress: 0 },
      { type: 'progress', phase: 'model-load', progress: 0.4 },
      { type: 'progress', phase: 'model-load', progress: 1 },
      { type: 'model-load-end', modelInstanceId: 'acme/tern-4b', loadTimeMs: 5100 },
      { type: 'prompt-processing-start' },
      { type: 'progress', phase: 'prompt-processing', progress: 0.5 },
      { type: 'prompt-processing-end' },
      { type: 'prompt-processing-end' },
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: 'Look it ' },
      { type: 'reasoning-delta', text: 'up.' },
      { type: 'reasoning-end' },
      { type: 'tool-call-start', ...call },
      { type: 'tool-call-arguments', ...call, arguments: { name: 'tern' } },
      { type: 'tool-call-success', ...call, arguments: { name: 'tern' }, output: '[{"type":"text","text":"1 hit"}]' },
      { type: 'prompt-processing-start' },
      { type: 'prompt-processing-end' },
      { type: 'text-start' },
      { type: 'text-delta', text: 'Found ' },
      { type: 'text-delta', text: 'one entry.' },
      { type: 'text-end' },
      {
        type: 'chat-end',
        response: expect.objectContaining({ text: 'Found one entry.', reasoning: 'Look it up.' }) as ChatResponse,
      },
    ])
  })

  it('resolves native-chat to the response that chat resolves to for the same result', async () => {
    const streamed = await openChat([fixtureBytes('native-chat.sse')]).stream.response
    const complete = await chat(testClient({ fetch: async () => json(fixtureJSON('native-chat.json')) }), REQUEST)
    expect(withoutDuration(streamed)).toBe(withoutDuration(complete))
  })

  it.each([
    ['native-chat-flat-end', 'Found one.'],
    ['native-chat-tool-failure', 'No such tool.'],
  ])('resolves %s to its response', async (name, text) => {
    const { stream } = openChat([fixtureBytes(`${name}.sse`)])
    const { events } = await collect(stream)
    expect(await stream.response).toMatchObject({ text, modelInstanceId: 'acme/tern-4b' })
    expect(events.at(-1)).toEqual({ type: 'chat-end', response: await stream.response })
  })

  it('maps the failed tool call of native-chat-tool-failure', async () => {
    const { events } = await collect(openChat([fixtureBytes('native-chat-tool-failure.sse')]).stream)
    expect(events.filter(({ type }) => type === 'tool-call-failure')).toEqual([
      {
        type: 'tool-call-failure',
        reason: 'Cannot find tool with name find_fish.',
        kind: 'invalid-name',
        name: 'find_fish',
      },
    ])
  })

  it('yields the same events however the bytes are cut', async () => {
    const bytes = encode(fixtureText('native-chat.sse').replaceAll('Found ', 'Möwe 🌊 '))
    const expected = withoutDuration((await collect(openChat([bytes]).stream)).events)
    expect(expected).toContain('🌊')
    await fc.assert(
      fc.asyncProperty(cuts, async (positions) => {
        const { events, error } = await collect(openChat(cutAt(bytes, positions)).stream)
        expect(error).toBeUndefined()
        expect(withoutDuration(events)).toBe(expected)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the events of streamChat', () => {
  it('yields unknown events with their name and data', async () => {
    const chunks = [
      nativeFrame('chat.start'),
      nativeFrame('speculation.hint', { depth: 3 }),
      'event: ping\ndata: now\n\n',
      nativeFrame('toString'),
      textFrame('Found one.'),
      nativeFrame('speculation.hint', { depth: 4 }),
      endFrame(MESSAGE),
    ]
    const { events, error } = await collect(openChat(chunks).stream)
    expect(error).toBeUndefined()
    expect(events.filter(({ type }) => type === 'unknown')).toEqual([
      { type: 'unknown', name: 'speculation.hint', data: { type: 'speculation.hint', depth: 3 } },
      { type: 'unknown', name: 'ping', data: 'now' },
      { type: 'unknown', name: 'toString', data: { type: 'toString' } },
      { type: 'unknown', name: 'speculation.hint', data: { type: 'speculation.hint', depth: 4 } },
    ])
  })

  it('recognizes an event without a name by the type in its data', async () => {
    const chunks = [textFrame('Found one.'), endFrame(MESSAGE)].map((chunk) => chunk.replace(/^event: .*\n/, ''))
    const { events } = await collect(openChat(chunks).stream)
    expect(events.map(({ type }) => type)).toEqual(['text-delta', 'chat-end'])
  })

  it('recognizes an event whose data has no type by its name', async () => {
    const chunks = ['event: message.delta\ndata: {"content":"Found one."}\n\n', endFrame(MESSAGE)]
    expect((await collect(openChat(chunks).stream)).events[0]).toEqual({ type: 'text-delta', text: 'Found one.' })
  })

  it.each([['data: {"hello":1}\n\n'], ['event: message\ndata: {"hello":1}\n\n']])(
    'ignores the event %j, which has no type and no name but the default',
    async (chunk) => {
      const { events } = await collect(openChat([chunk, textFrame('x'), endFrame(MESSAGE)]).stream)
      expect(events.map(({ type }) => type)).toEqual(['text-delta', 'chat-end'])
    },
  )

  it('limits progress to 0–1, and ignores an event without progress', async () => {
    const shares = [-0.1, 0, 0.5, 1.0001, null, '0.7', []]
    const chunks = shares.map((progress) => nativeFrame('model_load.progress', { progress }))
    const { events } = await collect(openChat([...chunks, endFrame(MESSAGE)]).stream)
    expect(events.flatMap((event) => (event.type === 'progress' ? event.progress : []))).toEqual([0, 0, 0.5, 1])
  })

  it('ignores events after chat.end', async () => {
    const chunks = [endFrame(MESSAGE), textFrame('more'), nativeFrame('error', { error: { message: 'x' } })]
    const { events, error } = await collect(openChat(chunks).stream)
    expect(events.map(({ type }) => type)).toEqual(['text-delta', 'chat-end'])
    expect(events[0]).toEqual({ type: 'text-delta', text: 'Found one.' })
    expect(error).toBeUndefined()
  })

  it('accepts the end marker of other routes after chat.end', async () => {
    const chunks = [textFrame('x'), endFrame(MESSAGE), 'data: [DONE]\n\n']
    expect(await openChat(chunks).stream.response).toMatchObject({ text: 'Found one.' })
  })
})

describe('the response of streamChat', () => {
  it('builds the response of a chat from the events when chat.end has no output', async () => {
    const chunks = [
      nativeFrame('reasoning.start'),
      nativeFrame('reasoning.delta', { content: 'Hm' }),
      nativeFrame('reasoning.delta', { content: '.' }),
      nativeFrame('message.start'),
      textFrame('One, '),
      nativeFrame('message.start'),
      textFrame('two.'),
      nativeFrame('tool_call.success', { tool: 't', arguments: {}, output: 'o' }),
      textFrame('Three.'),
      nativeFrame('tool_call.failure', { reason: 'r', metadata: { type: 'invalid_name', tool_name: 'u' } }),
      endFrame(),
    ]
    expect((await openChat(chunks).stream.response).output).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'message', text: 'One, ' },
      { type: 'message', text: 'two.' },
      { type: 'tool-call', name: 't', arguments: {}, output: 'o' },
      { type: 'message', text: 'Three.' },
      { type: 'invalid-tool-call', reason: 'r', kind: 'invalid-name', name: 'u' },
    ])
  })

  it('measures the time to first token of a chat when the server does not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    const chunks = [nativeFrame('chat.start'), textFrame('Found '), textFrame('one.'), endFrame(MESSAGE)]
    const { stream } = openChat(chunks)
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    vi.advanceTimersByTime(100)
    await iterator.next()
    vi.advanceTimersByTime(1000)
    while ((await iterator.next()).done !== true);
    expect((await stream.response).stats).toMatchObject({
      timeToFirstTokenMs: 100,
      durationMs: 1100,
      measuredBy: { timeToFirstTokenMs: 'client', durationMs: 'client' },
    })
  })

  it('logs a chat to which another model than the requested one responds, streamed or not', async () => {
    const events: LogEvent[] = []
    const logger = (event: LogEvent): void => void events.push(event)
    const result = { model_instance_id: 'acme/heron', output: [MESSAGE] }
    await openChat([nativeFrame('chat.end', { result })], 'close', { logger }).stream.response
    const client = testClient({ fetch: async () => json(result), logger })
    await streamChat(client, REQUEST).response
    await chat(client, REQUEST)
    expect(events.filter(({ type }) => type === 'model-substituted')).toHaveLength(3)
  })
})

describe('a stream of a chat that ends too early', () => {
  it.each<[string, string[]]>([
    ['after the text', [textFrame('Found '), textFrame('one.')]],
    ['with the end marker of other routes', [textFrame('Found '), textFrame('one.'), 'data: [DONE]\n\n']],
    ['within an event', [textFrame('Found '), textFrame('one.'), 'event: chat.end\ndata: {"type":"chat.e']],
    ['within an event without a name', [textFrame('Found '), textFrame('one.'), 'data: {"type":"chat.e']],
  ])('rejects a stream that ends %s, with the partial response', async (_, chunks) => {
    const { error } = await collect(openChat(chunks).stream)
    expect(error).toMatchObject({ name: 'StreamInterruptedError' })
    expect((error as Error).message).toContain('chat.end')
    expect(partialOf(error)).toMatchObject({ text: 'Found one.', model: 'acme/tern-4b' })
  })

  it('rejects an empty stream of a chat', async () => {
    expect((await collect(openChat([]).stream)).error).toMatchObject({ name: 'StreamInterruptedError' })
  })

  it('rejects a stream whose connection breaks, with the partial response', async () => {
    const { error } = await collect(openChat([textFrame('Found ')], new Error('reset')).stream)
    expect(error).toMatchObject({ name: 'StreamInterruptedError' })
    expect(partialOf(error).text).toBe('Found ')
  })
})

describe('an invalid stream of a chat', () => {
  it.each<[string, string, string]>([
    ['an event that is not JSON', 'event: message.delta\ndata: {broken\n\n', 'not-json'],
    ['text without a name', 'data: hello\n\n', 'not-json'],
    [
      'content that is a number, and no output',
      nativeFrame('message.delta', { content: 7 }) + textFrame('more') + endFrame(),
      'invalid-response',
    ],
    [
      'content that is a number, and an output that cannot be read',
      nativeFrame('message.delta', { content: 7 }) + textFrame('more') + endFrame({ type: 'message', content: 7 }),
      'invalid-response',
    ],
    ['an event that is a list', 'event: message.delta\ndata: []\n\n', 'invalid-response'],
    ['chat.end without output', nativeFrame('chat.end', { result: {} }), 'empty-response'],
    ['chat.end that is null', 'event: chat.end\ndata: null\n\n', 'invalid-response'],
    ['an empty response', nativeFrame('chat.end', { result: { output: [] } }), 'empty-response'],
  ])('rejects %s in the stream of a chat', async (_, invalid, code) => {
    const { error } = await collect(openChat([invalid, textFrame('more')]).stream)
    expect(error).toMatchObject({ name: 'InvalidResponseError', code })
  })
})

describe('odd fields in the stream of a chat', () => {
  const text = (chunks: string[]) => openChat(chunks).stream.response.then((response) => response.text)

  it('uses the output where a delta cannot be read', async () => {
    const chunks = [textFrame('Found '), nativeFrame('message.delta', { content: 7 }), endFrame(MESSAGE)]
    expect(await text(chunks)).toBe('Found one.')
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['an output that is null', { output: null }],
    ['an output with null', { output: [null] }],
    ['an output with an item without a type', { output: [{ content: 'Found one.' }] }],
    ['an output with content that is a list', { output: [{ type: 'message', content: [] }] }],
  ])('uses what the events brought where the result is %s', async (_, result) => {
    expect(await text([textFrame('Found '), textFrame('one.'), nativeFrame('chat.end', { result })])).toBe('Found one.')
  })

  it.each(['1e999', '-1', '1.5', '"7"', '[]', 'null'])('does not use %s as a number of tokens', async (number) => {
    const result = `{"output":[{"type":"message","content":"Found one."}],"response_id":7,"model_instance_id":[],
      "stats":{"input_tokens":N,"total_output_tokens":N,"reasoning_output_tokens":N}}`
    const { usage, ...response } = await openChat([
      `data: {"type":"chat.end","result":${result.replaceAll('N', number)}}\n\n`.replaceAll('\n      ', ' '),
    ]).stream.response
    expect(usage).toStrictEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined })
    expect(response).toMatchObject({ text: 'Found one.', modelInstanceId: 'acme/tern-4b' })
    expect(response).not.toHaveProperty('responseId')
  })

  it.each(['1e999', '-1', '"7"'])('does not use %s as a time or a speed', async (number) => {
    const stats = `{"tokens_per_second":N,"time_to_first_token_seconds":N,"model_load_time_seconds":N}`
    const body = `{"output":[{"type":"message","content":"Found one."}],"stats":${stats.replaceAll('N', number)}}`
    const { events } = await collect(
      openChat([
        `data: {"type":"model_load.end","load_time_seconds":${number}}\n\n`,
        `data: {"type":"chat.end","result":${body}}\n\n`,
      ]).stream,
    )
    expect(events[0]).toEqual({ type: 'model-load-end', modelInstanceId: undefined, loadTimeMs: undefined })
    expect(events.at(-1)).toMatchObject({
      response: { stats: { tokensPerSecond: undefined, timeToFirstTokenMs: undefined, modelLoadTimeMs: undefined } },
    })
  })

  it.each([
    [
      'a status in the result',
      nativeFrame('chat.end', { result: { status: 'failed', output: [MESSAGE], reason: 'Busy.' } }),
    ],
    ['a detail without a name', 'data: {"detail":"Busy."}\n\n'],
    ['success false without a name', 'data: {"success":false,"message":"Busy."}\n\n'],
  ])('rejects a stream that reports a failure with %s', async (_, chunk) => {
    const { error } = await collect(openChat([textFrame('Found '), chunk]).stream)
    expect(error).toMatchObject({ name: 'ApiError', serverMessage: 'Busy.', partial: { text: 'Found ' } })
  })
})

describe('textStream of streamChat', () => {
  it('`textStream` of a chat yields only the text', async () => {
    const { stream } = openChat([fixtureBytes('native-chat.sse')])
    expect((await collect(stream.textStream)).events).toEqual(['Found ', 'one entry.'])
  })
})

describe('a delta that is a list of parts', () => {
  it('is read, and not added again at the end', async () => {
    const delta = (text: string): string =>
      nativeFrame('message.delta', { content: text === '' ? [] : [{ type: 'text', text }] })
    const end = nativeFrame('chat.end', {
      result: { output: [{ type: 'message', content: [{ type: 'text', text: 'hi' }] }] },
    })
    const { events, error } = await collect(openChat([delta('h'), delta(''), delta('i'), end]).stream)
    expect(error).toBeUndefined()
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(['h', 'i'])
    expect(events.at(-1)).toMatchObject({ response: { text: 'hi' } })
  })
})

describe('a result with text that no delta brought', () => {
  const REASONING = { type: 'reasoning', content: 'Look it up.' } as const
  it.each<[string, string[], string[]]>([
    ['all of it', [], ['Look it up.', 'Found one.']],
    ['the end of it', [textFrame('Found ')], ['Found ', 'Look it up.', 'one.']],
    [
      'nothing of it',
      [nativeFrame('reasoning.delta', { content: 'Look it up.' }), textFrame('Found one.')],
      ['Look it up.', 'Found one.'],
    ],
    [
      'another text',
      [nativeFrame('reasoning.delta', { content: 'Look it up.' }), textFrame('Nothing.')],
      ['Look it up.', 'Nothing.'],
    ],
  ])('emits what is missing: %s', async (_, frames, expected) => {
    const { events, error } = await collect(openChat([...frames, endFrame(REASONING, MESSAGE)]).stream)
    expect(error).toBeUndefined()
    expect(events.flatMap((event) => ('text' in event ? [event.text] : []))).toEqual(expected)
    expect(events.at(-1)).toMatchObject({ type: 'chat-end', response: { text: 'Found one.' } })
  })
})

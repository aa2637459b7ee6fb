import type { ChatEvent, ChatRequest, ChatStream, PartialChat } from 'lmstudio-provider'
import { createConversation } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught, type AnyError } from './support/caught.js'
import { connect, MODEL, setUp } from './support/provider.js'
import { bodyOf, sendJSON, serve } from './support/servers.js'

const HELLO = { model: MODEL, input: 'Hello.', reasoning: 'off' } as const
const COLD = { model: 'acme/plover-vl', input: 'Hello.' } as const

async function readAll(stream: ChatStream): Promise<{ events: ChatEvent[]; error: AnyError | undefined }> {
  const events: ChatEvent[] = []
  try {
    for await (const event of stream) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error: error as AnyError }
  }
}

const chats = (calls: readonly { readonly path: string; readonly body: unknown }[]): unknown[] =>
  calls.filter(({ path }) => path === '/api/v1/chat').map(({ body }) => body)

describe('chat', () => {
  test('gives the whole answer', async () => {
    const { mock, lmstudio } = await setUp()
    const response = await lmstudio.chat({ ...HELLO, system: 'Be brief.', maxTokens: 50 })
    expect(response).toMatchObject({
      text: 'You said: Hello.',
      output: [{ type: 'message', text: 'You said: Hello.' }],
      modelInstanceId: MODEL,
      finishReason: 'stop',
      isFinishReasonInferred: true,
      stats: { modelLoadTimeMs: undefined, measuredBy: { tokensPerSecond: 'server' } },
    })
    expect(response).not.toHaveProperty('responseId')
    expect(chats(mock.calls)).toEqual([
      { ...HELLO, system_prompt: 'Be brief.', max_output_tokens: 50, store: false, stream: false },
    ])
  })

  test('says that an answer was cut, and how long loading took', async () => {
    const { lmstudio } = await setUp({ loadDelayMs: 20 })
    const response = await lmstudio.chat({ ...COLD, input: 'lorem 50', maxTokens: 5, contextLength: 2048 })
    expect(response).toMatchObject({ finishReason: 'length', stats: { modelLoadTimeMs: 20 } })
  })

  test('sends images', async () => {
    const { mock, lmstudio } = await setUp()
    const image = 'data:image/png;base64,iVBORw0KGgo='
    await lmstudio.chat({
      model: MODEL,
      input: [
        { type: 'text', text: 'What bird?' },
        { type: 'image', image },
      ],
    })
    expect(chats(mock.calls)).toMatchObject([
      {
        input: [
          { type: 'text', content: 'What bird?' },
          { type: 'image', data_url: image },
        ],
      },
    ])
  })

  test('tells what tools the server ran, and that one could not', async () => {
    const { mock, lmstudio } = await setUp()
    const request: ChatRequest = {
      ...HELLO,
      integrations: [{ type: 'plugin', id: 'mcp/birds', allowedTools: ['find_bird'] }],
    }
    expect((await lmstudio.chat(request)).output[0]).toMatchObject({
      type: 'tool-call',
      name: 'find_bird',
      source: { type: 'plugin', id: 'mcp/birds' },
    })
    mock.inject('tool-call-failure')
    expect((await lmstudio.chat(request)).output[0]).toMatchObject({
      type: 'invalid-tool-call',
      kind: 'invalid-name',
      name: 'find_bird',
    })
  })

  test.each([
    ['an old LM Studio', { version: '0.3' } as const, HELLO, 'UnsupportedEndpointError', '0.4.0'],
    ['tools that are off', { mcp: false }, { ...HELLO, integrations: ['mcp/birds'] }, 'PermissionError', 'LM Studio'],
    [
      'an MCP server that is away',
      { faults: ['mcp-connection-error'] } as const,
      { ...HELLO, integrations: ['mcp/birds'] },
      'ApiError',
      'MCP server',
    ],
    ['a reasoning setting the model lacks', {}, { ...HELLO, reasoning: 'high' }, 'InvalidRequestError', 'reasoning'],
    [
      'a model that is not there',
      { models: [{ id: MODEL }] },
      { model: 'acme/puffin', input: 'Hi' },
      'ModelNotFoundError',
      '',
    ],
    ['an answer that is none', { faults: ['zero-deltas'] } as const, HELLO, 'InvalidResponseError', 'overflow'],
    ['an id nobody knows', {}, { ...HELLO, previousResponseId: 'resp_0' }, 'InvalidRequestError', 'branch'],
  ] as const)('fails clearly for %s, streamed or not', async (_name, mockOptions, request, name, hint) => {
    const { mock, lmstudio } = await setUp(mockOptions as never)
    const error = await caught(lmstudio.chat(request as ChatRequest))
    expect(error.name).toBe(name)
    expect(error.hint).toContain(hint)
    if (name === 'ModelNotFoundError') expect(error.availableModels).toEqual([MODEL])
    if ('faults' in mockOptions) mock.inject(mockOptions.faults[0])
    expect((await caught(lmstudio.streamChat(request as ChatRequest).response)).name).toBe(name)
  })

  test('lets the server decide on reasoning where there is no list', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-500', { path: /models$/, times: 9 })
    const error = await caught(lmstudio.chat({ ...HELLO, reasoning: 'high' }))
    expect(error.serverMessage).toContain('Supported settings: off, on')
    expect(chats(mock.calls)).toHaveLength(1)
  })
})

describe('streamChat', () => {
  test('tells how loading and reading the prompt go, from 0 to 1', async () => {
    const { lmstudio } = await setUp({ loadDelayMs: 8 })
    const { events } = await readAll(lmstudio.streamChat({ ...COLD, input: 'gull '.repeat(60) }))
    const progress = (phase: string) =>
      events.flatMap((event) => (event.type === 'progress' && event.phase === phase ? event.progress : []))
    expect(progress('model-load')).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(progress('prompt-processing')).toEqual([0.5])
    expect(events.at(-1)).toMatchObject({ type: 'chat-end', response: { stats: { modelLoadTimeMs: 8 } } })
  })

  test('gives the text alone, the web stream, and the same answer as chat', async () => {
    const { lmstudio } = await setUp()
    let text = ''
    for await (const piece of lmstudio.streamChat(HELLO).textStream) text += piece
    expect(text).toBe('You said: Hello.')
    const reader = lmstudio.streamChat(HELLO).toReadableStream().getReader()
    expect((await reader.read()).value).toEqual({ type: 'chat-start', modelInstanceId: MODEL })
    await reader.cancel()
    const [whole, streamed] = [await lmstudio.chat(HELLO), await lmstudio.streamChat(HELLO).response]
    expect(streamed.output).toEqual(whole.output)
  })

  test.each([
    'prompt-processing-end-twice',
    'unknown-event',
    'flat-chat-end',
    'no-final-newline',
    'null-error',
    'extra-done',
    'json-instead-of-stream',
    'unknown-keys',
  ] as const)('reads a stream with the quirk %s to its end', async (fault) => {
    const { lmstudio } = await setUp({ faults: [fault] })
    const { events, error } = await readAll(lmstudio.streamChat(HELLO))
    expect(error).toBeUndefined()
    expect(events[0]?.type).toBe('chat-start')
    expect(events.at(-1)).toMatchObject({ type: 'chat-end', response: { text: 'You said: Hello.' } })
    if (fault === 'unknown-event') expect(events[1]).toMatchObject({ type: 'unknown', name: 'speculation.hint' })
  })

  test('throws an error of the server with the partial result that follows it', async () => {
    const { lmstudio } = await setUp({ faults: [{ name: 'error-then-chat-end', afterEvents: 6 }] })
    const { events, error } = await readAll(lmstudio.streamChat(HELLO))
    const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'engine-crashed' })
    expect(text).not.toBe('')
    expect((error?.partial as PartialChat).output).toEqual([{ type: 'message', text }])
  })

  test('throws a context overflow that comes inside the stream', async () => {
    const { lmstudio } = await setUp({ models: [{ id: MODEL, loaded: true, contextLength: 16 }] })
    const request = { model: MODEL, input: 'gull '.repeat(99) }
    expect((await readAll(lmstudio.streamChat(request))).error?.name).toBe('ContextLengthError')
    expect((await caught(lmstudio.chat(request))).name).toBe('ContextLengthError')
  })

  test.each([
    'object-and-message',
    'event-error',
    'string',
    'string-then-done',
    'object-then-done',
    'bare-text',
  ] as const)('throws an error in the form %s, with what had arrived', async (form) => {
    const { lmstudio } = await setUp({ faults: [{ name: 'error-frame', form, afterEvents: 6 }] })
    const { events, error } = await readAll(lmstudio.streamChat(HELLO))
    const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
    expect(error).toMatchObject({ name: 'ModelLoadError', partial: { text } })
    expect(text).not.toBe('')
  })

  test.each(['cut', 'reset', 'no-done'] as const)('is interrupted by %s', async (name) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(name === 'no-done' ? name : { name, afterEvents: 6 }, { path: '/api/v1/chat' })
    const { error } = await readAll(lmstudio.streamChat(HELLO))
    expect(error?.name).toBe('StreamInterruptedError')
    // A reset also discards what had arrived and was not read yet.
    if (name !== 'reset') expect(error?.partial?.text).not.toBe('')
  })

  test('ends with the loop, and the server notices, also while a model loads', async () => {
    const { mock, lmstudio } = await setUp({ loadDelayMs: 60_000 })
    for await (const event of lmstudio.streamChat(COLD)) if (event.type === 'progress') break
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('ends with the signal of the caller, by its own reason', async () => {
    const { mock, lmstudio } = await setUp({ loadDelayMs: 60_000 })
    const caller = new AbortController()
    const reason = { enough: true }
    const streaming = readAll(lmstudio.streamChat(COLD, { signal: caller.signal }))
    const whole = caught(lmstudio.chat(COLD, { signal: caller.signal }))
    await mock.whenCalled('/api/v1/chat')
    caller.abort(reason)
    expect((await streaming).error).toBe(reason)
    expect(await whole).toBe(reason)
  })

  test('waits for a long load as long as it tells of progress', async () => {
    const { lmstudio } = await setUp({ loadDelayMs: 600 }, { generationTimeout: 400, idleTimeout: 50 })
    const { text } = await lmstudio.streamChat({ model: 'acme/plover-vl', input: 'echo: At last.' }).response
    expect(text).toBe('At last.')
  })
})

describe('what goes to an MCP server', () => {
  test('is in no error and no log, whatever the server quotes', async () => {
    const keys = [
      'canary-header-key',
      'canary-query-key',
      'canary-path-key',
      'canary system prompt',
      'canary input text',
    ]
    const log: unknown[] = []
    const server = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        const [integration] = body.integrations as [{ headers: Record<string, string>; server_url: string }]
        const message = `Cannot use ${integration.server_url} with ${JSON.stringify(integration.headers)} and ${integration.headers.authorization!.split(' ')[1]} for ${String(body.system_prompt)}: ${String(body.input)}`
        sendJSON(response, { error: { type: 'mcp_connection_error', message, param: 'integrations' } }, 400)
      })
    })
    const lmstudio = connect(server, { logger: (event) => void log.push(event) })
    const error = await caught(
      lmstudio.chat({
        model: MODEL,
        system: 'canary system prompt',
        input: 'canary input text',
        integrations: [
          {
            type: 'ephemeral-mcp',
            serverLabel: 'birds',
            serverUrl: 'https://mcp.example.org/s/canary-path-key/mcp?key=canary-query-key',
            headers: { authorization: 'Bearer canary-header-key' },
          },
        ],
      }),
    )
    expect(error.message).toContain('Cannot use https://mcp.example.org')
    const told = JSON.stringify([error, log]) + error.message + String(error.stack)
    for (const key of keys) expect(told).not.toContain(key)
  })
})

describe('a conversation', () => {
  /** Answers with how much of the conversation there is. */
  const counting = {
    reply: ({ messages }: { messages: readonly { text: string }[] }) => messages.map(({ text }) => text).join(' | '),
  }

  test('remembers, over calls and streams', async () => {
    const { mock, lmstudio } = await setUp(counting)
    const conversation = createConversation(lmstudio, { model: MODEL, system: 'Be brief.' })
    await conversation.send('One.')
    const { text } = await conversation.stream('Two.').response
    expect(text).toBe('Be brief. | One. | Be brief. | One. | Two.')
    expect(chats(mock.calls)).toMatchObject([{ store: true }, { store: true, input: 'Two.' }])
  })

  test('can be branched, saved and taken up again', async () => {
    const { lmstudio } = await setUp(counting)
    const trunk = createConversation(lmstudio, { model: MODEL })
    await trunk.send('One.')
    await trunk.send('Two.')
    const from = JSON.parse(JSON.stringify(trunk.branch(1)))
    const { text } = await createConversation(lmstudio, { model: MODEL, from }).send('Other.')
    expect(text).toBe('One. | One. | Other.')
  })

  test('that the server has forgotten says so, and stays as it was', async () => {
    const { mock, lmstudio } = await setUp()
    const conversation = createConversation(lmstudio, { model: MODEL })
    await conversation.send('One.')
    mock.reset()
    for (const call of [() => conversation.send('Two.'), () => conversation.stream('Two.').response]) {
      expect(await caught(call())).toMatchObject({
        name: 'InvalidRequestError',
        code: 'unknown-response',
        hint: expect.stringContaining('Start a new conversation'),
        issues: [{ path: ['previousResponseId'] }],
      })
    }
    expect(conversation.turns).toHaveLength(1)
  })

  test('whose stream is left ends the request', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'stall', afterEvents: 5 })
    const conversation = createConversation(lmstudio, { model: MODEL })
    for await (const event of conversation.stream('lorem 20')) if (event.type === 'reasoning-start') break
    expect(await mock.calls[0]?.finished).toBe('aborted')
    expect(conversation.turns).toEqual([])
  })

  test('that is aborted in the middle stays as it was, and goes on', async () => {
    const { mock, lmstudio } = await setUp({ reply: () => ({ reasoning: '', deltas: ['one ', 'two'] }) })
    const conversation = createConversation(lmstudio, { model: MODEL })
    await conversation.send('One.')
    mock.inject({ name: 'stall', afterEvents: 5 })
    const stream = conversation.stream('Two.')
    const reading = readAll(stream)
    await mock.whenHeld()
    stream.abort('enough')
    expect((await reading).error).toBe('enough')
    expect(await mock.calls[1]?.finished).toBe('aborted')
    await conversation.send('Three.')
    expect(conversation.turns.map(({ input }) => input)).toEqual(['One.', 'Three.'])
  })
})

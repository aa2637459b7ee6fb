import type { ChatRequest, ChatStream, PartialChat } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { chatBodies, chatEnd, chatFrame, readChat, textOf } from './support/native-chat.js'
import { connect, MODEL, setUp } from './support/provider.js'
import { bodyOf, eventStream, sendJSON, serve } from './support/servers.js'
import { parseLine } from '../helpers/collect.js'

const HELLO = { model: MODEL, input: 'Hello.', reasoning: 'off' } as const
const COLD = { model: 'acme/plover-vl', input: 'Hello.' } as const

describe('chat', () => {
  test('resolves to the complete response', async () => {
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
    expect(chatBodies(mock.calls)).toEqual([
      { ...HELLO, system_prompt: 'Be brief.', max_output_tokens: 50, store: false, stream: false },
    ])
  })

  test('reports that the response was cut and how long loading took', async () => {
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
    expect(chatBodies(mock.calls)).toMatchObject([
      {
        input: [
          { type: 'text', content: 'What bird?' },
          { type: 'image', data_url: image },
        ],
      },
    ])
  })

  test('reports the tools that the server ran or could not run', async () => {
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
    [
      'tools that are disabled',
      { mcp: false },
      { ...HELLO, integrations: ['mcp/birds'] },
      'PermissionError',
      'LM Studio',
    ],
    [
      'an unreachable MCP server',
      { faults: ['mcp-connection-error'] } as const,
      { ...HELLO, integrations: ['mcp/birds'] },
      'ApiError',
      'MCP server',
    ],
    [
      'a reasoning setting that the model does not support',
      {},
      { ...HELLO, reasoning: 'high' },
      'InvalidRequestError',
      'reasoning',
    ],
    ['a missing model', { models: [{ id: MODEL }] }, { model: 'acme/puffin', input: 'Hi' }, 'ModelNotFoundError', ''],
    ['an empty response', { faults: ['zero-deltas'] } as const, HELLO, 'InvalidResponseError', 'overflow'],
    ['an unknown response id', {}, { ...HELLO, previousResponseId: 'resp_0' }, 'InvalidRequestError', 'branch'],
  ] as const)(
    'rejects with an error of the right class for %s, streamed or not',
    async (_name, mockOptions, request, name, hint) => {
      const { mock, lmstudio } = await setUp(mockOptions as never)
      const error = await caught(lmstudio.chat(request as ChatRequest))
      expect(error.name).toBe(name)
      expect(error.hint).toContain(hint)
      expect(error.availableModels).toEqual(name === 'ModelNotFoundError' ? [MODEL] : undefined)
      if ('faults' in mockOptions) mock.inject(mockOptions.faults[0])
      expect((await caught(lmstudio.streamChat(request as ChatRequest).response)).name).toBe(name)
    },
  )

  test('sends a reasoning setting when the models cannot be listed', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-500', { path: /models$/, times: 9 })
    const error = await caught(lmstudio.chat({ ...HELLO, reasoning: 'high' }))
    expect(error.serverMessage).toContain('Supported settings: off, on')
    expect(chatBodies(mock.calls)).toHaveLength(1)
  })
})

describe('streamChat', () => {
  test('emits the progress of loading and prompt processing, from 0 to 1', async () => {
    const { lmstudio } = await setUp({ loadDelayMs: 8 })
    const { events } = await readChat(lmstudio.streamChat({ ...COLD, input: 'gull '.repeat(60) }))
    const progress = (phase: string) =>
      events.flatMap((event) => (event.type === 'progress' && event.phase === phase ? event.progress : []))
    expect(progress('model-load')).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(progress('prompt-processing')).toEqual([0.5])
    expect(events.at(-1)).toMatchObject({ type: 'chat-end', response: { stats: { modelLoadTimeMs: 8 } } })
  })

  test('has textStream, toReadableStream and the same response as chat', async () => {
    const { lmstudio } = await setUp()
    let text = ''
    for await (const delta of lmstudio.streamChat(HELLO).textStream) text += delta
    expect(text).toBe('You said: Hello.')
    const reader = lmstudio.streamChat(HELLO).toReadableStream().getReader()
    expect(parseLine((await reader.read()).value)).toEqual({ type: 'chat-start', modelInstanceId: MODEL })
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
  ] as const)('completes a stream with the quirk %s', async (fault) => {
    const { lmstudio } = await setUp({ faults: [fault] })
    const { events, error } = await readChat(lmstudio.streamChat(HELLO))
    expect(error).toBeUndefined()
    expect(events[0]?.type).toBe('chat-start')
    expect(events.at(-1)).toMatchObject({ type: 'chat-end', response: { text: 'You said: Hello.' } })
  })

  test('throws an error of the server with the partial result that follows it', async () => {
    const { lmstudio } = await setUp({ faults: [{ name: 'error-then-chat-end', afterEvents: 6 }] })
    const { events, error } = await readChat(lmstudio.streamChat(HELLO))
    const text = textOf(events)
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'engine-crashed' })
    expect(text).not.toBe('')
    expect((error?.partial as PartialChat).output).toEqual([{ type: 'message', text }])
  })

  test('throws a context overflow that is reported in the stream', async () => {
    const { lmstudio } = await setUp({ models: [{ id: MODEL, loaded: true, contextLength: 16 }] })
    const request = { model: MODEL, input: 'gull '.repeat(99) }
    expect((await readChat(lmstudio.streamChat(request))).error?.name).toBe('ContextLengthError')
    expect((await caught(lmstudio.chat(request))).name).toBe('ContextLengthError')
  })

  test.each([
    'object-and-message',
    'event-error',
    'string',
    'string-then-done',
    'object-then-done',
    'bare-text',
  ] as const)('throws an error in the form %s with the partial response', async (form) => {
    const { lmstudio } = await setUp({ faults: [{ name: 'error-frame', form, afterEvents: 6 }] })
    const { events, error } = await readChat(lmstudio.streamChat(HELLO))
    const text = textOf(events)
    expect(error).toMatchObject({ name: 'ModelLoadError', partial: { text } })
    expect(text).not.toBe('')
  })

  test.each([{ name: 'cut', afterEvents: 6 }, { name: 'no-done' }] as const)(
    'rejects with the partial response when the stream breaks: $name',
    async (fault) => {
      const { mock, lmstudio } = await setUp()
      mock.inject(fault, { path: '/api/v1/chat' })
      const { events, error } = await readChat(lmstudio.streamChat(HELLO))
      expect(error).toMatchObject({ name: 'StreamInterruptedError', partial: { text: textOf(events) } })
      expect(textOf(events)).not.toBe('')
    },
  )

  // A reset also discards bytes that arrived and were not read yet.
  test('rejects when the connection is reset', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'reset', afterEvents: 6 }, { path: '/api/v1/chat' })
    expect((await readChat(lmstudio.streamChat(HELLO))).error?.name).toBe('StreamInterruptedError')
  })

  test('emits an event that this version does not know as `unknown`', async () => {
    const { lmstudio } = await setUp({ faults: ['unknown-event'] })
    const { events } = await readChat(lmstudio.streamChat(HELLO))
    expect(events[1]).toMatchObject({ type: 'unknown', name: 'speculation.hint' })
  })

  test('closes the connection when the consumer leaves the loop while the model loads', async () => {
    const { mock, lmstudio } = await setUp({ loadDelayMs: 60_000 })
    for await (const event of lmstudio.streamChat(COLD)) if (event.type === 'progress') break
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('rejects with the reason of the caller’s signal', async () => {
    const { mock, lmstudio } = await setUp({ loadDelayMs: 60_000 })
    const caller = new AbortController()
    const reason = { enough: true }
    const streaming = readChat(lmstudio.streamChat(COLD, { signal: caller.signal }))
    const whole = caught(lmstudio.chat(COLD, { signal: caller.signal }))
    await mock.whenCalled('/api/v1/chat')
    caller.abort(reason)
    expect((await streaming).error).toBe(reason)
    expect(await whole).toBe(reason)
  })

  test('waits for a long load as long as progress events arrive', async () => {
    const { lmstudio } = await setUp({ loadDelayMs: 600 }, { generationTimeout: 400, idleTimeout: 50 })
    const { text } = await lmstudio.streamChat({ model: 'acme/plover-vl', input: 'echo: At last.' }).response
    expect(text).toBe('At last.')
  })
})

describe('the keys for an MCP server', () => {
  test('are not in an error or a log event, even if the server quotes them', async () => {
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
    const texts = JSON.stringify([error, log]) + error.message + String(error.stack)
    for (const key of keys) expect(texts).not.toContain(key)
  })
})

const REQUEST = { model: MODEL, input: 'x' } as const
const HALF = chatFrame('message.delta', { content: 'Half' })
const OUTPUT = [{ type: 'message', content: 'Half' }]
const ERROR = chatFrame('error', { error: { type: 'internal_error', message: 'boom' } })

const streamOf = (...frames: string[]): ChatStream =>
  createLMStudio({ fetch: async () => eventStream(...frames) }).streamChat(REQUEST)

describe('an error of the server in a stream', () => {
  test.each<[string, string[]]>([
    ['an end whose result is null', [ERROR, chatEnd(null)]],
    ['an end whose result has no output', [ERROR, chatEnd({ model_instance_id: MODEL })]],
    ['an event that is not JSON', [ERROR, 'data: {oops\n\n', chatEnd({ output: OUTPUT })]],
    ['an event of the wrong shape', [ERROR, chatFrame('message.delta', { content: 7 }), chatEnd({ output: OUTPUT })]],
  ])('is thrown although %s follows', async (_, frames) => {
    expect(await caught(streamOf(HALF, ...frames).response)).toMatchObject({
      name: 'ApiError',
      serverMessage: 'boom',
      partial: { text: 'Half' },
    })
  })

  test.each<[string, string]>([
    ['the end', chatEnd({ output: OUTPUT, response_id: 'resp_1' }, { error: { message: 'boom' } })],
    ['the result of the end', chatEnd({ output: OUTPUT, response_id: 'resp_1', error: { message: 'boom' } })],
  ])('is thrown with the result when it is in %s', async (_, last) => {
    expect(await caught(streamOf(HALF, last).response)).toMatchObject({
      serverMessage: 'boom',
      partial: { text: 'Half', responseId: 'resp_1' },
    })
  })

  test('is thrown when it replaces the result', async () => {
    expect(await caught(streamOf(HALF, chatEnd({ error: { message: 'boom' } })).response)).toMatchObject({
      serverMessage: 'boom',
      partial: { text: 'Half' },
    })
  })

  test('is thrown when its data has another type', async () => {
    const frames = [
      HALF,
      'event: error\ndata: {"type":"internal_error","message":"boom"}\n\n',
      chatEnd({ output: OUTPUT }),
    ]
    expect(await caught(streamOf(...frames).response)).toMatchObject({ serverMessage: 'boom' })
  })
})

test('ignores fields of events and items that the library does not use, whatever their type', async () => {
  const odd = { content: ['a'], progress: 'x', reason: {}, metadata: 'x', load_time_seconds: 'x' }
  const items = [{ type: 'tool_call', ...odd, tool: 't', output: 'o' }, ...OUTPUT.map((item) => ({ ...odd, ...item }))]
  const stream = streamOf(
    chatFrame('chat.start', odd),
    chatFrame('prompt_processing.start', odd),
    chatFrame('message.start', odd),
    chatFrame('message.delta', { ...odd, content: 'Half', tool: 7, model_instance_id: 7 }),
    chatFrame('tool_call.success', { ...odd, tool: 't', output: 'o' }),
    chatEnd({ output: items }),
  )
  const { events } = await readChat(stream)
  expect((await stream.response).text).toBe('Half')
  expect(events.map(({ type }) => type)).toEqual([
    'chat-start',
    'prompt-processing-start',
    'text-start',
    'text-delta',
    'tool-call-success',
    'chat-end',
  ])
})

test('reads an event whose data has an unknown type by its event name', async () => {
  const stream = streamOf('event: message.delta\ndata: {"type":"delta","content":"Half"}\n\n', chatEnd({ output: [] }))
  expect((await stream.response).text).toBe('Half')
})

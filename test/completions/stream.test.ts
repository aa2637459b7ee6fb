import { describe, expect, it } from 'vitest'
import type { LMStudioOptions } from '../../src/config/options.js'
import { stream } from '../../src/completions/complete.js'
import type { CompletionStream } from '../../src/completions/types.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import { chunk, DONE, frame } from '../helpers/chat.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'
import { collect, collectLines } from '../helpers/collect.js'
import { fixtureBytes, fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const request = { model: 'acme/tern-4b', prompt: 'How many gulls?' }

/** Streams a completion whose body is `chunks`, followed by `ending`. */
function open(
  chunks: readonly (string | Uint8Array)[],
  ending: 'close' | 'hang' | Error = 'close',
  options: LMStudioOptions = {},
): CompletionStream {
  const { response } = eventStream(chunks, ending)
  return stream(testClient({ fetch: async () => response, maxRetries: 0, ...options }), request)
}

describe('stream with fixtures', () => {
  const usage = { inputTokens: 21, outputTokens: 14, totalTokens: 35 }
  const tide = { id: '518204773', name: 'tide_at', arguments: { harbour: 'Oban' }, rawArguments: '{"harbour":"Oban"}' }
  const wind = { ...tide, id: '518204774', name: 'wind_at' }

  it.each<[string, object]>([
    ['chat-stream', { id: 'chatcmpl-s1', text: 'Seven gulls über the harbour 🌊.', finishReason: 'stop', usage }],
    ['chat-stream-reasoning', { reasoning: 'Thinking.', text: 'Seven gulls.', finishReason: 'stop' }],
    ['chat-stream-reasoning-field', { reasoning: 'Thinking.', text: 'Seven gulls.', finishReason: 'stop' }],
    ['chat-stream-inline-think', { reasoning: '\nThinking.\n', text: 'Seven gulls.', finishReason: 'stop' }],
    ['chat-stream-tools', { text: '', finishReason: 'tool-calls', toolCalls: [tide] }],
    ['chat-stream-parallel-tools', { text: '', finishReason: 'tool-calls', toolCalls: [tide, wind] }],
    ['errors/stream-null-error', { text: 'Seven gulls', finishReason: 'stop' }],
  ])('resolves %s to its response', async (name, expected) => {
    const bytes = fixtureBytes(`${name}.sse`)
    const completion = open([bytes.slice(0, 301), bytes.slice(301)])
    const { events, error } = await collect(completion)
    const response = await completion.response
    expect(error).toBeUndefined()
    expect(response).toMatchObject({ model: 'acme/tern-4b', ...expected })
    expect(events[0]).toEqual({ type: 'completion-start', id: 'chatcmpl-s1', model: 'acme/tern-4b' })
    expect(events.at(-1)).toEqual({ type: 'completion-end', response })
  })

  const arrived = { partial: { text: 'Seven gulls' } }

  it.each<[string, object]>([
    ['stream-object-and-message', { name: 'ContextLengthError', ...arrived }],
    ['stream-object-then-done', { name: 'ContextLengthError', ...arrived }],
    ['stream-string-then-done', { name: 'ModelLoadError', code: 'model-unloaded', ...arrived }],
    ['stream-string-without-done', { name: 'ModelLoadError', code: 'model-unloaded', ...arrived }],
    ['stream-event-error', { name: 'ModelLoadError', code: 'engine-crashed', ...arrived }],
    ['stream-bare-string', { name: 'ModelLoadError', code: 'engine-crashed', ...arrived }],
    ['stream-engine-error', { name: 'ContextLengthError', promptTokens: 9001, contextLength: 8192 }],
    ['stream-error-first', { name: 'ContextLengthError', partial: { text: '' } }],
    ['stream-truncated', { name: 'StreamInterruptedError', ...arrived }],
    ['stream-cut-mid-character', { name: 'StreamInterruptedError', ...arrived }],
    ['stream-zero-deltas', { name: 'InvalidResponseError', code: 'empty-response' }],
  ])('rejects %s with its error and the partial response', async (name, expected) => {
    const completion = open([fixtureBytes(`errors/${name}.sse`)])
    const { error } = await collect(completion)
    expect(error).toMatchObject(expected)
    expect(await rejectionOf(completion.response)).toBe(error)
    expect(JSON.stringify(error)).not.toContain('Seven gulls')
  })
})

describe('the end of a stream', () => {
  it.each<[string, string[]]>([
    ['a finish reason and the end marker', [chunk({ content: 'Seven' }), chunk({}, 'stop'), DONE]],
    ['a finish reason alone', [chunk({ content: 'Seven' }), chunk({}, 'stop')]],
    ['a finish reason with the last text', [chunk({ content: 'Seven' }, 'stop')]],
    ['the end marker alone', [chunk({ content: 'Seven' }), DONE]],
    ['an end marker with white space around it', [chunk({ content: 'Seven' }), 'data:   [DONE] \n\n']],
    ['an end marker in quotes', [chunk({ content: 'Seven' }), 'data: "[DONE]"\n\n']],
    ['an end marker in lower case', [chunk({ content: 'Seven' }), 'data: [done]\n\n']],
    ['text behind a finish reason', [chunk({ content: 'Seven' }, 'stop'), 'data: end\n\n', DONE]],
    ['odd JSON behind a finish reason', [chunk({ content: 'Seven' }, 'stop'), 'data: null\n\n', 'data: []\n\n', DONE]],
    ['an end marker without its blank line', [chunk({ content: 'Seven' }), 'data: [DONE]']],
  ])('accepts a stream that ends with %s', async (_, chunks) => {
    const { events, error } = await collect(open(chunks))
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'completion-end', response: { text: 'Seven' } })
  })

  it('keeps a response whose connection breaks after the finish reason', async () => {
    const chunks = [chunk({ content: 'Seven' }), chunk({}, 'stop')]
    const { events, error } = await collect(open(chunks, new TypeError('terminated')))
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ response: { text: 'Seven', finishReason: 'stop' } })
  })

  it('rejects a stream whose connection breaks before the finish reason', async () => {
    const { events, error } = await collect(open([chunk({ content: 'Seven' })], new TypeError('terminated')))
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta'])
    expect(error).toMatchObject({ name: 'StreamInterruptedError', partial: { text: 'Seven' } })
  })

  it('rejects a stream that ends without a finish reason, and names what is missing', async () => {
    const { error } = await collect(open([chunk({ content: 'Seven' })]))
    expect(error).toMatchObject({ name: 'StreamInterruptedError', partial: { text: 'Seven' } })
    expect((error as Error).message).toContain('finish reason')
  })

  it.each([[[]], [[': keep-alive\n\n']]])('rejects an empty stream %j', async (chunks) => {
    expect((await collect(open(chunks))).error).toMatchObject({ name: 'StreamInterruptedError' })
  })

  it('says for an empty stream that no response began', async () => {
    const { events, error } = await collect(open([': keep-alive\n\n']))
    expect(events).toEqual([])
    expect((error as Error).message).toContain('before a response began')
  })

  it.each([
    { message: 'The upstream is gone.', status: 500 },
    { message: 'The upstream is gone.', statusCode: 502 },
    { code: 1001, msg: 'The upstream is gone.' },
    { detail: 'The upstream is gone.' },
  ])('rejects with the error in the event %j', async (failure) => {
    const { error } = await collect(open([chunk({ content: 'Seven' }), frame(failure)]))
    expect(error).toMatchObject({ serverMessage: 'The upstream is gone.', partial: { text: 'Seven' } })
  })

  it('reads events without blank lines between them', async () => {
    const lines = [chunk({ content: 'Sev' }), chunk({ content: 'en' }, 'stop'), DONE].map((text) => text.trimEnd())
    const { events, error } = await collect(open([`${lines.join('\n')}\n`]))
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ response: { text: 'Seven', finishReason: 'stop' } })
  })

  it('rejects with a JSON error that arrives instead of events', async () => {
    const { error } = await collect(open(['{"error":"Model is ', 'unloaded."}']))
    expect(error).toMatchObject({ name: 'ModelLoadError', code: 'model-unloaded' })
  })

  it('rejects with an error that arrives after the finish reason', async () => {
    const chunks = [chunk({ content: 'Seven' }), chunk({}, 'stop'), frame({ error: 'Compute error.' })]
    expect((await collect(open(chunks))).error).toMatchObject({ name: 'ModelLoadError', partial: { text: 'Seven' } })
  })

  it('ignores everything after the end marker', async () => {
    const chunks = [chunk({ content: 'Seven' }, 'stop'), DONE, frame('not JSON'), frame({ error: 'x' })]
    expect((await collect(open(chunks))).error).toBeUndefined()
  })
})

describe('the events of a stream', () => {
  it.each<[string, string]>([
    ['a comment', ': keep-alive\n\n'],
    ['an unknown event with JSON', 'event: ping\ndata: {"type":"ping"}\n\n'],
    ['an unknown event without JSON', 'event: ping\ndata: alive\n\n'],
    ['a note', frame({ message: 'Loading the model: 50 %' })],
    ['a note with a type', frame({ type: 'status', status: 'loading', message: '50 %' })],
    ['another choice', frame({ choices: [{ index: 1, delta: { content: 'other' } }] })],
    ['an empty list of choices', frame({ choices: [] })],
    ['choices that are null', frame({ choices: null })],
    ['a choice without a delta', frame({ choices: [{ index: 0 }] })],
    ['unknown fields', frame({ choices: [{ index: 0, delta: { content: '', refusal: null, x: {} }, y: 1 }], z: 1 })],
  ])('ignores %s in a stream', async (_, ignored) => {
    const { events, error } = await collect(
      open([chunk({ content: 'Sev' }), ignored, chunk({ content: 'en' }, 'stop'), DONE]),
    )
    expect(error).toBeUndefined()
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'text-delta', 'completion-end'])
    expect(events.at(-1)).toMatchObject({ response: { text: 'Seven' } })
  })

  it.each<[string, string, string]>([
    ['text that is not JSON', frame('Seven'), 'not-json'],
    ['content of another type', chunk({ content: 7 }), 'invalid-response'],
    ['a number', frame('7'), 'invalid-response'],
    ['null', frame('null'), 'invalid-response'],
    ['a list of issues', frame('[{"code":"invalid_literal","message":"no"}]'), 'invalid-response'],
  ])('rejects %s in a stream, with the partial response', async (_, invalid, code) => {
    const { error } = await collect(open([chunk({ content: 'Sev' }), invalid, chunk({}, 'stop'), DONE]))
    expect(error).toMatchObject({ name: 'InvalidResponseError', code, partial: { text: 'Sev' } })
  })

  it.each<[string, object]>([
    ['`detail`, as FastAPI sends it', { detail: 'Context size has been exceeded.' }],
    ['`errors`', { errors: [{ message: 'Context size has been exceeded.' }] }],
  ])('rejects with an error that a chunk reports in %s', async (_, body) => {
    const { error } = await collect(open([chunk({ content: 'Sev' }), frame(body)]))
    expect(error).toMatchObject({ name: 'ContextLengthError', partial: { text: 'Sev' } })
  })

  it('starts a completion with the first chunk that belongs to it', async () => {
    const { events } = await collect(open([frame({ type: 'ping' }), chunk({ content: 'Seven' }, 'stop'), DONE]))
    expect(events[0]).toEqual({ type: 'completion-start', id: 'c', model: 'acme/tern-4b' })
  })

  it('emits the start of a think tag that no tag followed before the end', async () => {
    const { events } = await collect(open([chunk({ content: '<thi' }, 'stop'), DONE]))
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'completion-end'])
    expect(events.at(-1)).toMatchObject({ response: { text: '<thi' } })
  })

  it('emits the start and the end of a completion once', async () => {
    const chunks = [
      chunk({ role: 'assistant' }),
      chunk({ role: 'assistant', content: 'a' }),
      chunk({ role: 'assistant' }, 'stop'),
      DONE,
    ]
    const { events } = await collect(open(chunks))
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'completion-end'])
  })

  it('`toReadableStream` yields all events', async () => {
    const readable = open([chunk({ content: 'Seven' }, 'stop'), DONE]).toReadableStream()
    const { events } = await collectLines<CompletionEvent>(readable)
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'completion-end'])
  })

  it('`textStream` yields only the text', async () => {
    const completion = open([
      chunk({ reasoning_content: 'r' }),
      chunk({ content: 'Sev' }),
      chunk({ content: 'en' }, 'stop'),
      DONE,
    ])
    const { events } = await collect(completion.textStream)
    expect(events).toEqual(['Sev', 'en'])
    expect(await completion.response).toMatchObject({ text: 'Seven', reasoning: 'r' })
  })
})

describe('a server that does not stream', () => {
  it('yields the events of a stream when the server responds with JSON', async () => {
    const { fetch } = stubFetch(json(fixtureJSON('chat-completion.json')))
    const completion = stream(testClient({ fetch }), request)
    const { events } = await collect(completion)
    expect(events).toEqual([
      { type: 'completion-start', id: 'chatcmpl-9q2k7m1x4c0v8b3n6a5s', model: 'acme/tern-4b' },
      { type: 'reasoning-delta', text: 'Counting the birds.' },
      { type: 'text-delta', text: 'Seven gulls.' },
      { type: 'completion-end', response: await completion.response },
    ])
  })

  it('rejects with an error that the server sends as JSON', async () => {
    const { fetch } = stubFetch(json(fixtureJSON('errors/catch-all.json')))
    const { error } = await collect(stream(testClient({ fetch }), request))
    expect(error).toMatchObject({ name: 'UnsupportedEndpointError' })
  })
})

import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { complete, stream as streamSettled } from '../../src/completions/complete.js'
import * as errors from '../../src/errors/index.js'
import type { CallOptions } from '../../src/config/options.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import type { CompletionRequest, CompletionStream } from '../../src/completions/types.js'
import type { LogEvent } from '../../src/config/options.js'
import { deferred, settle } from '../helpers/deferred.js'
import { fixtureBytes, fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'

const stream = (
  client: Parameters<typeof streamSettled>[0],
  asked: CompletionRequest,
  options?: CallOptions,
): CompletionStream => streamSettled(client, asked, options)

const request = { model: 'acme/tern-4b', prompt: 'How many gulls?' }
const frame = (value: unknown): string => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`
const chunk = (delta: object, finish: string | null = null): string =>
  frame({ id: 'c', model: 'acme/tern-4b', choices: [{ index: 0, delta, finish_reason: finish }] })
const DONE = frame('[DONE]')

function open(
  blocks: readonly (string | Uint8Array)[],
  ending: 'close' | 'hang' | Error = 'close',
  options: object = {},
  call: object = {},
): { answer: CompletionStream; state: ReturnType<typeof eventStream>['state']; requests: Request[] } {
  const { response, state } = eventStream(blocks, ending)
  const stub = stubFetch(() => response)
  return {
    answer: stream(testClient({ fetch: stub.fetch, maxRetries: 0, ...options }), request, call),
    state,
    requests: stub.requests,
  }
}

async function collect(answer: AsyncIterable<CompletionEvent>): Promise<{ events: CompletionEvent[]; error: unknown }> {
  const events: CompletionEvent[] = []
  try {
    for await (const event of answer) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}

describe('recorded streams', () => {
  it.each<[string, object]>([
    [
      'chat-stream',
      {
        text: expect.stringMatching(/^Seven gulls/),
        finishReason: 'stop',
        usage: expect.objectContaining({ inputTokens: expect.any(Number) }),
      },
    ],
    ['chat-stream-reasoning', { reasoning: expect.stringMatching(/^Thinking/), text: expect.stringMatching(/gulls/) }],
    [
      'chat-stream-reasoning-field',
      { reasoning: expect.stringMatching(/^Thinking/), text: expect.stringMatching(/gulls/) },
    ],
    [
      'chat-stream-inline-think',
      { reasoning: expect.stringMatching(/Thinking/), text: expect.stringMatching(/^Seven/) },
    ],
    [
      'chat-stream-tools',
      {
        text: '',
        finishReason: 'tool-calls',
        toolCalls: [expect.objectContaining({ id: '518204773', name: 'tide_at', arguments: { harbour: 'Oban' } })],
      },
    ],
    [
      'chat-stream-parallel-tools',
      { finishReason: 'tool-calls', toolCalls: [expect.objectContaining({ name: 'tide_at' }), expect.anything()] },
    ],
    ['errors/stream-null-error', { text: expect.stringMatching(/^Seven gulls/), finishReason: 'stop' }],
  ])('%s', async (name, expected) => {
    const bytes = fixtureBytes(`${name}.sse`)
    const { answer } = open([bytes.slice(0, 301), bytes.slice(301)])
    const { events, error } = await collect(answer)
    expect(error).toBeUndefined()
    expect(events[0]).toMatchObject({ type: 'completion-start', model: 'acme/tern-4b' })
    expect(events.at(-1)).toMatchObject({ type: 'completion-end', response: expected as Record<string, unknown> })
    expect(await answer.response).toBe((events.at(-1) as { response: unknown }).response)
  })

  it.each<[string, abstract new (...args: never[]) => errors.ProviderError, object]>([
    ['stream-object-and-message', errors.ContextLengthError, { partial: { text: 'Seven gulls' } }],
    ['stream-object-then-done', errors.ContextLengthError, { partial: { text: 'Seven gulls' } }],
    ['stream-string-then-done', errors.ModelLoadError, { code: 'model-unloaded', partial: { text: 'Seven gulls' } }],
    ['stream-string-without-done', errors.ModelLoadError, { code: 'model-unloaded' }],
    ['stream-event-error', errors.ModelLoadError, { code: 'engine-crashed', partial: { text: 'Seven gulls' } }],
    ['stream-bare-string', errors.ModelLoadError, { code: 'engine-crashed', partial: { text: 'Seven gulls' } }],
    [
      'stream-engine-error',
      errors.ContextLengthError,
      { promptTokens: 9001, contextLength: 8192, partial: { text: '' } },
    ],
    ['stream-error-first', errors.ContextLengthError, { partial: { text: '' } }],
    ['stream-truncated', errors.StreamInterruptedError, { partial: { text: 'Seven gulls' } }],
    ['stream-cut-mid-character', errors.ProviderError as never, { partial: { text: 'Seven gulls' } }],
    ['stream-zero-deltas', errors.InvalidResponseError, { code: 'empty-response' }],
  ])('%s ends in an error with what had arrived', async (name, type, facts) => {
    const { answer } = open([fixtureBytes(`errors/${name}.sse`)])
    const { error } = await collect(answer)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject(facts)
    expect(await rejectionOf(answer.response)).toBe(error)
    expect(JSON.stringify(error)).not.toContain('Seven gulls')
  })

  it('says of a stream cut in the middle that it was interrupted', async () => {
    const { error } = await collect(open([fixtureBytes('errors/stream-cut-mid-character.sse')]).answer)
    expect(error).toBeInstanceOf(errors.StreamInterruptedError)
  })
})

describe('endings', () => {
  it.each<[string, string[]]>([
    ['a finish reason and the mark', [chunk({ content: 'Seven' }), chunk({}, 'stop'), DONE]],
    ['a finish reason alone', [chunk({ content: 'Seven' }), chunk({}, 'stop')]],
    ['a finish reason on the last text', [chunk({ content: 'Seven' }, 'stop')]],
    ['the mark alone', [chunk({ content: 'Seven' }), DONE]],
    ['a mark with white space around it', [chunk({ content: 'Seven' }), chunk({}, 'stop'), 'data:   [DONE] \n\n']],
    ['a mark without its blank line', [chunk({ content: 'Seven' }), 'data: [DONE]']],
  ])('%s is one', async (_, blocks) => {
    const { events, error } = await collect(open(blocks).answer)
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'completion-end', response: { text: 'Seven' } })
  })

  it('a connection that breaks after the finish reason does not take the answer away', async () => {
    const { events, error } = await collect(
      open([chunk({ content: 'Seven' }), chunk({}, 'stop')], new TypeError('terminated')).answer,
    )
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ response: { text: 'Seven', finishReason: 'stop' } })
  })

  it('a connection that breaks before it is an error with the partial answer', async () => {
    const { events, error } = await collect(open([chunk({ content: 'Seven' })], new TypeError('terminated')).answer)
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta'])
    expect(error).toBeInstanceOf(errors.StreamInterruptedError)
    expect(error).toMatchObject({ partial: { text: 'Seven' } })
  })

  it('nothing at all is an interrupted stream', async () => {
    expect((await collect(open([]).answer)).error).toBeInstanceOf(errors.StreamInterruptedError)
    expect((await collect(open([': keep-alive\n\n']).answer)).error).toBeInstanceOf(errors.StreamInterruptedError)
  })

  it('a bare JSON error instead of events is that error', async () => {
    expect((await collect(open(['{"error":"Model is ', 'unloaded."}']).answer)).error).toMatchObject({
      code: 'model-unloaded',
    })
  })

  it('an error frame after the finish reason is an error still', async () => {
    const { error } = await collect(
      open([chunk({ content: 'Seven' }), chunk({}, 'stop'), frame({ error: 'Compute error.' })]).answer,
    )
    expect(error).toBeInstanceOf(errors.ModelLoadError)
    expect(error).toMatchObject({ partial: { text: 'Seven' } })
  })

  it('whatever comes after the mark is not looked at', async () => {
    const { error } = await collect(
      open([chunk({ content: 'Seven' }, 'stop'), DONE, frame('not json'), frame({ error: 'x' })]).answer,
    )
    expect(error).toBeUndefined()
  })
})

describe('events of the stream', () => {
  it.each<[string, string]>([
    ['a comment', ': keep-alive\n\n'],
    ['an unknown event that holds JSON', 'event: ping\ndata: {"type":"ping"}\n\n'],
    ['an unknown event that holds no JSON', 'event: ping\ndata: alive\n\n'],
    ['another choice', frame({ choices: [{ index: 1, delta: { content: 'other' } }] })],
    ['no choices', frame({ choices: [] })],
    ['choices that are null', frame({ choices: null })],
    ['a choice without delta', frame({ choices: [{ index: 0 }] })],
    ['unknown members', frame({ choices: [{ index: 0, delta: { content: '', refusal: null, x: {} }, y: 1 }], z: 1 })],
  ])('%s is passed over', async (_, block) => {
    const { events, error } = await collect(
      open([chunk({ content: 'Sev' }), block, chunk({ content: 'en' }, 'stop'), DONE]).answer,
    )
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ response: { text: 'Seven' } })
  })

  it.each<[string, string]>([
    ['text that is no JSON', frame('Seven')],
    ['content of another type', chunk({ content: 7 })],
    ['a value that is no object', frame('7')],
    ['null', frame('null')],
    ['a list of issues', frame('[{"code":"invalid_literal","message":"no"}]')],
  ])('%s is an error with the partial answer', async (_, block) => {
    const { error } = await collect(open([chunk({ content: 'Sev' }), block, chunk({}, 'stop'), DONE]).answer)
    expect(error).toBeInstanceOf(errors.ProviderError)
    expect(errors.ApiError.isInstance(error) || errors.InvalidRequestError.isInstance(error)).toBe(true)
    if (errors.ApiError.isInstance(error)) expect(error.partial).toMatchObject({ text: 'Sev' })
  })

  it('begin once, and end once', async () => {
    const { events } = await collect(
      open([
        chunk({ role: 'assistant' }),
        chunk({ role: 'assistant', content: 'a' }),
        chunk({ role: 'assistant' }, 'stop'),
        DONE,
      ]).answer,
    )
    expect(events.map(({ type }) => type)).toEqual(['completion-start', 'text-delta', 'completion-end'])
  })

  it('tell the text alone by textStream', async () => {
    const { answer } = open([
      chunk({ reasoning_content: 'r' }),
      chunk({ content: 'Sev' }),
      chunk({ content: 'en' }, 'stop'),
      DONE,
    ])
    const texts: string[] = []
    for await (const text of answer.textStream) texts.push(text)
    expect(texts).toEqual(['Sev', 'en'])
    expect(await answer.response).toMatchObject({ text: 'Seven', reasoning: 'r' })
  })

  it('come as a web stream too', async () => {
    const { answer } = open([chunk({ content: 'Seven' }, 'stop'), DONE])
    const { events } = await collect(answer.toReadableStream() as unknown as AsyncIterable<CompletionEvent>)
    expect(events.at(-1)).toMatchObject({ type: 'completion-end' })
  })
})

describe('the connection', () => {
  it('is not made before the stream is read', async () => {
    const { answer, requests } = open([chunk({ content: 'a' }, 'stop')])
    await settle()
    expect(requests).toHaveLength(0)
    await answer.response
    expect(requests).toHaveLength(1)
    expect(await requests[0]!.json()).toMatchObject({ stream: true, model: 'acme/tern-4b' })
  })

  it('is closed when the loop is left', async () => {
    const { answer, state } = open([chunk({ content: 'Sev' }), chunk({ content: 'en' })], 'hang')
    for await (const event of answer) if (event.type === 'text-delta') break
    await settle()
    expect(state.wasCancelled).toBe(true)
    expect(state.pulled).toBe(1)
  })

  it('is closed by an abort, and the error is its reason', async () => {
    const { answer, state } = open([chunk({ content: 'Sev' })], 'hang')
    const reason = new Error('enough')
    const loop = collect(answer)
    await settle()
    answer.abort(reason)
    expect((await loop).error).toBe(reason)
    expect(state.wasCancelled).toBe(true)
  })

  it('gives its place among the generations back when an aborted stream is read no further', async () => {
    const stub = stubFetch(
      () => eventStream([chunk({ content: 'Sev' })], 'hang').response,
      () => eventStream([chunk({ content: 'Seven' }, 'stop'), DONE]).response,
    )
    const client = testClient({ fetch: stub.fetch, maxConcurrency: 1 })
    const first = stream(client, request)
    await first[Symbol.asyncIterator]().next()
    first.abort()
    const second = stream(client, request)
    const raced = await Promise.race([
      second.response.then(({ text }) => text),
      settle()
        .then(settle)
        .then(settle)
        .then(settle)
        .then(() => 'still waiting'),
    ])
    expect(raced).toBe('Seven')
  })

  it.each(['end', 'leave', 'error', 'abort'])(
    'gives its place among the generations back after %s, and leaves no listener',
    async (how) => {
      const caller = new AbortController()
      const ending = how === 'end' ? 'close' : how === 'error' ? new TypeError('terminated') : 'hang'
      const stub = stubFetch(
        () => eventStream([chunk({ content: 'Sev' }, how === 'end' ? 'stop' : null)], ending).response,
        () => eventStream([chunk({ content: 'Seven' }, 'stop'), DONE]).response,
      )
      const client = testClient({ fetch: stub.fetch, maxConcurrency: 1, maxRetries: 0 })
      const first = stream(client, request, { signal: caller.signal })
      const loop = (async () => {
        for await (const event of first) if (how === 'leave' && event.type === 'text-delta') break
      })()
      loop.catch(() => {})
      await settle()
      if (how === 'abort') first.abort()
      await loop.catch(() => {})
      expect(await stream(client, request).response).toMatchObject({ text: 'Seven' })
      expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
    },
  )

  it('is read no further than the consumer reads', async () => {
    const { answer, state } = open(
      Array.from({ length: 50 }, () => chunk({ content: 'a' })),
      'hang',
    )
    const iterator = answer[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    await settle()
    expect(state.pulled).toBeLessThanOrEqual(2)
    await iterator.return!()
  })

  it('that answers with JSON gives the same events', async () => {
    const stub = stubFetch(json(fixtureJSON('chat-completion.json')))
    const answer = stream(testClient({ fetch: stub.fetch }), request)
    const { events } = await collect(answer)
    expect(events.map(({ type }) => type)).toEqual([
      'completion-start',
      'reasoning-delta',
      'text-delta',
      'completion-end',
    ])
    expect(await answer.response).toMatchObject({ text: 'Seven gulls.' })
  })

  it('that answers with a JSON error fails with it', async () => {
    const stub = stubFetch(json(fixtureJSON('errors/catch-all.json')))
    const { error } = await collect(stream(testClient({ fetch: stub.fetch }), request))
    expect(error).toBeInstanceOf(errors.UnsupportedEndpointError)
  })
})

describe('wrong requests', () => {
  it.each<[string, unknown, unknown]>([
    ['a bad request', { model: '', prompt: 'x' }, {}],
    ['no request', null, {}],
    ['bad call options', request, { timeout: -1 }],
  ])('%s is thrown by reading, and nothing is sent', async (_, bad, options) => {
    const stub = stubFetch(json({}))
    const client = testClient({ fetch: stub.fetch })
    const { error } = await collect(stream(client, bad as never, options as never))
    expect(error).toBeInstanceOf(errors.InvalidRequestError)
    expect(await rejectionOf(complete(client, bad as never, options as never))).toBeInstanceOf(
      errors.InvalidRequestError,
    )
    expect(stub.requests).toHaveLength(0)
  })

  it.each<[string, object]>([
    ['a value that JSON cannot hold', { extraBody: { n: 1n } }],
    [
      'a circle',
      {
        extraBody: (() => {
          const circle: Record<string, unknown> = {}
          circle.self = circle
          return circle
        })(),
      },
    ],
  ])('%s is an InvalidRequestError, not a failure of the network', async (_, more) => {
    const stub = stubFetch(json({}))
    const error = await rejectionOf(complete(testClient({ fetch: stub.fetch }), { ...request, ...more }))
    expect(error).toBeInstanceOf(errors.InvalidRequestError)
    expect(stub.requests).toHaveLength(0)
  })
})

describe('complete', () => {
  it('gives the answer, sending no wish for a stream', async () => {
    const stub = stubFetch(json(fixtureJSON('chat-completion.json')))
    expect(await complete(testClient({ fetch: stub.fetch }), request)).toMatchObject({
      text: 'Seven gulls.',
      reasoning: 'Counting the birds.',
    })
    expect(await stub.requests[0]!.json()).toEqual({
      model: 'acme/tern-4b',
      messages: [{ role: 'user', content: 'How many gulls?' }],
      stream: false,
    })
  })
})

describe('another model than the one asked for', () => {
  it.each([
    ['acme/tern-4b', 'acme/tern-4b', false],
    ['tern-4b', 'acme/tern-4b', false],
    ['acme/tern-4b@q4_k_m', 'acme/tern-4b', false],
    ['acme/tern-4b', 'acme/tern-4b:2', false],
    ['ACME/Tern-4B', 'acme/tern-4b', false],
    ['acme/tern-4b', 'acme/heron-base', true],
    ['acme/tern-4b', 'acme/tern-4b-long', true],
  ])('asked for %s, answered by %s: logged %s, in both ways', async (asked, answered, isLogged) => {
    const seen: LogEvent[] = []
    const logger = (event: LogEvent): void => void seen.push(event)
    const body = { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }], model: answered }
    await complete(testClient({ fetch: stubFetch(json(body)).fetch, logger }), { model: asked, prompt: 'x' })
    const { response } = eventStream([
      frame({ model: answered, choices: [{ delta: { content: 'a' }, finish_reason: 'stop' }] }),
      DONE,
    ])
    await stream(testClient({ fetch: stubFetch(() => response).fetch, logger }), { model: asked, prompt: 'x' }).response
    expect(seen.filter(({ type }) => type === 'model-substituted')).toHaveLength(isLogged ? 2 : 0)
  })
})

describe('time', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
  afterEach(() => void vi.useRealTimers())

  /** A stream whose blocks are sent by hand. */
  function byHand(options: object): { answer: CompletionStream; send: (block: string) => Promise<void> } {
    let sink!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (sink = controller) })
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    const answer = stream(testClient({ fetch: stubFetch(() => response).fetch, maxRetries: 0, ...options }), request)
    return {
      answer,
      send: async (block) => {
        sink.enqueue(new TextEncoder().encode(block))
        await settle()
      },
    }
  }

  it('a silence longer than idleTimeout is an error with the partial answer; comments do not end it', async () => {
    const { answer, send } = byHand({ idleTimeout: 1000, generationTimeout: 5000 })
    const loop = collect(answer)
    await settle()
    await vi.advanceTimersByTimeAsync(4000)
    await send(chunk({ content: 'Seven' }))
    await vi.advanceTimersByTimeAsync(600)
    await send(': keep-alive\n\n')
    await vi.advanceTimersByTimeAsync(399)
    await send(': keep-alive\n\n')
    await vi.advanceTimersByTimeAsync(10)
    const { error } = await loop
    expect(error).toBeInstanceOf(errors.TimeoutError)
    expect(error).toMatchObject({ limit: 'idleTimeout', timeoutMs: 1000, partial: { text: 'Seven' } })
  })

  it('a silence before the first piece longer than generationTimeout is an error, comments or a role notwithstanding', async () => {
    const { answer, send } = byHand({ idleTimeout: 100, generationTimeout: 5000 })
    const loop = collect(answer)
    await settle()
    await send(': keep-alive\n\n')
    await vi.advanceTimersByTimeAsync(4000)
    await send(chunk({ role: 'assistant', content: '' }))
    await vi.advanceTimersByTimeAsync(1100)
    expect((await loop).error).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', timeoutMs: 5000 })
  })

  it('a consumer that takes its time is not silence', async () => {
    const { answer, send } = byHand({ idleTimeout: 1000, generationTimeout: 1000 })
    const iterator = answer[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    await send(chunk({ content: 'Sev' }))
    expect((await first).value).toMatchObject({ type: 'completion-start' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await iterator.next()).value).toMatchObject({ text: 'Sev' })
    await vi.advanceTimersByTimeAsync(60_000)
    const next = iterator.next()
    await settle()
    await vi.advanceTimersByTimeAsync(900)
    await send(chunk({ content: 'en' }, 'stop') + DONE)
    expect((await next).value).toMatchObject({ text: 'en' })
    expect((await iterator.next()).value).toMatchObject({ type: 'completion-end' })
  })

  it('a consumer that takes its time over the beginning is not silence either', async () => {
    const { answer, send } = byHand({ idleTimeout: 1000, generationTimeout: 1000 })
    const iterator = answer[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    await send(chunk({ role: 'assistant', content: '' }))
    expect((await first).value).toMatchObject({ type: 'completion-start' })
    await vi.advanceTimersByTimeAsync(60_000)
    await send(chunk({ content: 'Seven' }, 'stop') + DONE)
    expect((await iterator.next()).value).toMatchObject({ text: 'Seven' })
  })

  it('an answer that is whole waits only shortly for its end', async () => {
    const { answer, send } = byHand({ idleTimeout: 100_000 })
    const loop = collect(answer)
    await settle()
    await send(chunk({ content: 'Seven' }, 'stop'))
    await vi.advanceTimersByTimeAsync(10_000)
    const { events, error } = await loop
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ response: { text: 'Seven' } })
  })

  it('leaves no timer behind', async () => {
    const { answer, send } = byHand({})
    const loop = collect(answer)
    await settle()
    await send(chunk({ content: 'Seven' }, 'stop') + DONE)
    await loop
    await vi.advanceTimersByTimeAsync(1000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a request that is aborted while it waits for its place leaves the queue', async () => {
    const gate = deferred<Response>()
    const stub = stubFetch(() => gate.promise)
    const client = testClient({ fetch: stub.fetch, maxConcurrency: 1 })
    const first = stream(client, request)
    const second = stream(client, request)
    const reads = [collect(first), collect(second)] as const
    await settle()
    second.abort('gone')
    expect((await reads[1]).error).toBe('gone')
    expect(stub.requests).toHaveLength(1)
    gate.resolve(eventStream([chunk({ content: 'a' }, 'stop'), DONE]).response)
    expect((await reads[0]).error).toBeUndefined()
  })
})

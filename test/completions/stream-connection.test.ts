import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stream } from '../../src/completions/complete.js'
import type { CompletionStream } from '../../src/completions/types.js'
import type { CallOptions, LMStudioOptions } from '../../src/config/options.js'
import { encode } from '../helpers/bytes.js'
import { chunk, DONE } from '../helpers/chat.js'
import { eventStream, stubFetch, testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { deferred, settle } from '../helpers/deferred.js'
import { countListeners } from '../helpers/listeners.js'

const request = { model: 'acme/tern-4b', prompt: 'How many gulls?' }

/** Streams a completion whose body is `chunks`, followed by `ending`. */
function open(chunks: readonly string[], ending: 'close' | 'hang' | Error, options: CallOptions = {}) {
  const { response, state } = eventStream(chunks, ending)
  const { fetch, requests } = stubFetch(() => response)
  return { completion: stream(testClient({ fetch, maxRetries: 0 }), request, options), body: state, requests }
}

describe('the connection of a stream', () => {
  it('opens the connection when the stream is first read', async () => {
    const { completion, requests } = open([chunk({ content: 'a' }, 'stop')], 'close')
    await settle()
    expect(requests).toHaveLength(0)
    await completion.response
    expect(requests).toHaveLength(1)
    expect(await requests[0]!.json()).toMatchObject({ stream: true, model: 'acme/tern-4b' })
  })

  it('closes the connection when the loop is left, and reads no further', async () => {
    const { completion, body } = open([chunk({ content: 'Sev' }), chunk({ content: 'en' })], 'hang')
    for await (const event of completion) if (event.type === 'text-delta') break
    await settle()
    expect(body).toMatchObject({ wasCanceled: true, pulled: 1 })
  })

  it('closes the connection on an abort and rejects with its reason', async () => {
    const { completion, body } = open([chunk({ content: 'Sev' })], 'hang')
    const reason = new Error('changed my mind')
    const loop = collect(completion)
    await settle()
    completion.abort(reason)
    expect((await loop).error).toBe(reason)
    expect(body.wasCanceled).toBe(true)
  })

  it('reads no further than the consumer', async () => {
    const { completion, body } = open(
      Array.from({ length: 50 }, () => chunk({ content: 'a' })),
      'hang',
    )
    const iterator = completion[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    await settle()
    expect(body.pulled).toBe(1)
    await iterator.return!()
  })

  type Leave = (completion: CompletionStream, iterator: AsyncIterator<unknown>) => unknown

  it.each<[string, 'close' | 'hang' | Error, string | null, Leave]>([
    ['the end', 'close', 'stop', () => {}],
    ['a broken connection', new TypeError('terminated'), null, () => {}],
    ['an abort', 'hang', null, (completion) => completion.abort()],
    ['the consumer has left', 'hang', null, (_, iterator) => iterator.return!()],
  ])(
    'frees the slot of a stream and leaves no listener on the signal after %s',
    async (_, ending, finishReason, leave) => {
      const { signal } = new AbortController()
      const { fetch } = stubFetch(
        () => eventStream([chunk({ content: 'Sev' }, finishReason)], ending).response,
        () => eventStream([chunk({ content: 'Seven' }, 'stop'), DONE]).response,
      )
      const client = testClient({ fetch, maxConcurrency: 1, maxRetries: 0 })
      const first = stream(client, request, { signal })
      const iterator = first[Symbol.asyncIterator]()
      expect((await iterator.next()).value).toMatchObject({ type: 'completion-start' })
      expect((await iterator.next()).value).toMatchObject({ type: 'text-delta' })
      expect(countListeners(signal)).toBe(1)
      const next = Promise.allSettled([iterator.next()])
      await settle()
      await leave(first, iterator)
      await next
      await Promise.allSettled([iterator.next()])
      expect(countListeners(signal)).toBe(0)
      expect(await stream(client, request).response).toMatchObject({ text: 'Seven' })
    },
  )

  it('frees the slot of a stream that is aborted and read no further', async () => {
    const { fetch } = stubFetch(
      () => eventStream([chunk({ content: 'Sev' })], 'hang').response,
      () => eventStream([chunk({ content: 'Seven' }, 'stop'), DONE]).response,
    )
    const client = testClient({ fetch, maxConcurrency: 1 })
    const first = stream(client, request)
    await first[Symbol.asyncIterator]().next()
    first.abort()
    expect((await stream(client, request).response).text).toBe('Seven')
  })

  it('never opens the connection of a stream that is aborted while it waits for a slot', async () => {
    const gate = deferred<Response>()
    const { fetch, requests } = stubFetch(() => gate.promise)
    const client = testClient({ fetch, maxConcurrency: 1 })
    const first = collect(stream(client, request))
    const waiting = stream(client, request)
    const second = collect(waiting)
    await settle()
    waiting.abort('changed my mind')
    expect((await second).error).toBe('changed my mind')
    expect(requests).toHaveLength(1)
    gate.resolve(eventStream([chunk({ content: 'a' }, 'stop'), DONE]).response)
    expect((await first).error).toBeUndefined()
  })
})

describe('the time limits of a stream', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
  afterEach(() => void vi.useRealTimers())

  /** Streams a completion whose body the test sends. */
  function openByHand(options: LMStudioOptions) {
    let body!: ReadableStreamDefaultController<Uint8Array>
    const readable = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) })
    const response = new Response(readable, { headers: { 'content-type': 'text/event-stream' } })
    const completion = stream(testClient({ fetch: async () => response, maxRetries: 0, ...options }), request)
    const send = async (text: string): Promise<void> => {
      body.enqueue(encode(text))
      await settle()
    }
    return { completion, send }
  }

  const advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

  it('rejects a stream after `idleTimeout` without content; comments are not content', async () => {
    const { completion, send } = openByHand({ idleTimeout: 1000, generationTimeout: 5000 })
    let error: unknown
    const loop = collect(completion).then((result) => (error = result.error))
    await settle()
    await advance(4000)
    await send(chunk({ content: 'Seven' }))
    await advance(600)
    await send(': keep-alive\n\n')
    await advance(399)
    expect(error).toBeUndefined()
    await advance(1)
    await loop
    expect(error).toMatchObject({
      name: 'TimeoutError',
      limit: 'idleTimeout',
      timeoutMs: 1000,
      partial: { text: 'Seven' },
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('rejects a stream after `generationTimeout` before content; comments and a role are not content', async () => {
    const { completion, send } = openByHand({ idleTimeout: 100, generationTimeout: 5000 })
    let error: unknown
    const loop = collect(completion).then((result) => (error = result.error))
    await settle()
    await send(': keep-alive\n\n')
    await advance(4000)
    await send(chunk({ role: 'assistant', content: '' }))
    await advance(999)
    expect(error).toBeUndefined()
    await advance(1)
    await loop
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', timeoutMs: 5000 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not count the time in which the consumer of a stream is busy', async () => {
    const { completion, send } = openByHand({ idleTimeout: 1000, generationTimeout: 1000 })
    const iterator = completion[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    await send(chunk({ content: 'Sev' }))
    expect((await first).value).toMatchObject({ type: 'completion-start' })
    await advance(60_000)
    expect((await iterator.next()).value).toMatchObject({ text: 'Sev' })
    await advance(60_000)
    const next = iterator.next()
    await settle()
    await advance(900)
    await send(chunk({ content: 'en' }, 'stop') + DONE)
    expect((await next).value).toMatchObject({ text: 'en' })
    expect((await iterator.next()).value).toMatchObject({ type: 'completion-end' })
  })

  it('does not count the time in which the consumer is busy with the first event', async () => {
    const { completion, send } = openByHand({ idleTimeout: 1000, generationTimeout: 1000 })
    const iterator = completion[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    await send(chunk({ role: 'assistant', content: '' }))
    expect((await first).value).toMatchObject({ type: 'completion-start' })
    await advance(60_000)
    await send(chunk({ content: 'Seven' }, 'stop') + DONE)
    expect((await iterator.next()).value).toMatchObject({ text: 'Seven' })
  })

  it('waits 5 s for the end of a stream after the finish reason, then resolves the response', async () => {
    const { completion, send } = openByHand({ idleTimeout: 100_000 })
    let result: Awaited<ReturnType<typeof collect>> | undefined
    const loop = collect(completion).then((collected) => (result = collected))
    await settle()
    await send(chunk({ content: 'Seven' }, 'stop'))
    await advance(4999)
    expect(result).toBeUndefined()
    await advance(1)
    await loop
    expect(result!.error).toBeUndefined()
    expect(result!.events.at(-1)).toMatchObject({ response: { text: 'Seven', finishReason: 'stop' } })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no timer 100 ms after the end marker, although the body stays open', async () => {
    const { completion, send } = openByHand({})
    const loop = collect(completion)
    await settle()
    await send(chunk({ content: 'Seven' }, 'stop') + DONE)
    expect((await loop).error).toBeUndefined()
    await advance(100)
    expect(vi.getTimerCount()).toBe(0)
  })
})

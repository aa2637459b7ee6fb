import { PassThrough, Readable } from 'node:stream'
import { createLMStudio, type LMStudioOptions } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught, readAll } from './support/caught.js'
import { HELLO } from './support/provider.js'
import { completionBody, DONE, frame } from './support/servers.js'
import { turns, until } from './support/watch.js'

const EVENTS = frame({ content: 'Ahoy ' }) + frame({ content: '🦭.' }) + frame({}, 'stop') + DONE
const WHOLE = JSON.stringify(completionBody('Ahoy 🦭.'))
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Returns parts of a text as bytes, cut also within characters. */
const pieces = (text: string): Uint8Array[] => {
  const bytes = bytesOf(text)
  return Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) => bytes.slice(index * 7, index * 7 + 7))
}

async function* chunks<T>(list: readonly T[]): AsyncGenerator<T> {
  yield* list
}

/** A response as implementations other than the platform's build it. */
const response = (type: string, rest: object): Response =>
  ({
    ok: true,
    status: 200,
    type: 'default',
    headers: new Headers({ 'content-type': type }),
    bodyUsed: false,
    ...rest,
  }) as never

const connect = (type: string, rest: () => object, options: LMStudioOptions = {}) =>
  createLMStudio({ cache: false, maxRetries: 0, fetch: async () => response(type, rest()), ...options })

describe('a custom fetch', () => {
  const bodies: readonly [string, (text: string) => object][] = [
    ['a stream of Node', (text) => ({ body: Readable.from(pieces(text)) })],
    [
      'a stream of Node with buffers',
      (text) => ({ body: Readable.from(pieces(text).map((part) => Buffer.from(part))) }),
    ],
    ['a stream of Node with text', (text) => ({ body: Readable.from([...text]) })],
    ['a PassThrough, as node-fetch has', (text) => ({ body: new PassThrough().end(text) })],
    ['an async generator of bytes', (text) => ({ body: chunks(pieces(text)) })],
    ['an async generator of ArrayBuffers', (text) => ({ body: chunks(pieces(text).map(({ buffer }) => buffer)) })],
    [
      'an async generator of DataViews',
      (text) => ({ body: chunks(pieces(text).map((part) => new DataView(part.buffer))) }),
    ],
    ['an async generator of text, cut within characters', (text) => ({ body: chunks(text.split('')) })],
    ['a text', (text) => ({ body: text })],
    ['bytes', (text) => ({ body: bytesOf(text) })],
    ['an ArrayBuffer', (text) => ({ body: bytesOf(text).buffer })],
    ['no body, but arrayBuffer()', (text) => ({ arrayBuffer: async () => bytesOf(text).buffer })],
    ['a body of null, but arrayBuffer()', (text) => ({ body: null, arrayBuffer: async () => bytesOf(text).buffer })],
    ['no body, but text()', (text) => ({ text: async () => text })],
    ['a body of another kind, but text()', (text) => ({ body: { pipe() {} }, text: async () => text })],
    [
      'a stream of the platform with text',
      (text) => ({
        body: new ReadableStream({
          start(controller) {
            for (const unit of text.split('')) controller.enqueue(unit)
            controller.close()
          },
        }),
      }),
    ],
  ]

  test.each(bodies)('can return a response with %s', async (_, body) => {
    expect((await connect('application/json', () => body(WHOLE)).complete(HELLO)).text).toBe('Ahoy 🦭.')
    const streamed = await readAll(connect('text/event-stream', () => body(EVENTS)).stream(HELLO))
    expect(streamed).toMatchObject({ text: 'Ahoy 🦭.', error: undefined })
    const failing = connect('application/json', () => ({ ...body('{"error":"no tides"}'), status: 400 }))
    expect(await caught(failing.complete(HELLO))).toMatchObject({ status: 400, serverMessage: 'no tides' })
  })

  test.each([
    ['numbers', { body: chunks([1, 2]) }],
    ['null', { body: chunks([null]) }],
    ['objects', { body: Readable.from([{ data: 'x' }]) }],
    [
      'undefined in a stream of the platform',
      { body: new ReadableStream({ start: (stream) => stream.enqueue(undefined) }) },
    ],
    ['nothing that can be read', { body: {} }],
    ['no body and no methods', {}],
    ['an arrayBuffer() of another type', { arrayBuffer: async () => ({}) }],
  ])('is named in the error for a body with %s', async (_, body) => {
    const error = await caught(connect('application/json', () => body).complete(HELLO))
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'not-a-response' })
    expect(error.message).toContain('custom fetch')
    expect(error.hint).toContain('the option `fetch`')
  })

  test('gets its stream of Node destroyed when the consumer leaves', async () => {
    const body = new PassThrough()
    body.write(frame({ content: 'Ahoy' }))
    for await (const event of connect('text/event-stream', () => ({ body })).stream(HELLO)) {
      if (event.type === 'text-delta') break
    }
    expect(body.destroyed).toBe(true)
  })

  test('gets its stream of Node destroyed by an abort, also while an interceptor runs', async () => {
    for (const isEarly of [false, true]) {
      const body = new PassThrough()
      const controller = new AbortController()
      let hasResponded = false
      const onResponse = (): Promise<void> | void => {
        hasResponded = true
        return isEarly ? new Promise(() => {}) : undefined
      }
      const lmstudio = connect('text/event-stream', () => ({ body }), { onResponse })
      const call = caught(lmstudio.complete(HELLO, { signal: controller.signal }))
      await until(() => hasResponded)
      await turns()
      controller.abort('gone')
      expect(await call).toBe('gone')
      expect(body.destroyed).toBe(true)
    }
  })

  test('may destroy its stream with an error at any time, as node-fetch does for an abort', async () => {
    const body = new PassThrough()
    const onResponse = (): void => void body.destroy(new Error('aborted'))
    const error = await caught(connect('application/json', () => ({ body }), { onResponse }).complete(HELLO))
    expect(error).toMatchObject({ name: 'StreamInterruptedError' })
    body.emit('error', new Error('late'))
  })

  test('gets its async generator closed when the consumer leaves', async () => {
    let isClosed = false
    async function* events(): AsyncGenerator<string> {
      try {
        while (true) yield frame({ content: 'Ahoy ' })
      } finally {
        isClosed = true
      }
    }
    for await (const _ of connect('text/event-stream', () => ({ body: events() })).stream(HELLO).textStream) break
    await turns()
    expect(isClosed).toBe(true)
  })

  test('is not waited for when the caller aborts and its iterable ignores that', async () => {
    const controller = new AbortController()
    let isRead = false
    const body = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          isRead = true
          return new Promise(() => {})
        },
        return: () => new Promise(() => {}),
      }),
    }
    const call = caught(connect('text/event-stream', () => ({ body })).complete(HELLO, { signal: controller.signal }))
    await until(() => isRead)
    controller.abort('gone')
    expect(await call).toBe('gone')
  })

  test('is bounded by the time limits', async () => {
    const body = new PassThrough()
    const error = await caught(connect('application/json', () => ({ body })).complete(HELLO, { timeout: 50 }))
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'timeout' })
    expect(body.destroyed).toBe(true)
  })

  describe.each([
    ['comments', ': ping\n\n'],
    ['nothing', ''],
  ])('that always has more %s at once', (_, text) => {
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield text
    }

    test('is bounded by the time limits, streamed or not', async () => {
      const lmstudio = connect('text/event-stream', () => ({ body: endless() }), { generationTimeout: 50 })
      expect(await caught(lmstudio.stream(HELLO).response)).toMatchObject({ name: 'TimeoutError' })
      expect(await caught(lmstudio.complete(HELLO, { timeout: 50 }))).toMatchObject({ name: 'TimeoutError' })
    })

    test('ends as soon as the caller aborts', async () => {
      const lmstudio = connect('text/event-stream', () => ({ body: endless() }))
      const controller = new AbortController()
      const reason = new Error('enough')
      const call = caught(lmstudio.stream(HELLO, { signal: controller.signal }).response)
      setTimeout(() => controller.abort(reason))
      expect(await call).toBe(reason)
    })
  })

  test('is bounded by the size limits', async () => {
    const block = 'x'.repeat(1024 * 1024)
    let count = 0
    async function* endless(): AsyncGenerator<string> {
      for (; ; count++) yield block
    }
    const error = await caught(connect('application/json', () => ({ body: endless() })).complete(HELLO))
    expect(error).toMatchObject({ code: 'body-too-long' })
    expect(count).toBe(64)
  })

  test('is read only as fast as the consumer reads', async () => {
    let count = 0
    async function* events(): AsyncGenerator<string> {
      for (; ; count++) yield frame({ content: 'Ahoy ' })
    }
    const iterator = connect('text/event-stream', () => ({ body: events() }))
      .stream(HELLO)
      .textStream[Symbol.asyncIterator]()
    await iterator.next()
    await turns(20)
    expect(count).toBeLessThan(5)
    await iterator.return?.()
  })

  test('causes a StreamInterruptedError when its stream breaks, with what had arrived', async () => {
    async function* events(): AsyncGenerator<string> {
      yield frame({ content: 'Ahoy' })
      throw new Error('socket hang up')
    }
    const { error } = await readAll(connect('text/event-stream', () => ({ body: events() })).stream(HELLO))
    expect(error).toMatchObject({ name: 'StreamInterruptedError', partial: { text: 'Ahoy' } })
  })
})

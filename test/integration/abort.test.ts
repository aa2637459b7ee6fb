import { getEventListeners } from 'node:events'
import type { CallOptions, LMStudioProvider } from 'lmstudio-provider'
import { describe, expect, test, vi } from 'vitest'
import { caught, readAll } from './support/caught.js'
import { connect, HELLO, MODEL, setUp, startMock } from './support/provider.js'
import { completionBody, DONE, eventStream, frame, serveSocket } from './support/servers.js'
import { turns, until, watchLog, watchRejections } from './support/watch.js'

const EMBED = { model: 'text-embedding-plover-v2', input: 'gull' } as const

/** Every call that sends a request, as a function of its options. */
const CALLS: readonly (readonly [string, (lmstudio: LMStudioProvider, options: CallOptions) => Promise<unknown>])[] = [
  ['complete', (lmstudio, options) => lmstudio.complete(HELLO, options)],
  ['stream', (lmstudio, options) => lmstudio.stream(HELLO, options).response],
  ['embed', (lmstudio, options) => lmstudio.embed(EMBED, options)],
  ['listModels', (lmstudio, options) => lmstudio.listModels(options)],
  ['supportsModel', (lmstudio, options) => lmstudio.supportsModel(MODEL, options)],
  ['modelCapabilities', (lmstudio, options) => lmstudio.modelCapabilities(MODEL, options)],
  ['healthCheck', (lmstudio, options) => lmstudio.healthCheck(options)],
]

/** A reason that no platform would make up. */
const REASON = { why: 'the person closed the tab' }

describe.each(CALLS)('%s', (_name, call) => {
  test('rejects with the reason of a signal that is already aborted and sends nothing', async () => {
    const { mock, lmstudio } = await setUp()
    await expect(call(lmstudio, { signal: AbortSignal.abort(REASON) })).rejects.toBe(REASON)
    await turns()
    expect(mock.calls).toHaveLength(0)
  })

  test('rejects with the reason while the function `apiToken` is pending', async () => {
    const mock = await startMock()
    const apiToken = vi.fn(() => new Promise<string>(() => {}))
    const controller = new AbortController()
    const running = caught(call(connect(mock, { apiToken }), { signal: controller.signal }))
    await until(() => apiToken.mock.calls.length > 0)
    controller.abort(REASON)
    expect(await running).toBe(REASON)
    expect(mock.calls).toHaveLength(0)
  })

  test('rejects with the reason while a fetch that ignores its signal is pending', async () => {
    const fetch = vi.fn(() => new Promise<Response>(() => {}))
    const controller = new AbortController()
    const running = caught(call(connect({ url: 'http://127.0.0.1:9' }, { fetch }), { signal: controller.signal }))
    await until(() => fetch.mock.calls.length > 0)
    controller.abort(REASON)
    expect(await running).toBe(REASON)
  })

  test('rejects with the reason and closes the connection while waiting for headers', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const seen = watchRejections()
    const controller = new AbortController()
    const running = caught(call(lmstudio, { signal: controller.signal }))
    await mock.whenHeld()
    controller.abort(REASON)
    expect(await running).toBe(REASON)
    expect(await mock.calls[0]?.finished).toBe('aborted')
    expect(await seen()).toEqual([])
  })

  test('rejects with the reason and closes the connection while reading the body', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'stall', afterEvents: 1 }, { path: /./ })
    const seen = watchRejections()
    const controller = new AbortController()
    const running = caught(call(lmstudio, { signal: controller.signal }))
    await mock.whenHeld()
    await turns()
    controller.abort(REASON)
    expect(await running).toBe(REASON)
    expect(await mock.calls[0]?.finished).toBe('aborted')
    expect(await seen()).toEqual([])
  })

  test('rejects with the error of AbortSignal.timeout, unwrapped', async () => {
    const { lmstudio } = await setUp({ faults: ['delay-headers'] })
    const signal = AbortSignal.timeout(30)
    const error = await caught(call(lmstudio, { signal }))
    expect(error).toBe(signal.reason)
    expect(error).toMatchObject({ name: 'TimeoutError', code: DOMException.TIMEOUT_ERR })
  })

  test('rejects with an AbortError when the signal has no reason', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const controller = new AbortController()
    const running = caught(call(lmstudio, { signal: controller.signal }))
    await mock.whenHeld()
    controller.abort()
    expect(await running).toMatchObject({ name: 'AbortError' })
  })
})

describe.each([
  ['complete', (lmstudio: LMStudioProvider, options: CallOptions) => lmstudio.complete(HELLO, options)],
  ['stream', (lmstudio: LMStudioProvider, options: CallOptions) => lmstudio.stream(HELLO, options).response],
  ['listModels', (lmstudio: LMStudioProvider, options: CallOptions) => lmstudio.listModels(options)],
] as const)('%s between two attempts', (_name, call) => {
  test('rejects with the reason at once and does not retry', async () => {
    const { logger, first } = watchLog()
    const { mock, lmstudio } = await setUp({}, { logger })
    // Longer than the test may take.
    mock.inject({ name: 'status-503', retryAfter: 25 })
    const controller = new AbortController()
    const running = caught(call(lmstudio, { signal: controller.signal }))
    expect((await first('retry')).delayMs).toBeGreaterThanOrEqual(25_000)
    controller.abort(REASON)
    expect(await running).toBe(REASON)
    expect(mock.calls).toHaveLength(1)
  })
})

describe('a call that waits for `maxConcurrency`', () => {
  test.each(['complete', 'stream', 'embed'] as const)('%s rejects with the reason and sends nothing', async (kind) => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] }, { maxConcurrency: 1 })
    const running = lmstudio.complete(HELLO)
    await mock.whenHeld()
    const controller = new AbortController()
    const { signal } = controller
    const queued = caught(
      kind === 'embed'
        ? lmstudio.embed(EMBED, { signal })
        : kind === 'stream'
          ? lmstudio.stream(HELLO, { signal }).response
          : lmstudio.complete(HELLO, { signal }),
    )
    await turns()
    controller.abort(REASON)
    expect(await queued).toBe(REASON)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    mock.release()
    await running
    await lmstudio.complete(HELLO)
    expect(mock.calls).toHaveLength(2)
  })
})

describe('a stream', () => {
  test('rejects with the reason and closes the connection when it is aborted halfway', async () => {
    const { mock, lmstudio } = await setUp({ faults: [{ name: 'stall', afterEvents: 2 }] })
    const seen = watchRejections()
    const controller = new AbortController()
    const stream = lmstudio.stream(HELLO, { signal: controller.signal })
    const loop = caught(
      (async () => {
        for await (const event of stream) if (event.type === 'text-delta') controller.abort(REASON)
      })(),
    )
    expect(await loop).toBe(REASON)
    expect(await caught(stream.response)).toBe(REASON)
    expect(await mock.calls[0]?.finished).toBe('aborted')
    expect(await seen()).toEqual([])
  })

  test('yields nothing after the abort, even if events are buffered', async () => {
    const chunks = [
      frame({ content: 'a' }) + frame({ content: 'b' }) + frame({ content: 'c' }) + frame({}, 'stop') + DONE,
    ]
    const { lmstudio } = await setUp({ faults: [{ raw: { chunks } }] })
    const controller = new AbortController()
    const texts: string[] = []
    const loop = async (): Promise<void> => {
      for await (const text of lmstudio.stream(HELLO, { signal: controller.signal }).textStream) {
        texts.push(text)
        controller.abort(REASON)
      }
    }
    expect(await caught(loop())).toBe(REASON)
    expect(texts).toEqual(['a'])
  })

  test('rejects with the reason passed to its own `abort`', async () => {
    const { mock, lmstudio } = await setUp({ faults: [{ name: 'stall', afterEvents: 2 }] })
    const stream = lmstudio.stream(HELLO)
    const reading = readAll(stream)
    await mock.whenHeld()
    stream.abort(REASON)
    expect((await reading).error).toBe(REASON)
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('rejects with an AbortError when its own `abort` has no reason', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
    const stream = lmstudio.stream(HELLO)
    const reading = readAll(stream)
    await mock.whenHeld()
    stream.abort()
    expect((await reading).error).toMatchObject({ name: 'AbortError' })
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('sends nothing and rejects when it is aborted before it is read', async () => {
    const { mock, lmstudio } = await setUp()
    const seen = watchRejections()
    const stream = lmstudio.stream(HELLO)
    stream.abort(REASON)
    expect((await readAll(stream)).error).toBe(REASON)
    expect(mock.calls).toHaveLength(0)
    expect(await seen()).toEqual([])
  })

  test('ignores an abort after its end', async () => {
    const { lmstudio } = await setUp()
    const controller = new AbortController()
    const stream = lmstudio.stream(HELLO, { signal: controller.signal })
    const { text } = await readAll(stream)
    controller.abort(REASON)
    stream.abort(REASON)
    expect((await stream.response).text).toBe(text)
  })

  test('keeps one listener on the signal while it runs and none afterwards', async () => {
    const { mock, lmstudio } = await setUp()
    const { signal } = new AbortController()
    for (const fault of [undefined, 'cut', 'error-frame', 'zero-deltas'] as const) {
      if (fault !== undefined) mock.inject(fault)
      const loop = async (): Promise<void> => {
        for await (const _ of lmstudio.stream(HELLO, { signal }).textStream) {
          expect(getEventListeners(signal, 'abort')).toHaveLength(1)
          if (fault === undefined) break
        }
      }
      await loop().catch((error: unknown) => expect(error).toHaveProperty('code'))
    }
    await turns()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('adds no listener to the signal before it is read', async () => {
    const { lmstudio } = await setUp()
    const { signal } = new AbortController()
    for (let count = 0; count < 20; count++) lmstudio.stream(HELLO, { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('rejects at once when the body ignores its signal and never ends', async () => {
    let cancelled: unknown
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(frame({ content: 'a' }))),
      cancel: (reason) => void (cancelled = reason),
    })
    const fetch = async (): Promise<Response> =>
      new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    const stream = connect({ url: 'http://127.0.0.1:9' }, { fetch }).stream(HELLO)
    const reading = caught(
      (async () => {
        for await (const event of stream) if (event.type === 'text-delta') queueMicrotask(() => stream.abort(REASON))
      })(),
    )
    expect(await reading).toBe(REASON)
    expect(cancelled).toBe(REASON)
  })
})

test('cancels a response that arrives after the abort', async () => {
  let respond: (response: Response) => void = () => {}
  let cancelled = false
  const fetch = vi.fn(() => new Promise<Response>((resolve) => (respond = resolve)))
  const controller = new AbortController()
  const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch })
  const running = caught(lmstudio.complete(HELLO, { signal: controller.signal }))
  await until(() => fetch.mock.calls.length > 0)
  controller.abort(REASON)
  expect(await running).toBe(REASON)
  respond(new Response(new ReadableStream({ cancel: () => void (cancelled = true) })))
  await until(() => cancelled)
})

test('rejects when the signal is aborted right after the call', async () => {
  const { lmstudio } = await setUp()
  const controller = new AbortController()
  const running = caught(lmstudio.complete(HELLO, { signal: controller.signal }))
  controller.abort(REASON)
  expect(await running).toBe(REASON)
})

test('rejects with a reason that is null, a string, zero or false', async () => {
  const { mock, lmstudio } = await setUp()
  for (const reason of [null, 'mine', 0, false]) {
    mock.inject('delay-headers')
    const controller = new AbortController()
    const running = lmstudio.complete(HELLO, { signal: controller.signal })
    const settled = running.then(
      () => 'resolved',
      (thrown: unknown) => ({ thrown }),
    )
    await mock.whenHeld()
    controller.abort(reason)
    expect(await settled).toEqual({ thrown: reason })
    await Promise.all(mock.calls.map(({ finished }) => finished))
  }
})

test.each(['complete', 'stream'] as const)(
  'rejects with the reason while %s lists the models for an error',
  async (kind) => {
    const controller = new AbortController()
    const fetch = async (input: unknown): Promise<Response> => {
      if (String(input).includes('chat')) return Response.json({ error: 'model not found' }, { status: 404 })
      controller.abort(REASON)
      return new Promise(() => {})
    }
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch })
    const options = { signal: controller.signal }
    const running = kind === 'complete' ? lmstudio.complete(HELLO, options) : lmstudio.stream(HELLO, options).response
    expect(await caught(running)).toBe(REASON)
  },
)

test('adds one listener to a signal that many calls share', async () => {
  const { signal } = new AbortController()
  const counts: number[] = []
  const fetch = async (): Promise<Response> => {
    await turns(1)
    counts.push(getEventListeners(signal, 'abort').length)
    return Response.json(completionBody('Ahoy'))
  }
  const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch })
  await Promise.all(Array.from({ length: 30 }, () => lmstudio.complete(HELLO, { signal })))
  expect(counts).toEqual(Array.from({ length: 30 }, () => 1))
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('keeps a shared list request for the other caller when one caller aborts', async () => {
  const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
  const controller = new AbortController()
  const aborted = caught(lmstudio.listModels({ signal: controller.signal }))
  const other = lmstudio.listModels()
  await mock.whenHeld()
  controller.abort(REASON)
  expect(await aborted).toBe(REASON)
  mock.release()
  expect(await other).not.toHaveLength(0)
  expect(mock.calls).toHaveLength(1)
})

test('closes a shared list request when every caller has aborted', async () => {
  const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] })
  const controller = new AbortController()
  const both = [
    lmstudio.listModels({ signal: controller.signal }),
    lmstudio.supportsModel(MODEL, { signal: controller.signal }),
  ]
  await mock.whenHeld()
  controller.abort(REASON)
  for (const one of both) expect(await caught(one)).toBe(REASON)
  expect(await mock.calls[0]?.finished).toBe('aborted')
  expect(await lmstudio.listModels()).not.toHaveLength(0)
})

test('causes no unhandled rejection when the server resets the connection during an abort', async () => {
  const seen = watchRejections()
  const controller = new AbortController()
  const server = await serveSocket((socket) => {
    controller.abort(REASON)
    socket.resetAndDestroy()
  })
  expect(await caught(connect(server).complete(HELLO, { signal: controller.signal }))).toBe(REASON)
  expect(await seen()).toEqual([])
})

test('keeps a complete response when the signal is aborted right after the last event', async () => {
  const controller = new AbortController()
  const fetch = async (): Promise<Response> => eventStream(frame({ content: 'a' }), frame({}, 'stop'), DONE)
  const stream = connect({ url: 'http://127.0.0.1:9' }, { fetch }).stream(HELLO, { signal: controller.signal })
  const { events, error } = await readAll(stream)
  controller.abort(REASON)
  expect(error).toBeUndefined()
  expect(events.at(-1)?.type).toBe('completion-end')
})

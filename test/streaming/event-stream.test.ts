import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEventStream, type EventBatches, type EventStream } from '../../src/streaming/event-stream.js'
import { deferred, settle } from '../helpers/deferred.js'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { collectLines, parseLine } from '../helpers/collect.js'

const reason = new Error('changed my mind')
const failure = new Error('the source failed')
const END = { done: true, value: undefined }

/** A source whose events come from the test, and which counts what the stream does with it. */
class FakeSource {
  /** How often the stream requested a batch. */
  reads = 0
  /** How often the stream ended the batches. */
  closed = 0
  /** Makes the response at the end. */
  finish = (): string => 'response'
  readonly #events: number[] = []
  readonly #signal: AbortSignal
  #hasEnded = false
  #error: Error | undefined
  #wake: (() => void) | undefined

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake?.())
  }

  emit(...events: number[]): void {
    this.#events.push(...events)
    this.#wake?.()
  }

  end(): void {
    this.#hasEnded = true
    this.#wake?.()
  }

  fail(error: Error): void {
    this.#error = error
    this.#wake?.()
  }

  async *batches(): EventBatches<number, string> {
    try {
      for (;;) {
        await this.#read()
        yield this.#takeBatch()
        if (this.#hasEnded && this.#events.length === 0) return this.finish()
      }
    } finally {
      this.closed++
    }
  }

  async #read(): Promise<void> {
    this.reads++
    const mustWait = this.#events.length === 0 && !this.#hasEnded && this.#error === undefined
    if (mustWait && !this.#signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve))
    if (this.#signal.aborted) throw this.#signal.reason
  }

  *#takeBatch(): Generator<number> {
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) yield event
    if (this.#error !== undefined) throw this.#error
  }
}

interface Setup {
  readonly stream: EventStream<number, string>
  readonly source: FakeSource
  /** How often the stream was opened. */
  readonly opened: number
  /** The signal that the stream passes to `open`. */
  readonly signal: AbortSignal
}

/**
 * Creates a stream over a fake source.
 *
 * @param opening - delays the opening, or makes it fail
 */
function setUp(callerSignal?: AbortSignal, opening?: Promise<unknown>): Setup {
  let source: FakeSource | undefined
  let signal: AbortSignal | undefined
  let opened = 0
  const stream = createEventStream<number, string>(async (streamSignal) => {
    opened++
    signal = streamSignal
    await opening
    source ??= new FakeSource(streamSignal)
    return source.batches()
  }, callerSignal)
  return {
    stream,
    get source() {
      return (source ??= new FakeSource(signal ?? new AbortController().signal))
    },
    get opened() {
      return opened
    },
    get signal() {
      return signal!
    },
  }
}

/** Creates a stream of which one event has been read and others are buffered. */
async function setUpWithBufferedEvents(callerSignal?: AbortSignal) {
  const setup = setUp(callerSignal)
  const iterator = setup.stream[Symbol.asyncIterator]()
  const first = iterator.next()
  await settle()
  setup.source.emit(1, 2, 3)
  expect((await first).value).toBe(1)
  return { stream: setup.stream, source: setup.source, iterator }
}

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of iterable) items.push(item)
  return items
}

const unhandledRejections: unknown[] = []
const onUnhandledRejection = (error: unknown): void => void unhandledRejections.push(error)

beforeEach(() => {
  unhandledRejections.length = 0
  process.on('unhandledRejection', onUnhandledRejection)
})
afterEach(async () => {
  await settle()
  await settle()
  process.off('unhandledRejection', onUnhandledRejection)
  expect(unhandledRejections).toEqual([])
})

describe('createEventStream', () => {
  it('opens at its first read, not earlier, and only once', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    await settle()
    expect(setup.opened).toBe(0)
    const first = iterator.next()
    await settle()
    setup.source.emit(1, 2)
    setup.source.end()
    expect(await first).toEqual({ done: false, value: 1 })
    expect(await iterator.next()).toEqual({ done: false, value: 2 })
    expect(await iterator.next()).toEqual(END)
    expect(await iterator.next()).toEqual(END)
    expect(setup.opened).toBe(1)
    expect(setup.source.closed).toBe(1)
  })

  it('yields every event, then resolves the response', async () => {
    const setup = setUp()
    const events = collect(setup.stream)
    await settle()
    setup.source.emit(1, 2, 3)
    setup.source.end()
    expect(await events).toEqual([1, 2, 3])
    expect(await setup.stream.response).toBe('response')
  })

  it('reads no further than its consumer', async () => {
    const { source, iterator } = await setUpWithBufferedEvents()
    await iterator.next()
    await iterator.next()
    await settle()
    expect(source.reads).toBe(1)
  })

  it('serves concurrent reads in their order', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const reads = [iterator.next(), iterator.next(), iterator.next(), iterator.next()]
    await settle()
    setup.source.emit(1)
    await settle()
    setup.source.emit(2, 3)
    setup.source.end()
    expect((await Promise.all(reads)).map(({ value }) => value as unknown)).toEqual([1, 2, 3, undefined])
  })

  it('serves a read that starts when an earlier one resolves after those that already waited', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const first = iterator.next()
    const second = iterator.next()
    const third = first.then(() => iterator.next())
    await settle()
    setup.source.emit(1, 2, 3)
    setup.source.end()
    expect([(await first).value, (await second).value, (await third).value]).toEqual([1, 2, 3])
  })

  it.each<[string, (stream: EventStream<number, string>) => unknown]>([
    ['iterating', (stream) => stream[Symbol.asyncIterator]()],
    ['toReadableStream', (stream) => stream.toReadableStream()],
    ['select', (stream) => stream.select((event) => event)[Symbol.asyncIterator]()],
  ])('throws when it is consumed a second time by %s', (_, consume) => {
    const { stream } = setUp()
    stream[Symbol.asyncIterator]()
    expect(() => consume(stream)).toThrow(
      expect.objectContaining({
        name: 'InvalidRequestError',
        code: 'stream-taken',
        message: expect.stringContaining('already being consumed') as string,
      }),
    )
  })

  it('returns an iterator that is iterable, so that a loop can continue it', () => {
    const iterator = setUp().stream[Symbol.asyncIterator]() as AsyncIterableIterator<number>
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator)
  })
})

describe('select', () => {
  it('`select` yields what its function returns, without undefined', async () => {
    const setup = setUp()
    const selected = collect(setup.stream.select((event) => (event % 2 === 0 ? `${event}` : undefined)))
    await settle()
    setup.source.emit(1, 2, 3, 4, 5)
    setup.source.end()
    expect(await selected).toEqual(['2', '4'])
  })

  it('`select` does not consume the stream before it is read', async () => {
    const setup = setUp()
    setup.stream.select((event) => event)
    const events = collect(setup.stream)
    await settle()
    setup.source.emit(1)
    setup.source.end()
    expect(await events).toEqual([1])
  })

  it('`select` closes the source when its loop is left', async () => {
    const setup = setUp()
    const loop = (async () => {
      for await (const text of setup.stream.select((event) => `${event}`)) if (text === '1') break
    })()
    await settle()
    setup.source.emit(1, 2)
    await loop
    expect(setup.source.closed).toBe(1)
  })
})

describe('response', () => {
  it('`response` reads the stream when nothing iterates over it', async () => {
    const setup = setUp()
    const { response } = setup.stream
    await settle()
    setup.source.emit(1, 2)
    setup.source.end()
    expect(await response).toBe('response')
    expect(setup.source.closed).toBe(1)
  })

  it('`response` leaves the events to a loop that starts right after it', async () => {
    const setup = setUp()
    const { response } = setup.stream
    const events = collect(setup.stream)
    await settle()
    setup.source.emit(1)
    setup.source.end()
    expect(await events).toEqual([1])
    expect(await response).toBe('response')
    expect(setup.opened).toBe(1)
  })

  it('`response` can be read within the loop, and takes no event from it', async () => {
    const setup = setUp()
    const events: number[] = []
    let response: Promise<string> | undefined
    const loop = (async () => {
      for await (const event of setup.stream) {
        response ??= setup.stream.response
        events.push(event)
      }
    })()
    await settle()
    setup.source.emit(1, 2, 3)
    setup.source.end()
    await loop
    expect(events).toEqual([1, 2, 3])
    expect(await response).toBe('response')
  })

  it('`response` is the same promise each time', async () => {
    const { stream } = setUp()
    const { response } = stream
    expect(stream.response).toBe(response)
    stream.abort(reason)
    expect(await rejectionOf(response)).toBe(reason)
  })
})

describe('errors', () => {
  it('rejects the read and the response with the error of the opening, and is over then', async () => {
    const setup = setUp(undefined, Promise.reject(failure))
    const iterator = setup.stream[Symbol.asyncIterator]()
    expect(await rejectionOf(iterator.next())).toBe(failure)
    expect(await rejectionOf(setup.stream.response)).toBe(failure)
    expect(await iterator.next()).toEqual(END)
  })

  it('yields the events before an error of the source, rejects with the error, and is over then', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    setup.source.emit(1, 2)
    setup.source.fail(failure)
    expect((await first).value).toBe(1)
    expect((await iterator.next()).value).toBe(2)
    expect(await rejectionOf(iterator.next())).toBe(failure)
    expect(await iterator.next()).toEqual(END)
    expect(setup.source.closed).toBe(1)
    expect(await rejectionOf(setup.stream.response)).toBe(failure)
  })

  it('is over after an error among buffered events, although the source has more', async () => {
    const stream = createEventStream<number, string>(async function* () {
      yield (function* () {
        yield 1
        throw failure
      })()
      yield [2]
      return 'response'
    }, undefined)
    const iterator = stream[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toBe(1)
    expect(await rejectionOf(iterator.next())).toBe(failure)
    expect(await iterator.next()).toEqual(END)
    expect(await rejectionOf(stream.response)).toBe(failure)
  })

  it('rejects the read and the response with an error while the response is finished', async () => {
    const setup = setUp()
    const loop = rejectionOf(collect(setup.stream))
    await settle()
    setup.source.finish = () => {
      throw failure
    }
    setup.source.end()
    expect(await loop).toBe(failure)
    expect(setup.source.closed).toBe(1)
    expect(await rejectionOf(setup.stream.response)).toBe(failure)
  })

  it('rejects the first of several pending reads with an error; the others resolve to the end', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const reads = [rejectionOf(iterator.next()), iterator.next(), iterator.next()]
    await settle()
    setup.source.fail(failure)
    expect(await Promise.all(reads)).toEqual([failure, END, END])
  })

  // The hook after each test checks for unhandled rejections.
  it('causes no unhandled rejection when only the loop is awaited', async () => {
    const setup = setUp()
    const loop = rejectionOf(collect(setup.stream))
    await settle()
    setup.source.fail(failure)
    expect(await loop).toBe(failure)
  })

  it('causes no unhandled rejection when the response is read and not awaited', async () => {
    const setup = setUp(undefined, Promise.reject(failure))
    void setup.stream.response
    await settle()
    expect(setup.opened).toBe(1)
  })
})

describe('abort', () => {
  it('opens nothing and rejects the first read after an abort', async () => {
    const setup = setUp()
    setup.stream.abort(reason)
    expect(await rejectionOf(setup.stream[Symbol.asyncIterator]().next())).toBe(reason)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
    expect(setup.opened).toBe(0)
  })

  it('rejects with an AbortError after an abort without a reason', async () => {
    const { stream } = setUp()
    stream.abort()
    expect(await rejectionOf(stream.response)).toMatchObject({
      name: 'AbortError',
      message: 'The stream was aborted.',
    })
  })

  it('rejects with a reason that is not an Error', async () => {
    const { stream } = setUp()
    stream.abort('a string')
    expect(await rejectionOf(stream.response)).toBe('a string')
  })

  it('aborts the opening and ignores the error that follows from it', async () => {
    const opening = deferred()
    const setup = setUp(undefined, opening.promise)
    const read = rejectionOf(setup.stream[Symbol.asyncIterator]().next())
    await settle()
    setup.stream.abort(reason)
    expect(setup.signal.reason).toBe(reason)
    opening.reject(failure)
    expect(await read).toBe(reason)
  })

  it('rejects the read when it is aborted while it opens, and does not read a source that opens later', async () => {
    const opening = deferred()
    const setup = setUp(undefined, opening.promise)
    const read = rejectionOf(setup.stream[Symbol.asyncIterator]().next())
    await settle()
    setup.stream.abort(reason)
    opening.resolve()
    expect(await read).toBe(reason)
    expect(setup.source.reads).toBe(0)
  })

  it('rejects a pending read and closes the source when it is aborted, and is over then', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = rejectionOf(iterator.next())
    await settle()
    setup.stream.abort(reason)
    expect(await read).toBe(reason)
    expect(await iterator.next()).toEqual(END)
    expect(setup.source.closed).toBe(1)
  })

  it('discards buffered events when it is aborted', async () => {
    const { stream, iterator } = await setUpWithBufferedEvents()
    stream.abort(reason)
    expect(await rejectionOf(iterator.next())).toBe(reason)
    expect(await iterator.next()).toEqual(END)
  })

  it('rejects the response and closes the source when it is aborted, although nothing reads it any more', async () => {
    const { stream, source } = await setUpWithBufferedEvents()
    stream.abort(reason)
    expect(await rejectionOf(stream.response)).toBe(reason)
    expect(source.closed).toBe(1)
  })

  it('ignores an abort after its end', async () => {
    const caller = new AbortController()
    const setup = setUp(caller.signal)
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = iterator.next()
    await settle()
    setup.source.end()
    expect(await read).toEqual(END)
    setup.stream.abort(reason)
    caller.abort(reason)
    expect(await iterator.next()).toEqual(END)
    expect(setup.signal.aborted).toBe(false)
    expect(await setup.stream.response).toBe('response')
    expect(setup.source.closed).toBe(1)
  })
})

describe('the signal of the caller', () => {
  it('opens nothing when the signal of the caller is already aborted', async () => {
    const setup = setUp(AbortSignal.abort(reason))
    expect(await rejectionOf(setup.stream[Symbol.asyncIterator]().next())).toBe(reason)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
    expect(setup.opened).toBe(0)
  })

  it('rejects with the reason of the signal that aborts while the stream opens', async () => {
    const caller = new AbortController()
    const opening = deferred()
    caller.signal.addEventListener('abort', () => opening.reject(failure))
    const setup = setUp(caller.signal, opening.promise)
    const read = rejectionOf(setup.stream[Symbol.asyncIterator]().next())
    await settle()
    caller.abort(reason)
    expect(await read).toBe(reason)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
  })

  it('rejects with the reason of the signal that aborts while a read is pending', async () => {
    const caller = new AbortController()
    const setup = setUp(caller.signal)
    const read = rejectionOf(setup.stream[Symbol.asyncIterator]().next())
    await settle()
    caller.abort(reason)
    expect(await read).toBe(reason)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
  })

  it('closes the source when the signal aborts, although nothing reads the stream any more', async () => {
    const caller = new AbortController()
    const { source } = await setUpWithBufferedEvents(caller.signal)
    caller.abort(reason)
    await settle()
    expect(source.closed).toBe(1)
  })

  it('adds one listener to the signal, at the first read', async () => {
    const { signal } = new AbortController()
    const { stream } = setUp(signal)
    const iterator = stream[Symbol.asyncIterator]()
    expect(countListeners(signal)).toBe(0)
    const read = rejectionOf(iterator.next())
    await settle()
    expect(countListeners(signal)).toBe(1)
    stream.abort(reason)
    await read
  })

  it.each<[string, (setup: Setup, iterator: AsyncIterator<number>) => unknown]>([
    ['the end', ({ source }) => source.end()],
    ['an error', ({ source }) => source.fail(failure)],
    ['an abort', ({ stream }) => stream.abort(reason)],
    ['its consumer has left', (_, iterator) => iterator.return!()],
  ])('leaves no listener on the signal after %s', async (_, finish) => {
    const { signal } = new AbortController()
    const setup = setUp(signal)
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = Promise.allSettled([iterator.next()])
    await settle()
    await finish(setup, iterator)
    await read
    expect(countListeners(signal)).toBe(0)
  })

  it('leaves no listener on the signal after an abort before the first read', async () => {
    const { signal } = new AbortController()
    const { stream } = setUp(signal)
    stream.abort(reason)
    await rejectionOf(stream.response)
    expect(countListeners(signal)).toBe(0)
  })
})

describe('leaving the loop', () => {
  it('closes the source once and rejects the response with an AbortError when the loop is left', async () => {
    const setup = setUp()
    const loop = (async () => {
      for await (const event of setup.stream) if (event === 1) break
    })()
    await settle()
    setup.source.emit(1, 2)
    await loop
    expect(setup.source.closed).toBe(1)
    expect(await rejectionOf(setup.stream.response)).toMatchObject({
      name: 'AbortError',
      message: 'The stream was left before its end.',
    })
  })

  it('leaves the loop when the source has cleaned up, without an abort', async () => {
    const cleanup = deferred()
    let signal: AbortSignal | undefined
    const stream = createEventStream<number, string>(async function* (streamSignal) {
      signal = streamSignal
      try {
        yield [1, 2]
        return 'response'
      } finally {
        await cleanup.promise
      }
    }, undefined)
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    let hasLeft = false
    const leaving = iterator.return!().then(() => (hasLeft = true))
    await settle()
    expect(hasLeft).toBe(false)
    cleanup.resolve()
    await leaving
    expect(signal!.aborted).toBe(false)
  })

  it('closes the source when the loop throws', async () => {
    const setup = setUp()
    const loop = rejectionOf(
      (async () => {
        for await (const event of setup.stream) throw new Error(`in the loop: ${event}`)
      })(),
    )
    await settle()
    setup.source.emit(1)
    expect(await loop).toMatchObject({ message: 'in the loop: 1' })
    expect(setup.source.closed).toBe(1)
  })

  it('never opens when the loop is left before the first read', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    expect(await iterator.return!()).toEqual(END)
    expect(await iterator.next()).toEqual(END)
    expect(setup.opened).toBe(0)
    expect(await rejectionOf(setup.stream.response)).toMatchObject({ name: 'AbortError' })
  })

  it('aborts the opening when the loop is left, and does not read a source that opens later', async () => {
    const opening = deferred()
    const setup = setUp(undefined, opening.promise)
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = rejectionOf(iterator.next())
    await settle()
    expect(await iterator.return!()).toEqual(END)
    expect(setup.signal.aborted).toBe(true)
    opening.resolve()
    expect(await read).toMatchObject({ name: 'AbortError' })
    expect(setup.source.reads).toBe(0)
  })

  it('rejects a pending read and closes the source when the loop is left', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = rejectionOf(iterator.next())
    await settle()
    await iterator.return!()
    setup.source.emit(1)
    expect(await read).toMatchObject({ name: 'AbortError' })
    expect(setup.source.closed).toBe(1)
  })

  it('rejects a pending read when the loop is left, although the source ignores that', async () => {
    const arrival = deferred()
    const stream = createEventStream<number, string>(async function* () {
      await arrival.promise
      yield [1]
      return 'response'
    }, undefined)
    const iterator = stream[Symbol.asyncIterator]()
    const read = rejectionOf(iterator.next())
    await settle()
    await iterator.return!()
    arrival.resolve()
    expect(await read).toMatchObject({ name: 'AbortError' })
  })

  it('does nothing when the loop is left after the end', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = iterator.next()
    await settle()
    setup.source.end()
    expect(await read).toEqual(END)
    expect(await iterator.return!()).toEqual(END)
    expect(await setup.stream.response).toBe('response')
    expect(setup.source.closed).toBe(1)
  })
})

describe('toReadableStream', () => {
  it('`toReadableStream` contains the events and closes', async () => {
    const setup = setUp()
    const events = collectLines<number>(setup.stream.toReadableStream())
    await settle()
    setup.source.emit(1, 2)
    setup.source.end()
    expect(await events).toEqual({ events: [1, 2], error: undefined })
    expect(await setup.stream.response).toBe('response')
  })

  it('`toReadableStream` opens at its first read and reads nothing ahead', async () => {
    const setup = setUp()
    const reader = setup.stream.toReadableStream().getReader()
    await settle()
    expect(setup.opened).toBe(0)
    const first = reader.read()
    await settle()
    setup.source.emit(1)
    expect(parseLine((await first).value)).toBe(1)
    await settle()
    expect(setup.source.reads).toBe(1)
  })

  it('closes the source and rejects the response when its readable stream is canceled', async () => {
    const setup = setUp()
    const reader = setup.stream.toReadableStream().getReader()
    const first = reader.read()
    await settle()
    setup.source.emit(1)
    await first
    await reader.cancel(reason)
    expect(setup.source.closed).toBe(1)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
  })

  it('ends a pending read when its readable stream is canceled', async () => {
    const setup = setUp()
    const reader = setup.stream.toReadableStream().getReader()
    const read = reader.read()
    await settle()
    await reader.cancel(reason)
    expect((await read).done).toBe(true)
    expect(setup.source.closed).toBe(1)
    setup.source.fail(failure)
  })

  it('`toReadableStream` fails with the error of the source', async () => {
    const setup = setUp()
    const reader = setup.stream.toReadableStream().getReader()
    const read = rejectionOf(reader.read())
    await settle()
    setup.source.fail(failure)
    expect(await read).toBe(failure)
  })
})

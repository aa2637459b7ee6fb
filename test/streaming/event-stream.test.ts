import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InvalidRequestError } from '../../src/errors/index.js'
import { createEventStream, type EventBatches, type EventStream } from '../../src/streaming/event-stream.js'
import { deferred, settle } from '../helpers/deferred.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const reason = new Error('enough')

/** A source that yields what it is fed, and counts what is done with it. */
class FakeSource {
  isDone = false
  /** How often the batches were ended. */
  closed = 0
  result = (): string => 'whole'
  fills = 0
  #events: number[] = []
  #error: Error | undefined
  #wake: (() => void) | undefined
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake?.())
  }

  feed(...events: number[]): void {
    this.#events.push(...events)
    this.#wake?.()
  }

  end(): void {
    this.isDone = true
    this.#wake?.()
  }

  fail(error: Error): void {
    this.#error = error
    this.#wake?.()
  }

  poll(): number | undefined {
    const event = this.#events.shift()
    if (event === undefined && this.#error !== undefined) throw this.#error
    return event
  }

  async fill(): Promise<void> {
    this.fills++
    if (this.#events.length === 0 && !this.isDone && this.#error === undefined && !this.#signal.aborted) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    if (this.#signal.aborted) throw this.#signal.reason
  }

  async *batches(): EventBatches<number, string> {
    try {
      for (;;) {
        await this.fill()
        yield this.#drain()
        if (this.isDone && this.#events.length === 0) return this.result()
      }
    } finally {
      this.closed++
    }
  }

  *#drain(): Generator<number> {
    for (let event = this.poll(); event !== undefined; event = this.poll()) yield event
  }
}

interface Setup {
  readonly stream: EventStream<number, string>
  readonly source: FakeSource
  readonly begun: number
  readonly signal: AbortSignal
}

/** A stream over a fake source; `opening` is waited for before it begins. */
function setUp(callerSignal?: AbortSignal, opening?: Promise<unknown>): Setup {
  const state = { begun: 0, source: undefined as FakeSource | undefined, signal: undefined as AbortSignal | undefined }
  let pending: FakeSource | undefined
  const stream = createEventStream<number, string>(async (signal) => {
    state.begun++
    state.signal = signal
    await opening
    state.source = pending ?? new FakeSource(signal)
    return state.source.batches()
  }, callerSignal)
  return {
    stream,
    get source() {
      return (state.source ??= pending ??= new FakeSource(state.signal ?? new AbortController().signal))
    },
    get begun() {
      return state.begun
    },
    get signal() {
      return state.signal!
    },
  }
}

const unhandled: unknown[] = []
const note = (error: unknown): void => void unhandled.push(error)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await settle()
  await settle()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of iterable) all.push(item)
  return all
}

describe('reading', () => {
  it('begins when it is first read, not earlier, and only once', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    await settle()
    expect(setup.begun).toBe(0)
    const first = iterator.next()
    await settle()
    setup.source.feed(1, 2)
    setup.source.end()
    expect(await first).toEqual({ done: false, value: 1 })
    expect(await iterator.next()).toEqual({ done: false, value: 2 })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(setup.begun).toBe(1)
    expect(setup.source.closed).toBe(1)
  })

  it('gives all events and then the response', async () => {
    const setup = setUp()
    const events = collect(setup.stream)
    await settle()
    setup.source.feed(1, 2, 3)
    setup.source.end()
    expect(await events).toEqual([1, 2, 3])
    expect(await setup.stream.response).toBe('whole')
  })

  it('asks for no more input than its consumer asks for events', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    setup.source.feed(1, 2, 3)
    await first
    const { fills } = setup.source
    await iterator.next()
    await iterator.next()
    await settle()
    expect(setup.source.fills).toBe(fills)
  })

  it('answers several reads at a time in their order', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const reads = [iterator.next(), iterator.next(), iterator.next(), iterator.next()]
    await settle()
    setup.source.feed(1)
    await settle()
    setup.source.feed(2, 3)
    setup.source.end()
    expect((await Promise.all(reads)).map(({ value }) => value as unknown)).toEqual([1, 2, 3, undefined])
  })

  it('answers a read that comes when an earlier one is answered after those that waited already', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const first = iterator.next()
    const second = iterator.next()
    const third = first.then(() => iterator.next())
    await settle()
    setup.source.feed(1, 2, 3)
    setup.source.end()
    expect([(await first).value, (await second).value, (await third).value]).toEqual([1, 2, 3])
  })

  it('has one consumer', async () => {
    const setup = setUp()
    setup.stream[Symbol.asyncIterator]()
    for (const again of [
      () => setup.stream[Symbol.asyncIterator](),
      () => setup.stream.toReadableStream(),
      () => setup.stream.select((event) => event)[Symbol.asyncIterator](),
    ]) {
      expect(again).toThrow(InvalidRequestError)
      expect(again).toThrow(expect.objectContaining({ code: 'stream-taken' }))
    }
  })

  it('is its own iterator, so that a consumer may stop and go on', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]() as AsyncIterableIterator<number>
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator)
  })

  it('gives only what is selected', async () => {
    const setup = setUp()
    const selected = collect(setup.stream.select((event) => (event % 2 === 0 ? `${event}` : undefined)))
    await settle()
    setup.source.feed(1, 2, 3, 4, 5)
    setup.source.end()
    expect(await selected).toEqual(['2', '4'])
  })

  it('can be selected from without being taken until it is read', async () => {
    const setup = setUp()
    const selection = setup.stream.select((event) => event)
    const events = collect(setup.stream)
    expect(() => selection[Symbol.asyncIterator]()).toThrow(InvalidRequestError)
    await settle()
    setup.source.end()
    expect(await events).toEqual([])
  })
})

describe('the response', () => {
  it('reads the stream by itself when nobody else does', async () => {
    const setup = setUp()
    const { response } = setup.stream
    await settle()
    setup.source.feed(1, 2)
    setup.source.end()
    expect(await response).toBe('whole')
    expect(setup.source.closed).toBe(1)
  })

  it('leaves the reading to one who iterates right after', async () => {
    const setup = setUp()
    const { response } = setup.stream
    const events = collect(setup.stream)
    await settle()
    setup.source.feed(1)
    setup.source.end()
    expect(await events).toEqual([1])
    expect(await response).toBe('whole')
    expect(setup.begun).toBe(1)
  })

  it('can be asked for in the middle of the loop without taking anything from it', async () => {
    const setup = setUp()
    const seen: number[] = []
    let response: Promise<string> | undefined
    const loop = (async () => {
      for await (const event of setup.stream) {
        response ??= setup.stream.response
        seen.push(event)
      }
    })()
    await settle()
    setup.source.feed(1, 2, 3)
    setup.source.end()
    await loop
    expect(seen).toEqual([1, 2, 3])
    expect(await response).toBe('whole')
  })

  it('is the same promise each time', () => {
    const { stream } = setUp()
    const { response } = stream
    expect(stream.response).toBe(response)
    response.catch(() => {})
    stream.abort()
  })
})

describe('errors', () => {
  it('rejects the read and the response with the error of the opening, once, and is over', async () => {
    const setup = setUp(undefined, Promise.reject(reason))
    const iterator = setup.stream[Symbol.asyncIterator]()
    expect(await rejectionOf(iterator.next())).toBe(reason)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('gives the events that came before an error, then the error, then nothing', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    setup.source.feed(1, 2)
    setup.source.fail(reason)
    expect((await first).value).toBe(1)
    expect((await iterator.next()).value).toBe(2)
    expect(await rejectionOf(iterator.next())).toBe(reason)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(setup.source.closed).toBe(1)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
  })

  it('raises no unhandled rejection when only the loop is watched', async () => {
    const setup = setUp()
    const loop = rejectionOf(collect(setup.stream))
    await settle()
    setup.source.fail(reason)
    expect(await loop).toBe(reason)
  })

  it('raises no unhandled rejection when a response is asked for and dropped', async () => {
    const setup = setUp(undefined, Promise.reject(reason))
    void setup.stream.response
    await settle()
    expect(setup.begun).toBe(1)
  })

  it('gives an error to the first of several waiting reads, the end to the others', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const reads = [rejectionOf(iterator.next()), iterator.next(), iterator.next()]
    await settle()
    setup.source.fail(reason)
    expect(await reads[0]).toBe(reason)
    expect(await reads[1]).toEqual({ done: true, value: undefined })
    expect(await reads[2]).toEqual({ done: true, value: undefined })
  })

  it('closes the source when its result is the error', async () => {
    const setup = setUp()
    const loop = rejectionOf(collect(setup.stream))
    await settle()
    setup.source.result = () => {
      throw reason
    }
    setup.source.end()
    expect(await loop).toBe(reason)
    expect(setup.source.closed).toBe(1)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
  })
})

describe('abort', () => {
  const abortError = expect.objectContaining({ name: 'AbortError' }) as Error

  it('before the first read rejects the read and sends nothing', async () => {
    const setup = setUp()
    setup.stream.abort(reason)
    expect(await rejectionOf(setup.stream[Symbol.asyncIterator]().next())).toBe(reason)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
    expect(setup.begun).toBe(0)
  })

  it('has an AbortError for a reason unless it is given one', async () => {
    const setup = setUp()
    setup.stream.abort()
    expect(await rejectionOf(setup.stream.response)).toEqual(abortError)
  })

  it('keeps a reason that is no error', async () => {
    const setup = setUp()
    setup.stream.abort('just so')
    expect(await rejectionOf(setup.stream.response)).toBe('just so')
  })

  it('while the stream opens reaches the opening', async () => {
    const opening = deferred()
    const setup = setUp(undefined, opening.promise)
    const read = rejectionOf(setup.stream[Symbol.asyncIterator]().next())
    await settle()
    setup.stream.abort(reason)
    expect(setup.signal.reason).toBe(reason)
    opening.reject(new Error('something else'))
    expect(await read).toBe(reason)
  })

  it('while the stream opens rejects the read and never reads a source that arrives after it', async () => {
    const opening = deferred()
    const setup = setUp(undefined, opening.promise)
    const read = rejectionOf(setup.stream[Symbol.asyncIterator]().next())
    await settle()
    setup.stream.abort(reason)
    opening.resolve()
    expect(await read).toBe(reason)
    expect(setup.source.fills).toBe(0)
  })

  it('while waiting for input rejects the read and closes the source', async () => {
    const setup = setUp()
    const read = rejectionOf(setup.stream[Symbol.asyncIterator]().next())
    await settle()
    setup.stream.abort(reason)
    expect(await read).toBe(reason)
    expect(setup.source.closed).toBe(1)
  })

  it('takes effect on events that are at hand already', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    setup.source.feed(1, 2, 3)
    await first
    setup.stream.abort(reason)
    expect(await rejectionOf(iterator.next())).toBe(reason)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('rejects the response at once though nobody reads any more', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    setup.source.feed(1)
    await first
    setup.stream.abort(reason)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
  })

  it('closes the source at once though nobody reads any more', async () => {
    const caller = new AbortController()
    const setup = setUp(caller.signal)
    const iterator = setup.stream[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    setup.source.feed(1)
    await first
    caller.abort(reason)
    await settle()
    expect(setup.source.closed).toBe(1)
  })

  it('after the end changes nothing', async () => {
    const caller = new AbortController()
    const setup = setUp(caller.signal)
    const events = collect(setup.stream)
    await settle()
    setup.source.end()
    await events
    setup.stream.abort(reason)
    caller.abort(reason)
    expect(await setup.stream.response).toBe('whole')
    expect(setup.source.closed).toBe(1)
  })

  it.each(['before', 'while opening', 'while reading'])(
    'by the caller %s rejects with the reason, unwrapped',
    async (when) => {
      const caller = new AbortController()
      const opening =
        when === 'while opening'
          ? new Promise((_, reject) => caller.signal.addEventListener('abort', () => reject(new Error('other'))))
          : undefined
      const setup = setUp(caller.signal, opening)
      if (when === 'before') caller.abort(reason)
      const read = rejectionOf(setup.stream[Symbol.asyncIterator]().next())
      await settle()
      caller.abort(reason)
      expect(await read).toBe(reason)
      expect(await rejectionOf(setup.stream.response)).toBe(reason)
      expect(setup.begun).toBe(when === 'before' ? 0 : 1)
    },
  )

  it.each(['end', 'error', 'abort', 'leave', 'never read', 'abort unread'])(
    'leaves no listener on the caller’s signal after %s',
    async (how) => {
      const caller = new AbortController()
      const setup = setUp(caller.signal)
      if (how === 'abort unread') setup.stream.abort(reason)
      else if (how !== 'never read') {
        const iterator = setup.stream[Symbol.asyncIterator]()
        const read = iterator.next()
        read.catch(() => {})
        await settle()
        if (how === 'end') setup.source.end()
        if (how === 'error') setup.source.fail(reason)
        if (how === 'abort') setup.stream.abort(reason)
        if (how === 'leave') {
          setup.source.feed(1)
          await iterator.return!()
        }
        await read.catch(() => {})
      }
      expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
    },
  )
})

describe('leaving', () => {
  it('closes the source once and rejects the response', async () => {
    const setup = setUp()
    const loop = (async () => {
      for await (const event of setup.stream) if (event === 1) break
    })()
    await settle()
    setup.source.feed(1, 2)
    await loop
    expect(setup.source.closed).toBe(1)
    expect(await rejectionOf(setup.stream.response)).toMatchObject({ name: 'AbortError' })
  })

  it('closes the source when the loop throws', async () => {
    const setup = setUp()
    const loop = rejectionOf(
      (async () => {
        for await (const event of setup.stream) throw new Error(`in the loop: ${event}`)
      })(),
    )
    await settle()
    setup.source.feed(1)
    expect(await loop).toMatchObject({ message: 'in the loop: 1' })
    expect(setup.source.closed).toBe(1)
  })

  it('a selection closes the source too', async () => {
    const setup = setUp()
    const loop = (async () => {
      for await (const text of setup.stream.select((event) => `${event}`)) if (text === '1') break
    })()
    await settle()
    setup.source.feed(1, 2)
    await loop
    expect(setup.source.closed).toBe(1)
  })

  it('before the first read sends nothing, ever', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    expect(await iterator.return!()).toEqual({ done: true, value: undefined })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(setup.begun).toBe(0)
    expect(await rejectionOf(setup.stream.response)).toMatchObject({ name: 'AbortError' })
  })

  it('while the stream opens aborts the opening and never reads a source that arrives after it', async () => {
    const opening = deferred()
    const setup = setUp(undefined, opening.promise)
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = iterator.next().catch(() => 'rejected')
    await settle()
    await iterator.return!()
    expect(setup.signal.aborted).toBe(true)
    opening.resolve()
    await read
    await settle()
    expect(setup.source.fills).toBe(0)
  })

  it('while a read waits ends that read', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = iterator.next().catch(() => 'rejected')
    await settle()
    await iterator.return!()
    setup.source.feed(1)
    expect(await read).not.toEqual({ done: false, value: 1 })
    expect(setup.source.closed).toBe(1)
  })

  it('after the end changes nothing', async () => {
    const setup = setUp()
    const iterator = setup.stream[Symbol.asyncIterator]()
    const read = iterator.next()
    await settle()
    setup.source.end()
    await read
    await iterator.return!()
    expect(await setup.stream.response).toBe('whole')
    expect(setup.source.closed).toBe(1)
  })
})

describe('toReadableStream', () => {
  it('gives the events and closes', async () => {
    const setup = setUp()
    const events = collect(setup.stream.toReadableStream() as unknown as AsyncIterable<number>)
    await settle()
    setup.source.feed(1, 2)
    setup.source.end()
    expect(await events).toEqual([1, 2])
    expect(await setup.stream.response).toBe('whole')
  })

  it('sends nothing before it is read, and reads nothing ahead', async () => {
    const setup = setUp()
    const reader = setup.stream.toReadableStream().getReader()
    await settle()
    expect(setup.begun).toBe(0)
    const first = reader.read()
    await settle()
    setup.source.feed(1)
    expect((await first).value).toBe(1)
    await settle()
    const { fills } = setup.source
    await settle()
    expect(setup.source.fills).toBe(fills)
    expect(fills).toBe(1)
  })

  it('closes the source when it is cancelled, with the reason', async () => {
    const setup = setUp()
    const reader = setup.stream.toReadableStream().getReader()
    const first = reader.read()
    await settle()
    setup.source.feed(1)
    await first
    await reader.cancel(reason)
    expect(setup.source.closed).toBe(1)
    expect(await rejectionOf(setup.stream.response)).toBe(reason)
  })

  it('ends a read that is under way when it is cancelled', async () => {
    const setup = setUp()
    const reader = setup.stream.toReadableStream().getReader()
    const read = reader.read()
    await settle()
    await reader.cancel(reason)
    expect((await read).done).toBe(true)
    expect(setup.source.closed).toBe(1)
    setup.source.fail(new Error('after the cancel'))
  })

  it('fails with the error of the stream', async () => {
    const setup = setUp()
    const reader = setup.stream.toReadableStream().getReader()
    const read = rejectionOf(reader.read())
    await settle()
    setup.source.fail(reason)
    expect(await read).toBe(reason)
  })
})

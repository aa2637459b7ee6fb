import { describe, expect, it } from 'vitest'
import { ApiError, NetworkError, StreamInterruptedError } from '../../src/errors/index.js'
import type { Attempt } from '../../src/http/attempt.js'
import type { EventBatches } from '../../src/streaming/event-stream.js'
import {
  type Activity,
  type Frame,
  readEventStream,
  type StreamParser,
  throwNotJSON,
  throwReportedError,
} from '../../src/streaming/sse-reader.js'
import { encode } from '../helpers/bytes.js'
import { context } from '../helpers/client.js'
import { rejectionOf, thrownBy } from '../helpers/provider-errors.js'

interface TestEvent {
  readonly type: string
  readonly activity?: Activity
}

const frame = (event: object): string => `data: ${JSON.stringify(event)}\n\n`
const content = (type: string): string => frame({ type, activity: 'content' })
const progress = (type: string): string => frame({ type, activity: 'progress' })
const nothing = (type: string): string => frame({ type, activity: 'none' })
/** Completes the response, like a finish reason. */
const COMPLETE = frame({ type: 'complete', activity: 'none' })
const DONE = 'data: [DONE]\n\n'

/** An attempt whose reads resolve to these chunks, or reject with these errors, and then to the end of the body. */
function fakeAttempt(chunks: readonly (string | Error)[]) {
  const calls: string[] = []
  let reads = 0
  const attempt: Attempt = {
    status: 200,
    headers: new Headers(),
    isRedirect: false,
    context,
    sentAt: 0,
    isOver: false,
    onEnd: () => {},
    async read() {
      const chunk = chunks[reads++]
      if (chunk instanceof Error) throw chunk
      return chunk === undefined ? undefined : encode(chunk)
    },
    restartIdleTimer: (...limit) => void calls.push(`restartIdleTimer(${limit.join()})`),
    restartFirstByteTimer: () => void calls.push('restartFirstByteTimer()'),
    peek: () => Promise.reject(new Error('not used')),
    text: () => Promise.reject(new Error('not used')),
    drain: () => void calls.push('drain()'),
    close: () => void calls.push('close()'),
  }
  return { attempt, calls, readCount: () => reads }
}

/** A parser that turns each frame into one event; `COMPLETE` completes the response. */
class FakeParser implements StreamParser<TestEvent, string> {
  hasStarted = false
  isComplete = false
  isDone = false
  readonly frames: Frame[] = []
  /** Runs for each frame before it is parsed. */
  onFrame: (frame: Frame) => void = () => {}

  parseFrame(frame: Frame, events: TestEvent[]): void {
    this.frames.push(frame)
    this.onFrame(frame)
    this.hasStarted = true
    const event = (frame.value ?? { type: frame.data }) as TestEvent
    if (event.type === 'complete') this.isComplete = true
    events.push(event)
  }

  parseDoneSentinel(): void {
    this.isDone = true
  }

  activityOf(event: TestEvent): Activity {
    return event.activity ?? 'none'
  }

  finish(events: TestEvent[], interrupted: (what: string) => Error): string {
    if (!this.isComplete && !this.isDone) throw interrupted('its last frame')
    events.push({ type: 'end' })
    return 'response'
  }

  partial(): unknown {
    return { text: `${this.frames.length} frames` }
  }
}

const noop = (): void => {}

function setUp(chunks: readonly (string | Error)[], onResponse: (response: string) => void = noop) {
  const { attempt, calls, readCount } = fakeAttempt(chunks)
  const parser = new FakeParser()
  return { calls, readCount, parser, batches: readEventStream(attempt, parser, { onResponse }) }
}

/** Consumes all batches, and ends them as an event stream does. */
async function consume(batches: EventBatches<TestEvent, string>) {
  const types: string[] = []
  try {
    for (;;) {
      const batch = await batches.next()
      if (batch.done === true) return { types, response: batch.value }
      for (const { type } of batch.value) types.push(type)
    }
  } finally {
    await batches.return(undefined as never)
  }
}

/** Consumes one batch. */
async function consumeBatch(batches: EventBatches<TestEvent, string>): Promise<string[]> {
  const { value } = await batches.next()
  return Array.from(value as Iterable<TestEvent>, ({ type }) => type)
}

describe('readEventStream', () => {
  it('yields the events of all frames and of the end, and returns the response', async () => {
    const { batches } = setUp([content('a') + content('b'), content('c') + COMPLETE])
    expect(await consume(batches)).toEqual({ types: ['a', 'b', 'c', 'complete', 'end'], response: 'response' })
  })

  it('passes the name, the data and the parsed value of each frame to the parser', async () => {
    const { batches, parser } = setUp(['event: ping\ndata: alive\n\n', COMPLETE])
    await consume(batches)
    expect(parser.frames).toEqual([
      { name: 'ping', data: 'alive', value: undefined, isLast: false },
      { name: '', data: '{"type":"complete","activity":"none"}', value: expect.anything() as unknown, isLast: false },
    ])
  })

  it('marks a frame that ends with the body, which may be cut', async () => {
    const { batches, parser } = setUp([COMPLETE, 'data: {"type":'])
    await consume(batches)
    expect(parser.frames.map(({ isLast }) => isLast)).toEqual([false, true])
  })

  it('reports the response before it yields the last events', async () => {
    const order: string[] = []
    const { batches } = setUp([COMPLETE], (response) => order.push(response))
    expect(await consumeBatch(batches)).toEqual(['complete'])
    expect(await consumeBatch(batches)).toEqual([])
    order.push(...(await consumeBatch(batches)))
    expect(order).toEqual(['response', 'end'])
  })

  describe('parses a batch while it is consumed', () => {
    it('decodes no frame ahead of the consumer', async () => {
      const { batches, parser } = setUp([content('a') + content('b') + content('c')])
      const batch = (await batches.next()).value as Iterable<TestEvent>
      expect(parser.frames).toHaveLength(0)
      const iterator = batch[Symbol.iterator]()
      expect(iterator.next().value).toMatchObject({ type: 'a' })
      expect(parser.frames).toHaveLength(1)
      expect(iterator.next().value).toMatchObject({ type: 'b' })
      expect(parser.frames).toHaveLength(2)
    })

    it('reads the next chunk only for the next batch', async () => {
      const { batches, readCount } = setUp([content('a'), content('b')])
      expect(await consumeBatch(batches)).toEqual(['a'])
      expect(readCount()).toBe(1)
      expect(await consumeBatch(batches)).toEqual(['b'])
      expect(readCount()).toBe(2)
    })
  })

  describe('the end marker [DONE]', () => {
    it.each([DONE, 'data:[DONE]\n\n', 'data:   [DONE] \n\n', 'data: [DONE]'])(
      'stops reading at the end marker %j and drains the connection',
      async (marker) => {
        const { batches, parser, calls } = setUp([content('a'), marker])
        expect(await consume(batches)).toEqual({ types: ['a', 'end'], response: 'response' })
        expect(parser.frames).toHaveLength(1)
        expect(calls).toEqual(['restartIdleTimer()', 'drain()'])
      },
    )

    it('ignores frames after the end marker', async () => {
      const { batches, parser } = setUp([content('a') + DONE + content('b'), content('c')])
      expect((await consume(batches)).types).toEqual(['a', 'end'])
      expect(parser.frames).toHaveLength(1)
    })

    it('ignores the end marker on a route that does not use it', async () => {
      const { attempt, calls } = fakeAttempt([content('a') + DONE, COMPLETE])
      const parser = Object.assign(new FakeParser(), { parseDoneSentinel: undefined }) as StreamParser<
        TestEvent,
        string
      >
      expect((await consume(readEventStream(attempt, parser, { onResponse: noop }))).types).toEqual([
        'a',
        'complete',
        'end',
      ])
      expect(calls.at(-1)).toBe('close()')
    })
  })

  describe('the timers of the attempt', () => {
    const timersAfter = async (...chunks: string[]): Promise<string[]> => {
      const { batches, calls } = setUp([...chunks, DONE])
      await consume(batches)
      return calls.slice(0, -1)
    }

    it('restarts the idle timer after a batch with content', async () => {
      expect(await timersAfter(content('a'), content('b') + content('c'))).toEqual([
        'restartIdleTimer()',
        'restartIdleTimer()',
      ])
    })

    it('restarts the timer in force after a batch with progress', async () => {
      expect(await timersAfter(progress('p'))).toEqual(['restartFirstByteTimer()'])
    })

    it('restarts no timer after a batch without content, such as a comment', async () => {
      expect(await timersAfter(': keep-alive\n\n', nothing('n'))).toEqual([])
    })

    it.each([
      ['before', progress('p') + content('a') + nothing('n')],
      ['after', content('a') + nothing('n') + progress('p')],
    ])('restarts the idle timer once for a batch with progress %s content', async (_, chunk) => {
      expect(await timersAfter(chunk)).toEqual(['restartIdleTimer()'])
    })

    it('limits the idle time to 5 s once the response is complete', async () => {
      expect(await timersAfter(content('a') + COMPLETE)).toEqual(['restartIdleTimer(5000)'])
    })

    it('does not extend the 5 s for batches without content', async () => {
      expect(await timersAfter(COMPLETE, ': keep-alive\n\n', nothing('n'))).toEqual(['restartIdleTimer(5000)'])
    })

    it('restarts the 5 s for content after the response is complete', async () => {
      expect(await timersAfter(COMPLETE, content('a'))).toEqual(['restartIdleTimer(5000)', 'restartIdleTimer(5000)'])
    })

    it('restarts the timer only after the consumer has read the batch', async () => {
      const { batches, calls } = setUp([content('a'), DONE])
      expect(await consumeBatch(batches)).toEqual(['a'])
      expect(calls).toEqual([])
      await batches.next()
      expect(calls).toEqual(['restartIdleTimer()'])
    })
  })

  describe('the partial response', () => {
    it('attaches the partial response to an error that a frame reports', async () => {
      const { batches, parser, calls } = setUp([content('a') + content('b')])
      const error = new ApiError('reported')
      parser.onFrame = ({ data }) => {
        if (data.includes('"b"')) throw error
      }
      expect(await rejectionOf(consume(batches))).toBe(error)
      expect(error.partial).toEqual({ text: '2 frames' })
      expect(calls).toEqual(['close()'])
    })

    it('attaches the partial response to an error between two batches', async () => {
      const error = new StreamInterruptedError('broke off')
      const { batches, calls } = setUp([content('a'), error])
      expect(await rejectionOf(consume(batches))).toBe(error)
      expect(error.partial).toEqual({ text: '1 frames' })
      expect(calls).toEqual(['restartIdleTimer()', 'close()'])
    })

    it('attaches the partial response to the error for a stream that ends too early', async () => {
      const { batches, calls } = setUp([content('a')])
      const error = await rejectionOf(consume(batches))
      expect(error).toMatchObject({ name: 'StreamInterruptedError', partial: { text: '1 frames' } })
      expect(calls).toEqual(['restartIdleTimer()', 'close()'])
    })

    it('keeps the partial response out of the JSON of the error', async () => {
      const { batches } = setUp([content('a'), new NetworkError('broke off')])
      expect(JSON.stringify(await rejectionOf(consume(batches)))).not.toContain('frames')
    })

    it('attaches nothing to the reason of an abort', async () => {
      const reason = new Error('changed my mind')
      const { batches } = setUp([content('a'), reason])
      expect(await rejectionOf(consume(batches))).toBe(reason)
      expect(reason).not.toHaveProperty('partial')
    })
  })

  describe('a connection that breaks', () => {
    it('returns the response when the connection breaks after it is complete', async () => {
      const { batches, calls } = setUp([content('a') + COMPLETE, new StreamInterruptedError('broke off')])
      expect(await consume(batches)).toEqual({ types: ['a', 'complete', 'end'], response: 'response' })
      expect(calls).toEqual(['restartIdleTimer(5000)', 'close()'])
    })

    it('rejects with the reason of an abort after the response is complete', async () => {
      const reason = new Error('changed my mind')
      const { batches } = setUp([COMPLETE, reason])
      expect(await rejectionOf(consume(batches))).toBe(reason)
    })

    it('names what is missing when the stream ends too early', async () => {
      const error = (await rejectionOf(consume(setUp([content('a')]).batches))) as Error
      expect(error.message).toContain('its last frame')
    })

    it('does not call a response incomplete of which nothing arrived', async () => {
      const error = (await rejectionOf(consume(setUp([]).batches))) as Error
      expect(error).toMatchObject({ name: 'StreamInterruptedError', endpoint: context.endpoint })
      expect(error.message).toBe('The stream ended before a response began.')
    })

    it('rejects with the JSON error that arrived instead of events', async () => {
      const error = await rejectionOf(consume(setUp(['{"error":"Model is ', 'unloaded."}']).batches))
      expect(error).toMatchObject({ name: 'ModelLoadError', code: 'model-unloaded' })
    })

    it('rejects with a StreamInterruptedError when other JSON arrived instead of events', async () => {
      const error = await rejectionOf(consume(setUp(['{"ok":true}']).batches))
      expect(error).toMatchObject({ name: 'StreamInterruptedError' })
    })
  })

  describe('a body of JSON instead of events', () => {
    const BODY = '{"text":"Seven"}'

    function setUpWhole(chunks: readonly string[]) {
      const order: unknown[] = []
      const { attempt, calls } = fakeAttempt(chunks)
      const parser = new FakeParser()
      const batches = readEventStream(attempt, parser, {
        onResponse: (response) => order.push(response),
        parseWhole: (body) => ({ events: [{ type: 'whole' }], response: JSON.stringify(body) }),
      })
      return { batches, parser, calls, order }
    }

    it('is parsed as a whole response, which is reported before its events', async () => {
      const { batches, parser, calls, order } = setUpWhole(['{"text":', '"Seven"}'])
      expect(await consumeBatch(batches)).toEqual([])
      expect(await consumeBatch(batches)).toEqual([])
      expect(await consumeBatch(batches)).toEqual([])
      order.push(...(await consumeBatch(batches)))
      expect(order).toEqual([BODY, 'whole'])
      expect(await batches.next()).toEqual({ done: true, value: BODY })
      expect(parser.frames).toEqual([])
      expect(calls).toEqual(['close()'])
    })

    it('is thrown if it reports an error', async () => {
      const { batches, parser, order } = setUpWhole(['{"error":"Model is unloaded."}'])
      expect(await rejectionOf(consume(batches))).toMatchObject({ name: 'ModelLoadError', code: 'model-unloaded' })
      expect(parser.frames).toEqual([])
      expect(order).toEqual([])
    })

    it('is ignored behind events', async () => {
      const { batches, order } = setUpWhole([content('a') + COMPLETE, BODY])
      expect((await consume(batches)).types).toEqual(['a', 'complete', 'end'])
      expect(order).toEqual(['response'])
    })

    it('is read as one event per line if it has several documents; other lines are skipped', async () => {
      const { batches, parser } = setUpWhole(['{"type":"a"}\n', 'ping\n{"type":"complete"}\n{"type":"b"}\n'])
      expect((await consume(batches)).types).toEqual(['a', 'complete', 'b', 'end'])
      expect(parser.frames[0]).toEqual({ name: '', data: '{"type":"a"}', value: { type: 'a' }, isLast: false })
      expect(parser.frames).toHaveLength(3)
    })

    it('passes on a line of JSON that is not whole, and whether it is the last one', async () => {
      const { batches, parser } = setUpWhole(['{"type":"a"}\n{"type":\n{"type":"complete"}\n{"ty'])
      await consume(batches)
      expect(parser.frames.map(({ data, isLast }) => [data, isLast])).toEqual([
        ['{"type":"a"}', false],
        ['{"type":', false],
        ['{"type":"complete"}', false],
        ['{"ty', true],
      ])
    })

    it('is read no further than the line that ends the response', async () => {
      const { batches, parser } = setUpWhole(['{"type":"a"}\n{"type":"complete"}\n{"type":"b"}\n'])
      parser.onFrame = ({ data }) => {
        if (data.includes('complete')) parser.isDone = true
      }
      expect((await consume(batches)).types).toEqual(['a', 'complete', 'end'])
    })
  })

  describe('the connection', () => {
    it('closes the connection when the consumer leaves', async () => {
      const { batches, calls } = setUp([content('a'), content('b')])
      await batches.next()
      await batches.return(undefined as never)
      expect(calls).toEqual(['close()'])
    })

    it('closes the connection when the body ends without an end marker', async () => {
      const { batches, calls } = setUp([COMPLETE])
      await consume(batches)
      expect(calls).toEqual(['restartIdleTimer(5000)', 'close()'])
    })

    it('drains the connection when the consumer leaves after the end marker', async () => {
      const { batches, calls } = setUp([DONE])
      expect(await consumeBatch(batches)).toEqual([])
      expect(await consumeBatch(batches)).toEqual(['end'])
      await batches.return(undefined as never)
      expect(calls).toEqual(['drain()'])
    })
  })
})

describe('throwReportedError', () => {
  const { attempt } = fakeAttempt([])
  const frameOf = (name: string, data: string, value?: unknown): Frame => ({ name, data, value, isLast: false })

  it.each<[string, Frame]>([
    ['an `error` in the data', frameOf('', '', { error: { message: 'Compute error.' } })],
    ['the data of an event named error', frameOf('error', '', { message: 'Compute error.' })],
    ['the text of an event named error', frameOf('error', 'Compute error.')],
    ['data with the type error', frameOf('message', '', { type: 'error', message: 'Compute error.' })],
  ])('throws the reported error for %s', (_, reported) => {
    expect(thrownBy(() => throwReportedError(reported, attempt))).toMatchObject({
      name: 'ModelLoadError',
      code: 'engine-crashed',
      status: 200,
      serverMessage: 'Compute error.',
    })
  })

  it.each<[string, Frame]>([
    ['a frame without an error', frameOf('', '', { choices: [] })],
    ['an error that is null', frameOf('message', '', { error: null })],
    ['text that mentions an error', frameOf('ping', 'error')],
  ])('throws no error for %s', (_, harmless) => {
    expect(throwReportedError(harmless, attempt)).toBeUndefined()
  })
})

describe('throwNotJSON', () => {
  const { attempt } = fakeAttempt([])

  it('throws an error for a frame that is not JSON, without quoting it', () => {
    const error = thrownBy(() => throwNotJSON({ name: '', data: 'secret', value: undefined, isLast: false }, attempt))
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'not-json', endpoint: context.endpoint })
    expect((error as Error).message).toBe('The stream sent an event that is not JSON.')
  })

  it.each([
    'error: Compute error.',
    'Error: Compute error.',
    ' [Error] Compute error.',
    'RuntimeError: Compute error.',
  ])('keeps the words of an error in plain text: %s', (data) => {
    for (const isLast of [false, true]) {
      expect(thrownBy(() => throwNotJSON({ name: '', data, value: undefined, isLast }, attempt))).toMatchObject({
        code: 'engine-crashed',
        serverMessage: expect.stringContaining('Compute error.') as string,
      })
    }
  })

  it.each(['the error: 7', '--- error', 'errorless'])('does not take %j for an error', (data) => {
    expect(throwNotJSON({ name: '', data, value: undefined, isLast: true }, attempt)).toBeUndefined()
  })

  it('throws no error for the last frame, which may be cut', () => {
    expect(throwNotJSON({ name: '', data: '{"a', value: undefined, isLast: true }, attempt)).toBeUndefined()
  })
})

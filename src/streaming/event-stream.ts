import { addCaller, captureCaller } from '../errors/caller-stack.js'
import { InvalidRequestError } from '../errors/errors.js'
import { abortError, ignore, isSignal, onAbort, throwIfAborted } from '../utils/abort.js'
import { toByteStream, toEventResponse, type ToResponseOptions } from './event-response.js'

/**
 * The events of a stream in batches, usually one batch per network read, and the response at the end. Leaving the stream
 * calls `return()`, so cleanup belongs in a `finally` block.
 */
export type EventBatches<Event, Response> = AsyncGenerator<Iterable<Event>, Response, void>

/**
 * A response while it is generated.
 *
 * @remarks
 * The request is sent when the stream is first read: by iterating over it or over `textStream`, by `toReadableStream()`
 * or by awaiting `response`. A stream has one consumer; a second iteration throws an {@link InvalidRequestError}. Nothing
 * is read from the network ahead of the consumer. Leaving the loop closes the connection, and LM Studio stops generating.
 */
export interface ResponseStream<Event, Response> extends AsyncIterable<Event> {
  /** Only the text of the response, delta by delta. */
  readonly textStream: AsyncIterable<string>
  /**
   * The complete response, the same that the call without streaming returns. Reads the stream to its end when nothing
   * else does. Rejects with the error that ended the stream; never causes an unhandled rejection by itself.
   */
  readonly response: Promise<Response>
  /**
   * Returns the events as a web stream of bytes, one line of JSON per event; canceling it closes the connection. An error is
   * the last line, `{ "type": "error", "error": … }`, and then fails the stream. {@link readEvents} reads it.
   */
  toReadableStream(): ReadableStream<Uint8Array>
  /**
   * Returns a response for your own server to send, which streams the events. Resolves once the first event has arrived, so
   * that an error before it becomes a response with a proper status (see {@link errorToResponse}); a later one is the last
   * event. If the client cancels, the connection is closed; an abort before the first event becomes a response with the
   * status 499. {@link readEvents} reads the response in the page.
   *
   * @throws {@link InvalidRequestError} the format does not exist, or the headers are invalid
   */
  toResponse(options?: ToResponseOptions): Promise<globalThis.Response>
  /** Ends the request. Iteration and `response` reject with `reason`, by default an `AbortError`. */
  abort(reason?: unknown): void
}

/** A stream of events with a response: what the public streams are made of. */
export interface EventStream<Event, Response> extends AsyncIterable<Event> {
  readonly response: Promise<Response>
  toReadableStream(): ReadableStream<Uint8Array>
  abort(reason?: unknown): void
  /** Iterates over what `select` returns for each event, without the events for which it returns `undefined`. */
  select<T>(select: (event: Event) => T | undefined): AsyncIterable<T>
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }

/**
 * Creates a stream that opens when it is first read and reads only as far as its consumer does.
 *
 * @remarks
 * A plain iterator instead of an async generator: a generator adds three turns of the microtask queue to every event,
 * which is most of what a small event may cost.
 *
 * @param open - opens the stream; its signal aborts when the caller aborts, or leaves while a read is pending
 */
export function createEventStream<Event, Response>(
  open: (signal: AbortSignal) => EventBatches<Event, Response> | Promise<EventBatches<Event, Response>>,
  callerSignal: AbortSignal | undefined,
): EventStream<Event, Response> {
  const caller = captureCaller(createEventStream)
  const controller = new AbortController()
  const { signal } = controller
  let stopFollowing = ignore
  let batches: EventBatches<Event, Response> | undefined
  /** The events that have arrived and are not consumed yet. */
  let buffered: Iterator<Event> | undefined
  let isOver = false
  let isConsumed = false
  /** What the consumer reads of an event; `undefined` for the event itself. */
  let selectValue: ((event: Event) => unknown) | undefined
  let isReading = false
  /** Reads that wait for an earlier one. */
  let queuedReads = 0
  let lastRead: Promise<unknown> = Promise.resolve()
  /** Whether the stream was aborted between two reads, so that the next read has to reject. */
  let hasPendingAbort = false

  let resolveResponse: (response: Response) => void
  let rejectResponse: (reason: unknown) => void
  const response = new Promise<Response>((resolve, reject) => {
    resolveResponse = resolve
    rejectResponse = reject
  })
  // The consumer gets the error from the iteration; a response that nothing awaits must not be an unhandled rejection.
  response.catch(ignore)

  /** Ends the batches; resolves when their cleanup is done. */
  async function close(): Promise<void> {
    isOver = true
    buffered = undefined
    stopFollowing()
    await batches?.return(undefined as never).catch(ignore)
  }

  function fail(error: unknown): unknown {
    // The reason of an abort belongs to the caller and stays as it is.
    const reason: unknown = signal.aborted ? signal.reason : addCaller(error, caller)
    rejectResponse(reason)
    void close()
    return reason
  }

  /** Takes effect at once: on events that have already arrived, and on a response that nothing iterates for. */
  function abort(reason: unknown): void {
    if (isOver) return
    controller.abort(reason)
    rejectResponse(reason)
    // A pending read rejects by itself. Without one, nothing may ever read again, yet the server must stop.
    if (isReading) return
    void close()
    hasPendingAbort = true
  }

  function nextBuffered(): IteratorResult<unknown, undefined> | undefined {
    while (buffered !== undefined) {
      const result = buffered.next()
      if (result.done === true) buffered = undefined
      else if (selectValue === undefined) return result
      else {
        const value = selectValue(result.value)
        if (value !== undefined) return { done: false, value }
      }
    }
    return undefined
  }

  async function readMore(): Promise<IteratorResult<unknown, undefined>> {
    try {
      if (batches === undefined) {
        throwIfAborted(callerSignal)
        // Not earlier: a stream that nothing reads must not hold on to the caller's signal.
        if (isSignal(callerSignal)) stopFollowing = onAbort(callerSignal, () => abort(callerSignal.reason))
        batches = await open(signal)
        throwIfAborted(signal)
      }
      for (;;) {
        const batch = await batches.next()
        throwIfAborted(signal)
        if (batch.done === true) {
          resolveResponse(batch.value)
          void close()
          return DONE
        }
        buffered = batch.value[Symbol.iterator]()
        const result = nextBuffered()
        if (result !== undefined) return result
      }
    } catch (error) {
      throw fail(error)
    } finally {
      isReading = false
    }
  }

  function next(): Promise<IteratorResult<unknown, undefined>> {
    return isReading || queuedReads > 0 ? queueRead() : read()
  }

  function read(): Promise<IteratorResult<unknown, undefined>> {
    if (hasPendingAbort) {
      hasPendingAbort = false
      return Promise.reject(signal.reason as Error)
    }
    if (isOver) return Promise.resolve(DONE)
    try {
      const result = nextBuffered()
      if (result !== undefined) return Promise.resolve(result)
    } catch (error) {
      return Promise.reject(fail(error) as Error)
    }
    isReading = true
    const reading = readMore()
    lastRead = reading.catch(ignore)
    return reading
  }

  /** Answers concurrent reads in their order. */
  function queueRead(): Promise<IteratorResult<unknown, undefined>> {
    queuedReads++
    const reading = lastRead.then(() => {
      queuedReads--
      return read()
    })
    lastRead = reading.catch(ignore)
    return reading
  }

  /** Ends the stream because its consumer has left. */
  async function cancel(reason: unknown = abortError('The stream was left before its end.')): Promise<typeof DONE> {
    rejectResponse(reason)
    const closed = close()
    // A pending read holds up the cleanup, so the request itself is aborted and the cleanup is not awaited.
    if (isReading) controller.abort(reason)
    else await closed
    return DONE
  }

  function consume<T>(select?: (event: Event) => T | undefined): AsyncIterableIterator<T, undefined> {
    if (isConsumed) {
      throw new InvalidRequestError('This stream is already being consumed.', {
        code: 'stream-taken',
      })
    }
    isConsumed = true
    selectValue = select
    const iterator: AsyncIterableIterator<T, undefined> = {
      next: next as () => Promise<IteratorResult<T, undefined>>,
      return: () => cancel(),
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  /** Reads the stream to its end for a caller that only awaits the response. */
  async function drain(): Promise<void> {
    // A caller that gets the response first and iterates right after it is the consumer.
    await Promise.resolve()
    await Promise.resolve()
    if (isConsumed) return
    const iterator = consume()
    while ((await iterator.next()).done !== true);
  }

  return {
    get response() {
      drain().catch(ignore)
      return response
    },
    [Symbol.asyncIterator]: () => consume<Event>(),
    select: (select) => ({ [Symbol.asyncIterator]: () => consume(select) }),
    toReadableStream: () => toByteStream(consume(), { format: 'ndjson', failsAfterError: true, cancel }),
    abort: (reason = abortError('The stream was aborted.')) => abort(reason),
  }
}

/** Creates a stream that opens when it is first read; its `text-delta` events are its text. */
export function createResponseStream<Event extends { readonly type: string }, Response>(
  open: (signal: AbortSignal) => EventBatches<Event, Response> | Promise<EventBatches<Event, Response>>,
  signal: AbortSignal | undefined,
): ResponseStream<Event, Response> {
  const events = createEventStream(open, signal)
  const stream = {
    [Symbol.asyncIterator]: events[Symbol.asyncIterator],
    textStream: events.select(textOf),
    toReadableStream: events.toReadableStream,
    toResponse: (options?: ToResponseOptions) =>
      toEventResponse(
        (format) => (format === 'text' ? events.select(textOf) : events)[Symbol.asyncIterator](),
        options,
        signal,
      ),
    abort: events.abort,
  }
  // Not enumerable, because reading it begins the request: printing or copying the stream must not.
  return Object.defineProperty(stream, 'response', { get: () => events.response }) as ResponseStream<Event, Response>
}

const textOf = (event: { readonly type: string; readonly text?: string }): string | undefined =>
  event.type === 'text-delta' ? event.text : undefined

/**
 * Calls `make` now; returns a function that returns its value or throws its error.
 *
 * @remarks
 * For streams, which check their request when they are created and throw what is wrong with it when they are read.
 */
export function deferError<T>(make: () => T): () => T {
  try {
    const value = make()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}

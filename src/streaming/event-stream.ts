import { InvalidRequestError } from '../errors/errors.js'
import { abortError, followSignal, ignore, throwIfAborted } from '../utils/abort.js'

/** Where the events of a stream come from. */
export interface EventSource<E, R> {
  /** The next event that is at hand, or `undefined` when {@link EventSource.fill} must run first, or all is over. */
  poll(): E | undefined
  /** Whether all is over: then `poll` gives nothing more and `result` may be asked. */
  readonly isDone: boolean
  /** Waits for more input. */
  fill(): Promise<void>
  result(): R
  /** Ends the source; called exactly once, in whichever way the stream ends. */
  close(reason?: unknown): void
}

/** A stream of events with a result: what the public streams are made of. */
export interface EventStream<E, R> extends AsyncIterable<E> {
  readonly response: Promise<R>
  toReadableStream(): ReadableStream<E>
  abort(reason?: unknown): void
  /** Like iterating, but only over what `select` gives for an event. */
  select<T>(select: (event: E) => T | undefined): AsyncIterable<T>
}

/**
 * Makes a stream that begins when it is first read and reads only as far as its consumer does.
 *
 * @remarks
 * A plain iterator instead of an async generator: a generator adds three turns of the microtask queue to every event,
 * which is most of what a small event may cost.
 */
export function createEventStream<E, R>(
  begin: (signal: AbortSignal) => Promise<EventSource<E, R>>,
  callerSignal: AbortSignal | undefined,
): EventStream<E, R> {
  const controller = new AbortController()
  const { signal } = controller
  let unlink = ignore
  let source: EventSource<E, R> | undefined
  let state: 'new' | 'open' | 'over' = 'new'
  let isTaken = false
  /** What the consumer wants of an event; `undefined` for the events themselves. */
  let selects: ((event: E) => unknown) | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let isBusy = false
  /** Reads that wait for an earlier one. */
  let followers = 0
  /** Whether the stream was aborted between two reads, and the next one has to say so. */
  let untold = false

  let resolveResponse: (response: R) => void
  let rejectResponse: (reason: unknown) => void
  const response = new Promise<R>((resolve, reject) => {
    resolveResponse = resolve
    rejectResponse = reject
  })
  // The error reaches the consumer through the iteration; a response nobody asked for must not be an unhandled one.
  response.catch(ignore)

  function end(reason?: unknown): void {
    if (state === 'over') return
    state = 'over'
    unlink()
    source?.close(reason)
  }

  function fail(error: unknown): never {
    rejectResponse(error)
    end(error)
    throw error
  }

  // Takes effect at once: also on events that are at hand already, and on a response nobody iterates for.
  signal.addEventListener(
    'abort',
    () => {
      rejectResponse(signal.reason)
      // Nobody may ever read again, yet the server must stop; whoever does read is told why.
      if (state !== 'open' || source === undefined || isBusy) return
      end(signal.reason)
      untold = true
    },
    { once: true },
  )

  /** The next event at hand, or what its consumer selects of the next ones. */
  function poll(source: EventSource<E, R>): unknown {
    if (selects === undefined) return source.poll()
    for (;;) {
      const event = source.poll()
      if (event === undefined) return undefined
      const value = selects(event)
      if (value !== undefined) return value
    }
  }

  async function pull(failure?: unknown): Promise<IteratorResult<unknown, undefined>> {
    try {
      if (failure !== undefined) throw failure
      if (state === 'new') {
        state = 'open'
        // Not before: a stream that nobody reads must hold on to nothing.
        unlink = followSignal(controller, callerSignal)
      }
      throwIfAborted(signal)
      if (source === undefined) {
        source = await begin(signal)
        // Left while the request was under way.
        if ((state as string) === 'over') source.close()
      }
      for (;;) {
        if ((state as string) === 'over') return DONE
        throwIfAborted(signal)
        const value = poll(source)
        if (value !== undefined) return { done: false, value }
        if (source.isDone) {
          resolveResponse(source.result())
          end()
          return DONE
        }
        await source.fill()
      }
    } catch (error) {
      return fail(signal.aborted ? signal.reason : error)
    }
  }

  function next(): Promise<IteratorResult<unknown, undefined>> {
    return isBusy || followers > 0 ? follow() : step()
  }

  function step(): Promise<IteratorResult<unknown, undefined>> {
    if (untold) {
      untold = false
      return Promise.reject(signal.reason as Error)
    }
    if (state === 'over') return Promise.resolve(DONE)
    if (source !== undefined && !signal.aborted) {
      try {
        const value = poll(source)
        if (value !== undefined) return Promise.resolve({ done: false, value })
      } catch (error) {
        return pull(error)
      }
    }
    isBusy = true
    const pulled = pull().finally(() => (isBusy = false))
    turn = pulled.catch(ignore)
    return pulled
  }

  /** Several reads at a time are answered in their order. */
  function follow(): Promise<IteratorResult<unknown, undefined>> {
    followers++
    const answer = turn.then(() => {
      followers--
      return step()
    })
    turn = answer.catch(ignore)
    return answer
  }

  function leave(reason?: unknown): Promise<IteratorReturnResult<undefined>> {
    if (state !== 'over') {
      const why = reason ?? abortError('The stream was left before its end.')
      rejectResponse(why)
      const wasOpening = state === 'open' && source === undefined
      end(why)
      // No source to close yet: the request itself is ended.
      if (wasOpening) controller.abort(why)
    }
    return Promise.resolve(DONE)
  }

  function take<T>(select?: (event: E) => T | undefined): AsyncIterableIterator<T, undefined> {
    if (isTaken) {
      throw new InvalidRequestError('This stream is being read already: it has one consumer.', {
        code: 'stream-taken',
        hint: 'Read it once; for the whole answer besides the events await `stream.response`.',
      })
    }
    isTaken = true
    selects = select
    const iterator: AsyncIterableIterator<T, undefined> = {
      next: next as () => Promise<IteratorResult<T, undefined>>,
      return: () => leave(),
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  async function drain(): Promise<void> {
    // Whoever asks for the response first and iterates right after is the consumer.
    await Promise.resolve()
    await Promise.resolve()
    if (isTaken) return
    const iterator = take()
    while ((await iterator.next()).done !== true);
  }

  return {
    get response() {
      if (!isTaken) drain().catch(ignore)
      return response
    },
    [Symbol.asyncIterator]: () => take<E>(),
    select: (select) => ({ [Symbol.asyncIterator]: () => take(select) }),
    toReadableStream() {
      const iterator = take<E>()
      return new ReadableStream<E>(
        {
          async pull(stream) {
            const { done, value } = await iterator.next()
            if (done === true) stream.close()
            else stream.enqueue(value)
          },
          cancel: (reason) => void leave(reason),
        },
        // Nothing is read ahead of whoever reads this.
        { highWaterMark: 0 },
      )
    },
    abort(reason = abortError('The stream was aborted.')) {
      if (state === 'over') return
      controller.abort(reason)
    },
  }
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }

import type { Log } from '../config/options.js'
import { ApiError, InvalidResponseError, NetworkError, StreamInterruptedError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import type { Attempt } from '../http/attempt.js'
import { hasError } from '../http/error-body.js'
import { errorFromResponse } from '../http/response-error.js'
import type { EventSource } from '../streaming/event-stream.js'
import { SSEDecoder } from '../streaming/sse-decoder.js'
import { parseJSON } from '../utils/json.js'
import { type Answered, warnOfSubstitution } from './model-substitution.js'
import type { RequestContext } from './run-generation.js'

const MAX_MARK_LENGTH = 16

/** Once only the end of the rest is missing, that is not worth a longer wait. Milliseconds. */
export const TAIL_MS = 5_000

/** Whether this is no event but OpenAI's word for the end. */
export const isDoneSentinel = (data: string): boolean => data.length < MAX_MARK_LENGTH && data.trim() === '[DONE]'

/**
 * Server-sent events of one answer as events of ours: what every streamed route has in common. A subclass reads one
 * event at a time (`take`) and says what the answer is (`finish`).
 */
export abstract class StreamSource<
  E,
  R extends Answered,
  A extends RequestContext = RequestContext,
> implements EventSource<E, R> {
  isDone = false
  protected readonly asked: A
  protected readonly exchange: Attempt
  protected readonly decoder: SSEDecoder = new SSEDecoder()
  /** Events for the consumer, in order. */
  protected readonly queue: E[] = []
  /** Something of an answer has come. */
  protected started = false
  /** The stream said that it is over; what follows is not read. */
  protected sawDone = false
  /** The body is over. */
  protected hasEnded = false
  #head = 0
  readonly #log: Log | undefined
  #result: R | undefined

  constructor(exchange: Attempt, asked: A, log: Log | undefined) {
    this.exchange = exchange
    this.asked = asked
    this.#log = log
  }

  /** Reads the data of one event (its name is `decoder.event`); adds to `queue`, sets `sawDone`, or throws. */
  protected abstract take(data: string): void
  /** The whole answer, when the mark came or the body ended; adds the last events to `queue`, or throws. */
  protected abstract finish(): R
  /** What had come so far, for an error to carry. */
  protected abstract partial(): unknown
  /** Whether the answer is whole already, whatever becomes of the connection. */
  protected abstract get isWhole(): boolean

  poll(): E | undefined {
    try {
      for (;;) {
        if (this.#head < this.queue.length) return this.queue[this.#head++]
        this.queue.length = this.#head = 0
        if (this.isDone) return undefined
        const data = this.sawDone ? undefined : this.decoder.next()
        if (data !== undefined) this.take(data)
        else if (this.sawDone || this.hasEnded) {
          this.#result = this.finish()
          warnOfSubstitution(this.#log, this.asked.model, this.#result)
          this.isDone = true
        } else return undefined
      }
    } catch (error) {
      throw this.#withPartial(error)
    }
  }

  async fill(): Promise<void> {
    try {
      const block = await this.exchange.read()
      if (block !== undefined) return this.decoder.push(block)
    } catch (error) {
      if (!this.isWhole || !NetworkError.isInstance(error)) throw this.#withPartial(error)
    }
    this.decoder.end()
    this.hasEnded = true
  }

  result(): R {
    return this.#result!
  }

  close(reason?: unknown): void {
    if (this.sawDone && this.isDone) this.exchange.drain()
    else this.exchange.close(reason)
  }

  /** Throws what an event says went wrong, under whatever name it came (wire reference 8.3). */
  protected throwError(data: string, value: unknown): void {
    const { context, status } = this.exchange
    if (hasError(value) || this.decoder.event === 'error')
      throw errorFromResponse({ status, body: value ?? data }, context)
  }

  /** Passes over an event that is no JSON when it is the rest of one that was cut; throws otherwise. */
  protected throwNotJSON(): void {
    if (this.hasEnded) return
    throw new InvalidResponseError('The stream sent an event that is not JSON.', {
      code: 'not-json',
      endpoint: this.exchange.context.endpoint,
    })
  }

  /** Why a stream may end without an ending; `what` is what is missing. */
  protected unfinished(what: string): Error {
    const { context, status } = this.exchange
    const { strayJSON } = this.decoder
    const body = strayJSON === undefined ? undefined : parseJSON(strayJSON)
    if (hasError(body)) return errorFromResponse({ status, body }, context)
    const how = this.started ? `without ${what}: the answer is not whole` : 'before anything of an answer came'
    return new StreamInterruptedError(`The stream ended ${how}.`, { endpoint: context.endpoint })
  }

  #withPartial(error: unknown): unknown {
    if (NetworkError.isInstance(error) || ApiError.isInstance(error)) attachHidden(error, 'partial', this.partial())
    return error
  }
}

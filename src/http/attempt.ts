import type { Platform } from '../browser/platform.js'
import { checkHeaders } from '../config/headers.js'
import type { CallOptions, Config } from '../config/options.js'
import { InvalidResponseError, TimeoutError } from '../errors/errors.js'
import { ignore, onAbort, throwIfAborted } from '../utils/abort.js'
import { AttemptTimers, type AttemptLimits } from './attempt-timers.js'
import { type BodySource, cancelBody, openForeignBody, toBytes, unreadableBody } from './body-source.js'
import { errorFromFetch } from './fetch-error.js'
import { rememberSecrets } from './foreign-text.js'
import type { RequestInfo } from './request-info.js'
import type { RequestSpec } from './request-spec.js'
import { createScrub } from './scrub.js'
import { bodyTaken, type OutgoingRequest, readToken, send } from './send.js'

/** Longest body that is read whole, in bytes: 64 MiB. Embeddings of thousands of texts stay far below. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024
/** Longest error body that is read, in bytes: 64 KiB. */
export const MAX_ERROR_BODY_BYTES = 64 * 1024
// The character codes of tab, line feed, carriage return and space.
const WHITE_SPACE = [9, 10, 13, 32]
// Enough to tell JSON, a web page and an event stream apart.
const PEEK_LENGTH = 16
// After the last content the end of the body is due at once; a connection that lingers longer is not reused.
const DRAIN_MS = 100
// A body that always has more at once, as a custom fetch can make it, would keep timers and aborts from running for ever.
const READS_PER_TURN = 8_192

// ofetch would accept JSON only, also where the response is a stream. This is what fetch itself accepts.
const JSON_HEADERS = { accept: '*/*', 'content-type': 'application/json' }

/** One HTTP exchange, from sending the request to the end of the body. */
export interface Attempt {
  readonly status: number
  readonly headers: Headers
  readonly isRedirect: boolean
  readonly context: RequestInfo
  /** When the request was sent, on the clock of `performance.now()`. */
  readonly sentAt: number
  /** Whether the attempt is over, for any reason. */
  readonly isOver: boolean
  /** Whether the body arrived as a whole, so that the arrival times of its parts are unknown. */
  readonly isBuffered?: boolean
  /** Runs exactly once, when the attempt is over. Set by the client for a stream that it hands over. */
  onEnd: () => void
  /** Resolves to the next bytes of the body, or to `undefined` at its end. Rejects with what ended the attempt. */
  read(): Promise<Uint8Array | undefined>
  /** Resolves to the first characters of the body, without white space before them; `read` returns them too. */
  peek(): Promise<string>
  /** Content arrived: from now on `idleTimeout` limits the silence, or `limitMs` where that is shorter. */
  restartIdleTimer(limitMs?: number): void
  /** The server reported progress: the silence counts from 0 under the limit in force. */
  restartFirstByteTimer(): void
  /** Resolves to the rest of the body. A body longer than `maxBytes` is an error, or is cut when `cut` is set. */
  text(maxBytes: number, cut?: boolean): Promise<string>
  /** Frees the connection: for reuse if the body ends within a moment, else by closing it. */
  drain(): void
  /** Closes the connection. */
  close(reason?: unknown): void
}

/** A request of a public call. */
export interface Call {
  readonly spec: RequestSpec
  readonly options: CallOptions
  readonly platform: Platform
}

/** Sends one request and resolves when the response begins. */
export async function openAttempt(config: Config, call: Call): Promise<Attempt> {
  const attempt = new HTTPAttempt(config, call)
  await attempt.send()
  return attempt
}

/** A class, unlike other owners of resources: one object per attempt is cheaper than a closure for each of its methods. */
class HTTPAttempt implements Attempt {
  status = 0
  headers!: Headers
  isRedirect = false
  context!: RequestInfo
  sentAt = 0
  isOver = false
  onEnd: () => void = ignore
  readonly #config: Config
  readonly #call: Call
  readonly #controller = new AbortController()
  readonly #timers: AttemptTimers
  readonly #stopFollowing: () => void
  #outgoing: OutgoingRequest | undefined
  #body: BodySource | undefined
  #readCount = 0
  /** The first half of a character that a chunk of text ended with. */
  #halfCharacter = ''
  /** The application's function that is awaited. */
  #waitingFor: string | undefined
  /** What `peek` has read. */
  #peeked: Uint8Array[] = []
  /** Rejects what is awaited of the platform or of the application. */
  #rejectPending: (reason: unknown) => void = ignore
  /** Whether the attempt was closed from this side on purpose, so that reading on is not an error. */
  #isClosed = false

  constructor(config: Config, call: Call) {
    this.#config = config
    this.#call = call
    const { spec } = call
    const { signal, timeout } = call.options
    let limits: AttemptLimits = { firstByte: config.generationTimeout, idle: config.idleTimeout }
    if (spec.kind === 'read') limits = { total: timeout ?? config.timeout }
    // A limit of this call bounds all of it, and so replaces the limit before the first byte.
    else if (timeout !== undefined) limits = { total: timeout, idle: config.idleTimeout }
    this.#timers = new AttemptTimers(
      limits,
      { request: `${spec.method} ${spec.route}`, endpoint: config.endpoint },
      (error) => this.#expire(error),
    )
    this.#stopFollowing = signal === undefined ? ignore : onAbort(signal, () => this.#abort(signal.reason))
    if (signal?.aborted === true) this.#abort(signal.reason)
  }

  async send(): Promise<void> {
    const config = this.#config
    const { spec, options, platform } = this.#call
    const { signal } = this.#controller
    try {
      const { apiToken = '' } = config
      const token = typeof apiToken === 'string' ? apiToken : await this.#readToken(apiToken)
      const extra =
        options.headers === undefined
          ? config.headers
          : { ...config.headers, ...checkHeaders(options.headers, 'the call option headers') }
      const headers = spec.body === undefined ? { ...extra } : { ...JSON_HEADERS, ...extra }
      const secrets = [token, ...Object.values(extra)]
      if (secrets.some(Boolean)) rememberSecrets(config, secrets)
      let scrub: RequestInfo['scrub'] | undefined
      this.context = {
        endpoint: config.endpoint,
        method: spec.method,
        route: spec.route,
        sentToken: token !== '' || 'authorization' in headers,
        // Made by the first error that needs it.
        scrub: (text) => (scrub ??= createScrub(secrets, [spec.body]))(text),
      }
      const { context } = this
      throwIfAborted(signal)
      this.sentAt = performance.now()
      this.#outgoing = {
        url: config.endpoint + spec.route,
        method: spec.method,
        headers,
        body: spec.body,
        signal,
        token,
        platformInit: platform.init,
        scrub: context.scrub,
        onIntercepted: ({ headers: sent, body }) => {
          scrub = createScrub([...secrets, ...sent.values()], [spec.body, body])
          this.context = { ...context, sentToken: context.sentToken || sent.has('authorization') }
        },
        onWaiting: (functionName) => (this.#waitingFor = functionName),
      }
      const response = await this.#untilAborted(send(config, this.#outgoing))
      if (response.bodyUsed || response.body?.locked === true) throw bodyTaken(config)
      this.status = response.status
      this.headers = response.headers
      this.isRedirect = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)
      this.#body =
        typeof response.body?.getReader === 'function'
          ? response.body.getReader()
          : openForeignBody(response, config.endpoint)
    } catch (error) {
      throw this.#fail(this.context === undefined ? error : errorFromFetch(error, this.context))
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    const { signal } = this.#controller
    if (signal.aborted) {
      if (!this.#isClosed) throw signal.reason
      return undefined
    }
    if (this.isOver || this.#peeked.length > 0) return this.#peeked.shift()
    this.#timers.resumeTimer()
    try {
      if (++this.#readCount % READS_PER_TURN === 0)
        await this.#untilAborted(new Promise((resolve) => setTimeout(resolve)))
      const { done, value } = await this.#untilAborted(this.#body!.read())
      if (signal.aborted) throw signal.reason
      if (done === true) this.#end()
      if (value instanceof Uint8Array || (done === true && value === undefined)) return value
      const bytes = typeof value === 'string' ? this.#encode(value) : toBytes(value)
      if (bytes === undefined) throw unreadableBody(this.context.endpoint)
      return bytes
    } catch (error) {
      throw this.#fail(errorFromFetch(error, this.context, true))
    } finally {
      this.#timers.pauseTimer()
    }
  }

  async peek(): Promise<string> {
    const chunks: Uint8Array[] = []
    let start = ''
    while (start.length < PEEK_LENGTH) {
      const chunk = await this.read()
      if (chunk === undefined) break
      // White space alone is not kept: some gateways send it to keep the connection open.
      if (start === '' && !hasContent(chunk)) continue
      chunks.push(chunk)
      start = decode(chunks)
        .slice(0, PEEK_LENGTH * 2)
        .trimStart()
    }
    this.#peeked = chunks
    return start
  }

  restartIdleTimer(limitMs?: number): void {
    this.#timers.restartIdleTimer(limitMs)
  }

  restartFirstByteTimer(): void {
    this.#timers.restartFirstByteTimer()
  }

  async text(maxBytes: number, cut = false): Promise<string> {
    const chunks: Uint8Array[] = []
    let hasBegun = false
    let size = 0
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) {
      size += chunk.length
      if (size > maxBytes) {
        this.close()
        if (cut) return decode([...chunks, chunk.subarray(0, chunk.length - (size - maxBytes))])
        const { endpoint, method, route } = this.context
        throw new InvalidResponseError(`The response is longer than ${maxBytes} bytes (${method} ${route}).`, {
          code: 'body-too-long',
          endpoint,
        })
      }
      chunks.push(chunk)
      // A body that is sent whole follows its first byte at once, so one idle limit covers all of it: a slow drip must not
      // last forever. Gateways send white space to keep a connection open; it does not count.
      if (!hasBegun && hasContent(chunk)) {
        hasBegun = true
        this.restartIdleTimer()
      }
    }
    return decode(chunks)
  }

  async drain(): Promise<void> {
    if (this.isOver) return
    this.onEnd()
    this.onEnd = ignore
    const timer = setTimeout(() => this.close(), DRAIN_MS)
    try {
      if ((await this.read()) !== undefined) this.close()
    } catch {
      // The response is complete, so an error at its end does not matter.
    } finally {
      clearTimeout(timer)
    }
  }

  close(reason?: unknown): void {
    if (this.isOver) return
    this.#isClosed = true
    this.#abort(reason)
  }

  /** Ends the attempt from this side: because of the caller's abort, a limit, or {@link Attempt.close}. */
  #abort(reason: unknown): void {
    this.#controller.abort(reason)
    this.#end()
    const abortReason: unknown = this.#controller.signal.reason
    this.#rejectPending(abortReason)
    // For a body that ignores the signal: canceling it ends a pending read.
    void cancelBody(this.#body ?? this.#outgoing?.response?.body, abortReason)
  }

  async #readToken(apiToken: () => unknown): Promise<string> {
    this.#waitingFor = 'function apiToken'
    const token = await this.#untilAborted(readToken(apiToken))
    this.#waitingFor = undefined
    return token
  }

  /** Ends the attempt because of a limit. A function of the application that hangs is not the fault of the server. */
  #expire(error: TimeoutError): void {
    const { limit, timeoutMs, endpoint } = error
    const { method, route } = this.#call.spec
    const message = `The ${this.#waitingFor} did not finish within ${timeoutMs} ms (\`${limit}\`, ${method} ${route}).`
    const isOurs = this.#waitingFor === undefined
    this.#abort(isOurs ? error : new TimeoutError(message, { code: 'function-timeout', limit, timeoutMs, endpoint }))
  }

  #encode(text: string): Uint8Array {
    const whole = this.#halfCharacter + text
    const isCut = /[\uD800-\uDBFF]$/.test(whole)
    this.#halfCharacter = isCut ? whole.slice(-1) : ''
    return new TextEncoder().encode(isCut ? whole.slice(0, -1) : whole)
  }

  /** Ends the attempt because of an error, and returns what the caller gets: the reason of an abort that came first. */
  #fail(error: unknown): unknown {
    this.#abort(error)
    return this.#controller.signal.reason
  }

  #end(): void {
    this.isOver = true
    this.#timers.stop()
    this.#stopFollowing()
    this.onEnd()
    this.onEnd = ignore
  }

  /** Settles as `promise` does, or rejects as soon as the attempt is aborted. */
  #untilAborted<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this.#controller
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) reject(signal.reason as Error)
      this.#rejectPending = reject
      promise.then(resolve, reject)
    })
  }
}

// Kept between calls: creating a decoder costs more than decoding a small body.
let wholeDecoder: TextDecoder | undefined

/** Whether a chunk holds anything but the white space of JSON. */
const hasContent = (chunk: Uint8Array): boolean => chunk.some((byte) => !WHITE_SPACE.includes(byte))

/** Decodes chunks that may cut a character. */
function decode(chunks: readonly Uint8Array[]): string {
  const [only] = chunks
  if (chunks.length === 1) return (wholeDecoder ??= new TextDecoder()).decode(only)
  const decoder = new TextDecoder()
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
}

import type { CallOptions, Config } from '../config/options.js'
import { InvalidResponseError } from '../errors/errors.js'
import { followSignal, ignore, raceAbort, throwIfAborted } from '../utils/abort.js'
import { type Limits, AttemptTimers } from './attempt-timers.js'
import { errorFromFetch } from './fetch-error.js'
import { askToken, currentFetch, prepare, send } from './send.js'
import type { RequestInfo, RequestSpec } from './types.js'

/** Longest body that is read whole, in bytes: 64 MiB. Embeddings of thousands of texts stay far below. */
export const MAX_BODY_BYTES: number = 64 * 1024 * 1024
/** Longest error body that is read, in bytes: 64 KiB. */
export const MAX_ERROR_BODY_BYTES: number = 64 * 1024
// Space; what lies below it are tabs and line ends.
const BLANK = 32
// After the last event of worth the end of the body is due at once; a connection that still lingers is not reused.
const DRAIN_MS = 100

/** One attempt whose answer has begun. */
export interface Attempt {
  readonly status: number
  readonly headers: Headers
  readonly isRedirect: boolean
  readonly context: RequestInfo
  /** Aborts when the attempt is ended from our side: by the caller, a limit, or {@link Attempt.close}. */
  readonly signal: AbortSignal
  /** When the request was sent, on the clock of `performance.now()`. */
  readonly sentAt: number
  /** The next block of the body, `undefined` at its end. Rejects with what ended the attempt. */
  read(): Promise<Uint8Array | undefined>
  /** Something of worth has come: the silence is over, and from now on `idleTimeout` is the limit, or less if given. */
  feed(silence?: number): void
  /** The server says how far it is: the silence begins anew, under the limit that holds. */
  restart(): void
  /** The consumer has got something to do that ends no silence: until the next read its time does not count. */
  pause(): void
  /** The rest of the body as text. One that is longer than `maxBytes` is an error, or cut when `cut` is set. */
  text(maxBytes: number, cut?: boolean): Promise<string>
  /** The end is known: lets the connection be reused if the body ends too, closes it otherwise. */
  drain(): void
  /** Closes the connection. */
  close(reason?: unknown): void
}

/** Sends one request and waits for the answer to begin. */
export async function openAttempt(config: Config, spec: RequestSpec, options: CallOptions): Promise<Attempt> {
  const controller = new AbortController()
  const { signal } = controller
  const unlink = followSignal(controller, options.signal)
  const watchdog = new AttemptTimers(
    limitsOf(config, spec, options),
    `${spec.method} ${spec.route}`,
    config.endpoint,
    (error) => controller.abort(error),
  )
  const release = (): void => {
    watchdog.stop()
    unlink()
  }
  let context: RequestInfo | undefined
  try {
    const { apiToken } = config
    const token = typeof apiToken === 'function' ? await raceAbort(askToken(apiToken), signal) : (apiToken ?? '')
    const preparation = prepare(config, spec, options, token)
    context = preparation.context
    throwIfAborted(signal)
    const sentAt = performance.now()
    const sending = send(currentFetch(config), config.endpoint + spec.route, {
      method: spec.method,
      headers: preparation.headers,
      signal,
      ...(spec.body === undefined ? {} : { body: spec.body }),
    })
    // A fetch that does not listen to the signal may still answer after we have left.
    sending.then((late) => (signal.aborted ? late?.body?.cancel() : undefined)).catch(ignore)
    const response = checkResponse(await raceAbort(sending, signal), context)
    return createAttempt(response, { config, context, controller, watchdog, release, sentAt })
  } catch (error) {
    release()
    if (signal.aborted) throw signal.reason
    throw context === undefined ? error : errorFromFetch(error, context)
  }
}

function limitsOf(config: Config, spec: RequestSpec, options: CallOptions): Limits {
  if (spec.kind === 'read') return { total: options.timeout ?? config.timeout }
  // A limit given for this call bounds the whole of it, and so replaces the one for its beginning.
  if (options.timeout !== undefined) return { total: options.timeout, idle: config.idleTimeout }
  return { first: config.generationTimeout, idle: config.idleTimeout }
}

interface AttemptState {
  readonly config: Config
  readonly context: RequestInfo
  readonly controller: AbortController
  readonly watchdog: AttemptTimers
  readonly release: () => void
  readonly sentAt: number
}

function createAttempt(response: Response, attempt: AttemptState): Attempt {
  const { context, controller, watchdog, sentAt } = attempt
  const { signal } = controller
  // React Native has no `body`; there the whole of it is one block.
  const reader = response.body?.getReader()
  let ended = false
  let idle: number | undefined

  // Also for a body that does not listen to the signal: cancelling it ends a read that is under way.
  const onAbort = (): void => void reader?.cancel(signal.reason).catch(ignore)
  signal.addEventListener('abort', onAbort, { once: true })

  const finish = (): void => {
    ended = true
    signal.removeEventListener('abort', onAbort)
    attempt.release()
  }

  async function read(): Promise<Uint8Array | undefined> {
    if (ended) return undefined
    watchdog.wait()
    try {
      const { done, value } = reader === undefined ? await wholeBody(response) : await reader.read()
      if (signal.aborted) throw signal.reason
      if (reader !== undefined && !done) return typeof value === 'string' ? new TextEncoder().encode(value) : value
      finish()
      return value
    } catch (error) {
      finish()
      throw signal.aborted ? signal.reason : errorFromFetch(error, context, true)
    }
  }

  const feed = (silence = Infinity): void => {
    watchdog.feed()
    const limit = Math.min(silence, attempt.config.idleTimeout)
    if (limit !== idle) watchdog.limit('idleTimeout', (idle = limit))
  }

  const close = (reason?: unknown): void => {
    if (ended) return
    finish()
    reader?.cancel(reason).catch(ignore)
    controller.abort(reason)
  }

  return {
    signal,
    status: response.status,
    headers: response.headers,
    isRedirect: response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400),
    context,
    sentAt,
    read,
    close,
    feed,
    restart: () => watchdog.feed(),
    pause: () => watchdog.pause(),
    async text(maxBytes, cut = false) {
      const blocks: Uint8Array[] = []
      let hasBegun = false
      let size = 0
      for (let block = await read(); block !== undefined; block = await read()) {
        size += block.length
        if (size > maxBytes) {
          close()
          if (cut) return decode([...blocks, block.subarray(0, block.length - (size - maxBytes))])
          throw new InvalidResponseError(
            `The answer to ${context.method} ${context.route} is longer than ${maxBytes} bytes.`,
            { code: 'body-too-long', endpoint: context.endpoint },
          )
        }
        blocks.push(block)
        // What is sent in one piece follows its beginning at once: one limit for all of the rest, or a drip would never end.
        // Gateways send blanks to keep a connection open: they are no beginning.
        if (!hasBegun && block.some((byte) => byte > BLANK)) {
          hasBegun = true
          feed()
        }
      }
      return decode(blocks)
    },
    drain() {
      if (ended) return
      const timer = setTimeout(close, DRAIN_MS)
      read()
        .then((block) => (block === undefined ? undefined : close()))
        .catch(ignore)
        .finally(() => clearTimeout(timer))
    },
  }
}

// Kept between calls: making a decoder costs more than decoding a small answer.
let wholeText: TextDecoder | undefined

/** The blocks as text, cut as they may be. */
function decode(blocks: readonly Uint8Array[]): string {
  const [only] = blocks
  if (blocks.length === 1) return (wholeText ??= new TextDecoder()).decode(only)
  const utf8 = new TextDecoder()
  return blocks.map((block) => utf8.decode(block, { stream: true })).join('') + utf8.decode()
}

/** A fetch that was given as an option may give anything. */
function checkResponse(response: Response, { endpoint }: RequestInfo): Response {
  if (typeof response?.status === 'number' && typeof response.headers?.get === 'function') return response
  throw new InvalidResponseError('What fetch gave is no Response.', {
    code: 'not-a-response',
    endpoint,
    hint: 'Mend the function that was passed as the option `fetch`.',
  })
}

async function wholeBody(response: Response): Promise<{ done: true; value: Uint8Array }> {
  return { done: true, value: new Uint8Array(await response.arrayBuffer()) }
}

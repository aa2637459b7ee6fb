import { InvalidRequestError, InvalidResponseError, StreamInterruptedError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { MAX_LINE_LENGTH, SSEDecoder } from '../streaming/sse-decoder.js'
import { ignore, isSignal, onAbort, throwIfAborted } from '../utils/abort.js'
import { isObject, parseJSON } from '../utils/json.js'
import type { CompletionEvent } from './types.js'

/** Options of {@link readEvents}. */
export interface ReadEventsOptions {
  /** Ends reading; the iteration rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

// The last event of a complete stream: of a completion, of the other routes, and of a tool loop.
const LAST_EVENT = /^(completion|response|chat|step)-end$/
const MAX_ERROR_LENGTH = 64 * 1024
// What a server-sent event of this library begins with: the name of a field, or a comment.
const SSE_START = /^(data|event|id|retry)?:/
const SSE_START_LENGTH = 'event:'.length

/**
 * Reads the events of a response that `toResponse()` or `toReadableStream()` made: in a page, from its own server.
 *
 * @remarks
 * The body shows whether it consists of server-sent events or of lines of JSON. Leaving the loop cancels the response, and the server
 * behind it stops generating. Nothing limits the silence between two events: pass a `signal` for that.
 *
 * @throws the error that the server wrote into the stream, or that {@link errorToResponse} made of it, restored by
 * {@link ProviderError.fromJSON}
 * @throws {@link StreamInterruptedError} the body broke, or ended without its last event
 * @throws {@link InvalidResponseError} the body does not hold events, for example with the format `text`
 * @throws {@link InvalidRequestError} the argument is neither a response nor a stream, or was read before
 *
 * @example
 * ```ts
 * const response = await fetch('/api/chat', { method: 'POST', body: JSON.stringify({ prompt }) })
 * for await (const event of readEvents(response)) if (event.type === 'text-delta') show(event.text)
 * ```
 */
export async function* readEvents<Event extends { readonly type: string } = CompletionEvent>(
  source: Response | ReadableStream<Uint8Array>,
  options: ReadEventsOptions = {},
): AsyncGenerator<Event, void, undefined> {
  const signal = checkSignal(options)
  throwIfAborted(signal)
  const isResponse = typeof (source as Partial<Response> | null | undefined)?.status === 'number'
  if (isResponse && !(source as Response).ok) throw await readError(source as Response, signal)
  const body = isResponse ? (source as Response).body : (source as ReadableStream<Uint8Array>)
  if (typeof body?.getReader !== 'function' || body.locked || (isResponse && (source as Response).bodyUsed)) {
    throw new InvalidRequestError('readEvents needs a response, or a stream of bytes, that was not read before.', {
      hint: 'Pass the result of fetch(), and do not read its body elsewhere.',
    })
  }
  const reader = body.getReader()
  const stopFollowing = signal && onAbort(signal, () => void reader.cancel(signal.reason).catch(ignore))
  const lines = new EventLines()
  let last = ''
  let isComplete = false
  try {
    for (;;) {
      const { done, value } = await read(reader, signal)
      if (!done && !ArrayBuffer.isView(value)) throw noBytes()
      for (const text of done ? lines.end() : lines.push(value)) {
        if (text === '[DONE]') {
          isComplete = true
          continue
        }
        const event = toEvent(text, done)
        if (event.type === 'error') throw ProviderError.fromJSON(event['error'])
        last = event.type
        yield event as unknown as Event
      }
      if (done) break
    }
    if (isComplete || (!lines.isSSE && LAST_EVENT.test(last))) return
    throw endedEarly()
  } finally {
    stopFollowing?.()
    // Also ends a response that is left before its end. Not awaited: the source may never confirm it.
    reader.cancel().catch(ignore)
  }
}

const noBytes = (): InvalidRequestError =>
  new InvalidRequestError('The stream passed to readEvents does not contain bytes.', {
    hint: 'Pass the bytes as they arrive, without a TextDecoderStream or another transform.',
  })

function checkSignal(options: ReadEventsOptions): AbortSignal | undefined {
  if (isObject(options) && (options.signal === undefined || isSignal(options.signal))) return options.signal
  throw new InvalidRequestError('The options of readEvents must be an object, and its `signal` an AbortSignal.')
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<{ readonly done: false; readonly value: Uint8Array } | { readonly done: true; readonly value?: undefined }> {
  try {
    const { done, value } = await reader.read()
    throwIfAborted(signal)
    return done ? { done } : { done, value }
  } catch (cause) {
    throwIfAborted(signal)
    throw new StreamInterruptedError('The connection broke while the response was read.', { cause })
  }
}

/** Splits bytes into the JSON of events, in either of the two formats. */
class EventLines {
  isSSE = false
  // Whether anything but white space arrived.
  #hasBegun = false
  #rest = ''
  readonly #decoder = new SSEDecoder()
  readonly #utf8 = new TextDecoder()

  push(bytes: Uint8Array): Iterable<string> {
    // The decoder leaves out a byte order mark.
    return this.#push(this.#utf8.decode(bytes, { stream: true }), false)
  }

  end(): Iterable<string> {
    return this.#push(this.#utf8.decode(), true)
  }

  #push(text: string, isEnd: boolean): Iterable<string> {
    if (!this.#hasBegun) {
      this.#rest = (this.#rest + text).trimStart()
      // Too short to recognize the format.
      if (!isEnd && !this.#rest.startsWith('{') && this.#rest.length < SSE_START_LENGTH) return []
      if (this.#rest === '') return []
      this.#hasBegun = true
      this.isSSE = SSE_START.test(this.#rest)
      if (!this.isSSE && !this.#rest.startsWith('{')) throw noEvents()
      text = this.#rest
      this.#rest = ''
    }
    if (!this.isSSE) return this.#lines(isEnd ? `${text}\n` : text)
    this.#decoder.push(new TextEncoder().encode(text))
    if (isEnd) this.#decoder.end()
    return this.#frames()
  }

  #frames(): Iterable<string> {
    const frames: string[] = []
    for (let data = this.#decoder.next(); data !== undefined; data = this.#decoder.next()) frames.push(data)
    return frames
  }

  #lines(text: string): Iterable<string> {
    // Only appended to until a line ends, so that a line in many chunks costs linear time.
    this.#rest += text
    if (!text.includes('\n')) {
      if (this.#rest.length > MAX_LINE_LENGTH) throw tooLong()
      return []
    }
    const lines = this.#rest.split('\n')
    this.#rest = lines.pop()!
    return lines.filter((line) => line.trim() !== '')
  }
}

const tooLong = (): InvalidResponseError =>
  new InvalidResponseError(`The response has a line of more than ${MAX_LINE_LENGTH} characters.`, {
    code: 'line-too-long',
  })

function toEvent(text: string, isEnd: boolean): { readonly type: string; readonly [key: string]: unknown } {
  const event = parseJSON(text)
  // Cut within an event.
  if (isEnd && event === undefined) throw endedEarly()
  if (isObject(event) && typeof event['type'] === 'string') return event as { readonly type: string }
  throw noEvents()
}

const endedEarly = (): StreamInterruptedError => new StreamInterruptedError('The response ended before its last event.')

const noEvents = (): InvalidResponseError =>
  new InvalidResponseError('The response does not contain events of this library.', {
    hint: 'Return `stream.toResponse()` from the server, with the format sse or ndjson.',
  })

/** Restores the error that {@link errorToResponse} made; otherwise names the status. */
async function readError(response: Response, signal: AbortSignal | undefined): Promise<ProviderError> {
  const body = parseJSON((await readText(response, signal)).slice(0, MAX_ERROR_LENGTH))
  if (isObject(body) && isObject(body['error']) && typeof body['error']['code'] === 'string') {
    return ProviderError.fromJSON(body['error'])
  }
  return new InvalidResponseError(`The response has the status ${response.status} instead of events.`, {
    status: response.status,
    hint: 'Look at the log of your own server, and return `errorToResponse(error)` from it.',
  })
}

/** Reads a body as text, as far as it comes; an abort cancels it. */
async function readText(response: Response, signal: AbortSignal | undefined): Promise<string> {
  if (response.body === null || response.bodyUsed || response.body.locked) return ''
  const reader = response.body.getReader()
  const stopFollowing = signal && onAbort(signal, () => void reader.cancel(signal.reason).catch(ignore))
  const utf8 = new TextDecoder()
  let text = ''
  try {
    while (text.length < MAX_ERROR_LENGTH) {
      const { done, value } = await read(reader, signal)
      if (done) break
      text += utf8.decode(value, { stream: true })
    }
  } catch {
    throwIfAborted(signal)
  } finally {
    stopFollowing?.()
    // Not awaited: the source may never confirm it.
    reader.cancel().catch(ignore)
  }
  return text
}

import type { HeadersLike } from '../config/options.js'
import { errorToResponse } from '../errors/error-response.js'
import { InvalidRequestError, InvalidResponseError } from '../errors/errors.js'
import { ProviderError } from '../errors/provider-error.js'
import { isAbortOf } from '../utils/abort.js'

/**
 * How events are written: `sse` as server-sent events, `ndjson` as one JSON document per line, `text` as the plain text of
 * the response alone.
 */
export type EventFormat = 'sse' | 'ndjson' | 'text'

/** Options of `toResponse`. */
export interface ToResponseOptions {
  /** @default 'sse' */
  readonly format?: EventFormat | undefined
  /** Additional headers of the response. They win over those of the format. */
  readonly headers?: HeadersLike | undefined
}

const CONTENT_TYPES: Readonly<Record<EventFormat, string>> = {
  sse: 'text/event-stream; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  text: 'text/plain; charset=utf-8',
}

interface ByteStreamOptions {
  readonly format: EventFormat
  /** A read that was made before. */
  readonly first?: IteratorResult<unknown, unknown>
  /** Whether the stream also fails after an error was written into it. */
  readonly failsAfterError: boolean
  /** Ends the source. @default the `return()` of the iterator */
  readonly cancel?: (reason: unknown) => unknown
}

/**
 * Writes events, or texts, as bytes. An error becomes the last event, `{ "type": "error", "error": … }`. Nothing is read ahead
 * of the consumer; canceling the stream ends the iterator.
 */
export function toByteStream(
  iterator: AsyncIterator<unknown>,
  { format, first, failsAfterError, cancel = () => iterator.return?.() }: ByteStreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let pending = first
  let failure: { readonly error: unknown } | undefined

  /** The first half of a character whose other half comes with the next text. */
  let half = ''

  function write(value: unknown): Uint8Array {
    if (format !== 'text') return encoder.encode(frame(value, format))
    const text = half + String(value)
    half = /[\uD800-\uDBFF]$/.exec(text)?.[0] ?? ''
    return encoder.encode(text.slice(0, text.length - half.length))
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        if (failure !== undefined) throw failure.error
        try {
          for (;;) {
            const { done, value } = pending ?? (await iterator.next())
            pending = undefined
            if (done === true) break
            const bytes = write(value)
            // A consumer waits until it gets bytes.
            if (bytes.length > 0) return stream.enqueue(bytes)
          }
          if (half !== '') stream.enqueue(encoder.encode(half))
          if (format === 'sse') stream.enqueue(encoder.encode('data: [DONE]\n\n'))
          stream.close()
        } catch (error) {
          // The reason of the caller's abort belongs to the caller. A plain text has no place for an error.
          if (!ProviderError.isInstance(error) || format === 'text') throw error
          stream.enqueue(write({ type: 'error', error: error.toJSON() }))
          if (failsAfterError) failure = { error }
          else stream.close()
        }
      },
      cancel: async (reason) => void (await cancel(reason)),
    },
    { highWaterMark: 0 },
  )
}

function frame(event: unknown, format: 'sse' | 'ndjson'): string {
  let json: string
  try {
    json = JSON.stringify(event)
  } catch (cause) {
    throw new InvalidResponseError('An event of the stream cannot be expressed as JSON.', {
      cause,
      hint: 'Return only values from your tools that JSON can express, or read the stream where it is created.',
    })
  }
  return format === 'sse' ? `data: ${json}\n\n` : `${json}\n`
}

/**
 * Resolves to a response that streams events, or texts, once the first of them has arrived. An error before that, and an abort,
 * becomes a response with its status.
 *
 * @param open - begins to read: the events, or for the format `text` the texts
 * @param signal - the caller's
 */
export async function toEventResponse(
  open: (format: EventFormat) => AsyncIterator<unknown>,
  options: ToResponseOptions = {},
  signal?: AbortSignal,
): Promise<Response> {
  if (typeof options !== 'object' || options === null)
    throw new InvalidRequestError('The options of toResponse must be an object.')
  const { format = 'sse', headers }: ToResponseOptions = options
  if (!Object.hasOwn(CONTENT_TYPES, format)) {
    throw new InvalidRequestError('The option `format` of toResponse must be one of: sse, ndjson, text.')
  }
  // Before the request: a mistake in them must not cost a generation.
  const all = readHeaders(headers)
  let iterator: AsyncIterator<unknown>
  let first: IteratorResult<unknown, unknown>
  try {
    iterator = open(format)
    first = await iterator.next()
  } catch (error) {
    if (!ProviderError.isInstance(error) && !isAbortOf(error, signal)) throw error
    return errorToResponse(error, { headers: withoutContentType(all), signal })
  }
  const defaults = {
    'content-type': CONTENT_TYPES[format],
    'cache-control': 'no-store',
    // Otherwise nginx buffers the response, which holds back the stream.
    'x-accel-buffering': 'no',
  }
  for (const [name, value] of Object.entries(defaults)) if (!all.has(name)) all.set(name, value)
  return new Response(toByteStream(iterator, { format, first, failsAfterError: false }), { headers: all })
}

function readHeaders(headers: HeadersLike | undefined): Headers {
  try {
    return new Headers(headers)
  } catch (cause) {
    throw new InvalidRequestError('The option `headers` of toResponse is invalid.', {
      cause,
      code: 'invalid-headers',
    })
  }
}

function withoutContentType(headers: Headers): Headers {
  const rest = new Headers(headers)
  rest.delete('content-type')
  return rest
}

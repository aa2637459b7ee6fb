import { isObject, parseJSON } from '../../utils/json.js'

/** One HTTP exchange, with the bytes of the response as text. */
export interface Exchange {
  /** The probe that made it. */
  readonly probe: string
  readonly method: string
  readonly path: string
  readonly requestHeaders: Headers
  readonly requestBody: unknown
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Whether the response arrived up to its end. It does not when the client cancels. */
  readonly isComplete: boolean
  /** Time from the request to the headers and to the first byte of the body, in ms. */
  readonly headersMs: number
  readonly firstByteMs: number | undefined
}

/** Longest response that is recorded, in characters. The library reads the rest. */
const MAX_RECORDED = 4_000_000

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export interface Recorder {
  readonly fetch: typeof globalThis.fetch
  readonly exchanges: readonly Exchange[]
  /** Returns the exchange of a response of `fetch`. Its text grows while the response is read. */
  readonly exchangeOf: (response: Response) => Exchange
  /** Names the probe that the next exchanges belong to. */
  readonly begin: (probe: string) => void
}

/** Records what passes through a `fetch`. */
export function createRecorder(innerFetch: typeof globalThis.fetch): Recorder {
  const exchanges: Exchange[] = []
  const byResponse = new WeakMap<Response, Exchange>()
  let probe = ''

  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(request.url)
    const start = performance.now()
    const response = await innerFetch(input, init)
    const exchange: Writable<Exchange> = {
      probe,
      method: request.method,
      path: pathname + search,
      requestHeaders: request.headers,
      requestBody: typeof init?.body === 'string' ? parseJSON(init.body) : undefined,
      status: response.status,
      headers: response.headers,
      text: '',
      isComplete: response.body === null,
      headersMs: performance.now() - start,
      firstByteMs: undefined,
    }
    exchanges.push(exchange)
    if (response.body === null) {
      byResponse.set(response, exchange)
      return response
    }
    const decoder = new TextDecoder()
    const body = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          exchange.firstByteMs ??= performance.now() - start
          if (exchange.text.length < MAX_RECORDED) exchange.text += decoder.decode(chunk, { stream: true })
          controller.enqueue(chunk)
        },
        flush() {
          exchange.isComplete = true
        },
      }),
    )
    const { status, statusText, headers } = response
    const recorded = new Response(body, { status, statusText, headers })
    byResponse.set(recorded, exchange)
    return recorded
  }
  return {
    fetch,
    exchanges,
    exchangeOf: (response) => byResponse.get(response)!,
    begin: (name) => {
      probe = name
    },
  }
}

/** Returns the body as an object; an empty one for anything else. */
export function bodyOf({ text }: Exchange): Record<string, unknown> {
  const body = parseJSON(text)
  return isObject(body) ? body : {}
}

/** A server-sent event, read independently of the library. */
export interface Frame {
  readonly event: string | undefined
  readonly data: string
}

/** Returns the events of a stream. */
export function framesOf({ text }: Exchange): Frame[] {
  return text
    .split(/\r?\n\r?\n/)
    .map((block) => {
      const lines = block.split(/\r?\n/)
      const valuesOf = (field: string): string[] =>
        lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).trimStart())
      return { event: valuesOf('event')[0], data: valuesOf('data').join('\n') }
    })
    .filter(({ data }) => data !== '')
}

/** Returns the JSON of a stream's events, without `[DONE]`. */
export function chunksOf(exchange: Exchange): Record<string, unknown>[] {
  return framesOf(exchange)
    .map(({ data }) => parseJSON(data))
    .filter(isObject)
}

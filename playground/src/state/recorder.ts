import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { takeLabel } from './recorder-label.js'

/** A chunk of a response body. */
export interface Chunk {
  /** Time since the request started, in ms. */
  readonly at: number
  readonly text: string
}

/** Times since the request started, in ms. */
export interface Timing {
  /** `fetch` was called. */
  readonly sent?: number
  /** Status and headers arrived. */
  readonly headers?: number
  readonly firstByte?: number
  readonly end?: number
}

/**
 * - `pending`: no response yet
 * - `headers`: status and headers arrived, the body was not read yet
 * - `failed`: no response, or the connection broke
 * - `aborted`: by the signal of the request
 * - `canceled`: the reader canceled the body
 * - `opaque`: the browser hides the response from the page
 */
export type Outcome = 'pending' | 'headers' | 'streaming' | 'complete' | 'opaque' | 'failed' | 'aborted' | 'canceled'

type HeaderList = readonly (readonly [name: string, value: string])[]

/** The state of an exchange. */
export interface Progress {
  readonly outcome: Outcome
  readonly timing: Timing
  readonly status?: number
  readonly statusText?: string
  readonly responseHeaders?: HeaderList
  /** Size of the body so far. */
  readonly bytes: number
  /** Bytes beyond the recording limit. */
  readonly droppedBytes: number
  readonly error?: string
}

/** A request and its response. */
export interface Exchange {
  /** Counts from 1. */
  readonly id: number
  readonly method: string
  readonly url: string
  readonly startedAt: Date
  /** Secrets are redacted. */
  readonly requestHeaders: HeaderList
  /** `undefined` for a request without a text body. */
  readonly requestBody: string | undefined
  readonly requestBodyBytes: number
  /** Whether `requestBody` was truncated. */
  readonly isBodyTruncated: boolean
  /** A periodic health check of the page itself. */
  readonly isBackground: boolean
  readonly isMock: boolean
  /** The label of the call that sent the request: see request-link.ts. */
  readonly label: string | undefined
  /** The `targetAddressSpace` of the request, which Chromium needs for local addresses. */
  readonly addressSpace: string | undefined
  readonly progress: ReadonlySignal<Progress>
  /** The response body so far. The array grows in place; subscribe to `chunkCount`. */
  readonly chunks: readonly Chunk[]
  /** Updated at most once per frame. */
  readonly chunkCount: ReadonlySignal<number>
}

const MAX_EXCHANGES = 200
const MAX_REQUEST_BODY = 4_000_000
// 10,000 tokens of a chat stream are about 3 MB.
const MAX_RESPONSE_BYTES = 8_000_000
const MAX_TOTAL = 24_000_000

const SECRET_HEADER = /authori[sz]ation|cookie|token|secret|api-?key|password|session/i

const recorded = signal<readonly Exchange[]>([])

/** The recorded requests, oldest first. Beyond 200 requests or 24 million characters the oldest are removed. */
export const exchanges: ReadonlySignal<readonly Exchange[]> = recorded

/** Whether new requests are recorded. */
export const isRecording: Signal<boolean> = signal(true)

/** The number of active requests. */
export const inFlight: ReadonlySignal<number> = computed(
  () =>
    recorded.value.filter(({ progress }) => {
      const { outcome } = progress.value
      return outcome === 'pending' || outcome === 'streaming'
    }).length,
)

/** Removes finished exchanges. */
export function clearExchanges(): void {
  recorded.value = recorded.value.filter(({ progress }) => ['pending', 'streaming'].includes(progress.peek().outcome))
}

export interface RecordOptions {
  readonly isBackground?: boolean
  readonly isMock?: boolean
}

type Fetch = typeof globalThis.fetch

/**
 * Wraps a `fetch` to record requests and responses. Reads the body only as fast as the caller does; canceling the body
 * cancels the original.
 */
export function record(fetch: Fetch | undefined, options: RecordOptions = {}): Fetch {
  return async (input, labeledInit) => {
    // Looked up for each request, as the library does.
    const send = fetch ?? globalThis.fetch
    const { label, init } = takeLabel(labeledInit)
    if (!isRecording.peek()) return send(input, init)
    const exchange = startExchange(input, init, { ...options, label })
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    try {
      const response = send(input, init)
      exchange.mark('sent')
      return exchange.recordBody(await response, signal)
    } catch (error) {
      exchange.fail(error, signal)
      throw error
    }
  }
}

let lastId = 0

function startExchange(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  options: RecordOptions & { readonly label: string | undefined },
) {
  const start = performance.now()
  const since = (): number => performance.now() - start
  const request = input instanceof Request ? input : undefined
  const body = typeof init?.body === 'string' ? redactBody(init.body) : undefined
  const progress = signal<Progress>({ outcome: 'pending', timing: {}, bytes: 0, droppedBytes: 0 })
  const chunks: Chunk[] = []
  const chunkCount = signal(0)
  const update = (change: Partial<Progress>): void => {
    progress.value = { ...progress.peek(), ...change }
  }
  const mark = (name: keyof Timing, change: Partial<Progress> = {}): void =>
    update({ ...change, timing: { ...progress.peek().timing, [name]: since() } })

  addExchange({
    id: ++lastId,
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    url: request?.url ?? String(input),
    startedAt: new Date(),
    requestHeaders: redactHeaders(new Headers(init?.headers ?? request?.headers)),
    requestBody: body?.slice(0, MAX_REQUEST_BODY),
    requestBodyBytes: body === undefined ? 0 : new TextEncoder().encode(body).length,
    isBodyTruncated: (body?.length ?? 0) > MAX_REQUEST_BODY,
    isBackground: options.isBackground ?? false,
    isMock: options.isMock ?? false,
    label: options.label,
    addressSpace: (init as { readonly targetAddressSpace?: string } | undefined)?.targetAddressSpace,
    progress,
    chunks,
    chunkCount,
  })

  const decoder = new TextDecoder()
  let bytes = 0
  let recordedBytes = 0
  let isUpToDate = true
  /** Publishes new chunks with the next frame, or after 250 ms: a background page has no frames. */
  const publishSoon = (): void => {
    if (!isUpToDate) return
    isUpToDate = false
    const publish = (): void => {
      if (isUpToDate) return
      isUpToDate = true
      chunkCount.value = chunks.length
      update({ bytes, droppedBytes: bytes - recordedBytes })
    }
    requestAnimationFrame(publish)
    setTimeout(publish, 250)
  }
  const add = (chunk: Uint8Array): void => {
    if (bytes === 0) mark('firstByte', { outcome: 'streaming' })
    bytes += chunk.length
    if (recordedBytes < MAX_RESPONSE_BYTES) {
      recordedBytes += chunk.length
      chunks.push({ at: since(), text: decoder.decode(chunk, { stream: true }) })
    }
    publishSoon()
  }
  const end = (outcome: Outcome, error?: string): void => {
    isUpToDate = true
    chunkCount.value = chunks.length
    const numbers = { bytes, droppedBytes: bytes - recordedBytes }
    mark('end', { outcome, ...numbers, ...(error === undefined ? {} : { error }) })
  }
  const fail = (error: unknown, signal: AbortSignal | null | undefined): void => {
    if (progress.peek().timing.end !== undefined) return
    end(signal?.aborted === true ? 'aborted' : 'failed', error instanceof Error ? error.message : String(error))
  }

  /** Returns the same response with a body that is recorded while it is read. */
  function recordBody(response: Response, signal: AbortSignal | null | undefined): Response {
    const { status, statusText, body, url, type, redirected } = response
    mark('headers', { outcome: 'headers', status, statusText, responseHeaders: redactHeaders(response.headers) })
    if (body === null) {
      end(type === 'opaque' || type === 'opaqueredirect' ? 'opaque' : 'complete')
      return response
    }
    const reader = body.getReader()
    const watched = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        async pull(controller) {
          try {
            const { done, value } = await reader.read()
            if (done) {
              end('complete')
              return controller.close()
            }
            add(value)
            controller.enqueue(value)
          } catch (error) {
            fail(error, signal)
            controller.error(error)
          }
        },
        async cancel(reason) {
          if (progress.peek().timing.end === undefined) end(signal?.aborted === true ? 'aborted' : 'canceled')
          await reader.cancel(reason)
        },
      },
      // No read-ahead.
      { highWaterMark: 0 },
    )
    const copy = new Response(watched, { status, statusText, headers: response.headers })
    for (const [name, value] of Object.entries({ url, type, redirected })) Object.defineProperty(copy, name, { value })
    return copy
  }

  return { mark, fail, recordBody }
}

function redactHeaders(headers: Headers): HeaderList {
  return [...headers].map(([name, value]) => {
    if (!SECRET_HEADER.test(name)) return [name, value]
    const scheme = /^(bearer|basic) /i.exec(value)?.[0] ?? ''
    return [name, `${scheme}••••••`]
  })
}

/** Redacts the headers for MCP servers, which may contain tokens. */
function redactBody(body: string): string {
  if (!body.includes('"headers"')) return body
  try {
    return JSON.stringify(JSON.parse(body), function (this: unknown, name, value: unknown) {
      const isForServer = name === 'headers' && typeof this === 'object' && this !== null && 'server_url' in this
      if (!isForServer || typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.keys(value).map((header) => [header, '••••••']))
    })
  } catch {
    return body
  }
}

function addExchange(exchange: Exchange): void {
  const all = [...recorded.peek(), exchange]
  let total = 0
  // Keep the newest exchanges that fit.
  const first = all.findLastIndex((one, index) => {
    const { bytes, droppedBytes } = one.progress.peek()
    total += (one.requestBody?.length ?? 0) + bytes - droppedBytes
    return all.length - index > MAX_EXCHANGES || total > MAX_TOTAL
  })
  recorded.value = all.slice(first + 1)
}

import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals'

/** A piece of a body as it came off the wire. */
export interface Chunk {
  /** Since the request was made, milliseconds. */
  readonly at: number
  readonly text: string
}

/** Times since the request was made, milliseconds; absent until then. */
export interface Timing {
  /** The browser has taken the request. */
  readonly sent?: number
  /** Status and headers are there. */
  readonly headers?: number
  readonly firstByte?: number
  readonly end?: number
}

/**
 * `pending`: no answer yet. `answered`: status and headers are there, and nobody has read the body. `failed`: no answer,
 * or it broke. `aborted`: by the signal of the request. `cancelled`: whoever read it stopped. `opaque`: an answer that the browser lets no page read.
 */
export type Outcome = 'pending' | 'answered' | 'streaming' | 'complete' | 'opaque' | 'failed' | 'aborted' | 'cancelled'

type Headers_ = readonly (readonly [name: string, value: string])[]

/** What changes while an exchange goes on. */
export interface Progress {
  readonly outcome: Outcome
  readonly timing: Timing
  readonly status?: number
  readonly statusText?: string
  readonly responseHeaders?: Headers_
  /** Of the body, so far. */
  readonly bytes: number
  /** Bytes that came but were not kept, because the answer is long. */
  readonly bytesNotKept: number
  readonly error?: string
}

/** One request with its answer. */
export interface Exchange {
  /** Counts from 1. */
  readonly id: number
  readonly method: string
  readonly url: string
  /** Wall clock, for people. */
  readonly startedAt: Date
  /** Secrets are replaced before they get here. */
  readonly requestHeaders: Headers_
  /** The text that was sent; `undefined` without a body, or for one that is no text. */
  readonly requestBody: string | undefined
  readonly requestBodyBytes: number
  /** True when `requestBody` is only the beginning. */
  readonly isBodyCut: boolean
  /** Made by the page itself to see whether the server is still there. */
  readonly isBackground: boolean
  readonly isMock: boolean
  readonly progress: ReadonlySignal<Progress>
  /** The raw answer so far. The array grows; read `chunkCount` to be told. */
  readonly chunks: readonly Chunk[]
  /** Set once per frame at most, however fast the pieces come. */
  readonly chunkCount: ReadonlySignal<number>
}

const MAX_EXCHANGES = 200
const MAX_REQUEST_BODY = 4_000_000
// Ten thousand tokens of a chat are some 3 MB of events.
const MAX_ANSWER = 8_000_000
const MAX_TOTAL = 24_000_000

const SECRET_HEADER = /authori[sz]ation|cookie|token|secret|api-?key|password|session/i

const kept = signal<readonly Exchange[]>([])

/** Every request of this page to the server, oldest first; the oldest are forgotten beyond 200 or 24 million characters. */
export const exchanges: ReadonlySignal<readonly Exchange[]> = kept

/** Whether requests are recorded now. */
export const isRecording: Signal<boolean> = signal(true)

/** How many are under way. */
export const inFlight: ReadonlySignal<number> = computed(
  () =>
    kept.value.filter(({ progress }) => {
      const { outcome } = progress.value
      return outcome === 'pending' || outcome === 'streaming'
    }).length,
)

/** Forgets what is over. */
export function clearExchanges(): void {
  kept.value = kept.value.filter(({ progress }) => ['pending', 'streaming'].includes(progress.peek().outcome))
}

export interface RecordOptions {
  readonly isBackground?: boolean
  readonly isMock?: boolean
}

type Fetch = typeof globalThis.fetch

/**
 * A `fetch` like the given one that writes down what goes through it. It reads no faster than whoever reads the answer,
 * and a cancelled answer is cancelled at the server.
 */
export function record(fetch: Fetch | undefined, options: RecordOptions = {}): Fetch {
  return async (input, init) => {
    // Looked up late, as the library does.
    const carry = fetch ?? globalThis.fetch
    if (!isRecording.peek()) return carry(input, init)
    const entry = begin(input, init, options)
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    try {
      const answer = carry(input, init)
      entry.mark('sent')
      return entry.follow(await answer, signal)
    } catch (error) {
      entry.fail(error, signal)
      throw error
    }
  }
}

let lastId = 0

function begin(input: RequestInfo | URL, init: RequestInit | undefined, options: RecordOptions) {
  const start = performance.now()
  const since = (): number => performance.now() - start
  const request = input instanceof Request ? input : undefined
  const body = typeof init?.body === 'string' ? withoutSecrets(init.body) : undefined
  const progress = signal<Progress>({ outcome: 'pending', timing: {}, bytes: 0, bytesNotKept: 0 })
  const chunks: Chunk[] = []
  const chunkCount = signal(0)
  const update = (change: Partial<Progress>): void => {
    progress.value = { ...progress.peek(), ...change }
  }
  const mark = (name: keyof Timing, change: Partial<Progress> = {}): void =>
    update({ ...change, timing: { ...progress.peek().timing, [name]: since() } })

  keep({
    id: ++lastId,
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    url: request?.url ?? String(input),
    startedAt: new Date(),
    requestHeaders: redacted(new Headers(init?.headers ?? request?.headers)),
    requestBody: body?.slice(0, MAX_REQUEST_BODY),
    requestBodyBytes: body === undefined ? 0 : new TextEncoder().encode(body).length,
    isBodyCut: (body?.length ?? 0) > MAX_REQUEST_BODY,
    isBackground: options.isBackground ?? false,
    isMock: options.isMock ?? false,
    progress,
    chunks,
    chunkCount,
  })

  const decoder = new TextDecoder()
  let bytes = 0
  let bytesKept = 0
  let isTold = true
  /** Tells of new pieces once per frame; of a page in the background, once per so many milliseconds. */
  const tellSoon = (): void => {
    if (!isTold) return
    isTold = false
    const tell = (): void => {
      if (isTold) return
      isTold = true
      chunkCount.value = chunks.length
      update({ bytes, bytesNotKept: bytes - bytesKept })
    }
    requestAnimationFrame(tell)
    setTimeout(tell, 250)
  }
  const add = (piece: Uint8Array): void => {
    if (bytes === 0) mark('firstByte', { outcome: 'streaming' })
    bytes += piece.length
    if (bytesKept < MAX_ANSWER) {
      bytesKept += piece.length
      chunks.push({ at: since(), text: decoder.decode(piece, { stream: true }) })
    }
    tellSoon()
  }
  const end = (outcome: Outcome, error?: string): void => {
    isTold = true
    chunkCount.value = chunks.length
    const numbers = { bytes, bytesNotKept: bytes - bytesKept }
    mark('end', { outcome, ...numbers, ...(error === undefined ? {} : { error }) })
  }
  const fail = (error: unknown, signal: AbortSignal | null | undefined): void => {
    if (progress.peek().timing.end !== undefined) return
    end(signal?.aborted === true ? 'aborted' : 'failed', error instanceof Error ? error.message : String(error))
  }

  /** The same answer with a body that is written down as it is read. */
  function follow(response: Response, signal: AbortSignal | null | undefined): Response {
    const { status, statusText, body, url, type, redirected } = response
    mark('headers', { outcome: 'answered', status, statusText, responseHeaders: redacted(response.headers) })
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
          if (progress.peek().timing.end === undefined) end(signal?.aborted === true ? 'aborted' : 'cancelled')
          await reader.cancel(reason)
        },
      },
      // Nothing is read ahead of the reader.
      { highWaterMark: 0 },
    )
    const same = new Response(watched, { status, statusText, headers: response.headers })
    for (const [name, value] of Object.entries({ url, type, redirected })) Object.defineProperty(same, name, { value })
    return same
  }

  return { mark, fail, follow }
}

function redacted(headers: Headers): Headers_ {
  return [...headers].map(([name, value]) => {
    if (!SECRET_HEADER.test(name)) return [name, value]
    const scheme = /^(bearer|basic) /i.exec(value)?.[0] ?? ''
    return [name, `${scheme}••••••`]
  })
}

/** The body without the headers that an MCP server is to be sent: a token of it, for instance. */
function withoutSecrets(body: string): string {
  if (!body.includes('"headers"')) return body
  try {
    return JSON.stringify(JSON.parse(body), function (this: unknown, name, value: unknown) {
      const isOfServer = name === 'headers' && typeof this === 'object' && this !== null && 'server_url' in this
      if (!isOfServer || typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.keys(value).map((header) => [header, '••••••']))
    })
  } catch {
    return body
  }
}

function keep(exchange: Exchange): void {
  const all = [...kept.peek(), exchange]
  let total = 0
  // From the newest back, as many as there is room for.
  const first = all.findLastIndex((one, index) => {
    const { bytes, bytesNotKept } = one.progress.peek()
    total += (one.requestBody?.length ?? 0) + bytes - bytesNotKept
    return all.length - index > MAX_EXCHANGES || total > MAX_TOTAL
  })
  kept.value = all.slice(first + 1)
}

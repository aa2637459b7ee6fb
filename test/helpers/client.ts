import type { LMStudioOptions } from '../../src/config/options.js'
import { createClient } from '../../src/http/client.js'
import type { RequestInfo } from '../../src/http/request-info.js'
import type { Client } from '../../src/http/types.js'
import { encode } from './bytes.js'

export const ENDPOINT = 'http://127.0.0.1:1234'
export const CHAT = '/v1/chat/completions'

export const context: RequestInfo = {
  endpoint: ENDPOINT,
  method: 'POST',
  route: CHAT,
  sentToken: false,
  scrub: (text) => text,
}

/** What a stub resolves to, rejects with or calls. */
export type StubResponse = Response | Error | ((request: Request) => Response | Promise<Response>)

export interface StubFetch {
  readonly fetch: typeof globalThis.fetch
  readonly requests: Request[]
}

/** Creates a `fetch` that resolves to the given responses in turn and repeats the last one. */
export function stubFetch(...responses: readonly StubResponse[]): StubFetch {
  const requests: Request[] = []
  return {
    requests,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      requests.push(request)
      const response = responses[Math.min(requests.length, responses.length) - 1]!
      if (response instanceof Error) throw response
      return typeof response === 'function' ? response(request) : response.clone()
    },
  }
}

export const json = (body: unknown, init: ResponseInit = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) },
  })

/** Creates an event stream of the given chunks; `ending` keeps it open or breaks it. */
export function eventStream(chunks: readonly (string | Uint8Array)[], ending: 'close' | 'hang' | Error = 'close') {
  const state = { wasCanceled: false, pulled: 0 }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(stream) {
        const chunk = chunks[state.pulled]
        if (chunk !== undefined) {
          state.pulled++
          stream.enqueue(typeof chunk === 'string' ? encode(chunk) : chunk)
        } else if (ending === 'close') stream.close()
        else if (ending === 'hang') return new Promise<void>(() => {})
        else stream.error(ending)
        return undefined
      },
      cancel() {
        state.wasCanceled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { state, response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }) }
}

/** Creates a client without a cache. */
export function testClient(options: LMStudioOptions): Client {
  return createClient({ cache: false, ...options })
}

/** The error that Node's fetch rejects with when the connection is refused. */
export function refused(): TypeError {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1234'), { code: 'ECONNREFUSED' })
  return new TypeError('fetch failed', { cause })
}

interface StoredResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: ArrayBuffer
}

const replay = ({ status, headers, body }: StoredResponse): Response => new Response(body.slice(0), { status, headers })

const cacheModes: readonly string[] = ['default', 'force-cache', 'only-if-cached']

/**
 * Creates a `fetch` that replays responses, like frameworks that patch `fetch` (Next.js 13 and 14) and proxies that
 * ignore the method: a successful response to the same method, address and body is stored forever, `POST` included.
 * Requests with `cache: 'no-store'`, `'reload'` or `'no-cache'` are sent, and their responses are not stored.
 *
 * @param fetch the `fetch` that sends what is not stored, for example that of a mock
 * @example
 * ```ts
 * import { createCachingFetch, createMockLMStudio } from 'lmstudio-provider/testing'
 *
 * const mock = createMockLMStudio()
 * const fetch = createCachingFetch(mock.fetch)
 * ```
 */
export function createCachingFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  const stored = new Map<string, StoredResponse>()
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : null)
    const request = new Request(input instanceof Request ? input.clone() : input, init)
    // The signal is passed separately: the one that a `Request` derives from it may be collected before it fires.
    const send = (): Promise<Response> => fetch(request, { signal })
    if (!cacheModes.includes(init?.cache ?? request.cache)) return send()
    const key = `${request.method} ${request.url} ${await request.clone().text()}`
    const known = stored.get(key)
    if (known !== undefined) return replay(known)
    const response = await send()
    // A response of status 204 has no body to store.
    if (!response.ok || response.body === null) return response
    const { status, headers } = response
    const fresh = { status, headers, body: await response.arrayBuffer() }
    stored.set(key, fresh)
    return replay(fresh)
  }
}

/** Longer ago than this, the list of models may have changed. */
const FRESH_MS = 10_000

/**
 * Wraps `fetch` so that one list of models serves both the health check of a new connection and the call that lists the
 * models right after it.
 */
export function handOverModelList(send: typeof fetch): typeof fetch {
  let kept: { readonly key: string; readonly at: number; readonly response: Response } | undefined
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined
    const url = request?.url ?? String(input)
    const method = init?.method ?? request?.method ?? 'GET'
    // Loading, for example, changes the list.
    if (method !== 'GET') kept = undefined
    if (method !== 'GET' || !new URL(url).pathname.endsWith('/models')) return send(input, init)
    const key = `${url} ${new Headers(init?.headers ?? request?.headers).get('authorization') ?? ''}`
    const earlier = kept
    kept = undefined
    if (earlier?.key === key && performance.now() - earlier.at < FRESH_MS) return earlier.response
    const response = await send(input, init)
    if (response.ok) kept = { key, at: performance.now(), response: response.clone() }
    return response
  }
}

import { connectionReset } from './wire-reply.js'
import { unlessAborted } from './waits.js'

const redirects = new Set([301, 302, 303, 307, 308])
const mostRedirects = 20

/** A `fetch` that asks a handler instead of the network. */
export function createFetch(handle: (request: Request) => Promise<Response>): typeof globalThis.fetch {
  async function follow(request: Request, left: number): Promise<Response> {
    const mode = request.redirect
    const response = await unlessAborted(handle(request), request.signal)
    const location = response.headers.get('location')
    if (!redirects.has(response.status) || location === null || mode === 'manual') return response
    const target = new URL(location, request.url)
    // Only the mock itself is reachable from here; whatever else a redirect names is a host that does not answer.
    if (mode === 'error' || left === 0 || target.origin !== new URL(request.url).origin) throw connectionReset()
    return follow(new Request(target, { signal: request.signal, redirect: mode }), left - 1)
  }

  return async (input, init) => {
    const request = new Request(input, init)
    // The request's own signal follows the caller's, but its reason is only as good as the runtime; ask the caller's.
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    signal?.throwIfAborted()
    try {
      return await follow(request, mostRedirects)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  }
}

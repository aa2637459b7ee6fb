import { unlessAborted } from './waits.js'
import { connectionReset } from './wire-reply.js'

const redirects = new Set([301, 302, 303, 307, 308])
const mostRedirects = 20

type Serve = (request: Request, signal: AbortSignal) => Promise<Response>

/** A `fetch` that asks a handler instead of the network. */
export function createFetch(serve: Serve): typeof globalThis.fetch {
  async function follow(request: Request, signal: AbortSignal, left: number): Promise<Response> {
    const mode = request.redirect
    const response = await unlessAborted(serve(request, signal), signal)
    const location = response.headers.get('location')
    if (!redirects.has(response.status) || location === null || mode === 'manual') return response
    const target = new URL(location, request.url)
    // Only the mock itself is reachable from here; whatever else a redirect names is a host that does not answer.
    if (mode === 'error' || left === 0 || target.origin !== new URL(request.url).origin) throw connectionReset()
    return follow(new Request(target, { redirect: mode }), signal, left - 1)
  }

  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : new AbortController().signal)
    signal.throwIfAborted()
    // The signal is passed on by itself: one that a `Request` derives from it may be collected before it fires.
    return follow(new Request(input, { ...init, signal: null }), signal, mostRedirects)
  }
}

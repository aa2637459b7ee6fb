import { connectionReset } from './replies/wire-response.js'
import { unlessAborted } from './waits.js'

const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308]
/** The limit of the Fetch standard. */
const MAX_REDIRECTS = 20

type Serve = (request: Request, signal: AbortSignal) => Promise<Response>

/** Creates a `fetch` that calls a handler instead of the network. */
export function createFetch(serve: Serve): typeof globalThis.fetch {
  async function follow(request: Request, signal: AbortSignal, redirectsLeft: number): Promise<Response> {
    const { redirect } = request
    const response = await unlessAborted(serve(request, signal), signal)
    const location = response.headers.get('location')
    if (!redirectStatuses.includes(response.status) || location === null || redirect === 'manual') return response
    const target = new URL(location, request.url)
    // Only the mock is reachable from here: a redirect to another host fails as if that host did not respond.
    const isReachable = target.origin === new URL(request.url).origin
    if (redirect === 'error' || redirectsLeft === 0 || !isReachable) throw connectionReset()
    return follow(new Request(target, { redirect }), signal, redirectsLeft - 1)
  }

  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : new AbortController().signal)
    signal.throwIfAborted()
    // The signal is passed separately: the one that a `Request` derives from it may be collected before it fires.
    return follow(new Request(input, { ...init, signal: null }), signal, MAX_REDIRECTS)
  }
}

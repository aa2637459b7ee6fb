import { BrowserAccessError, NetworkError, ServiceNotFoundError } from '../errors/network-errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { addressSpace } from '../utils/address.js'
import { raceAbort } from '../utils/abort.js'
import { ROUTES } from '../wire/routes.js'

// A local server answers within milliseconds; whoever waits for the explanation waits for this at most.
const PROBE_MS = 2_000

interface PageScope {
  readonly location?: { readonly protocol: string; readonly hostname: string }
  readonly isSecureContext?: boolean
  readonly navigator?: {
    readonly onLine?: boolean
    readonly permissions?: { query(descriptor: { name: string }): Promise<{ readonly state: string }> }
  }
}

/** The page or worker this runs in; `undefined` outside a browser, where errors name their cause themselves. */
function pageScope(): PageScope | undefined {
  const scope = globalThis as PageScope
  const isBrowser = 'document' in globalThis || 'WorkerGlobalScope' in globalThis
  return isBrowser && /^(https?|chrome-extension|moz-extension|file|blob):$/.test(scope.location?.protocol ?? '')
    ? scope
    : undefined
}

/**
 * Finds out why a browser refused a request, which it tells the page in no other way.
 *
 * @remarks
 * Wire reference 10.2–10.4. Probes are GETs of the greeting without headers, change nothing, and are not sent where they
 * would pop up a permission prompt. Resolves to the error to throw instead.
 */
export async function explainInPage(
  error: ProviderError,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal | undefined,
): Promise<ProviderError> {
  const page = pageScope()
  const { endpoint } = error
  if (page === undefined || endpoint === undefined) return error
  const { protocol, hostname } = new URL(endpoint)
  const target = addressSpace(hostname)
  const refuse = (reason: BrowserAccessError['reason'], message: string): ProviderError =>
    new BrowserAccessError(message, { reason, endpoint, cause: error })

  if (page.navigator?.onLine === false && target !== 'loopback') {
    return new NetworkError(`This device is offline, and ${endpoint} is on another one.`, {
      code: 'offline',
      endpoint,
      cause: error,
    })
  }

  const permission = target === 'public' ? 'unsupported' : await permissionState(page, target === 'loopback')
  const pageIsPublic = addressSpace(page.location?.hostname || 'localhost') === 'public'
  if (permission === 'prompt' && pageIsPublic) {
    return refuse(
      'permission-required',
      `The browser wants the person's permission before this page may reach ${endpoint}.`,
    )
  }
  if (await answersWithoutCORS(endpoint, fetch, signal)) {
    return refuse(
      'cors-disabled',
      `A server answers at ${endpoint}, but does not let web pages read its answers: CORS is off in LM Studio.`,
    )
  }
  if (permission === 'denied') {
    return refuse('permission-denied', `The browser was told not to let this page reach ${endpoint}.`)
  }
  if (page.location?.protocol === 'https:' && protocol === 'http:' && target !== 'loopback') {
    const isExempt = permission !== 'unsupported' && /^[\d.]+$|^\[|\.local$/.test(hostname)
    if (!isExempt)
      return refuse('mixed-content', `A page served over https may not reach ${endpoint}, which is plain http.`)
  }
  if (page.isSecureContext === false && pageIsPublic && target !== 'public') {
    return refuse('insecure-context', `The browser lets only pages served securely reach ${endpoint}.`)
  }
  return new ServiceNotFoundError(`Nothing answers at ${endpoint}.`, {
    code: 'not-running',
    endpoint,
    cause: error,
  })
}

/** Chrome's and Firefox's permission for reaching this device or the local network. */
async function permissionState(page: PageScope, isLoopback: boolean): Promise<string> {
  for (const name of [isLoopback ? 'loopback-network' : 'local-network', 'local-network-access']) {
    try {
      const status = await page.navigator?.permissions?.query({ name })
      if (status !== undefined) return status.state
    } catch {
      // The browser does not know this name; the next one is older.
    }
  }
  return 'unsupported'
}

/** Whether any HTTP server answers: an opaque response tells that much and nothing else. */
async function answersWithoutCORS(
  endpoint: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const limit = AbortSignal.timeout(PROBE_MS)
  try {
    await raceAbort(fetch(endpoint + ROUTES.greeting, { mode: 'no-cors', signal: limit }), signal)
    return true
  } catch {
    signal?.throwIfAborted()
    return false
  }
}

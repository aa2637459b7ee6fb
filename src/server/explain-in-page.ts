import { BrowserAccessError, NetworkError, ServiceNotFoundError, TimeoutError } from '../errors/network-errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { hintFor } from '../errors/steps.js'
import { addressSpace } from '../utils/address.js'
import { raceAbort } from '../utils/abort.js'
import { ROUTES } from '../wire/routes.js'
import { currentPage, wouldPrompt } from './page.js'

// A local server answers within milliseconds; whoever waits for the explanation waits for this at most.
const PROBE_MS = 2_000

const REASONS: Readonly<Record<BrowserAccessError['reason'], string>> = {
  'cors-disabled': 'a server answers there, but does not let web pages read its answers: CORS is off in LM Studio',
  'permission-required': "the browser wants the person's permission first",
  'permission-denied': 'the browser was told not to let this page reach it',
  'mixed-content': 'a page served over https may not reach plain http there',
  'insecure-context': 'the browser lets only pages that were served securely reach it',
}

/**
 * Finds out why a browser refused a request, which it tells the page in no other way.
 *
 * @remarks
 * Wire reference 10.2–10.4. The probes are GETs of the greeting without headers, which change nothing, and they are not
 * sent where they would pop up a permission prompt. Resolves to the error to throw instead.
 */
export async function explainInPage(
  error: ProviderError,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal | undefined,
): Promise<ProviderError> {
  const page = currentPage()
  const { endpoint } = error
  if (page === undefined || endpoint === undefined) return error
  const { protocol, hostname } = new URL(endpoint)
  const target = addressSpace(hostname)
  const refuse = (reason: BrowserAccessError['reason']): ProviderError =>
    new BrowserAccessError(`The page may not reach ${endpoint}: ${REASONS[reason]}.`, {
      reason,
      endpoint,
      cause: error,
    })

  // While the prompt is open a request waits, and one that nobody answers runs into its limit.
  if (await wouldPrompt(page, target)) return refuse('permission-required')
  if (TimeoutError.isInstance(error)) return error
  if (page.isOffline && target !== 'loopback') {
    return new NetworkError(`This device is offline, and ${endpoint} is on another one.`, {
      code: 'offline',
      endpoint,
      cause: error,
    })
  }
  if (await answers(endpoint, 'cors', fetch, signal)) {
    // The page may reach the server: the connection broke, or the preflight did not allow one of the headers.
    return new NetworkError(error.message, {
      endpoint,
      cause: error,
      hint: 'Try again. If it always fails and you pass `headers`, the server does not allow them to pages.',
    })
  }
  if (await answers(endpoint, 'no-cors', fetch, signal)) return refuse('cors-disabled')
  // First, because on such a page the permission reads as denied without anybody having denied it.
  if (!page.isSecure && page.isPublic && target !== 'public') return refuse('insecure-context')
  const permission = await page.permission(target)
  if (permission === 'denied') return refuse('permission-denied')
  if (page.isHTTPS && protocol === 'http:' && target !== 'loopback') {
    // Browsers that ask for permission let it stand in for TLS, where the address alone shows that it is local.
    const isExempt = permission !== 'unsupported' && /^[\d.]+$|^\[|\.local$/.test(hostname)
    if (!isExempt) return refuse('mixed-content')
  }
  return new ServiceNotFoundError(`Nothing answers at ${endpoint}.`, {
    code: 'not-running',
    endpoint,
    cause: error,
    hint: hintFor('not-running', permission === 'prompt' ? 'permission-required' : undefined),
  })
}

/**
 * Whether the greeting's address answers: in the mode `cors` something that lets pages read, in `no-cors` any HTTP server,
 * since an opaque response tells that much and nothing else.
 */
async function answers(
  endpoint: string,
  mode: RequestMode,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const limit = AbortSignal.timeout(PROBE_MS)
  try {
    await raceAbort(raceAbort(fetch(endpoint + ROUTES.greeting, { mode, signal: limit }), limit), signal)
    return true
  } catch {
    signal?.throwIfAborted()
    return false
  }
}

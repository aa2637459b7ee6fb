import { ROUTES } from '../config/routes.js'
import { hintFor } from '../errors/error-codes.js'
import { BrowserAccessError, NetworkError, ServiceNotFoundError, TimeoutError } from '../errors/errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { raceAbort, throwIfAborted } from '../utils/abort.js'
import { addressSpace } from '../utils/address.js'
import { isLocalName, localNetworkInit, isChromium } from './address-space.js'
import { currentPage, getBlockReason, isMixedContent } from './page.js'

// A local server answers within milliseconds; whoever waits for the explanation waits for this at most.
const PROBE_MS = 2_000

const REASONS: Readonly<Record<BrowserAccessError['reason'] | 'withheld', string>> = {
  'cors-disabled':
    'a server answers there, but does not let web pages read its answers: CORS is off in LM Studio, or it is another program',
  'permission-required': "the browser wants the person's permission first",
  'permission-denied': 'the browser was told not to let this page reach it',
  withheld: 'the page around this frame does not let it ask for permission',
  'mixed-content': 'a page served over https may not reach plain http there',
  'insecure-context': 'the browser lets only pages that were served securely reach it',
}

/** Why a browser refuses, as one sentence. */
export const accessErrorMessage = (reason: keyof typeof REASONS, endpoint: string): string =>
  `The page may not reach ${endpoint}: ${REASONS[reason]}.`

/**
 * Finds out why a browser refused a request, which it tells the page in no other way.
 *
 * @remarks
 * Wire reference 10.2–10.4. The probes are GETs of the greeting without headers, which change nothing, and they are not
 * sent where they would pop up a permission prompt. Resolves to the error to throw instead.
 */
export async function explainFetchFailure(
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
    new BrowserAccessError(accessErrorMessage(reason, endpoint), { reason, endpoint, cause: error })

  // While the prompt is open a request waits, and one that nobody answers runs into its limit.
  const held = await getBlockReason(page, endpoint)
  if (held !== undefined) return refuse(held)
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
  // Chrome's rule, who alone knows address spaces. There the permission reads as denied without anybody having denied it.
  const isUnasked = !page.isSecure && isChromium()
  if (isUnasked && page.isPublic && target !== 'public') return refuse('insecure-context')
  const permission = await page.permission(target)
  if (isMixedContent(page, endpoint, permission)) return refuse('mixed-content')
  if (permission === 'denied' && !isUnasked) return refuse('permission-denied')
  if (permission === 'withheld' && page.isPublic) {
    return new BrowserAccessError(accessErrorMessage('withheld', endpoint), {
      reason: 'permission-denied',
      endpoint,
      cause: error,
      hint: 'Embed it with <iframe allow="loopback-network; local-network; local-network-access">.',
    })
  }
  const isTLS = protocol === 'https:'
  // Proxies answer plain http at their TLS port as well, to say that it is the wrong one.
  if (isTLS && (await answers(endpoint.replace('https', 'http'), 'no-cors', fetch, signal))) {
    return new NetworkError(`What answers at ${endpoint} speaks plain http, or its certificate is not trusted.`, {
      code: 'tls',
      endpoint,
      cause: error,
      isRetryable: false,
    })
  }
  // Browsers tell nothing of a wrong name, a machine that is off and a certificate that is refused.
  const otherwise =
    permission === 'prompt'
      ? 'permission-required'
      : isTLS
        ? 'tls'
        : page.isHTTPS && isLocalName(endpoint)
          ? 'local-name'
          : // WebKit may block this machine as well, and looks like this when it does.
            page.isHTTPS && permission === 'unsupported'
            ? 'mixed-content'
            : 'unreachable'
  return new ServiceNotFoundError(
    `Nothing answers at ${endpoint}${isTLS ? ', or its certificate is not trusted' : ''}.`,
    {
      code: 'not-running',
      endpoint,
      cause: error,
      hint: hintFor('not-running', target === 'loopback' && otherwise === 'unreachable' ? undefined : otherwise),
    },
  )
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
  const url = endpoint + ROUTES.greeting
  const limit = AbortSignal.timeout(PROBE_MS)
  try {
    await raceAbort(raceAbort(fetch(url, { mode, signal: limit, ...localNetworkInit(url) }), limit), signal)
    return true
  } catch {
    throwIfAborted(signal)
    return false
  }
}

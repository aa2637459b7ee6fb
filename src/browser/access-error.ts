import { ROUTES } from '../config/routes.js'
import { hintFor, type HintCode } from '../errors/error-codes.js'
import { BrowserAccessError, NetworkError, ServiceNotFoundError, TimeoutError } from '../errors/errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { raceAbort, throwIfAborted } from '../utils/abort.js'
import { type AddressSpace, addressSpace } from '../utils/address.js'
import { once } from '../utils/once.js'
import { isChromium, isLocalName, localNetworkInit } from './address-space.js'
import { currentPage, getBlockReason, isMixedContent, type Page } from './page.js'

// A local server answers within milliseconds, and the caller waits for each probe.
const PROBE_TIMEOUT_MS = 2_000

type AccessReason = BrowserAccessError['reason'] | 'blocked-by-frame'

const REASONS: Readonly<Record<AccessReason, string>> = {
  'cors-disabled': 'a server is running there, but it does not let web pages read its responses (CORS is off)',
  'permission-required': 'the browser needs permission first',
  'permission-denied': 'the permission to reach it was denied',
  'blocked-by-frame': 'the page around this frame does not delegate the permission to it',
  'mixed-content': 'a page served over https cannot reach plain http there',
  'insecure-context': 'the browser lets only securely served pages reach it',
}

/** Returns why the browser blocks a page from an endpoint, as a sentence. */
export const accessErrorMessage = (reason: AccessReason, endpoint: string): string =>
  `This page cannot reach ${endpoint}: ${REASONS[reason]}.`

/** A request that failed in a page, and what can be found out about it. */
interface FailedRequest {
  readonly error: ProviderError
  readonly page: Page
  readonly endpoint: string
  readonly target: AddressSpace
  readonly permission: () => Promise<string>
  /**
   * Sends a GET of the greeting without headers. In the mode `cors` only a server that lets pages read answers, in
   * `no-cors` any HTTP server: an opaque response tells that much and nothing else.
   */
  readonly answers: (mode: 'cors' | 'no-cors', endpoint?: string) => Promise<boolean>
}

type Check = (request: FailedRequest) => ProviderError | undefined | Promise<ProviderError | undefined>

/**
 * Why a request fails in a page, in the order in which the causes can be told apart: the first check that returns an error
 * decides. Browsers do not tell pages themselves (docs/http-api.md 10.2–10.4).
 */
const CHECKS: readonly Check[] = [
  // While its prompt is open a request waits, and one that nobody answers reaches its limit.
  async ({ page, endpoint, error }) => {
    const reason = await getBlockReason(page, endpoint)
    return reason && accessError(reason, endpoint, error)
  },
  ({ error }) => (TimeoutError.isInstance(error) ? error : undefined),
  ({ page, target, endpoint, error }) =>
    page.isOffline && target !== 'loopback'
      ? new NetworkError(`This device is offline, and ${endpoint} is on another one.`, {
          code: 'offline',
          endpoint,
          cause: error,
        })
      : undefined,
  // The page can reach the server: the connection broke, or the preflight did not allow one of the headers.
  async ({ answers, endpoint, error }) =>
    (await answers('cors'))
      ? new NetworkError(error.message, {
          endpoint,
          cause: error,
          hint: 'Try again. If it fails every time and you pass `headers`, make the server allow them in its CORS settings.',
        })
      : undefined,
  async ({ answers, endpoint, error }) =>
    (await answers('no-cors')) ? accessError('cors-disabled', endpoint, error) : undefined,
  ({ page, target, endpoint, error }) =>
    isInsecureChromium(page) && page.isPublic && target !== 'public'
      ? accessError('insecure-context', endpoint, error)
      : undefined,
  async ({ page, permission, endpoint, error }) =>
    isMixedContent(page, endpoint, await permission()) ? accessError('mixed-content', endpoint, error) : undefined,
  async ({ page, permission, endpoint, error }) =>
    (await permission()) === 'denied' && !isInsecureChromium(page)
      ? accessError('permission-denied', endpoint, error)
      : undefined,
  async ({ page, permission, endpoint, error }) =>
    (await permission()) === 'blocked-by-frame' && page.isPublic
      ? new BrowserAccessError(accessErrorMessage('blocked-by-frame', endpoint), {
          reason: 'permission-denied',
          endpoint,
          cause: error,
          hint: 'Embed this page with <iframe allow="loopback-network; local-network; local-network-access">.',
        })
      : undefined,
  // Proxies answer plain http at their TLS port as well, to report that it is the wrong one.
  async ({ answers, endpoint, error }) =>
    endpoint.startsWith('https:') && (await answers('no-cors', endpoint.replace('https', 'http')))
      ? new NetworkError(`The server at ${endpoint} speaks plain http, or its certificate is not trusted.`, {
          code: 'tls',
          endpoint,
          cause: error,
          isRetryable: false,
        })
      : undefined,
]

/** Finds out why a request failed in a page, and resolves to the error to throw. Outside a page the error stays as it is. */
export async function explainFetchFailure(
  error: ProviderError,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal | undefined,
): Promise<ProviderError> {
  const page = currentPage()
  const { endpoint } = error
  if (page === undefined || endpoint === undefined) return error
  const target = addressSpace(new URL(endpoint).hostname)
  const request: FailedRequest = {
    error,
    page,
    endpoint,
    target,
    permission: once(() => page.permission(target)),
    answers: (mode, address = endpoint) => probe(address, { mode, fetch, signal }),
  }
  for (const check of CHECKS) {
    const explained = await check(request)
    if (explained !== undefined) return explained
  }
  return notFoundError(request)
}

/** Nothing answers: a browser does not tell apart a wrong name, a machine that is off and a certificate that is rejected. */
async function notFoundError({ page, endpoint, target, permission, error }: FailedRequest): Promise<ProviderError> {
  const isTLS = endpoint.startsWith('https:')
  const state = await permission()
  const alternative: HintCode =
    state === 'prompt'
      ? 'permission-required'
      : isTLS
        ? 'tls'
        : page.isHTTPS && isLocalName(endpoint)
          ? 'local-name'
          : // WebKit may block this machine as well, and looks like this when it does.
            page.isHTTPS && state === 'unsupported'
            ? 'mixed-content'
            : 'unreachable'
  const isCertain = target === 'loopback' && alternative === 'unreachable'
  const orUntrusted = isTLS ? ', or its certificate is not trusted' : ''
  return new ServiceNotFoundError(`Nothing answers at ${endpoint}${orUntrusted}.`, {
    code: 'not-running',
    endpoint,
    cause: error,
    hint: hintFor('not-running', isCertain ? undefined : alternative),
  })
}

const accessError = (
  reason: BrowserAccessError['reason'],
  endpoint: string,
  cause: ProviderError,
): BrowserAccessError => new BrowserAccessError(accessErrorMessage(reason, endpoint), { reason, endpoint, cause })

/** Chromium reports the permission as denied in pages that were not served securely, although nobody denied it. */
const isInsecureChromium = (page: Page): boolean => !page.isSecure && isChromium()

async function probe(
  endpoint: string,
  {
    mode,
    fetch,
    signal,
  }: { readonly mode: RequestMode; readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
  const url = endpoint + ROUTES.greeting
  const limit = AbortSignal.timeout(PROBE_TIMEOUT_MS)
  try {
    await raceAbort(raceAbort(fetch(url, { mode, signal: limit, ...localNetworkInit(url) }), limit), signal)
    return true
  } catch {
    throwIfAborted(signal)
    return false
  }
}

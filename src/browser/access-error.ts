import { ROUTES } from '../config/routes.js'
import { type BrowserAccessReason, hintFor, type HintCode } from '../errors/error-codes.js'
import { BrowserAccessError, NetworkError, ServiceNotFoundError, TimeoutError } from '../errors/errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import { tryWithin } from '../utils/abort.js'
import { type AddressSpace, addressSpace } from '../utils/address.js'
import { once } from '../utils/once.js'
import { corsHint, policyHint, UPGRADE_HINT } from './access-hints.js'
import { isChromium, isLocalName } from './address-space.js'
import { currentPage, getBlockReason, isMixedContent, type Page } from './page.js'
import { requestInit } from './platform.js'
import type { PolicyViolation, PolicyWatch } from './policy-watch.js'
import { isUpgraded } from './upgraded.js'

// A local server responds within milliseconds, and the caller waits for each probe.
const PROBE_TIMEOUT_MS = 2_000

/** What each reason means, as the end of a sentence. A reason without a row does not compile. */
const REASONS: Readonly<Record<BrowserAccessReason, string>> = {
  'cors-disabled': 'a server is running there, but it does not let web pages read its responses (CORS is off)',
  'permission-required': 'the browser needs permission first',
  'permission-denied': 'the permission to reach it was denied',
  'mixed-content': 'a page served over https cannot reach plain http there',
  'insecure-context': 'the browser lets only securely served pages reach it',
  'blocked-by-csp': 'the Content-Security-Policy of the page blocks it',
}

/** Whether a code is a reason for which browsers block a request. */
export const isAccessReason = (code: string): code is BrowserAccessReason => Object.hasOwn(REASONS, code)

/** Returns why the browser blocks a page from an endpoint, as a sentence. */
export const accessErrorMessage = (reason: BrowserAccessReason, endpoint: string): string =>
  toMessage(REASONS[reason], endpoint)

const toMessage = (why: string, endpoint: string): string => `This page cannot reach ${endpoint}: ${why}.`

/** A request that failed in a page, and what can be found out about it. */
interface FailedRequest {
  readonly error: ProviderError
  readonly page: Page
  readonly endpoint: string
  readonly target: AddressSpace
  readonly permission: () => Promise<string>
  readonly violation: () => Promise<PolicyViolation | undefined>
  /** Whether the page's policy changes http to https, as far as the page can see. */
  readonly isUpgraded: () => boolean
  /**
   * Sends a GET of the greeting without headers; resolves to whether a response came. In the mode `cors`, only servers whose
   * responses the page may read count; in `no-cors`, any HTTP server, because the response is opaque.
   */
  readonly responds: (mode: 'cors' | 'no-cors', endpoint?: string) => Promise<boolean>
}

const BLOCKED_BY_FRAME = 'the page around this frame does not delegate the permission to it'

type Check = (request: FailedRequest) => ProviderError | undefined | Promise<ProviderError | undefined>

/**
 * Why a request fails in a page, in the order in which the causes can be distinguished: the first check that returns an error
 * decides. Browsers do not report the cause to pages (docs/http-api.md 10.2–10.4).
 */
const CHECKS: readonly Check[] = [
  async ({ page, endpoint, violation, error }) => {
    // What a policy blocks fails at once.
    const found = TimeoutError.isInstance(error) ? undefined : await violation()
    return found && accessError('blocked-by-csp', endpoint, error, policyHint(found, page, endpoint))
  },
  // A request waits while its prompt is open, and reaches its time limit if the prompt is ignored.
  async ({ page, permission, endpoint, error }) => {
    const reason = getBlockReason(page, endpoint, await permission())
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
  async ({ responds, endpoint, error }) =>
    (await responds('cors'))
      ? new NetworkError(error.message, {
          endpoint,
          cause: error,
          hint: 'Try again. If it fails every time and you pass `headers`, make the server allow them in its CORS settings.',
        })
      : undefined,
  async ({ page, responds, endpoint, error }) =>
    (await responds('no-cors')) ? accessError('cors-disabled', endpoint, error, corsHint(page, endpoint)) : undefined,
  ({ endpoint, isUpgraded, error }) =>
    isUpgraded() ? accessError('blocked-by-csp', endpoint, error, UPGRADE_HINT) : undefined,
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
      ? new BrowserAccessError(toMessage(BLOCKED_BY_FRAME, endpoint), {
          reason: 'permission-denied',
          endpoint,
          cause: error,
          hint: 'Embed this page with <iframe allow="loopback-network; local-network; local-network-access">.',
        })
      : undefined,
  // Proxies respond to plain http at their TLS port as well, to report that it is the wrong port.
  async ({ responds, endpoint, error }) =>
    endpoint.startsWith('https:') && (await responds('no-cors', endpoint.replace('https', 'http')))
      ? new NetworkError(`The server at ${endpoint} speaks plain http, or its certificate is not trusted.`, {
          code: 'tls',
          endpoint,
          cause: error,
          isRetryable: false,
        })
      : undefined,
]

/** What the explanation of a failure needs from the call. */
export interface Circumstances {
  readonly fetch: typeof globalThis.fetch
  readonly signal?: AbortSignal | undefined
  readonly policyWatch?: PolicyWatch | undefined
}

/**
 * Finds out why a request failed in a page, and resolves to the error to throw. Outside a page the error stays as it is.
 *
 * @remarks
 * The waits for the policy, the permission and each probe have limits, because any of them may never end.
 *
 * @throws the signal's reason, as soon as it aborts
 */
export async function explainFetchFailure(
  error: ProviderError,
  { fetch, signal, policyWatch }: Circumstances,
): Promise<ProviderError> {
  const page = currentPage()
  const { endpoint } = error
  if (page === undefined || endpoint === undefined) return error
  const target = addressSpace(new URL(endpoint).hostname)
  const startedAt = performance.now()
  const request: FailedRequest = {
    error,
    page,
    endpoint,
    target,
    permission: once(() => page.permission(target, signal)),
    violation: async () => policyWatch?.violation(signal),
    isUpgraded: () => isUpgraded(endpoint, startedAt),
    responds: (mode, address = endpoint) => probe(address, { mode, fetch, signal }),
  }
  for (const check of CHECKS) {
    const explained = await check(request)
    if (explained !== undefined) return explained
  }
  return notFoundError(request)
}

/** A browser does not distinguish a wrong name, a machine that is off and a rejected certificate. */
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
  reason: BrowserAccessReason,
  endpoint: string,
  cause: ProviderError,
  hint?: string,
): BrowserAccessError => new BrowserAccessError(accessErrorMessage(reason, endpoint), { reason, endpoint, cause, hint })

/** Chromium reports the permission as denied in pages that were not served securely, although no one denied it. */
const isInsecureChromium = (page: Page): boolean => !page.isSecure && isChromium()

async function probe(
  endpoint: string,
  { mode, fetch, signal }: Circumstances & { readonly mode: RequestMode },
): Promise<boolean> {
  const url = endpoint + ROUTES.greeting
  const response = await tryWithin(PROBE_TIMEOUT_MS, signal, (limit) =>
    fetch(url, { mode, signal: limit, ...requestInit(url) }),
  )
  return response !== undefined
}

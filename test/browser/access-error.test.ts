import { afterEach, describe, expect, it, vi } from 'vitest'
import { explainFetchFailure } from '../../src/browser/access-error.js'
import { NetworkError, type ProviderError, TimeoutError } from '../../src/errors/index.js'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf } from '../helpers/provider-errors.js'

interface Scenario {
  readonly url?: string
  readonly endpoint?: string
  /** State of each permission; a name that is absent is unknown to the browser. */
  readonly permissions?: Record<string, string>
  /** The global `origin`; by default that of `url`. */
  readonly origin?: string
  readonly onLine?: boolean | undefined
  readonly isSecureContext?: boolean | undefined
  /** Whether the browser supports `targetAddressSpace`. */
  readonly isChromium?: boolean
  /** Whether the embedding page lets this frame prompt; `undefined` in a page that is not a frame. */
  readonly allowedByParent?: boolean
  /** Whether a server responds to opaque requests. */
  readonly responds?: boolean
  /** Whether a server responds, and lets pages read its responses. */
  readonly allowsCORS?: boolean
  /** Whether a server responds to opaque requests over plain http. */
  readonly respondsToHTTP?: boolean
  /** The error to explain. */
  readonly error?: ProviderError
}

const ENDPOINT = 'http://127.0.0.1:1234'
const LAN = 'http://192.168.1.20:1234'
const PROMPT = { 'loopback-network': 'prompt', 'local-network': 'prompt', 'local-network-access': 'prompt' }
const GRANTED = { 'loopback-network': 'granted', 'local-network': 'granted' }
const INSECURE = { url: 'http://app.example.org/', isSecureContext: false }

const failure = (endpoint: string): NetworkError => new NetworkError('The request failed.', { endpoint })

/** Without `onLine` and `isSecureContext`, the browser does not have them. */
function stubBrowser({
  url = 'https://app.example.org/',
  origin = new URL(url).origin,
  permissions,
  onLine,
  isSecureContext,
  isChromium = true,
  allowedByParent,
}: Scenario): void {
  const featurePolicy = { allowsFeature: () => allowedByParent }
  const query = async ({ name }: { name: string }) => {
    const state = permissions?.[name]
    if (state === undefined) throw new TypeError('unknown permission')
    return { state }
  }
  vi.stubGlobal('document', allowedByParent === undefined ? {} : { featurePolicy })
  vi.stubGlobal('location', new URL(url))
  vi.stubGlobal('origin', origin)
  vi.stubGlobal('isSecureContext', isSecureContext)
  vi.stubGlobal('Request', { prototype: isChromium ? { targetAddressSpace: 'unknown' } : {} })
  vi.stubGlobal('navigator', { onLine, ...(permissions === undefined ? {} : { permissions: { query } }) })
}

/** Explains the failure of a request in a page. */
async function explain(scenario: Scenario) {
  const { endpoint = ENDPOINT, responds, allowsCORS, respondsToHTTP, error = failure(endpoint) } = scenario
  stubBrowser(scenario)
  const fetch = vi.fn<typeof globalThis.fetch>(async (input, init) => {
    const isOpaque = init?.mode === 'no-cors'
    const isHTTP = String(input).startsWith('http:')
    if (allowsCORS || (isOpaque && (responds || (respondsToHTTP && isHTTP)))) return new Response('')
    throw new TypeError('Failed to fetch')
  })
  return { result: await explainFetchFailure(error, { fetch }), error, fetch }
}

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('explainFetchFailure', () => {
  it.each<[string, string, Scenario]>([
    ['cors-disabled', 'a server responds, but not to pages', { responds: true, permissions: GRANTED }],
    ['cors-disabled', 'the browser also has no permissions', { responds: true }],
    [
      'cors-disabled',
      'a host name is local',
      { endpoint: 'http://gpu-box:1234', permissions: GRANTED, responds: true },
    ],
    ['permission-required', 'the permission is undecided', { permissions: PROMPT }],
    [
      'permission-required',
      'an older Chrome has only one permission, undecided',
      { permissions: { 'local-network-access': 'prompt' } },
    ],
    [
      'permission-required',
      'the permission for a local host name is undecided',
      { endpoint: 'http://gpu-box:1234', permissions: PROMPT },
    ],
    ['permission-required', 'the embedding page lets the frame prompt', { permissions: PROMPT, allowedByParent: true }],
    [
      'permission-required',
      'a blob worker has the origin of a public page',
      { url: 'blob:https://app.example.org/1d2e', permissions: PROMPT },
    ],
    [
      'permission-denied',
      'the permission for this machine is denied',
      { permissions: { 'loopback-network': 'denied' } },
    ],
    [
      'permission-denied',
      'the permission for the network is denied',
      { endpoint: LAN, permissions: { 'local-network': 'denied' } },
    ],
    [
      'permission-denied',
      'the permission for a local host name is denied',
      { endpoint: 'http://gpu-box:1234', permissions: { 'local-network': 'denied' } },
    ],
    [
      'permission-denied',
      'an insecure page is denied the permission in a browser that prompts there too',
      { ...INSECURE, permissions: { 'loopback-network': 'denied' }, isChromium: false },
    ],
    [
      'permission-denied',
      'the embedding page does not let the frame prompt',
      { permissions: PROMPT, allowedByParent: false },
    ],
    ['mixed-content', 'an https page requests http from the network', { endpoint: LAN }],
    ['mixed-content', 'the origin of a sandboxed https frame is opaque', { endpoint: LAN, origin: 'null' }],
    ['mixed-content', 'the host name is local', { endpoint: 'http://gpu-box:1234' }],
    ['mixed-content', 'an https page requests http from a public host', { endpoint: 'http://lm.example.com:1234' }],
    [
      'mixed-content',
      'the permission is granted, but does not replace TLS',
      { endpoint: 'http://gpu-box:1234', permissions: GRANTED, isChromium: false },
    ],
    [
      'mixed-content',
      'the permission is undecided, but does not replace TLS',
      { endpoint: LAN, permissions: PROMPT, isChromium: false },
    ],
    [
      'mixed-content',
      'the permission is denied, but does not replace TLS',
      { endpoint: 'http://gpu-box:1234', permissions: { 'local-network': 'denied' }, isChromium: false },
    ],
    ['insecure-context', 'an insecure public page requests this machine', INSECURE],
    [
      'insecure-context',
      'the permission of an insecure public page reads as denied',
      { ...INSECURE, permissions: { 'loopback-network': 'denied' } },
    ],
  ])('returns the reason %s when %s', async (reason, _, scenario) => {
    const { result, error } = await explain(scenario)
    expect(result).toMatchObject({
      name: 'BrowserAccessError',
      reason,
      code: reason,
      endpoint: error.endpoint,
      cause: error,
    })
    expect(result.message).toContain(error.endpoint)
  })

  it.each<[string, Scenario]>([
    ['a page with the permission', { permissions: GRANTED }],
    ['a page of this machine', { url: 'http://localhost:5173/' }],
    ['a page in a browser without permissions', {}],
    ['a page with the permission for the network', { endpoint: LAN, permissions: GRANTED }],
    [
      'an insecure page of the network, whose permission reads as denied',
      { url: 'http://nas.lan/', isSecureContext: false, permissions: { 'loopback-network': 'denied' } },
    ],
    ['a page without an origin', { url: 'about:srcdoc', permissions: PROMPT }],
    ['an insecure page in a browser that allows it', { ...INSECURE, isChromium: false }],
    ['a page, over https', { endpoint: 'https://127.0.0.1:1234', permissions: GRANTED }],
    ['a page that requests a public host', { endpoint: 'https://lm.example.com', permissions: PROMPT }],
    [
      'a frame that may not prompt, in a page of this machine',
      { url: 'http://localhost:5173/', permissions: PROMPT, allowedByParent: false },
    ],
  ])('reports that the server is not running when nothing responds to %s', async (_, scenario) => {
    const { result, error } = await explain(scenario)
    expect(result).toMatchObject({ name: 'ServiceNotFoundError', code: 'not-running', cause: error })
  })

  it.each<[string, string, Scenario]>([
    ['Allow the page', 'the permission is undecided', { url: 'http://localhost/', permissions: PROMPT }],
    ['Open this page from http://localhost', 'WebKit may block the request', {}],
    ['certificate', 'the endpoint is https', { endpoint: 'https://127.0.0.1:1234' }],
    [
      'http://127.0.0.1 or http://localhost',
      'the host name may mean this machine',
      { endpoint: 'http://gpu-box:1234', permissions: GRANTED },
    ],
    ['Local Network', 'the server is on another machine', { endpoint: 'http://10.0.0.7:1234', permissions: GRANTED }],
  ])('hints at "%s" when nothing responds and %s', async (words, _, scenario) => {
    const { result } = await explain(scenario)
    expect(result.hint).toContain('lms server start')
    expect(result.hint).toContain(words)
  })

  it.each<[string, string, Scenario]>([
    [
      'http://127.0.0.1 or http://localhost',
      'a page over plain http requests a local host name',
      { url: 'http://localhost/', endpoint: 'http://gpu-box:1234' },
    ],
    ['Open this page from http://localhost', 'a page is already there', { url: 'http://localhost/' }],
    ['Local Network', 'a page requests this machine', { permissions: GRANTED }],
  ])('does not hint at "%s" when nothing responds and %s', async (words, _, scenario) => {
    const { result } = await explain(scenario)
    expect(result.hint).toContain('lms server start')
    expect(result.hint).not.toContain(words)
  })

  it('hints at `host_permissions` in the manifest when an extension may not read the response', async () => {
    const { result } = await explain({ url: 'chrome-extension://abcdefghijklmnop/popup.html', responds: true })
    expect(result).toMatchObject({
      reason: 'cors-disabled',
      hint: 'Add "http://127.0.0.1/*" to `host_permissions` in the extension manifest.',
    })
  })

  it('hints at the opaque origin when a sandboxed page may not read the response', async () => {
    const { result } = await explain({ url: 'http://localhost:5173/', origin: 'null', responds: true })
    expect(result).toMatchObject({ reason: 'cors-disabled' })
    expect(result.hint).toContain('lms server start --cors')
    expect(result.hint).toContain('has the origin `null`')
  })

  it('hints at the attribute of the iframe when the embedding page does not let the frame prompt', async () => {
    const { result } = await explain({ permissions: PROMPT, allowedByParent: false })
    expect(result.hint).toContain('<iframe allow="loopback-network; local-network; local-network-access">')
  })

  it('returns a NetworkError that hints at `headers` when the server lets pages read its responses', async () => {
    const { result, error } = await explain({ allowsCORS: true, permissions: GRANTED })
    expect(result).toMatchObject({ name: 'NetworkError', code: 'network', cause: error })
    expect(result.hint).toContain('headers')
  })

  it('returns the code tls when plain http responds at an https endpoint', async () => {
    const scenario = { endpoint: 'https://127.0.0.1:1234', permissions: GRANTED, respondsToHTTP: true }
    const { result, fetch } = await explain(scenario)
    expect(result).toMatchObject({ name: 'NetworkError', code: 'tls', isRetryable: false })
    expect(fetch).toHaveBeenLastCalledWith('http://127.0.0.1:1234/lmstudio-greeting', expect.anything())
  })

  it('returns the code offline when the device is offline and the server is on another machine', async () => {
    expect((await explain({ onLine: false, endpoint: LAN })).result).toMatchObject({
      name: 'NetworkError',
      code: 'offline',
    })
  })

  it('does not return the code offline for a server on this machine', async () => {
    expect((await explain({ onLine: false })).result.code).toBe('not-running')
  })

  it('attributes an expired time limit to an open permission prompt, without probes', async () => {
    const error = new TimeoutError('x', { endpoint: ENDPOINT, limit: 'timeout', timeoutMs: 30_000 })
    const { result, fetch } = await explain({ permissions: PROMPT, error })
    expect(result).toMatchObject({ reason: 'permission-required', cause: error })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('returns an expired time limit unchanged when no prompt can be open', async () => {
    const error = new TimeoutError('x', { endpoint: ENDPOINT, limit: 'timeout', timeoutMs: 30_000 })
    const { result, fetch } = await explain({ permissions: GRANTED, error })
    expect(result).toBe(error)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('returns the error unchanged outside a page, without probes', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>()
    const error = failure(ENDPOINT)
    expect(await explainFetchFailure(error, { fetch })).toBe(error)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('sends no probe that would open a permission prompt', async () => {
    const { fetch } = await explain({ permissions: PROMPT, responds: true })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('probes the greeting with GET, first with CORS and then without, and with nothing that needs a preflight', async () => {
    const { fetch } = await explain({ permissions: GRANTED, responds: true })
    expect(fetch.mock.calls).toEqual([
      [
        `${ENDPOINT}/lmstudio-greeting`,
        { mode: 'cors', cache: 'no-store', signal: expect.any(AbortSignal) as AbortSignal },
      ],
      [
        `${ENDPOINT}/lmstudio-greeting`,
        { mode: 'no-cors', cache: 'no-store', signal: expect.any(AbortSignal) as AbortSignal },
      ],
    ])
  })

  it.each<[string, Scenario]>([
    ['a host name without a dot', { endpoint: 'http://gpu-box:1234' }],
    ['a host name of a home network', { endpoint: 'http://gpu-box.lan:1234' }],
    ['a worker of an https page', { url: 'blob:https://app.example.org/1d2e', endpoint: 'http://gpu-box' }],
    ['an https page of the network', { url: 'https://nas.lan/', endpoint: 'http://gpu-box' }],
  ])('probes with the local address space for %s', async (_, scenario) => {
    const { fetch } = await explain({ permissions: GRANTED, ...scenario })
    expect(fetch.mock.calls[0]![1]).toHaveProperty('targetAddressSpace', 'local')
  })

  it.each<[string, Scenario]>([
    ['a browser that does not know address spaces', { endpoint: 'http://gpu-box', isChromium: false }],
    ['an https endpoint', { endpoint: 'https://gpu-box' }],
    ['a page over plain http', { url: 'http://nas.lan/', endpoint: 'http://gpu-box' }],
    ['this machine', {}],
    ['this machine by name', { endpoint: 'http://localhost:1234' }],
    ['an IPv4 address', { endpoint: LAN }],
    ['an IPv6 address', { endpoint: 'http://[fd12::1]:1234' }],
    ['a .local name', { endpoint: 'http://gpu-box.local:1234' }],
    ['a public host name', { endpoint: 'http://gpu-box.example.com:1234' }],
  ])('probes without an address space for %s', async (_, scenario) => {
    const { fetch } = await explain({ permissions: GRANTED, ...scenario })
    expect(fetch.mock.calls[0]![1]).not.toHaveProperty('targetAddressSpace')
  })

  it('waits 2 s for each probe', async () => {
    vi.useFakeTimers()
    stubBrowser({ permissions: GRANTED })
    const fetch = vi.fn<typeof globalThis.fetch>(() => new Promise(() => {}))
    const explanation = explainFetchFailure(failure(ENDPOINT), { fetch })
    await vi.advanceTimersByTimeAsync(1999)
    expect(fetch).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(fetch).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await explanation).toMatchObject({ code: 'not-running' })
  })

  it('rejects with the reason of an abort at once, and leaves no listener on the signal', async () => {
    stubBrowser({ url: 'http://localhost:5173/' })
    const controller = new AbortController()
    const fetch = (): Promise<Response> => {
      queueMicrotask(() => controller.abort('changed my mind'))
      return new Promise(() => {})
    }
    const explanation = explainFetchFailure(failure(ENDPOINT), { fetch, signal: controller.signal })
    expect(await rejectionOf(explanation)).toBe('changed my mind')
    expect(countListeners(controller.signal)).toBe(0)
  })

  it('leaves no listener on the signal of the caller', async () => {
    stubBrowser({ permissions: GRANTED })
    const { signal } = new AbortController()
    await explainFetchFailure(failure(ENDPOINT), {
      fetch: () => Promise.reject(new TypeError('Failed to fetch')),
      signal,
    })
    expect(countListeners(signal)).toBe(0)
  })
})

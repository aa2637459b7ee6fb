import { createLMStudio, diagnose } from 'lmstudio-provider'
import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { rejectionOf } from '../helpers/provider-errors.js'
import { stubPage } from './stub-page.js'

const ENDPOINT = 'http://127.0.0.1:4321'
const EVENT = 'securitypolicyviolation'

type Fields = Partial<
  Record<'effectiveDirective' | 'violatedDirective' | 'blockedURI' | 'disposition' | 'originalPolicy', string>
>

const BLOCKED: Fields = {
  effectiveDirective: 'connect-src',
  blockedURI: `${ENDPOINT}/api/v1/models`,
  disposition: 'enforce',
  originalPolicy: "default-src 'self'; connect-src 'self'",
}

const violation = (fields: Fields): Event => Object.assign(new Event(EVENT), fields)

interface Scenario {
  readonly url?: string
  readonly endpoint?: string
  /** When the event fires: before the rejection, or this many ms after it. */
  readonly when?: 'before' | number
  readonly events?: readonly Fields[]
}

/** Lists models in a page whose policy blocks the request. */
async function listModels({ url, endpoint = ENDPOINT, when = 'before', events = [BLOCKED] }: Scenario) {
  vi.useFakeTimers()
  const document = stubPage({ url })
  const fetch = vi.fn<typeof globalThis.fetch>(async (_, init) => {
    if (init?.mode === undefined) {
      const fire = (): void => events.forEach((fields) => document.dispatchEvent(violation(fields)))
      if (when === 'before') fire()
      else setTimeout(fire, when)
    }
    throw new TypeError('Failed to fetch')
  })
  const options = { endpoint, fetch, cache: false as const, maxRetries: 0, allowRemote: true }
  const rejection = rejectionOf(createLMStudio(options).listModels())
  await vi.advanceTimersByTimeAsync(30_000)
  const error = (await rejection) as { readonly code: string; readonly hint: string; readonly message: string }
  expect(getEventListeners(document, EVENT)).toHaveLength(0)
  expect(vi.getTimerCount()).toBe(0)
  return { error, fetch, document, options }
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a request that the Content-Security-Policy of the page blocks', () => {
  it.each<[string, Scenario]>([
    ['before fetch rejects', {}],
    ['4 ms after fetch rejects', { when: 4 }],
    ['80 ms after fetch rejects', { when: 80 }],
    ['with only the origin', { events: [{ ...BLOCKED, blockedURI: ENDPOINT }] }],
    ['for default-src', { events: [{ ...BLOCKED, effectiveDirective: 'default-src' }] }],
    [
      'by an older browser, with violatedDirective only',
      { events: [{ violatedDirective: "connect-src 'self'", blockedURI: ENDPOINT }] },
    ],
    ['after a policy that only reports', { events: [{ ...BLOCKED, disposition: 'report' }, BLOCKED] }],
  ])('is named when the event fires %s, without probes or retries', async (_, scenario) => {
    const { error, fetch } = await listModels(scenario)
    expect(error).toMatchObject({
      name: 'BrowserAccessError',
      reason: 'blocked-by-csp',
      code: 'blocked-by-csp',
      endpoint: ENDPOINT,
      isRetryable: false,
      message: `This page cannot reach ${ENDPOINT}: the Content-Security-Policy of the page blocks it.`,
    })
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it.each<[string, Fields]>([
    ['only reports', { ...BLOCKED, disposition: 'report' }],
    ['is of another directive', { ...BLOCKED, effectiveDirective: 'img-src' }],
    ['is of another host', { ...BLOCKED, blockedURI: 'http://127.0.0.1:9999/api/v1/models' }],
    ['has no address', { ...BLOCKED, blockedURI: 'inline' }],
    ['is empty', {}],
  ])('is not suspected when the event %s', async (_, fields) => {
    expect((await listModels({ events: [fields] })).error.code).toBe('not-running')
  })

  it('is not suspected when the event comes much later', async () => {
    expect((await listModels({ when: 5_000 })).error.code).toBe('not-running')
  })

  it.each<[string, Scenario, string]>([
    [
      'the address to add to connect-src',
      {},
      'Add http://127.0.0.1:4321 to `connect-src` in the Content-Security-Policy of this page.',
    ],
    [
      'the address without its path',
      { endpoint: `${ENDPOINT}/lm` },
      'Add http://127.0.0.1:4321 to `connect-src` in the Content-Security-Policy of this page.',
    ],
    [
      'both directives when the policy has only default-src',
      { events: [{ ...BLOCKED, originalPolicy: "default-src 'self'" }] },
      "Add `connect-src 'self' http://127.0.0.1:4321` to the Content-Security-Policy of this page, or add http://127.0.0.1:4321 to its `default-src`.",
    ],
    [
      'the manifest of an extension',
      { url: 'chrome-extension://abcdefghijklmnop/popup.html' },
      'Add http://127.0.0.1:4321 to `connect-src` in `content_security_policy.extension_pages` of the extension manifest.',
    ],
    [
      'upgrade-insecure-requests when the blocked address is https',
      { endpoint: 'http://gpu-box:4321', events: [{ ...BLOCKED, blockedURI: 'https://gpu-box:4321/api/v1/models' }] },
      'Remove `upgrade-insecure-requests`',
    ],
  ])('gets a hint with %s', async (_, scenario, hint) => {
    expect((await listModels(scenario)).error.hint).toContain(hint)
  })

  it('is reported by healthCheck and diagnose with the same steps', async () => {
    const { document, options } = await listModels({})
    const diagnosis = {
      code: 'blocked-by-csp',
      steps: ['Add http://127.0.0.1:4321 to `connect-src` in the Content-Security-Policy of this page.'],
    }
    expect(await createLMStudio(options).healthCheck()).toMatchObject({ status: 'unreachable', diagnosis })
    expect(await diagnose(options)).toMatchObject(diagnosis)
    expect(getEventListeners(document, EVENT)).toHaveLength(0)
  })

  it('is noticed in a worker, which gets the event itself', async () => {
    vi.useFakeTimers()
    const scope = new EventTarget()
    stubPage()
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('WorkerGlobalScope', Object)
    vi.stubGlobal('addEventListener', scope.addEventListener.bind(scope))
    vi.stubGlobal('removeEventListener', scope.removeEventListener.bind(scope))
    const fetch: typeof globalThis.fetch = async () => {
      scope.dispatchEvent(violation(BLOCKED))
      throw new TypeError('Failed to fetch')
    }
    const lmstudio = createLMStudio({ endpoint: ENDPOINT, fetch, cache: false })
    expect(await rejectionOf(lmstudio.listModels())).toMatchObject({ reason: 'blocked-by-csp' })
    expect(getEventListeners(scope, EVENT)).toHaveLength(0)
  })

  it('is listened for only while a request is under way', async () => {
    const document = stubPage()
    let during = 0
    const lmstudio = createLMStudio({
      endpoint: ENDPOINT,
      cache: false,
      async fetch() {
        during = getEventListeners(document, EVENT).length
        return Response.json({ models: [] })
      },
    })
    expect(getEventListeners(document, EVENT)).toHaveLength(0)
    await lmstudio.listModels()
    expect(during).toBe(1)
    expect(getEventListeners(document, EVENT)).toHaveLength(0)
  })

  it('leaves no listener when the caller aborts', async () => {
    const document = stubPage()
    const controller = new AbortController()
    const lmstudio = createLMStudio({ endpoint: ENDPOINT, cache: false, fetch: () => new Promise(() => {}) })
    const rejection = rejectionOf(lmstudio.listModels({ signal: controller.signal }))
    await vi.waitFor(() => expect(getEventListeners(document, EVENT)).toHaveLength(1))
    controller.abort('enough')
    expect(await rejection).toBe('enough')
    await vi.waitFor(() => expect(getEventListeners(document, EVENT)).toHaveLength(0))
  })
})

describe('a policy with upgrade-insecure-requests', () => {
  interface Upgrade {
    readonly endpoint: string
    readonly metaPolicies?: readonly string[]
    /** Names in the resource timing of the page, as Chromium lists them. */
    readonly resources?: readonly string[]
    /** Whether the names were listed before the request. */
    readonly isOld?: boolean
  }
  async function codeFor({ endpoint, metaPolicies = [], resources = [], isOld = false }: Upgrade): Promise<string> {
    const document = stubPage({ url: 'http://localhost:5173/' })
    Object.assign(document, { querySelectorAll: () => metaPolicies.map((content) => ({ content })) })
    vi.spyOn(performance, 'getEntriesByName').mockImplementation((name) =>
      resources.includes(name) ? [{ startTime: isOld ? -1 : performance.now() } as PerformanceEntry] : [],
    )
    const fetch = () => Promise.reject(new TypeError('Failed to fetch'))
    const lmstudio = createLMStudio({ endpoint, fetch, cache: false, maxRetries: 0, allowRemote: true })
    const error = (await rejectionOf(lmstudio.listModels())) as { readonly code: string; readonly hint: string }
    if (error.code === 'blocked-by-csp') expect(error.hint).toContain('Remove `upgrade-insecure-requests`')
    return error.code
  }
  afterEach(() => void vi.restoreAllMocks())

  const listed = ['https://gpu-box:4321/lmstudio-greeting']
  const meta = ["default-src 'self'; upgrade-insecure-requests"]

  it.each<[string, Upgrade]>([
    ['the browser lists the changed address', { endpoint: 'http://gpu-box:4321', resources: listed }],
    ['the policy is in a meta tag', { endpoint: 'http://gpu-box:4321', metaPolicies: meta }],
  ])('is named when %s', async (_, upgrade) => {
    expect(await codeFor(upgrade)).toBe('blocked-by-csp')
  })

  it.each<[string, Upgrade]>([
    [
      'the changed address is from an earlier request',
      { endpoint: 'http://gpu-box:4321', resources: listed, isOld: true },
    ],
    ['the endpoint is https', { endpoint: 'https://gpu-box:4321', resources: listed, metaPolicies: meta }],
    ['the endpoint is this machine', { endpoint: ENDPOINT, metaPolicies: meta }],
    ['the policy has no such directive', { endpoint: 'http://gpu-box:4321', metaPolicies: ['connect-src *'] }],
  ])('is not suspected when %s', async (_, upgrade) => {
    expect(await codeFor(upgrade)).toBe('not-running')
  })
})

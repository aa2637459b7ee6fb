import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  BrowserAccessError,
  NetworkError,
  ServiceNotFoundError,
  TimeoutError,
  type ProviderError,
} from '../../src/errors/index.js'
import { explainFetchFailure } from '../../src/browser/access-error.js'
import { rejectionOf } from '../helpers/provider-errors.js'

interface Page {
  readonly url?: string
  readonly endpoint?: string
  /** By name of the permission; a name that is not there is unknown to the browser. */
  readonly permissions?: Record<string, string>
  readonly onLine?: boolean
  readonly isSecureContext?: boolean
  /** Whether any HTTP server answers a request that does not ask to read the answer. */
  readonly answers?: boolean
  /** Whether it lets pages read. */
  readonly allowsPages?: boolean
  /** Whether plain http answers at the endpoint's port. */
  readonly speaksHTTP?: boolean
  /** Whether the page around this frame hands the right to ask on. */
  readonly isDelegated?: boolean
  /** Whether the browser knows `targetAddressSpace`. */
  readonly isChromium?: boolean
  /** What failed; a request that got no reason unless given. */
  readonly error?: ProviderError
}

const failure = (endpoint: string): NetworkError =>
  new NetworkError('It failed without saying why.', { endpoint, cause: new TypeError('Failed to fetch') })

async function explain({
  url = 'https://app.example.org/',
  endpoint = 'http://127.0.0.1:1234',
  permissions,
  onLine = true,
  isSecureContext = true,
  answers = false,
  allowsPages = false,
  speaksHTTP = false,
  isDelegated,
  isChromium = true,
  error = failure(endpoint),
}: Page) {
  const featurePolicy = { allowsFeature: () => isDelegated }
  vi.stubGlobal('document', isDelegated === undefined ? {} : { featurePolicy })
  vi.stubGlobal('location', new URL(url))
  vi.stubGlobal('Request', { prototype: isChromium ? { targetAddressSpace: 'unknown' } : {} })
  vi.stubGlobal('origin', new URL(url).origin)
  vi.stubGlobal('isSecureContext', isSecureContext)
  vi.stubGlobal('navigator', {
    onLine,
    ...(permissions === undefined
      ? {}
      : {
          permissions: {
            query: async ({ name }: { name: string }) => {
              if (permissions[name] === undefined) throw new TypeError('unknown permission')
              return { state: permissions[name] }
            },
          },
        }),
  })
  const probe = vi.fn<typeof fetch>(async (input, init) => {
    if (speaksHTTP && init?.mode === 'no-cors' && (input as string).startsWith('http:')) return new Response('')
    if (!allowsPages && !(answers && init?.mode === 'no-cors')) throw new TypeError('Failed to fetch')
    return new Response('')
  })
  vi.stubGlobal('fetch', probe)
  const result = await explainFetchFailure(error, probe, undefined)
  return { result, error, probe }
}

afterEach(() => void vi.unstubAllGlobals())

const PROMPT = { 'loopback-network': 'prompt', 'local-network': 'prompt', 'local-network-access': 'prompt' }
const GRANTED = { 'loopback-network': 'granted', 'local-network': 'granted' }

describe('explainFetchFailure', () => {
  it.each<[string, Page, string]>([
    ['a server answers, but not to pages', { answers: true, permissions: GRANTED }, 'cors-disabled'],
    ['the same in a browser without permissions', { answers: true }, 'cors-disabled'],
    ['the person has not been asked', { permissions: PROMPT }, 'permission-required'],
    [
      'the person has not been asked, in an older Chrome',
      { permissions: { 'local-network-access': 'prompt' } },
      'permission-required',
    ],
    ['the person said no', { permissions: { 'loopback-network': 'denied' } }, 'permission-denied'],
    [
      'the person said no for the network',
      { endpoint: 'http://192.168.1.20:1234', permissions: { 'local-network': 'denied' } },
      'permission-denied',
    ],
    [
      'the person said no to an insecure page, in a browser that asks those too',
      {
        url: 'http://app.example.org/',
        isSecureContext: false,
        permissions: { 'loopback-network': 'denied' },
        isChromium: false,
      },
      'permission-denied',
    ],
    ['an https page asks a machine of the network', { endpoint: 'http://192.168.1.20:1234' }, 'mixed-content'],
    [
      'an https page asks a name of the network, though permission is given',
      { endpoint: 'http://gpu-box:1234', permissions: GRANTED, isChromium: false },
      'mixed-content',
    ],
    [
      'a bare name would be blocked before the person is asked',
      { endpoint: 'http://gpu-box:1234', permissions: PROMPT, isChromium: false },
      'mixed-content',
    ],
    [
      'a bare name is blocked whatever the person said',
      { endpoint: 'http://gpu-box:1234', permissions: { 'local-network': 'denied' }, isChromium: false },
      'mixed-content',
    ],
    [
      'an address of the network, in a browser whose permission does not stand in for TLS',
      { endpoint: 'http://192.168.1.20:1234', permissions: PROMPT, isChromium: false },
      'mixed-content',
    ],
    [
      'the same for a .local name, though permission is given',
      { endpoint: 'http://gpu-box.local:1234', permissions: GRANTED, isChromium: false },
      'mixed-content',
    ],
    [
      'a bare name, in a browser without permissions that knows the address spaces of old',
      { endpoint: 'http://gpu-box:1234' },
      'mixed-content',
    ],
    [
      'a bare name that the request tells to be local, before the person is asked',
      { endpoint: 'http://gpu-box:1234', permissions: PROMPT },
      'permission-required',
    ],
    [
      'a bare name that the request tells to be local, when the person said no',
      { endpoint: 'http://gpu-box:1234', permissions: { 'local-network': 'denied' } },
      'permission-denied',
    ],
    [
      'a bare name that the request tells to be local, CORS off',
      { endpoint: 'http://gpu-box:1234', permissions: GRANTED, answers: true },
      'cors-disabled',
    ],
    ['the page around the frame does not let it ask', { permissions: PROMPT, isDelegated: false }, 'permission-denied'],
    ['the page around the frame lets it ask', { permissions: PROMPT, isDelegated: true }, 'permission-required'],
    [
      'a worker made from a blob has the origin of its page',
      { url: 'blob:https://app.example.org/1d2e', permissions: PROMPT },
      'permission-required',
    ],
    [
      'an insecure page asks this machine',
      { url: 'http://app.example.org/', isSecureContext: false },
      'insecure-context',
    ],
  ])('%s: %s', async (_, page, reason) => {
    const { result, error } = await explain(page)
    expect(result).toBeInstanceOf(BrowserAccessError)
    expect(result).toMatchObject({ reason, endpoint: error.endpoint })
    expect(result.hint.length).toBeGreaterThan(20)
    expect(result.message).not.toBe(error.message)
  })

  it.each<[string, Page]>([
    ['nothing answers', { permissions: GRANTED }],
    ['nothing answers a page of this machine', { url: 'http://localhost:5173/' }],
    ['nothing answers, and the browser has no permissions', {}],
    [
      'nothing answers at an address of the network, and permission is given',
      { endpoint: 'http://192.168.1.20:1234', permissions: GRANTED },
    ],
    [
      'nothing answers a page of the network, whose permission reads as denied for not being secure',
      { url: 'http://nas.lan/', isSecureContext: false, permissions: { 'loopback-network': 'denied' } },
    ],
    ['nothing answers a page without an origin', { url: 'about:srcdoc', permissions: PROMPT }],
    [
      'nothing answers an insecure page, in a browser that has no rule against it',
      { url: 'http://app.example.org/', isSecureContext: false, isChromium: false },
    ],
    ['nothing answers over https', { endpoint: 'https://127.0.0.1:1234', permissions: GRANTED }],
  ])('%s: the server is not there', async (_, page) => {
    expect((await explain(page)).result).toBeInstanceOf(ServiceNotFoundError)
  })

  it('a server that lets pages read its answers was not refused by the browser: the failure stays one of the network', async () => {
    const { result } = await explain({ allowsPages: true, permissions: GRANTED })
    expect(result).toBeInstanceOf(NetworkError)
    expect(result).not.toBeInstanceOf(BrowserAccessError)
    expect(result.hint).toContain('headers')
  })

  it.each<[string, Page, string | undefined]>([
    ['a bare name', { endpoint: 'http://gpu-box:1234' }, 'local'],
    ['a name of a home network', { endpoint: 'http://gpu-box.lan:1234' }, 'local'],
    [
      'a bare name, asked by a worker',
      { url: 'blob:https://app.example.org/1d2e', endpoint: 'http://gpu-box' },
      'local',
    ],
    ['a bare name, asked by a page of the network', { url: 'https://nas.lan/', endpoint: 'http://gpu-box' }, 'local'],
    ['a bare name, in a browser without it', { endpoint: 'http://gpu-box', isChromium: false }, undefined],
    ['a bare name over https', { endpoint: 'https://gpu-box' }, undefined],
    ['a bare name, asked over plain http', { url: 'http://nas.lan/', endpoint: 'http://gpu-box' }, undefined],
    ['this machine', {}, undefined],
    ['this machine by name', { endpoint: 'http://localhost:1234' }, undefined],
    ['an address of the network', { endpoint: 'http://192.168.1.20:1234' }, undefined],
    ['an IPv6 address of the network', { endpoint: 'http://[fd12::1]:1234' }, undefined],
    ['a .local name', { endpoint: 'http://gpu-box.local:1234' }, undefined],
    ['a name that may be anywhere', { endpoint: 'http://gpu-box.example.com:1234' }, undefined],
  ])('probes %s with the address space it needs', async (_, page, expected) => {
    const { probe } = await explain({ permissions: GRANTED, ...page })
    expect(probe).toHaveBeenCalled()
    const [, init] = probe.mock.calls[0]!
    expect((init as { targetAddressSpace?: string }).targetAddressSpace).toBe(expected)
  })

  it('tells plain http behind https from a server that is not there', async () => {
    const page = { endpoint: 'https://127.0.0.1:1234', permissions: GRANTED }
    const { result, probe } = await explain({ ...page, speaksHTTP: true })
    expect(result).toMatchObject({ code: 'tls', isRetryable: false })
    expect(probe).toHaveBeenLastCalledWith('http://127.0.0.1:1234/lmstudio-greeting', expect.anything())
    expect((await explain(page)).result.message).toContain('certificate')
  })

  it.each<[string, Page, string]>([
    [
      'the permission, while nobody has been asked',
      { url: 'http://localhost/', permissions: PROMPT },
      'Allow the page',
    ],
    ['that the browser may block it, as WebKit does', {}, 'Open this page from http://localhost'],
    ['the certificate, over https', { endpoint: 'https://127.0.0.1:1234' }, 'certificate'],
    [
      'this machine, for a name that may mean it',
      { endpoint: 'http://gpu-box:1234', permissions: GRANTED },
      'http://127.0.0.1 or http://localhost',
    ],
    ['the network, for another machine', { endpoint: 'http://10.0.0.7:1234', permissions: GRANTED }, 'Local Network'],
  ])('names in the hint what else it may be: %s', async (_, page, words) => {
    const { result } = await explain(page)
    expect(result.hint).toContain('lms server start')
    expect(result.hint).toContain(words)
  })

  it('tells a frame whose page does not let it ask what to write where', async () => {
    const { result } = await explain({ permissions: PROMPT, isDelegated: false })
    expect(result.hint).toContain('<iframe allow="loopback-network; local-network; local-network-access">')
  })

  it('takes a request that hung until its limit for one that waits for the person, and probes no further', async () => {
    const error = new TimeoutError('It took too long.', {
      endpoint: 'http://127.0.0.1:1234',
      limit: 'timeout',
      timeoutMs: 30_000,
    })
    const asked = await explain({ permissions: PROMPT, error })
    expect(asked.result).toMatchObject({ reason: 'permission-required', cause: error })
    expect(asked.probe).not.toHaveBeenCalled()
    expect((await explain({ permissions: GRANTED, error })).result).toBe(error)
  })

  it('an insecure page is told so, although its permission reads as denied', async () => {
    const page = {
      url: 'http://app.example.org/',
      isSecureContext: false,
      permissions: { 'loopback-network': 'denied' },
    }
    expect((await explain(page)).result).toMatchObject({ reason: 'insecure-context' })
  })

  it('a device without network that asks another machine is offline', async () => {
    expect((await explain({ onLine: false, endpoint: 'http://192.168.1.20:1234' })).result).toMatchObject({
      code: 'offline',
    })
    expect((await explain({ onLine: false })).result.code).not.toBe('offline')
  })

  it('sends no probe that would make the browser ask', async () => {
    const { probe } = await explain({ permissions: PROMPT, answers: true })
    expect(probe).not.toHaveBeenCalled()
  })

  it('sends probes that change nothing and need no preflight', async () => {
    const { probe } = await explain({ permissions: GRANTED, answers: true })
    for (const [input, init] of probe.mock.calls) {
      expect(new URL(input as string).pathname).toBe('/lmstudio-greeting')
      expect(init?.method ?? 'GET').toBe('GET')
      expect(['cors', 'no-cors']).toContain(init?.mode)
      expect(init?.headers).toBeUndefined()
      expect(init?.body).toBeUndefined()
    }
    expect(probe).toHaveBeenCalled()
  })

  it('leaves the error as it is outside a page, and sends nothing', async () => {
    const probe = vi.fn<typeof fetch>()
    const error = failure('http://127.0.0.1:1234')
    expect(await explainFetchFailure(error, probe, undefined)).toBe(error)
    expect(probe).not.toHaveBeenCalled()
  })

  it('ends at once when the caller aborts', async () => {
    vi.stubGlobal('document', {})
    vi.stubGlobal('location', new URL('http://localhost:5173/'))
    const controller = new AbortController()
    const hanging: typeof fetch = () => {
      queueMicrotask(() => controller.abort('enough'))
      return new Promise(() => {})
    }
    expect(await rejectionOf(explainFetchFailure(failure('http://127.0.0.1:1234'), hanging, controller.signal))).toBe(
      'enough',
    )
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { BrowserAccessError, NetworkError, ServiceNotFoundError } from '../../src/errors/index.js'
import { explainInPage } from '../../src/server/explain-in-page.js'
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
}: Page) {
  vi.stubGlobal('document', {})
  vi.stubGlobal('location', new URL(url))
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
  const probe = vi.fn<typeof fetch>(async (_, init) => {
    if (!allowsPages && !(answers && init?.mode === 'no-cors')) throw new TypeError('Failed to fetch')
    return new Response('')
  })
  vi.stubGlobal('fetch', probe)
  const error = failure(endpoint)
  const result = await explainInPage(error, probe, undefined)
  return { result, error, probe }
}

afterEach(() => void vi.unstubAllGlobals())

const PROMPT = { 'loopback-network': 'prompt', 'local-network': 'prompt', 'local-network-access': 'prompt' }
const GRANTED = { 'loopback-network': 'granted', 'local-network': 'granted' }

describe('explainInPage', () => {
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
    ['an https page asks a machine of the network', { endpoint: 'http://192.168.1.20:1234' }, 'mixed-content'],
    [
      'an https page asks a name of the network, though permission is given',
      { endpoint: 'http://gpu-box:1234', permissions: GRANTED },
      'mixed-content',
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
  ])('%s: the server is not there', async (_, page) => {
    expect((await explain(page)).result).toBeInstanceOf(ServiceNotFoundError)
  })

  it('a server that lets pages read its answers was not refused by the browser: the failure stays one of the network', async () => {
    const { result } = await explain({ allowsPages: true, permissions: GRANTED })
    expect(result).toBeInstanceOf(NetworkError)
    expect(result).not.toBeInstanceOf(BrowserAccessError)
    expect(result.hint).toContain('headers')
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
    expect(await explainInPage(error, probe, undefined)).toBe(error)
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
    expect(await rejectionOf(explainInPage(failure('http://127.0.0.1:1234'), hanging, controller.signal))).toBe(
      'enough',
    )
  })
})

import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { diagnose } from '../../src/diagnostics/diagnose.js'
import { createMockLMStudio } from '../../src/testing/index.js'

class RequestWithSpace extends Request {
  get targetAddressSpace(): string {
    return 'unknown'
  }
}

function stubPage(url: string, state: string, isChromium = true): void {
  vi.stubGlobal('document', {})
  vi.stubGlobal('location', new URL(url))
  vi.stubGlobal('isSecureContext', true)
  if (isChromium) vi.stubGlobal('Request', RequestWithSpace)
  vi.stubGlobal('navigator', { onLine: true, permissions: { query: async () => ({ state }) } })
}

afterEach(() => void vi.unstubAllGlobals())

describe('diagnose in a page', () => {
  it.each([
    ['http://127.0.0.1:1234', 'permission-required'],
    ['http://192.168.1.20:1234', 'permission-required'],
    ['http://gpu-box.local:1234', 'permission-required'],
    ['http://gpu-box:1234', 'permission-required'],
  ])('sends nothing to %s where a request would open the permission prompt: %s', async (endpoint, code) => {
    stubPage('https://app.example.org/', 'prompt')
    const mock = createMockLMStudio()
    const diagnosis = await diagnose({ endpoint, fetch: mock.fetch })
    expect(diagnosis).toMatchObject({ code, evidence: [expect.stringContaining('No request was sent')] })
    expect(diagnosis.summary).toContain(endpoint)
    expect(diagnosis.steps).not.toEqual([])
    expect(mock.calls).toEqual([])
  })

  it('sends nothing to a name that the browser blocks as mixed content without a prompt', async () => {
    stubPage('https://app.example.org/', 'prompt', false)
    const mock = createMockLMStudio()
    const { code } = await diagnose({ endpoint: 'http://gpu-box:1234', fetch: mock.fetch })
    expect(code).toBe('mixed-content')
    expect(mock.calls).toEqual([])
  })

  it('sends its requests despite a permission prompt with the option prompt', async () => {
    stubPage('https://app.example.org/', 'prompt')
    const mock = createMockLMStudio()
    expect((await diagnose({ fetch: mock.fetch, prompt: true })).code).toBe('ok')
    expect(mock.calls.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  it.each([
    ['http://gpu-box:1234', true, 'local'],
    ['http://gpu-box:1234', false, undefined],
    ['http://192.168.1.20:1234', true, undefined],
    ['http://127.0.0.1:1234', true, undefined],
  ])(
    'sends requests to %s with the address space that they need, if the browser supports it (%s): %s',
    async (endpoint, isSupported, space) => {
      stubPage('https://app.example.org/', 'granted', isSupported)
      const mock = createMockLMStudio()
      const spaces: unknown[] = []
      const fetch: typeof globalThis.fetch = (input, init) => {
        spaces.push((init as { targetAddressSpace?: string }).targetAddressSpace)
        return mock.fetch(input, init)
      }
      expect((await diagnose({ endpoint, fetch })).code).toBe('ok')
      expect(spaces).toEqual([space, space])
    },
  )

  it.each([
    ['https://app.example.org/', 'granted'],
    ['http://localhost:5173/', 'prompt'],
    ['http://nas.lan/', 'prompt'],
  ])('sends requests from %s with permission %s, which opens no prompt', async (url, state) => {
    stubPage(url, state)
    const mock = createMockLMStudio()
    expect((await diagnose({ fetch: mock.fetch })).code).toBe('ok')
  })
})

describe('diagnose', () => {
  it('rejects with the reason of a signal that is already aborted, and sends nothing', async () => {
    const mock = createMockLMStudio()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(diagnose({ fetch: mock.fetch, signal })).rejects.toThrow('enough')
    expect(mock.calls).toEqual([])
  })

  it('sends each request once and with the given headers, whatever maxRetries is', async () => {
    const mock = createMockLMStudio({ faults: ['status-503', 'status-503'] })
    const diagnosis = await diagnose({ fetch: mock.fetch, headers: { 'x-trace': 'abc' }, maxRetries: 2 })
    expect(diagnosis.code).toBe('server-error')
    expect(mock.calls.map(({ path }) => path)).toEqual(['/lmstudio-greeting', '/api/v1/models'])
    expect(mock.calls.map(({ headers }) => headers['x-trace'])).toEqual(['abc', 'abc'])
  })

  it.each([
    ['5 seconds by default', undefined, 5_000],
    ['the given timeout', 700, 700],
  ])('limits each request to %s', async (_, timeout, limit) => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const paths: string[] = []
    const fetch: typeof globalThis.fetch = async (input) => {
      const { pathname } = new URL(input as string)
      paths.push(pathname)
      return pathname === '/lmstudio-greeting' ? Response.json({ lmstudio: true }) : new Promise(() => {})
    }
    let code: string | undefined
    void diagnose({ fetch, ...(timeout === undefined ? {} : { timeout }) }).then((diagnosis) => (code = diagnosis.code))
    await vi.advanceTimersByTimeAsync(limit - 1)
    expect(paths).toEqual(['/lmstudio-greeting', '/api/v1/models'])
    expect(code).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(code).toBe('timeout')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('aborts the request in progress when the caller aborts', async () => {
    const controller = new AbortController()
    let requested: AbortSignal | undefined
    const fetch: typeof globalThis.fetch = async (input, init) => {
      requested = new Request(input, init).signal
      return new Promise(() => {})
    }
    const diagnosis = diagnose({ fetch, signal: controller.signal })
    await vi.waitFor(() => expect(requested).toBeDefined())
    controller.abort(new Error('enough'))
    await expect(diagnosis).rejects.toThrow('enough')
    expect(requested!.aborted).toBe(true)
  })
})

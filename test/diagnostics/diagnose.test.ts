import { afterEach, describe, expect, it, vi } from 'vitest'
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
  ])('sends nothing to %s that would make the browser ask: %s', async (endpoint, code) => {
    stubPage('https://app.example.org/', 'prompt')
    const mock = createMockLMStudio()
    const diagnosis = await diagnose({ endpoint, fetch: mock.fetch })
    expect(diagnosis).toMatchObject({ code, evidence: [expect.stringContaining('Nothing was sent')] })
    expect(diagnosis.summary).toContain(endpoint)
    expect(diagnosis.steps.length).toBeGreaterThan(0)
    expect(mock.calls).toEqual([])
  })

  it('sends nothing to a name that the browser blocks before it would ask', async () => {
    stubPage('https://app.example.org/', 'prompt', false)
    const mock = createMockLMStudio()
    const { code } = await diagnose({ endpoint: 'http://gpu-box:1234', fetch: mock.fetch })
    expect(code).toBe('mixed-content')
    expect(mock.calls).toEqual([])
  })

  it('sends its requests when the caller permits the question', async () => {
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
    'sends requests to %s with the address space they need, where the browser takes it (%s): %s',
    async (endpoint, takes, space) => {
      stubPage('https://app.example.org/', 'granted', takes)
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
  ])('asks the server from %s, permission %s, where the browser would not ask', async (url, state) => {
    stubPage(url, state)
    const mock = createMockLMStudio()
    expect((await diagnose({ fetch: mock.fetch })).code).toBe('ok')
  })
})

describe('diagnose', () => {
  it('throws the reason of the caller, before anything is sent', async () => {
    const mock = createMockLMStudio()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(diagnose({ fetch: mock.fetch, signal })).rejects.toThrow('enough')
    expect(mock.calls).toEqual([])
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { diagnose } from '../../src/server/diagnose.js'
import { createMockLMStudio } from '../../src/testing/index.js'

function stubPage(url: string, state: string): void {
  vi.stubGlobal('document', {})
  vi.stubGlobal('location', new URL(url))
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('navigator', { onLine: true, permissions: { query: async () => ({ state }) } })
}

afterEach(() => void vi.unstubAllGlobals())

describe('diagnose in a page', () => {
  it.each([
    ['http://127.0.0.1:1234', 'permission-required'],
    ['http://192.168.1.20:1234', 'permission-required'],
    ['http://gpu-box.local:1234', 'permission-required'],
    ['http://gpu-box:1234', 'mixed-content'],
  ])('sends nothing to %s that would make the browser ask: %s', async (endpoint, code) => {
    stubPage('https://app.example.org/', 'prompt')
    const mock = createMockLMStudio()
    const diagnosis = await diagnose({ endpoint, fetch: mock.fetch })
    expect(diagnosis).toMatchObject({ code, evidence: [expect.stringContaining('Nothing was sent')] })
    expect(diagnosis.summary).toContain(endpoint)
    expect(diagnosis.steps.length).toBeGreaterThan(0)
    expect(mock.calls).toEqual([])
  })

  it('sends its requests when the caller permits the question', async () => {
    stubPage('https://app.example.org/', 'prompt')
    const mock = createMockLMStudio()
    expect((await diagnose({ fetch: mock.fetch, prompt: true })).code).toBe('ok')
    expect(mock.calls.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

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

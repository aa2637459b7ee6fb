import {
  createLMStudio,
  diagnose,
  discover,
  runTools,
  type LMStudioOptions,
  type LMStudioProvider,
} from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudio } from 'lmstudio-provider/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { HELLO, MODEL } from './support/provider.js'

const ENDPOINT = 'http://127.0.0.1:4321'

/**
 * A `fetch` as frameworks patch it: it stores every response, those to POST included, and repeats it for the same request
 * unless the cache mode is `no-store`.
 */
function cachingFetch(mock: MockLMStudio): { readonly fetch: typeof globalThis.fetch; readonly modes: string[] } {
  const stored = new Map<string, Response>()
  const modes: string[] = []
  return {
    modes,
    async fetch(input, init) {
      const request = new Request(input, init)
      const mode = init?.cache ?? (input instanceof Request ? input.cache : 'default')
      modes.push(mode)
      if (mode === 'no-store') return mock.fetch(request)
      const key = `${request.method} ${request.url} ${await request.clone().text()}`
      const response = stored.get(key) ?? (await mock.fetch(request))
      stored.set(key, response.clone())
      return response.clone()
    },
  }
}

afterEach(() => void vi.unstubAllGlobals())

const CALLS: readonly (readonly [string, (lmstudio: LMStudioProvider) => Promise<unknown>])[] = [
  ['listModels', (lmstudio) => lmstudio.listModels({ refresh: true })],
  ['complete', (lmstudio) => lmstudio.complete(HELLO)],
  ['stream', (lmstudio) => lmstudio.stream(HELLO).response],
  ['respond', (lmstudio) => lmstudio.respond({ model: MODEL, input: 'Hello.' })],
  ['chat', (lmstudio) => lmstudio.chat({ model: MODEL, input: 'Hello.' })],
  ['embed', (lmstudio) => lmstudio.embed({ model: 'text-embedding-plover-v2', input: 'gull' })],
  ['healthCheck', (lmstudio) => lmstudio.healthCheck()],
  ['runTools', (lmstudio) => runTools(lmstudio, { ...HELLO, tools: [], maxRounds: 1 })],
]

describe.each<[string, LMStudioOptions]>([
  ['without interceptors', {}],
  [
    'with an interceptor that adds a header',
    { onRequest: ({ options }) => void options.headers.set('x-trace', 'abc') },
  ],
  ['with an interceptor that asks for the cache', { onRequest: ({ options }) => void (options.cache = 'force-cache') }],
  [
    'with an interceptor that replaces the request',
    { onRequest: (context) => void (context.request = new Request(context.request, { cache: 'force-cache' })) },
  ],
])('%s', (_, options) => {
  test.each(CALLS)('%s reaches the server each time under a caching fetch', async (_name, call) => {
    const mock = createMockLMStudio()
    const { fetch, modes } = cachingFetch(mock)
    const lmstudio = createLMStudio({ endpoint: ENDPOINT, fetch, cache: false, ...options })
    await call(lmstudio)
    const once = mock.calls.length
    await call(lmstudio)
    expect(mock.calls).toHaveLength(2 * once)
    expect(new Set(modes)).toEqual(new Set(['no-store']))
  })
})

test('a patched global fetch is not answered from its cache', async () => {
  const mock = createMockLMStudio()
  const { fetch, modes } = cachingFetch(mock)
  vi.stubGlobal('fetch', fetch)
  const lmstudio = createLMStudio({ endpoint: ENDPOINT, cache: false })
  await lmstudio.listModels()
  await lmstudio.listModels()
  expect(modes).toEqual(['no-store', 'no-store'])
  expect(mock.calls).toHaveLength(2)
})

test('diagnose and discover reach the server each time', async () => {
  const mock = createMockLMStudio()
  const { fetch, modes } = cachingFetch(mock)
  for (const _ of [1, 2]) {
    await diagnose({ endpoint: ENDPOINT, fetch })
    await discover({ endpoint: ENDPOINT, fetch })
  }
  expect(new Set(modes)).toEqual(new Set(['no-store']))
  expect(mock.calls).toHaveLength(modes.length)
})

test('sends no cache mode on a platform whose fetch refuses it', async () => {
  // Cloudflare Workers before the compatibility date 2024-11-11.
  vi.stubGlobal('Request', function OldRequest() {})
  const inits: RequestInit[] = []
  const lmstudio = createLMStudio({
    endpoint: ENDPOINT,
    cache: false,
    fetch: async (_, init) => {
      inits.push(init!)
      return new Response('{"data":[]}')
    },
  })
  await lmstudio.listModels()
  expect(inits[0]).toMatchObject({ redirect: 'manual' })
  expect(inits[0]).not.toHaveProperty('cache')
})

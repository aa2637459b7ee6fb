import { createLMStudio, memoryCache, type LMStudioOptions, type LMStudioProvider } from 'lmstudio-provider'
import {
  startMockLMStudio,
  type MockLMStudioServer,
  type MockLMStudioServerOptions,
} from 'lmstudio-provider/testing/node'
import { onTestFinished } from 'vitest'

export const MODEL = 'acme/tern-4b'

/** A simple request; the mock replies `You said: Hello.` */
export const HELLO = { model: MODEL, prompt: 'Hello.', reasoningEffort: 'none' } as const

/** Starts a mock on a free port; it is closed when the test ends. */
export async function startMock(options: MockLMStudioServerOptions = {}): Promise<MockLMStudioServer> {
  const mock = await startMockLMStudio(options)
  onTestFinished(() => mock.close())
  return mock
}

/** Creates a provider for one server, with a cache of its own. */
export function connect(server: { readonly url: string }, options: LMStudioOptions = {}): LMStudioProvider {
  return createLMStudio({ endpoint: server.url, cache: memoryCache(), ...options })
}

/** Starts a mock and creates a provider for it. */
export async function setUp(
  mockOptions: MockLMStudioServerOptions = {},
  options: LMStudioOptions = {},
): Promise<{ mock: MockLMStudioServer; lmstudio: LMStudioProvider }> {
  const mock = await startMock(mockOptions)
  return { mock, lmstudio: connect(mock, options) }
}

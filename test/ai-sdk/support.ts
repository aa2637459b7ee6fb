import * as ai6 from 'ai'
import * as ai7 from 'ai-7'
import { createLMStudio, type LMStudioAISDKProvider, type LMStudioOptions } from 'lmstudio-provider/ai-sdk'
import { type MockCall, type MockLMStudioServer, startMockLMStudio } from 'lmstudio-provider/testing/node'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { APICallError } from 'ai'
import { rejectionOf } from '../helpers/provider-errors.js'

/** Both versions of the AI SDK, under the types of one: the tests use what both have. */
export const versions = [
  { version: 'ai 6', ai: ai6 },
  { version: 'ai 7', ai: ai7 as unknown as typeof ai6 },
]

export const MODEL = 'acme/tern-4b'

/** The warnings belong to the results here, not to the console. */
globalThis.AI_SDK_LOG_WARNINGS = false

/** A mock over a real socket for the tests of a file, and providers for it. */
export function useServer() {
  let server: MockLMStudioServer
  beforeAll(async () => void (server = await startMockLMStudio()))
  beforeEach(() => server.reset())
  afterAll(() => server.close())
  return {
    get server(): MockLMStudioServer {
      return server
    },
    provider: (options?: LMStudioOptions): LMStudioAISDKProvider =>
      createLMStudio({ endpoint: server.url, ...options }),
    /** The body of the last request. */
    lastBody: (): Record<string, unknown> => server.calls.at(-1)!.body as Record<string, unknown>,
    lastCall: (): MockCall => server.calls.at(-1)!,
  }
}

/** An `APICallError` as this package makes it. */
export type CallError = APICallError & { readonly code: string; readonly hint: string }

/** The error that a call rejects with; fails the test when the call resolves. */
export const callError = (promise: PromiseLike<unknown>): Promise<CallError> =>
  rejectionOf(promise) as Promise<CallError>

/** Reads a web stream to its end. */
export async function readParts<T>(stream: ReadableStream<T>): Promise<T[]> {
  const parts: T[] = []
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return parts
    parts.push(value)
  }
}

/** A prompt with one message of the user. */
export const promptOf = (text: string) => [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }]

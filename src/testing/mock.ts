import { createMockCore } from './mock-core.js'
import type { MockLMStudio, MockLMStudioOptions } from './types.js'

/**
 * A pretended LM Studio as a function from `Request` to `Response`: for anyone's tests, without a server and without
 * LM Studio. Routes, error bodies, streams and their quirks follow what LM Studio 0.4 sends; answers are made up, the
 * same ones for the same requests: `lorem 500` gives 500 words, `echo: x` gives `x`, a message that fits a tool calls
 * it, a JSON schema is satisfied, everything else is repeated back.
 *
 * @example
 * ```ts
 * import { createMockLMStudio } from 'lmstudio-provider/testing'
 *
 * const mock = createMockLMStudio()
 * mock.inject('status-503')
 * const response = await mock.fetch('http://127.0.0.1:1234/v1/models')
 * ```
 */
export function createMockLMStudio(options: MockLMStudioOptions = {}): MockLMStudio {
  return createMockCore(options).mock
}

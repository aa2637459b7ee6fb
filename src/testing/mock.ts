import { createMockCore } from './mock-core.js'
import type { MockLMStudio, MockLMStudioOptions } from './types.js'

/**
 * Creates a mock LM Studio that runs in process: a function from `Request` to `Response`, without a server and without
 * LM Studio.
 *
 * Routes, error bodies, streams and their quirks follow LM Studio 0.4. The same requests get the same responses:
 * `lorem 500` returns 500 words, `echo: x` returns `x`, a message that matches a tool calls the tool, a JSON schema is
 * satisfied, and any other message is repeated back.
 *
 * @throws `RangeError` for an unknown option, and for an unknown fault in `faults`.
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

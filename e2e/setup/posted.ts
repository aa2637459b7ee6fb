import type { MockCall, MockLMStudio } from '../../src/testing/index.js'

/** Returns the chat completion requests, without the preflights that browsers send to the same path. */
export const posted = (mock: MockLMStudio): MockCall[] =>
  mock.calls.filter(({ method, path }) => method === 'POST' && path === '/v1/chat/completions')

import type { MockCall, MockLMStudio } from '../../src/testing/index.js'

/** The chat completions that were asked for. Preflights, which a browser sends to the same path first, are not among them. */
export const posted = (mock: MockLMStudio): MockCall[] =>
  mock.calls.filter(({ method, path }) => method === 'POST' && path === '/v1/chat/completions')

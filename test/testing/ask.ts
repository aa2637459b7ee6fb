import type { MockLMStudio } from '../../src/testing/index.js'

export const origin = 'http://127.0.0.1:1234'
export const model = 'acme/tern-4b'
export const hello = [{ role: 'user', content: 'Hello.' }]

/** Asks a mock in process; a body makes it a POST. */
export function ask(
  mock: MockLMStudio,
  path: string,
  body?: object | string,
  init: RequestInit = {},
): Promise<Response> {
  if (body === undefined) return mock.fetch(origin + path, init)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) }
  return mock.fetch(origin + path, { ...init, method: 'POST', body: text, headers })
}

/** A chat completion about nothing in particular. */
export const chat = (mock: MockLMStudio, body: object = {}, init: RequestInit = {}): Promise<Response> =>
  ask(mock, '/v1/chat/completions', { model, messages: hello, reasoning_effort: 'none', ...body }, init)

export const user = (content: unknown): object => ({ messages: [{ role: 'user', content }] })

import type { MockLMStudio } from '../../../src/testing/index.js'

export const origin = 'http://127.0.0.1:1234'
export const model = 'acme/tern-4b'
export const embeddingModel = 'text-embedding-plover-v2'
export const hello = [{ role: 'user', content: 'Hello.' }]

/** Sends a GET request to a mock in process. */
export const get = (mock: MockLMStudio, path: string, init: RequestInit = {}): Promise<Response> =>
  mock.fetch(origin + path, init)

/** Sends a POST request to a mock in process. A string is sent unchanged. */
export function post(
  mock: MockLMStudio,
  path: string,
  body: object | string,
  init: RequestInit = {},
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) }
  return mock.fetch(origin + path, { ...init, method: 'POST', body: text, headers })
}

/** Sends a chat completion request without reasoning; its message is "Hello." unless `body` has another. */
export const chat = (mock: MockLMStudio, body: object = {}, init: RequestInit = {}): Promise<Response> =>
  post(mock, '/v1/chat/completions', { model, messages: hello, reasoning_effort: 'none', ...body }, init)

/** The `messages` of one user message. */
export const user = (content: unknown): object => ({ messages: [{ role: 'user', content }] })

export const tideTool = {
  type: 'function',
  function: {
    name: 'tide_at',
    description: 'High and low water at a harbor',
    parameters: { type: 'object', properties: { harbor: { type: 'string' } }, required: ['harbor'] },
  },
}
export const windTool = { type: 'function', function: { name: 'wind_at', parameters: tideTool.function.parameters } }

/** The mock checks the form of a data URL, not the image in it. */
export const pngURL = 'data:image/png;base64,iVBORw0KGgo='

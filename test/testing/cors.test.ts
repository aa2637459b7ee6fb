import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudio } from '../../src/testing/index.js'
import { get, origin } from './support/mock-requests.js'

const preflight = (mock: MockLMStudio, path: string): Promise<Response> =>
  mock.fetch(origin + path, {
    method: 'OPTIONS',
    headers: { 'access-control-request-method': 'POST', 'access-control-request-private-network': 'true' },
  })

const allowedOrigin = async (mock: MockLMStudio): Promise<string | null> =>
  (await get(mock, '/v1/models')).headers.get('access-control-allow-origin')

describe('CORS', () => {
  test('a preflight is granted for the headers of LM Studio, but not for a private network', async () => {
    const { status, headers } = await preflight(createMockLMStudio(), '/v1/chat/completions')
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-headers')).toBe('content-type, authorization, x-api-key')
    expect(headers.has('access-control-allow-private-network')).toBe(false)
  })

  test.each([
    ['*', '*'],
    [['content-type', 'x-trace-id'], 'content-type, x-trace-id'],
  ] as const)('allowedHeaders %j is sent as "%s"', async (allowedHeaders, sent) => {
    const { headers } = await preflight(createMockLMStudio({ allowedHeaders }), '/v1/models')
    expect(headers.get('access-control-allow-headers')).toBe(sent)
  })

  test('with privateNetwork, a preflight for a private network is granted, and no other', async () => {
    const mock = createMockLMStudio({ privateNetwork: true })
    const granted = await preflight(mock, '/v1/models')
    expect(granted.headers.get('access-control-allow-private-network')).toBe('true')
    const plain = await mock.fetch(`${origin}/v1/models`, { method: 'OPTIONS' })
    expect(plain.headers.has('access-control-allow-private-network')).toBe(false)
    mock.configure({ cors: false })
    const refused = await preflight(mock, '/v1/models')
    expect(refused.headers.has('access-control-allow-private-network')).toBe(false)
  })

  test('a preflight needs no token', async () => {
    expect((await preflight(createMockLMStudio({ auth: true }), '/v1/models')).status).toBe(204)
  })

  test('with CORS off, chat completions validate the preflight as a request', async () => {
    const response = await preflight(createMockLMStudio({ cors: false }), '/v1/chat/completions')
    expect(response.status).toBe(400)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
    expect(await response.json()).toEqual({ error: "'messages' field is required" })
  })

  test('with CORS off, a preflight to another route gets the 200 catch-all', async () => {
    const response = await preflight(createMockLMStudio({ cors: false }), '/v1/completions')
    expect(response.status).toBe(200)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
    expect(await response.json()).toEqual({ error: 'Unexpected endpoint or method. (OPTIONS /v1/completions)' })
  })

  test('with CORS off, a request gets a response without the header', async () => {
    const response = await get(createMockLMStudio({ cors: false }), '/v1/models')
    expect(response.status).toBe(200)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  test('configure switches CORS off, and reset restores the option', async () => {
    const mock = createMockLMStudio()
    mock.configure({ cors: false })
    expect(await allowedOrigin(mock)).toBeNull()
    mock.reset()
    expect(await allowedOrigin(mock)).toBe('*')
  })
})

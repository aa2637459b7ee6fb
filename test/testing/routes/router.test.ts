import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { get, origin, post } from '../support/mock-requests.js'

describe('routing', () => {
  test('the greeting identifies LM Studio', async () => {
    const response = await get(createMockLMStudio(), '/lmstudio-greeting')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ lmstudio: true })
  })

  test('responses carry the headers of Express', async () => {
    const { headers } = await get(createMockLMStudio(), '/v1/models')
    expect(headers.get('x-powered-by')).toBe('Express')
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('etag')).toMatch(/^W\/"[0-9a-f]+-.{27}"$/u)
  })

  test('a trailing slash is ignored', async () => {
    expect(await (await get(createMockLMStudio(), '/v1/models/')).json()).toMatchObject({ object: 'list' })
  })

  test.each([
    ['POST', '/chat/completions'],
    ['GET', '/'],
    ['GET', '/health'],
    ['GET', '/v1/models/acme'],
    ['GET', '/v1/chat/completions'],
    ['DELETE', '/v1/models'],
    ['POST', '/v1/messages/count_tokens'],
  ])('%s %s gets the 200 catch-all', async (method, path) => {
    const response = await createMockLMStudio().fetch(origin + path, { method })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ error: `Unexpected endpoint or method. (${method} ${path})` })
  })

  test('version 0.3 does not know the native v1 routes and the Anthropic route', async () => {
    const mock = createMockLMStudio({ version: '0.3' })
    expect(await (await get(mock, '/api/v1/models')).json()).toEqual({
      error: 'Unexpected endpoint or method. (GET /api/v1/models)',
    })
    expect(await (await post(mock, '/v1/messages', {})).json()).toEqual({
      error: 'Unexpected endpoint or method. (POST /v1/messages)',
    })
    expect(await (await get(mock, '/api/v0/models')).json()).toMatchObject({ object: 'list' })
  })
})

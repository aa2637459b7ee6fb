import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../src/testing/index.js'
import { ask, chat, hello, model, origin } from './ask.js'

describe('the greeting and the catch-all', () => {
  test('the greeting says it is LM Studio', async () => {
    const response = await ask(createMockLMStudio(), '/lmstudio-greeting')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ lmstudio: true })
  })

  test('every answer looks like one of Express', async () => {
    const { headers } = await ask(createMockLMStudio(), '/v1/models')
    expect(headers.get('x-powered-by')).toBe('Express')
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('etag')).toMatch(/^W\/"[0-9a-f]+-.{27}"$/u)
  })

  test.each([
    ['POST', '/chat/completions'],
    ['GET', '/'],
    ['GET', '/health'],
    ['GET', '/v1/models/acme'],
    ['GET', '/v1/chat/completions'],
    ['DELETE', '/v1/models'],
    ['POST', '/v1/messages/count_tokens'],
  ])('%s %s gets status 200 and an error', async (method, path) => {
    const response = await createMockLMStudio().fetch(origin + path, { method })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ error: `Unexpected endpoint or method. (${method} ${path})` })
  })

  test('0.3 knows neither the native v1 routes nor the Anthropic one', async () => {
    const mock = createMockLMStudio({ version: '0.3' })
    expect(await (await ask(mock, '/api/v1/models')).json()).toHaveProperty('error')
    expect(await (await ask(mock, '/v1/messages', {})).json()).toHaveProperty('error')
    expect(await (await ask(mock, '/api/v0/models')).json()).toHaveProperty('data')
  })
})

const ids = async (options: object): Promise<string[]> => {
  const body = await (await ask(createMockLMStudio(options), '/v1/models')).json()
  return body.data.map(({ id }: { id: string }) => id)
}

describe('model lists', () => {
  test('with JIT on the OpenAI list has what is on the disk', async () => {
    expect(await ids({})).toEqual(['acme/tern-4b', 'acme/heron-base', 'acme/plover-vl', 'text-embedding-plover-v2'])
  })

  test('with JIT off it has what is loaded', async () => {
    expect(await ids({ jit: false })).toEqual(['acme/tern-4b'])
  })

  test('the v0 list calls embedding models "embeddings" and the v1 list "embedding"', async () => {
    const mock = createMockLMStudio()
    expect((await (await ask(mock, '/api/v0/models')).json()).data.at(-1).type).toBe('embeddings')
    expect((await (await ask(mock, '/api/v1/models')).json()).models.at(-1).type).toBe('embedding')
  })

  test('a v0 model is found with its slash plain or encoded, and an unknown one is 404', async () => {
    const mock = createMockLMStudio()
    for (const path of ['/api/v0/models/acme/tern-4b', '/api/v0/models/acme%2Ftern-4b']) {
      expect((await (await ask(mock, path)).json()).loaded_context_length).toBe(8192)
    }
    expect((await ask(mock, '/api/v0/models/acme/puffin')).status).toBe(404)
  })
})

const withToken = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

describe('authentication', () => {
  test('a token is well-formed, accepted, and absent while authentication is off', async () => {
    const mock = createMockLMStudio({ auth: true })
    expect(mock.apiToken).toMatch(/^sk-lm-[A-Za-z0-9]{8}:[A-Za-z0-9]{20}$/u)
    expect((await ask(mock, '/v1/models', undefined, withToken(mock.apiToken ?? ''))).status).toBe(200)
    expect(createMockLMStudio().apiToken).toBeUndefined()
  })

  test('missing, malformed and unknown tokens get 401 with a reason each, and none is told back whole', async () => {
    const mock = createMockLMStudio({ auth: true })
    const message = async (init?: RequestInit): Promise<string> => {
      const response = await ask(mock, '/v1/models', undefined, init)
      expect(response.status).toBe(401)
      const { error } = await response.json()
      expect(error.code).toBe('invalid_api_key')
      return error.message
    }
    expect(await message()).toContain('token is required')
    expect(await message(withToken('lm-studio-placeholder'))).toBe(
      'Malformed LM Studio API token provided: lm-studio-****',
    )
    const other = `sk-lm-${'Zz000000'}:${'9'.repeat(20)}`
    const told = await message(withToken(other))
    expect(told).toContain('Invalid LM Studio API token')
    expect(told).not.toContain(other)
  })

  test('the greeting needs no token, and a 401 carries the CORS header', async () => {
    const mock = createMockLMStudio({ auth: true })
    expect((await ask(mock, '/lmstudio-greeting')).status).toBe(200)
    expect((await ask(mock, '/v1/models')).headers.get('access-control-allow-origin')).toBe('*')
  })

  test('the Anthropic route takes x-api-key, the others do not', async () => {
    const mock = createMockLMStudio({ auth: true })
    const init = { headers: { 'x-api-key': mock.apiToken ?? '' } }
    expect((await ask(mock, '/v1/messages', { model, max_tokens: 9, messages: hello }, init)).status).toBe(200)
    expect((await chat(mock, {}, init)).status).toBe(401)
  })

  test('a refused call uses up no fault', async () => {
    const mock = createMockLMStudio({ auth: true, faults: ['status-500'] })
    expect((await ask(mock, '/v1/models')).status).toBe(401)
    expect((await ask(mock, '/v1/models', undefined, withToken(mock.apiToken ?? ''))).status).toBe(500)
  })
})

const options = (mock: ReturnType<typeof createMockLMStudio>, path: string): Promise<Response> =>
  mock.fetch(origin + path, {
    method: 'OPTIONS',
    headers: { 'access-control-request-method': 'POST', 'access-control-request-private-network': 'true' },
  })

describe('CORS', () => {
  test('on, a preflight is granted for the headers LM Studio has a use for, and for no private network', async () => {
    const response = await options(createMockLMStudio(), '/v1/chat/completions')
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type, authorization, x-api-key')
    expect(response.headers.has('access-control-allow-private-network')).toBe(false)
  })

  test('off, chat completions validates the preflight and everything else gets the catch-all', async () => {
    const mock = createMockLMStudio({ cors: false })
    const refused = await options(mock, '/v1/chat/completions')
    expect(refused.status).toBe(400)
    expect(await refused.json()).toEqual({ error: "'messages' field is required" })
    const odd = await options(mock, '/v1/completions')
    expect(odd.status).toBe(200)
    expect(await odd.json()).toEqual({ error: 'Unexpected endpoint or method. (OPTIONS /v1/completions)' })
    expect(odd.headers.has('access-control-allow-origin')).toBe(false)
  })

  test('off, a plain request is answered without the header', async () => {
    const response = await ask(createMockLMStudio({ cors: false }), '/v1/models')
    expect(response.status).toBe(200)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  test('the switch turns while running, and a reset turns it back', async () => {
    const mock = createMockLMStudio()
    mock.configure({ cors: false })
    expect((await ask(mock, '/v1/models')).headers.has('access-control-allow-origin')).toBe(false)
    mock.reset()
    expect((await ask(mock, '/v1/models')).headers.has('access-control-allow-origin')).toBe(true)
    expect(mock.calls).toHaveLength(1)
  })
})

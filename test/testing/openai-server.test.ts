import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../src/testing/index.js'
import { chat, embeddingModel, get, model, origin, post, user } from './support/mock-requests.js'
import { framesOf, textOf } from './support/read-frames.js'

const create = (options = {}) => createMockLMStudio({ server: 'openai', now: () => 5000, ...options })

describe('a server that is not LM Studio', () => {
  test('lists models in the shape of OpenAI, without the header of Express', async () => {
    const response = await get(create({ models: [{ id: model }] }), '/v1/models')
    expect(response.headers.has('x-powered-by')).toBe(false)
    expect(await response.text()).toBe(
      '{"object":"list","data":[{"id":"acme/tern-4b","object":"model","created":5,"owned_by":"acme"}]}',
    )
  })

  test('completes, streams, embeds and responds', async () => {
    const mock = create()
    expect((await (await chat(mock)).json()).choices[0].message.content).toBe('You said: Hello.')
    expect(textOf(await framesOf(chat(mock, { stream: true })))).toBe('You said: Hello.')
    expect((await post(mock, '/v1/embeddings', { model: embeddingModel, input: 'x' })).status).toBe(200)
    expect((await post(mock, '/v1/responses', { model, input: 'x' })).status).toBe(200)
    expect((await post(mock, '/v1/completions', { model, prompt: 'x' })).status).toBe(200)
  })

  test.each([
    ['GET', '/lmstudio-greeting'],
    ['GET', '/api/v0/models'],
    ['GET', '/api/v1/models'],
    ['GET', '/api/v1/models/download/status/job_1'],
    ['POST', '/v1/messages'],
    ['GET', '/v1/chat/completions'],
    ['GET', '/'],
  ])('%s %s is a 404', async (method, path) => {
    const response = await create().fetch(origin + path, { method })
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      error: {
        message: `Invalid URL (${method} ${path})`,
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    })
  })

  test('sends every error as an object', async () => {
    const error = { type: 'invalid_request_error', param: null, code: null }
    const missing = await chat(create(), { messages: undefined })
    expect(missing.status).toBe(400)
    expect(await missing.json()).toEqual({ error: { ...error, message: "'messages' field is required" } })
    const invalid = await post(create(), '/v1/chat/completions', '{')
    expect(await invalid.json()).toEqual({ error: { ...error, message: 'Invalid JSON in request body.' } })
    const long = user('gull '.repeat(200))
    const overflow = await chat(create({ models: [{ id: model, loaded: true, contextLength: 64 }] }), long)
    expect((await overflow.json()).error.message).toBe('Cannot truncate prompt with n_keep (255) >= n_ctx (64)')
  })

  test('sends the body of a fault unchanged', async () => {
    const mock = create({ faults: [{ name: 'error-200', shape: 'string', message: 'No.' }] })
    expect(await (await chat(mock)).text()).toBe('{"error":"No."}')
  })

  test('refuses a wrong API key', async () => {
    const mock = create({ auth: 'my-key' })
    const response = await get(mock, '/v1/models')
    expect(response.status).toBe(401)
    expect((await response.json()).error).toMatchObject({
      message: 'Incorrect API key provided.',
      code: 'invalid_api_key',
    })
    expect((await get(mock, '/v1/models', { headers: { authorization: 'Bearer my-key' } })).status).toBe(200)
  })
})

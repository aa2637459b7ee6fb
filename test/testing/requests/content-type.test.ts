import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { hello, model, origin } from '../support/mock-requests.js'

async function postAs(contentType: string, path: string, body: object): Promise<[number, unknown]> {
  const init = { method: 'POST', headers: { 'content-type': contentType }, body: JSON.stringify(body) }
  const response = await createMockLMStudio().fetch(origin + path, init)
  return [response.status, await response.json()]
}

const messagesRequired = [400, { error: "'messages' field is required" }]

describe('the content type of a request', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    '"%s" is read as JSON',
    async (contentType) => {
      const [status] = await postAs(contentType, '/v1/chat/completions', { model, messages: hello })
      expect(status).toBe(200)
    },
  )

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonl', 'application/vnd.api+json'])(
    '"%s" is ignored, as an empty body is',
    async (contentType) => {
      expect(await postAs(contentType, '/v1/chat/completions', { model, messages: hello })).toEqual(messagesRequired)
    },
  )

  test('a string body without a content type of its own is ignored', async () => {
    const body = JSON.stringify({ model, messages: hello })
    const response = await createMockLMStudio().fetch(`${origin}/v1/chat/completions`, { method: 'POST', body })
    expect([response.status, await response.json()]).toEqual(messagesRequired)
  })

  test('a native route reports the ignored body in its own shape', async () => {
    expect(await postAs('text/plain', '/api/v1/models/load', { model })).toEqual([
      400,
      { error: { message: "'model' is required", type: 'invalid_request', code: 'invalid_type', param: 'model' } },
    ])
  })

  test('an ignored body is recorded all the same', async () => {
    const mock = createMockLMStudio()
    await mock.fetch(`${origin}/v1/chat/completions`, { method: 'POST', body: '{"model":"x"}' })
    expect(mock.calls[0]?.body).toEqual({ model: 'x' })
  })
})

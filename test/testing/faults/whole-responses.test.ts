import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault } from '../../../src/testing/index.js'
import { chat, get, post } from '../support/mock-requests.js'

const faulty = (fault: MockFault, body: object = {}): Promise<Response> =>
  chat(createMockLMStudio({ faults: [fault] }), body)

describe('status-<n>', () => {
  test.each([
    ['string', { error: 'No.' }],
    ['object', { error: { message: 'No.', type: 'invalid_request_error', param: null, code: null } }],
    ['zod', { error: '[\n  {\n    "code": "custom",\n    "path": [],\n    "message": "No."\n  }\n]' }],
  ] as const)('shape "%s" is that JSON body', async (shape, expected) => {
    const response = await faulty({ name: 'status-422', shape, message: 'No.' })
    expect(response.status).toBe(422)
    expect(await response.json()).toEqual(expected)
  })

  test.each([
    ['text', 'text/plain; charset=utf-8', 'No.'],
    ['html', 'text/html', expect.stringContaining('<h1>500 No.</h1>')],
    ['empty', null, ''],
  ] as const)('shape "%s" has the content type %s', async (shape, contentType, body) => {
    const response = await faulty({ name: 'status-500', shape, message: 'No.' })
    expect(response.headers.get('content-type')).toBe(contentType)
    expect(await response.text()).toEqual(body)
  })

  test.each([
    [2, '2'],
    [new Date(Date.UTC(2026, 8, 2)), 'Wed, 02 Sep 2026 00:00:00 GMT'],
    ['soon', 'soon'],
  ])('retryAfter %s is sent as a header', async (retryAfter, header) => {
    expect((await faulty({ name: 'status-429', retryAfter })).headers.get('retry-after')).toBe(header)
  })

  test('headers are added to the response', async () => {
    expect((await faulty({ name: 'status-429', headers: { 'x-limit': '9' } })).headers.get('x-limit')).toBe('9')
  })

  test.each([
    ['status-500', '/v1/chat/completions', { error: 'Internal Server Error' }],
    [
      'status-500',
      '/api/v1/chat',
      { error: { type: 'invalid_request', message: 'Internal Server Error', code: null, param: null } },
    ],
    [
      'status-500',
      '/v1/messages',
      { type: 'error', error: { type: 'invalid_request_error', message: 'Internal Server Error' } },
    ],
    ['status-401', '/v1/embeddings', { error: { code: 'invalid_api_key' } }],
    ['status-403', '/v1/embeddings', { error: { code: 'permission_denied' } }],
  ] as const)('without a shape, %s has the body of %s', async (fault, path, expected) => {
    const response = await post(createMockLMStudio({ faults: [fault] }), path, {})
    expect(await response.json()).toMatchObject(expected)
  })

  test('without a shape, a 502 is the HTML page of a proxy', async () => {
    expect(await (await faulty('status-502')).text()).toContain('<h1>502 Bad Gateway</h1>')
  })
})

describe('faults that replace the response', () => {
  test('catch-all responds as to a wrong path', async () => {
    const response = await faulty('catch-all')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ error: 'Unexpected endpoint or method. (POST /v1/chat/completions)' })
  })

  test('html is the page of a proxy, with status 200 or the given one', async () => {
    const page = await faulty('html')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await page.text()).toContain('<h1>Welcome to the proxy</h1>')
    expect((await faulty({ name: 'html', status: 503 })).status).toBe(503)
  })

  test('malformed-json is labeled as JSON and cannot be parsed', async () => {
    const response = await faulty('malformed-json')
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    await expect(response.json()).rejects.toThrow(SyntaxError)
  })

  test('error-200 is an error with status 200, also for streams', async () => {
    const response = await faulty({ name: 'error-200', message: 'No.' }, { stream: true })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ error: 'No.' })
    expect(await (await faulty({ name: 'error-200', shape: 'object' })).json()).toEqual({
      error: { message: 'Something went wrong.', type: 'invalid_request_error', param: null, code: null },
    })
  })

  test('empty-body is labeled as JSON and has no bytes', async () => {
    const response = await faulty('empty-body')
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.text()).toBe('')
  })

  test('huge-body is a JSON document of the given size', async () => {
    const text = await (await faulty({ name: 'huge-body', bytes: 200_000 })).text()
    expect(text).toHaveLength(200_000)
    expect(JSON.parse(text)).toMatchObject({ data: [], models: [] })
  })

  test('huge-body stops when the client stops reading', async () => {
    const mock = createMockLMStudio({ faults: ['huge-body'] })
    const reader = (await chat(mock)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('raw sends the given bytes with the given status and headers', async () => {
    const mock = createMockLMStudio()
    const chunks = ['a', new Uint8Array([98])]
    mock.inject({ raw: { status: 418, headers: { 'content-type': 'text/plain' }, chunks } })
    const response = await get(mock, '/v1/models')
    expect([response.status, response.headers.get('content-type')]).toEqual([418, 'text/plain'])
    expect(await response.text()).toBe('ab')
  })

  test('raw with end "reset" destroys the connection after the bytes', async () => {
    const mock = createMockLMStudio({ faults: [{ raw: { chunks: ['a'], end: 'reset' } }] })
    await expect((await get(mock, '/v1/models')).text()).rejects.toThrow('terminated')
  })

  test('raw with end "stall" ends the body once released', async () => {
    const mock = createMockLMStudio({ faults: [{ raw: { chunks: ['a'], end: 'stall' } }] })
    const text = (await get(mock, '/v1/models')).text()
    await mock.whenHeld()
    mock.release()
    expect(await text).toBe('a')
  })
})

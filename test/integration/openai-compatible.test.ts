import { describe, expect, test } from 'vitest'
import { caught, readAll, streamError } from './support/caught.js'
import { DIALECTS, serveOther } from './support/other-server.js'
import { connect } from './support/provider.js'
import { DONE, eventStream, frame, sendJSON, serve } from './support/servers.js'
import { until } from './support/watch.js'

const REQUEST = { model: 'puffin.gguf', prompt: 'Hello.' } as const

describe.each(['llama.cpp', 'vLLM'] as const)('a server like %s', (name) => {
  test('completes a request', async () => {
    const response = await connect(await serveOther(DIALECTS[name])).complete(REQUEST)
    expect(response).toMatchObject({
      text: 'Ahoy there.',
      model: 'puffin.gguf',
      finishReason: 'stop',
      toolCalls: [],
      usage: { inputTokens: 12, outputTokens: 3, totalTokens: 15 },
    })
    expect(response).not.toHaveProperty('reasoning')
  })

  test('streams a response with usage', async () => {
    const stream = connect(await serveOther(DIALECTS[name])).stream(REQUEST)
    const { events, text, error } = await readAll(stream)
    expect(error).toBeUndefined()
    expect(text).toBe('Ahoy there.')
    expect(events.map(({ type }) => type)).toEqual([
      'completion-start',
      'text-delta',
      'text-delta',
      'text-delta',
      'completion-end',
    ])
    expect(await stream.response).toMatchObject({ usage: { inputTokens: 12, outputTokens: 3, totalTokens: 15 } })
  })

  test('lists models by id', async () => {
    const server = await serveOther(DIALECTS[name])
    const lmstudio = connect(server)
    expect(await lmstudio.listModels()).toMatchObject([{ id: 'puffin.gguf', type: 'unknown', state: 'unknown' }])
    expect(server.paths).toEqual(['/api/v1/models', '/api/v0/models', '/v1/models'])
    expect(await lmstudio.supportsModel('puffin.gguf')).toBe(true)
  })

  test('embeds a text', async () => {
    const { embeddings } = await connect(await serveOther(DIALECTS[name])).embed({ model: 'puffin.gguf', input: 'x' })
    expect(embeddings).toEqual([[0.5, -0.25]])
  })

  test('is reported by healthCheck as a server other than LM Studio', async () => {
    const report = await connect(await serveOther(DIALECTS[name])).healthCheck()
    expect(report).toMatchObject({ isLMStudio: false, api: 'openai', modelsAvailable: 1, modelsLoaded: undefined })
  })

  test('sees the connection close when the consumer leaves a stream', async () => {
    const server = await serveOther(DIALECTS[name])
    for await (const event of connect(server).stream({ ...REQUEST, prompt: 'forever' }))
      if (event.type === 'text-delta') break
    await until(() => server.closedEarly === 1)
  })

  test('receives one request for one call', async () => {
    const server = await serveOther(DIALECTS[name])
    await connect(server).complete(REQUEST)
    expect(server.paths).toEqual(['/v1/chat/completions'])
    expect(server.bodies[0]).toEqual({
      model: 'puffin.gguf',
      messages: [{ role: 'user', content: 'Hello.' }],
      stream: false,
    })
  })
})

describe('tool calls of other servers', () => {
  const call = { id: 'same', function: { name: 'tide_at', arguments: '{}' } }

  test('have the finish reason `tool-calls`, whole or streamed, if the server sends an empty one', async () => {
    const choice = { message: { tool_calls: [call] }, finish_reason: '' }
    const whole = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => Response.json({ choices: [choice] }) })
    const body = frame({ tool_calls: [{ index: 0, ...call }] }, '') + DONE
    const streamed = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => eventStream(body) })
    for (const response of [await whole.complete(REQUEST), await streamed.stream(REQUEST).response]) {
      expect(response).toMatchObject({ finishReason: 'tool-calls', rawFinishReason: undefined })
    }
  })

  test('are separate calls in one message, even if they share id and name', async () => {
    const choices = [{ message: { tool_calls: [call, call] } }]
    const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch: async () => Response.json({ choices }) })
    expect((await lmstudio.complete(REQUEST)).toolCalls).toHaveLength(2)
  })
})

describe('errors of other servers', () => {
  test.each<[string, number, object, string, object?]>([
    [
      'llama.cpp, overflow',
      400,
      {
        error: {
          code: 400,
          message: 'request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it',
          type: 'exceed_context_size_error',
          n_prompt_tokens: 9001,
          n_ctx: 8192,
        },
      },
      'ContextLengthError',
      { promptTokens: 9001, contextLength: 8192 },
    ],
    [
      'vLLM, overflow',
      400,
      {
        object: 'error',
        message:
          "This model's maximum context length is 8192 tokens. However, you requested 9001 tokens in the messages.",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
      'ContextLengthError',
      { promptTokens: 9001, contextLength: 8192 },
    ],
    [
      'vLLM, unknown model',
      404,
      { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', param: 'model', code: 404 },
      'ModelNotFoundError',
    ],
    [
      'llama.cpp, loading',
      503,
      { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
      'NetworkError',
    ],
    [
      'FastAPI, validation',
      422,
      { detail: [{ loc: ['body', 'temperature'], msg: 'value is not a valid float', type: 'type_error.float' }] },
      'InvalidRequestError',
    ],
    ['FastAPI, text', 400, { detail: 'Nope.' }, 'InvalidRequestError'],
    [
      'OpenAI, key',
      401,
      { error: { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' } },
      'AuthenticationError',
    ],
    [
      'OpenAI, quota',
      429,
      { error: { message: 'Rate limit reached.', type: 'requests', code: 'rate_limit_exceeded' } },
      'RateLimitError',
    ],
  ])('become an error of the right class: %s (status %i)', async (_name, status, body, type, facts = {}) => {
    const server = await serve((_request, response) => sendJSON(response, body, status))
    const error = await caught(connect(server, { maxRetries: 0 }).complete(REQUEST))
    expect(error.name).toBe(type)
    expect(error.status).toBe(status)
    expect(error).toMatchObject(facts)
  })

  test('keep the paths of FastAPI issues', async () => {
    const detail = [{ loc: ['body', 'temperature'], msg: 'value is not a valid float', type: 'type_error.float' }]
    const server = await serve((_request, response) => sendJSON(response, { detail }, 422))
    expect((await caught(connect(server).complete(REQUEST))).issues).toEqual([
      { path: ['body', 'temperature'], message: 'value is not a valid float' },
    ])
  })
})

describe('a proxy', () => {
  const page = (title: string): string =>
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>${'<p>x</p>'.repeat(500)}</body></html>`

  test.each([
    [200, 'InvalidResponseError'],
    [401, 'AuthenticationError'],
    [403, 'PermissionError'],
    [404, 'UnsupportedEndpointError'],
    [413, 'InvalidRequestError'],
    [502, 'NetworkError'],
    [503, 'NetworkError'],
    [504, 'NetworkError'],
  ])('that sends a page with status %i causes a %s without the page', async (status, name) => {
    const server = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(page('Gateway'))
    })
    const lmstudio = connect(server, { maxRetries: 0 })
    for (const error of [
      await caught(lmstudio.complete(REQUEST)),
      await streamError(lmstudio.stream(REQUEST)),
      await caught(lmstudio.listModels()),
    ]) {
      expect(error.name).toBe(name)
      expect(JSON.stringify(error)).not.toMatch(/<p>|<html|doctype/i)
      expect(error.message.length).toBeLessThan(300)
    }
  })

  test('that responds with a login page is not a healthy server', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(page('Sign in'))
    })
    expect((await connect(server).healthCheck()).status).toBe('degraded')
    expect(await caught(connect(server).listModels())).toMatchObject({ code: 'sign-in-page' })
  })

  test('receives its key from the option `headers`, of the provider or of the call', async () => {
    const seen: (string | undefined)[] = []
    const server = await serve((request, response) => {
      seen.push(request.headers['x-proxy-key'] as string | undefined)
      sendJSON(response, { models: [] })
    })
    const lmstudio = connect(server, { headers: { 'X-Proxy-Key': 'k1' }, cache: false })
    await lmstudio.listModels()
    await lmstudio.listModels({ headers: { 'x-proxy-key': 'k2' } })
    expect(seen).toEqual(['k1', 'k2'])
  })
})

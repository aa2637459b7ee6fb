import { createLMStudio, diagnose, discover, type LMStudioProvider, type LogEvent } from 'lmstudio-provider'
import { createClient, listModels, stream } from 'lmstudio-provider/core'
import { describe, expect, test } from 'vitest'
import { fetchWithoutDefaultPort } from '../helpers/default-port.js'
import { caught, streamError } from './support/caught.js'
import { connect, HELLO, startMock } from './support/provider.js'
import { bodyOf, completionBody, DONE, frame, sendJSON, serve } from './support/servers.js'
import { until } from './support/watch.js'

const REQUEST = { model: 'puffin.gguf', prompt: 'Hello.' } as const

type Unknown = (path: string) => { readonly status: number; readonly body: unknown }

const notFound: Unknown = () => ({ status: 404, body: { detail: 'Not Found' } })

/** Starts an OpenAI-compatible server whose routes are below `base`; it has no route of LM Studio. */
async function serveBelow(base: string, unknown: Unknown = notFound) {
  const paths: string[] = []
  const server = await serve(async (request, response) => {
    const path = request.url ?? ''
    paths.push(path)
    if (path === `${base}/models`) return sendJSON(response, { object: 'list', data: [{ id: 'puffin.gguf' }] })
    if (path === `${base}/embeddings`) {
      return sendJSON(response, { data: [{ index: 0, embedding: [0.5] }], model: 'puffin.gguf' })
    }
    if (path !== `${base}/chat/completions`) {
      const { status, body } = unknown(path)
      if (typeof body !== 'string') return sendJSON(response, body, status)
      return void response.writeHead(status, { 'content-type': 'text/html' }).end(body)
    }
    const body = await bodyOf(request)
    if (body.model !== 'puffin.gguf') {
      return sendJSON(response, { error: { message: 'model "x" not found', code: 'model_not_found' } }, 404)
    }
    if (body.stream !== true) return sendJSON(response, completionBody('Ahoy.'))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(frame({ content: 'Ahoy.' }) + frame({}, 'stop') + DONE)
  })
  return { ...server, url: server.url, paths }
}

async function expectAll(lmstudio: LMStudioProvider): Promise<void> {
  expect((await lmstudio.complete(REQUEST)).text).toBe('Ahoy.')
  expect((await lmstudio.stream(REQUEST).response).text).toBe('Ahoy.')
  expect((await lmstudio.embed({ model: 'puffin.gguf', input: 'x' })).embeddings).toEqual([[0.5]])
  expect((await lmstudio.listModels()).map(({ id }) => id)).toEqual(['puffin.gguf'])
}

describe('a server whose routes are not below /v1', () => {
  test.each([
    ['/v3', '/v3'],
    ['/v3/', '/v3'],
    ['/v3/chat/completions', '/v3'],
    ['', ''],
    ['/chat/completions', ''],
    ['/api', '/api'],
    ['/api/v1', '/api/v1'],
    ['/api/v1/chat/completions', '/api/v1'],
    ['/openai/v1', '/openai/v1'],
    ['/proxy/v2beta', '/proxy/v2beta'],
  ])('works with the address of its documentation, host%s', async (written, base) => {
    const { url } = await serveBelow(base)
    await expectAll(connect({ url: url + written }))
    await expectAll(connect({ url: url.replace('http://', '') + written }))
  })

  test.each([
    ['/v3', '/v3'],
    ['api', '/api'],
    ['', ''],
    ['/v1', '/v1'],
  ])('works with the option basePath %j, without another request', async (basePath, base) => {
    const server = await serveBelow(base)
    const lmstudio = connect(server, { basePath })
    expect((await lmstudio.complete(REQUEST)).text).toBe('Ahoy.')
    expect(server.paths).toEqual([`${base}/chat/completions`])
    await expectAll(lmstudio)
  })

  test.each([404, 405, 501])('is found when it responds to an unknown route with status %i', async (status) => {
    const server = await serveBelow('/v3', () => ({ status, body: {} }))
    await expectAll(connect({ url: `${server.url}/v3` }))
  })

  test('is found behind a proxy in front of LM Studio, which responds to an unknown route with status 200', async () => {
    const body = { error: 'Unexpected endpoint or method. (POST /x)' }
    const server = await serveBelow('/llm', () => ({ status: 200, body }))
    await expectAll(connect({ url: `${server.url}/llm` }))
  })

  test('is found for a list when its application responds to every path with a page', async () => {
    const server = await serveBelow('/api', () => ({ status: 200, body: '<!doctype html>' }))
    expect(await connect({ url: `${server.url}/api` }).listModels()).toHaveLength(1)
  })

  test('gets one more request by the first call only, whichever that is', async () => {
    const server = await serveBelow('/v3')
    const lmstudio = connect({ url: `${server.url}/v3` })
    await lmstudio.complete(REQUEST)
    await lmstudio.complete(REQUEST)
    await lmstudio.stream(REQUEST).response
    expect(server.paths).toEqual([
      '/v3/v1/chat/completions',
      '/v3/chat/completions',
      '/v3/chat/completions',
      '/v3/chat/completions',
    ])
  })

  test('is remembered from a list for a generation', async () => {
    const server = await serveBelow('/v3')
    const lmstudio = connect({ url: `${server.url}/v3` })
    await lmstudio.listModels()
    server.paths.length = 0
    await lmstudio.complete(REQUEST)
    await lmstudio.embed({ model: 'puffin.gguf', input: 'x' })
    expect(server.paths).toEqual(['/v3/chat/completions', '/v3/embeddings'])
  })

  test('is found for a generation when a list is elsewhere', async () => {
    const paths: string[] = []
    const lmstudio = createLMStudio({
      endpoint: 'http://127.0.0.1:8000/v3',
      cache: false,
      fetch: async (input) => {
        const { pathname } = new URL(String(input))
        paths.push(pathname)
        if (pathname === '/v3/v1/models') return Response.json({ object: 'list', data: [{ id: 'puffin.gguf' }] })
        if (pathname === '/v3/chat/completions') return Response.json(completionBody('Ahoy.'))
        return Response.json({ detail: 'Not Found' }, { status: 404 })
      },
    })
    expect((await lmstudio.listModels()).map(({ id }) => id)).toEqual(['puffin.gguf'])
    paths.length = 0
    expect((await lmstudio.complete(REQUEST)).text).toBe('Ahoy.')
    expect(paths).toEqual(['/v3/v1/chat/completions', '/v3/chat/completions'])
  })

  test('is remembered for each client on its own', async () => {
    const server = await serveBelow('/v3')
    for (let count = 0; count < 2; count++) {
      const client = createClient({ endpoint: `${server.url}/v3`, cache: false })
      await listModels(client)
      await stream(client, REQUEST).response
    }
    expect(server.paths.filter((path) => path === '/v3/v1/models')).toHaveLength(2)
    expect(server.paths.filter((path) => path === '/v3/v1/chat/completions')).toHaveLength(0)
  })

  test('is found by calls that run at the same time', async () => {
    const server = await serveBelow('/v3')
    const lmstudio = connect({ url: `${server.url}/v3` }, { maxConcurrency: 20 })
    const calls = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? lmstudio.complete(REQUEST) : lmstudio.stream(REQUEST).response,
    )
    for (const { text } of await Promise.all(calls)) expect(text).toBe('Ahoy.')
  })

  test('is found by a slow call after a faster one has found it', async () => {
    let releaseSlow = (): void => {}
    const slow = new Promise<void>((resolve) => (releaseSlow = resolve))
    const paths: string[] = []
    const lmstudio = createLMStudio({
      endpoint: 'http://127.0.0.1:8000/v3',
      cache: false,
      fetch: async (input, init) => {
        const { pathname } = new URL(String(input))
        paths.push(pathname)
        if (pathname !== '/v3/v1/chat/completions') return Response.json(completionBody('Ahoy.'))
        if (String(init?.body).includes('slow')) await slow
        return Response.json({ detail: 'Not Found' }, { status: 404 })
      },
    })
    const late = lmstudio.complete({ ...REQUEST, prompt: 'slow' })
    await until(() => paths.length === 1)
    await lmstudio.complete(REQUEST)
    releaseSlow()
    expect((await late).text).toBe('Ahoy.')
  })

  test('continues at the path that was found when an attempt there is repeated', async () => {
    const responses = [
      () => Response.json({}, { status: 404 }),
      () => Response.json({}, { status: 503, headers: { 'retry-after': '0' } }),
      () => Response.json(completionBody('Ahoy.')),
    ]
    const paths: string[] = []
    const lmstudio = createLMStudio({
      endpoint: 'http://127.0.0.1:8000/v3',
      cache: false,
      fetch: async (input) => {
        paths.push(new URL(String(input)).pathname)
        return responses.shift()!()
      },
    })
    expect((await lmstudio.complete(REQUEST)).text).toBe('Ahoy.')
    expect(paths).toEqual(['/v3/v1/chat/completions', '/v3/chat/completions', '/v3/chat/completions'])
  })

  test('is logged with the path of each attempt, and without an error', async () => {
    const server = await serveBelow('/v3')
    const events: LogEvent[] = []
    await connect({ url: `${server.url}/v3` }, { logger: (event) => events.push(event) }).complete(REQUEST)
    const attempts = events.filter(({ type }) => type !== 'model-substituted')
    expect(attempts.map(({ type, route, attempt, status }) => ({ type, route, attempt, status }))).toEqual([
      { type: 'request', route: '/v1/chat/completions', attempt: 1, status: undefined },
      { type: 'response', route: '/v1/chat/completions', attempt: 1, status: 404 },
      { type: 'request', route: '/chat/completions', attempt: 2, status: undefined },
      { type: 'response', route: '/chat/completions', attempt: 2, status: 200 },
    ])
  })

  test('is healthy', async () => {
    const server = await serveBelow('/v3')
    expect(await connect({ url: `${server.url}/v3` }).healthCheck()).toMatchObject({
      status: 'healthy',
      endpoint: `${server.url}/v3`,
      api: 'openai',
      modelsAvailable: 1,
    })
  })
})

describe('no other path is tried', () => {
  test('for a model that does not exist', async () => {
    const server = await serveBelow('/v1')
    const lmstudio = connect(server)
    expect(await caught(lmstudio.complete({ ...REQUEST, model: 'x' }))).toMatchObject({ name: 'ModelNotFoundError' })
    expect(server.paths.filter((path) => path.endsWith('completions'))).toEqual(['/v1/chat/completions'])
  })

  test.each([400, 401, 403, 413, 422, 429, 500, 502, 503])('after status %i', async (status) => {
    const server = await serve((_, response) => sendJSON(response, { error: 'no' }, status))
    const lmstudio = connect(server, { maxRetries: 0 })
    await caught(lmstudio.complete(REQUEST))
    await streamError(lmstudio.stream(REQUEST))
    expect(server.count).toBe(2)
  })

  test('for a generation that got a page, since it may have run', async () => {
    const server = await serveBelow('/api', () => ({ status: 200, body: '<!doctype html>' }))
    const lmstudio = connect({ url: `${server.url}/api` })
    expect(await caught(lmstudio.complete(REQUEST))).toMatchObject({ name: 'InvalidResponseError' })
    expect(server.paths).toEqual(['/api/v1/chat/completions'])
  })

  test('once a generation has worked', async () => {
    const server = await serveBelow('/v1')
    const lmstudio = connect(server)
    await lmstudio.complete(REQUEST)
    const error = await caught(lmstudio.respond({ model: 'puffin.gguf', input: 'Hello.' }))
    expect(error).toMatchObject({ name: 'UnsupportedEndpointError', since: '0.3.29' })
    expect(server.paths).toEqual(['/v1/chat/completions', '/v1/responses'])
  })

  test('for an LM Studio that is too old for the route', async () => {
    const body = { error: 'Unexpected endpoint or method. (POST /v1/responses)' }
    const server = await serve((_, response) => sendJSON(response, body))
    await caught(connect(server).respond({ model: 'puffin.gguf', input: 'Hello.' }))
    expect(server.count).toBe(1)
  })
})

describe('the error', () => {
  test('is that of the first path if the server knows the route at none, and hints at basePath', async () => {
    const server = await serveBelow('/elsewhere')
    const error = await caught(connect({ url: `${server.url}/v3` }).complete(REQUEST))
    expect(error).toMatchObject({ name: 'UnsupportedEndpointError', code: 'wrong-path', status: 404 })
    expect(error.message).toContain('POST /v1/chat/completions')
    expect(error.hint).toContain('`basePath`')
    expect(server.paths).toEqual(['/v3/v1/chat/completions', '/v3/chat/completions'])
  })

  test('is that of the path that the server knows', async () => {
    const server = await serve((request, response) =>
      sendJSON(response, { error: 'no' }, request.url === '/v3/chat/completions' ? 401 : 404),
    )
    const error = await caught(connect({ url: `${server.url}/v3` }).complete(REQUEST))
    expect(error).toMatchObject({ name: 'AuthenticationError', status: 401 })
  })

  test('of a missing model does not hide that the path is right', async () => {
    const server = await serveBelow('/v3')
    const lmstudio = connect({ url: `${server.url}/v3` })
    const error = await caught(lmstudio.complete({ ...REQUEST, model: 'x' }))
    expect(error).toMatchObject({ name: 'ModelNotFoundError', availableModels: ['puffin.gguf'] })
  })
})

describe('an endpoint as people write it', () => {
  test.each([
    ['a port', (port: number) => `:${port}`],
    ['no scheme', (port: number) => `localhost:${port}/`],
    ['quotes', (port: number) => ` "http://127.0.0.1:${port}/v1" `],
    ['a route', (port: number) => `http://127.0.0.1:${port}/v1/chat/completions?x=1`],
  ])('reaches the server in a call, healthCheck, diagnose and discover: %s', async (_, write) => {
    const mock = await startMock()
    const endpoint = write(Number(new URL(mock.url).port))
    const lmstudio = connect({ url: endpoint })
    expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
    expect(await lmstudio.healthCheck()).toMatchObject({ status: 'healthy', endpoint: lmstudio.endpoint })
    expect(await diagnose({ endpoint })).toMatchObject({ code: 'ok' })
    expect(await discover({ endpoint, fetch: fetchWithoutDefaultPort })).toMatchObject({
      endpoint: lmstudio.endpoint,
      isLMStudio: true,
      source: 'the option endpoint',
    })
  })

  test.each(['/v3', '/api/v1', ''])('of a server with routes below %j is diagnosed and discovered', async (base) => {
    const { url } = await serveBelow(base)
    expect(await diagnose({ endpoint: url + base })).toMatchObject({ code: 'ok' })
    expect(await diagnose({ endpoint: url, basePath: base })).toMatchObject({ code: 'ok' })
    const found = await discover({ endpoint: url + base, fetch: fetchWithoutDefaultPort })
    expect(found).toMatchObject({ endpoint: url + base, api: 'openai', isLMStudio: false })
    await expectAll(connect({ url: found.endpoint }))
  })

  test.each(['ws://127.0.0.1:1234', '/lmstudio', 'http://127.0.0.1:99999'])(
    'of which nothing can be meant has a correct one in the hint: %s',
    async (endpoint) => {
      const expected = { name: 'ConfigurationError', code: 'invalid-endpoint' }
      for (const error of [await caught(diagnose({ endpoint })), await caught(discover({ endpoint }))]) {
        expect(error).toMatchObject(expected)
        expect(error.hint).toContain('http://127.0.0.1:1234')
      }
    },
  )
})

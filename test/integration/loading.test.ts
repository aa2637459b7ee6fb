import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO } from './support/provider.js'
import { completionBody, sendJSON, serve, type TestServer } from './support/servers.js'
import { jitter, watchLog } from './support/watch.js'

/** Starts a server that loads its model during the first requests, as llama.cpp does. */
function serveLoading(loads: number, headers: Record<string, string> = {}): Promise<TestServer> {
  let count = 0
  return serve((incoming, response) => {
    if (++count <= loads) {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      sendJSON(response, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 503)
    } else if (incoming.method === 'GET') sendJSON(response, { models: [] })
    else if (incoming.url === '/v1/embeddings') sendJSON(response, { data: [{ index: 0, embedding: [1] }] })
    else sendJSON(response, completionBody('Hello.'))
  })
}

describe('a server that loads its model for a while', () => {
  test('completes a generation, an embedding and a list after more requests than `maxRetries`', async () => {
    jitter(0)
    const options = { maxRetries: 1 }
    expect(await connect(await serveLoading(12), options).complete(HELLO)).toMatchObject({ text: 'Hello.' })
    expect(await connect(await serveLoading(12), options).embed({ model: 'm', input: 'gull' })).toMatchObject({
      embeddings: [[1]],
    })
    expect(await connect(await serveLoading(12), options).listModels()).toEqual([])
  })

  test('is requested once with `maxRetries: 0`', async () => {
    const server = await serveLoading(1)
    expect(await caught(connect(server).complete(HELLO, { maxRetries: 0 }))).toMatchObject({
      name: 'NetworkError',
      code: 'loading',
      isRetryable: true,
    })
    expect(server.count).toBe(1)
  })

  test('rejects with the error of the server when the limit of the call does not allow the wait', async () => {
    const server = await serveLoading(9, { 'retry-after': '5' })
    const slow = connect(server, { generationTimeout: 4_000, timeout: 4_000 })
    expect(await caught(slow.complete(HELLO))).toMatchObject({ code: 'loading', retryAfterMs: 5_000 })
    expect(await caught(slow.listModels())).toMatchObject({ code: 'loading' })
    expect(await caught(connect(server).complete(HELLO, { timeout: 4_000 }))).toMatchObject({ code: 'loading' })
    expect(server.count).toBe(3)
  })

  test('stops waiting at once when the caller aborts', async () => {
    const server = await serveLoading(9, { 'retry-after': '20' })
    const { logger, first } = watchLog()
    // No jitter beyond what the server asks for.
    jitter(0)
    const controller = new AbortController()
    const running = caught(connect(server, { logger }).complete(HELLO, { signal: controller.signal }))
    expect(await first('retry')).toMatchObject({ code: 'loading', delayMs: 20_000 })
    controller.abort('enough')
    expect(await running).toBe('enough')
    expect(server.count).toBe(1)
  })
})

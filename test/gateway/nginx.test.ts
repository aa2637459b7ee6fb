import { createLMStudio, diagnose, type LMStudioOptions, type LMStudioProvider } from 'lmstudio-provider'
import { startMockLMStudio, type MockLMStudioServer } from 'lmstudio-provider/testing/node'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { caught } from '../integration/support/caught.js'
import { closedPort } from '../integration/support/servers.js'
import { hasNginx, startNginx, type Gateway } from './nginx.js'

const KEY = { 'x-gateway-key': 'change-me' }
const TOKEN = 'sk-lm-abcdefgh:ABCDEFGHIJ0123456789'
const HELLO = { model: 'acme/tern-4b', prompt: 'Hello.', reasoningEffort: 'none' } as const

/** Creates a `fetch` that trusts a certificate, as with `NODE_EXTRA_CA_CERTS`. */
function trusting(certificate: string): typeof globalThis.fetch {
  void globalThis.Headers
  const platform = globalThis as unknown as Record<symbol, { readonly constructor: new (options: object) => unknown }>
  const current =
    platform[Symbol.for('undici.globalDispatcher.2')] ?? platform[Symbol.for('undici.globalDispatcher.1')]!
  const dispatcher = new current.constructor({ connect: { ca: certificate } })
  return (input, init) => fetch(input, { ...init, dispatcher } as RequestInit)
}

describe.skipIf(!hasNginx)('behind nginx with the configuration of the guide', () => {
  let mock: MockLMStudioServer
  let gateway: Gateway
  let options: LMStudioOptions

  const optionsFor = ({ url, certificate }: Gateway): LMStudioOptions => ({
    endpoint: `${url}/llm`,
    headers: KEY,
    fetch: trusting(certificate),
    cache: false,
    maxRetries: 0,
  })
  const connect = (more: LMStudioOptions = {}): LMStudioProvider => createLMStudio({ ...options, ...more })

  beforeAll(async () => {
    mock = await startMockLMStudio()
    gateway = await startNginx(mock.port)
    options = optionsFor(gateway)
  })
  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await mock?.close()
  })
  beforeEach(() => mock.reset())

  test.each([undefined, { 'x-gateway-key': 'a wrong one' }])(
    'rejects every call with the headers %j and names the missing header',
    async (headers) => {
      const lmstudio = connect({ headers })
      for (const call of [() => lmstudio.listModels(), () => lmstudio.complete(HELLO)]) {
        expect(await caught(call())).toMatchObject({
          name: 'PermissionError',
          code: 'permission',
          status: 403,
          message: expect.stringContaining('requires its key in the header x-gateway-key'),
          hint: expect.stringContaining('`headers`'),
        })
      }
      expect(await lmstudio.healthCheck()).toMatchObject({ status: 'degraded', diagnosis: { code: 'auth-rejected' } })
      const { steps } = await diagnose({ ...options, headers })
      expect(steps.join()).toContain('`headers`')
      expect(mock.calls).toEqual([])
    },
  )

  test('reports an untrusted certificate and sends nothing', async () => {
    expect(await caught(connect({ fetch: undefined }).listModels())).toMatchObject({
      name: 'NetworkError',
      code: 'tls',
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    })
    expect(await connect({ fetch: undefined }).healthCheck()).toMatchObject({
      status: 'unreachable',
      diagnosis: { code: 'tls' },
    })
    expect(mock.calls).toEqual([])
  })

  test('reports an endpoint without the prefix as a wrong path', async () => {
    const lmstudio = connect({ endpoint: gateway.url })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'UnsupportedEndpointError', code: 'wrong-path' })
    expect(await lmstudio.healthCheck()).toMatchObject({ status: 'degraded', diagnosis: { code: 'wrong-service' } })
    expect((await diagnose({ ...options, endpoint: gateway.url })).steps.join()).toContain('prefix')
    expect(mock.calls).toEqual([])
  })

  test('lists models and removes the prefix and the key from the requests', async () => {
    const lmstudio = connect({ apiToken: TOKEN })
    expect(await lmstudio.listModels()).toHaveLength(5)
    expect(await lmstudio.healthCheck()).toMatchObject({ status: 'healthy', isLMStudio: true })
    expect(await diagnose(options)).toMatchObject({ code: 'ok' })
    for (const { path, headers } of mock.calls) {
      expect(path).toMatch(/^\/(lmstudio-greeting|api\/v1\/models)$/)
      expect(JSON.stringify(headers)).not.toContain('change-me')
    }
    expect(mock.calls[0]!.headers).toMatchObject({ authorization: `Bearer ${TOKEN}` })
  })

  test('removes an API path from the endpoint and keeps the prefix', async () => {
    expect(await connect({ endpoint: `${gateway.url}/llm/v1/` }).listModels()).toHaveLength(5)
  })

  test('completes and embeds', async () => {
    const lmstudio = connect()
    expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
    const { embeddings } = await lmstudio.embed({ model: 'text-embedding-plover-v2', input: ['one', 'two'] })
    expect(embeddings).toHaveLength(2)
  })

  test('forwards an image of some megabytes', async () => {
    const image = `data:image/png;base64,iVBORw0KGgo${'A'.repeat(4 * 1024 * 1024)}`
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image', image },
    ] as const
    const messages = [{ role: 'user', content }] as const
    const { text } = await connect().complete({ model: 'acme/plover-vl', messages, reasoningEffort: 'none' })
    expect(text).toContain('What is this?')
  })

  test('forwards each event of a stream at once', async () => {
    mock.inject({ name: 'stall', afterEvents: 3 })
    const stream = connect().stream(HELLO)
    let text = ''
    let isReleased = false
    for await (const event of stream) {
      if (event.type !== 'text-delta') continue
      text += event.text
      if (isReleased) continue
      // If nginx buffered events, none would arrive before this.
      await mock.whenHeld()
      isReleased = true
      expect(text).not.toBe('You said: Hello.')
      mock.release()
    }
    expect(text).toBe('You said: Hello.')
  })

  test('closes the connection to the server when a stream is aborted', async () => {
    mock.inject({ name: 'stall', afterEvents: 3 })
    const controller = new AbortController()
    const reading = (async () => {
      for await (const event of connect().stream(HELLO, { signal: controller.signal })) {
        if (event.type === 'text-delta') controller.abort('enough')
      }
    })()
    expect(await caught(reading)).toBe('enough')
    expect(await mock.calls.at(-1)!.finished).toBe('aborted')
  })

  test('closes the connection to the server when a call is aborted before its response', async () => {
    mock.inject({ name: 'delay-headers' })
    const controller = new AbortController()
    const running = caught(connect().complete(HELLO, { signal: controller.signal }))
    await mock.whenHeld()
    controller.abort('enough')
    expect(await running).toBe('enough')
    expect(await mock.calls.at(-1)!.finished).toBe('aborted')
  })

  test('forwards an error of the server unchanged', async () => {
    mock.configure({ auth: true })
    expect(await caught(connect().listModels())).toMatchObject({ name: 'AuthenticationError', code: 'auth-required' })
    mock.configure({ auth: false })
  })

  test('reports status 502 without the HTML page when LM Studio is off', async () => {
    await using off = await startNginx(await closedPort())
    const lmstudio = createLMStudio(optionsFor(off))
    for (const call of [
      () => lmstudio.listModels(),
      () => lmstudio.complete(HELLO),
      () => lmstudio.stream(HELLO).response,
    ]) {
      const error = await caught(call())
      expect(error).toMatchObject({ name: 'NetworkError', code: 'server-error', status: 502, isRetryable: true })
      expect(error.message).not.toContain('<')
      expect(error.hint).toContain('gateway')
    }
    const { status, diagnosis } = await lmstudio.healthCheck()
    expect(status).toBe('degraded')
    expect(diagnosis).toMatchObject({
      code: 'server-error',
      steps: expect.arrayContaining([expect.stringContaining('gateway')]),
    })
  })

  test('reports status 504 when LM Studio does not respond in time', async () => {
    await using gateway504 = await startNginx(mock.port, { 'proxy_read_timeout 15m': 'proxy_read_timeout 50ms' })
    mock.inject({ name: 'delay-headers' }, { times: Infinity })
    const lmstudio = createLMStudio(optionsFor(gateway504))
    const error = await caught(lmstudio.complete(HELLO))
    expect(error).toMatchObject({ name: 'NetworkError', code: 'server-error', status: 504 })
    expect(error.hint).toContain('gateway')
    mock.release()
  })
})

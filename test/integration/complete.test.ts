import { createLMStudio, type CompletionRequest } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'
import { bodyOf, completionBody, sendJSON, serve } from './support/servers.js'
import { watchRejections } from './support/watch.js'

const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('a response', () => {
  test('has text, finish reason, usage, stats and the raw body', async () => {
    const { lmstudio } = await setUp({
      reply: () => ({ text: 'Seven gulls.', usage: { promptTokens: 21, completionTokens: 14, reasoningTokens: 9 } }),
    })
    const response = await lmstudio.complete(HELLO)
    expect(response).toMatchObject({
      model: MODEL,
      text: 'Seven gulls.',
      toolCalls: [],
      finishReason: 'stop',
      rawFinishReason: 'stop',
      usage: { inputTokens: 21, outputTokens: 14, totalTokens: 35 },
      raw: { object: 'chat.completion' },
    })
    expect(response.id).toMatch(/^chatcmpl-/)
    expect(response.stats.durationMs).toBeGreaterThan(0)
    expect(response.stats.measuredBy.durationMs).toBe('client')
  })

  test('has no `reasoning` when the model did not reason', async () => {
    const { lmstudio } = await setUp()
    expect('reasoning' in (await lmstudio.complete(HELLO))).toBe(false)
  })

  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content-filter'],
    ['weather', 'other'],
  ])('maps the finish reason %s to %s', async (rawFinishReason, finishReason) => {
    const { lmstudio } = await setUp({ reply: () => ({ text: 'x', finishReason: rawFinishReason }) })
    expect(await lmstudio.complete(HELLO)).toMatchObject({ finishReason, rawFinishReason })
    expect(await lmstudio.stream(HELLO).response).toMatchObject({ finishReason, rawFinishReason })
  })

  test('has the finish reason `length` when `maxTokens` cuts it', async () => {
    const { lmstudio } = await setUp()
    expect(await lmstudio.complete({ ...HELLO, prompt: 'lorem 50', maxTokens: 5 })).toMatchObject({
      finishReason: 'length',
    })
  })

  test.each([
    ['200 with an error body', 'error-200', 'ApiError'],
    ['the catch-all response', 'catch-all', 'UnsupportedEndpointError'],
    ['a web page', 'html', 'InvalidResponseError'],
    ['a cut body', 'malformed-json', 'InvalidResponseError'],
    ['an empty body', 'empty-body', 'InvalidResponseError'],
    ['an empty message', 'zero-deltas', 'InvalidResponseError'],
    ['half a body', 'cut', 'InvalidResponseError'],
  ] as const)('is not created from %s', async (_name, fault, name) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(fault, { path: '/v1/chat/completions' })
    expect((await caught(lmstudio.complete(HELLO))).name).toBe(name)
  })

  test.each([
    ['null', null],
    ['a list', []],
    ['a text', 'ok'],
    ['an object without choices', { id: 'x' }],
    ['an object with empty choices', { ...completionBody('x'), choices: [] }],
    ['a choice without a message', { ...completionBody('x'), choices: [{ index: 0, finish_reason: 'stop' }] }],
    ['choices of the wrong type', { ...completionBody('x'), choices: 'x' }],
    [
      'content of the wrong type',
      { ...completionBody('x'), choices: [{ message: { content: 7 }, finish_reason: 'stop' }] },
    ],
    ['a list of models', { object: 'list', data: [{ id: 'x' }] }],
  ])('is not created from %s', async (_name, body) => {
    const server = await serve((_request, response) => sendJSON(response, body))
    expect(await caught(connect(server).complete(HELLO))).toMatchObject({ name: 'InvalidResponseError' })
  })

  test.each(['unknown-keys', 'usage-missing', 'usage-zero'] as const)(
    'is created despite the quirk %s',
    async (fault) => {
      const { lmstudio } = await setUp({ faults: [fault] })
      expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
    },
  )

  test('is created from a body with "error": null', async () => {
    const server = await serve((_request, response) => sendJSON(response, { ...completionBody('Ahoy'), error: null }))
    expect((await connect(server).complete(HELLO)).text).toBe('Ahoy')
  })

  test('is created from a body that arrives byte by byte', async () => {
    const { lmstudio } = await setUp({ framing: { chunkBytes: 1 }, reply: () => 'Möwe 🌊' })
    expect((await lmstudio.complete(HELLO)).text).toBe('Möwe 🌊')
  })

  test('is created from a text/plain body with a byte order mark', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`\uFEFF${JSON.stringify(completionBody('Ahoy'))}`)
    })
    expect((await connect(server).complete(HELLO)).text).toBe('Ahoy')
  })
})

describe('a request', () => {
  const sent = async (request: Partial<CompletionRequest>): Promise<Record<string, unknown>> => {
    const { mock, lmstudio } = await setUp({ reply: () => 'ok' })
    await lmstudio.complete({ ...HELLO, ...request } as CompletionRequest)
    return mock.calls[0]?.body as Record<string, unknown>
  }

  test('sends every setting under its wire name', async () => {
    expect(
      await sent({
        temperature: 0.3,
        topP: 0.9,
        topK: 40,
        minP: 0.05,
        maxTokens: 200,
        stop: ['END'],
        seed: 7,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        repeatPenalty: 1.1,
        logitBias: { '50256': -100 },
        reasoningEffort: 'low',
        ttlSeconds: 900,
        draftModel: 'acme/tern-draft',
        extraBody: { some_new_field: { deep: true } },
      }),
    ).toMatchObject({
      model: MODEL,
      stream: false,
      temperature: 0.3,
      top_p: 0.9,
      top_k: 40,
      min_p: 0.05,
      max_tokens: 200,
      stop: ['END'],
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      repeat_penalty: 1.1,
      logit_bias: { '50256': -100 },
      reasoning_effort: 'low',
      ttl: 900,
      draft_model: 'acme/tern-draft',
      some_new_field: { deep: true },
    })
  })

  test('sends only what was set', async () => {
    const { mock, lmstudio } = await setUp()
    await lmstudio.complete({ model: MODEL, prompt: 'Hello.' })
    expect(mock.calls[0]?.body).toEqual({
      model: MODEL,
      messages: [{ role: 'user', content: 'Hello.' }],
      stream: false,
    })
  })

  test('ignores `stream` in `extraBody`', async () => {
    const { mock, lmstudio } = await setUp()
    expect((await lmstudio.complete({ ...HELLO, extraBody: { stream: true } })).text).toContain('Hello.')
    expect((await lmstudio.stream({ ...HELLO, extraBody: { stream: false } }).response).text).toContain('Hello.')
    expect(mock.calls.map(({ body }) => (body as { stream: boolean }).stream)).toEqual([false, true])
  })

  test.each([
    ['type WebP', 'data:image/webp;base64,UklGRgAAAABXRUJQ'],
    ['type GIF', 'data:image/gif;base64,R0lGODlhAQABAAAAACw='],
    ['an unknown type', new Uint8Array([1, 2, 3, 4])],
    ['no bytes', new Uint8Array()],
  ])('with an image of %s is rejected where it cannot be converted', async (_name, image) => {
    const { mock, lmstudio } = await setUp()
    const request = { model: MODEL, messages: [{ role: 'user', content: [{ type: 'image', image }] }] } as const
    for (const call of [() => lmstudio.complete(request), () => lmstudio.stream(request).response]) {
      const error = await caught(call())
      expect(error).toMatchObject({
        name: 'InvalidRequestError',
        issues: [{ path: ['messages', 0, 'content', 0, 'image'] }],
      })
    }
    expect(mock.calls).toHaveLength(0)
  })

  test('sends `system` as a message before the prompt', async () => {
    expect(await sent({ system: 'Be brief.' } as Partial<CompletionRequest>)).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello.' },
      ],
    })
  })

  test('for JSON sends a schema for any object, since LM Studio rejects json_object', async () => {
    const { mock, lmstudio } = await setUp()
    const { text } = await lmstudio.complete({ ...HELLO, responseFormat: 'json' })
    expect(JSON.parse(text)).toBeTypeOf('object')
    expect(mock.calls[0]?.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
    })
  })

  test('for one tool sends only that tool, since LM Studio rejects the object form', async () => {
    const { mock, lmstudio } = await setUp()
    const tools = [{ name: 'now' }, { name: 'tide_at', parameters: { type: 'object', properties: {} } }] as const
    const { toolCalls } = await lmstudio.complete({ ...HELLO, tools, toolChoice: { tool: 'tide_at' } })
    expect(toolCalls).toMatchObject([{ name: 'tide_at' }])
    expect(mock.calls[0]?.body).toMatchObject({ tool_choice: 'required', tools: [{ function: { name: 'tide_at' } }] })
    expect(mock.calls[0]?.body).toHaveProperty('tools.length', 1)
  })

  test('sends an empty object schema for a tool without parameters', async () => {
    expect(await sent({ tools: [{ name: 'now' }] })).toMatchObject({
      tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } }],
    })
  })

  test('accepts images as data URL, bytes and Blob', async () => {
    const { mock, lmstudio } = await setUp()
    const bytes = Uint8Array.from(Buffer.from(PNG.split(',')[1] ?? '', 'base64'))
    for (const image of [PNG, bytes, bytes.buffer, new Blob([bytes], { type: 'image/png' })]) {
      await lmstudio.complete({
        model: MODEL,
        reasoningEffort: 'none',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'image', image },
            ],
          },
        ],
      })
      expect(mock.calls.at(-1)?.body).toMatchObject({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'image_url', image_url: { url: PNG } },
            ],
          },
        ],
      })
    }
  })

  test('accepts the tool calls of a response', async () => {
    const { lmstudio } = await setUp()
    const tools = [
      { name: 'tide_at', parameters: { type: 'object', properties: { harbour: { type: 'string' } } } },
    ] as const
    const first = await lmstudio.complete({ ...HELLO, tools, toolChoice: 'required' })
    const call = first.toolCalls[0]!
    const second = await lmstudio.complete({
      model: MODEL,
      tools,
      reasoningEffort: 'none',
      messages: [
        { role: 'user', content: 'When?' },
        { role: 'assistant', content: first.text, toolCalls: first.toolCalls },
        { role: 'tool', toolCallId: call.id, content: '04:12' },
      ],
    })
    expect(second.text).toContain('According to tide_at: 04:12')
  })

  test.each(['complete', 'stream'] as const)('of %s ignores changes that the caller makes afterwards', async (kind) => {
    const { mock, lmstudio } = await setUp()
    const messages = [{ role: 'user' as const, content: 'Hello.' }]
    const request = { model: MODEL, messages, maxTokens: 5, stop: ['a'] }
    const running = kind === 'complete' ? lmstudio.complete(request) : lmstudio.stream(request)
    request.maxTokens = 77
    request.stop.push('b')
    request.model = 'other'
    messages.push({ role: 'user', content: 'More.' })
    await ('response' in running ? running.response : running)
    expect(mock.calls[0]?.body).toMatchObject({
      model: MODEL,
      max_tokens: 5,
      stop: ['a'],
      messages: [{ role: 'user', content: 'Hello.' }],
    })
  })
})

describe('an endpoint', () => {
  test.each(['', '/', '/v1', '/v1/', '/api/v0', '/api/v1', '/api/v1/', '//'])('may end with "%s"', async (suffix) => {
    const { mock } = await setUp()
    const lmstudio = createLMStudio({ endpoint: mock.url + suffix, cache: false })
    expect(lmstudio.endpoint).toBe(mock.url)
    await lmstudio.complete(HELLO)
    await lmstudio.listModels()
    expect(mock.calls.map(({ path }) => path)).toEqual(['/v1/chat/completions', '/api/v1/models'])
  })

  test.each(['/lm', '/lm/', '/lm/v1', '/team/a/api/v1'])('keeps the prefix of a reverse proxy: %s', async (prefix) => {
    const paths: string[] = []
    const server = await serve((request, response) => {
      paths.push(request.url ?? '')
      void bodyOf(request).then(() => sendJSON(response, completionBody('Ahoy')))
    })
    await createLMStudio({ endpoint: server.url + prefix }).complete(HELLO)
    expect(paths).toEqual([`${prefix.replace(/\/(api\/)?v\d$|\/$/, '')}/v1/chat/completions`])
  })

  test('may be a URL or use the name localhost', async () => {
    const { mock } = await setUp()
    await createLMStudio({ endpoint: new URL(mock.url) }).complete(HELLO)
    await createLMStudio({ endpoint: `http://localhost:${mock.port}` }).complete(HELLO)
    expect(mock.calls).toHaveLength(2)
  })
})

test('methods work when they are destructured', async () => {
  const { lmstudio } = await setUp()
  const { complete, stream, listModels, embed, supportsModel, healthCheck } = lmstudio
  await complete(HELLO)
  await stream(HELLO).response
  await listModels()
  await embed({ model: 'text-embedding-plover-v2', input: 'x' })
  expect(await supportsModel(MODEL)).toBe(true)
  expect((await healthCheck()).status).toBe('healthy')
})

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw new Error('log full')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('log full')
    },
  ],
])('a logger that %s does not fail a call', async (_name, logger) => {
  const seen = watchRejections()
  const { lmstudio } = await setUp({}, { logger: logger as () => void })
  expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  expect(await seen()).toEqual([])
})

test('a server with CORS off works outside a browser', async () => {
  const { lmstudio } = await setUp({ cors: false })
  expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  expect((await lmstudio.healthCheck()).status).toBe('healthy')
})

test('a model id is sent unchanged', async () => {
  const { mock, lmstudio } = await setUp()
  for (const model of ['tern-4b', `${MODEL}@q5_k_m`, `${MODEL}:2`, 'ünïcode/mödel', 'with space']) {
    await lmstudio.complete({ ...HELLO, model })
    expect(mock.calls.at(-1)?.body).toHaveProperty('model', model)
  }
})

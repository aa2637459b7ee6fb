import {
  choice,
  createLMStudio,
  predicate,
  score,
  type LMStudioOptions,
  type LMStudioProvider,
} from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudio } from 'lmstudio-provider/testing'
import { describe, expect, test } from 'vitest'
import { callOf } from '../../playground/src/inspector/call-of.js'
import { toNodeCode, toPageCode } from '../../playground/src/inspector/code.js'
import { toCurl } from '../../playground/src/inspector/curl.js'
import { toSource } from '../../playground/src/inspector/literal.js'
import type { RecordedRequest } from '../../playground/src/inspector/recorded.js'

const MODEL = 'acme/tern-4b'
const ENDPOINT = 'http://127.0.0.1:1234'
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const tools = [
  {
    name: 'weather',
    description: 'Returns the weather.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
]

type Calls = Readonly<Record<string, (lmstudio: LMStudioProvider) => Promise<unknown>>>

const CALLS: Calls = {
  'a prompt': (lmstudio) => lmstudio.complete({ model: MODEL, prompt: 'Hi' }),
  'a prompt with a system message': (lmstudio) =>
    lmstudio.stream({
      model: MODEL,
      system: 'Be shortDuration.',
      prompt: `It's "so"\n</script><!-- ${'`${1}`'} \\ 🌊\u2028`,
    }).response,
  'every setting': (lmstudio) =>
    lmstudio.complete({
      model: MODEL,
      prompt: 'Hi',
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      minP: 0.05,
      maxTokens: 20,
      stop: ['a', 'b'],
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      repeatPenalty: 1.1,
      logitBias: { 5: 10 },
      reasoningEffort: 'low',
      ttlSeconds: 60,
      draftModel: 'acme/tern-draft',
      extraBody: { new_field: { a: [1, null, true] } },
    }),
  'a conversation with images and tools': (lmstudio) =>
    lmstudio.stream({
      model: MODEL,
      messages: [
        { role: 'system', content: 'Be shortDuration.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image', image: PIXEL },
          ],
        },
        { role: 'assistant', toolCalls: [{ id: 'call_1', name: 'weather', arguments: { city: 'Örebro' } }] },
        { role: 'tool', toolCallId: 'call_1', content: 'rain' },
        { role: 'assistant', content: 'Rain.' },
        { role: 'user', content: 'And now?' },
      ],
      tools,
      toolChoice: 'auto',
    }).response,
  'a named tool': (lmstudio) =>
    lmstudio.complete({ model: MODEL, prompt: 'Oslo?', tools, toolChoice: { tool: 'weather' } }),
  'a schema': (lmstudio) =>
    lmstudio.complete({
      model: MODEL,
      prompt: 'A person',
      responseFormat: { name: 'person', schema: { type: 'object', properties: { age: { type: 'integer' } } } },
    }),
  'any JSON': (lmstudio) => lmstudio.complete({ model: MODEL, prompt: 'A person', responseFormat: 'json' }),
  text: (lmstudio) => lmstudio.completeText({ model: MODEL, prompt: 'Once', maxTokens: 5 }),
  'streamed text': (lmstudio) => lmstudio.streamCompleteText({ model: MODEL, prompt: 'Once', stop: '.' }).response,
  responses: (lmstudio) =>
    lmstudio.respond({
      model: MODEL,
      input: 'Hi',
      instructions: 'Be shortDuration.',
      store: false,
      reasoningEffort: 'low',
    }),
  'streamed responses with tools': (lmstudio) =>
    lmstudio.streamRespond({
      model: MODEL,
      input: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image', image: PIXEL },
          ],
        },
        {
          role: 'assistant',
          content: 'I look.',
          toolCalls: [
            { id: 'a', name: 'weather', arguments: { city: 'Oslo' } },
            { id: 'b', name: 'weather', arguments: { city: 'Bergen' } },
          ],
        },
        { role: 'tool', toolCallId: 'a', content: 'sun' },
        { role: 'tool', toolCallId: 'b', content: 'rain' },
      ],
      tools,
      maxTokens: 30,
    }).response,
  'native chat': (lmstudio) =>
    lmstudio.chat({ model: MODEL, input: 'Hi', system: 'Be shortDuration.', temperature: 0.2 }),
  'streamed native chat': (lmstudio) =>
    lmstudio.streamChat({
      model: MODEL,
      input: [
        { type: 'text', text: 'See' },
        { type: 'image', image: PIXEL },
      ],
      store: true,
      contextLength: 2048,
      integrations: ['mcp/files', { type: 'plugin', id: 'mcp/web', allowedTools: ['get'] }],
    }).response,
  'an embedding': (lmstudio) => lmstudio.embed({ model: 'text-embedding-plover-v2', input: 'sea' }),
  embeddings: (lmstudio) => lmstudio.embed({ model: 'text-embedding-plover-v2', input: ['sea', 'land'] }),
  decisions: (lmstudio) =>
    lmstudio.decide({
      model: 'acme/judge-1b',
      input: 'Refund me!',
      questions: {
        angry: predicate('Is the customer angry?'),
        team: choice('Who handles this?', { billing: 'Payments', tech: 'Bugs' }),
        mood: score('How calm?', ['furious', 'calm']),
      },
    }),
  'decisions about messages': (lmstudio) =>
    lmstudio.decide({
      model: 'acme/judge-1b',
      input: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', image: PIXEL },
          ],
        },
      ],
      questions: { paid: choice('Was it paid?', [true, false]) },
    }),
  'the models': (lmstudio) => lmstudio.listModels({ refresh: true }),
  'a load': (lmstudio) => lmstudio.loadModel('acme/heron-base', { contextLength: 1024, flashAttention: true }),
  'an unload': (lmstudio) => lmstudio.unloadModel(MODEL),
  'a download': (lmstudio) =>
    lmstudio.downloadModel('https://huggingface.co/acme/avocet-2b-GGUF', { quantization: 'Q4_K_M' }),
}

/** Records the requests of a call. */
async function recordRequests(
  call: (lmstudio: LMStudioProvider) => Promise<unknown>,
  mock: MockLMStudio,
): Promise<RecordedRequest[]> {
  const requests: RecordedRequest[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    const { body } = init ?? {}
    requests.push({
      method: init?.method ?? 'GET',
      url: String(input),
      requestHeaders: [...new Headers(init?.headers)],
      requestBody: typeof body === 'string' ? body : undefined,
      isBodyTruncated: false,
    })
    return mock.fetch(input, init)
  }
  await call(createLMStudio({ endpoint: ENDPOINT, fetch, cache: false }))
  return requests
}

/** The main request of a call. Some calls read the model list first. */
const mainRequest = (requests: readonly RecordedRequest[]): RecordedRequest =>
  requests.find(({ method, requestBody }) => method === 'POST' && requestBody !== undefined) ?? requests[0]!

interface RunResult {
  readonly options: LMStudioOptions[]
  readonly printed: string[]
}

// oxlint-disable-next-line typescript/no-implied-eval -- the test runs the generated code
const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...args: unknown[]) => Promise<void>

/** Runs generated code against the mock. */
async function runCode(code: string, mock: MockLMStudio): Promise<RunResult> {
  const result: RunResult = { options: [], printed: [] }
  const create = (options: LMStudioOptions): LMStudioProvider => {
    result.options.push(options)
    return createLMStudio({ ...options, fetch: mock.fetch, cache: false })
  }
  const write = (text: unknown): void => void result.printed.push(String(text))
  const body = code.replaceAll(/^\s*import .*$/gm, '')
  await new AsyncFunction('createLMStudio', 'createMockLMStudio', 'process', 'console', 'fetch', body)(
    create,
    () => mock,
    { env: { LM_API_TOKEN: 'secret', X_API_KEY: 'key' }, stdout: { write } },
    { log: write },
    mock.fetch,
  )
  return result
}

const posts = (mock: MockLMStudio) => mock.calls.filter(({ method }) => method === 'POST')

describe('code for Node', () => {
  test.each(Object.entries(CALLS))('sends the same request again: %s', async (_, call) => {
    const first = createMockLMStudio({ loadDelayMs: 0 })
    const request = mainRequest(await recordRequests(call, first))
    expect(callOf(request)).toBeDefined()
    const second = createMockLMStudio({ loadDelayMs: 0 })
    const { printed } = await runCode(toNodeCode(request, { usesMock: false }), second)
    const expected = posts(first)[0]
    const sent = expected === undefined ? second.calls : posts(second)
    expect(sent[0]).toMatchObject(expected === undefined ? { method: 'GET' } : { path: expected.path })
    expect(sent[0]!.body).toEqual(expected?.body)
    expect(printed.join('')).not.toBe('')
  })

  test('reads the token and secret headers from the environment', async () => {
    const request: RecordedRequest = {
      method: 'POST',
      url: 'http://127.0.0.1:9/proxy/v1/chat/completions',
      requestHeaders: [
        ['authorization', 'Bearer ••••••'],
        ['content-type', 'application/json'],
        ['x-api-key', '••••••'],
        ['x-team', "it's"],
      ],
      requestBody: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'Hi' }], stream: false }),
      isBodyTruncated: false,
    }
    const mock = createMockLMStudio()
    const code = toNodeCode(request, { usesMock: false })
    expect(code).not.toContain('•')
    const { options } = await runCode(code.replace('/proxy', ''), mock)
    expect(options).toEqual([
      { endpoint: 'http://127.0.0.1:9', apiToken: 'secret', headers: { 'x-api-key': 'key', 'x-team': "it's" } },
    ])
    expect(code).toContain("endpoint: 'http://127.0.0.1:9/proxy'")
    expect(toPageCode(request, { usesMock: false })).not.toContain('•')
  })

  test('sets allowRemote where the library requires it', () => {
    const at = (url: string): string => toNodeCode(getRequest(url), { usesMock: false })
    expect(at('https://models.example.com/v1/models')).toContain('allowRemote: true')
    expect(at('http://192.168.1.4:1234/v1/models')).not.toContain('allowRemote')
  })

  const getRequest = (url: string): RecordedRequest => ({
    method: 'GET',
    url,
    requestHeaders: [],
    requestBody: undefined,
    isBodyTruncated: false,
  })

  test.each([
    [
      'a route that the library has no call for',
      '/v1/messages',
      { model: MODEL, max_tokens: 20, messages: [{ role: 'user', content: 'Hi' }] },
    ],
    [
      'messages that the library cannot send',
      '/v1/chat/completions',
      { model: MODEL, messages: [{ role: 'user', content: 'Hi', name: 'Ann' }] },
    ],
    ['a field that native chat does not support', '/api/v1/chat', { model: MODEL, input: 'Hi', novel: 1 }],
    [
      'a stream',
      '/v1/messages',
      { model: MODEL, max_tokens: 20, stream: true, messages: [{ role: 'user', content: 'Hi' }] },
    ],
  ])('uses fetch for %s', async (_, path, body) => {
    const mock = createMockLMStudio()
    const request: RecordedRequest = {
      method: 'POST',
      url: ENDPOINT + path,
      requestHeaders: [['content-type', 'application/json']],
      requestBody: JSON.stringify(body),
      isBodyTruncated: false,
    }
    expect(callOf(request)).toBeUndefined()
    const { printed } = await runCode(toNodeCode(request, { usesMock: false }), mock)
    expect(mock.calls[0]).toMatchObject({ method: 'POST', path, body })
    expect(printed.join('')).not.toBe('')
  })

  test('creates a mock for a response of the mock inside the page', async () => {
    const mock = createMockLMStudio()
    const [request] = await recordRequests(CALLS['a prompt']!, mock)
    const code = toNodeCode(
      { ...request!, url: request!.url.replace(ENDPOINT, 'https://mock.invalid') },
      { usesMock: true },
    )
    expect(code).toContain("from 'lmstudio-provider/testing'")
    expect(code).not.toContain('mock.invalid')
    const { printed } = await runCode(code, mock)
    expect(posts(mock)).toHaveLength(2)
    expect(printed.join('')).toContain('Hi')
  })
})

describe('page code', () => {
  test('is not terminated by a </script> in a prompt', () => {
    const request: RecordedRequest = {
      method: 'POST',
      url: `${ENDPOINT}/v1/chat/completions`,
      requestHeaders: [],
      requestBody: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: '</SCRIPT><!--<script>' }] }),
      isBodyTruncated: false,
    }
    const code = toPageCode(request, { usesMock: false })
    expect(code.match(/<\/script/gi)).toHaveLength(1)
    expect(code.match(/<script/gi)).toHaveLength(1)
    expect(code).not.toContain('<!--')
  })
})

describe('toSource', () => {
  test.each([
    ['a \\ "b" \'c\' `d` ${e}\n\u2028\u0000🌊\ud800'],
    ['\\"'],
    [{ __proto__: null, a: 1 }],
    [JSON.parse('{"__proto__":{"a":1},"b c":[],"d":{},"1":[[1,"x"],{"y":null}],"ä":false}')],
  ])('serializes %j without loss', (value) => {
    // oxlint-disable-next-line typescript/no-implied-eval -- the test evaluates the generated code
    const read = new Function(`return ${toSource(value)}`)() as unknown
    expect(JSON.stringify(read)).toBe(JSON.stringify(value))
  })
})

describe('toCurl', () => {
  test('disables buffering for streams and reads secrets from variables', () => {
    const command = toCurl({
      method: 'POST',
      url: `${ENDPOINT}/v1/chat/completions`,
      requestHeaders: [
        ['authorization', 'Bearer ••••••'],
        ['content-type', 'application/json'],
        ['x-api-key', '••••••'],
      ],
      requestBody: '{"stream":true}',
      isBodyTruncated: false,
    })
    expect(command).toContain('curl -N ')
    expect(command).toContain('"Authorization: Bearer $LM_API_TOKEN"')
    expect(command).toContain('"x-api-key: $X_API_KEY"')
    expect(command).not.toContain('•')
  })
})

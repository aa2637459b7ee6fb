import { createMockLMStudio, type MockReply } from 'lmstudio-provider/testing'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { createOutputReader, readOutput } from '../../playground/src/inspector/joined-output.js'
import { toOpenAICode, toPythonCode } from '../../playground/src/inspector/openai.js'
import type { RecordedRequest } from '../../playground/src/inspector/recorded.js'
import { waterfall } from '../../playground/src/inspector/waterfall.js'

const ENDPOINT = 'http://127.0.0.1:1234'
const MODEL = 'acme/tern-4b'
const TOOLS = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
]

const ROUTES = [
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
  ['/v1/completions', { prompt: 'Hi' }],
  ['/v1/responses', { input: 'Hi' }],
  ['/api/v1/chat', { input: 'Hi' }],
] as const

async function outputOf(path: string, body: object, reply: MockReply, size = 7) {
  const mock = createMockLMStudio({ reply: () => reply })
  const response = await mock.fetch(ENDPOINT + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, ...body }),
  })
  const text = await response.text()
  if (!('stream' in body)) return readOutput(text)
  const reader = createOutputReader()
  const chunks: { at: number; text: string }[] = []
  let output = reader.read(chunks)
  for (const part of text.match(new RegExp(`[^]{1,${size}}`, 'g'))!) {
    chunks.push({ at: 0, text: part })
    output = reader.read(chunks)
  }
  return output
}

describe('the joined output', () => {
  test.each(ROUTES)('has the text and the usage of a stream of %s', async (path, body) => {
    const options = { stream_options: { include_usage: true } }
    const extra = path.startsWith('/v1/c') ? options : {}
    const output = await outputOf(path, { ...body, ...extra, stream: true }, { text: 'A gull,\na tern.' })
    expect(output).toMatchObject({ text: 'A gull,\na tern.', calls: [], error: undefined })
    expect(Object.values(output!.usage!)).not.toEqual([])
  })

  test.each(ROUTES)('has the text of a complete response of %s', async (path, body) => {
    expect(await outputOf(path, body, { text: 'A gull.' })).toMatchObject({ text: 'A gull.', error: undefined })
  })

  test.each([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }], tools: TOOLS }],
    ['/v1/responses', { input: 'Hi', tools: [{ type: 'function', ...TOOLS[0]!.function }] }],
  ] as const)('has the calls of %s', async (path, body) => {
    const reply = { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }
    for (const stream of [{ stream: true }, {}]) {
      const output = await outputOf(path, { ...body, ...stream }, reply)
      expect(output!.calls).toEqual([{ name: 'weather', arguments: '{"city":"Oslo"}' }])
    }
  })

  test('has the reasoning', async () => {
    const [path, body] = ROUTES[0]
    const output = await outputOf(path, { ...body, stream: true }, { reasoning: 'Birds first.', text: 'Gulls.' })
    expect(output).toMatchObject({ reasoning: 'Birds first.', text: 'Gulls.', finishReason: 'stop' })
  })

  test('has the results of tools that LM Studio ran', async () => {
    const mock = createMockLMStudio()
    const response = await mock.fetch(`${ENDPOINT}/api/v1/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, input: 'Weather in Oslo?', integrations: ['mcp/weather'], stream: true }),
    })
    const output = createOutputReader().read([{ at: 0, text: await response.text() }])
    expect(output.calls).toHaveLength(1)
    expect(output.calls[0]!.result).not.toBe('')
  })

  test('reports an error inside a stream and keeps the text before it', () => {
    const text = 'data: {"choices":[{"delta":{"content":"A gu"}}]}\n\ndata: {"error":{"message":"Crashed."}}\n\n'
    expect(createOutputReader().read([{ at: 0, text }])).toMatchObject({ text: 'A gu', error: 'Crashed.' })
  })

  test('ignores what is not JSON, and other bodies', () => {
    expect(createOutputReader().read([{ at: 0, text: 'data: [DONE]\n\ndata: oops\n\n' }]).text).toBe('')
    expect(readOutput('<html>')).toBeUndefined()
    expect(readOutput('{"data":[]}')).toBeUndefined()
  })
})

const request = (path: string, body?: object): RecordedRequest => ({
  method: body === undefined ? 'GET' : 'POST',
  url: ENDPOINT + path,
  requestHeaders: body === undefined ? [] : [['content-type', 'application/json']],
  requestBody: body === undefined ? undefined : JSON.stringify(body),
  isBodyTruncated: false,
})

describe('code for the OpenAI SDK', () => {
  const AsyncFunction = (async () => {}).constructor as new (
    ...names: string[]
  ) => (...args: unknown[]) => Promise<void>

  test.each([
    ...ROUTES.slice(0, 3).flatMap(([path, body]) => [
      [path, { model: MODEL, ...body, top_k: 20 }],
      [path, { model: MODEL, ...body, stream: true }],
    ]),
    ['/v1/embeddings', { model: 'text-embedding-plover-v2', input: ['a', 'b'] }],
    ['/v1/models', undefined],
  ] as [string, object | undefined][])('sends the same request to %s: %j', async (path, body) => {
    const mock = createMockLMStudio({ reply: () => 'A gull.' })
    class Client extends OpenAI {
      constructor(options: ConstructorParameters<typeof OpenAI>[0]) {
        super({ ...options, fetch: mock.fetch, dangerouslyAllowBrowser: true })
      }
    }
    let output = ''
    const write = (text: unknown): void => void (output += JSON.stringify(text))
    const code = toOpenAICode(request(path, body))!.replace("import OpenAI from 'openai'", '')
    await new AsyncFunction('OpenAI', 'console', 'process', code)(
      Client,
      { log: write },
      { stdout: { write }, env: {} },
    )
    const sent = mock.calls.find(({ path: one }) => one === path)!
    if (body !== undefined) expect(sent.body).toMatchObject(body)
    expect(output).toContain(path === '/v1/models' ? MODEL : path === '/v1/embeddings' ? '2 vectors' : 'gull')
  })

  test('does not exist for a route of LM Studio alone', () => {
    expect(toOpenAICode(request('/api/v1/chat', { model: MODEL, input: 'Hi' }))).toBeUndefined()
  })

  test('passes fields that OpenAI does not have as extra_body in Python', () => {
    const body = {
      model: MODEL,
      messages: [{ role: 'user', content: 'Hi "you"' }],
      top_k: 20,
      store: false,
      seed: null,
    }
    expect(toPythonCode(request('/v1/chat/completions', body))).toBe(`from openai import OpenAI

# LM Studio requires no key unless authentication is on, but the SDK requires a value.
client = OpenAI(base_url="http://127.0.0.1:1234/v1", api_key="lm-studio")
response = client.chat.completions.create(
    model="acme/tern-4b",
    messages=[{"role": "user", "content": "Hi \\"you\\""}],
    store=False,
    seed=None,
    extra_body={"top_k": 20},
)
print(response.choices[0].message)
`)
  })

  test('uses the standard library of Python for a route of LM Studio alone', () => {
    const code = toPythonCode(request('/api/v1/chat', { model: MODEL, input: 'Hi', store: true }))
    expect(code).toContain('urllib.request.Request(\n    "http://127.0.0.1:1234/api/v1/chat",\n    method="POST",')
    expect(code).toContain('json.dumps({"model": "acme/tern-4b", "input": "Hi", "store": True}).encode()')
  })

  test('reads a token from the environment', () => {
    const one = request('/v1/models')
    const withToken = { ...one, requestHeaders: [['authorization', 'Bearer ••••••']] as [string, string][] }
    expect(toOpenAICode(withToken)).toContain('apiKey: process.env.LM_API_TOKEN')
    expect(toPythonCode(withToken)).toContain('api_key=os.environ["LM_API_TOKEN"]')
  })
})

describe('waterfall', () => {
  test('places requests that follow one another on a shared axis', () => {
    const bars = waterfall([
      { id: 1, start: 0, end: 100 },
      { id: 2, start: 50, end: 200 },
      { id: 3, start: 60_000, end: 60_010 },
    ])
    expect([...bars]).toEqual([
      [1, { from: 0, width: 0.5 }],
      [2, { from: 0.25, width: 0.75 }],
      [3, { from: 0, width: 1 }],
    ])
  })

  test('keeps requests of a long one together', () => {
    const bars = waterfall([
      { id: 1, start: 0, end: 10_000 },
      { id: 2, start: 9_000, end: 9_500 },
    ])
    expect(bars.get(2)).toEqual({ from: 0.9, width: 0.05 })
  })
})

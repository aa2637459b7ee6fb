import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startMockLMStudio, type MockFault, type MockLMStudioServer } from '../../../src/testing/node-server.js'
import { embeddingModel, model, tideTool, windTool } from '../support/mock-requests.js'

// What each fault puts on the wire, read with plain `fetch` over a socket.

let server: MockLMStudioServer

beforeAll(async () => {
  server = await startMockLMStudio({ now: () => 0 })
})

beforeEach(() => {
  server.reset()
})

afterAll(async () => {
  await server.close()
})

/** What the chunks of a chat completion begin with. */
const chunkHead =
  /"id":"chatcmpl-\w{20}","object":"chat\.completion\.chunk","created":0,"model":"acme\/tern-4b","system_fingerprint":"acme\/tern-4b",/gu

/** Sends a request and returns the response: status, content type, and the body without the heads of its chunks. */
async function send(path: string, body: object): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, ...body }),
  })
  const text = (await response.text()).replaceAll(chunkHead, '')
  return { status: response.status, type: response.headers.get('content-type'), text }
}

/** Sends a chat completion request with a fault. */
function chat(fault: MockFault, body: object = {}): ReturnType<typeof send> {
  server.inject(fault)
  const messages = [{ role: 'user', content: 'Hi' }]
  return send('/v1/chat/completions', { messages, reasoning_effort: 'none', ...body })
}

const tide = { messages: [{ role: 'user', content: 'Tide at Oban?' }], tools: [tideTool] }
const stream = { stream: true }

/** The bytes of a chunk without its head. */
const chunk = (delta: string, finishReason = 'null'): string =>
  `data: {"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finishReason}}]}\n\n`
const callChunk = (call: string): string => chunk(`{"role":"assistant","tool_calls":[${call}]}`)
const done = 'data: [DONE]\n\n'
const textChunks =
  chunk('{"role":"assistant","content":"You"}') +
  chunk('{"role":"assistant","content":" said"}') +
  chunk('{"role":"assistant","content":":"}') +
  chunk('{"role":"assistant","content":" Hi"}')
const stop = chunk('{}', '"stop"') + done
const callEnd = chunk('{}', '"tool_calls"') + done

describe('tool calls', () => {
  test('tool-calls-without-name has no name in the first delta', async () => {
    const { text } = await chat('tool-calls-without-name', { ...tide, ...stream })
    expect(text.split('\n\n')[0]).toMatch(
      /"tool_calls":\[\{"index":0,"id":"\d{9}","type":"function","function":\{"arguments":""\}\}\]/u,
    )
    expect(text).toContain(callChunk('{"index":0,"function":{"arguments":"Oban"}}'))
  })

  test('tool-calls-without-name has no name in a whole call', async () => {
    const { text } = await chat('tool-calls-without-name', tide)
    expect(text).toMatch(/\{"id":"\d{9}","type":"function","function":\{"arguments":"\{\\"harbor\\":\\"Oban\\"\}"\}\}/u)
  })

  test('tool-calls-without-function has entries without a function', async () => {
    const { text } = await chat('tool-calls-without-function', { ...tide, ...stream })
    expect(text.replace(/"id":"\d{9}"/u, '"id":"1"')).toBe(
      callChunk('{"index":0,"id":"1","type":"function"}') + callChunk('{"index":0}').repeat(5) + callEnd,
    )
    expect((await chat('tool-calls-without-function', tide)).text).toMatch(
      /"tool_calls":\[\{"id":"\d{9}","type":"function"\}\]/u,
    )
  })

  test('tool-calls-missing has the finish reason without an entry', async () => {
    expect((await chat('tool-calls-missing', { ...tide, ...stream })).text).toBe(callEnd)
    const { text } = await chat('tool-calls-missing', tide)
    expect(text).toContain(
      '{"role":"assistant","content":"","reasoning_content":"","tool_calls":[]},"logprobs":null,"finish_reason":"tool_calls"}',
    )
  })

  test('tool-calls-name-split sends name and arguments in two deltas', async () => {
    const { text } = await chat('tool-calls-name-split', { ...tide, ...stream })
    expect(text.replace(/"id":"\d{9}"/u, '"id":"1"')).toBe(
      callChunk(String.raw`{"index":0,"id":"1","type":"function","function":{"name":"tid","arguments":"{\"harbor"}}`) +
        callChunk(String.raw`{"index":0,"function":{"name":"e_at","arguments":"\":\"Oban\"}"}}`) +
        callEnd,
    )
  })

  test('tool-calls-arguments-repeated repeats the arguments of each call after its last delta', async () => {
    const messages = [{ role: 'user', content: 'Tide and wind at Oban?' }]
    const { text } = await chat('tool-calls-arguments-repeated', { messages, tools: [tideTool, windTool], ...stream })
    const end = callChunk(String.raw`{"index":0,"function":{"arguments":"\"}"}}`)
    const whole = callChunk(String.raw`{"index":0,"function":{"arguments":"{\"harbor\":\"Oban\"}"}}`)
    expect(text).toContain(end + whole)
    expect(text.match(/"arguments":"\{\\"harbor\\"/gu)).toHaveLength(2)
    expect(text).toMatch(/"index":1,"function":\{"arguments":"\{\\"harbor\\":[^\n]*\n\ndata: [^\n]*"tool_calls"\}\]\}/u)
  })

  test.each(['tool-calls-name-split', 'tool-calls-arguments-repeated'] as const)(
    '%s waits for a stream',
    async (name) => {
      expect((await chat(name, tide)).text).toContain(String.raw`"arguments":"{\"harbor\":\"Oban\"}"`)
      expect((await send('/v1/chat/completions', { ...tide, ...stream })).text).toMatch(
        /"function":\{("name":"e_at"|"arguments":"\{\\"harbor\\":\\"Oban\\"\}"\})/u,
      )
    },
  )
})

describe('refusals of the engine', () => {
  const inner = String.raw`{\"error\":{\"code\":400,\"message\":\"request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it\",\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":9001,\"n_ctx\":8192}}`

  test('engine-error wraps the error of the engine', async () => {
    expect(await chat('engine-error')).toEqual({
      status: 400,
      type: 'application/json; charset=utf-8',
      text: `{"error":"Engine protocol predict request returned 400: ${inner}"}`,
    })
  })

  test('engine-error is an error frame of a stream', async () => {
    const message = `Engine protocol predict request returned 400: ${inner}`
    expect((await chat('engine-error', stream)).text).toBe(
      `data: {"error":{"message":"${message}"},"message":"${message}"}\n\n`,
    )
  })

  test('engine-error is an error event of a native stream', async () => {
    server.inject({ name: 'engine-error', error: 'Jinja Exception', engineStatus: 500, request: 'applyPromptTemplate' })
    expect((await send('/api/v1/chat', { input: 'Hi', ...stream })).text).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"internal_error","message":"Engine protocol applyPromptTemplate request returned 500: Jinja Exception"}}\n\n',
    )
  })

  test('engine-error is an internal error of a response', async () => {
    server.inject({ name: 'engine-error', error: 'No.' })
    expect(await send('/v1/responses', { input: 'Hi' })).toMatchObject({
      status: 400,
      text: '{"error":{"message":"Engine protocol predict request returned 400: No.","type":"internal_error","param":null,"code":"unknown"}}',
    })
  })

  test('engine-error takes an error and a status, also for a stream', async () => {
    const fault = { name: 'engine-error', error: { message: 'No.' }, status: 500 } as const
    expect(await chat(fault, stream)).toMatchObject({
      status: 500,
      text: String.raw`{"error":"Engine protocol predict request returned 400: {\"error\":{\"message\":\"No.\"}}"}`,
    })
  })

  test.each([
    ['alternate', 'Conversation roles must alternate user/assistant/user/assistant/...'],
    [
      'jinja',
      String.raw`Error rendering prompt with jinja template: \"Conversation roles must alternate user/assistant/user/assistant/...\".\n\nThis is usually an issue with the model's prompt template.`,
    ],
    [
      'exception',
      'Jinja Exception: After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.',
    ],
  ] as const)('template-error in the wording "%s" is a 400', async (wording, message) => {
    expect(await chat({ name: 'template-error', wording })).toMatchObject({
      status: 400,
      text: `{"error":"${message}"}`,
    })
  })

  test.each([
    ['is-unloaded', 'Model is unloaded.'],
    ['unloaded', 'Model unloaded.'],
    ['unloaded-or-crashed', 'Model has unloaded or crashed..'],
  ] as const)('model-unloaded in the wording "%s" is a 400 and a frame', async (wording, message) => {
    const text = `{"error":"${message}"}`
    expect(await chat({ name: 'model-unloaded', wording })).toMatchObject({ status: 400, text })
    expect((await chat({ name: 'model-unloaded', wording, afterEvents: 0 }, stream)).text).toBe(`data: ${text}\n\n`)
  })

  test('loading-model is a 503 for as many calls as injected', async () => {
    server.inject('loading-model', { times: 2 })
    const body = { messages: tide.messages }
    const answers = [
      await send('/v1/chat/completions', body),
      await send('/v1/embeddings', { model: embeddingModel, input: 'x' }),
      await send('/v1/chat/completions', body),
    ]
    const loading = {
      status: 503,
      type: 'application/json; charset=utf-8',
      text: '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
    }
    expect(answers.slice(0, 2)).toEqual([loading, loading])
    expect(answers[2]?.status).toBe(200)
  })

  test('invalid-arguments-refused is a 500 for calls with such arguments only', async () => {
    server.inject('invalid-arguments-refused')
    const conversation = (args: string): object => ({
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          tool_calls: [{ id: '1', type: 'function', function: { name: 'tide_at', arguments: args } }],
        },
        { role: 'tool', tool_call_id: '1', content: '04:12' },
      ],
    })
    expect((await send('/v1/chat/completions', conversation('{}'))).status).toBe(200)
    expect(await send('/v1/chat/completions', conversation('{"harbor":'))).toMatchObject({
      status: 500,
      text: '{"error":{"code":500,"message":"Failed to parse tool call arguments as JSON: [json.exception.parse_error.101] parse error","type":"server_error"}}',
    })
    server.inject('invalid-arguments-refused')
    expect((await send('/v1/chat/completions', conversation(''))).status).toBe(500)
  })

  test.each([
    [
      { name: 'status-500', error: { code: 'model_load_failed' }, message: 'No.' },
      '{"error":{"message":"No.","type":"invalid_request_error","param":null,"code":"model_load_failed"}}',
    ],
    [
      { name: 'status-500', error: { type: 'x', param: 'y', n_ctx: 5 }, message: 'No.' },
      '{"error":{"message":"No.","type":"x","param":"y","code":null,"n_ctx":5}}',
    ],
  ] as const)('%j sends its fields', async (fault, text) => {
    expect(await chat(fault)).toMatchObject({ status: 500, text })
  })

  test('catch-all can have a status', async () => {
    expect(await chat({ name: 'catch-all', status: 404 })).toMatchObject({
      status: 404,
      text: '{"error":"Unexpected endpoint or method. (POST /v1/chat/completions)"}',
    })
  })

  test('stream-options-refused is a 422 that names the field, and waits for the field', async () => {
    const plain = await chat('stream-options-refused', stream)
    expect(plain.text).toBe(textChunks + stop)
    const options = { stream_options: { include_usage: true } }
    const messages = [{ role: 'user', content: 'Hi' }]
    expect(await send('/v1/chat/completions', { messages, ...stream, ...options })).toMatchObject({
      status: 422,
      text: '{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted","input":{"include_usage":true}}]}',
    })
  })
})

describe('output of chat completions', () => {
  test('prompt-progress precedes the first delta', async () => {
    const { text } = await chat({ name: 'prompt-progress', total: 2500 }, stream)
    const progress = (processed: number, ms: number): string =>
      `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"prompt_progress":{"total":2500,"cache":0,"processed":${processed},"time_ms":${ms}}}\n\n`
    expect(text).toBe(progress(1000, 400) + progress(2000, 800) + progress(2500, 1000) + textChunks + stop)
  })

  test('prompt-progress reports six batches of 1000 tokens by default', async () => {
    const { text } = await chat('prompt-progress', stream)
    expect(text.match(/"processed":\d+/gu)).toEqual([
      '"processed":1000',
      '"processed":2000',
      '"processed":3000',
      '"processed":4000',
      '"processed":5000',
      '"processed":6000',
    ])
  })

  test('content-parts sends thinking and text as parts', async () => {
    const { text } = await chat('content-parts', { reasoning_effort: 'low' })
    expect(text).toContain(
      String.raw`"content":[{"type":"thinking","thinking":[{"type":"text","text":"The user says \"Hi\". A short answer will do."}]},{"type":"text","text":"You said: Hi"}]`,
    )
    const streamed = await chat('content-parts', { reasoning_effort: 'low', ...stream })
    expect(streamed.text).toContain(
      chunk('{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"."}]}]}') +
        chunk('{"role":"assistant","content":[{"type":"text","text":"You"}]}'),
    )
    expect(streamed.text).not.toContain('reasoning_content')
  })

  test.each([
    ['empty-content', 'null'],
    [{ name: 'empty-content', content: '' }, '""'],
  ] as const)('%j has no text and 42 tokens', async (fault, content) => {
    const { text } = await chat(fault)
    expect(text).toContain(`"content":${content},`)
    expect(text).toContain('"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":42,')
    const options = { stream_options: { include_usage: true } }
    expect((await chat(fault, { ...stream, ...options })).text).toBe(
      chunk(`{"role":"assistant","content":${content}}`).repeat(3) +
        chunk('{}', '"stop"') +
        'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":42,"total_tokens":47}}\n\n' +
        done,
    )
  })

  test('answer-in-message sends the text in one message', async () => {
    expect((await chat('answer-in-message', stream)).text).toBe(
      'data: {"choices":[{"index":0,"logprobs":null,"finish_reason":null,"message":{"role":"assistant","content":"You said: Hi"}}]}\n\n' +
        'data: {"choices":[{"index":0,"logprobs":null,"finish_reason":"stop","delta":{}}]}\n\n' +
        done,
    )
  })

  test('lone-think-end closes a block that was not opened', async () => {
    const { text } = await chat('lone-think-end')
    expect(text).toContain(
      String.raw`"content":"The user says \"Hi\". A short answer will do.\n</think>\n\nYou said: Hi","reasoning_content":""`,
    )
    const streamed = await chat('lone-think-end', stream)
    expect(streamed.text).toContain(
      chunk('{"role":"assistant","content":"</think>"}') +
        chunk(String.raw`{"role":"assistant","content":"\n\n"}`) +
        textChunks +
        stop,
    )
    expect(streamed.text).not.toContain('<think>')
  })

  test('other-model answers under another id', async () => {
    const { text } = await chat('other-model')
    expect(text).toContain('"model":"acme/osprey-8b"')
    expect(text).not.toContain('tern-4b')
    server.inject({ name: 'other-model', model: 'acme/other' })
    const native = await send('/api/v1/chat', { input: 'Hi', ...stream })
    expect(native.text).toContain('{"type":"chat.end","result":{"model_instance_id":"acme/other",')
    server.inject('other-model')
    expect((await send('/v1/responses', { input: 'Hi', ...stream })).text).toMatch(
      /"type":"response\.completed","response":\{[^\n]*"model":"acme\/osprey-8b"/u,
    )
  })
})

describe('streams', () => {
  test('stream-labeled-json is an event stream with the label of JSON', async () => {
    expect(await chat('stream-labeled-json', stream)).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      text: textChunks + stop,
    })
  })

  test('stream-instead-of-json is an event stream that was not requested', async () => {
    expect(await chat('stream-instead-of-json')).toEqual({
      status: 200,
      type: 'text/event-stream',
      text: textChunks + stop,
    })
  })

  test('error-frame in the form "plain-text" is data that is not JSON', async () => {
    const fault = { name: 'error-frame', form: 'plain-text', message: 'out of memory', afterEvents: 1 } as const
    expect((await chat(fault, stream)).text).toBe(
      `${chunk('{"role":"assistant","content":"You"}')}data: error: out of memory\n\n`,
    )
  })
})

describe('other routes', () => {
  test('embeddings-null has a null for every number', async () => {
    server.inject('embeddings-null')
    const { text } = await send('/v1/embeddings', { model: embeddingModel, input: 'gull' })
    expect(text).toContain(`"embedding":[${Array.from({ length: 256 }, () => 'null').join(',')}],"index":0}`)
  })

  const indexes = (text: string, event: string): number[] =>
    Array.from(text.matchAll(new RegExp(`"type":"${event}"[^\\n]*?"content_index":(\\d+)`, 'gu')), ([, index]) =>
      Number(index),
    )

  test('content-index-counted counts per delta, or on from the item before', async () => {
    const body = { input: 'Hi', ...stream }
    server.inject('content-index-counted')
    const perDelta = await send('/v1/responses', body)
    expect(indexes(perDelta.text, 'response.output_text.delta')).toEqual([0, 1, 2, 3])
    expect(indexes(perDelta.text, 'response.output_text.done')).toEqual([4])
    server.inject({ name: 'content-index-counted', per: 'item' })
    const perItem = await send('/v1/responses', body)
    expect(indexes(perItem.text, 'response.reasoning_text.done')).toEqual([0])
    expect(indexes(perItem.text, 'response.output_text.delta')).toEqual([1, 1, 1, 1])
    expect(indexes(perItem.text, 'response.output_text.done')).toEqual([1])
  })

  test('response-status-failed has half of the text and no error', async () => {
    server.inject('response-status-failed', { times: 2 })
    const body = { input: 'Hi', reasoning: { effort: 'none' } }
    const pattern = /"status":"failed",[^\n]*"error":null,[^\n]*"output":\[\{[^\n]*"text":"You sa","annotations"/u
    expect((await send('/v1/responses', body)).text).toMatch(pattern)
    expect((await send('/v1/responses', { ...body, ...stream })).text.split('\n\n').at(-2)).toMatch(pattern)
  })

  test('unload-null is a 200 with null, and the instance stays', async () => {
    server.inject('unload-null')
    expect(await send('/api/v1/models/unload', { model: undefined, instance_id: model })).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      text: 'null',
    })
    expect(server.loadedInstances.map(({ id }) => id)).toEqual([model])
  })

  test('load-status-failed is a 200 with that status', async () => {
    server.inject('load-status-failed')
    expect(await send('/api/v1/models/load', {})).toMatchObject({ status: 200, text: '{"status":"failed"}' })
    expect(server.loadedInstances.map(({ id }) => id)).toEqual([model])
  })

  test.each([
    [{ name: 'download-failed', message: 'disk full' }, ',"error_message":"disk full"}'],
    ['download-failed', ',"started_at":"1970-01-01T00:00:00.000Z"}'],
  ] as const)('%j fails at half', async (fault, end) => {
    server.inject(fault)
    const { text } = await send('/api/v1/models/download', { model: 'acme/puffin-9b' })
    const status = `${server.url}/api/v1/models/download/status/${(JSON.parse(text) as { job_id: string }).job_id}`
    await (await fetch(status)).text()
    const failed = await (await fetch(status)).text()
    expect(failed).toContain('"status":"failed"')
    expect(failed.endsWith(end)).toBe(true)
  })
})

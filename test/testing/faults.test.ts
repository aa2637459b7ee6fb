import { describe, expect, test, vi } from 'vitest'
import { createMockLMStudio, type MockFault, type MockLMStudio } from '../../src/testing/index.js'
import { ask, chat, hello, model, user } from './ask.js'
import { readFrames, textOf, type Frame } from './read-frames.js'

const faulty = (fault: MockFault, body: object = {}): Promise<Response> =>
  chat(createMockLMStudio({ faults: [fault] }), body)

async function faultyStream(fault: MockFault, body: object = {}): Promise<Frame[]> {
  return readFrames(await (await faulty(fault, { stream: true, ...body })).text())
}

describe('which call a fault takes', () => {
  test('each call takes one, in the order they were injected', async () => {
    const mock = createMockLMStudio()
    mock.inject('status-500')
    mock.inject('status-503', { times: 2 })
    const statuses: number[] = []
    for (let call = 0; call < 4; call += 1) statuses.push((await chat(mock)).status)
    expect(statuses).toEqual([500, 503, 503, 200])
  })

  test('a path keeps a fault for the calls to it', async () => {
    const mock = createMockLMStudio()
    mock.inject('status-500', { path: '/v1/models' })
    mock.inject('status-502', { path: /embeddings$/u, times: Infinity })
    expect((await chat(mock)).status).toBe(200)
    expect((await ask(mock, '/v1/models?x=1')).status).toBe(500)
    for (let call = 0; call < 3; call += 1) expect((await ask(mock, '/v1/embeddings', { input: 'x' })).status).toBe(502)
  })

  test('faults of a stream wait for a stream, and a preflight takes none', async () => {
    const mock = createMockLMStudio({ faults: ['cut', 'status-500'] })
    await ask(mock, '/v1/models', undefined, { method: 'OPTIONS' })
    expect((await ask(mock, '/v1/models')).status).toBe(500)
    expect((await ask(mock, '/v1/models')).status).toBe(200)
    expect(readFrames(await (await chat(mock, { stream: true })).text())).toHaveLength(2)
  })

  test('a name that means nothing is an error that lists the names', () => {
    const mock = createMockLMStudio()
    expect(() => mock.inject('stauts-500' as MockFault)).toThrow(/^Unknown fault "stauts-500"\. Known faults: .*, stall, /u)
  })

  test('a reset forgets faults, and puts the first ones back', async () => {
    const mock = createMockLMStudio({ faults: ['status-500'] })
    mock.inject('status-503', { times: Infinity })
    mock.reset()
    expect([(await chat(mock)).status, (await chat(mock)).status]).toEqual([500, 200])
  })
})

const asShape = async (shape: 'text' | 'html' | 'empty'): Promise<string[]> => {
  const response = await faulty({ name: 'status-500', shape, message: 'No.' })
  return [response.headers.get('content-type') ?? '', await response.text()]
}

describe('statuses', () => {
  test.each([
    ['string', { error: 'No.' }],
    ['object', { error: { message: 'No.', type: 'invalid_request_error', param: null, code: null } }],
    ['zod', { error: '[\n  {\n    "code": "custom",\n    "path": [],\n    "message": "No."\n  }\n]' }],
  ] as const)('with a body of shape %s', async (shape, expected) => {
    const response = await faulty({ name: 'status-422', shape, message: 'No.' })
    expect([response.status, await response.json()]).toEqual([422, expected])
  })

  test('as text, as a page, and with nothing at all', async () => {
    expect(await asShape('text')).toEqual(['text/plain; charset=utf-8', 'No.'])
    expect(await asShape('html')).toEqual(['text/html', expect.stringContaining('<h1>500 No.</h1>')])
    expect(await asShape('empty')).toEqual(['', ''])
  })

  test.each([
    [2, '2'],
    [new Date(Date.UTC(2026, 8, 2)), 'Wed, 02 Sep 2026 00:00:00 GMT'],
    ['soon', 'soon'],
  ])('Retry-After of %s', async (retryAfter, header) => {
    expect((await faulty({ name: 'status-429', retryAfter })).headers.get('retry-after')).toBe(header)
  })

  test('without a wish the body is the one of the route, or of a proxy', async () => {
    const mock = createMockLMStudio()
    const answer = async (fault: MockFault, path: string): Promise<unknown> => {
      mock.inject(fault)
      const text = await (await ask(mock, path, {})).text()
      return text.startsWith('{') ? JSON.parse(text).error : text
    }
    expect(await answer('status-500', '/v1/chat/completions')).toBe('Internal Server Error')
    expect(await answer('status-500', '/api/v1/chat')).toMatchObject({ type: 'invalid_request' })
    expect(await answer('status-500', '/v1/messages')).toMatchObject({ message: 'Internal Server Error' })
    expect(await answer('status-401', '/v1/models')).toMatchObject({ code: 'invalid_api_key' })
    expect(await answer('status-403', '/v1/models')).toMatchObject({ code: 'permission_denied' })
    expect(await answer('status-502', '/v1/models')).toContain('<h1>502 Bad Gateway</h1>')
  })
})

describe('answers in the place of answers', () => {
  test('catch-all, a page, broken JSON, an error under 200, and nothing', async () => {
    expect(await (await faulty('catch-all')).json()).toEqual({
      error: 'Unexpected endpoint or method. (POST /v1/chat/completions)',
    })
    const page = await faulty({ name: 'html', status: 503 })
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html'])
    const broken = await faulty('malformed-json')
    expect(broken.headers.get('content-type')).toContain('json')
    await expect(broken.json()).rejects.toThrow(SyntaxError)
    const error = await faulty({ name: 'error-200', message: 'No.' }, { stream: true })
    expect([error.status, await error.json()]).toEqual([200, { error: 'No.' }])
    expect((await (await faulty({ name: 'error-200', shape: 'object' })).json()).error.message).toBeTypeOf('string')
    expect(await (await faulty('empty-body')).text()).toBe('')
  })

  test('a body of any size comes only as far as it is read', async () => {
    const whole = await faulty({ name: 'huge-body', bytes: 200_000 })
    const text = await whole.text()
    expect(text).toHaveLength(200_000)
    expect(() => JSON.parse(text) as unknown).not.toThrow()
    const mock = createMockLMStudio({ faults: ['huge-body'] })
    const reader = (await chat(mock)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await expect(mock.calls[0]?.finished).resolves.toBe('aborted')
  })

  test('a redirect is followed, refused or handed over, as the request wishes', async () => {
    const redirect: MockFault = { name: 'redirect', location: '/v1/models' }
    const fetching = (mode: RequestRedirect): Promise<Response> =>
      chat(createMockLMStudio({ faults: [redirect] }), {}, { redirect: mode })
    expect((await fetching('manual')).status).toBe(302)
    await expect(fetching('error')).rejects.toThrow(TypeError)
    expect(await (await fetching('follow')).json()).toHaveProperty('data')
    await expect(faulty('redirect')).rejects.toThrow('fetch failed')
  })
})

describe('connections that go wrong', () => {
  test('a reset before the headers rejects as Node does', async () => {
    const mock = createMockLMStudio({ faults: ['reset'] })
    await expect(chat(mock)).rejects.toMatchObject({ name: 'TypeError', cause: { code: 'ECONNRESET' } })
    expect(mock.calls[0]).toMatchObject({ status: undefined, aborted: false })
    await expect(mock.calls[0]?.finished).resolves.toBe('dropped')
  })

  test('a reset after two events lets those out', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'reset', afterEvents: 2 }] })
    const response = await chat(mock, { stream: true })
    await expect(response.text()).rejects.toThrow('terminated')
    expect(mock.calls[0]?.eventsSent).toBe(2)
    await expect(mock.calls[0]?.finished).resolves.toBe('dropped')
  })

  test('headers come once released', async () => {
    const mock = createMockLMStudio({ faults: ['delay-headers'] })
    let isAnswered = false
    const answer = chat(mock).then((response) => {
      isAnswered = true
      return response
    })
    await mock.whenHeld()
    expect(isAnswered).toBe(false)
    mock.release()
    expect((await answer).status).toBe(200)
  })

  test('headers come after a time', async () => {
    expect((await faulty({ name: 'delay-headers', ms: 1 })).status).toBe(200)
  })

  test('a stall goes on once released, and nothing is lost', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 3 }] })
    const text = (await chat(mock, { stream: true })).text()
    await mock.whenHeld()
    expect(mock.calls[0]?.eventsSent).toBe(3)
    mock.release()
    expect(textOf(readFrames(await text))).toBe('You said: Hello.')
  })

  test('a stall with keep-alives sends comments', async () => {
    const mock = createMockLMStudio({ faults: [{ name: 'stall', afterEvents: 1, keepAliveMs: 1 }] })
    const reader = (await chat(mock, { stream: true })).body?.pipeThrough(new TextDecoderStream()).getReader()
    const pieces: unknown[] = []
    while (pieces.length < 3) pieces.push((await reader?.read())?.value)
    expect(pieces.slice(1)).toEqual([': keep-alive\n\n', ': keep-alive\n\n'])
    mock.release()
    let rest = ''
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) rest += piece.value
    expect(rest).toContain('[DONE]')
  })

  test('a named path stalls and cuts a body that is no stream, in its middle', async () => {
    const mock = createMockLMStudio()
    mock.inject('cut', { path: '/v1/models' })
    await expect((await ask(mock, '/v1/models')).json()).rejects.toThrow(SyntaxError)
    mock.inject('stall', { path: '/v1/models' })
    const body = (await ask(mock, '/v1/models')).json()
    await mock.whenHeld()
    mock.release()
    expect(await body).toHaveProperty('data')
    mock.inject({ name: 'reset', afterEvents: 0 }, { path: '/v1/models' })
    await expect((await ask(mock, '/v1/models')).text()).rejects.toThrow(TypeError)
  })

  test('a reset of the mock drops what hangs', async () => {
    const mock = createMockLMStudio({ faults: ['stall', 'delay-headers'] })
    const stalled = (await chat(mock, { stream: true })).text()
    stalled.catch(() => undefined)
    const delayed = chat(mock)
    delayed.catch(() => undefined)
    await mock.whenCalled('/v1/chat/completions')
    await mock.whenHeld()
    const calls = [...mock.calls]
    mock.reset()
    await expect(stalled).rejects.toThrow(TypeError)
    await expect(delayed).rejects.toThrow('fetch failed')
    expect(await Promise.all(calls.map(({ finished }) => finished))).toEqual(['dropped', 'dropped'])
  })
})

const chunks = (frames: readonly Frame[]): Frame[] => frames.filter(({ data }) => data !== '[DONE]')

describe('timers', () => {
  test.each([
    ['/api/v1/models/load', { model: 'acme/heron-base' }],
    ['/v1/chat/completions', { model: 'acme/heron-base', messages: hello }],
    ['/api/v1/chat', { model: 'acme/heron-base', input: 'x', stream: true }],
    ['/v1/completions', { model, prompt: 'x' }],
    ['/v1/embeddings', { model: 'text-embedding-plover-v2', input: 'x' }],
  ])('a reset leaves none of %s, however early or late it comes', async (path, body) => {
    // Only what the mock uses: reading a request's body takes real ticks of the loop.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      for (let turns = 0; turns < 12; turns += 1) {
        const mock = createMockLMStudio({ loadDelayMs: 60_000, tokensPerSecond: 0.01 })
        const reading = ask(mock, path, body).then((response) => response.text())
        reading.catch(() => undefined)
        await mock.whenCalled(path)
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
        mock.reset()
        await expect(reading).rejects.toThrow(TypeError)
        expect(vi.getTimerCount()).toBe(0)
      }
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('streams that go wrong', () => {
  test('cut: two events and a clean end', async () => {
    const mock = createMockLMStudio({ faults: ['cut'] })
    const frames = readFrames(await (await chat(mock, { stream: true })).text())
    expect(frames).toHaveLength(2)
    await expect(mock.calls[0]?.finished).resolves.toBe('completed')
  })

  test('cut-mid-character: the last bytes are half a character', async () => {
    const bytes = new Uint8Array(await (await faulty('cut-mid-character', { stream: true })).arrayBuffer())
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError)
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, -2))).not.toThrow()
  })

  const message = 'Compute error.'
  test.each([
    ['object-and-message', [{ event: undefined, data: { error: { message }, message } }]],
    ['event-error', [{ event: 'error', data: { error: { message } } }]],
    ['string', [{ event: undefined, data: { error: message } }]],
    [
      'string-then-done',
      [
        { event: undefined, data: { error: message } },
        { event: undefined, data: '[DONE]' },
      ],
    ],
    [
      'object-then-done',
      [
        { event: undefined, data: { error: { message }, message } },
        { event: undefined, data: '[DONE]' },
      ],
    ],
    ['bare-text', [{ event: 'error', data: message }]],
  ] as const)('error-frame: %s, after two events or as the first', async (form, expected) => {
    const late = await faultyStream({ name: 'error-frame', form, message })
    expect(late.slice(2)).toEqual(expected)
    expect(await faultyStream({ name: 'error-frame', form, message, afterEvents: 0 })).toEqual(expected)
  })

  test('endings: no mark, no reason, no last line end', async () => {
    const noMark = await faultyStream('no-done')
    expect(noMark.at(-1)?.data.choices[0].finish_reason).toBe('stop')
    const noReason = await faultyStream('no-finish-reason')
    expect(noReason.at(-1)?.data).toBe('[DONE]')
    expect(noReason.some(({ data }) => typeof data.choices?.[0].finish_reason === 'string')).toBe(false)
    expect(await (await faulty('no-final-newline', { stream: true })).text()).toMatch(/\ndata: \[DONE\]$/u)
    for (const [path, body] of [
      ['/api/v1/chat', { input: 'x' }],
      ['/v1/responses', { input: 'x' }],
      ['/v1/messages', { messages: hello, max_tokens: 9 }],
    ] as const) {
      const mock = createMockLMStudio({ faults: ['no-done'] })
      const text = await (await ask(mock, path, { model, stream: true, ...body })).text()
      expect(text).not.toMatch(/chat\.end|response\.completed|message_stop/u)
    }
  })

  test('null-error and unknown-keys are on every chunk', async () => {
    expect(chunks(await faultyStream('null-error')).every(({ data }) => data.error === null)).toBe(true)
    const unknown = chunks(await faultyStream('unknown-keys'))
    expect(unknown.every(({ data }) => 'x_future_field' in data && 'x_future_field' in data.choices[0])).toBe(true)
  })

  test('zero-deltas: a well-formed stream, and answer, of nothing', async () => {
    expect(await faultyStream('zero-deltas')).toMatchObject([
      { data: { choices: [{ delta: {}, finish_reason: 'stop' }] } },
      { data: '[DONE]' },
    ])
    expect((await (await faulty('zero-deltas')).json()).choices[0].message.content).toBe('')
  })

  test('json-instead-of-stream: a whole answer', async () => {
    const response = await faulty('json-instead-of-stream', { stream: true })
    expect(response.headers.get('content-type')).toContain('application/json')
    expect((await response.json()).object).toBe('chat.completion')
  })

  test('huge-line: one line as long as asked for', async () => {
    const text = await (await faulty({ name: 'huge-line', bytes: 100_000, afterEvents: 1 }, { stream: true })).text()
    expect(text.split('\n').at(-1)).toHaveLength(100_000 + 'data: {"padding":"'.length)
  })
})

const crash = async (body: object): Promise<[MockLMStudio, Response]> => {
  const mock = createMockLMStudio({ faults: ['crash'] })
  return [mock, await chat(mock, body)]
}

describe('models and engines that go wrong', () => {
  test('model-unloaded: refused once, or in the stream', async () => {
    const mock = createMockLMStudio({ faults: ['model-unloaded'] })
    const refused = await chat(mock)
    expect([refused.status, await refused.json()]).toEqual([400, { error: 'Model is unloaded.' }])
    expect((await chat(mock)).status).toBe(200)
    const frames = await faultyStream({ name: 'model-unloaded', afterEvents: 1 })
    expect(frames[1]?.data).toEqual({ error: 'Model is unloaded.' })
  })

  test('crash: 500 or an event, and the instance is gone', async () => {
    const [whole, refused] = await crash({})
    expect([refused.status, whole.loadedInstances.length]).toEqual([500, 0])
    const [streamed, response] = await crash({ stream: true })
    const last = readFrames(await response.text()).at(-1)
    expect([last?.event, streamed.loadedInstances.length]).toEqual(['error', 0])
    expect(last?.data.error.message).toContain('crashed')
  })

  test('no-models-loaded and load-failed, in their shapes and statuses', async () => {
    expect((await (await faulty('no-models-loaded')).json()).error.message).toMatch(/^No models loaded/u)
    const old = await faulty({ name: 'no-models-loaded', shape: 'string', status: 404 })
    expect([old.status, (await old.json()).error]).toEqual([404, expect.stringMatching(/^No models/u)])
    const mock = createMockLMStudio({ faults: ['load-failed'] })
    const load = await ask(mock, '/api/v1/models/load', { model })
    expect((await load.json()).error.message).toMatch(/^Failed to load model "acme\/tern-4b"/u)
  })

  test.each(['exceeded', 'keep-first', 'n-keep', 'exceeds-available', 'engine-object'] as const)(
    'context-overflow worded "%s" is refused, or an error frame, or any status asked for',
    async (wording) => {
      const matcher = /context (?:size|length|window)|n_ctx|keep the first \d+ tokens/iu
      const refused = await faulty({ name: 'context-overflow', wording })
      expect([refused.status, await refused.text()]).toEqual([400, expect.stringMatching(matcher)])
      const [frame] = await faultyStream({ name: 'context-overflow', wording })
      expect(JSON.stringify(frame?.data.error)).toMatch(matcher)
      expect((await faulty({ name: 'context-overflow', wording, status: 200 }, { stream: true })).status).toBe(200)
    },
  )

  test('usage: zeros, and none', async () => {
    expect((await (await faulty('usage-zero')).json()).usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 0 })
    expect(await (await faulty('usage-missing')).json()).not.toHaveProperty('usage')
  })

  test('json-in-reasoning: the content is empty', async () => {
    const schema = { type: 'object', properties: { gulls: { const: 7 } } }
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
    const body = await (await faulty('json-in-reasoning', { response_format: format })).json()
    expect(body.choices[0].message).toMatchObject({ content: '', reasoning_content: '{"gulls":7}' })
  })
})

describe('tool calls that go wrong', () => {
  const parameters = { type: 'object', properties: { harbour: { type: 'string' } } }
  const request = {
    ...user('Tide and wind at Oban?'),
    tools: ['tide_at', 'wind_at'].map((name) => ({ type: 'function', function: { name, parameters } })),
  }
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into what came
  const deltas = async (fault: MockFault): Promise<any[]> =>
    (await faultyStream(fault, request)).flatMap(({ data }) => data.choices?.[0].delta.tool_calls ?? [])
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into what came
  const calls = async (fault: MockFault): Promise<any[]> =>
    (await (await faulty(fault, request)).json()).choices[0].message.tool_calls

  test('without index, without id, with an empty id, with an empty name', async () => {
    expect((await deltas('tool-calls-without-index')).every((delta) => !('index' in delta))).toBe(true)
    expect((await deltas('tool-calls-without-id')).every((delta) => !('id' in delta))).toBe(true)
    expect((await deltas('tool-calls-empty-id')).filter((delta) => delta.id === '')).toHaveLength(2)
    expect((await deltas('tool-calls-empty-name')).filter((delta) => delta.function.name === '')).toHaveLength(2)
    expect((await calls('tool-calls-without-id')).every((call) => !('id' in call))).toBe(true)
    expect((await calls('tool-calls-empty-name')).every((call) => call.function.name === '')).toBe(true)
  })

  test('names and ids on every delta', async () => {
    const all = await deltas('tool-calls-name-repeated')
    expect(all.length).toBeGreaterThan(4)
    expect(new Set(all.map((delta) => `${delta.index} ${delta.id} ${delta.function.name}`)).size).toBe(2)
    expect(all.every((delta) => typeof delta.function.arguments === 'string')).toBe(true)
  })

  test.each<[MockFault, unknown]>([
    ['tool-calls-in-one-delta', '{"harbour":"Oban"}'],
    ['tool-calls-arguments-null', null],
    ['tool-calls-arguments-empty', ''],
    ['tool-calls-arguments-object', { harbour: 'Oban' }],
    ['tool-calls-arguments-invalid', '{"harbour":"Oban"'],
  ])('%s, in a stream and whole', async (fault, expected) => {
    const streamed = await deltas(fault)
    expect(streamed).toHaveLength(2)
    expect(streamed[0].function.arguments).toEqual(expected)
    expect((await calls(fault))[0].function.arguments).toEqual(expected)
  })

  test('as text, and with the wrong finish reason', async () => {
    const [choice] = (await (await faulty('tool-calls-as-text', request)).json()).choices
    expect(choice.finish_reason).toBe('stop')
    expect(choice.message.content).toMatch(/^\[TOOL_REQUEST\]\{"name":"tide_at".*\[END_TOOL_REQUEST\]/u)
    const [wrong] = (await (await faulty('tool-calls-finish-stop', request)).json()).choices
    expect([wrong.finish_reason, wrong.message.tool_calls.length]).toEqual(['stop', 2])
  })
})

describe('responses and embeddings that go wrong', () => {
  const tools = [{ type: 'function', name: 'tide_at', parameters: { type: 'object', properties: {} } }]
  const respond = async (fault: MockFault): Promise<Frame[]> => {
    const body = { model, input: 'Tide?', tools, stream: true }
    return readFrames(await (await ask(createMockLMStudio({ faults: [fault] }), '/v1/responses', body)).text())
  }

  test('response-failed: the response so far, with an error', async () => {
    const frames = await respond({ name: 'response-failed', afterEvents: 3, message: 'Compute error.' })
    expect(frames).toHaveLength(4)
    expect(frames[3]).toMatchObject({
      event: 'response.failed',
      data: {
        sequence_number: 3,
        response: { object: 'response', status: 'failed', error: { message: 'Compute error.' } },
      },
    })
  })

  test('argument-deltas: the arguments in pieces, the numbering unbroken', async () => {
    const frames = await respond('argument-deltas')
    const deltas = frames.filter(({ event }) => event === 'response.function_call_arguments.delta')
    expect(deltas.map(({ data }) => data.delta).join('')).toBe('{}')
    expect(frames.map(({ data }) => data.sequence_number)).toEqual(frames.map((_frame, index) => index))
  })

  test('extra-done: a mark after the last event', async () => {
    expect((await respond('extra-done')).at(-1)).toEqual({ event: undefined, data: '[DONE]' })
  })

  test('embeddings-unordered: each vector still has its index', async () => {
    const mock = createMockLMStudio({ faults: ['embeddings-unordered'] })
    const body = { model: 'text-embedding-plover-v2', input: ['a', 'b', 'c'] }
    const { data } = await (await ask(mock, '/v1/embeddings', body)).json()
    expect(data.map(({ index }: { index: number }) => index)).toEqual([2, 1, 0])
  })
})

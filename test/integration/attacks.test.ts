import { createLMStudio, type LogEvent } from 'lmstudio-provider'
import { expect, test } from 'vitest'
import { caught } from './support/caught.js'

const request = { model: 'm', prompt: 'x' } as const
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const DONE = 'data: [DONE]\n\n'
const events = (text: string) => async (): Promise<Response> =>
  new Response(text, { headers: { 'content-type': 'text/event-stream' } })
const answer = (content = 'hi'): Response =>
  Response.json({ choices: [{ message: { content }, finish_reason: 'stop' }] })
const models = (key = 'm'): Response => Response.json({ models: [{ key, type: 'llm' }] })

test.each([
  ['the field `error` of llama.cpp', 'error: {"code":500,"message":"boom","type":"server_error"}\n\n'],
  ['an event of the type error', 'data: {"type":"error","message":"boom"}\n\n'],
  ['an object called error', 'data: {"object":"error","message":"boom","code":500}\n\n'],
  ['a detail', 'data: {"detail":"boom"}\n\n'],
  ['a list of errors', 'data: {"errors":[{"message":"boom"}]}\n\n'],
])('%s in a stream is an error, with the partial answer, also before the ending mark', async (_, frame) => {
  const lmstudio = createLMStudio({ fetch: events(chunk({ content: 'Half' }) + frame + DONE) })
  const error = await caught(lmstudio.stream(request).response)
  expect(error.message).toContain('boom')
  expect(error.partial).toMatchObject({ text: 'Half' })
})

test('an overflow that llama.cpp reports by its field `error` is told as one', async () => {
  const frame =
    'error: {"code":400,"message":"request (9 tokens) exceeds the available context size (8 tokens)","type":"exceed_context_size_error"}\n\n'
  expect(await caught(createLMStudio({ fetch: events(frame) }).stream(request).response)).toMatchObject({
    name: 'ContextLengthError',
    promptTokens: 9,
  })
})

test.each(['0', 'null', '[]', '"ok"', '{"usage":"high"}', '{"ts":1}', 'pong'])(
  'an event of another name with %s is passed over, and does not begin the answer',
  async (data) => {
    const ping = `event: ping\ndata: ${data}\n\n`
    const stream = createLMStudio({
      fetch: events(ping + chunk({ content: 'a' }) + ping + chunk({}, 'stop') + DONE),
    }).stream(request)
    const seen = []
    for await (const event of stream) seen.push(event)
    expect(seen[0]).toMatchObject({ type: 'completion-start', id: 'c' })
    expect((await stream.response).text).toBe('a')
  },
)

test('many issues about a request with a large image are read without holding up the program', async () => {
  const image = `data:image/png;base64,${'A'.repeat(4_000_000)}`
  const issues = Array.from({ length: 1000 }, (_, index) => ({ path: ['tools', index], message: 'Required' }))
  const fetch = async (): Promise<Response> => Response.json({ error: issues }, { status: 400 })
  let turns = 0
  const clock = setInterval(() => turns++, 1)
  const error = await caught(
    createLMStudio({ fetch }).complete({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image', image }] }],
    }),
  )
  clearInterval(clock)
  expect(error.name).toBe('InvalidRequestError')
  expect((error as unknown as { issues: unknown[] }).issues.length).toBeLessThanOrEqual(50)
})

test('a logger that fails later is as harmless as one that fails at once', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  const logger = (async () => Promise.reject(new Error('sink down'))) as unknown as (event: LogEvent) => void
  await createLMStudio({ fetch: async () => answer(), logger }).complete(request)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

test.each([
  // oxlint-disable-next-line unicorn/no-thenable
  ['fails', { then: (_: unknown, no: (reason: unknown) => void) => no(new Error('db gone')) }],
  // oxlint-disable-next-line unicorn/no-thenable
  ['never settles', { then: () => {} }],
])('a cache whose promise is of its own kind and %s does not fail a call', async (_, thenable) => {
  const cache = { get: () => thenable, set: () => {}, delete: () => {}, clear: () => {} }
  expect(await createLMStudio({ fetch: async () => models(), cache }).listModels()).toHaveLength(1)
})

test.each(['complete', 'stream'] as const)(
  'a request that its owner changes after %s is sent as it was',
  async (kind) => {
    let sent = ''
    const fetch: typeof globalThis.fetch = async (_, init) => {
      sent = String(init?.body)
      return answer()
    }
    const messages = [{ role: 'user' as const, content: 'first' }]
    const mutable = { model: 'm', messages, maxTokens: 5, stop: ['a'] }
    const lmstudio = createLMStudio({ fetch })
    const result = kind === 'complete' ? lmstudio.complete(mutable) : lmstudio.stream(mutable)
    mutable.maxTokens = 77
    mutable.stop.push('b')
    mutable.model = 'other'
    messages.push({ role: 'user', content: 'second' })
    await ('response' in result ? result.response : result)
    expect(JSON.parse(sent)).toMatchObject({ model: 'm', max_tokens: 5, stop: ['a'], messages: [{ content: 'first' }] })
    expect(JSON.parse(sent).messages).toHaveLength(1)
  },
)

test.each(['complete', 'stream'] as const)(
  'an abort while %s looks up which models there are takes effect at once',
  async (kind) => {
    const caller = new AbortController()
    const mine = new Error('mine')
    const fetch: typeof globalThis.fetch = async (url) => {
      if (String(url).includes('chat')) return Response.json({ error: { message: 'model not found' } }, { status: 404 })
      caller.abort(mine)
      return new Promise<Response>(() => {})
    }
    const lmstudio = createLMStudio({ fetch })
    const call =
      kind === 'complete'
        ? lmstudio.complete(request, { signal: caller.signal })
        : lmstudio.stream(request, { signal: caller.signal }).response
    await expect(call).rejects.toBe(mine)
  },
)

test('one signal for many calls at a time has one listener', async () => {
  const caller = new AbortController()
  let listeners = 0
  let most = 0
  const add = caller.signal.addEventListener.bind(caller.signal)
  const remove = caller.signal.removeEventListener.bind(caller.signal)
  caller.signal.addEventListener = ((...args: Parameters<typeof add>) => {
    most = Math.max(most, ++listeners)
    add(...args)
  }) as typeof add
  caller.signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
    listeners--
    remove(...args)
  }) as typeof remove
  const fetch = async (): Promise<Response> => {
    await new Promise((resolve) => setImmediate(resolve))
    return answer()
  }
  const lmstudio = createLMStudio({ fetch })
  await Promise.all(Array.from({ length: 30 }, () => lmstudio.complete(request, { signal: caller.signal })))
  expect(most).toBe(1)
  expect(listeners).toBe(0)
})

test('a listing that lands late does not replace a younger one', async () => {
  let release!: () => void
  const held = new Promise<void>((resolve) => (release = resolve))
  let begin!: () => void
  const begun = new Promise<void>((resolve) => (begin = resolve))
  let count = 0
  const fetch = async (): Promise<Response> => {
    if (++count > 1) return models('new')
    begin()
    await held
    return models('old')
  }
  const lmstudio = createLMStudio({ fetch })
  const late = lmstudio.listModels({ timeout: 5000 })
  await begun
  await lmstudio.listModels({ refresh: true })
  release()
  await late
  expect((await lmstudio.listModels())[0]!.id).toBe('new')
})

test('a list asked for with headers of the call is that of the machine they choose', async () => {
  const fetch: typeof globalThis.fetch = async (_, init) => models(`of-${new Headers(init?.headers).get('x-machine')}`)
  const lmstudio = createLMStudio({ fetch })
  for (const machine of ['a', 'b', 'a']) {
    expect((await lmstudio.listModels({ headers: { 'x-machine': machine } }))[0]!.id).toBe(`of-${machine}`)
  }
})

test('printing a stream does not begin it', async () => {
  let count = 0
  const fetch = async (): Promise<Response> => (count++, answer())
  const stream = createLMStudio({ fetch }).stream(request)
  JSON.stringify(stream)
  expect({ ...stream }).not.toHaveProperty('response')
  await Promise.resolve()
  expect(count).toBe(0)
  expect((await stream.response).text).toBe('hi')
})

test('an empty finish reason after tool calls is the same in one piece and in a stream', async () => {
  const calls = [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }]
  const whole = Response.json({ choices: [{ message: { tool_calls: calls }, finish_reason: '' }] })
  const completed = await createLMStudio({ fetch: async () => whole }).complete(request)
  const streamed = await createLMStudio({ fetch: events(chunk({ tool_calls: calls }, '') + DONE) }).stream(request)
    .response
  expect([completed.finishReason, completed.rawFinishReason]).toEqual([streamed.finishReason, streamed.rawFinishReason])
  expect(completed.finishReason).toBe('tool-calls')
})

test('calls of a whole message stay apart though they share id and name', async () => {
  const entry = { id: 'same', function: { name: 'g', arguments: '{}' } }
  const body = { choices: [{ message: { tool_calls: [entry, { ...entry, function: { name: 'g', arguments: '' } }] } }] }
  expect((await createLMStudio({ fetch: async () => Response.json(body) }).complete(request)).toolCalls).toHaveLength(2)
})

import { generateObject, InvalidRequestError, OutputValidationError, streamObject } from 'lmstudio-provider'
import type { MockReply } from 'lmstudio-provider/testing/node'
import { type } from 'arktype'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { caught } from './support/caught.js'
import { MODEL, setUp } from './support/provider.js'
import { parseLine } from '../helpers/collect.js'

const CHAT = '/v1/chat/completions'
const schema = v.object({ name: v.string(), legs: v.number() })
const request = { model: MODEL, prompt: 'Name a bird.', reasoningEffort: 'none', maxTokens: 500, schema } as const
const gull = '{"name":"gull","legs":2}'

/** A provider whose server sends these replies in turn, then the last one again and again. */
async function setUpReplies(...replies: readonly MockReply[]) {
  let count = 0
  return setUp({ reply: () => ({ reasoning: '', ...replies[Math.min(count++, replies.length - 1)] }) })
}
const bodies = (mock: { readonly calls: readonly { readonly path: string; readonly body: unknown }[] }) =>
  mock.calls.filter(({ path }) => path === CHAT).map(({ body }) => body as Record<string, unknown>)

const failures: readonly [string, MockReply, string][] = [
  ['truncated by the token limit', { deltas: ['{"name":"gu'], finishReason: 'length' }, 'output-truncated'],
  ['not JSON', { text: 'A gull has two legs.' }, 'output-not-json'],
  ['JSON that does not match the schema', { text: '{"name":"gull"}' }, 'output-mismatch'],
  ['only reasoning', { text: '', reasoning: 'Hm.' }, 'output-empty'],
  ['withheld', { text: '', finishReason: 'content_filter' }, 'output-refused'],
]

test.each(failures)('generateObject rejects a response that is %s', async (_, reply, code) => {
  const { lmstudio } = await setUpReplies(reply)
  const error = await caught(generateObject(lmstudio, request))
  expect(error).toBeInstanceOf(OutputValidationError)
  expect(error).toMatchObject({ code, response: { model: MODEL } })
})

test.each(failures)(
  'streamObject rejects a response that is %s, in the loop and in its promises',
  async (_, reply, code) => {
    const { lmstudio } = await setUpReplies(reply)
    const stream = streamObject(lmstudio, request)
    const looped = (async () => {
      for await (const partial of stream) expect(partial).toBeTypeOf('object')
    })()
    expect(await caught(looped)).toMatchObject({ name: 'OutputValidationError', code })
    expect(await caught(stream.object)).toMatchObject({ code })
    expect(await caught(stream.response)).toMatchObject({ code })
  },
)

test.each<[string, object]>([
  ['no schema', { schema: undefined }],
  ['a schema that is not a schema', { schema: 'name' }],
  ['tools', { tools: [] }],
  ['a toolChoice', { toolChoice: 'auto' }],
  ['a responseFormat', { responseFormat: 'json' }],
  ['a repair that is not a boolean', { repair: 2 }],
  ['a misspelled field', { maxtokens: 5 }],
  ['neither a prompt nor messages', { prompt: undefined }],
  ['a schema that JSON Schema cannot express', { schema: z.map(z.string(), z.date()) }],
])('rejects a request with %s before sending anything', async (_, more) => {
  const { mock, lmstudio } = await setUp()
  const invalid = { ...request, ...more } as typeof request
  expect(await caught(generateObject(lmstudio, invalid))).toBeInstanceOf(InvalidRequestError)
  expect(await caught(streamObject(lmstudio, invalid).object)).toBeInstanceOf(InvalidRequestError)
  expect(mock.calls).toHaveLength(0)
})

test('rejects a request of null', async () => {
  const { lmstudio } = await setUp()
  expect(await caught(generateObject(lmstudio, null as never))).toBeInstanceOf(InvalidRequestError)
  expect(await caught(streamObject(lmstudio, null as never).object)).toBeInstanceOf(InvalidRequestError)
})

test.each([
  ['valibot', schema],
  ['zod', z.object({ name: z.string(), legs: z.number() })],
  ['arktype', type({ name: 'string', legs: 'number' })],
  [
    'JSON Schema',
    {
      type: 'object',
      properties: { name: { type: 'string' }, legs: { type: 'number' } },
      required: ['name', 'legs'],
    },
  ],
] as const)('sends a schema of %s as json_schema, and accepts the response of the server', async (_, library) => {
  const { mock, lmstudio } = await setUp()
  const { object, response, rejected } = await generateObject(lmstudio, {
    ...request,
    schema: library as typeof schema,
  })
  expect(object).toEqual({ name: expect.any(String) as string, legs: expect.any(Number) as number })
  expect(JSON.parse(response.text)).toEqual(object)
  expect(rejected).toBeUndefined()
  expect(bodies(mock)).toHaveLength(1)
  expect(bodies(mock)[0]).toMatchObject({
    max_tokens: 500,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: { type: 'object', properties: { legs: {} } } },
    },
  })
})

test('sends the name of the schema, the messages and the other settings', async () => {
  const { mock, lmstudio } = await setUp()
  const { prompt, ...rest } = request
  const messages = [{ role: 'user', content: prompt }] as const
  await generateObject(lmstudio, { ...rest, messages, schemaName: 'bird', temperature: 0 })
  expect(bodies(mock)[0]).toMatchObject({
    messages,
    temperature: 0,
    response_format: { json_schema: { name: 'bird' } },
  })
})

test('applies the defaults and transforms of the schema', async () => {
  const { lmstudio } = await setUpReplies({ text: '{"name":"gull"}' })
  const loud = v.object({
    name: v.pipe(
      v.string(),
      v.transform((text) => text.length),
    ),
    legs: v.optional(v.number(), 2),
  })
  expect((await generateObject(lmstudio, { ...request, schema: loud })).object).toEqual({ name: 4, legs: 2 })
  expect(await streamObject(lmstudio, { ...request, schema: loud }).object).toEqual({ name: 4, legs: 2 })
})

test('finds JSON in the reasoning of a response without text', async () => {
  const { mock, lmstudio } = await setUp()
  mock.inject('json-in-reasoning', { times: 2 })
  const { object, response } = await generateObject(lmstudio, request)
  expect(response.text).toBe('')
  expect(object).toMatchObject({ legs: expect.any(Number) as number })
  const stream = streamObject(lmstudio, request)
  let last: unknown
  for await (const partial of stream) last = partial
  expect(last).toEqual(await stream.object)
})

test('accepts a schema whose root is a list', async () => {
  const { lmstudio } = await setUp()
  const { object } = await generateObject(lmstudio, { ...request, schema: v.pipe(v.array(schema), v.minLength(1)) })
  expect(object[0]).toMatchObject({ name: expect.any(String) as string })
})

test('streamObject yields the same object after every delta, as it grows', async () => {
  const { lmstudio } = await setUpReplies({ deltas: ['{"na', 'me":"gu', 'll","le', 'gs":2', '}'] })
  const stream = streamObject(lmstudio, request)
  const seen: unknown[] = []
  const identities = new Set<unknown>()
  for await (const partial of stream) {
    identities.add(partial)
    seen.push(structuredClone(partial))
  }
  expect(seen).toEqual([{}, { name: 'gu' }, { name: 'gull' }, { name: 'gull' }, { name: 'gull', legs: 2 }])
  expect(identities.size).toBe(1)
  expect(await stream.object).toEqual({ name: 'gull', legs: 2 })
  expect((await stream.response).text).toBe(gull)
})

test('awaiting the object of a stream sends the request and returns what generateObject returns', async () => {
  const { mock, lmstudio } = await setUp()
  const { object } = await generateObject(lmstudio, request)
  const stream = streamObject(lmstudio, request)
  expect(mock.calls).toHaveLength(1)
  expect(await stream.object).toEqual(object)
  expect(mock.calls).toHaveLength(2)
})

test('streamObject finds JSON in a fence within prose', async () => {
  const { lmstudio } = await setUpReplies({
    deltas: ['Here:\n``', '`json\n{"name":', '"gull","legs":2}\n', '```\nEnjoy.'],
  })
  const stream = streamObject(lmstudio, request)
  let last: unknown
  for await (const partial of stream) last = partial
  expect(last).toEqual({ name: 'gull', legs: 2 })
  expect(await stream.object).toEqual(last)
})

test('a repair round sends the response and what is wrong with it', async () => {
  const { mock, lmstudio } = await setUpReplies({ text: '{"name":"gull"}' }, { text: gull })
  const system = 'Be brief.'
  const { object, response, rejected } = await generateObject(lmstudio, { ...request, system, repair: true })
  expect(object).toEqual({ name: 'gull', legs: 2 })
  expect([response.text, rejected?.text]).toEqual([gull, '{"name":"gull"}'])
  const [first, second] = bodies(mock)
  expect(second).toMatchObject({ response_format: first?.response_format, max_tokens: 500 })
  const messages = second?.messages as { role: string; content: string }[]
  expect(messages.slice(0, 3)).toEqual([
    { role: 'system', content: system },
    { role: 'user', content: request.prompt },
    { role: 'assistant', content: '{"name":"gull"}' },
  ])
  expect(messages[3]).toMatchObject({ role: 'user', content: expect.stringContaining('legs') as string })
})

test('a repair round names no path if the whole response is wrong', async () => {
  const { mock, lmstudio } = await setUpReplies({ text: '"gull"' }, { text: gull })
  const messages = [{ role: 'user', content: 'Name a bird.' }] as const
  await generateObject(lmstudio, { ...request, prompt: undefined, messages, repair: true })
  const sent = bodies(mock)[1]?.messages as { role: string; content: string }[]
  expect(sent.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect(sent[2]?.content).toMatch(/^Your response does not match the schema:\n- (?!: )\S/)
})

test('rejects with the error of the server if the repair round fails', async () => {
  const { mock, lmstudio } = await setUp({ reply: () => ({ reasoning: '', text: 'Gulls.' }) }, { maxRetries: 0 })
  for (const run of [generateObject, streamObject]) {
    mock.inject('usage-missing', { path: CHAT })
    mock.inject('status-500', { path: CHAT })
    const running = run(lmstudio, { ...request, repair: true })
    expect(await caught('object' in running ? running.object : running)).toMatchObject({
      name: 'NetworkError',
      status: 500,
    })
  }
})

test('the repair round of a stream starts a new object', async () => {
  const { mock, lmstudio } = await setUpReplies({ text: 'Gulls.' }, { deltas: ['{"name":"gull"', ',"legs":2}'] })
  const stream = streamObject(lmstudio, { ...request, repair: true })
  const seen: unknown[] = []
  for await (const partial of stream) seen.push(structuredClone(partial))
  expect(seen).toEqual([{ name: 'gull' }, { name: 'gull', legs: 2 }])
  expect(await stream.object).toEqual({ name: 'gull', legs: 2 })
  expect(bodies(mock)).toHaveLength(2)
})

test.each<[string, (...args: Parameters<typeof generateObject>) => Promise<unknown>]>([
  ['generateObject', generateObject],
  ['streamObject', (provider, ...args) => streamObject(provider as never, ...args).object],
])('%s rejects after a second failure, with the first error as its cause', async (_, run) => {
  const { mock, lmstudio } = await setUpReplies({ text: 'Gulls.' }, { text: '{"legs":2}' })
  const error = await caught(run(lmstudio, { ...request, repair: true }))
  expect(error).toMatchObject({ code: 'output-mismatch', cause: { code: 'output-not-json' } })
  expect(bodies(mock)).toHaveLength(2)
})

test.each(failures.filter(([, , code]) => !['output-not-json', 'output-mismatch'].includes(code)))(
  'does not repair a response that is %s',
  async (_, reply, code) => {
    const { mock, lmstudio } = await setUpReplies(reply)
    expect(await caught(generateObject(lmstudio, { ...request, repair: true }))).toMatchObject({ code })
    expect(await caught(streamObject(lmstudio, { ...request, repair: true }).object)).toMatchObject({ code })
    expect(bodies(mock)).toHaveLength(2)
  },
)

test('leaving the loop closes the connection', async () => {
  const { mock, lmstudio } = await setUpReplies({ deltas: ['{"name":"gu', 'll","legs":2}'] })
  mock.inject({ name: 'stall', afterEvents: 3 })
  const stream = streamObject(lmstudio, request)
  for await (const partial of stream) if (partial.name !== undefined) break
  expect(await mock.calls[0]?.finished).toBe('aborted')
  expect(await caught(stream.object)).toMatchObject({ name: 'AbortError' })
})

test.each(['abort()', 'signal'])(
  '%s rejects a waiting stream with its reason and closes the connection',
  async (way) => {
    const { mock, lmstudio } = await setUpReplies({ text: gull })
    mock.inject({ name: 'stall', afterEvents: 1 })
    const controller = new AbortController()
    const stream = streamObject(lmstudio, request, { signal: controller.signal })
    const pending = caught(stream.object)
    await mock.whenHeld()
    const reason = new Error('enough')
    if (way === 'signal') controller.abort(reason)
    else stream.abort(reason)
    expect(await pending).toBe(reason)
    expect(await mock.calls[0]?.finished).toBe('aborted')
  },
)

test('an abort in the repair round closes its connection', async () => {
  const { mock, lmstudio } = await setUpReplies({ text: 'Gulls.' }, { text: gull })
  const stream = streamObject(lmstudio, { ...request, repair: true })
  const iterator = stream[Symbol.asyncIterator]()
  mock.inject({ name: 'no-done' })
  mock.inject({ name: 'stall', afterEvents: 0 })
  const pending = caught(iterator.next())
  await mock.whenHeld()
  const reason = new Error('enough')
  stream.abort(reason)
  expect(await pending).toBe(reason)
  expect(bodies(mock)).toHaveLength(2)
  expect(await mock.calls[1]?.finished).toBe('aborted')
})

test('rejects a stream that breaks', async () => {
  const { mock, lmstudio } = await setUp()
  mock.inject({ name: 'cut', afterEvents: 2 })
  expect(await caught(streamObject(lmstudio, request).object)).toMatchObject({ name: 'StreamInterruptedError' })
})

test('a stream throws when it is iterated a second time', async () => {
  const { lmstudio } = await setUp()
  const stream = streamObject(lmstudio, request)
  for await (const partial of stream) expect(partial).toBeTypeOf('object')
  expect(() => stream[Symbol.asyncIterator]()).toThrow(InvalidRequestError)
})

test('a stream sends nothing until it is read, and inspecting it does not read it', async () => {
  const { mock, lmstudio } = await setUp()
  const stream = streamObject(lmstudio, request)
  expect(Object.keys(stream).toSorted()).toEqual(['abort', 'toReadableStream'])
  expect(mock.calls).toHaveLength(0)
})

test('offers the partial objects as a web stream', async () => {
  const { lmstudio } = await setUpReplies({ deltas: ['{"name":"gull",', '"legs":2}'] })
  const reader = streamObject(lmstudio, request).toReadableStream().getReader()
  expect(parseLine((await reader.read()).value)).toEqual({ name: 'gull' })
  expect(parseLine((await reader.read()).value)).toEqual({ name: 'gull', legs: 2 })
  expect((await reader.read()).done).toBe(true)
})

test('reads a long response in small deltas', async () => {
  const list = Array.from({ length: 3000 }, (_, index) => ({ name: `bird ${index}`, legs: 2 }))
  const text = JSON.stringify(list)
  const { lmstudio } = await setUpReplies({ deltas: text.match(/[^]{1,40}/g)! })
  const stream = streamObject(lmstudio, { ...request, maxTokens: 100_000, schema: v.array(schema) })
  let count = 0
  for await (const partial of stream) count += partial.length > 0 ? 1 : 0
  expect(count).toBeGreaterThan(2000)
  expect(await stream.object).toEqual(list)
})

test('accepts any object with a complete method', async () => {
  const response = { text: gull, finishReason: 'stop' }
  const other = { complete: async () => response } as unknown as Parameters<typeof generateObject>[0]
  expect((await generateObject(other, request)).object).toEqual({ name: 'gull', legs: 2 })
})

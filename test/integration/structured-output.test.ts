import { generateObject, InvalidRequestError, OutputValidationError, streamObject } from 'lmstudio-provider'
import type { MockReply } from 'lmstudio-provider/testing/node'
import { type } from 'arktype'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { caught } from './support/caught.js'
import { MODEL, setUp } from './support/provider.js'

const CHAT = '/v1/chat/completions'
const schema = v.object({ name: v.string(), legs: v.number() })
const ask = { model: MODEL, prompt: 'Name a bird.', reasoningEffort: 'none', maxTokens: 500, schema } as const
const gull = '{"name":"gull","legs":2}'

/** A provider whose server gives these answers in turn. */
async function answering(...replies: readonly MockReply[]) {
  let count = 0
  return setUp({ reply: () => ({ reasoning: '', ...replies[Math.min(count++, replies.length - 1)] }) })
}
const bodies = (mock: { readonly calls: readonly { readonly path: string; readonly body: unknown }[] }) =>
  mock.calls.filter(({ path }) => path === CHAT).map(({ body }) => body as Record<string, unknown>)

const failures: readonly [string, MockReply, string][] = [
  ['cut by the token limit', { deltas: ['{"name":"gu'], finishReason: 'length' }, 'output-truncated'],
  ['not JSON', { text: 'A gull has two legs.' }, 'output-not-json'],
  ['of another shape', { text: '{"name":"gull"}' }, 'output-mismatch'],
  ['nothing but thoughts', { text: '', reasoning: 'Hm.' }, 'output-empty'],
  ['withheld', { text: '', finishReason: 'content_filter' }, 'output-refused'],
]

test.each(failures)('an answer that is %s fails with its own code', async (_, reply, code) => {
  const { lmstudio } = await answering(reply)
  const error = await caught(generateObject(lmstudio, ask))
  expect(error).toBeInstanceOf(OutputValidationError)
  expect(error).toMatchObject({ code, response: { model: MODEL } })
  expect(error.hint).not.toBe('')
})

test.each(failures)('a stream that is %s fails with its own code, by loop and by promise', async (_, reply, code) => {
  const { lmstudio } = await answering(reply)
  const stream = streamObject(lmstudio, ask)
  const looped = (async () => {
    for await (const partial of stream) expect(partial).toBeTypeOf('object')
  })()
  expect(await caught(looped)).toMatchObject({ name: 'OutputValidationError', code })
  expect(await caught(stream.object)).toMatchObject({ code })
  expect(await caught(stream.response)).toMatchObject({ code })
})

test.each<[string, object]>([
  ['no schema', { schema: undefined }],
  ['a schema that is none', { schema: 'name' }],
  ['tools', { tools: [] }],
  ['a choice of tools', { toolChoice: 'auto' }],
  ['another form of answer', { responseFormat: 'json' }],
  ['a repair that is no yes or no', { repair: 2 }],
  ['an unknown setting', { maxtokens: 5 }],
  ['neither prompt nor messages', { prompt: undefined }],
  ['a transform that JSON Schema cannot say', { schema: z.map(z.string(), z.date()) }],
])('a request with %s is refused before anything is sent', async (_, more) => {
  const { mock, lmstudio } = await setUp()
  const request = { ...ask, ...more } as typeof ask
  expect(await caught(generateObject(lmstudio, request))).toBeInstanceOf(InvalidRequestError)
  expect(await caught(streamObject(lmstudio, request).object)).toBeInstanceOf(InvalidRequestError)
  expect(mock.calls).toHaveLength(0)
})

test('null for a request is refused', async () => {
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
] as const)('a schema of %s is sent as json_schema, and what the server makes of it fits', async (_, library) => {
  const { mock, lmstudio } = await setUp()
  const { object, response, rejected } = await generateObject(lmstudio, { ...ask, schema: library as typeof schema })
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

test('a schema can have a name, and fields of the request go on to the server', async () => {
  const { mock, lmstudio } = await setUp()
  const { prompt, ...rest } = ask
  const messages = [{ role: 'user', content: prompt }] as const
  await generateObject(lmstudio, { ...rest, messages, schemaName: 'bird', temperature: 0 })
  expect(bodies(mock)[0]).toMatchObject({
    messages,
    temperature: 0,
    response_format: { json_schema: { name: 'bird' } },
  })
})

test('defaults and transforms of the schema have been applied', async () => {
  const { lmstudio } = await answering({ text: '{"name":"gull"}' })
  const loud = v.object({
    name: v.pipe(
      v.string(),
      v.transform((text) => text.length),
    ),
    legs: v.optional(v.number(), 2),
  })
  expect((await generateObject(lmstudio, { ...ask, schema: loud })).object).toEqual({ name: 4, legs: 2 })
  expect(await streamObject(lmstudio, { ...ask, schema: loud }).object).toEqual({ name: 4, legs: 2 })
})

test('JSON that landed in the reasoning is found', async () => {
  const { mock, lmstudio } = await setUp()
  mock.inject('json-in-reasoning', { times: 2 })
  const { object, response } = await generateObject(lmstudio, ask)
  expect(response.text).toBe('')
  expect(object).toMatchObject({ legs: expect.any(Number) as number })
  const stream = streamObject(lmstudio, ask)
  let last: unknown
  for await (const partial of stream) last = partial
  expect(last).toEqual(await stream.object)
})

test('a list may be the root', async () => {
  const { lmstudio } = await setUp()
  const { object } = await generateObject(lmstudio, { ...ask, schema: v.pipe(v.array(schema), v.minLength(1)) })
  expect(object[0]).toMatchObject({ name: expect.any(String) as string })
})

test('the stream shows one value that grows with every piece', async () => {
  const { lmstudio } = await answering({ deltas: ['{"na', 'me":"gu', 'll","le', 'gs":2', '}'] })
  const stream = streamObject(lmstudio, ask)
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

test('the object of a stream can be awaited without a loop, and gives what generateObject gives', async () => {
  const { mock, lmstudio } = await setUp()
  const { object } = await generateObject(lmstudio, ask)
  const stream = streamObject(lmstudio, ask)
  expect(mock.calls).toHaveLength(1)
  expect(await stream.object).toEqual(object)
  expect(mock.calls).toHaveLength(2)
})

test('a fence and prose around the JSON are no hindrance to a stream', async () => {
  const { lmstudio } = await answering({
    deltas: ['Here:\n``', '`json\n{"name":', '"gull","legs":2}\n', '```\nEnjoy.'],
  })
  const stream = streamObject(lmstudio, ask)
  let last: unknown
  for await (const partial of stream) last = partial
  expect(last).toEqual({ name: 'gull', legs: 2 })
  expect(await stream.object).toEqual(last)
})

test('one repair round shows the model its answer and what is wrong with it', async () => {
  const { mock, lmstudio } = await answering({ text: '{"name":"gull"}' }, { text: gull })
  const system = 'Be brief.'
  const { object, response, rejected } = await generateObject(lmstudio, { ...ask, system, repair: true })
  expect(object).toEqual({ name: 'gull', legs: 2 })
  expect([response.text, rejected?.text]).toEqual([gull, '{"name":"gull"}'])
  const [first, second] = bodies(mock)
  expect(second).toMatchObject({ response_format: first?.response_format, max_tokens: 500 })
  const messages = second?.messages as { role: string; content: string }[]
  expect(messages.slice(0, 3)).toEqual([
    { role: 'system', content: system },
    { role: 'user', content: ask.prompt },
    { role: 'assistant', content: '{"name":"gull"}' },
  ])
  expect(messages[3]).toMatchObject({ role: 'user', content: expect.stringContaining('legs') as string })
})

test('a repair round says in words what is wrong with the whole, and names no place', async () => {
  const { mock, lmstudio } = await answering({ text: '"gull"' }, { text: gull })
  const messages = [{ role: 'user', content: 'Name a bird.' }] as const
  await generateObject(lmstudio, { ...ask, prompt: undefined, messages, repair: true })
  const asked = bodies(mock)[1]?.messages as { role: string; content: string }[]
  expect(asked.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect(asked[2]?.content).toMatch(/^That does not fit the schema:\n- (?!: )\S/)
})

test('a repair round that the server refuses fails with what it said', async () => {
  const { mock, lmstudio } = await setUp({ reply: () => ({ reasoning: '', text: 'Gulls.' }) }, { maxRetries: 0 })
  for (const way of [generateObject, streamObject]) {
    mock.inject('usage-missing', { path: CHAT })
    mock.inject('status-500', { path: CHAT })
    const answer = way(lmstudio, { ...ask, repair: true })
    expect(await caught('object' in answer ? answer.object : answer)).toMatchObject({
      name: 'NetworkError',
      status: 500,
    })
  }
})

test('a repair round of a stream begins a new value', async () => {
  const { mock, lmstudio } = await answering({ text: 'Gulls.' }, { deltas: ['{"name":"gull"', ',"legs":2}'] })
  const stream = streamObject(lmstudio, { ...ask, repair: true })
  const seen: unknown[] = []
  for await (const partial of stream) seen.push(structuredClone(partial))
  expect(seen).toEqual([{ name: 'gull' }, { name: 'gull', legs: 2 }])
  expect(await stream.object).toEqual({ name: 'gull', legs: 2 })
  expect(bodies(mock)).toHaveLength(2)
})

test.each(['generate', 'stream'])('%s: a second failure is final, and has the first as its cause', async (way) => {
  const { mock, lmstudio } = await answering({ text: 'Gulls.' }, { text: '{"legs":2}' })
  const request = { ...ask, repair: true }
  const error = await caught(
    way === 'stream' ? streamObject(lmstudio, request).object : generateObject(lmstudio, request),
  )
  expect(error).toMatchObject({ code: 'output-mismatch', cause: { code: 'output-not-json' } })
  expect(bodies(mock)).toHaveLength(2)
})

test.each(failures.filter(([, , code]) => !['output-not-json', 'output-mismatch'].includes(code)))(
  'an answer that is %s is not asked for again',
  async (_, reply, code) => {
    const { mock, lmstudio } = await answering(reply)
    expect(await caught(generateObject(lmstudio, { ...ask, repair: true }))).toMatchObject({ code })
    expect(await caught(streamObject(lmstudio, { ...ask, repair: true }).object)).toMatchObject({ code })
    expect(bodies(mock)).toHaveLength(2)
  },
)

test('leaving the loop ends the request', async () => {
  const { mock, lmstudio } = await answering({ deltas: ['{"name":"gu', 'll","legs":2}'] })
  mock.inject({ name: 'stall', afterEvents: 3 })
  const stream = streamObject(lmstudio, ask)
  for await (const partial of stream) if (partial.name !== undefined) break
  expect(await mock.calls[0]?.finished).toBe('aborted')
  expect(await caught(stream.object)).toMatchObject({ name: 'AbortError' })
})

test.each(['abort()', 'signal'])('%s ends a stream that waits, with its reason untouched', async (way) => {
  const { mock, lmstudio } = await answering({ text: gull })
  mock.inject({ name: 'stall', afterEvents: 1 })
  const controller = new AbortController()
  const stream = streamObject(lmstudio, ask, { signal: controller.signal })
  const pending = caught(stream.object)
  await mock.whenHeld()
  const reason = new Error('enough')
  if (way === 'signal') controller.abort(reason)
  else stream.abort(reason)
  expect(await pending).toBe(reason)
  expect(await mock.calls[0]?.finished).toBe('aborted')
})

test('an abort in the repair round ends that as well', async () => {
  const { mock, lmstudio } = await answering({ text: 'Gulls.' }, { text: gull })
  const stream = streamObject(lmstudio, { ...ask, repair: true })
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

test('a stream that breaks says so', async () => {
  const { mock, lmstudio } = await setUp()
  mock.inject({ name: 'cut', afterEvents: 2 })
  expect(await caught(streamObject(lmstudio, ask).object)).toMatchObject({ name: 'StreamInterruptedError' })
})

test('a stream has one consumer', async () => {
  const { lmstudio } = await setUp()
  const stream = streamObject(lmstudio, ask)
  for await (const partial of stream) expect(partial).toBeTypeOf('object')
  expect(() => stream[Symbol.asyncIterator]()).toThrow(InvalidRequestError)
})

test('a stream that nobody reads sends nothing, and printing it does not read it', async () => {
  const { mock, lmstudio } = await setUp()
  const stream = streamObject(lmstudio, ask)
  expect(Object.keys(stream).toSorted()).toEqual(['abort', 'toReadableStream'])
  expect(mock.calls).toHaveLength(0)
})

test('the partial values can be had as a web stream', async () => {
  const { lmstudio } = await answering({ deltas: ['{"name":"gull",', '"legs":2}'] })
  const reader = streamObject(lmstudio, ask).toReadableStream().getReader()
  expect((await reader.read()).value).toEqual({ name: 'gull' })
  expect((await reader.read()).value).toEqual({ name: 'gull', legs: 2 })
  expect((await reader.read()).done).toBe(true)
})

test('a long answer in small pieces is read once: the reader parses no more than it was given', async () => {
  const list = Array.from({ length: 3000 }, (_, index) => ({ name: `bird ${index}`, legs: 2 }))
  const text = JSON.stringify(list)
  const { lmstudio } = await answering({ deltas: text.match(/[^]{1,40}/g)! })
  const stream = streamObject(lmstudio, { ...ask, maxTokens: 100_000, schema: v.array(schema) })
  let count = 0
  for await (const partial of stream) count += partial.length > 0 ? 1 : 0
  expect(count).toBeGreaterThan(2000)
  expect(await stream.object).toEqual(list)
})

test('any provider of the family will do', async () => {
  const response = { text: gull, finishReason: 'stop' }
  const other = { complete: async () => response } as unknown as Parameters<typeof generateObject>[0]
  expect((await generateObject(other, ask)).object).toEqual({ name: 'gull', legs: 2 })
})

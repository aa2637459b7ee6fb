import { createLMStudio, runTools, type Message, type ToolCallInput } from 'lmstudio-provider'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  hasImages,
  messageIssues,
  messageSchema,
  partSchema,
  promptIssues,
  toMessages,
  toolCallsOf,
} from '../../src/generation/messages.js'
import { json } from '../helpers/client.js'
import { caught } from '../integration/support/caught.js'
import { fakeProvider } from '../tools/fake-provider.js'
import { FINAL, weather } from '../tools/weather.js'

const user: Message = { role: 'user', content: 'A coat?' }
const call = (id: string, more: object = {}): ToolCallInput => ({ id, name: 'get_weather', ...more })
const assistant = (...toolCalls: ToolCallInput[]): Message => ({ role: 'assistant', toolCalls })
const result = (toolCallId: string): Message => ({ role: 'tool', toolCallId, content: 'Rain' })

/** A provider that records the bodies of its requests. */
function recorder() {
  const bodies: Record<string, unknown>[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    bodies.push((await request.json()) as never)
    const message = { role: 'assistant', content: 'Yes.' }
    return request.url.endsWith('/responses')
      ? json({
          id: 'r',
          model: 'm',
          status: 'completed',
          output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes.' }] }],
        })
      : json({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] })
  }
  return { bodies, lmstudio: createLMStudio({ fetch, cache: false, maxRetries: 0 }) }
}

/** Sends a conversation with a call in every way; returns the arguments that each request contains. */
async function sentArguments(toolCall: ToolCallInput): Promise<unknown[]> {
  const { bodies, lmstudio } = recorder()
  const messages = [user, assistant(toolCall), result(toolCall.id)]
  await lmstudio.complete({ model: 'm', messages })
  await lmstudio.respond({ model: 'm', input: messages })
  await runTools(lmstudio, { model: 'm', messages, tools: [weather] })
  const [first, second, third] = bodies as unknown as [
    { messages: { tool_calls: { function: { arguments: unknown } }[] }[] },
    { input: { arguments: unknown }[] },
    { messages: { tool_calls: { function: { arguments: unknown } }[] }[] },
  ]
  return [
    first.messages[1]!['tool_calls'][0]!.function.arguments,
    second.input[1]!.arguments,
    third.messages[1]!['tool_calls'][0]!.function.arguments,
  ]
}

const messageFor = (schema: v.GenericSchema, value: unknown): string | undefined =>
  v.safeParse(schema, value).issues?.[0].message

// In one test: the schemas are built once, so the first test that uses them is the only one that sees them being built.
test('messages and their parts are read in their own form, and what to write instead of another one is said', () => {
  const parts: readonly unknown[] = [
    { type: 'text', text: '' },
    { type: 'image', image: 'data:image/png;base64,AQID' },
    { type: 'image', image: 'data:image/svg+xml;base64,' },
    { type: 'image', image: new Uint8Array(1) },
    { type: 'image', image: new ArrayBuffer(1) },
    { type: 'image', image: new Blob([]) },
  ]
  for (const part of parts) expect(messageFor(partSchema(), part)).toBeUndefined()
  const invalidParts: readonly (readonly [unknown, string])[] = [
    [{ type: 'image', image: 'https://example.org/a.png' }, 'the server does not fetch URLs'],
    [{ type: 'image', image: 'data:text/plain;base64,AQID' }, 'must be a data:image/…;base64 URL'],
    [{ type: 'image', image: 'data:image/png,AQID' }, 'must be a data:image/…;base64 URL'],
    [{ type: 'image', image: 'a data:image/png;base64,AQID' }, 'must be a data:image/…;base64 URL'],
    [{ type: 'image', image: { url: 'data:image/png;base64,AQID' } }, 'must be a data:image/…;base64 URL'],
    [{ type: 'text', text: 7 }, 'string'],
    [{ type: 'text', text: '', more: 1 }, 'never'],
    [{ type: 'image_url', image_url: {} }, 'must be `image` here'],
    [{ type: 'input_image' }, 'must be `image` here'],
    [{ type: 'input_text', text: 'a' }, 'must be `text` here'],
    [{ type: 'audio' }, 'must be one of: text, image'],
  ]
  for (const [part, words] of invalidParts) expect(messageFor(partSchema(), part)).toContain(words)
  const messages: readonly unknown[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    { role: 'assistant' },
    { role: 'assistant', content: null, toolCalls: [] },
    { role: 'assistant', content: 'Hi', toolCalls: [{ id: 'a', name: 'f', arguments: 7, rawArguments: '7' }] },
    { role: 'tool', toolCallId: 'a', content: '' },
  ]
  for (const message of messages) expect(messageFor(messageSchema(), message)).toBeUndefined()
  const invalid: readonly (readonly [unknown, string])[] = [
    [{ role: 'function', name: 'f', content: '' }, 'must be `tool` here, with a `toolCallId`'],
    [{ role: 'developer', content: '' }, 'must be `system` here'],
    [{ role: 'bird', content: '' }, 'must be one of: system, user, assistant, tool'],
    [{ role: 'user', content: 7 }, 'must be a string or a list of parts'],
    [{ role: 'system', content: [] }, 'string'],
    [{ role: 'tool', toolCallId: '', content: '' }, 'non-empty string'],
    [{ role: 'assistant', toolCalls: [{ id: 'a', name: '' }] }, 'non-empty string'],
    [{ role: 'assistant', toolCalls: [{ id: 'a', name: 'f', more: 1 }] }, 'never'],
    [{ role: 'assistant', content: 7 }, 'string'],
  ]
  for (const [message, words] of invalid) expect(messageFor(messageSchema(), message)).toContain(words)
})

test.each([
  ['contents', 'content'],
  ['roles', 'role'],
  ['tool_calls', 'toolCalls'],
  ['tool_call_id', 'toolCallId'],
  ['imag', 'image'],
  ['texts', 'text'],
  ['raw_arguments', 'rawArguments'],
  ['argument', 'arguments'],
  ['tools', 'tool'],
])('the field %s of a message is answered with %s', async (field, known) => {
  const { bodies, lmstudio } = recorder()
  const messages = [{ ...user, [field]: 1 }] as Message[]
  expect(await caught(lmstudio.complete({ model: 'm', messages }))).toMatchObject({
    issues: [{ path: ['messages', 0, field], message: `does not exist (did you mean \`${known}\`?)` }],
  })
  expect(bodies).toEqual([])
})

describe('the arguments of a tool call in a conversation', () => {
  test.each<[string, object, string]>([
    ['that are cut', { rawArguments: '{"city":"Os', arguments: undefined }, '{}'],
    ['that are empty', { rawArguments: '' }, '{}'],
    ['that are blank', { rawArguments: ' \n' }, '{}'],
    ['that are null', { rawArguments: 'null', arguments: null }, '{}'],
    ['that are a list', { rawArguments: '[1]' }, '{}'],
    ['that are a number', { arguments: 7 }, '{}'],
    ['that are missing', {}, '{}'],
    ['that are undefined', { arguments: undefined, rawArguments: undefined }, '{}'],
    ['that are a text which is not JSON', { arguments: 'Oslo' }, '{}'],
    ['that are JSON text', { arguments: '{"city":"Oslo"}' }, '{"city":"Oslo"}'],
    ['that are an object', { arguments: { city: 'Oslo' } }, '{"city":"Oslo"}'],
    ['whose text is cut, next to an object', { rawArguments: '{"ci', arguments: { city: 'Oslo' } }, '{"city":"Oslo"}'],
    [
      'whose text is complete, next to an object',
      { rawArguments: '{ "city": "Rome" }', arguments: {} },
      '{ "city": "Rome" }',
    ],
  ])('%s are sent as an object', async (_, more, sent) => {
    expect(await sentArguments(call('call_1', more))).toEqual([sent, sent, sent])
  })

  test('that JSON cannot express are refused', async () => {
    const { bodies, lmstudio } = recorder()
    const messages = [user, assistant(call('call_1', { arguments: { n: 1n } })), result('call_1')]
    expect(await caught(lmstudio.complete({ model: 'm', messages }))).toMatchObject({ name: 'InvalidRequestError' })
    expect(bodies).toEqual([])
  })
})

test('the name of a tool call may have any characters', async () => {
  const { bodies, lmstudio } = recorder()
  await lmstudio.complete({ model: 'm', messages: [user, assistant({ id: 'a', name: 'tïde "at"\n💧' }), result('a')] })
  expect(bodies[0]).toMatchObject({ messages: [{}, { tool_calls: [{ function: { name: 'tïde "at"\n💧' } }] }, {}] })
})

describe('the ids of calls and results', () => {
  const invalid: readonly (readonly [string, Message[], string, string])[] = [
    ['a result without a call', [user, result('a')], '1.toolCallId', 'does not match an earlier tool call'],
    [
      'a result before its call',
      [user, result('a'), assistant(call('a'))],
      '1.toolCallId',
      'does not match an earlier tool call',
    ],
    [
      'a result with another id',
      [user, assistant(call('a')), result('b')],
      '2.toolCallId',
      'does not match an earlier tool call',
    ],
    [
      'two results of one call',
      [user, assistant(call('a')), result('a'), result('a')],
      '3.toolCallId',
      'already has a result',
    ],
    [
      'two calls with one id',
      [user, assistant(call('a'), call('a')), result('a')],
      '1.toolCalls.1.id',
      'is used by another call of this message',
    ],
  ]
  test.each(invalid)('are refused with the path: %s', async (_, messages, path, message) => {
    const { bodies, lmstudio } = recorder()
    const issues = (field: string) => ({
      issues: [{ path: [field, ...path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key))], message }],
    })
    expect(await caught(lmstudio.complete({ model: 'm', messages }))).toMatchObject(issues('messages'))
    expect(await caught(lmstudio.respond({ model: 'm', input: messages }))).toMatchObject(issues('input'))
    expect(bodies).toEqual([])
  })

  test('are refused by the tool loop before it asks any provider', async () => {
    const provider = fakeProvider(FINAL)
    const messages = [user, result('a')]
    expect(await caught(runTools(provider, { model: 'm', messages, tools: [weather] }))).toMatchObject({
      issues: [{ path: ['messages', 1, 'toolCallId'], message: 'does not match an earlier tool call' }],
    })
    expect(provider.requests).toEqual([])
  })

  test.each<[string, unknown]>([
    ['text', 'call'],
    ['a list with null', [null]],
  ])('are left to the provider where the calls are %s', async (_, toolCalls) => {
    const provider = fakeProvider(FINAL)
    const messages = [user, { role: 'assistant', toolCalls }] as Message[]
    await runTools(provider, { model: 'm', messages, tools: [weather], parseTextToolCalls: true })
    expect(provider.requests[0]?.messages).toEqual(messages)
  })

  test('may come back in a later message', async () => {
    const { bodies, lmstudio } = recorder()
    const messages = [user, assistant(call('a')), result('a'), assistant(call('a')), result('a')]
    await lmstudio.complete({ model: 'm', messages })
    expect(bodies).toHaveLength(1)
  })

  test('may be of calls that the server stores', async () => {
    const { bodies, lmstudio } = recorder()
    await lmstudio.respond({ model: 'm', previousResponseId: 'resp_1', input: [result('a')] })
    expect(bodies[0]).toMatchObject({ input: [{ type: 'function_call_output', ['call_id']: 'a' }] })
  })
})

test('a conversation has images if a user message has one', () => {
  const image = { type: 'image', image: 'x' } as const
  expect(hasImages([{ role: 'user', content: [{ type: 'text', text: 'a' }, image] }])).toBe(true)
  expect(hasImages([user, { role: 'user', content: [image] }])).toBe(true)
  for (const messages of [
    [],
    [user],
    [{ role: 'user', content: [{ type: 'text', text: 'a' }] }],
    [{ role: 'user', content: [null] }],
    [{ role: 'user', content: image }],
    [{ role: 'user' }],
    [{ role: 'tool', content: [image] }],
  ])
    expect(hasImages(messages as never)).toBe(false)
})

test('a prompt becomes messages', () => {
  expect(toMessages({ prompt: 'Hi' })).toEqual([{ role: 'user', content: 'Hi' }])
  expect(toMessages({ prompt: 'Hi', system: '' })).toEqual([
    { role: 'system', content: '' },
    { role: 'user', content: 'Hi' },
  ])
  const messages = [user]
  expect(toMessages({ messages })).toBe(messages)
})

test('a request has either messages or a prompt', () => {
  expect([promptIssues({ prompt: '' }), promptIssues({ messages: [] })]).toEqual([[], []])
  const issues = [{ path: ['messages'], message: expect.stringContaining('not both') as string }]
  expect([promptIssues({}), promptIssues({ prompt: '', messages: [] })]).toEqual([issues, issues])
})

test('a conversation and the parts of a message must not be empty', () => {
  const empty: Message = { role: 'user', content: [] }
  expect(messageIssues([], 'input')).toEqual([{ path: ['input'], message: 'must not be empty' }])
  expect(messageIssues([user, empty, result('a')], 'input')).toEqual([
    { path: ['input', 1, 'content'], message: 'must not be empty' },
    { path: ['input', 2, 'toolCallId'], message: 'does not match an earlier tool call' },
  ])
  expect(messageIssues([{ role: 'user', content: '' }], 'input')).toEqual([])
})

test('a result may be of an earlier call that the server stores, but only one', () => {
  expect(messageIssues([result('a')], 'input', true)).toEqual([])
  expect(messageIssues([result('a'), result('a')], 'input', true)).toEqual([
    { path: ['input', 1, 'toolCallId'], message: 'already has a result' },
  ])
})

test('only an assistant message has tool calls', () => {
  expect(toolCallsOf(assistant(call('a')))).toEqual([call('a')])
  for (const message of [user, { role: 'user', toolCalls: [call('a')] }, { role: 'assistant', toolCalls: [7] }])
    expect(toolCallsOf(message as Message)).toEqual([])
})

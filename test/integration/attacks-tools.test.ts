import { runTools, streamTools, tool, type RunToolsRequest, type RunToolsResult } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { calls, call, fakeProvider } from '../tools/fake-provider.js'
import { caught } from './support/caught.js'

const ask = { model: 'm', prompt: 'Look.' } as const
const look = tool({ name: 'look', execute: () => 'sea' })

type Run = (...args: Parameters<typeof runTools>) => Promise<RunToolsResult>
const ways: readonly (readonly [string, Run])[] = [
  ['runTools', runTools],
  ['streamTools', (...args) => streamTools(...args).response],
]
const wish = (rawArguments: string) => ({
  toolCalls: [{ id: 'a', name: 'look', arguments: JSON.parse(rawArguments) as unknown, rawArguments }],
  finishReason: 'tool-calls' as const,
})

describe.each(ways)('%s', (_, run) => {
  test.each<[string, object]>([
    ['a tool without a name', { tools: [{}] }],
    ['a tool with an empty name', { tools: [{ name: '' }] }],
    ['a tool that runs nothing', { tools: [{ name: 'look', execute: 'sea' }] }],
    ['a tool whose schema leads nowhere', { tools: [{ name: 'look', parameters: { $ref: '#/$defs/a' } }] }],
    ['a choice of null', { toolChoice: null }],
    ['a choice of another kind', { toolChoice: 'any' }],
    ['a choice as OpenAI says it', { toolChoice: { type: 'function', function: { name: 'look' } } }],
  ])('refuses %s before anything is sent', async (_what, more) => {
    const provider = fakeProvider(calls(call('look', {})))
    const request = { ...ask, tools: [look], ...more } as RunToolsRequest
    expect(await caught(run(provider, request))).toMatchObject({ name: 'InvalidRequestError' })
    expect(provider.requests).toEqual([])
  })

  test.each(['[]', '"x"', '5', 'false'])(
    'runs nothing for arguments of %s, and keeps them from chat templates, which go through an object',
    async (given) => {
      const provider = fakeProvider(wish(given), { text: 'Done.' })
      const { steps } = await run(provider, { ...ask, tools: [look] })
      expect(steps[0]?.results[0]).toMatchObject({ outcome: 'invalid-arguments', toolCall: { rawArguments: given } })
      expect(provider.requests[1]?.messages?.[1]).toMatchObject({ toolCalls: [{ rawArguments: '{}' }] })
    },
  )

  test('takes null for no arguments', async () => {
    const given: unknown[] = []
    const tools = [
      tool({
        name: 'look',
        parameters: z.object({ far: z.boolean().default(true) }),
        execute: (args) => given.push(args),
      }),
    ]
    await run(fakeProvider(wish('null'), { text: 'Done.' }), { ...ask, tools })
    expect(given).toEqual([{ far: true }])
  })

  test('keeps the call on record as it came when a tool changes its arguments', async () => {
    const tools = [tool<{ at?: string }>({ name: 'look', execute: (args) => void (args.at = 'bow') })]
    const { steps } = await run(fakeProvider(wish('{"at":"stern"}'), { text: 'Done.' }), { ...ask, tools })
    expect(steps[0]?.response.toolCalls[0]?.arguments).toEqual({ at: 'stern' })
    expect(steps[0]?.results[0]?.toolCall.arguments).toEqual({ at: 'stern' })
  })

  test.each<[string, unknown]>([
    ['a Response', new Response('sea')],
    ['a Blob', new Blob(['sea'])],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['an Error', new Error('no sea')],
    ['a promise inside', { a: Promise.resolve(1) }],
    ['bytes', new ArrayBuffer(2)],
    ['a stream', new ReadableStream()],
  ])('tells the model of %s that it is no JSON, not that it is empty', async (_what, value) => {
    const tools = [tool({ name: 'look', execute: () => value })]
    const { steps } = await run(fakeProvider(wish('{}'), { text: 'Done.' }), { ...ask, tools })
    expect(steps[0]?.results[0]).toMatchObject({ outcome: 'failed', content: expect.stringContaining('no JSON') })
  })

  test.each<[unknown, string]>([
    [{}, '{}'],
    [{ list: [{}, Object.create(null)] }, '{"list":[{},{}]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('tells the model of what is empty that it is: %j', async (value, content) => {
    const tools = [tool({ name: 'look', execute: () => value })]
    const { steps } = await run(fakeProvider(wish('{}'), { text: 'Done.' }), { ...ask, tools })
    expect(steps[0]?.results[0]).toMatchObject({ outcome: 'done', content })
  })

  test('tells the message of an error that is of another realm', async () => {
    const tools = [tool({ name: 'look', execute: () => Promise.reject({ name: 'Error', message: 'Fog.' }) })]
    const { steps } = await run(fakeProvider(wish('{}'), { text: 'Done.' }), { ...ask, tools })
    expect(steps[0]?.results[0]?.content).toBe('Error: Fog.')
  })
})

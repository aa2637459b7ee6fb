import {
  runTools,
  streamTools,
  tool,
  type CallOptions,
  type ModelProvider,
  type RunToolsRequest,
  type RunToolsResult,
  type ToolsEvent,
} from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { caught } from './support/caught.js'
import { MODEL, setUp } from './support/provider.js'

const tide = tool({
  name: 'tide_at',
  description: 'Returns the tide at a harbor.',
  parameters: z.object({ harbor: z.string() }),
  execute: ({ harbor }) => ({ harbor, high: '06:12' }),
})
const request = { model: MODEL, prompt: 'When is the tide at Oban?', tools: [tide], reasoningEffort: 'none' } as const

/** Both ways to run the loop, which must behave alike. */
const variants: readonly (readonly [
  string,
  (provider: ModelProvider, request: RunToolsRequest, options?: CallOptions) => Promise<RunToolsResult>,
])[] = [
  ['runTools', runTools],
  ['streamTools', (provider, loopRequest, options) => streamTools(provider, loopRequest, options).response],
]

/** The bodies of the chat requests that the server received. */
const chatBodies = (mock: { readonly calls: readonly { readonly path: string; readonly body: unknown }[] }) =>
  mock.calls
    .filter(({ path }) => path.endsWith('/chat/completions'))
    .map(({ body }) => body as { messages: Record<string, unknown>[]; tools?: unknown; tool_choice?: unknown })

/** A model that calls the tool until it receives a result. */
const modelThatCalls = (args: unknown = { harbor: 'Oban' }) => ({
  reply: ({ messages }: { readonly messages: readonly { readonly role: string }[] }) =>
    messages.at(-1)?.role === 'tool' ? { text: 'At 06:12.' } : { toolCalls: [{ name: 'tide_at', arguments: args }] },
})

describe.each(variants)('%s with LM Studio', (_, run) => {
  test('sends the tools and their results in the format of the server', async () => {
    const { mock, lmstudio } = await setUp(modelThatCalls())
    const { response, messages } = await run(lmstudio, request)
    expect(response.text).toBe('At 06:12.')
    expect(messages).toHaveLength(4)
    const [first, second] = chatBodies(mock)
    expect(first?.tools).toMatchObject([
      { type: 'function', function: { name: 'tide_at', parameters: { type: 'object', required: ['harbor'] } } },
    ])
    expect(second?.messages.slice(1)).toMatchObject([
      { role: 'assistant', tool_calls: [{ function: { name: 'tide_at', arguments: '{"harbor":"Oban"}' } }] },
      { role: 'tool', content: '{"harbor":"Oban","high":"06:12"}' },
    ])
    expect(second?.messages[2]?.tool_call_id).toBe((second?.messages[1]?.tool_calls as { id: string }[])[0]?.id)
  })

  test('sends only the tool that toolChoice names in the first round, and all tools in later rounds', async () => {
    const { mock, lmstudio } = await setUp(modelThatCalls())
    await run(lmstudio, { ...request, tools: [tide, tool({ name: 'other' })], toolChoice: { tool: 'tide_at' } })
    expect(chatBodies(mock).map(({ tools, tool_choice: choice }) => [(tools as unknown[]).length, choice])).toEqual([
      [1, 'required'],
      [2, undefined],
    ])
  })

  test('lets the model correct invalid arguments', async () => {
    let round = 0
    const { lmstudio } = await setUp({
      reply: () =>
        [
          { toolCalls: [{ name: 'tide_at', arguments: { port: 1 } }] },
          modelThatCalls().reply({ messages: [] }),
          { text: 'At 06:12.' },
        ][round++],
    })
    const { steps } = await run(lmstudio, request)
    expect(steps.map(({ results }) => results[0]?.outcome)).toEqual(['invalid-arguments', 'done', undefined])
  })

  test('sends arguments that are not JSON back as an empty object', async () => {
    const { mock, lmstudio } = await setUp(modelThatCalls('{"harbor":"Ob'))
    const { steps, response } = await run(lmstudio, request)
    expect(steps[0]?.results[0]?.outcome).toBe('invalid-arguments')
    expect(response.text).toBe('At 06:12.')
    const [, assistant] = chatBodies(mock)[1]!.messages
    expect(assistant).toMatchObject({ tool_calls: [{ function: { arguments: '{}' } }] })
  })

  test('executes calls that the model wrote as text', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('tool-calls-as-text')
    const { steps } = await run(lmstudio, { ...request, parseTextToolCalls: true })
    expect(steps[0]?.response).toMatchObject({ text: '', finishReason: 'tool-calls', toolCalls: [{ name: 'tide_at' }] })
    expect(steps[0]?.results[0]?.outcome).toBe('done')
  })

  test('attaches what was done to an error of a later round', async () => {
    const { mock, lmstudio } = await setUp(modelThatCalls(), { maxRetries: 0 })
    const onStep = (): void => mock.inject('context-overflow')
    const error = await caught(run(lmstudio, { ...request, onStep }))
    expect(error.name).toBe('ContextLengthError')
    expect(error).toMatchObject({ steps: [{ index: 0 }], messages: [{}, {}, { role: 'tool' }] })
  })

  test('rejects a misspelled field before sending anything', async () => {
    const { mock, lmstudio } = await setUp()
    const error = await caught(run(lmstudio, { ...request, maxTokns: 7 } as never))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['maxTokns'] }] })
    expect(chatBodies(mock)).toEqual([])
  })

  test.each([0, 1])('closes the connection on abort in round %i', async (round) => {
    const { mock, lmstudio } = await setUp(modelThatCalls())
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const hold = (): void => mock.inject('delay-headers', { path: '/v1/chat/completions' })
    if (round === 0) hold()
    const running = caught(run(lmstudio, { ...request, onStep: hold }, { signal: controller.signal }))
    await mock.whenHeld()
    controller.abort(reason)
    expect(await running).toBe(reason)
    expect(mock.calls).toHaveLength(round + 1)
    expect(await mock.calls[round]?.finished).toBe('aborted')
  })
})

test('streamTools closes the connection when it is left', async () => {
  const { mock, lmstudio } = await setUp({ reply: () => ({ deltas: ['one ', 'two ', 'three'] }) })
  mock.inject({ name: 'stall', afterEvents: 2 })
  const types: ToolsEvent['type'][] = []
  for await (const { type } of streamTools(lmstudio, request)) {
    types.push(type)
    if (type === 'text-delta') break
  }
  expect(types).toEqual(['step-start', 'completion-start', 'text-delta'])
  expect(await mock.calls.at(-1)?.finished).toBe('aborted')
})

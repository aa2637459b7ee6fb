import {
  runTools,
  streamTools,
  tool,
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
  description: 'Tide at a harbour',
  parameters: z.object({ harbour: z.string() }),
  execute: ({ harbour }) => ({ harbour, high: '06:12' }),
})
const ask = { model: MODEL, prompt: 'When is the tide at Oban?', tools: [tide], reasoningEffort: 'none' } as const

type Run = (...args: Parameters<typeof runTools>) => Promise<RunToolsResult>
const ways: readonly (readonly [string, Run])[] = [
  ['runTools', runTools],
  ['streamTools', (...args) => streamTools(...args).response],
]

const posted = (mock: { readonly calls: readonly { readonly path: string; readonly body: unknown }[] }) =>
  mock.calls
    .filter(({ path }) => path.endsWith('/chat/completions'))
    .map(({ body }) => body as { messages: Record<string, unknown>[]; tools?: unknown; tool_choice?: unknown })

/** Calls the tide until it is told one. */
const asksForTide = (given: unknown = { harbour: 'Oban' }) => ({
  reply: ({ messages }: { readonly messages: readonly { readonly role: string }[] }) =>
    messages.at(-1)?.role === 'tool' ? { text: 'At 06:12.' } : { toolCalls: [{ name: 'tide_at', arguments: given }] },
})

describe.each(ways)('%s with LM Studio', (_, run) => {
  test('sends the tools, and their results as the server takes them', async () => {
    const { mock, lmstudio } = await setUp(asksForTide())
    const { response, messages } = await run(lmstudio, ask)
    expect(response.text).toBe('At 06:12.')
    expect(messages).toHaveLength(4)
    const [first, second] = posted(mock)
    expect(first?.tools).toMatchObject([
      { type: 'function', function: { name: 'tide_at', parameters: { type: 'object', required: ['harbour'] } } },
    ])
    expect(second?.messages.slice(1)).toMatchObject([
      { role: 'assistant', tool_calls: [{ function: { name: 'tide_at', arguments: '{"harbour":"Oban"}' } }] },
      { role: 'tool', content: '{"harbour":"Oban","high":"06:12"}' },
    ])
    expect(second?.messages[2]?.tool_call_id).toBe((second?.messages[1]?.tool_calls as { id: string }[])[0]?.id)
  })

  test('sends a named tool alone and required in the first round, and all after it', async () => {
    const { mock, lmstudio } = await setUp(asksForTide())
    await run(lmstudio, { ...ask, tools: [tide, tool({ name: 'other' })], toolChoice: { tool: 'tide_at' } })
    expect(posted(mock).map(({ tools, tool_choice: choice }) => [(tools as unknown[]).length, choice])).toEqual([
      [1, 'required'],
      [2, undefined],
    ])
  })

  test('tells the model of arguments that do not fit, and takes the better ones', async () => {
    let round = 0
    const { lmstudio } = await setUp({
      reply: () =>
        [
          { toolCalls: [{ name: 'tide_at', arguments: { port: 1 } }] },
          asksForTide().reply({ messages: [] }),
          { text: 'At 06:12.' },
        ][round++],
    })
    const { steps } = await run(lmstudio, ask)
    expect(steps.map(({ results }) => results[0]?.outcome)).toEqual(['invalid-arguments', 'done', undefined])
  })

  test('tells the model of broken arguments without breaking the next request', async () => {
    const { mock, lmstudio } = await setUp(asksForTide('{"harbour":"Ob'))
    const { steps, response } = await run(lmstudio, ask)
    expect(steps[0]?.results[0]?.outcome).toBe('invalid-arguments')
    expect(response.text).toBe('At 06:12.')
    const [, assistant] = posted(mock)[1]!.messages
    expect(assistant).toMatchObject({ tool_calls: [{ function: { arguments: '{}' } }] })
  })

  test('takes calls out of the text when asked to', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('tool-calls-as-text')
    const { steps } = await run(lmstudio, { ...ask, parseTextToolCalls: true })
    expect(steps[0]?.response).toMatchObject({ text: '', finishReason: 'tool-calls', toolCalls: [{ name: 'tide_at' }] })
    expect(steps[0]?.results[0]?.outcome).toBe('done')
  })

  test('keeps what was done when the server fails in a later round', async () => {
    const { mock, lmstudio } = await setUp(asksForTide(), { maxRetries: 0 })
    const once: RunToolsRequest['onStep'] = () => void mock.inject('context-overflow')
    const error = await caught(run(lmstudio, { ...ask, onStep: once }))
    expect(error.name).toBe('ContextLengthError')
    expect(error).toMatchObject({ steps: [{ index: 0 }], messages: [{}, {}, { role: 'tool' }] })
  })

  test('passes the options on to every round', async () => {
    const { mock, lmstudio } = await setUp(asksForTide())
    await run(lmstudio, ask, { headers: { 'x-trace': 'seven' } })
    expect(mock.calls.filter(({ headers }) => headers['x-trace'] === 'seven')).toHaveLength(2)
  })

  test('names a misspelt field, and sends nothing', async () => {
    const { mock, lmstudio } = await setUp()
    const error = await caught(run(lmstudio, { ...ask, maxTokns: 7 } as never))
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: ['maxTokns'] }] })
    expect(posted(mock)).toEqual([])
  })

  test('ends the request under way at an abort', async () => {
    const { mock, lmstudio } = await setUp(asksForTide())
    const controller = new AbortController()
    const reason = new Error('never mind')
    mock.inject({ name: 'stall', afterEvents: 0 })
    const running = run(lmstudio, ask, { signal: controller.signal })
    const failure = caught(running)
    await mock.whenCalled('/v1/chat/completions')
    controller.abort(reason)
    expect(await failure).toBe(reason)
  })
})

test('streamTools closes the connection when it is left', async () => {
  const { mock, lmstudio } = await setUp({ reply: () => ({ deltas: ['one ', 'two ', 'three'] }) })
  mock.inject({ name: 'stall', afterEvents: 2 })
  const seen: ToolsEvent['type'][] = []
  for await (const { type } of streamTools(lmstudio, ask)) {
    seen.push(type)
    if (type === 'text-delta') break
  }
  expect(seen).toEqual(['step-start', 'completion-start', 'text-delta'])
  expect(await mock.calls.at(-1)?.finished).toBe('aborted')
})

import type { MockFault, MockPrompt } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { collectResponse } from '../helpers/responses.js'
import { caught } from './support/caught.js'
import { connect, MODEL, setUp, startMock } from './support/provider.js'
import { watchRejections } from './support/watch.js'

const ASK = { model: MODEL, input: 'Hello.', reasoningEffort: 'none' } as const
const TIDE = {
  name: 'tide_at',
  parameters: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
}
const reply = () => ({ deltas: ['Seven', ' gulls', ' at', ' Oban', '.'] })

describe('errors', () => {
  test('a server that is too old says which version has the route', async () => {
    const { lmstudio } = await setUp({ faults: [{ name: 'catch-all' }, { name: 'catch-all' }] })
    const error = await caught(lmstudio.respond(ASK))
    expect(error).toMatchObject({ name: 'UnsupportedEndpointError', since: '0.3.29' })
    expect(await caught(lmstudio.streamRespond(ASK).response)).toMatchObject({ name: error.name })
  })

  test('a missing model is answered with those that are there', async () => {
    const { lmstudio } = await setUp({ models: [{ id: 'acme/other-1b' }], jit: false })
    for (const asked of [lmstudio.respond(ASK), lmstudio.streamRespond(ASK).response])
      expect(await caught(asked)).toMatchObject({ name: 'ModelNotFoundError', availableModels: expect.any(Array) })
  })

  test('an unknown previous response is a bad request', async () => {
    const { lmstudio } = await setUp()
    const error = await caught(lmstudio.respond({ ...ASK, previousResponseId: 'resp_gone' }))
    expect(error).toMatchObject({ name: 'InvalidRequestError', status: 400, param: 'previous_response_id' })
  })

  test('a bad request sends nothing, and a stream says so when it is read', async () => {
    const { mock, lmstudio } = await setUp()
    const bad = { model: MODEL } as never
    expect(await caught(lmstudio.respond(bad))).toMatchObject({ name: 'InvalidRequestError' })
    const stream = lmstudio.streamRespond(bad)
    expect(await caught(stream.response)).toMatchObject({ name: 'InvalidRequestError' })
    expect(mock.calls).toHaveLength(0)
  })

  // Created, in progress, item, part, and two deltas.
  test.each([
    ['fails', { name: 'response-failed', afterEvents: 6 }, 'ModelLoadError'],
    ['is cut', { name: 'cut', afterEvents: 6 }, 'StreamInterruptedError'],
    ['has no end', { name: 'no-done' }, 'StreamInterruptedError'],
    ['stalls', { name: 'stall', afterEvents: 6 }, 'TimeoutError'],
    ['stalls behind comments', { name: 'stall', afterEvents: 6, keepAliveMs: 5 }, 'TimeoutError'],
    ['sends an error', { name: 'error-frame', afterEvents: 6 }, 'ModelLoadError'],
  ] as const satisfies readonly (readonly [string, MockFault, string])[])(
    'a stream that %s hands over what came before',
    async (_name, fault, name) => {
      const { mock, lmstudio } = await setUp({ reply, faults: [fault] }, { idleTimeout: 150 })
      const seen = watchRejections()
      const stream = lmstudio.streamRespond(ASK)
      const { events, error } = await collectResponse(stream)
      const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
      expect(text).toMatch(/^Seven gulls/)
      expect(error).toMatchObject({ name, partial: { text, model: MODEL, id: expect.stringMatching(/^resp_/) } })
      expect(await caught(stream.response)).toBe(error)
      expect(JSON.stringify(error)).not.toContain('gulls')
      expect(await seen()).toEqual([])
      expect(mock.calls).toHaveLength(1)
    },
  )

  test('an abort rejects with its own reason, and the server is told', async () => {
    const { mock, lmstudio } = await setUp({ reply, faults: [{ name: 'stall', afterEvents: 6 }] })
    const reason = new Error('enough')
    const stream = lmstudio.streamRespond(ASK)
    for await (const event of stream) if (event.type === 'text-delta') break
    await expect(mock.calls.at(-1)?.finished).resolves.toBe('aborted')
    const controller = new AbortController()
    controller.abort(reason)
    expect(await caught(lmstudio.respond(ASK, { signal: controller.signal }))).toBe(reason)
  })
})

describe('a conversation that the server keeps', () => {
  test('goes on from any answer that was stored', async () => {
    const prompts: MockPrompt[] = []
    const mock = await startMock({
      reply: (prompt) => {
        prompts.push(prompt)
        return 'Aye.'
      },
    })
    const lmstudio = connect(mock)
    const { id } = await lmstudio.respond({ ...ASK, instructions: 'Be brief.' })
    const stream = lmstudio.streamRespond({ ...ASK, input: 'And then?', previousResponseId: id })
    expect((await stream.response).id).not.toBe(id)
    expect(prompts.at(-1)?.messages.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'system: Be brief.',
      'user: Hello.',
      'assistant: Aye.',
      'user: And then?',
    ])
    const unstored = await lmstudio.respond({ ...ASK, store: false })
    const lost = await caught(lmstudio.respond({ ...ASK, previousResponseId: unstored.id }))
    expect(lost.name).toBe('InvalidRequestError')
  })

  test('takes the results of custom tools', async () => {
    const { lmstudio } = await setUp()
    const first = await lmstudio.respond({ ...ASK, input: 'Tide at Oban?', tools: [TIDE] })
    expect(first).toMatchObject({
      finishReason: 'tool-calls',
      toolCalls: [{ name: 'tide_at', arguments: { harbour: 'Oban' } }],
    })
    const second = await lmstudio.respond({
      ...ASK,
      previousResponseId: first.id,
      input: first.toolCalls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: '04:12' })),
    })
    expect(second.text).toBe('According to tide_at: 04:12')
  })
})

describe('an answer', () => {
  test('is the same streamed and whole, reasoning and counts included', async () => {
    const { lmstudio } = await setUp({ reply: () => ({ reasoning: 'Count.', text: 'Seven gulls.' }) })
    const request = { model: MODEL, input: 'How many?' }
    const streamed = await lmstudio.streamRespond(request).response
    const whole = await lmstudio.respond(request)
    for (const answer of [streamed, whole]) {
      expect(answer).toMatchObject({ model: MODEL, reasoning: 'Count.', text: 'Seven gulls.', finishReason: 'stop' })
      expect(answer.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
      expect(answer.usage).toEqual({
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
        totalTokens: expect.any(Number),
        reasoningTokens: expect.any(Number),
        cachedTokens: 0,
      })
      expect(answer.stats.durationMs).toBeGreaterThanOrEqual(0)
    }
    expect(streamed.stats.measuredBy.timeToFirstTokenMs).toBe('client')
    expect(whole.stats.timeToFirstTokenMs).toBeUndefined()
  })

  test.each<[string, MockFault[]]>([
    ['as it comes', []],
    ['with pieces of arguments', ['argument-deltas']],
    ['with a mark at the end', ['extra-done']],
    ['with nulls for errors', ['null-error']],
    ['with keys from the future', ['unknown-keys']],
    ['without its last line end', ['no-final-newline']],
    ['whole instead of streamed', ['json-instead-of-stream']],
  ])('is read %s', async (_, faults) => {
    const toolCalls = [{ id: '1', name: 'tide_at', arguments: { harbour: 'Oban' } }]
    const { lmstudio } = await setUp({
      reply: () => ({ text: 'Let me see.', toolCalls }),
      faults,
      framing: { chunkBytes: 11 },
    })
    const { events, error } = await collectResponse(lmstudio.streamRespond({ ...ASK, tools: [TIDE] }))
    expect(error).toBeUndefined()
    const told = events.map((event) => (event.type === 'tool-call-delta' ? event.argumentsDelta : '')).join('')
    expect(told).toBe('{"harbour":"Oban"}')
    expect(events.at(-1)).toMatchObject({
      response: { text: 'Let me see.', toolCalls: [{ name: 'tide_at', arguments: { harbour: 'Oban' } }] },
    })
  })

  test('that was cut says so', async () => {
    const { lmstudio } = await setUp()
    const request = { ...ASK, input: 'lorem 50', maxTokens: 3 }
    for (const answer of [await lmstudio.respond(request), await lmstudio.streamRespond(request).response])
      expect(answer).toMatchObject({ finishReason: 'length', rawFinishReason: 'max_output_tokens' })
  })

  test('of another model than the one asked for is logged', async () => {
    const logged: string[] = []
    const mock = await startMock()
    const lmstudio = connect(mock, { logger: ({ type }) => void logged.push(type) })
    await lmstudio.respond({ ...ASK, model: 'nobody/knows-it' })
    await lmstudio.streamRespond({ ...ASK, model: 'nobody/knows-it' }).response
    expect(logged.filter((type) => type === 'model-substituted')).toHaveLength(2)
  })
})

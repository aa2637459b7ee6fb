import { cpuUsage, env } from 'node:process'
import { createLMStudio, predicate, runTools, tool, type LMStudioProvider } from 'lmstudio-provider'
import { expect, test } from 'vitest'
import { completed, respondFrame } from '../helpers/respond.js'
import { endFrame, nativeFrame } from '../helpers/native-chat.js'
import { DONE, frame } from './support/servers.js'

// The CPU time for many parts against the time for few says how it grows on any machine: 20 times as much for 20 times the
// parts if the cost is linear, 400 times as much if it is quadratic. In between, there is room for noise and garbage
// collection. `GROWTH_TO=100000` measures more.
const FEW = 500
const MANY = Number(env['GROWTH_TO'] ?? 10_000)
const MOST = 10 * (MANY / FEW)
// The clock of CPU time stands still for some ms on some machines.
const SHORTEST_MS = 2

type Run = (lmstudio: LMStudioProvider, count: number) => PromiseLike<unknown>

const list = <T>(count: number, create: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => create(index))
const json = (body: unknown): string => JSON.stringify(body)
const choice = (message: object, finishReason = 'stop'): string =>
  json({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: finishReason }] })
const wireCall = (index: number): object => ({
  index,
  id: `call_${index}`,
  type: 'function',
  function: { name: 'count', arguments: '{"n":1}' },
})
const REQUEST = { model: 'm', prompt: 'x' } as const
const INPUT = { model: 'm', input: 'x' } as const
const count = tool<{ n: number }>({ name: 'count', parameters: { type: 'object' }, execute: ({ n }) => n })

/** What the server sends for a number of parts, and the call that reads it. A list is a stream. */
const CASES: readonly (readonly [string, (count: number) => string | string[], Run])[] = [
  [
    'tool calls for complete',
    (size) => choice({ content: '', tool_calls: list(size, wireCall) }, 'tool_calls'),
    (lmstudio) => lmstudio.complete(REQUEST),
  ],
  [
    'tool calls for stream',
    (size) => [...list(size, (index) => frame({ tool_calls: [wireCall(index)] })), frame({}, 'tool_calls'), DONE],
    (lmstudio) => lmstudio.stream(REQUEST).response,
  ],
  [
    'tool calls without ids or indexes for stream',
    (size) => [
      ...list(size, () => frame({ tool_calls: [{ function: { name: 'count', arguments: '{"n":1}' } }] })),
      frame({}, 'tool_calls'),
      DONE,
    ],
    (lmstudio) => lmstudio.stream(REQUEST).response,
  ],
  [
    'pieces of text for stream',
    (size) => [...list(size, () => frame({ content: 'gull ' })), frame({}, 'stop'), DONE],
    (lmstudio) => lmstudio.stream(REQUEST).response,
  ],
  [
    'opening tags of reasoning for stream',
    (size) => [...list(size, () => frame({ content: '<think>' })), frame({}, 'stop'), DONE],
    (lmstudio) => lmstudio.stream(REQUEST).response,
  ],
  [
    'harmony messages for stream',
    (size) => [
      ...list(size, () => frame({ content: '<|channel|>analysis<|message|>a<|end|>' })),
      frame({ content: '<|channel|>final<|message|>b' }),
      frame({}, 'stop'),
      DONE,
    ],
    (lmstudio) => lmstudio.stream(REQUEST).response,
  ],
  [
    'harmony messages for complete',
    (size) =>
      choice({ content: `${'<|channel|>analysis<|message|>a<|end|>'.repeat(size)}<|channel|>final<|message|>b` }),
    (lmstudio) => lmstudio.complete(REQUEST),
  ],
  [
    'tool calls in the text for runTools',
    (size) => choice({ content: '<tool_call>{"name":"other","arguments":{}}</tool_call>\n'.repeat(size) }),
    (lmstudio) =>
      runTools(lmstudio, { ...REQUEST, tools: [count], parseTextToolCalls: true, maxRounds: 1 }).then(
        () => {},
        () => {},
      ),
  ],
  [
    'items without ids for respond',
    (size) =>
      json({
        id: 'r',
        model: 'm',
        status: 'completed',
        output: list(size, () => ({ type: 'function_call', name: 'count', arguments: '{"n":1}' })),
      }),
    (lmstudio) => lmstudio.respond(INPUT),
  ],
  [
    'items without ids for streamRespond',
    (size) => [
      ...list(size, () =>
        respondFrame('response.output_item.done', { item: { type: 'function_call', name: 'count', arguments: '{}' } }),
      ),
      completed(),
    ],
    (lmstudio) => lmstudio.streamRespond(INPUT).response,
  ],
  [
    'output items for chat',
    (size) =>
      json({ model_instance_id: 'm', output: list(size, () => ({ type: 'message', content: 'gull ' })), stats: {} }),
    (lmstudio) => lmstudio.chat(INPUT),
  ],
  [
    'tool calls for streamChat',
    (size) => [
      ...list(size, () =>
        nativeFrame('tool_call.success', { tool: 'f', arguments: {}, output: '', provider_info: {} }),
      ),
      endFrame({ type: 'message', content: 'gull' }),
    ],
    (lmstudio) => lmstudio.streamChat(INPUT).response,
  ],
  [
    'vectors for embed',
    (size) => json({ model: 'm', data: list(size, (index) => ({ index, embedding: [0.5] })) }),
    (lmstudio, size) => lmstudio.embed({ model: 'm', input: list(size, () => 'gull'), batchSize: size }),
  ],
  [
    'answers for decide',
    (size) =>
      json({
        model: 'm',
        answers: list(size, (index) => ({ type: 'predicate', name: `q${index}`, probability: 0.5 })),
      }),
    (lmstudio, size) =>
      lmstudio.decide({
        model: 'm',
        input: 'gull',
        questions: Object.fromEntries(list(size, (index) => [`q${index}`, predicate('Is it a gull?')])),
      }),
  ],
]

/** The CPU time of a call in ms, without that for preparing the response. */
async function cost([, respond, run]: (typeof CASES)[number], size: number): Promise<number> {
  const sent = respond(size)
  const isStream = Array.isArray(sent)
  const encoder = new TextEncoder()
  // In large chunks, so that the reading of chunks does not count.
  const chunks = isStream
    ? list(Math.ceil(sent.length / 500), (index) => encoder.encode(sent.slice(index * 500, (index + 1) * 500).join('')))
    : [encoder.encode(sent)]
  const type = isStream ? 'text/event-stream' : 'application/json'
  const fetch = async (): Promise<Response> => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift()
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
    })
    return new Response(body, { headers: { 'content-type': type } })
  }
  const lmstudio = createLMStudio({ fetch, cache: false, maxRetries: 0 })
  const before = cpuUsage()
  await run(lmstudio, size)
  const { user, system } = cpuUsage(before)
  return (user + system) / 1_000
}

test.each(CASES)(
  'the cost of %s is linear in their number',
  async (...growing) => {
    // The first runs compile the code.
    const few = [await cost(growing, FEW), await cost(growing, FEW), await cost(growing, FEW)]
    const many = await cost(growing, MANY)
    expect(many / Math.max(SHORTEST_MS, Math.min(...few))).toBeLessThan(MOST)
  },
  // Only ends a test whose cost is not linear.
  300_000,
)

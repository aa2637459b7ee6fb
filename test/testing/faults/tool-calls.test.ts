import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockFault } from '../../../src/testing/index.js'
import { chat, tideTool, user, windTool } from '../support/mock-requests.js'
import { framesOf } from '../support/read-frames.js'

const request = { ...user('Tide and wind at Oban?'), tools: [tideTool, windTool] }

// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into the deltas
async function deltas(fault: MockFault): Promise<any[]> {
  const frames = await framesOf(chat(createMockLMStudio({ faults: [fault] }), { ...request, stream: true }))
  return frames.flatMap(({ data }) => data.choices?.[0].delta.tool_calls ?? [])
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into the choice
async function choice(fault: MockFault): Promise<any> {
  return (await (await chat(createMockLMStudio({ faults: [fault] }), request)).json()).choices[0]
}

describe('tool call faults', () => {
  test('tool-calls-without-index omits the index of every delta', async () => {
    const all = await deltas('tool-calls-without-index')
    expect(all).toHaveLength(12)
    expect(all.filter((delta) => 'index' in delta)).toEqual([])
  })

  test('tool-calls-without-id omits the id of every delta and call', async () => {
    const all = await deltas('tool-calls-without-id')
    expect(all).toHaveLength(12)
    expect(all.filter((delta) => 'id' in delta)).toEqual([])
    const { tool_calls: calls } = (await choice('tool-calls-without-id')).message
    expect(calls.map((call: object) => Object.keys(call))).toEqual([
      ['type', 'function'],
      ['type', 'function'],
    ])
  })

  test('tool-calls-empty-id empties the ids', async () => {
    expect((await deltas('tool-calls-empty-id')).filter((delta) => delta.id === '')).toHaveLength(2)
  })

  test('tool-calls-empty-name empties the names', async () => {
    expect((await deltas('tool-calls-empty-name')).filter((delta) => delta.function.name === '')).toHaveLength(2)
    const { tool_calls: calls } = (await choice('tool-calls-empty-name')).message
    expect(calls.map((call: { function: { name: string } }) => call.function.name)).toEqual(['', ''])
  })

  test('tool-calls-name-repeated repeats name, id and type on every delta', async () => {
    const all = await deltas('tool-calls-name-repeated')
    expect(all).toHaveLength(12)
    const [tideId, windId] = [all[0].id, all[6].id]
    expect(all.map((delta) => [delta.index, delta.id, delta.type, delta.function.name])).toEqual([
      ...Array.from({ length: 6 }, () => [0, tideId, 'function', 'tide_at']),
      ...Array.from({ length: 6 }, () => [1, windId, 'function', 'wind_at']),
    ])
    expect(tideId).not.toBe(windId)
  })

  test.each<[MockFault, unknown]>([
    ['tool-calls-in-one-delta', '{"harbor":"Oban"}'],
    ['tool-calls-arguments-null', null],
    ['tool-calls-arguments-empty', ''],
    ['tool-calls-arguments-object', { harbor: 'Oban' }],
    ['tool-calls-arguments-invalid', '{"harbor":"Oban"'],
  ])('%s changes streamed and whole calls', async (fault, expected) => {
    const streamed = await deltas(fault)
    expect(streamed).toHaveLength(2)
    expect(streamed[0].function.arguments).toEqual(expected)
    expect((await choice(fault)).message.tool_calls[0].function.arguments).toEqual(expected)
  })

  test('tool-calls-as-text writes the calls as text', async () => {
    const { message, finish_reason: finishReason } = await choice('tool-calls-as-text')
    expect(finishReason).toBe('stop')
    expect(message.tool_calls).toEqual([])
    expect(message.content).toMatch(
      /^\[TOOL_REQUEST\]\{"name":"tide_at","arguments":\{"harbor":"Oban"\}\}\[END_TOOL_REQUEST\]\n\[TOOL_REQUEST\]\{"name":"wind_at",/u,
    )
  })

  test('tool-calls-finish-stop has calls and the finish reason "stop"', async () => {
    const { message, finish_reason: finishReason } = await choice('tool-calls-finish-stop')
    expect(finishReason).toBe('stop')
    expect(message.tool_calls).toHaveLength(2)
  })

  test('a conversation that ends with a tool result calls no tool', async () => {
    const call = { id: '1', type: 'function', function: { name: 'tide_at', arguments: '{}' } }
    const messages = [
      { role: 'user', content: 'Tide?' },
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: '1', content: '04:12' },
    ]
    const mock = createMockLMStudio({ faults: ['tool-calls-without-id'] })
    const { choices } = await (await chat(mock, { messages, tools: [tideTool] })).json()
    expect(choices[0].message.content).toBe('According to tide_at: 04:12')
  })
})

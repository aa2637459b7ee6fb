import { describe, expect, it } from 'vitest'
import { MAX_TOOL_CALLS } from '../../src/generation/tool-call-accumulator.js'
import { choiceOf, completeMessage, completeWith, streamDeltas } from '../helpers/completions.js'
import { rejectionOf } from '../helpers/provider-errors.js'

describe('many tool calls', () => {
  const callsOf = (count: number) => Array.from({ length: count }, () => ({ function: { name: 'f', arguments: '{}' } }))

  it('are accepted up to the documented limit, and refused beyond it', async () => {
    expect(MAX_TOOL_CALLS).toBe(100_000)
    const { toolCalls } = await completeMessage({ tool_calls: callsOf(100_000) }, 'tool_calls')
    expect(toolCalls).toHaveLength(100_000)
    expect(toolCalls.at(-1)).toMatchObject({ id: 'call_100000', name: 'f' })
    const tooMany = await rejectionOf(completeMessage({ tool_calls: callsOf(100_001) }, 'tool_calls'))
    expect(tooMany).toMatchObject({ name: 'InvalidResponseError', code: 'too-many-tool-calls' })
  })

  it('carry the calls that had arrived when a stream exceeds the limit', async () => {
    const half = { tool_calls: callsOf(60_000).map((call, index) => ({ ...call, index })) }
    const other = { tool_calls: callsOf(60_000).map((call, index) => ({ ...call, index: 60_000 + index })) }
    const { error } = await streamDeltas([half, other], 'tool_calls')
    expect(error).toMatchObject({ code: 'too-many-tool-calls' })
    expect((error as { partial: { toolCalls: unknown[] } }).partial.toolCalls).toHaveLength(100_000)
  })

  it('are emitted without an index, each in a chunk of its own', async () => {
    const body = choiceOf({ message: { tool_calls: callsOf(3) }, finish_reason: 'tool_calls' })
    expect((await completeWith(body)).toolCalls.map(({ id }) => id)).toEqual(['call_1', 'call_2', 'call_3'])
  })
})

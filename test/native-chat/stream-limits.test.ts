import { describe, expect, it } from 'vitest'
import { OutputAccumulator } from '../../src/native-chat/output-accumulator.js'

const TOO_LONG = expect.objectContaining({ name: 'InvalidResponseError', code: 'body-too-long' }) as Error
const MiB = 1024 * 1024
const CALL = { name: 'f', source: { type: 'plugin', id: 'p' }, arguments: {} } as const

describe('the output of a native stream', () => {
  it('can have 200,000 items, and no more', () => {
    const output = new OutputAccumulator()
    for (let count = 0; count < 200_000; count++) output.add({ type: 'tool-call-success', ...CALL, output: '' }, 1)
    expect(output.items()).toHaveLength(200_000)
    output.add({ type: 'text-start' }, 1)
    expect(() => output.add({ type: 'text-delta', text: 'x' }, 1)).toThrow(TOO_LONG)
  })

  it('can have 64 Mi characters of text, reasoning and tool calls together, and no more', () => {
    const output = new OutputAccumulator()
    const text = 'x'.repeat(8 * MiB)
    for (let count = 0; count < 3; count++) output.add({ type: 'text-delta', text }, 1)
    for (let count = 0; count < 3; count++) output.add({ type: 'reasoning-delta', text }, 1)
    output.add({ type: 'tool-call-success', ...CALL, output: '' }, 8 * MiB)
    output.add({ type: 'tool-call-failure', name: 'f', reason: 'no', kind: 'other' } as never, 8 * MiB)
    // Not part of the output.
    output.add({ type: 'tool-call-arguments', ...CALL }, 8 * MiB)
    expect(() => output.add({ type: 'text-delta', text: 'x' }, 1)).toThrow(TOO_LONG)
  })
})

import { describe, expect, it, vi } from 'vitest'
import { ToolCallAccumulator, type WireToolCall } from '../../src/generation/tool-call-accumulator.js'
import { TextBuffer } from '../../src/streaming/text-buffer.js'

describe('the cost of tool calls', () => {
  it('does not parse the arguments again for each fragment, although the name is repeated', () => {
    const text = JSON.stringify({ code: 'x'.repeat(40_000) })
    const accumulator = new ToolCallAccumulator()
    const { parse } = JSON
    let parsedLength = 0
    JSON.parse = (source: string, ...rest) => {
      parsedLength += source.length
      return parse(source, ...rest) as unknown
    }
    try {
      accumulator.push([{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }])
      for (const character of text) accumulator.push([{ index: 0, function: { name: 'f', arguments: character } }])
      expect(accumulator.finish()[0]!.rawArguments).toBe(text)
    } finally {
      JSON.parse = parse
    }
    expect(parsedLength).toBeLessThan(text.length * 3)
  })

  /** Counts the characters that are joined or parsed while `run` runs. */
  function countWork(run: () => void): number {
    const { parse } = JSON
    // eslint-disable-next-line typescript/unbound-method
    const original = TextBuffer.prototype.toString
    let work = 0
    JSON.parse = (source: string, ...rest) => {
      work += source.length
      return parse(source, ...rest) as unknown
    }
    const toString = vi.spyOn(TextBuffer.prototype, 'toString').mockImplementation(function count(this: TextBuffer) {
      work += this.length
      return original.call(this)
    })
    try {
      run()
    } finally {
      JSON.parse = parse
      toString.mockRestore()
    }
    return work
  }

  it.each<[string, (index: number) => WireToolCall]>([
    [
      'a repeated name with pieces that end in a brace',
      () => ({ index: 0, function: { name: 'f', arguments: '{}}' } }),
    ],
    ['a repeated name with pieces in a string', () => ({ index: 0, function: { name: 'f', arguments: '"}' } })],
    ['braces after complete arguments', () => ({ index: 0, function: { arguments: '}' } })],
    ['empty objects after complete arguments', () => ({ index: 0, id: 'a', function: { arguments: '{}' } })],
    [
      'ids that are taken',
      (index) => ({ id: index < 10_000 ? `call_${index + 10_001}` : null, function: { name: 'f' } }),
    ],
    ['pieces of a name that never ends', () => ({ index: 0, function: { name: 'ab' } })],
  ])('is linear for %s', (_, fragmentAt) => {
    const count = 20_000
    const work = countWork(() => {
      const accumulator = new ToolCallAccumulator(['abc'])
      accumulator.push([{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":[' } }])
      accumulator.push([{ index: 0, function: { arguments: '1]}' } }])
      for (let index = 0; index < count; index++) accumulator.push([fragmentAt(index)])
      accumulator.finish()
    })
    expect(work).toBeLessThan(count * 200)
  })
})

import { describe, expect, it } from 'vitest'
import { ToolCallAccumulator } from '../../src/generation/tool-call-accumulator.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import type { ToolCall } from '../../src/types.js'
import type { WireToolCall } from '../../src/generation/tool-call-accumulator.js'

const at = (index: number | undefined, fn: WireToolCall['function'], id?: string | null): WireToolCall => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  function: fn,
})

/** Each argument is the `tool_calls` of one chunk. */
function assemble(...chunks: WireToolCall[][]): { calls: ToolCall[]; events: CompletionEvent[] } {
  const assembler = new ToolCallAccumulator()
  const events = chunks.flatMap((chunk) => assembler.push(chunk))
  return { calls: assembler.finish(), events }
}

const call = (id: string, name: string, value: unknown = {}, raw = JSON.stringify(value)): ToolCall => ({
  id,
  name,
  arguments: value,
  rawArguments: raw,
})

describe('the shape of the documentation', () => {
  const chunks = [
    [at(0, { name: 'tide_at', arguments: '' }, '518204773')],
    [at(0, { arguments: '{"harbour":' })],
    [at(0, { arguments: '"Oban"}' })],
  ]

  it('makes one call of its fragments', () => {
    expect(assemble(...chunks).calls).toEqual([call('518204773', 'tide_at', { harbour: 'Oban' })])
  })

  it('tells its beginning and each fragment', () => {
    expect(assemble(...chunks).events).toEqual([
      { type: 'tool-call-start', index: 0, id: '518204773', name: 'tide_at' },
      { type: 'tool-call-delta', index: 0, id: '518204773', argumentsDelta: '{"harbour":' },
      { type: 'tool-call-delta', index: 0, id: '518204773', argumentsDelta: '"Oban"}' },
    ])
  })

  it('keeps parallel calls apart by index, whatever the order of their fragments', () => {
    const { calls } = assemble(
      [at(0, { name: 'f', arguments: '' }, 'a'), at(1, { name: 'g', arguments: '' }, 'b')],
      [at(1, { arguments: '{"y":' })],
      [at(0, { arguments: '{"x":' }), at(1, { arguments: '2}' })],
      [at(0, { arguments: '1}' })],
    )
    expect(calls).toEqual([call('a', 'f', { x: 1 }), call('b', 'g', { y: 2 })])
  })

  it('takes indices that do not begin at zero, or have gaps', () => {
    expect(
      assemble([at(1, { name: 'f', arguments: '{}' }, 'a')], [at(5, { name: 'g', arguments: '{}' }, 'b')]).calls,
    ).toHaveLength(2)
  })
})

describe('quirks', () => {
  const one = call('a', 'f', { x: 1 })
  const made = call('call_1', 'f', { x: 1 })
  it.each<[string, WireToolCall[][], ToolCall[]]>([
    [
      'id and name null on later fragments',
      [[at(0, { name: 'f', arguments: '{"x"' }, 'a')], [at(0, { name: null, arguments: ':1}' }, null)]],
      [one],
    ],
    [
      'id and name repeated on each fragment',
      [[at(0, { name: 'f', arguments: '{"x"' }, 'a')], [at(0, { name: 'f', arguments: ':1}' }, 'a')]],
      [one],
    ],
    [
      'id and name empty on later fragments',
      [[at(0, { name: 'f', arguments: '{"x"' }, 'a')], [at(0, { name: '', arguments: ':1}' }, '')]],
      [one],
    ],
    ['an empty id', [[at(0, { name: 'f', arguments: '{"x":1}' }, '')]], [made]],
    ['no id', [[at(0, { name: 'f', arguments: '{"x":1}' })]], [made]],
    ['a null id', [[at(0, { name: 'f', arguments: '{"x":1}' }, null)]], [made]],
    ['an index that is null', [[{ index: null, id: 'a', function: { name: 'f', arguments: '{"x":1}' } }]], [one]],
    [
      'a name that comes after the arguments have begun',
      [[at(0, { arguments: '{"x"' }, 'a')], [at(0, { name: 'f', arguments: ':1}' })]],
      [one],
    ],
    [
      'an id that comes with the name',
      [[at(0, { arguments: '{"x"' })], [at(0, { name: 'f', arguments: ':1}' }, 'a')]],
      [one],
    ],
    ['no name at all', [[at(0, { arguments: '{"x":1}' }, 'a')]], []],
    ['an empty name', [[at(0, { name: '', arguments: '{"x":1}' }, 'a')]], []],
    ['no function at all', [[{ index: 0, id: 'a' }]], []],
    ['a null function', [[{ index: 0, id: 'a', function: null }]], []],
    ['an object for arguments', [[at(0, { name: 'f', arguments: { x: 1 } }, 'a')]], [one]],
    [
      'an object for arguments after an empty text',
      [[at(0, { name: 'f', arguments: '' }, 'a')], [at(0, { arguments: { x: 1 } })]],
      [one],
    ],
    ['empty arguments', [[at(0, { name: 'f', arguments: '' }, 'a')]], [call('a', 'f')]],
    ['null arguments', [[at(0, { name: 'f', arguments: null }, 'a')]], [call('a', 'f')]],
    ['no arguments', [[at(0, { name: 'f' }, 'a')]], [call('a', 'f')]],
    ['white space for arguments', [[at(0, { name: 'f', arguments: ' \n' }, 'a')]], [call('a', 'f')]],
    [
      'arguments that are no JSON',
      [[at(0, { name: 'f', arguments: '{"x":' }, 'a')]],
      [{ id: 'a', name: 'f', arguments: undefined, rawArguments: '{"x":' }],
    ],
    ['arguments that are JSON but no object', [[at(0, { name: 'f', arguments: '[1]' }, 'a')]], [call('a', 'f', [1])]],
    [
      'no index, the id on every fragment',
      [[at(undefined, { name: 'f', arguments: '{"x"' }, 'a')], [at(undefined, { arguments: ':1}' }, 'a')]],
      [one],
    ],
    [
      'no index, the id only at first',
      [[at(undefined, { name: 'f', arguments: '{"x"' }, 'a')], [at(undefined, { arguments: ':1}' })]],
      [one],
    ],
    [
      'no index and no id',
      [[at(undefined, { name: 'f', arguments: '{"x"' })], [at(undefined, { arguments: ':1}' })]],
      [made],
    ],
    [
      'no index, and the name again on each fragment',
      [[at(undefined, { name: 'f', arguments: '{"x"' })], [at(undefined, { name: 'f', arguments: ':1}' })]],
      [made],
    ],
    [
      'no index, two calls in one chunk, their fragments by position',
      [
        [at(undefined, { name: 'f', arguments: '{"x"' }, 'a'), at(undefined, { name: 'g', arguments: '{"y"' }, 'b')],
        [at(undefined, { arguments: ':1}' }), at(undefined, { arguments: ':2}' })],
      ],
      [one, call('b', 'g', { y: 2 })],
    ],
    [
      'no index, calls one after another, ids only at first',
      [
        [at(undefined, { name: 'f', arguments: '' }, 'a')],
        [at(undefined, { arguments: '{"x":' })],
        [at(undefined, { arguments: '1}' })],
        [at(undefined, { name: 'g', arguments: '' }, 'b')],
        [at(undefined, { arguments: '{"y":' })],
        [at(undefined, { arguments: '2}' })],
      ],
      [one, call('b', 'g', { y: 2 })],
    ],
    [
      'no index and no id, whole calls one after another',
      [[at(undefined, { name: 'f', arguments: '{"x":1}' })], [at(undefined, { name: 'g', arguments: '{"y":2}' })]],
      [made, call('call_2', 'g', { y: 2 })],
    ],
    [
      'no index and no id, calls without arguments one after another',
      [[at(undefined, { name: 'f', arguments: '' })], [at(undefined, { name: 'g', arguments: '' })]],
      [call('call_1', 'f'), call('call_2', 'g')],
    ],
    [
      'no index and no id, the same tool twice in one chunk',
      [[at(undefined, { name: 'f', arguments: '{"x":1}' }), at(undefined, { name: 'f', arguments: '{"x":2}' })]],
      [made, call('call_2', 'f', { x: 2 })],
    ],
    [
      'index 0 for every parallel call',
      [
        [at(0, { name: 'f', arguments: '' }, 'a')],
        [at(0, { arguments: '{"x":1}' })],
        [at(0, { name: 'g', arguments: '' }, 'b')],
        [at(0, { arguments: '{"y":2}' })],
      ],
      [one, call('b', 'g', { y: 2 })],
    ],
    [
      'index 0 for every parallel call, and no ids',
      [[at(0, { name: 'f', arguments: '{"x":1}' })], [at(0, { name: 'g', arguments: '{"y":2}' })]],
      [made, call('call_2', 'g', { y: 2 })],
    ],
    [
      'one id for two whole calls of one message',
      [
        [
          at(undefined, { name: 'f', arguments: '{"x":1}' }, '0'),
          at(undefined, { name: 'g', arguments: '{"y":2}' }, '0'),
        ],
      ],
      [
        expect.objectContaining({ name: 'f', arguments: { x: 1 } }) as ToolCall,
        expect.objectContaining({ name: 'g', arguments: { y: 2 } }) as ToolCall,
      ],
    ],
    [
      'an entry without name and index beside a good one',
      [[at(undefined, { arguments: '{}' }), at(undefined, { name: 'f', arguments: '{"x":1}' }, 'a')]],
      [one],
    ],
    [
      'an entry without a name beside a good one',
      [[at(0, { arguments: '{}' }), at(1, { name: 'f', arguments: '{"x":1}' }, 'a')]],
      [one],
    ],
  ])('%s', (_, chunks, calls) => expect(assemble(...chunks).calls).toEqual(calls))

  it('never gives two calls the same id', () => {
    const { calls } = assemble(
      [at(0, { name: 'f', arguments: '{}' }, 'call_2')],
      [at(1, { name: 'g', arguments: '{}' })],
      [at(2, { name: 'h', arguments: '{}' }, 'x')],
      [at(3, { name: 'i', arguments: '{}' }, 'x')],
    )
    expect(new Set(calls.map(({ id }) => id)).size).toBe(4)
  })

  it('keeps large numbers as the model wrote them', () => {
    expect(assemble([at(0, { name: 'f', arguments: '{"x": 9007199254740993}' }, 'a')]).calls[0]!.rawArguments).toBe(
      '{"x": 9007199254740993}',
    )
  })
})

describe('events', () => {
  it('tell the arguments that came before the name together with it', () => {
    const { events } = assemble([at(0, { arguments: '{"x"' }, 'a')], [at(0, { name: 'f', arguments: ':1}' })])
    expect(events).toEqual([
      { type: 'tool-call-start', index: 0, id: 'a', name: 'f' },
      { type: 'tool-call-delta', index: 0, id: 'a', argumentsDelta: '{"x":1}' },
    ])
  })

  it('say nothing of an entry that never gets a name', () => {
    expect(assemble([at(0, { arguments: '{"x"' }, 'a')], [at(0, { arguments: ':1}' })]).events).toEqual([])
  })

  it('keep the id and the index a call began with', () => {
    const { events, calls } = assemble([at(0, { name: 'f', arguments: '{' })], [at(0, { arguments: '}' }, 'late')])
    expect(new Set(events.map((event) => ('id' in event ? event.id : '')))).toEqual(new Set([calls[0]!.id]))
  })

  it('say nothing for an empty fragment', () => {
    expect(assemble([at(0, { name: 'f', arguments: '' }, 'a')], [at(0, { arguments: '' })], []).events).toHaveLength(1)
  })
})

describe('isEmpty', () => {
  it('is true until a call has a name', () => {
    const assembler = new ToolCallAccumulator()
    expect(assembler.isEmpty).toBe(true)
    assembler.push([at(0, { arguments: '{}' })])
    expect(assembler.isEmpty).toBe(true)
    assembler.push([at(0, { name: 'f' })])
    expect(assembler.isEmpty).toBe(false)
  })
})

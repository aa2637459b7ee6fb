import { describe, expect, it } from 'vitest'
import {
  ToolCallAccumulator,
  type ToolCallDeltaEvent,
  type WireToolCall,
} from '../../src/generation/tool-call-accumulator.js'
import type { ToolCall } from '../../src/types.js'

/** A fragment of a call. */
const at = (index: number | undefined, fn: WireToolCall['function'], id?: string | null): WireToolCall => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  function: fn,
})

/** Accumulates the `tool_calls` of several chunks. */
function accumulate(...chunks: WireToolCall[][]): { calls: ToolCall[]; events: ToolCallDeltaEvent[] } {
  const accumulator = new ToolCallAccumulator()
  const events = chunks.flatMap((chunk) => accumulator.push(chunk))
  return { calls: accumulator.finish(), events }
}

const call = (id: string, name: string, value: unknown = {}, raw = JSON.stringify(value)): ToolCall => ({
  id,
  name,
  arguments: value,
  rawArguments: raw,
})

describe('ToolCallAccumulator', () => {
  const chunks = [
    [at(0, { name: 'tide_at', arguments: '' }, '518204773')],
    [at(0, { arguments: '{"harbour":' })],
    [at(0, { arguments: '"Oban"}' })],
  ]

  it('assembles a call from its fragments', () => {
    expect(accumulate(...chunks).calls).toEqual([call('518204773', 'tide_at', { harbour: 'Oban' })])
  })

  it('emits the start of a call and each fragment of its arguments', () => {
    expect(accumulate(...chunks).events).toEqual([
      { type: 'tool-call-start', index: 0, id: '518204773', name: 'tide_at' },
      { type: 'tool-call-delta', index: 0, id: '518204773', argumentsDelta: '{"harbour":' },
      { type: 'tool-call-delta', index: 0, id: '518204773', argumentsDelta: '"Oban"}' },
    ])
  })

  it('separates parallel calls by index, whatever the order of their fragments', () => {
    const { calls } = accumulate(
      [at(0, { name: 'f', arguments: '' }, 'a'), at(1, { name: 'g', arguments: '' }, 'b')],
      [at(1, { arguments: '{"y":' })],
      [at(0, { arguments: '{"x":' }), at(1, { arguments: '2}' })],
      [at(0, { arguments: '1}' })],
    )
    expect(calls).toEqual([call('a', 'f', { x: 1 }), call('b', 'g', { y: 2 })])
  })

  it('accepts indices that do not start at 0 and have gaps', () => {
    const { calls } = accumulate(
      [at(1, { name: 'f', arguments: '{}' }, 'a')],
      [at(5, { name: 'g', arguments: '{}' }, 'b')],
    )
    expect(calls).toEqual([call('a', 'f'), call('b', 'g')])
  })

  const withWireId = call('a', 'f', { x: 1 })
  const withMadeId = call('call_1', 'f', { x: 1 })

  it.each<[string, WireToolCall[][], ToolCall[]]>([
    [
      'null as id and name of later fragments',
      [[at(0, { name: 'f', arguments: '{"x"' }, 'a')], [at(0, { name: null, arguments: ':1}' }, null)]],
      [withWireId],
    ],
    [
      'id and name on each fragment',
      [[at(0, { name: 'f', arguments: '{"x"' }, 'a')], [at(0, { name: 'f', arguments: ':1}' }, 'a')]],
      [withWireId],
    ],
    [
      'an empty id and name on later fragments',
      [[at(0, { name: 'f', arguments: '{"x"' }, 'a')], [at(0, { name: '', arguments: ':1}' }, '')]],
      [withWireId],
    ],
    [
      'another id on each fragment',
      [[at(0, { name: 'f', arguments: '{"x"' }, 'a')], [at(0, { arguments: ':1}' }, 'b')]],
      [withWireId],
    ],
    [
      'no index, and id and name after the first arguments',
      [[at(undefined, { arguments: '{"x"' })], [at(undefined, { name: 'f', arguments: ':1}' }, 'a')]],
      [withWireId],
    ],
    ['an empty id', [[at(0, { name: 'f', arguments: '{"x":1}' }, '')]], [withMadeId]],
    ['no id', [[at(0, { name: 'f', arguments: '{"x":1}' })]], [withMadeId]],
    ['null as id', [[at(0, { name: 'f', arguments: '{"x":1}' }, null)]], [withMadeId]],
    ['null as index', [[{ index: null, id: 'a', function: { name: 'f', arguments: '{"x":1}' } }]], [withWireId]],
    [
      'a name that arrives after the first arguments',
      [[at(0, { arguments: '{"x"' }, 'a')], [at(0, { name: 'f', arguments: ':1}' })]],
      [withWireId],
    ],
    [
      'an id that arrives with the name',
      [[at(0, { arguments: '{"x"' })], [at(0, { name: 'f', arguments: ':1}' }, 'a')]],
      [withWireId],
    ],
    ['no name', [[at(0, { arguments: '{"x":1}' }, 'a')]], []],
    ['an empty name', [[at(0, { name: '', arguments: '{"x":1}' }, 'a')]], []],
    ['a blank name', [[at(0, { name: ' \n', arguments: '{"x":1}' }, 'a')]], []],
    ['no function', [[{ index: 0, id: 'a' }]], []],
    ['null as function', [[{ index: 0, id: 'a', function: null }]], []],
    ['an object as arguments', [[at(0, { name: 'f', arguments: { x: 1 } }, 'a')]], [withWireId]],
    [
      'an object as arguments after an empty string',
      [[at(0, { name: 'f', arguments: '' }, 'a')], [at(0, { arguments: { x: 1 } })]],
      [withWireId],
    ],
    [
      'an object as arguments after a fragment of them',
      [[at(0, { name: 'f', arguments: '{"x":' }, 'a')], [at(0, { arguments: { x: 1 } })]],
      [withWireId],
    ],
    ['empty arguments', [[at(0, { name: 'f', arguments: '' }, 'a')]], [call('a', 'f')]],
    ['null as arguments', [[at(0, { name: 'f', arguments: null }, 'a')]], [call('a', 'f')]],
    ['no arguments', [[at(0, { name: 'f' }, 'a')]], [call('a', 'f')]],
    ['white space as arguments', [[at(0, { name: 'f', arguments: ' \n' }, 'a')]], [call('a', 'f')]],
    [
      'arguments that are not JSON',
      [[at(0, { name: 'f', arguments: '{"x":' }, 'a')]],
      [{ id: 'a', name: 'f', arguments: undefined, rawArguments: '{"x":' }],
    ],
    [
      'arguments that are JSON, but not an object',
      [[at(0, { name: 'f', arguments: '[1]' }, 'a')]],
      [call('a', 'f', [1])],
    ],
    [
      'no index and the id on each fragment',
      [[at(undefined, { name: 'f', arguments: '{"x"' }, 'a')], [at(undefined, { arguments: ':1}' }, 'a')]],
      [withWireId],
    ],
    [
      'no index and the id on the first fragment only',
      [[at(undefined, { name: 'f', arguments: '{"x"' }, 'a')], [at(undefined, { arguments: ':1}' })]],
      [withWireId],
    ],
    [
      'no index and no id',
      [[at(undefined, { name: 'f', arguments: '{"x"' })], [at(undefined, { arguments: ':1}' })]],
      [withMadeId],
    ],
    [
      'no index and the name on each fragment',
      [[at(undefined, { name: 'f', arguments: '{"x"' })], [at(undefined, { name: 'f', arguments: ':1}' })]],
      [withMadeId],
    ],
    [
      'no index and two calls per chunk, matched by position',
      [
        [at(undefined, { name: 'f', arguments: '{"x"' }, 'a'), at(undefined, { name: 'g', arguments: '{"y"' }, 'b')],
        [at(undefined, { arguments: ':1}' }), at(undefined, { arguments: ':2}' })],
      ],
      [withWireId, call('b', 'g', { y: 2 })],
    ],
    [
      'no index and ids on first fragments only, one call after another',
      [
        [at(undefined, { name: 'f', arguments: '' }, 'a')],
        [at(undefined, { arguments: '{"x":' })],
        [at(undefined, { arguments: '1}' })],
        [at(undefined, { name: 'g', arguments: '' }, 'b')],
        [at(undefined, { arguments: '{"y":' })],
        [at(undefined, { arguments: '2}' })],
      ],
      [withWireId, call('b', 'g', { y: 2 })],
    ],
    [
      'no index and no id, one complete call after another',
      [[at(undefined, { name: 'f', arguments: '{"x":1}' })], [at(undefined, { name: 'g', arguments: '{"y":2}' })]],
      [withMadeId, call('call_2', 'g', { y: 2 })],
    ],
    [
      'no index and no id, one call without arguments after another',
      [[at(undefined, { name: 'f', arguments: '' })], [at(undefined, { name: 'g', arguments: '' })]],
      [call('call_1', 'f'), call('call_2', 'g')],
    ],
    [
      'no index and no id, two calls of one tool per chunk',
      [[at(undefined, { name: 'f', arguments: '{"x":1}' }), at(undefined, { name: 'f', arguments: '{"x":2}' })]],
      [withMadeId, call('call_2', 'f', { x: 2 })],
    ],
    [
      'index 0 for all parallel calls',
      [
        [at(0, { name: 'f', arguments: '' }, 'a')],
        [at(0, { arguments: '{"x":1}' })],
        [at(0, { name: 'g', arguments: '' }, 'b')],
        [at(0, { arguments: '{"y":2}' })],
      ],
      [withWireId, call('b', 'g', { y: 2 })],
    ],
    [
      'index 0 for all parallel calls and no ids',
      [[at(0, { name: 'f', arguments: '{"x":1}' })], [at(0, { name: 'g', arguments: '{"y":2}' })]],
      [withMadeId, call('call_2', 'g', { y: 2 })],
    ],
    [
      'one id for two complete calls',
      [
        [
          at(undefined, { name: 'f', arguments: '{"x":1}' }, '0'),
          at(undefined, { name: 'g', arguments: '{"y":2}' }, '0'),
        ],
      ],
      [call('0', 'f', { x: 1 }), call('call_2', 'g', { y: 2 })],
    ],
    [
      'an entry without name and index before a complete one',
      [[at(undefined, { arguments: '{}' }), at(undefined, { name: 'f', arguments: '{"x":1}' }, 'a')]],
      [withWireId],
    ],
    [
      'an entry without a name before a complete one',
      [[at(0, { arguments: '{}' }), at(1, { name: 'f', arguments: '{"x":1}' }, 'a')]],
      [withWireId],
    ],
  ])('assembles calls from fragments with %s', (_, chunks, calls) => {
    expect(accumulate(...chunks).calls).toEqual(calls)
  })

  it('gives each call an id of its own when the server repeats or omits ids', () => {
    const { calls } = accumulate(
      [at(0, { name: 'f', arguments: '{}' }, 'call_2')],
      [at(1, { name: 'g', arguments: '{}' })],
      [at(2, { name: 'h', arguments: '{}' }, 'x')],
      [at(3, { name: 'i', arguments: '{}' }, 'x')],
    )
    expect(calls.map(({ id }) => id)).toEqual(['call_2', 'call_3', 'x', 'call_4'])
  })

  it('keeps the raw arguments as the model wrote them', () => {
    const { calls } = accumulate([at(0, { name: 'f', arguments: '{"x": 9007199254740993}' }, 'a')])
    expect(calls[0]!.rawArguments).toBe('{"x": 9007199254740993}')
  })

  it('emits arguments that arrived before the name together with it', () => {
    const { events } = accumulate([at(0, { arguments: '{"x"' }, 'a')], [at(0, { name: 'f', arguments: ':1}' })])
    expect(events).toEqual([
      { type: 'tool-call-start', index: 0, id: 'a', name: 'f' },
      { type: 'tool-call-delta', index: 0, id: 'a', argumentsDelta: '{"x":1}' },
    ])
  })

  it('emits nothing for an entry that never gets a name', () => {
    expect(accumulate([at(0, { arguments: '{"x"' }, 'a')], [at(0, { arguments: ':1}' })]).events).toEqual([])
  })

  it('emits the id that a call started with, although the server sends another one later', () => {
    const { events, calls } = accumulate([at(0, { name: 'f', arguments: '{' })], [at(0, { arguments: '}' }, 'late')])
    expect(events.map(({ id }) => id)).toEqual(['call_1', 'call_1', 'call_1'])
    expect(calls[0]!.id).toBe('call_1')
  })

  it('emits no delta for an empty fragment', () => {
    const { events } = accumulate([at(0, { name: 'f', arguments: '' }, 'a')], [at(0, { arguments: '' })], [])
    expect(events).toEqual([{ type: 'tool-call-start', index: 0, id: 'a', name: 'f' }])
  })

  it('is empty until a call has a name', () => {
    const accumulator = new ToolCallAccumulator()
    expect(accumulator.isEmpty).toBe(true)
    accumulator.push([at(0, { arguments: '{}' })])
    expect(accumulator.isEmpty).toBe(true)
    accumulator.push([at(0, { name: 'f' })])
    expect(accumulator.isEmpty).toBe(false)
  })
})

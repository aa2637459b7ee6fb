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
    [
      'an empty list as arguments, as PHP writes an empty object',
      [[at(0, { name: 'f', arguments: [] }, 'a')]],
      [call('a', 'f')],
    ],
    ['a list as arguments', [[at(0, { name: 'f', arguments: [1] }, 'a')]], [call('a', 'f', [1])]],
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
    [
      'no index and the id on each fragment, two calls mixed',
      [
        [at(undefined, { name: 'f', arguments: '{"x":' }, 'a')],
        [at(undefined, { name: 'g', arguments: '{"y":' }, 'b')],
        [at(undefined, { arguments: '1}' }, 'a')],
        [at(undefined, { arguments: '2}' }, 'b')],
      ],
      [withWireId, call('b', 'g', { y: 2 })],
    ],
    [
      'no index and another id on each fragment',
      [[at(undefined, { name: 'f', arguments: '{"x"' }, 'a')], [at(undefined, { arguments: ':1}' }, 'b')]],
      [withWireId],
    ],
    [
      'no index and one id for a call after another',
      [
        [at(undefined, { name: 'f', arguments: '{"x":1}' }, 'a')],
        [at(undefined, { name: 'g', arguments: '{"y":' }, 'a')],
        [at(undefined, { arguments: '2}' }, 'a')],
      ],
      [withWireId, call('call_2', 'g', { y: 2 })],
    ],
    [
      'no index, and the name after the arguments of a second call',
      [
        [at(undefined, { name: 'f', arguments: '{"x":1}' }, 'a')],
        [at(undefined, { arguments: '{"y":2}' }, 'b')],
        [at(undefined, { name: 'g' }, 'b')],
      ],
      [withWireId, call('b', 'g', { y: 2 })],
    ],
    [
      'no index, and an id only from the second call on',
      [
        [at(undefined, { name: 'f', arguments: '{"x":1}' })],
        [at(undefined, { arguments: '{"y":2}' }, 'b')],
        [at(undefined, { name: 'g' }, 'b')],
      ],
      [withMadeId, call('b', 'g', { y: 2 })],
    ],
    [
      'no index, after an entry with nothing but an id',
      [[at(undefined, {}, 'a')], [at(undefined, { arguments: '{"y":2}' }, 'b')], [at(undefined, { name: 'g' }, 'b')]],
      [call('b', 'g', { y: 2 })],
    ],
    [
      'no index on the first fragment only',
      [[at(undefined, { name: 'f', arguments: '{"x"' }, 'a')], [at(0, { arguments: ':1}' })]],
      [withWireId],
    ],
    [
      'no index on a first, complete call',
      [
        [at(undefined, { name: 'f', arguments: '{"x":1}' }, 'a')],
        [at(1, { arguments: '{"y":2}' })],
        [at(1, { name: 'g' })],
      ],
      [withWireId, call('call_2', 'g', { y: 2 })],
    ],
    [
      'an index, of which the second call gets its name last',
      [
        [at(0, { name: 'f', arguments: '{"x":' }, 'a')],
        [at(1, { arguments: '{"y":2}' })],
        [at(1, { name: 'g' })],
        [at(0, { arguments: '1}' })],
      ],
      [withWireId, call('call_2', 'g', { y: 2 })],
    ],
    [
      'no index on a first call, while a second one begins with its id',
      [
        [at(undefined, { name: 'f', arguments: '{"x":' }, 'a')],
        [at(1, {}, 'b')],
        [at(1, { name: 'g', arguments: '{"y":2}' })],
        [at(undefined, { arguments: '1}' }, 'a')],
      ],
      [withWireId, call('b', 'g', { y: 2 })],
    ],
    [
      'index 0 for two calls of one tool',
      [
        [at(0, { name: 'f', arguments: '' }, 'a')],
        [at(0, { arguments: '{"x":1}' })],
        [at(0, { name: 'f', arguments: '' }, 'b')],
        [at(0, { arguments: '{"x":2}' })],
      ],
      [withWireId, call('b', 'f', { x: 2 })],
    ],
    [
      'index 0 for two calls of one tool and no ids',
      [[at(0, { name: 'f', arguments: '{"x":1}' })], [at(0, { name: 'f', arguments: '{"x":2}' })]],
      [withMadeId, call('call_2', 'f', { x: 2 })],
    ],
    [
      'index 0 for two equal calls and no ids',
      [[at(0, { name: 'f', arguments: '{"x":1}' })], [at(0, { name: 'f', arguments: '{"x":1}' })]],
      [withMadeId, call('call_2', 'f', { x: 1 })],
    ],
    [
      'index 0 for two calls and no ids, the second without arguments',
      [[at(0, { name: 'f', arguments: '{"x":1}' })], [at(0, { name: 'f', arguments: '{}' })]],
      [withMadeId, call('call_2', 'f')],
    ],
    [
      'index 0 for two calls and no ids, the first without arguments',
      [[at(0, { name: 'f', arguments: '{}' })], [at(0, { name: 'f', arguments: '{"x":1}' })]],
      [call('call_1', 'f'), call('call_2', 'f', { x: 1 })],
    ],
    [
      'one id for two equal calls in a chunk',
      [[at(0, { name: 'f', arguments: '{"x":1}' }, 'a'), at(1, { name: 'f', arguments: '{"x":1}' }, 'a')]],
      [withWireId, call('call_2', 'f', { x: 1 })],
    ],
    [
      'one id for two calls, of which the first has no arguments',
      [[at(0, { name: 'f', arguments: '{}' }, 'a')], [at(1, { arguments: '{"y":2}' }, 'a')], [at(1, { name: 'g' })]],
      [call('a', 'f'), call('call_2', 'g', { y: 2 })],
    ],
    [
      'one id for two calls of one tool, the second in parts',
      [
        [at(0, { name: 'f', arguments: '{"x":1}' }, 'a')],
        [at(1, { name: 'f', arguments: '' }, 'a')],
        [at(1, { arguments: '{"x":2}' })],
      ],
      [withWireId, call('call_2', 'f', { x: 2 })],
    ],
    [
      'an empty object after complete arguments, with or without the name',
      [
        [at(0, { name: 'f', arguments: '{"x":1}' }, 'a')],
        [at(0, { arguments: ' {}\n' })],
        [at(0, { name: 'f', arguments: ' {}' }, 'a')],
        [at(0, { name: 'f', arguments: ' ' })],
      ],
      [withWireId],
    ],
    [
      'an empty object before the arguments',
      [[at(0, { name: 'f', arguments: '{}' }, 'a')], [at(0, { arguments: '\n{"x":1}' })]],
      [call('a', 'f', { x: 1 })],
    ],
    [
      'a brace after an empty object',
      [[at(0, { name: 'f', arguments: '{}' }, 'a')], [at(0, { arguments: '}' })]],
      [{ id: 'a', name: 'f', arguments: undefined, rawArguments: '{}}' }],
    ],
    [
      'another object after complete arguments',
      [[at(0, { name: 'f', arguments: '{"x":1}' }, 'a')], [at(0, { arguments: '{"x":2}' })]],
      [{ id: 'a', name: 'f', arguments: undefined, rawArguments: '{"x":1}{"x":2}' }],
    ],
    [
      'a nested object at the end of arguments that are cut',
      [[at(0, { name: 'f', arguments: '{"x": ' }, 'a')], [at(0, { arguments: '{"y":2}' })]],
      [{ id: 'a', name: 'f', arguments: undefined, rawArguments: '{"x": {"y":2}' }],
    ],
    [
      'all arguments so far',
      [
        [at(0, { name: 'f', arguments: '{"x"' }, 'a')],
        [at(0, { arguments: '{"x":' })],
        [at(0, { arguments: '{"x":1}' })],
      ],
      [withWireId],
    ],
    [
      'all arguments so far, cut within a string',
      [
        [at(0, { name: 'f', arguments: '{"x":"b' }, 'a')],
        [at(0, { arguments: '{"x":"be' })],
        [at(0, { arguments: '{"x":"bee"}' })],
      ],
      [call('a', 'f', { x: 'bee' })],
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

  it('knows that a call has no name, but does not count an entry without anything', () => {
    const accumulator = new ToolCallAccumulator()
    accumulator.push([at(0, { name: 'f', arguments: '{}' }, 'a'), at(1, {})])
    expect(accumulator.hasNameless).toBe(false)
    accumulator.push([at(2, { arguments: '{"x":1}' })])
    expect(accumulator.hasNameless).toBe(true)
  })

  it('does not take white space under another index for a call', () => {
    const accumulator = new ToolCallAccumulator()
    accumulator.push([at(0, { name: 'f', arguments: '{"x":1}' }, 'a')])
    accumulator.push([at(1, { arguments: ' ' }, 'a')])
    expect([accumulator.hasNameless, accumulator.finish()]).toMatchObject([false, [{ arguments: { x: 1 } }]])
  })

  it('counts the characters of ids, names and arguments', () => {
    const accumulator = new ToolCallAccumulator(['get_weather'])
    accumulator.push([at(0, { name: 'get', arguments: '{"x":' }, 'a1')])
    accumulator.push([at(0, { name: 'get_weather', arguments: '1}' })])
    expect(accumulator).toHaveLength('a1get_weather{"x":1}'.length)
  })

  it('emits what the last fragment adds to the arguments that it repeats', () => {
    const deltasOf = (isLast?: boolean) => {
      const accumulator = new ToolCallAccumulator()
      accumulator.push([at(0, { name: 'f', arguments: '{"x":1' }, 'a')])
      const events = accumulator.push([at(0, { arguments: '{"x":1}' })], isLast)
      return events.map((event) => (event.type === 'tool-call-delta' ? event.argumentsDelta : ''))
    }
    expect(deltasOf(true)).toEqual(['}'])
    // Before the end, it can be a nested object.
    expect(deltasOf()).toEqual(['{"x":1}'])
  })

  it('holds a name back that can grow, until a fragment without a name', () => {
    const accumulator = new ToolCallAccumulator(['get', 'get_weather'])
    expect(accumulator.push([at(0, { name: 'get', arguments: '' }, 'a')])).toEqual([])
    expect(accumulator.push([at(0, { arguments: '{}' })])).toMatchObject([{ name: 'get' }, { argumentsDelta: '{}' }])
  })
})

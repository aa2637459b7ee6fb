import { describe, expect, it } from 'vitest'
import { choiceOf, completeMessage, streamDeltas, streamFrames } from '../helpers/completions.js'
import { rejectionOf } from '../helpers/provider-errors.js'

interface Entry {
  readonly index?: unknown
  readonly id?: unknown
  readonly function?: unknown
}

const tool = (name: string) => ({ name, parameters: { type: 'object' } })
const withTools = (...names: string[]) => ({ request: { tools: names.map(tool) } })
const fragment = (fn: unknown, rest: object = {}): Entry => ({ index: 0, function: fn, ...rest })
const oban = { name: 'get_weather', arguments: { city: 'Oban' } }

/** Streams tool calls, one list of fragments per chunk. */
const streamCalls = (chunks: readonly (readonly unknown[])[], settings: Parameters<typeof streamDeltas>[2]) =>
  streamDeltas(
    chunks.map((calls) => ({ tool_calls: calls })),
    'tool_calls',
    settings,
  )

describe('a tool call whose fragments have several indexes', () => {
  const first = { index: 0, id: 'call_ab', function: { name: 'get_weather', arguments: '{"ci' } }

  it.each<[string, Entry[]]>([
    [
      'and one id',
      [
        first,
        { index: 1, id: 'call_ab', function: { arguments: 'ty":"O' } },
        { index: 1, id: 'call_ab', function: { arguments: 'ban"}' } },
      ],
    ],
    [
      'one on each fragment',
      [
        first,
        { index: 1, id: 'call_ab', function: { arguments: 'ty":' } },
        { index: 2, id: 'call_ab', function: { arguments: '"Oban"' } },
        { index: 3, id: 'call_ab', function: { arguments: '}' } },
        { index: 4, id: 'call_ab', function: { arguments: '' } },
      ],
    ],
    [
      'with the id on the first of each',
      [
        first,
        { index: 1, id: 'call_ab', function: { arguments: 'ty":"O' } },
        { index: 1, function: { arguments: 'ban"}' } },
      ],
    ],
    [
      'with the name on each',
      [
        { index: 0, id: 'call_ab', function: { name: 'get_weather', arguments: '' } },
        { index: 1, id: 'call_ab', function: { name: 'get_weather', arguments: '{"city"' } },
        { index: 2, id: 'call_ab', function: { name: 'get_weather', arguments: ':"Oban"}' } },
      ],
    ],
    [
      'and a name in pieces',
      [
        { index: 0, id: 'call_ab', function: { name: 'get_wea', arguments: '' } },
        { index: 1, id: 'call_ab', function: { name: 'ther', arguments: '{"city"' } },
        { index: 2, id: 'call_ab', function: { arguments: ':"Oban"}' } },
      ],
    ],
  ])('%s is one call', async (_, entries) => {
    const { response, events, error } = await streamCalls(
      entries.map((entry) => [entry]),
      withTools('get_weather', 'get_tide'),
    )
    expect(error).toBeUndefined()
    expect(response?.toolCalls).toMatchObject([{ id: 'call_ab', ...oban }])
    expect(events.filter(({ type }) => type === 'tool-call-start')).toHaveLength(1)
  })

  it('is one call beside another that comes in between', async () => {
    const { response } = await streamCalls(
      [
        [first],
        [{ index: 1, id: 'call_cd', function: { name: 'get_tide', arguments: '{"port"' } }],
        [{ index: 2, id: 'call_ab', function: { arguments: 'ty":"Oban"}' } }],
        [{ index: 3, id: 'call_cd', function: { arguments: ':1}' } }],
      ],
      withTools('get_weather', 'get_tide'),
    )
    expect(response?.toolCalls).toMatchObject([oban, { id: 'call_cd', name: 'get_tide', arguments: { port: 1 } }])
  })

  it('is not one call with another tool, or after complete arguments', async () => {
    const { response } = await streamCalls(
      [
        [{ index: 0, id: 'x', function: { name: 'get_weather', arguments: '{"city":"Oban"}' } }],
        [{ index: 1, id: 'x', function: { name: 'get_tide', arguments: '{"port":1}' } }],
        [{ index: 2, id: 'x', function: { name: 'get_tide', arguments: '{"port":2}' } }],
      ],
      withTools('get_weather', 'get_tide'),
    )
    expect(response?.toolCalls).toMatchObject([oban, { arguments: { port: 1 } }, { arguments: { port: 2 } }])
  })
})

describe('the arguments of a tool call', () => {
  it.each([
    { id: 'a', function: { name: 'get_weather', parameters: { city: 'Oban' } } },
    { id: 'a', function: { name: 'get_weather', arguments: null, parameters: '{"city":"Oban"}' } },
    { id: 'a', name: 'get_weather', parameters: { city: 'Oban' } },
    { id: 'a', name: 'get_weather', input: { city: 'Oban' } },
  ])('are read under another name: %j', async (entry) => {
    const { response } = await streamCalls([[entry]], withTools('get_weather'))
    expect(response?.toolCalls).toMatchObject([oban])
    const whole = await completeMessage({ content: '', tool_calls: [entry] }, 'tool_calls')
    expect(whole.toolCalls).toMatchObject([oban])
  })
})

describe('the name of a tool call', () => {
  it.each<[string, Entry[]]>([
    [
      'in two pieces',
      [
        fragment({ name: 'get_wea', arguments: '{"ci' }, { id: 'call_ab' }),
        fragment({ name: 'ther', arguments: 'ty":"Oban"}' }),
      ],
    ],
    [
      'in pieces without an index',
      [
        { id: 'call_ab', function: { name: 'get_', arguments: '' } },
        { function: { name: 'wea', arguments: '{"city"' } },
        { function: { name: 'ther', arguments: ':"Oban"}' } },
      ],
    ],
    [
      'in pieces with the id on each',
      [
        fragment({ name: 'get_wea' }, { id: 'a' }),
        fragment({ name: 'ther', arguments: '{"city":"Oban"}' }, { id: 'a' }),
      ],
    ],
    [
      'that grows',
      [fragment({ name: 'get_wea' }, { id: 'a' }), fragment({ name: 'get_weather', arguments: '{"city":"Oban"}' })],
    ],
    [
      'that arrives late',
      [fragment({ arguments: '{"city":' }, { id: 'a' }), fragment({ name: 'get_weather', arguments: '"Oban"}' })],
    ],
    [
      'on each fragment',
      [
        fragment({ name: 'get_weather', arguments: '{"city"' }, { id: 'a' }),
        fragment({ name: 'get_weather', arguments: ':"Oban"' }),
        fragment({ name: 'get_weather', arguments: '}' }),
      ],
    ],
  ])('%s makes one call', async (_, entries) => {
    const { response, events } = await streamCalls(
      entries.map((entry) => [entry]),
      withTools('get_weather', 'get_tide'),
    )
    expect(response?.toolCalls).toMatchObject([oban])
    expect(events.filter(({ type }) => type === 'tool-call-start')).toMatchObject([{ name: 'get_weather', index: 0 }])
    const deltas = events.map((event) => (event.type === 'tool-call-delta' ? event.argumentsDelta : ''))
    expect(deltas.join('')).toBe('{"city":"Oban"}')
  })

  it('in pieces is told from the names of two interleaved calls', async () => {
    const { response } = await streamCalls(
      [
        [fragment({ name: 'get_wea' }), { index: 1, function: { name: 'get_' } }],
        [fragment({ name: 'ther', arguments: '{}' }), { index: 1, function: { name: 'tide', arguments: '{}' } }],
      ],
      withTools('get_weather', 'get_tide'),
    )
    expect(response?.toolCalls.map(({ name }) => name)).toEqual(['get_weather', 'get_tide'])
  })

  it('that also begins another name is settled by the next fragment', async () => {
    const short = await streamCalls(
      [[fragment({ name: 'get' })], [fragment({ arguments: '{"x"' })], [fragment({ arguments: ':1}' })]],
      withTools('get', 'get_weather'),
    )
    expect(short.response?.toolCalls).toMatchObject([{ name: 'get', arguments: { x: 1 } }])
    expect(short.events.filter(({ type }) => type.startsWith('tool-call-'))).toHaveLength(3)
    const long = await streamCalls(
      [[fragment({ name: 'get' })], [fragment({ name: '_weather', arguments: '{}' })]],
      withTools('get', 'get_weather'),
    )
    expect(long.response?.toolCalls).toMatchObject([{ name: 'get_weather' }])
  })

  it('that also begins another name is settled by the end', async () => {
    const { response, events } = await streamCalls([[fragment({ name: 'get' })]], withTools('get', 'get_weather'))
    expect(response?.toolCalls).toMatchObject([{ name: 'get', arguments: {} }])
    expect(events.map(({ type }) => type)).toContain('tool-call-start')
  })

  it('does not grow without end', async () => {
    const name = `x${'a'.repeat(399)}`
    const { response } = await streamCalls(
      [[fragment({ name: name.slice(0, 300) })], [fragment({ name: name.slice(300) })]],
      withTools(name),
    )
    expect(response?.toolCalls.map((call) => call.name.length)).toEqual([300])
  })

  it('in the spelling of LM Studio is a known name', async () => {
    const { response } = await streamCalls(
      [[fragment({ name: 'get_weather', arguments: '{}' })], [fragment({ name: 'get_tide', arguments: '{}' })]],
      withTools('getWeather', 'getTide'),
    )
    expect(response?.toolCalls.map(({ name }) => name)).toEqual(['get_weather', 'get_tide'])
  })

  it('that is unknown begins another call after complete arguments', async () => {
    const { response } = await streamCalls(
      [[fragment({ name: 'get_weather', arguments: '{}' })], [fragment({ name: 'get_time', arguments: '{}' })]],
      withTools('get_weather'),
    )
    expect(response?.toolCalls.map(({ name }) => name)).toEqual(['get_weather', 'get_time'])
  })
})

describe('the arguments of a tool call', () => {
  const first = fragment({ name: 'get_weather', arguments: '{"city"' }, { id: 'a' })
  const rest = fragment({ arguments: ':"Oban"}' })

  it.each<[string, Entry]>([
    ['without the name', fragment({ arguments: '{"city":"Oban"}' })],
    ['with the name', fragment({ name: 'get_weather', arguments: '{"city":"Oban"}' })],
    ['with name and id', fragment({ name: 'get_weather', arguments: '{"city":"Oban"}' }, { id: 'a' })],
    ['in another layout', fragment({ arguments: '{"city": "Oban"}\n' })],
    ['as an object', fragment({ arguments: { city: 'Oban' } })],
  ])('are not appended when the last chunk repeats them whole %s', async (_, last) => {
    const settings = withTools('get_weather')
    const { response } = await streamCalls([[first], [rest], [last]], settings)
    expect(response?.toolCalls).toMatchObject([{ id: 'a', ...oban }])
    const frames = [[first], [rest]].map((calls) => choiceOf({ delta: { tool_calls: calls } }))
    const ending = choiceOf({ delta: { tool_calls: [last] }, finish_reason: 'tool_calls' })
    const { response: ended } = await streamFrames([...frames, ending], settings)
    expect(ended?.toolCalls).toMatchObject([{ id: 'a', ...oban }])
  })

  it('are completed by a last chunk that holds them whole', async () => {
    const whole = fragment({ arguments: '{"city":"Oban"}' })
    const { response } = await streamFrames([
      choiceOf({ delta: { tool_calls: [first] } }),
      choiceOf({ delta: { tool_calls: [whole] }, finish_reason: 'tool_calls' }),
    ])
    expect(response?.toolCalls).toMatchObject([{ id: 'a', ...oban }])
  })

  it('replace the empty object that some servers send first', async () => {
    const { response } = await streamCalls(
      [[fragment({ name: 'get_weather', arguments: '{}' }, { id: 'a' })], [first], [rest]],
      withTools('get_weather'),
    )
    expect(response?.toolCalls).toMatchObject([{ id: 'a', ...oban }])
  })

  it.each<[string, unknown, unknown]>([
    ['an object', { city: 'Oban' }, { city: 'Oban' }],
    ['null', null, {}],
    ['an empty list', [], {}],
    ['a number', 7, {}],
    ['no field', undefined, {}],
  ])('are read from %s, whole and in a stream', async (_, value, expected) => {
    const call = fragment({ name: 'get_weather', arguments: value }, { id: 'a' })
    const whole = await completeMessage({ content: null, tool_calls: [call] }, 'tool_calls')
    expect(whole.toolCalls).toMatchObject([{ id: 'a', name: 'get_weather', arguments: expected }])
    expect((await streamCalls([[call]], {})).response?.toolCalls).toEqual(whole.toolCalls)
  })

  it('are read beside the name, without an object for the function', async () => {
    const call = { id: 'a', type: 'function', name: 'get_weather', arguments: '{"city":"Oban"}' }
    const { toolCalls } = await completeMessage({ tool_calls: [call] }, 'tool_calls')
    expect(toolCalls).toMatchObject([{ id: 'a', ...oban }])
  })

  it('are read from a single call that is not in a list', async () => {
    const call = { id: 'a', function: { name: 'get_weather', arguments: '{"city":"Oban"}' } }
    const { toolCalls } = await completeMessage({ tool_calls: call }, 'tool_calls')
    expect(toolCalls).toMatchObject([{ id: 'a', ...oban }])
  })
})

describe('the legacy `function_call`', () => {
  it('is a tool call, whole and in pieces', async () => {
    const call = { name: 'get_weather', arguments: '{"city":"Oban"}' }
    const whole = await completeMessage({ content: null, function_call: call }, 'function_call')
    expect(whole).toMatchObject({ toolCalls: [{ id: 'call_1', ...oban }], finishReason: 'tool-calls' })
    const deltas = [
      { function_call: { name: 'get_weather', arguments: '' } },
      { function_call: { arguments: '{"city"' } },
      { function_call: { arguments: ':"Oban"}' } },
    ]
    expect((await streamDeltas(deltas, 'function_call')).response?.toolCalls).toEqual(whole.toolCalls)
  })

  it('is ignored if it is null', async () => {
    expect(await completeMessage({ content: 'Seven.', function_call: null })).toMatchObject({ toolCalls: [] })
  })
})

describe('a tool call that got lost', () => {
  const good = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }

  it.each<[string, object, string]>([
    ['no entry', {}, 'tool_calls'],
    ['no entry, but a text', { content: 'Let me look.' }, 'tool_calls'],
    ['an empty list', { tool_calls: [] }, 'tool_calls'],
    ['null as the entry', { tool_calls: [null] }, 'tool_calls'],
    ['an entry without a function', { tool_calls: [{ index: 0, id: 'a', type: 'function' }] }, 'tool_calls'],
    ['an entry without a function at a normal end', { content: 'x', tool_calls: [{ index: 0, id: 'a' }] }, 'stop'],
    ['an empty name', { tool_calls: [{ index: 0, id: 'a', function: { name: '', arguments: '{}' } }] }, 'tool_calls'],
    ['a name of another type', { tool_calls: [{ index: 0, id: 'a', function: { name: 7 } }] }, 'tool_calls'],
    ['a second entry without a name', { tool_calls: [good, { index: 1, id: 'b', function: null }] }, 'tool_calls'],
    ['no legacy call', { content: '' }, 'function_call'],
    ['a legacy call without a name', { function_call: { arguments: '{}' } }, 'function_call'],
  ])('is an error with the partial response: %s', async (_, message, finishReason) => {
    const partial = { text: (message as { content?: string }).content ?? '' }
    const expected = { name: 'InvalidResponseError', code: 'tool-call-lost', partial }
    expect(await rejectionOf(completeMessage(message, finishReason))).toMatchObject(expected)
    expect((await streamDeltas([message], finishReason)).error).toMatchObject(expected)
  })

  it('keeps the other calls in the partial response', async () => {
    const message = { tool_calls: [good, { index: 1, id: 'b', function: null }] }
    expect(await rejectionOf(completeMessage(message, 'tool_calls'))).toMatchObject({
      partial: { toolCalls: [{ id: 'a', name: 'f' }] },
    })
  })

  it('is not an error in a response that was cut off, or for an empty entry beside a good one', async () => {
    const cut = { content: 'x', tool_calls: [{ index: 0, id: 'a' }] }
    expect(await completeMessage(cut, 'length')).toMatchObject({ text: 'x', finishReason: 'length' })
    expect((await completeMessage({ tool_calls: [good, {}] }, 'tool_calls')).toolCalls).toHaveLength(1)
  })
})

describe('a tool call that a stream repeats', () => {
  const first = fragment({ name: 'get_weather', arguments: '{"city":"Oban"}' }, { id: 'a' })

  it.each<[string, Entry[]]>([
    ['under another index', [first, { ...first, index: 1 }]],
    [
      'under another index, in other words',
      [first, { index: 1, id: 'a', function: { name: 'get_weather', arguments: '{ "city": "Oban" }' } }],
    ],
    [
      'under another index that later fragments name',
      [first, { ...first, index: 1 }, { index: 1, function: { arguments: '' } }],
    ],
    ['with empty arguments', [first, fragment({ name: 'get_weather', arguments: '{}' }, { id: 'a' })]],
    ['with empty arguments and no name', [first, fragment({ arguments: '{}' }, { id: 'a' })]],
  ])('%s is one call', async (_, entries) => {
    const { response, events } = await streamCalls(
      entries.map((entry) => [entry]),
      withTools('get_weather'),
    )
    expect(response?.toolCalls).toEqual([{ id: 'a', ...oban, rawArguments: '{"city":"Oban"}' }])
    expect(events.filter(({ type }) => type === 'tool-call-start')).toHaveLength(1)
    expect(events.filter(({ type }) => type === 'tool-call-delta')).toHaveLength(1)
  })

  it('is two calls where the arguments or the ids differ', async () => {
    const other = { index: 1, id: 'a', function: { name: 'get_weather', arguments: '{"city":"Skye"}' } }
    const { response } = await streamCalls(
      [[first], [other], [{ ...first, index: 2, id: 'b' }]],
      withTools('get_weather'),
    )
    expect(response?.toolCalls.map(({ rawArguments }) => rawArguments)).toEqual([
      '{"city":"Oban"}',
      '{"city":"Skye"}',
      '{"city":"Oban"}',
    ])
  })
})

describe('the arguments of a tool call', () => {
  const calls = (pieces: readonly string[]) =>
    streamCalls(
      pieces.map((text, position) => [
        position === 0
          ? fragment({ name: 'get_weather', arguments: text }, { id: 'a' })
          : fragment({ arguments: text }),
      ]),
      withTools('get_weather'),
    )

  it.each<[string, string[]]>([
    ['in a string', ['{"ci', '{"city":"Oban"}']],
    ['after the bracket', ['{', '{"city":"Oban"}']],
    ['in the value', ['{"city":"Ob', '{"city":"Oban"}']],
    ['several times', ['{', '{"ci', '{"city":', '{"city":"O', '{"city":"Oban"}']],
    ['and then all again', ['{"ci', '{"city":"Oban"}', '{"city":"Oban"}']],
  ])('may repeat what came before: %s', async (_, pieces) => {
    const { response, events } = await calls(pieces)
    expect(response?.toolCalls).toEqual([{ id: 'a', ...oban, rawArguments: '{"city":"Oban"}' }])
    const deltas = events.map((event) => (event.type === 'tool-call-delta' ? event.argumentsDelta : ''))
    expect(deltas.join('')).toBe('{"city":"Oban"}')
  })

  it.each<[string, string[]]>([
    ['once', ['{"city":', '{"city":"Oban"}']],
    ['twice', ['{"city":', '{"city":"Ob', '{"city":"Oban"}']],
  ])('may repeat what came before a value %s', async (_, pieces) => {
    expect((await calls(pieces)).response?.toolCalls).toEqual([{ id: 'a', ...oban, rawArguments: '{"city":"Oban"}' }])
  })

  it.each<[string, string[], unknown]>([
    ['an object in an object', ['{"a":', '{"a":1}', '}'], { a: { a: 1 } }],
    ['a name that is a bracket', ['{"', '{":1}'], { '{': 1 }],
    ['a bracket in a text', ['{"a":"', '{"b":1', '"}'], undefined],
  ])('are not cut at %s', async (_, pieces, expected) => {
    expect((await calls(pieces)).response?.toolCalls).toMatchObject([
      { arguments: expected, rawArguments: pieces.join('') },
    ])
  })

  it.each(['{"city":"Oban"}', ' {"city":"Oban"}\n'])('may be a JSON string that holds them: %j', async (text) => {
    const [wrapped] = (await calls([JSON.stringify(text)])).response?.toolCalls ?? []
    expect(wrapped).toEqual({ id: 'a', ...oban, rawArguments: '{"city":"Oban"}' })
    const entry = { id: 'a', function: { name: 'get_weather', arguments: JSON.stringify(text) } }
    const whole = await completeMessage({ tool_calls: [entry] }, 'tool_calls')
    expect(whole.toolCalls).toEqual([wrapped])
  })

  it('stay a text where the JSON string holds no object', async () => {
    const { response } = await calls(['"[1]"'])
    expect(response?.toolCalls).toMatchObject([{ arguments: '[1]', rawArguments: '"[1]"' }])
  })
})

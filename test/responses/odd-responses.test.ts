import { describe, expect, it } from 'vitest'
import { respond } from '../../src/responses/respond.js'
import type { RespondEvent, RespondResponse } from '../../src/responses/types.js'
import { json, testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import {
  completed,
  CREATED,
  lastResponse,
  messageItem,
  openRespond,
  RESPOND_REQUEST,
  respondFrame,
  RESPONSE,
  textDelta,
} from '../helpers/respond.js'

const respondTo = (body: unknown): Promise<RespondResponse> =>
  respond(testClient({ fetch: async () => json(body), maxRetries: 0 }), RESPOND_REQUEST)

/** Streams frames; returns the response, and what its deltas add up to. */
async function read(...frames: readonly string[]) {
  const { events, error } = await collect(openRespond(frames).stream)
  expect(error).toBeUndefined()
  const join = (type: 'text-delta' | 'reasoning-delta'): string =>
    events.map((event: RespondEvent) => (event.type === type ? event.text : '')).join('')
  return { response: lastResponse(events), text: join('text-delta'), reasoning: join('reasoning-delta'), events }
}

const textDone = (text: string, position: object = {}): string =>
  respondFrame('response.output_text.done', { output_index: 0, content_index: 0, ...position, text })
const added = (item: object, position: object = { output_index: 0 }): string =>
  respondFrame('response.output_item.added', { ...position, item })
const done = (item: object, position: object = { output_index: 0 }): string =>
  respondFrame('response.output_item.done', { ...position, item })
const message = (text: string, more: object = {}): object => ({
  type: 'message',
  content: [{ type: 'output_text', text }],
  ...more,
})

describe('the text of an item whose parts are counted in unusual ways', () => {
  const pieces = ['one ', 'two ', 'three']
  const whole = 'one two three'

  it.each<[string, string[]]>([
    [
      'per delta',
      [
        ...pieces.map((piece, content_index) => textDelta(piece, { content_index })),
        textDone(whole, { content_index: 3 }),
      ],
    ],
    [
      'per delta, with the complete part as the first',
      [...pieces.map((piece, content_index) => textDelta(piece, { content_index })), textDone(whole)],
    ],
    [
      'on from the reasoning',
      [...pieces.map((piece) => textDelta(piece, { content_index: 1 })), textDone(whole, { content_index: 1 })],
    ],
    [
      'for deltas only',
      [...pieces.map((piece) => textDelta(piece, { content_index: 2 })), textDone(whole, { content_index: 0 })],
    ],
    ['in complete parts only', [textDone(whole, { content_index: 4 }), textDone(whole, { content_index: 5 })]],
    [
      'per delta, each followed by itself as a part',
      pieces.flatMap((piece, content_index) => [
        textDelta(piece, { content_index }),
        textDone(piece, { content_index }),
      ]),
    ],
    [
      'in parts that are numbers of another type',
      [...pieces.map((piece) => textDelta(piece, { content_index: -1 })), textDone(whole)],
    ],
  ])('appears once: %s', async (_, frames) => {
    const { response, text } = await read(CREATED, ...frames, done(messageItem(whole)), completed([messageItem(whole)]))
    expect([response.text, text]).toEqual([whole, whole])
    expect(response.output).toEqual([{ type: 'message', id: 'msg_1', text: whole }])
  })

  it('joins the parts of an item, delivered in different ways', async () => {
    const item = {
      type: 'message',
      id: 'msg_1',
      content: ['High', ' tide', ' at 04:12.'].map((text) => ({ type: 'output_text', text })),
    }
    const { response, text } = await read(
      CREATED,
      textDelta('Hi'),
      textDone('High'),
      textDone(' tide', { content_index: 1 }),
      textDelta(' at', { content_index: 2 }),
      done(item),
      completed([item]),
    )
    expect([response.text, text]).toEqual(['High tide at 04:12.', 'High tide at 04:12.'])
  })
})

describe('a response whose deltas differ from its complete text', () => {
  it('keeps the text of the deltas, and adds nothing to it', async () => {
    const item = messageItem('{"a": 1, "b": 2}')
    const frames = [
      textDelta('{"a":1,'),
      textDelta('"b":2}'),
      textDone('{"a": 1, "b": 2}'),
      done(item),
      completed([item]),
    ]
    const { response, text } = await read(CREATED, ...frames)
    expect([response.text, text]).toEqual(['{"a":1,"b":2}', '{"a":1,"b":2}'])
    expect(response.output).toEqual([{ type: 'message', id: 'msg_1', text: '{"a":1,"b":2}' }])
  })

  const call = (more: object): object => ({ type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'now', ...more })
  const argumentsDelta = (delta: unknown): string =>
    respondFrame('response.function_call_arguments.delta', { output_index: 0, delta })

  it('keeps the arguments of the deltas', async () => {
    const item = call({ arguments: '{"a": 1}' })
    const { response } = await read(CREATED, added(call({})), argumentsDelta('{"a":1}'), done(item), completed([item]))
    expect(response.toolCalls).toEqual([{ id: 'c1', name: 'now', arguments: { a: 1 }, rawArguments: '{"a":1}' }])
  })

  it.each(['', '{}', ' { } '])('passes over arguments of %j with which a call begins', async (begin) => {
    const item = call({ arguments: '{"a":1}' })
    const deltas = ['{"a"', ':1}'].map(argumentsDelta)
    const frames = [added(call({ arguments: begin })), ...deltas, done(item), completed([item])]
    const { response, events } = await read(CREATED, ...frames)
    expect(events.flatMap((event) => (event.type === 'tool-call-delta' ? [event.argumentsDelta] : []))).toEqual([
      '{"a"',
      ':1}',
    ])
    expect(response.toolCalls).toEqual([{ id: 'c1', name: 'now', arguments: { a: 1 }, rawArguments: '{"a":1}' }])
  })

  it('uses the complete arguments where those of the deltas are not JSON', async () => {
    const item = call({ arguments: '{"a":1}' })
    const deltas = [argumentsDelta('{"a":1}'), argumentsDelta('{"a":1}')]
    const { response, events } = await read(CREATED, added(call({})), ...deltas, done(item), completed([item]))
    const toolCall = { id: 'c1', name: 'now', arguments: { a: 1 }, rawArguments: '{"a":1}' }
    expect(response.toolCalls).toEqual([toolCall])
    expect(response.output).toEqual([{ type: 'tool-call', id: 'fc_1', toolCall }])
    expect(events.find(({ type }) => type === 'tool-call')).toEqual({ type: 'tool-call', index: 0, toolCall })
  })

  it.each([[null], [undefined], [7], [[]]])('uses the complete text when one delta is %j', async (delta) => {
    const frames = [textDelta('High '), respondFrame('response.output_text.delta', { output_index: 0, delta })]
    const { response } = await read(
      CREATED,
      ...frames,
      textDelta(' 04:12.'),
      completed([messageItem('High at 04:12.')]),
    )
    expect(response.text).toBe('High at 04:12.')
    expect(response.output).toEqual([{ type: 'message', id: 'msg_1', text: 'High at 04:12.' }])
  })

  it('uses the complete arguments when one delta cannot be read', async () => {
    const item = call({ arguments: '{"a":12}' })
    const deltas = ['{"a":', 1, '2}'].map(argumentsDelta)
    const { response } = await read(CREATED, added(call({})), ...deltas, completed([item]))
    expect(response.toolCalls).toMatchObject([{ rawArguments: '{"a":12}' }])
  })
})

describe('items with few references', () => {
  const none = {}
  const nowhere = { output_index: undefined, content_index: undefined }

  it.each<[string, string[]]>([
    [
      'announced without ids and indices',
      [
        added({ type: 'message' }, none),
        textDelta('One. ', nowhere),
        done(message('One. '), none),
        added({ type: 'message' }, none),
        textDelta('Two.', nowhere),
        done(message('Two.'), none),
      ],
    ],
    [
      'never announced',
      [
        textDelta('One. ', nowhere),
        done(message('One. '), none),
        textDelta('Two.', nowhere),
        done(message('Two.'), none),
      ],
    ],
    ['complete only', [done(message('One. '), none), done(message('Two.'), none)]],
    [
      'with an id in their deltas only',
      [
        added({ type: 'message' }, none),
        textDelta('One. ', { ...nowhere, item_id: 'a' }),
        done(message('One. '), none),
        added({ type: 'message' }, none),
        textDelta('Two.', { ...nowhere, item_id: 'b' }),
        done(message('Two.'), none),
      ],
    ],
    [
      'that all have the index 0',
      [
        added({ type: 'message', id: 'a' }),
        textDelta('One. ', { item_id: 'a' }),
        done(message('One. ', { id: 'a' })),
        added({ type: 'message', id: 'b' }),
        textDelta('Two.', { item_id: 'b' }),
        done(message('Two.', { id: 'b' })),
      ],
    ],
  ])('are kept apart: %s', async (_, frames) => {
    const { response, text } = await read(CREATED, ...frames, completed())
    expect([response.text, text]).toEqual(['One. Two.', 'One. Two.'])
    expect(response.output).toMatchObject([
      { type: 'message', text: 'One. ' },
      { type: 'message', text: 'Two.' },
    ])
  })

  it('lists an item of which only deltas arrived', async () => {
    const { response } = await read(CREATED, textDelta('High', { item_id: 'msg_9' }), completed())
    expect(response.output).toEqual([{ type: 'message', id: 'msg_9', text: 'High' }])
  })

  it('keeps an item that the complete response leaves out, in its place', async () => {
    const thought = respondFrame('response.reasoning_text.delta', { output_index: 0, item_id: 'rs_1', delta: 'Hm.' })
    const frames = [thought, textDelta('High', { output_index: 1, item_id: 'msg_1' })]
    const { response } = await read(CREATED, ...frames, completed([messageItem('High')]))
    expect(response.output).toEqual([
      { type: 'reasoning', id: 'rs_1', text: 'Hm.' },
      { type: 'message', id: 'msg_1', text: 'High' },
    ])
  })

  it('reads a call of which only events about its arguments and the complete item arrived', async () => {
    const call = { type: 'function_call', call_id: 'c1', name: 'now', arguments: '{"a":1}' }
    const frames = [
      respondFrame('response.function_call_arguments.delta', { delta: '{"a"' }),
      respondFrame('response.function_call_arguments.done', { arguments: '{"a":1}' }),
      done(call, none),
    ]
    const { response } = await read(CREATED, ...frames, completed())
    expect(response.toolCalls).toEqual([{ id: 'c1', name: 'now', arguments: { a: 1 }, rawArguments: '{"a":1}' }])
    expect(response.finishReason).toBe('tool-calls')
  })

  it('reads a complete response that is the only event and has no name', async () => {
    const body = { ...RESPONSE, object: 'response', status: 'completed', output: [messageItem('High')] }
    const { response } = await read(`data: ${JSON.stringify(body)}\n\n`)
    expect(response).toMatchObject({ id: 'resp_1', text: 'High', raw: body })
  })

  it('reads a text that comes only in a complete content part', async () => {
    const part = { output_index: 0, content_index: 0, part: { type: 'output_text', text: 'High' } }
    const { response } = await read(CREATED, respondFrame('response.content_part.done', part), completed())
    expect(response.text).toBe('High')
  })

  it('reads 16,000 items without ids', async () => {
    const output = Array.from({ length: 16_000 }, (_, number) => message(`${number} `))
    const frames = output.map((item) => done(item, none))
    const { response } = await read(CREATED, ...frames, completed(output))
    expect(response.output).toHaveLength(16_000)
    expect(response.text.startsWith('0 1 2 ')).toBe(true)
    expect(response.text.endsWith('15998 15999 ')).toBe(true)
  })
})

describe('a refusal', () => {
  const words = 'I cannot help with that.'
  const refused = { text: words, finishReason: 'content-filter' }

  it.each<[string, object]>([
    ['a part of a message', { type: 'message', content: [{ type: 'refusal', refusal: words }] }],
    ['a part that calls its words text', { type: 'message', content: [{ type: 'refusal', text: words }] }],
    ['an item', { type: 'refusal', refusal: words }],
    ['a field of a message', { type: 'message', content: [], refusal: words }],
  ])('is the text of a response that a content filter ended: %s', async (_, item) => {
    const body = { ...RESPONSE, status: 'completed', output: [item] }
    expect(await respondTo(body)).toMatchObject(refused)
    const { response, text } = await read(CREATED, done(item), completed([item]))
    expect(response).toMatchObject(refused)
    expect(text).toBe(words)
  })

  it('is read from its deltas', async () => {
    const delta = respondFrame('response.refusal.delta', { output_index: 0, delta: 'I cannot ' })
    const end = respondFrame('response.refusal.done', { output_index: 0, refusal: words })
    expect((await read(CREATED, delta, end, completed())).response).toMatchObject(refused)
  })

  it('without words is not an empty success', async () => {
    const body = { ...RESPONSE, status: 'completed', output: [{ type: 'message', content: [{ type: 'refusal' }] }] }
    expect(await respondTo(body)).toMatchObject({ text: '', finishReason: 'content-filter' })
  })
})

describe('a summary of the reasoning', () => {
  const summary = [{ type: 'summary_text', text: 'Look it up.' }]

  it('is the reasoning of a response that has no other', async () => {
    const item = { id: 'rs_1', type: 'reasoning', summary, content: [] }
    const response = await respondTo({ ...RESPONSE, output: [item, messageItem('High')] })
    expect(response).toMatchObject({ reasoning: 'Look it up.', text: 'High' })
    expect(response.output[0]).toEqual({ type: 'reasoning', id: 'rs_1', text: 'Look it up.' })
  })

  it('is read without the parts that have no text', async () => {
    const item = { type: 'reasoning', summary: [{ type: 'summary_text' }, ...summary] }
    expect(await respondTo({ ...RESPONSE, output: [item, messageItem('High')] })).toMatchObject({
      reasoning: 'Look it up.',
    })
  })

  it('is left out where the response has the reasoning itself', async () => {
    const item = { id: 'rs_1', type: 'reasoning', summary, content: [{ type: 'reasoning_text', text: 'Hm.' }] }
    expect(await respondTo({ ...RESPONSE, output: [item, messageItem('High')] })).toMatchObject({ reasoning: 'Hm.' })
  })

  it('is emitted once, from deltas, complete parts and the item', async () => {
    const item = { id: 'rs_1', type: 'reasoning', summary }
    const position = { output_index: 0, item_id: 'rs_1', summary_index: 0 }
    const { response, reasoning } = await read(
      CREATED,
      respondFrame('response.reasoning_summary_part.added', { ...position, part: { type: 'summary_text', text: '' } }),
      respondFrame('response.reasoning_summary_text.delta', { ...position, delta: 'Look ' }),
      respondFrame('response.reasoning_summary_text.done', { ...position, text: 'Look it up.' }),
      respondFrame('response.reasoning_summary_part.done', { ...position, part: summary[0] }),
      done(item),
      textDelta('High', { output_index: 1 }),
      completed([item, messageItem('High')]),
    )
    expect([response.reasoning, reasoning]).toEqual(['Look it up.', 'Look it up.'])
  })

  it('is not mixed with the reasoning that follows it', async () => {
    const item = { id: 'rs_1', type: 'reasoning', summary, content: [{ type: 'reasoning_text', text: 'Hm.' }] }
    const { response, reasoning } = await read(
      CREATED,
      respondFrame('response.reasoning_text.delta', { output_index: 0, delta: 'Hm' }),
      respondFrame('response.reasoning_summary_text.delta', { output_index: 0, delta: 'Look it up.' }),
      done(item),
      completed([item, messageItem('High')]),
    )
    expect([response.reasoning, reasoning]).toEqual(['Hm.', 'Hm.'])
  })
})

describe('a response that ended without success', () => {
  const half = { error: null, output: [messageItem('Hal')] }

  it.each<[string, object, string]>([
    ['failed', { status: 'failed' }, 'The response failed.'],
    ['cancelled', { status: 'cancelled' }, 'The response was canceled.'],
    ['canceled', { status: 'canceled' }, 'The response was canceled.'],
  ])('rejects with what arrived: %s', async (_, fields, serverMessage) => {
    const expected = { name: 'ApiError', serverMessage, partial: { id: 'resp_1', text: 'Hal' } }
    expect(await rejectionOf(respondTo({ ...RESPONSE, ...half, ...fields }))).toMatchObject(expected)
    const { error } = await collect(openRespond([CREATED, completed(half.output, fields)]).stream)
    expect(error).toMatchObject(expected)
  })

  it.each(['response.failed', 'response.cancelled', 'response.canceled'])(
    'rejects at %s with what arrived',
    async (name) => {
      const response = { ...RESPONSE, ...half, status: 'in_progress' }
      const { error } = await collect(openRespond([CREATED, respondFrame(name, { response })]).stream)
      expect(error).toMatchObject({ name: 'ApiError', partial: { text: 'Hal' } })
    },
  )

  it('rejects a completed response that carries an error', async () => {
    const fields = { error: { code: 'server_error', message: 'Compute error.' } }
    const { error } = await collect(openRespond([CREATED, completed(half.output, fields)]).stream)
    expect(error).toMatchObject({ name: 'ModelLoadError', partial: { text: 'Hal' } })
  })

  it.each(['{"detail":"Busy."}', '{"success":false,"message":"Busy."}', '{"message":"Busy.","code":"busy"}'])(
    'rejects a stream that reports a failure without a name: %s',
    async (data) => {
      const { error } = await collect(openRespond([CREATED, textDelta('Hal'), `data: ${data}\n\n`]).stream)
      expect(error).toMatchObject({ name: 'ApiError', serverMessage: 'Busy.', partial: { text: 'Hal' } })
    },
  )

  it('resolves an incomplete response, with the reason', async () => {
    const details = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(await respondTo({ ...RESPONSE, ...half, ...details })).toMatchObject({ text: 'Hal', finishReason: 'length' })
    expect(await respondTo({ ...RESPONSE, ...half, status: 'incomplete' })).toMatchObject({
      text: 'Hal',
      finishReason: 'other',
    })
  })
})

describe('numbers of a response', () => {
  it.each([['1e999'], ['-1'], ['1.5'], ['"7"'], ['[]'], ['null'], ['{}']])(
    'does not use %s as a number of tokens',
    async (number) => {
      const usage =
        '{"input_tokens":N,"output_tokens":N,"total_tokens":N,"input_tokens_details":{"cached_tokens":N},"output_tokens_details":{"reasoning_tokens":N}}'
      const body = `{"id":"resp_1","output":[${JSON.stringify(messageItem('High'))}],"usage":${usage.replaceAll('N', number)}}`
      const response = await respondTo(body)
      expect(response.text).toBe('High')
      expect(response.usage).toStrictEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined })
    },
  )
})

describe('odd fields of an item', () => {
  it.each<[string, unknown]>([
    ['content that is a text', { type: 'message', id: 'msg_1', content: 'High' }],
    ['a part that is a text', { type: 'message', id: 'msg_1', content: ['High'] }],
    ['a part without a type', { type: 'message', id: 'msg_1', content: [{ text: 'High' }] }],
    ['a part that is null', { type: 'message', id: 'msg_1', content: [null, { type: 'output_text', text: 'High' }] }],
    ['no type', { id: 'msg_1', content: [{ type: 'output_text', text: 'High' }] }],
    ['a status that is a number', message('High', { id: 'msg_1', status: 7 })],
    ['a name and arguments that are lists', message('High', { id: 'msg_1', name: [], arguments: 7 })],
  ])('do not lose its text: %s', async (_, item) => {
    const response = await respondTo({ ...RESPONSE, output: [null, item, 7] })
    expect(response.text).toBe('High')
    expect(response.output).toEqual([{ type: 'message', id: 'msg_1', text: 'High' }])
    expect((response.raw as { output: unknown[] }).output).toEqual([null, item, 7])
  })

  it('reads a call without a type', async () => {
    const item = { id: 'fc_1', call_id: 'c1', name: 'now', arguments: '{}' }
    expect((await respondTo({ ...RESPONSE, output: [item] })).toolCalls).toMatchObject([{ id: 'c1', name: 'now' }])
  })

  it('reads a part of a reasoning item that does not say what it is as reasoning', async () => {
    const item = { type: 'reasoning', content: [{ type: 'text', text: 'Hm.' }] }
    expect(await respondTo({ ...RESPONSE, output: [item, messageItem('High')] })).toMatchObject({
      reasoning: 'Hm.',
      text: 'High',
    })
  })
})

describe('a call without a name', () => {
  const nameless = { id: 'fc_1', type: 'function_call', call_id: 'call_1', arguments: '{"x":1}' }
  const named = { id: 'fc_2', type: 'function_call', call_id: 'call_2', name: 'now', arguments: '{}' }
  const argumentsDelta = respondFrame('response.function_call_arguments.delta', {
    item_id: 'fc_1',
    output_index: 1,
    delta: '{"x":1}',
  })

  it.each<[string, object[]]>([
    ['without anything else', [nameless]],
    ['after a text', [messageItem('ok'), nameless]],
    ['with an empty name', [messageItem('ok'), { ...nameless, name: '' }]],
    ['with a name of another type', [{ ...nameless, name: 7 }]],
    ['without arguments', [messageItem('ok'), { type: 'function_call' }]],
    ['beside a good one', [named, nameless]],
    ['that has an id alone, beside a good one', [named, { type: 'function_call', id: 'fc_1' }]],
    ['that has a call id alone, beside a good one', [named, { type: 'function_call', call_id: 'call_1' }]],
  ])('is an error with the partial response: %s', async (_, output) => {
    const isNamed = output.includes(named)
    const expected = {
      name: 'InvalidResponseError',
      code: 'tool-call-lost',
      partial: {
        text: output.length > 1 && !isNamed ? 'ok' : '',
        toolCalls: isNamed ? [{ id: 'call_2', name: 'now' }] : [],
      },
    }
    const usage = { output_tokens: 5 }
    expect(await rejectionOf(respondTo({ ...RESPONSE, status: 'completed', output, usage }))).toMatchObject(expected)
    expect((await collect(openRespond([CREATED, completed(output)]).stream)).error).toMatchObject(expected)
  })

  it('is an error where only pieces of its arguments arrive', async () => {
    const { error } = await collect(openRespond([textDelta('ok'), argumentsDelta, completed()]).stream)
    expect(error).toMatchObject({ code: 'tool-call-lost', partial: { text: 'ok', toolCalls: [] } })
  })

  it('is passed over where it holds nothing and another call is good', async () => {
    const { toolCalls } = await respondTo({ ...RESPONSE, output: [{ type: 'function_call' }, named] })
    expect(toolCalls).toMatchObject([{ id: 'call_2', name: 'now' }])
  })

  it('is no error in a response that was cut off', async () => {
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    const response = await respondTo({ ...RESPONSE, ...cut, output: [messageItem('ok'), nameless] })
    expect(response).toMatchObject({ text: 'ok', toolCalls: [], finishReason: 'length' })
  })
})

describe('items that share an index and are told apart by id', () => {
  const delta = (id: string, text: string): string => textDelta(text, { item_id: id })
  const [a, b, c] = ['a', 'b', 'c'].map((id) => message(id.toUpperCase(), { id })) as [object, object, object]
  const position = (item_id: string): object => ({ item_id, output_index: 0, content_index: 0 })

  it.each<[string, string[]]>([
    ['deltas', [delta('a', 'A'), delta('b', 'B')]],
    ['deltas and items', [delta('a', 'A'), delta('b', 'B'), done(a), done(b)]],
    ['parts', [textDone('A', position('a')), textDone('B', position('b'))]],
    ['items', [done(a), done(b)]],
    ['one item of both', [delta('a', 'A'), done(a), delta('b', 'B'), done(b)]],
    ['the first only', [delta('a', 'A')]],
    ['nothing before the end', []],
  ])('emits each text once: %s', async (_, frames) => {
    const { response, text } = await read(CREATED, ...frames, completed([a, b]))
    expect([text, response.text]).toEqual(['AB', 'AB'])
    expect(response.output).toEqual([
      { type: 'message', id: 'a', text: 'A' },
      { type: 'message', id: 'b', text: 'B' },
    ])
  })

  it('emits what only the end has', async () => {
    const { response, text } = await read(delta('a', 'A'), delta('b', 'B'), completed([a, b, c]))
    expect([text, response.text]).toEqual(['ABC', 'ABC'])
  })

  it('emits each reasoning once', async () => {
    const reasoningDelta = (id: string, value: string): string =>
      respondFrame('response.reasoning_text.delta', { ...position(id), delta: value })
    const item = (id: string): object => ({
      id,
      type: 'reasoning',
      content: [{ type: 'reasoning_text', text: id.toUpperCase() }],
    })
    const frames = [reasoningDelta('a', 'A'), reasoningDelta('b', 'B'), completed([item('a'), item('b')])]
    const { response, reasoning } = await read(...frames)
    expect([reasoning, response.reasoning]).toEqual(['AB', 'AB'])
  })
})

describe('a response that is not finished', () => {
  it.each(['in_progress', 'queued'])('is an error with what arrived: %s', async (status) => {
    const body = { ...RESPONSE, status, output: [messageItem('Hal')] }
    const expected = { name: 'InvalidResponseError', code: 'invalid-response', partial: { text: 'Hal' } }
    expect(await rejectionOf(respondTo(body))).toMatchObject(expected)
    const { error } = await collect(openRespond([`data: ${JSON.stringify(body)}\n\n`]).stream)
    expect(error).toMatchObject(expected)
  })

  it.each([
    ['completed', 'other', 'incomplete'],
    [undefined, 'other', 'incomplete'],
  ])('has another reason than stop for an incomplete item: %s', async (status, finishReason, rawFinishReason) => {
    const item = message('Hal', { id: 'msg_1', status: 'incomplete' })
    const expected = { text: 'Hal', finishReason, rawFinishReason }
    expect(await respondTo({ ...RESPONSE, status, output: [item] })).toMatchObject(expected)
    expect((await read(done(item), completed([]))).response).toMatchObject(expected)
  })

  it('keeps the reason of the response for an incomplete item', async () => {
    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    const output = [message('Hal', { status: 'incomplete' })]
    expect((await respondTo({ ...RESPONSE, ...incomplete, output })).finishReason).toBe('length')
  })

  it('does not offer the call of an incomplete item as a tool call to make', async () => {
    const call = { type: 'function_call', call_id: 'call_1', name: 'now', arguments: '{"a', status: 'incomplete' }
    expect(await respondTo({ ...RESPONSE, status: 'completed', output: [call] })).toMatchObject({
      finishReason: 'other',
    })
  })
})

describe('a response whose output is not a list of items', () => {
  it.each<[string, object]>([
    ['output_text and no item', { output: [], output_text: 'hello' }],
    ['output_text and no output', { output_text: 'hello' }],
    ['output_text and null', { output: null, output_text: 'hello' }],
    ['one item', { output: messageItem('hello') }],
    ['one item and output_text', { output: messageItem('hello'), output_text: 'hello' }],
    ['a list and output_text', { output: [messageItem('hello')], output_text: 'hello' }],
  ])('is read: %s', async (_, fields) => {
    const body = { ...RESPONSE, status: 'completed', ...fields }
    const whole = await respondTo(body)
    expect(whole).toMatchObject({ text: 'hello', output: [{ type: 'message', text: 'hello' }], finishReason: 'stop' })
    const end = respondFrame('response.completed', { response: body })
    const { response, text } = await read(CREATED, textDelta('hello'), end)
    expect([text, response.text]).toEqual(['hello', 'hello'])
    expect((await read(CREATED, end)).text).toBe('hello')
  })
})

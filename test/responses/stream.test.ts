import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LogEvent } from '../../src/config/options.js'
import { streamRespond } from '../../src/responses/respond.js'
import type { RespondEvent } from '../../src/responses/types.js'
import { cutAt, cuts, encode } from '../helpers/bytes.js'
import { json, testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { settle } from '../helpers/deferred.js'
import { fixtureBytes, fixtureJSON } from '../helpers/fixtures.js'
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
  typesOf,
} from '../helpers/respond.js'
import { contentOfResponse } from '../helpers/responses.js'

const tideCall = (id: string): object => ({
  id,
  name: 'tide_at',
  arguments: { harbour: 'Oban' },
  rawArguments: '{"harbour":"Oban"}',
})
const birdCall = {
  id: 'call_330102',
  name: 'find_bird',
  arguments: { kind: 'gull', count: 7 },
  rawArguments: '{"kind":"gull","count":7}',
}

describe('streamRespond with fixtures', () => {
  it.each<[string, object]>([
    [
      'responses',
      {
        id: 'resp_5a5a00',
        model: 'acme/tern-4b',
        reasoning: 'Check the table.',
        text: 'High tide is at 04:12.',
        finishReason: 'tool-calls',
        rawFinishReason: 'completed',
        toolCalls: [tideCall('call_330012')],
        usage: { inputTokens: 90, outputTokens: 31, totalTokens: 121, cachedTokens: 12, reasoningTokens: 7 },
        output: [
          { type: 'reasoning', id: 'rs_1a', text: 'Check the table.' },
          { type: 'message', id: 'msg_1b', text: 'High tide is at 04:12.' },
          { type: 'tool-call', id: 'fc_1c', toolCall: tideCall('call_330012') },
        ],
      },
    ],
    ['responses-tools', { text: '', finishReason: 'tool-calls', toolCalls: [tideCall('call_330101'), birdCall] }],
    ['responses-incomplete', { text: 'High tide', finishReason: 'length', rawFinishReason: 'max_output_tokens' }],
  ])('resolves %s to its response', async (name, expected) => {
    const { stream } = openRespond([fixtureBytes(`${name}.sse`)])
    const { events, error } = await collect(stream)
    expect(error).toBeUndefined()
    expect(events[0]).toMatchObject({ type: 'response-start', model: 'acme/tern-4b' })
    expect(lastResponse(events)).toMatchObject(expected)
    expect(await stream.response).toBe(lastResponse(events))
    expect(typesOf(events)).not.toContain('unknown')
  })

  it('emits each tool call of responses-tools once, whether it arrives at once or in deltas', async () => {
    const { events } = await collect(openRespond([fixtureBytes('responses-tools.sse')]).stream)
    expect(events.slice(1, -1)).toEqual([
      { type: 'tool-call-start', index: 0, id: 'call_330101', name: 'tide_at' },
      { type: 'tool-call-delta', index: 0, id: 'call_330101', argumentsDelta: '{"harbour":"Oban"}' },
      { type: 'tool-call-start', index: 1, id: 'call_330102', name: 'find_bird' },
      { type: 'tool-call-delta', index: 1, id: 'call_330102', argumentsDelta: '{"kind":"gu' },
      { type: 'tool-call-delta', index: 1, id: 'call_330102', argumentsDelta: 'll","count"' },
      { type: 'tool-call-delta', index: 1, id: 'call_330102', argumentsDelta: ':7}' },
      { type: 'tool-call', index: 0, toolCall: tideCall('call_330101') },
      { type: 'tool-call', index: 1, toolCall: birdCall },
    ])
  })

  it.each(['responses', 'responses-incomplete'])('yields the response of %s also as JSON', async (name) => {
    const { events: expected } = await collect(openRespond([fixtureBytes(`${name}.sse`)]).stream)
    const client = testClient({ fetch: async () => json(fixtureJSON(`${name}.json`)) })
    const { events } = await collect(streamRespond(client, RESPOND_REQUEST))
    expect(events[0]).toMatchObject({ type: 'response-start', model: 'acme/tern-4b' })
    expect(contentOfResponse(lastResponse(events))).toEqual(contentOfResponse(lastResponse(expected)))
  })

  it.each(['responses', 'responses-tools', 'responses-incomplete', 'errors/responses-failed-midway'])(
    'yields the same events of %s however its bytes are cut',
    async (name) => {
      const bytes = fixtureBytes(`${name}.sse`)
      const withoutClock = ({ events, error }: { events: RespondEvent[]; error: unknown }): unknown => [
        events.map((event) => (event.type === 'response-end' ? contentOfResponse(event.response) : event)),
        (error as Error | undefined)?.message,
      ]
      const expected = withoutClock(await collect(openRespond([bytes]).stream))
      await fc.assert(
        fc.asyncProperty(cuts, async (positions) => {
          expect(withoutClock(await collect(openRespond(cutAt(bytes, positions)).stream))).toEqual(expected)
        }),
        { numRuns: 60 },
      )
    },
  )
})

describe('the text of streamRespond', () => {
  it.each<[string, string[]]>([
    ['deltas alone', [CREATED, textDelta('Hi'), textDelta('gh'), completed()]],
    [
      'a complete part',
      [
        CREATED,
        respondFrame('response.output_text.done', { output_index: 0, content_index: 0, text: 'High' }),
        completed(),
      ],
    ],
    [
      'a complete item',
      [CREATED, respondFrame('response.output_item.done', { output_index: 0, item: messageItem('High') }), completed()],
    ],
    ['the response alone', [completed([messageItem('High')])]],
    ['deltas and the rest in the response', [CREATED, textDelta('Hi'), completed([messageItem('High')])]],
    [
      'events that have their names in the data only',
      [CREATED, textDelta('Hi'), textDelta('gh'), completed()].map((chunk) => chunk.replace(/^event:.*\n/, '')),
    ],
    [
      'deltas without indices',
      [
        CREATED,
        textDelta('Hi', { output_index: undefined, content_index: null }),
        textDelta('gh', { output_index: undefined }),
        completed([messageItem('High')]),
      ],
    ],
    ['a stream with an end marker', [CREATED, textDelta('High'), completed(), 'data: [DONE]\n\n']],
    ['a stream without its last blank line', [CREATED, textDelta('High'), completed().trimEnd()]],
    [
      'a stream with an error that is null',
      [CREATED.replace('{"type"', '{"error":null,"type"'), textDelta('High'), completed()],
    ],
  ])('builds the text of a response from %s', async (_, chunks) => {
    const { events, error } = await collect(openRespond(chunks).stream)
    expect(error).toBeUndefined()
    expect(events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe('High')
    expect(lastResponse(events)).toMatchObject({ id: 'resp_1', text: 'High', finishReason: 'stop' })
  })

  it('keeps the response when the connection breaks after response.completed', async () => {
    const chunks = [CREATED, textDelta('High'), completed()]
    const { events, error } = await collect(openRespond(chunks, new TypeError('terminated')).stream)
    expect(error).toBeUndefined()
    expect(lastResponse(events).text).toBe('High')
  })

  it('completes the response when response.completed has none', async () => {
    const chunks = [CREATED, textDelta('High'), respondFrame('response.completed')]
    const { events } = await collect(openRespond(chunks).stream)
    expect(lastResponse(events)).toMatchObject({ text: 'High', finishReason: 'stop', rawFinishReason: 'completed' })
  })

  it('accepts an empty response that a content filter caused', async () => {
    const details = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
    const response = { ...RESPONSE, ...details, output: [] }
    const { events } = await collect(openRespond([CREATED, respondFrame('response.incomplete', { response })]).stream)
    expect(lastResponse(events)).toMatchObject({ text: '', finishReason: 'content-filter' })
  })
})

describe('the events of streamRespond', () => {
  const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'now' }

  it.each<[string, object[], unknown, string]>([
    ['missing', [{}], {}, '{}'],
    ['null', [{ arguments: null }], {}, '{}'],
    ['an object', [{ arguments: { a: 1 } }], { a: 1 }, '{"a":1}'],
    ['not JSON', [{ arguments: '{"a":' }], undefined, '{"a":'],
    ['repeated from the start', [{ arguments: '{"a"' }, { arguments: '{"a":1}' }], { a: 1 }, '{"a":1}'],
  ])('accepts a streamed tool call whose arguments are %s', async (_, parts, parsed, rawArguments) => {
    const items = parts.map((part) =>
      respondFrame('response.output_item.done', { output_index: 0, item: { ...call, ...part } }),
    )
    const { events, error } = await collect(openRespond([CREATED, ...items, completed()]).stream)
    expect(error).toBeUndefined()
    expect(lastResponse(events).toolCalls).toEqual([{ id: 'call_1', name: 'now', arguments: parsed, rawArguments }])
  })

  it('passes unknown events and items of a response through', async () => {
    const item = { id: 'mcp_1', type: 'mcp_call', name: 'lookup', output: '04:12' }
    const chunks = [
      respondFrame('ping'),
      CREATED,
      respondFrame('response.output_item.added', { output_index: 0, item }),
      respondFrame('response.mcp_call.in_progress', { output_index: 0 }),
      completed([item]),
    ]
    const { events, error } = await collect(openRespond(chunks).stream)
    expect(error).toBeUndefined()
    expect(events.filter(({ type }) => type === 'unknown')).toEqual([
      { type: 'unknown', name: 'ping', data: { type: 'ping' } },
      {
        type: 'unknown',
        name: 'response.output_item.added',
        data: { type: 'response.output_item.added', output_index: 0, item },
      },
      {
        type: 'unknown',
        name: 'response.mcp_call.in_progress',
        data: { type: 'response.mcp_call.in_progress', output_index: 0 },
      },
    ])
    expect(lastResponse(events).output).toEqual([{ type: 'unknown', name: 'mcp_call', data: item }])
  })

  it('skips events and parts of a response that lack most fields', async () => {
    const chunks = [
      respondFrame('response.output_item.added', { output_index: 0 }),
      respondFrame('response.output_item.added', { item: { type: 'message' } }),
      respondFrame('response.output_text.delta'),
      respondFrame('response.output_text.done'),
      respondFrame('response.function_call_arguments.delta', { output_index: 1 }),
      respondFrame('response.function_call_arguments.done', { output_index: 1 }),
      completed([
        { type: 'message' },
        { type: 'message', content: [{}, { type: 'painting', text: 'No.' }, { type: 'output_text' }] },
        { ...messageItem('High'), id: undefined },
        {},
      ]),
    ]
    const { events, error } = await collect(openRespond(chunks).stream)
    expect(error).toBeUndefined()
    expect(typesOf(events)).toEqual(['response-start', 'text-delta', 'response-end'])
    expect(events[0]).toEqual({ type: 'response-start', id: '', model: 'acme/tern-4b' })
    expect(lastResponse(events).output).toEqual([
      { type: 'message', id: '', text: '' },
      { type: 'message', id: '', text: '' },
      { type: 'message', id: '', text: 'High' },
      { type: 'unknown', name: '', data: {} },
    ])
  })

  it('closes the connection of a response when the loop is left', async () => {
    const { stream, body } = openRespond([CREATED, textDelta('High'), textDelta('er')], 'hang')
    for await (const event of stream) if (event.type === 'text-delta') break
    await settle()
    expect(body).toMatchObject({ wasCanceled: true, pulled: 2 })
  })

  it('logs a warning when another model streams the response', async () => {
    const log: LogEvent[] = []
    const chunks = [CREATED, textDelta('High'), completed([], { model: 'other/model' })]
    await openRespond(chunks, 'close', { logger: (event) => log.push(event) }).stream.response
    expect(log.filter(({ type }) => type === 'model-substituted')).toHaveLength(1)
  })
})

describe('the errors of streamRespond', () => {
  const arrived = { partial: { id: 'resp_1', text: 'High', toolCalls: [] } }

  it.each<[string, string[], object]>([
    [
      'response.failed',
      [
        CREATED,
        textDelta('High'),
        respondFrame('response.failed', { response: { error: { code: 'server_error', message: 'Compute error.' } } }),
      ],
      { name: 'ModelLoadError', code: 'engine-crashed', ...arrived },
    ],
    [
      'response.failed without a reason',
      [CREATED, respondFrame('response.failed')],
      { name: 'ApiError', serverMessage: 'The response failed.' },
    ],
    [
      'response.failed for the context',
      [respondFrame('response.failed', { response: { error: { message: 'Context size has been exceeded.' } } })],
      { name: 'ContextLengthError' },
    ],
    [
      'an error event',
      [CREATED, textDelta('High'), respondFrame('error', { code: 'server_error', message: 'Model is unloaded.' })],
      { name: 'ModelLoadError', code: 'model-unloaded', ...arrived },
    ],
    [
      'an error without an event name',
      ['data: {"error":"Model is unloaded."}\n\n'],
      { name: 'ModelLoadError', code: 'model-unloaded' },
    ],
    [
      'an error event of text',
      ['event: error\ndata: The model has crashed\n\n'],
      { name: 'ModelLoadError', code: 'engine-crashed' },
    ],
    ['an end without response.completed', [CREATED, textDelta('High')], { name: 'StreamInterruptedError', ...arrived }],
    [
      'only the end marker of other routes',
      [CREATED, textDelta('High'), 'data: [DONE]\n\n'],
      { name: 'StreamInterruptedError', ...arrived },
    ],
    ['an empty stream', [], { name: 'StreamInterruptedError' }],
    ['a JSON error instead of events', ['{"error":"Model is unloaded."}'], { name: 'ModelLoadError' }],
    [
      'an event that is not JSON',
      [CREATED, 'data: {"type":\n\n', completed()],
      { name: 'InvalidResponseError', code: 'not-json' },
    ],
    ['an event that is a list', ['data: []\n\n'], { name: 'InvalidResponseError' }],
    ['an event that the end cuts', [CREATED, 'data: {"type":"resp'], { name: 'StreamInterruptedError' }],
    [
      'a delta that is a number',
      [CREATED, respondFrame('response.output_text.delta', { delta: 7 }), textDelta('High'), completed()],
      { name: 'InvalidResponseError', code: 'invalid-response' },
    ],
    ['an empty response', [CREATED, completed()], { name: 'InvalidResponseError', code: 'empty-response' }],
  ])('rejects %s in the stream of a response', async (_, chunks, expected) => {
    const { stream } = openRespond(chunks)
    const { error } = await collect(stream)
    expect(error).toMatchObject(expected)
    expect(await rejectionOf(stream.response)).toBe(error)
    expect(JSON.stringify(error)).not.toContain('High')
  })

  it.each<[string, object]>([
    ['responses-failed', { name: 'ModelLoadError', partial: { text: '' } }],
    ['responses-failed-midway', { name: 'ModelLoadError', partial: { text: 'High tide' } }],
  ])('rejects the fixture %s with the partial response', async (name, expected) => {
    expect((await collect(openRespond([fixtureBytes(`errors/${name}.sse`)]).stream)).error).toMatchObject(expected)
  })
})

describe('the idle timer of streamRespond', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  /** Streams a response and then sends `chunk` every 400 ms, under an idle timeout of 1 s. */
  function dripRespond(chunk: string) {
    let timer: ReturnType<typeof setTimeout> | undefined
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encode(CREATED + textDelta('High')))
        const send = (): void => {
          controller.enqueue(encode(chunk))
          timer = setTimeout(send, 400)
        }
        timer = setTimeout(send, 400)
      },
      cancel: () => clearTimeout(timer),
    })
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    const client = testClient({ fetch: async () => response, idleTimeout: 1000, maxRetries: 0 })
    return streamRespond(client, RESPOND_REQUEST)
  }

  it('waits `generationTimeout` after response.created', async () => {
    const options = { generationTimeout: 1000, idleTimeout: 100 }
    const { stream } = openRespond([CREATED], 'hang', options)
    const rejection = rejectionOf(stream.response)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await rejection).toMatchObject({ name: 'TimeoutError', limit: 'generationTimeout', timeoutMs: 1000 })
  })

  it.each([
    ['comments', ': keep-alive\n\n'],
    ['events without content', respondFrame('response.in_progress', { response: RESPONSE })],
    ['empty deltas', textDelta('')],
    ['unknown events', respondFrame('ping')],
  ])('does not restart the idle timer for %s', async (_, chunk) => {
    let error: unknown
    const loop = collect(dripRespond(chunk)).then((result) => (error = result.error))
    await settle()
    await vi.advanceTimersByTimeAsync(999)
    expect(error).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    await loop
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 'idleTimeout', partial: { text: 'High' } })
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['deltas', textDelta('er')],
    ['unknown events with a delta', respondFrame('response.other.delta', { delta: 'x' })],
    ['unknown events with an item', respondFrame('response.other.added', { item: {} })],
  ])('restarts the idle timer for %s', async (_, chunk) => {
    const stream = dripRespond(chunk)
    let error: unknown
    const loop = collect(stream).then((result) => (error = result.error))
    await settle()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(error).toBeUndefined()
    stream.abort('done')
    await loop
    expect(error).toBe('done')
    expect(vi.getTimerCount()).toBe(0)
  })
})

import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import * as errors from '../../src/errors/index.js'
import { respond, streamRespond } from '../../src/responses/respond.js'
import type { RespondEvent, RespondResponse, RespondStream } from '../../src/responses/types.js'
import { cutAt, cuts } from '../helpers/bytes.js'
import { settle } from '../helpers/deferred.js'
import { fixtureBytes, fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { collectResponse as collect, contentOfResponse as contentOf } from '../helpers/responses.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'

const request = { model: 'acme/tern-4b', input: 'When is high tide?' }
const frame = (name: string, data: object = {}): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`
const head = { id: 'resp_1', model: 'acme/tern-4b' }
const created = frame('response.created', { response: { ...head, status: 'in_progress', output: [], usage: null } })
const delta = (text: string, at: object = {}): string =>
  frame('response.output_text.delta', { output_index: 0, content_index: 0, ...at, delta: text })
const completed = (output: object[] = [], more: object = {}): string =>
  frame('response.completed', { response: { ...head, status: 'completed', output, ...more } })
const message = (text: string): object => ({
  id: 'msg_1',
  type: 'message',
  content: [{ type: 'output_text', text }],
})

function open(
  blocks: readonly (string | Uint8Array)[],
  ending: 'close' | 'hang' | Error = 'close',
  options: object = {},
): { answer: RespondStream; state: ReturnType<typeof eventStream>['state'] } {
  const { response, state } = eventStream(blocks, ending)
  const client = testClient({ fetch: stubFetch(() => response).fetch, maxRetries: 0, ...options })
  return { answer: streamRespond(client, request), state }
}
const whole = (body: unknown): Promise<RespondResponse> =>
  respond(testClient({ fetch: stubFetch(json(body)).fetch, maxRetries: 0 }), request)
const typesOf = (events: readonly RespondEvent[]): string[] => events.map(({ type }) => type)
const endOf = (events: readonly RespondEvent[]): RespondResponse => {
  const last = events.at(-1)
  if (last?.type !== 'response-end') throw new Error('The stream has no end.')
  return last.response
}

afterEach(() => vi.useRealTimers())

describe('what goes wrong', () => {
  it.each<[string, string[], abstract new (...args: never[]) => Error, object]>([
    [
      'a response that failed',
      [
        created,
        delta('High'),
        frame('response.failed', { response: { error: { code: 'server_error', message: 'Compute error.' } } }),
      ],
      errors.ModelLoadError,
      { code: 'engine-crashed', partial: { id: 'resp_1', text: 'High' } },
    ],
    [
      'one that does not say why',
      [created, frame('response.failed')],
      errors.ApiError,
      { message: expect.stringContaining('The response failed.') },
    ],
    [
      'one that failed for its context',
      [frame('response.failed', { response: { error: { message: 'Context size has been exceeded.' } } })],
      errors.ContextLengthError,
      {},
    ],
    [
      'an error event',
      [created, delta('High'), frame('error', { code: 'server_error', message: 'Model is unloaded.' })],
      errors.ModelLoadError,
      { code: 'model-unloaded', partial: { text: 'High' } },
    ],
    [
      'an error under no name',
      ['data: {"error":"Model is unloaded."}\n\n'],
      errors.ModelLoadError,
      { code: 'model-unloaded' },
    ],
    [
      'an error that is a bare text',
      ['event: error\ndata: The model has crashed\n\n'],
      errors.ModelLoadError,
      { code: 'engine-crashed' },
    ],
    [
      'an end before the end',
      [created, delta('High')],
      errors.StreamInterruptedError,
      { partial: { id: 'resp_1', text: 'High', toolCalls: [] } },
    ],
    [
      'only the mark of another route',
      [created, delta('High'), 'data: [DONE]\n\n'],
      errors.StreamInterruptedError,
      { partial: { text: 'High' } },
    ],
    ['nothing at all', [], errors.StreamInterruptedError, {}],
    ['a body instead of events', ['{"error":"Model is unloaded."}'], errors.ModelLoadError, {}],
    [
      'an event that is not JSON',
      [created, 'data: {"type":\n\n', completed()],
      errors.InvalidResponseError,
      { code: 'not-json' },
    ],
    ['an event that is a list', ['data: []\n\n'], errors.InvalidResponseError, {}],
    ['an event cut by the end', [created, 'data: {"type":"resp'], errors.StreamInterruptedError, {}],
    [
      'a wrong type',
      [created, frame('response.output_text.delta', { delta: 7 })],
      errors.InvalidResponseError,
      { code: 'invalid-response' },
    ],
    ['not a word', [created, completed()], errors.InvalidResponseError, { code: 'empty-response' }],
  ])('%s', async (_, blocks, type, facts) => {
    const { answer } = open(blocks)
    const { error } = await collect(answer)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject(facts)
    expect(await rejectionOf(answer.response)).toBe(error)
    expect(JSON.stringify(error)).not.toContain('High')
  })

  it.each<[string, abstract new (...args: never[]) => Error, object]>([
    ['responses-failed', errors.ModelLoadError, { partial: { text: '' } }],
    ['responses-failed-midway', errors.ModelLoadError, { partial: { text: 'High tide' } }],
  ])('%s', async (name, type, facts) => {
    const { error } = await collect(open([fixtureBytes(`errors/${name}.sse`)]).answer)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject(facts)
  })

  it.each<[string, unknown, abstract new (...args: never[]) => Error]>([
    ['failed', fixtureJSON('errors/responses-failed.json'), errors.ModelLoadError],
    ['without output', { id: 'resp_1' }, errors.InvalidResponseError],
    ['empty', { ...head, status: 'completed', output: [] }, errors.InvalidResponseError],
    ['of another shape', { ...head, output: [{ type: 'message', content: 'High' }] }, errors.InvalidResponseError],
  ])('a whole answer that is %s', async (_, body, type) => {
    expect(await rejectionOf(whole(body))).toBeInstanceOf(type)
  })

  it.each([
    ['comments', ': keep-alive\n\n'],
    ['events without content', frame('response.in_progress', { response: head })],
    ['empty deltas', delta('')],
    ['pings', frame('ping')],
  ])('%s do not feed the idle timer', async (_, noise) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const body = new ReadableStream<Uint8Array>({
      async start(stream) {
        stream.enqueue(new TextEncoder().encode(created + delta('High')))
        for (let count = 0; count < 10; count++) {
          await new Promise((resolve) => setTimeout(resolve, 400))
          try {
            stream.enqueue(new TextEncoder().encode(noise))
          } catch {
            return
          }
        }
      },
    })
    const fetch = stubFetch(() => new Response(body, { headers: { 'content-type': 'text/event-stream' } })).fetch
    const client = testClient({ fetch, maxRetries: 0, idleTimeout: 1000 })
    const result = collect(streamRespond(client, request))
    for (let count = 0; count < 40; count++) {
      await vi.advanceTimersByTimeAsync(100)
      await settle()
    }
    const { error } = await result
    expect(error).toBeInstanceOf(errors.TimeoutError)
    expect(error).toMatchObject({ limit: 'idleTimeout', partial: { text: 'High' } })
  })
})

describe('recorded streams', () => {
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
        toolCalls: [
          { id: 'call_330012', name: 'tide_at', arguments: { harbour: 'Oban' }, rawArguments: '{"harbour":"Oban"}' },
        ],
        usage: { inputTokens: 90, outputTokens: 31, totalTokens: 121, cachedTokens: 12, reasoningTokens: 7 },
        output: [
          { type: 'reasoning', id: 'rs_1a', text: 'Check the table.' },
          { type: 'message', id: 'msg_1b', text: 'High tide is at 04:12.' },
          { type: 'tool-call', id: 'fc_1c', toolCall: expect.objectContaining({ id: 'call_330012' }) },
        ],
      },
    ],
    [
      'responses-tools',
      {
        text: '',
        finishReason: 'tool-calls',
        toolCalls: [
          expect.objectContaining({ id: 'call_330101', arguments: { harbour: 'Oban' } }),
          expect.objectContaining({ id: 'call_330102', arguments: { kind: 'gull', count: 7 } }),
        ],
      },
    ],
    ['responses-incomplete', { text: 'High tide', finishReason: 'length', rawFinishReason: 'max_output_tokens' }],
  ])('%s', async (name, expected) => {
    const { answer } = open([fixtureBytes(`${name}.sse`)])
    const { events, error } = await collect(answer)
    expect(error).toBeUndefined()
    expect(events[0]).toMatchObject({ type: 'response-start', model: 'acme/tern-4b' })
    expect(endOf(events)).toMatchObject(expected)
    expect(await answer.response).toBe(endOf(events))
    expect(typesOf(events)).not.toContain('unknown')
  })

  it.each(['responses', 'responses-incomplete'])('%s is the same in one piece', async (name) => {
    const { events } = await collect(open([fixtureBytes(`${name}.sse`)]).answer)
    const body = fixtureJSON(`${name}.json`)
    expect(contentOf(await whole(body))).toEqual(contentOf(endOf(events)))
    // A server that ignores the wish for a stream.
    const client = testClient({ fetch: stubFetch(json(body)).fetch, maxRetries: 0 })
    const replayed = await collect(streamRespond(client, request))
    expect(typesOf(replayed.events)[0]).toBe('response-start')
    expect(contentOf(endOf(replayed.events))).toEqual(contentOf(endOf(events)))
  })

  it.each(['responses', 'responses-tools', 'responses-incomplete', 'errors/responses-failed-midway'])(
    '%s gives the same events however its bytes are cut',
    async (name) => {
      const bytes = fixtureBytes(`${name}.sse`)
      const strip = ({ events, error }: { events: RespondEvent[]; error: unknown }): unknown => [
        events.map((event) => (event.type === 'response-end' ? contentOf(event.response) : event)),
        (error as Error | undefined)?.message,
      ]
      const expected = strip(await collect(open([bytes]).answer))
      await fc.assert(
        fc.asyncProperty(cuts, async (at) => {
          expect(strip(await collect(open(cutAt(bytes, at)).answer))).toEqual(expected)
        }),
        { numRuns: 60 },
      )
    },
  )

  it('tells a call that comes whole, and one that comes in pieces, once', async () => {
    const { events } = await collect(open([fixtureBytes('responses-tools.sse')]).answer)
    expect(events.slice(1, -1)).toEqual([
      { type: 'tool-call-start', index: 0, id: 'call_330101', name: 'tide_at' },
      { type: 'tool-call-delta', index: 0, id: 'call_330101', argumentsDelta: '{"harbour":"Oban"}' },
      { type: 'tool-call-start', index: 1, id: 'call_330102', name: 'find_bird' },
      { type: 'tool-call-delta', index: 1, id: 'call_330102', argumentsDelta: '{"kind":"gu' },
      { type: 'tool-call-delta', index: 1, id: 'call_330102', argumentsDelta: 'll","count"' },
      { type: 'tool-call-delta', index: 1, id: 'call_330102', argumentsDelta: ':7}' },
      { type: 'tool-call', index: 0, toolCall: expect.objectContaining({ id: 'call_330101' }) },
      { type: 'tool-call', index: 1, toolCall: expect.objectContaining({ id: 'call_330102' }) },
    ])
  })
})

describe('edges', () => {
  const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'now' }

  it.each<[string, string[]]>([
    ['deltas alone', [created, delta('Hi'), delta('gh'), completed()]],
    [
      'a part that is whole',
      [created, frame('response.output_text.done', { output_index: 0, content_index: 0, text: 'High' }), completed()],
    ],
    [
      'an item that is whole',
      [created, frame('response.output_item.done', { output_index: 0, item: message('High') }), completed()],
    ],
    ['the response alone', [completed([message('High')])]],
    ['deltas that break off before the whole', [created, delta('Hi'), completed([message('High')])]],
    [
      'no names but in the data',
      [created, delta('Hi'), delta('gh'), completed()].map((text) => text.replace(/^event:.*\n/, '')),
    ],
    [
      'no indices',
      [
        created,
        delta('Hi', { output_index: undefined, content_index: null }),
        delta('gh', { output_index: undefined }),
        completed([message('High')]),
      ],
    ],
    ['a mark after the end', [created, delta('High'), completed(), 'data: [DONE]\n\n']],
    ['an end that is cut', [created, delta('High'), completed().trimEnd()]],
    ['an error that is null', [created.replace('{"type"', '{"error":null,"type"'), delta('High'), completed()]],
  ])('%s make the text', async (_, blocks) => {
    const { events, error } = await collect(open(blocks).answer)
    expect(error).toBeUndefined()
    expect(events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe('High')
    expect(endOf(events)).toMatchObject({ id: 'resp_1', text: 'High', finishReason: 'stop' })
  })

  it('a connection that breaks after the end takes nothing away', async () => {
    const { events, error } = await collect(
      open([created, delta('High'), completed()], new TypeError('terminated')).answer,
    )
    expect([error, endOf(events).text]).toEqual([undefined, 'High'])
  })

  it('an end without a response is an end', async () => {
    const { events } = await collect(open([created, delta('High'), frame('response.completed')]).answer)
    expect(endOf(events)).toMatchObject({ text: 'High', finishReason: 'stop', rawFinishReason: 'completed' })
  })

  it('a content filter leaves nothing, and says so', async () => {
    const response = { ...head, status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [] }
    const { events } = await collect(open([created, frame('response.incomplete', { response })]).answer)
    expect(endOf(events)).toMatchObject({ text: '', finishReason: 'content-filter' })
  })

  it('events and items nobody has heard of pass through', async () => {
    const item = { id: 'mcp_1', type: 'mcp_call', name: 'lookup', output: '04:12' }
    const blocks = [
      frame('ping'),
      created,
      frame('response.output_item.added', { output_index: 0, item }),
      frame('response.mcp_call.in_progress', { output_index: 0 }),
      completed([item]),
    ]
    const { events, error } = await collect(open(blocks).answer)
    expect(error).toBeUndefined()
    expect(events.flatMap((event) => (event.type === 'unknown' ? event.name : []))).toEqual([
      'ping',
      'response.output_item.added',
      'response.mcp_call.in_progress',
    ])
    expect(events.find((event) => event.type === 'unknown' && event.name !== 'ping')).toMatchObject({ data: { item } })
    expect(endOf(events).output).toEqual([{ type: 'unknown', name: 'mcp_call', data: item }])
  })

  it.each<[string, object[], unknown, string]>([
    ['nothing', [{}], {}, '{}'],
    ['null', [{ arguments: null }], {}, '{}'],
    ['an object', [{ arguments: { a: 1 } }], { a: 1 }, '{"a":1}'],
    ['no JSON', [{ arguments: '{"a":' }], undefined, '{"a":'],
    ['the beginning, then all', [{ arguments: '{"a"' }, { arguments: '{"a":1}' }], { a: 1 }, '{"a":1}'],
  ])('arguments that are %s', async (_, parts, parsed, raw) => {
    const items = parts.map((part) =>
      frame('response.output_item.done', { output_index: 0, item: { ...call, ...part } }),
    )
    const { events, error } = await collect(open([created, ...items, completed()]).answer)
    expect(error).toBeUndefined()
    expect(endOf(events).toolCalls).toEqual([{ id: 'call_1', name: 'now', arguments: parsed, rawArguments: raw }])
  })

  it('a call without an id gets one, a call without a name is none', async () => {
    const nameless = { ...call, name: undefined, call_id: 'call_0', arguments: '{}' }
    const { toolCalls, output, finishReason } = await whole({
      ...head,
      status: 'completed',
      output: [nameless, { ...call, id: undefined, call_id: undefined }],
    })
    expect(toolCalls).toEqual([expect.objectContaining({ id: 'call_1', name: 'now' })])
    expect(output).toEqual([{ type: 'tool-call', id: '', toolCall: toolCalls[0] }])
    expect(finishReason).toBe('tool-calls')
  })

  it('an older build without status and role is read', async () => {
    const reasoning = { id: 'rs_1', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }
    const response = await whole({ ...head, output: [reasoning, { ...message('High'), role: undefined }] })
    expect(response).toMatchObject({ reasoning: 'Hm.', text: 'High', rawFinishReason: undefined })
    expect(response.usage).toEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined })
  })

  it('counts that are not all there are the ones that are', async () => {
    const usage = { input_tokens: 3, total_tokens: null, input_tokens_details: null, output_tokens_details: {} }
    const response = await whole({ ...head, output: [message('High')], usage })
    expect(response.usage).toEqual({ inputTokens: 3, outputTokens: undefined, totalTokens: undefined })
  })

  it('an item that says nothing of itself is an unknown one', async () => {
    expect((await whole({ ...head, output: [{}] })).output).toEqual([{ type: 'unknown', name: '', data: {} }])
  })

  it('what lacks what it is for is passed over', async () => {
    const blocks = [
      frame('response.output_item.added', { output_index: 0 }),
      frame('response.output_item.added', { item: { type: 'message' } }),
      frame('response.output_text.delta'),
      frame('response.output_text.done'),
      frame('response.function_call_arguments.delta', { output_index: 1 }),
      frame('response.function_call_arguments.done', { output_index: 1 }),
      completed([
        { type: 'message' },
        { type: 'message', content: [{}, { type: 'refusal', refusal: 'No.' }, { type: 'output_text' }] },
        { ...message('High'), id: undefined },
        {},
      ]),
    ]
    const { events, error } = await collect(open(blocks).answer)
    expect(error).toBeUndefined()
    expect(typesOf(events)).toEqual(['response-start', 'text-delta', 'response-end'])
    expect(events[0]).toEqual({ type: 'response-start', id: '', model: 'acme/tern-4b' })
    expect(endOf(events).output).toEqual([
      { type: 'message', id: '', text: '' },
      { type: 'message', id: '', text: '' },
      { type: 'message', id: '', text: 'High' },
      { type: 'unknown', name: '', data: {} },
    ])
  })

  it('no request at all is a bad request, and so is a mad option', async () => {
    const client = testClient({ fetch: stubFetch(json({})).fetch })
    const none = streamRespond(client, undefined as never)
    expect(await rejectionOf(none.response)).toBeInstanceOf(errors.InvalidRequestError)
    const mad = respond(client, request, { timeout: -1 })
    expect(await rejectionOf(mad)).toBeInstanceOf(errors.InvalidRequestError)
  })

  it('says which model answered instead', async () => {
    const logged: string[] = []
    const logger = ({ type }: { type: string }): void => void logged.push(type)
    await collect(open([created, delta('High'), completed([], { model: 'other/model' })], 'close', { logger }).answer)
    expect(logged).toContain('model-substituted')
  })

  it('leaving the loop closes the connection', async () => {
    const { answer, state } = open([created, delta('High'), delta('er')], 'hang')
    for await (const event of answer) if (event.type === 'text-delta') break
    await settle()
    expect(state.wasCancelled).toBe(true)
  })
})

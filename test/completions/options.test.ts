import { describe, expect, it } from 'vitest'
import { completeText, streamCompleteText } from '../../src/completions/complete-text.js'
import { complete, stream } from '../../src/completions/complete.js'
import type { LMStudioOptions, LogEvent } from '../../src/config/options.js'
import { embed } from '../../src/embeddings/embed.js'
import { chunk, DONE, frame } from '../helpers/chat.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { rejectionOf, thrownBy } from '../helpers/provider-errors.js'

const request = { model: 'acme/tern-4b', prompt: 'x' }
const streamed = (): Response => eventStream([chunk({ content: 'Seven.' }, 'stop'), DONE]).response
const bodyOf = async (sent: Request | undefined): Promise<Record<string, unknown>> =>
  (await sent!.clone().json()) as Record<string, unknown>

describe('onModelSubstituted', () => {
  const choice = (key: string) => [{ [key]: { content: 'Seven.' }, finish_reason: 'stop' }]
  const whole = (model: unknown) => json({ model, choices: choice('message') })
  const events = (model: unknown) => eventStream([frame({ model, choices: choice('delta') }), DONE]).response

  it('logs by default, and throws for `error`, streamed or not', async () => {
    const logged: LogEvent[] = []
    const logger = (event: LogEvent): void => void logged.push(event)
    const expected = {
      name: 'ModelNotFoundError',
      code: 'model-substituted',
      model: 'acme/tern-4b',
      partial: { model: 'acme/heron' },
    }
    for (const respond of [() => whole('acme/heron'), () => events('acme/heron')]) {
      const warning = testClient({ fetch: async () => respond(), logger })
      expect((await stream(warning, request).response).text).toBe('Seven.')
      const strict = testClient({ fetch: async () => respond(), onModelSubstituted: 'error' })
      expect(await rejectionOf(stream(strict, request).response)).toMatchObject(expected)
    }
    const strict = testClient({ fetch: async () => whole('acme/heron'), onModelSubstituted: 'error' })
    expect(await rejectionOf(complete(strict, request))).toMatchObject({ ...expected, partial: { text: 'Seven.' } })
    expect(logged.filter(({ type }) => type === 'model-substituted').map(({ message }) => message)).toEqual([
      'The server answered with the model acme/heron instead of acme/tern-4b.',
      'The server answered with the model acme/heron instead of acme/tern-4b.',
    ])
  })

  it('stops a stream at its first event', async () => {
    const { response, state } = eventStream([frame({ model: 'acme/heron', choices: choice('delta') })], 'hang')
    const strict = testClient({ fetch: async () => response, onModelSubstituted: 'error' })
    const { events: seen, error } = await collect(stream(strict, request))
    expect(seen).toEqual([])
    expect(error).toMatchObject({ code: 'model-substituted' })
    expect(state.wasCanceled).toBe(true)
  })

  it.each([
    ['acme/tern-4b', 'acme/tern-4b'],
    ['acme/tern-4b', 'acme/tern-4b:2'],
    ['acme/tern-4b@q4_k_m', 'acme/tern-4b'],
    ['acme/tern-4b', 'ACME/tern-4b@q8_0'],
    ['acme/tern-4b', 'tern-4b'],
    ['tern-4b', 'acme/tern-4b'],
    ['tern', 'tern:latest'],
    ['tern:4b', 'tern'],
    ['tern-4b', '/models/acme/Tern-4B-Q4_K_M.gguf'],
    ['acme/tern-4b', 'C:\\models\\acme\\tern-4b.gguf'],
    ['acme/tern-4b', 'models/acme/tern-4b/'],
    ['tern', 'tern-2026-01-15'],
    ['tern-latest', 'tern'],
    ['acme/tern-4b', ''],
    ['acme/tern-4b', null],
    ['acme/tern-4b', undefined],
    ['acme/tern-4b', 7],
  ])('accepts %s answered by %s', async (model, actual) => {
    const strict = testClient({ fetch: async () => whole(actual), onModelSubstituted: 'error' })
    expect((await complete(strict, { model, prompt: 'x' })).text).toBe('Seven.')
  })

  it.each([
    ['acme/tern-4b', 'acme/heron'],
    ['acme/tern-4b', 'acme/tern-4b-long'],
    ['acme/big-tern-4b', 'tern-4b'],
    ['acme/tern-4b', 'other/tern-4b'],
    ['tern:4b', 'tern:70b'],
  ])('rejects %s answered by %s', async (model, actual) => {
    const strict = testClient({ fetch: async () => whole(actual), onModelSubstituted: 'error' })
    expect(await rejectionOf(complete(strict, { model, prompt: 'x' }))).toMatchObject({ code: 'model-substituted' })
  })

  it('makes the name of a model printable', async () => {
    const strict = testClient({
      fetch: async () => whole(`a\u001B[31m\r\nb${'x'.repeat(500)}`),
      onModelSubstituted: 'error',
    })
    const { message } = (await rejectionOf(complete(strict, request))) as Error
    // eslint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\u0000-\u001F]/)
    expect(message.length).toBeLessThan(300)
  })

  it('applies to embeddings', async () => {
    const body = { model: 'acme/heron', data: [{ index: 0, embedding: [1] }] }
    const strict = testClient({ fetch: async () => json(body), onModelSubstituted: 'error' })
    const error = await rejectionOf(embed(strict, { model: 'acme/tern-embed', input: 'x' }))
    expect(error).toMatchObject({ code: 'model-substituted' })
  })
})

describe('includeUsage', () => {
  const USAGE = { include_usage: true }

  it('sends `stream_options` with streams unless it is false', async () => {
    for (const [includeUsage, expected] of [
      [undefined, USAGE],
      [true, USAGE],
      [false, undefined],
    ] as const) {
      const { fetch, requests } = stubFetch(() => streamed())
      const client = testClient({ fetch, includeUsage })
      await stream(client, request).response
      await streamCompleteText(client, { model: 'm', prompt: 'x' }).response.catch(() => {})
      await complete(client, request).catch(() => {})
      await completeText(client, { model: 'm', prompt: 'x' }).catch(() => {})
      const sent = await Promise.all(requests.map(bodyOf))
      expect(sent.map((body) => body.stream_options)).toEqual([expected, expected, undefined, undefined])
    }
  })

  const refusals: [string, number, unknown][] = [
    ['in `param`', 400, { error: { message: 'Unknown field', param: 'stream_options' } }],
    ['in the text', 400, { error: { message: "Unrecognized key(s) in object: 'stream_options'" } }],
    [
      'in a path',
      422,
      { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }] },
    ],
    ['by its member', 422, { error: 'unexpected field include_usage' }],
  ]

  it.each(refusals)('is given up for a client when the server names the field %s', async (_, status, body) => {
    const { fetch, requests } = stubFetch(json(body, { status }), () => streamed())
    const client = testClient({ fetch, maxRetries: 0 })
    expect((await stream(client, request).response).text).toBe('Seven.')
    expect((await stream(client, request).response).text).toBe('Seven.')
    const sent = await Promise.all(requests.map(bodyOf))
    expect(sent.map(({ stream_options: options }) => options)).toEqual([USAGE, undefined, undefined])
    expect(sent[1]).toEqual({ ...sent[0], stream_options: undefined })
    await stream(testClient({ fetch: stubFetch(() => streamed()).fetch }), request).response
  })

  it.each<[string, number, unknown, LMStudioOptions]>([
    ['another field', 422, { error: { message: 'Unknown field', param: 'top_k' } }, {}],
    ['another status', 500, { error: 'stream_options' }, {}],
    ['a request without the field', 400, { error: 'stream_options' }, { includeUsage: false }],
  ])('is not given up for %s', async (_, status, body, options) => {
    const { fetch, requests } = stubFetch(json(body, { status }))
    const { error } = await collect(stream(testClient({ fetch, maxRetries: 0, ...options }), request))
    expect(error).toMatchObject({ status })
    expect(requests).toHaveLength(1)
  })

  it.each<[string, number, unknown]>([
    ['which the server does not support', 500, { error: "unexpected keyword argument 'stream_options'" }],
    ['beside another one', 422, { detail: [{ loc: ['body', 'stream_options', 'x'], msg: 'a' }] }],
  ])('is turned off by an option that the hint names: a field %s', async (_, status, body) => {
    const { fetch } = stubFetch(() => json(body, { status }))
    const { error } = await collect(stream(testClient({ fetch, maxRetries: 0 }), request))
    expect(error).toMatchObject({ status, hint: 'Set the option `includeUsage` to `false`.' })
  })

  it('is tried without once only', async () => {
    const { fetch, requests } = stubFetch(json({ error: 'stream_options' }, { status: 400 }))
    const { error } = await collect(stream(testClient({ fetch, maxRetries: 0 }), request))
    expect(error).toMatchObject({ name: 'InvalidRequestError', status: 400 })
    expect(requests).toHaveLength(2)
  })
})

describe('extraBody', () => {
  it.each(['stream_options', 'temperature', 'model', 'messages', 'tools'])(
    'takes `%s` out of the body with undefined',
    async (field) => {
      const { fetch, requests } = stubFetch(() => streamed())
      const tools = [{ name: 'f' }]
      await stream(testClient({ fetch }), { ...request, temperature: 1, tools, extraBody: { [field]: undefined } })
        .response
      const sent = await bodyOf(requests[0])
      expect(sent).not.toHaveProperty(field)
      expect(sent).toMatchObject({ stream: true })
    },
  )

  it('replaces `stream_options` and the messages', async () => {
    const { fetch, requests } = stubFetch(() => streamed())
    const extraBody = { stream_options: { include_usage: false }, messages: [{ role: 'user', content: 'y' }] }
    await stream(testClient({ fetch }), { ...request, extraBody }).response
    expect(await bodyOf(requests[0])).toMatchObject(extraBody)
  })

  it('takes a field out of a text completion', async () => {
    const { fetch, requests } = stubFetch(() => eventStream([frame({ choices: [{ text: 'a' }] }), DONE]).response)
    const extraBody = { stream_options: undefined }
    await streamCompleteText(testClient({ fetch }), { model: 'm', prompt: 'x', extraBody }).response
    expect(await bodyOf(requests[0])).not.toHaveProperty('stream_options')
  })
})

describe('the options of completions', () => {
  it.each<[string, unknown]>([
    ['reasoningTags', 'x'],
    ['reasoningTags', true],
    ['reasoningTags', ['<think>', '</think>']],
    ['reasoningTags', [['<think>']]],
    ['reasoningTags', [['<think>', '']]],
    ['onModelSubstituted', 'throw'],
    ['onModelSubstituted', true],
    ['includeUsage', 'no'],
  ])('reject %s: %j', (name, value) => {
    const error = thrownBy(() => testClient({ [name]: value } as LMStudioOptions))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid-option' })
    expect((error as Error).message).toContain(name)
  })
})

import { describe, expect, it, onTestFinished } from 'vitest'
import { complete, stream } from '../../src/completions/complete.js'
import type { LogEvent } from '../../src/config/options.js'
import { DONE, frame } from '../helpers/chat.js'
import { collect } from '../helpers/collect.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'
import { settle } from '../helpers/deferred.js'
import { gif, png } from '../helpers/images.js'

/** Requests one model, to which another one responds: complete, as a stream, and as a stream that comes as JSON. */
async function substitutions(requested: string, model: string): Promise<LogEvent[]> {
  const events: LogEvent[] = []
  const logger = (event: LogEvent): void => void events.push(event)
  const request = { model: requested, prompt: 'x' }
  const body = { model, choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] }
  const chunks = [frame({ model, choices: [{ delta: { content: 'a' }, finish_reason: 'stop' }] }), DONE]
  const jsonClient = testClient({ fetch: async () => json(body), logger })
  await complete(jsonClient, request)
  await stream(jsonClient, request).response
  await stream(testClient({ fetch: async () => eventStream(chunks).response, logger }), request).response
  return events.filter(({ type }) => type === 'model-substituted')
}

describe('runGeneration and streamGeneration', () => {
  it.each([
    ['acme/tern-4b', 'acme/tern-4b'],
    ['tern-4b', 'acme/tern-4b'],
    ['acme/tern-4b', 'tern-4b'],
    ['acme/tern-4b@q4_k_m', 'acme/tern-4b'],
    ['acme/tern-4b', 'acme/tern-4b:2'],
    ['ACME/Tern-4B', 'acme/tern-4b'],
  ])('log no warning when %s is requested and %s responds', async (requested, model) => {
    expect(await substitutions(requested, model)).toEqual([])
  })

  it.each([
    ['acme/tern-4b', 'acme/heron-base'],
    ['acme/tern-4b', 'acme/tern-4b-long'],
    ['acme/big-tern-4b', 'tern-4b'],
    ['acme/tern-4b', 'other/tern-4b'],
  ])('log a warning when %s is requested and %s responds, streamed or not', async (requested, model) => {
    const warning = { level: 'warn', type: 'model-substituted', message: expect.stringContaining(model) as string }
    expect(await substitutions(requested, model)).toEqual([warning, warning, warning])
  })

  it('cause no unhandled rejection when an image is invalid and the stream is never read', async () => {
    const rejections: unknown[] = []
    const onRejection = (error: unknown): void => void rejections.push(error)
    process.on('unhandledRejection', onRejection)
    onTestFinished(() => void process.off('unhandledRejection', onRejection))
    stream(testClient({ fetch: async () => json({}) }), {
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image', image: gif() }] }],
    })
    await settle()
    await settle()
    expect(rejections).toEqual([])
  })
})

describe('the requests', () => {
  const whole = { model: 'm', choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] }

  it('request a stream, and the usage, only for a stream', async () => {
    const { fetch, requests } = stubFetch(json(whole))
    const client = testClient({ fetch })
    await complete(client, { model: 'm', prompt: 'x' })
    await stream(client, { model: 'm', prompt: 'x' }).response
    const [body, streamBody] = await Promise.all(requests.map((request) => request.json()))
    expect(body).toMatchObject({ stream: false })
    expect(body).not.toHaveProperty('stream_options')
    expect(streamBody).toMatchObject({ stream: true, stream_options: { include_usage: true } })
  })

  it('wait for an image that is read first', async () => {
    const { fetch, requests } = stubFetch(json(whole))
    const client = testClient({ fetch })
    const image = new Blob([png(2, 3)])
    const request = { model: 'm', messages: [{ role: 'user' as const, content: [{ type: 'image' as const, image }] }] }
    await complete(client, request)
    await stream(client, request).response
    for (const { url } of await Promise.all(requests.map(async (sent) => imageOf(await sent.json())))) {
      expect(url).toMatch(/^data:image\/png;base64,/)
    }
    expect(requests).toHaveLength(2)
  })

  const imageOf = (body: unknown) =>
    (body as { messages: { content: { image_url: { url: string } }[] }[] }).messages[0]!.content[0]!.image_url
})

describe('a response in another form than requested', () => {
  const delta = (content: string, finish_reason: string | null = null) => ({
    model: 'm',
    choices: [{ delta: { content }, finish_reason }],
  })
  const whole = { model: 'm', choices: [{ message: { content: 'ab' }, finish_reason: 'stop' }] }
  const lines = [delta('a'), delta('b', 'stop')].map((chunk) => `${JSON.stringify(chunk)}\n`).join('')

  it('completes as a stream, in as many batches as arrive', async () => {
    const chunks = [frame(delta('a')), frame(delta('b', 'stop')), DONE]
    const client = testClient({ fetch: async () => eventStream(chunks).response })
    expect(await complete(client, { model: 'm', prompt: 'x' })).toMatchObject({ text: 'ab', finishReason: 'stop' })
  })

  it.each<[string, () => Response]>([
    ['one body of JSON', () => json(whole)],
    ['one body of JSON that is labeled as a stream', () => eventStream([JSON.stringify(whole)]).response],
    ['lines of JSON that are labeled as one body', () => json(lines)],
    ['lines of JSON', () => new Response(lines, { headers: { 'content-type': 'application/x-ndjson' } })],
  ])('streams as %s', async (_, response) => {
    const { events, response: completion } = await read(
      stream(testClient({ fetch: async () => response() }), { model: 'm', prompt: 'x' }),
    )
    expect(
      events
        .filter(({ type }) => type === 'text-delta')
        .map((event) => (event as { text: string }).text)
        .join(''),
    ).toBe('ab')
    expect(completion).toMatchObject({ text: 'ab', finishReason: 'stop' })
  })

  async function read(completion: ReturnType<typeof stream>) {
    const { events, error } = await collect(completion)
    expect(error).toBeUndefined()
    return { events, response: await completion.response }
  }
})

import { describe, expect, it } from 'vitest'
import { completeText } from '../../src/completions/complete-text.js'
import { complete, stream } from '../../src/completions/complete.js'
import { chunk, DONE } from '../helpers/chat.js'
import { eventStream, testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { fixtureText } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const request = { model: 'acme/tern-4b', prompt: 'How many gulls?' }
const EVENTS = [chunk({ content: 'Sev' }), chunk({ content: 'en.' }), chunk({}, 'stop'), DONE].join('')
const WHOLE = {
  id: 'c',
  model: 'acme/tern-4b',
  choices: [{ index: 0, message: { content: 'Seven.' }, finish_reason: 'stop' }],
}
const LINES = [
  { choices: [{ delta: { content: 'Sev' } }] },
  { choices: [{ delta: { content: 'en.' } }] },
  { choices: [{ delta: {}, finish_reason: 'stop' }] },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('')

/** A body in pieces of this length, with this label or none. */
function labeled(body: string, type: string | null, length: number): Response {
  const pieces = body.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? []
  const { response } = eventStream(pieces)
  return new Response(response.body, { headers: type === null ? {} : { 'content-type': type } })
}

const LABELS = ['text/event-stream', 'application/json', 'application/json; charset=utf-8', 'text/plain', null] as const
const BODIES: [string, string][] = [
  ['an event stream', EVENTS],
  ['an event stream after a comment and line breaks', `\n\n: ping\n\n${EVENTS}`],
  ['a whole response', JSON.stringify(WHOLE)],
  ['a whole response over several lines', `\n${JSON.stringify(WHOLE, null, 2)}\n`],
  ['a whole response after a comment', `: ping\n\n${JSON.stringify(WHOLE)}`],
  ['JSON line by line', LINES],
]

describe.each(LABELS)('a body labeled %s', (type) => {
  it.each(BODIES)('is read as %s, whether a stream was requested or not', async (_, body) => {
    for (const length of [3, 10_000]) {
      const client = testClient({ fetch: async () => labeled(body, type, length) })
      expect(await complete(client, request)).toMatchObject({ text: 'Seven.', finishReason: 'stop' })
      const completion = stream(client, request)
      const { events, error } = await collect(completion)
      expect(error).toBeUndefined()
      expect(await completion.response).toMatchObject({ text: 'Seven.', finishReason: 'stop' })
      expect(events.at(-1)).toMatchObject({ type: 'completion-end' })
    }
  })

  it('rejects with the error that it holds, streamed or not', async () => {
    const bodies = [
      '{"error":"Model is unloaded."}',
      '{"status":"error","message":"Model is unloaded."}',
      'data: {"error":"Model is unloaded."}\n\n',
      `${chunk({ content: 'Sev' })}data: {"error":"Model is unloaded."}\n\n`,
    ]
    for (const body of bodies) {
      const client = testClient({ fetch: async () => labeled(body, type, 10_000), maxRetries: 0 })
      expect(await rejectionOf(complete(client, request))).toMatchObject({ code: 'model-unloaded' })
      expect(await rejectionOf(stream(client, request).response)).toMatchObject({ code: 'model-unloaded' })
    }
  })

  it('rejects lines of which one is not whole, with the partial response', async () => {
    const client = testClient({ fetch: async () => labeled(LINES.replace('"en."', '"e'), type, 7), maxRetries: 0 })
    const expected = { code: 'not-json', partial: { text: 'Sev' } }
    expect(await rejectionOf(complete(client, request))).toMatchObject(expected)
    expect(await rejectionOf(stream(client, request).response)).toMatchObject(expected)
  })

  it('rejects lines that end within JSON as a stream that was cut', async () => {
    const client = testClient({ fetch: async () => labeled(LINES.slice(0, 60), type, 7), maxRetries: 0 })
    const expected = { name: 'StreamInterruptedError', partial: { text: 'Sev' } }
    expect(await rejectionOf(stream(client, request).response)).toMatchObject(expected)
  })

  it('rejects a stream that was cut, with the partial response', async () => {
    const client = testClient({ fetch: async () => labeled(chunk({ content: 'Sev' }), type, 7), maxRetries: 0 })
    const expected = { name: 'StreamInterruptedError', partial: { text: 'Sev' } }
    expect(await rejectionOf(complete(client, request))).toMatchObject(expected)
    expect(await rejectionOf(stream(client, request).response)).toMatchObject(expected)
  })
})

describe('a wrong label', () => {
  it('does not delay the events of a stream', async () => {
    const { response } = eventStream([chunk({ content: 'Seven.' })], 'hang')
    const body = new Response(response.body, { headers: { 'content-type': 'application/json' } })
    const completion = stream(testClient({ fetch: async () => body }), request)
    const texts: string[] = []
    for await (const text of completion.textStream) {
      texts.push(text)
      break
    }
    expect(texts).toEqual(['Seven.'])
  })

  it('does not measure the time to the first token of a stream that was read whole', async () => {
    const { stats } = await complete(testClient({ fetch: async () => labeled(EVENTS, null, 10_000) }), request)
    expect(stats.timeToFirstTokenMs).toBeUndefined()
  })

  it('does not matter for text completions', async () => {
    const body = fixtureText('completion-stream.sse')
    const client = testClient({ fetch: async () => labeled(body, 'application/json', 10_000) })
    expect(await completeText(client, { model: 'acme/heron-base', prompt: 'The sea' })).toMatchObject({
      text: ' and the tide turned',
    })
  })

  it('leaves a web page and plain text errors', async () => {
    const page = testClient({ fetch: async () => labeled('<!doctype html>', 'text/plain', 5), maxRetries: 0 })
    expect(await rejectionOf(stream(page, request).response)).toMatchObject({ code: 'not-json' })
    const words = testClient({ fetch: async () => labeled('Not now.', 'application/json', 5), maxRetries: 0 })
    expect(await rejectionOf(complete(words, request))).toMatchObject({ code: 'not-json' })
    expect(await rejectionOf(stream(words, request).response)).toMatchObject({ code: 'not-json' })
  })
})

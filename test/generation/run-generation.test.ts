import { describe, expect, it, onTestFinished } from 'vitest'
import { complete, stream } from '../../src/completions/complete.js'
import type { LogEvent } from '../../src/config/options.js'
import { DONE, frame } from '../helpers/chat.js'
import { eventStream, json, testClient } from '../helpers/client.js'
import { settle } from '../helpers/deferred.js'
import { gif } from '../helpers/images.js'

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

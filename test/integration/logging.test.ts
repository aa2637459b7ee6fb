import type { LogEvent } from 'lmstudio-provider'
import { expect, onTestFinished, test, vi } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO, MODEL } from './support/provider.js'
import { completionBody, DONE, frame } from './support/servers.js'
import { jitter } from './support/watch.js'

const ROUTE = '/v1/chat/completions'

test('logs each request and its response with exact durations, attempts and delays', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: 1_790_000_000_000 })
  onTestFinished(() => void vi.useRealTimers())
  // No jitter beyond what the server asks for.
  jitter(0)
  const events: LogEvent[] = []
  const responses = [
    () => Response.json({ error: 'busy' }, { status: 503, headers: { 'retry-after': '2' } }),
    () => Response.json(completionBody('Ahoy')),
  ]
  const fetch = async (): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, 40))
    return responses.shift()!()
  }
  const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch, logger: (event) => void events.push(event) })
  const running = lmstudio.complete(HELLO)
  await vi.advanceTimersByTimeAsync(2_080)
  expect((await running).text).toBe('Ahoy')
  const facts = events.map(({ message: _message, ...rest }) => rest)
  expect(facts).toEqual([
    { level: 'debug', type: 'request', method: 'POST', route: ROUTE, attempt: 1 },
    { level: 'debug', type: 'response', method: 'POST', route: ROUTE, attempt: 1, status: 503, durationMs: 40 },
    { level: 'info', type: 'retry', method: 'POST', route: ROUTE, attempt: 1, delayMs: 2_000, code: 'server-error' },
    { level: 'debug', type: 'request', method: 'POST', route: ROUTE, attempt: 2 },
    { level: 'debug', type: 'response', method: 'POST', route: ROUTE, attempt: 2, status: 200, durationMs: 40 },
  ])
})

test('logs the error that a call rejects with', async () => {
  const events: LogEvent[] = []
  const fetch = async (): Promise<Response> => Response.json({ error: 'no' }, { status: 400 })
  const logger = (event: LogEvent): void => void events.push(event)
  const error = await caught(connect({ url: 'http://127.0.0.1:9' }, { fetch, logger }).complete(HELLO))
  expect(events.at(-1)).toEqual({
    level: 'error',
    type: 'error',
    method: 'POST',
    route: ROUTE,
    code: 'invalid-request',
    message: error.message,
  })
})

test('reports the latency of a health check and the stats of a stream as durations', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: 1_790_000_000_000 })
  onTestFinished(() => void vi.useRealTimers())
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const openStream = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      async start(controller) {
        await pause(100)
        controller.enqueue(new TextEncoder().encode(frame({ content: 'Ahoy' })))
        await pause(300)
        controller.enqueue(new TextEncoder().encode(frame({}, 'stop') + DONE))
        controller.close()
      },
    })
  const fetch = async (_input: unknown, init?: RequestInit): Promise<Response> => {
    await pause(20)
    if (init?.method === 'POST') return new Response(openStream(), { headers: { 'content-type': 'text/event-stream' } })
    return Response.json({ lmstudio: true, models: [{ key: MODEL, type: 'llm' }] })
  }
  const lmstudio = connect({ url: 'http://127.0.0.1:9' }, { fetch })
  const running = Promise.all([lmstudio.healthCheck(), lmstudio.stream(HELLO).response])
  await vi.advanceTimersByTimeAsync(500)
  const [report, { stats }] = await running
  expect(report).toMatchObject({ status: 'healthy', latencyMs: 20 })
  expect(stats).toMatchObject({ timeToFirstTokenMs: 120, durationMs: 420 })
})

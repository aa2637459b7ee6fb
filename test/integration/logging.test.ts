import type { LogEvent } from 'lmstudio-provider'
import { expect, onTestFinished, test, vi } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO } from './support/provider.js'
import { completionBody } from './support/servers.js'

const ROUTE = '/v1/chat/completions'

test('logs each request and its response with exact durations, attempts and delays', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: 1_790_000_000_000 })
  onTestFinished(() => void vi.useRealTimers())
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

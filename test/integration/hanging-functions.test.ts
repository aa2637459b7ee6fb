import type { CallOptions, LMStudioOptions, LogEvent } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught, streamError } from './support/caught.js'
import { HELLO, setUp } from './support/provider.js'
import { turns, until, watchRejections } from './support/watch.js'

const never = (): Promise<never> => new Promise(() => {})

// Responds at once, so that only the function can reach a limit.
const fetch = async (): Promise<Response> => Response.json({})

const HANGING: readonly [string, string, LMStudioOptions][] = [
  ['the function apiToken', 'function apiToken', { apiToken: never }],
  ['onRequest', 'interceptor onRequest', { onRequest: never }],
  ['the second onRequest', 'interceptor onRequest', { onRequest: [() => {}, never] }],
  ['onResponse', 'interceptor onResponse', { onResponse: never }],
  [
    'onResponseError',
    'interceptor onResponseError',
    { onResponseError: never, fetch: async () => Response.json({}, { status: 400 }) },
  ],
  [
    'onRequestError',
    'interceptor onRequestError',
    { onRequestError: never, fetch: () => Promise.reject(new TypeError('fetch failed')) },
  ],
]

describe.each(HANGING)('%s, when it never finishes,', (_, name, options) => {
  test.each<[string, LMStudioOptions, CallOptions, string]>([
    ['`timeout` of the call', {}, { timeout: 60 }, 'timeout'],
    ['`generationTimeout`', { generationTimeout: 60 }, {}, 'generationTimeout'],
  ])('ends a generation after %s with an error that names it', async (_limit, more, call, limit) => {
    const { lmstudio } = await setUp({}, { fetch, ...options, ...more, maxConcurrency: 1 })
    for (const error of [
      await caught(lmstudio.complete(HELLO, call)),
      await streamError(lmstudio.stream(HELLO, call)),
    ]) {
      expect(error).toMatchObject({ name: 'TimeoutError', code: 'function-timeout', limit, timeoutMs: 60 })
      expect(error.message).toBe(`The ${name} did not finish within 60 ms (\`${limit}\`, POST /v1/chat/completions).`)
      expect(error.hint).toContain('Make the function that the message names finish')
    }
  })

  test('ends a list after `timeout`, and is not called again', async () => {
    const { lmstudio } = await setUp({}, { fetch, ...options, timeout: 60 })
    expect(await caught(lmstudio.listModels())).toMatchObject({ code: 'function-timeout', timeoutMs: 60 })
  })

  test('does not delay an abort', async () => {
    const { lmstudio } = await setUp({}, { fetch, ...options })
    const controller = new AbortController()
    const calls = [
      caught(lmstudio.complete(HELLO, { signal: controller.signal })),
      caught(lmstudio.stream(HELLO, { signal: controller.signal }).response),
    ]
    await turns()
    controller.abort('gone')
    expect(await Promise.all(calls)).toEqual(['gone', 'gone'])
  })
})

test('a function that finishes in time is not named when the server is slow', async () => {
  const { lmstudio } = await setUp(
    { faults: ['delay-headers'] },
    { apiToken: async () => 'sk-lm-abcdefgh:abcdefghijklmnopqrst', onRequest: async () => {} },
  )
  const error = await caught(lmstudio.complete(HELLO, { timeout: 60 }))
  expect(error).toMatchObject({ name: 'TimeoutError', code: 'timeout' })
})

test('a request is not sent by an interceptor that finishes after the call has ended', async () => {
  let release = (): void => {}
  const waiting = new Promise<void>((resolve) => (release = resolve))
  const { mock, lmstudio } = await setUp({}, { onRequest: () => waiting })
  await caught(lmstudio.complete(HELLO, { timeout: 40 }))
  release()
  await turns()
  expect(mock.calls).toHaveLength(0)
})

/** An object that `await` takes for a promise, as those of other libraries. */
const thenable = (then: (resolve: () => void, reject: (reason: unknown) => void) => void): object =>
  // oxlint-disable-next-line unicorn/no-thenable -- a logger may return one
  Object.defineProperty({}, 'then', { value: then })

test.each<[string, (event: LogEvent) => unknown]>([
  [
    'throws',
    () => {
      throw new Error('The disk is full.')
    },
  ],
  ['rejects', () => Promise.reject(new Error('The disk is full.'))],
  ['never finishes', never],
  ['returns a thenable that rejects', () => thenable((_resolve, reject) => reject(new Error('The disk is full.')))],
  [
    'returns a thenable that throws',
    () =>
      thenable(() => {
        throw new Error('The disk is full.')
      }),
  ],
])('a logger that %s does not affect a call', async (_, logger) => {
  const unhandled = watchRejections()
  const { lmstudio } = await setUp({}, { logger: logger as () => void })
  expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
  expect((await lmstudio.stream(HELLO).response).text).toBe('You said: Hello.')
  expect(await unhandled()).toEqual([])
})

describe('a call that waits for its turn', () => {
  test('is aborted at once, and leaves the others in their order', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] }, { maxConcurrency: 1 })
    const first = lmstudio.complete({ ...HELLO, prompt: 'echo: 1' })
    await mock.whenHeld()
    const controller = new AbortController()
    const order: string[] = []
    const enter = (prompt: string, signal?: AbortSignal): Promise<unknown> =>
      lmstudio.complete({ ...HELLO, prompt: `echo: ${prompt}` }, { signal }).then(({ text }) => order.push(text))
    const aborted = caught(enter('2', controller.signal))
    const others = [enter('3'), enter('4')]
    await turns()
    controller.abort('gone')
    expect(await aborted).toBe('gone')
    mock.release()
    await Promise.all([first, ...others])
    expect(order).toEqual(['3', '4'])
    expect(mock.calls).toHaveLength(3)
  })

  test('can be a stream, which is aborted or left while it waits', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] }, { maxConcurrency: 1 })
    const first = lmstudio.complete(HELLO)
    await mock.whenHeld()
    const stream = lmstudio.stream(HELLO)
    const aborted = streamError(stream)
    const left = lmstudio.stream(HELLO)[Symbol.asyncIterator]()
    void left.next().catch(() => {})
    await turns()
    stream.abort()
    await left.return?.()
    expect(await aborted).toMatchObject({ name: 'AbortError' })
    mock.release()
    await first
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
    expect(mock.calls).toHaveLength(2)
  })

  test('that times out does not take a place', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] }, { maxConcurrency: 1 })
    const first = lmstudio.complete(HELLO)
    await mock.whenHeld()
    expect(await caught(lmstudio.complete(HELLO, { timeout: 40 }))).toMatchObject({ code: 'queue-timeout' })
    expect(await caught(lmstudio.stream(HELLO, { timeout: 40 }).response)).toMatchObject({ code: 'queue-timeout' })
    mock.release()
    await first
    await lmstudio.complete(HELLO)
    await until(() => mock.calls.length === 2)
  })
})

import { describe, expect, test } from 'vitest'
import type { MockFault } from 'lmstudio-provider/testing/node'
import { caught, readAll } from './support/caught.js'
import { connect, HELLO, setUp } from './support/provider.js'
import { closedPort } from './support/servers.js'
import { jitter, turns, until } from './support/watch.js'

const EMBED = { model: 'text-embedding-plover-v2', input: 'gull' } as const

describe('generations', () => {
  test('run four at a time by default and the others in the order of their calls', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('delay-headers', { times: 6 })
    const all = [1, 2, 3, 4, 5, 6].map((number) => lmstudio.complete({ ...HELLO, prompt: `echo: ${number}` }))
    await until(() => mock.calls.length === 4)
    await turns()
    expect(mock.calls).toHaveLength(4)
    mock.release()
    await until(() => mock.calls.length === 6)
    await mock.whenHeld()
    await turns()
    mock.release()
    expect((await Promise.all(all)).map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5', '6'])
    const prompts = mock.calls.map(({ body }) => (body as { messages: { content: string }[] }).messages[0]?.content)
    expect(prompts.slice(4)).toEqual(['echo: 5', 'echo: 6'])
  })

  test('never overlap with `maxConcurrency: 1`, whatever their kind', async () => {
    let running = 0
    let most = 0
    const { lmstudio } = await setUp(
      {
        reply: async () => {
          most = Math.max(most, ++running)
          await turns(3)
          running--
          return 'ok'
        },
      },
      { maxConcurrency: 1 },
    )
    await Promise.all([
      lmstudio.complete(HELLO),
      lmstudio.stream(HELLO).response,
      readAll(lmstudio.stream(HELLO)),
      lmstudio.complete(HELLO),
      lmstudio.embed(EMBED),
    ])
    expect(most).toBe(1)
  })

  test('wait until a stream that is retried has ended', async () => {
    jitter(0.5)
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject('status-503')
    await Promise.all([readAll(lmstudio.stream(HELLO)), lmstudio.complete(HELLO)])
    expect(mock.calls.map(({ body }) => (body as { stream: boolean }).stream)).toEqual([true, true, false])
  })

  test('of two providers run independently', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject('delay-headers', { times: 2 })
    const both = [lmstudio.complete(HELLO), connect(mock, { maxConcurrency: 1 }).complete(HELLO)]
    await until(() => mock.calls.length === 2)
    await turns()
    mock.release()
    await Promise.all(both)
  })

  test('do not delay control calls', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject('delay-headers', { path: '/v1/chat/completions' })
    const running = lmstudio.complete(HELLO)
    await mock.whenHeld()
    expect(await lmstudio.listModels()).not.toHaveLength(0)
    expect((await lmstudio.healthCheck()).status).toBe('healthy')
    mock.release()
    await running
  })

  test('all finish when a hundred start at once', async () => {
    const { lmstudio } = await setUp()
    const all = Array.from({ length: 100 }, (_, number) =>
      number % 2 === 0
        ? lmstudio.complete({ ...HELLO, prompt: `echo: ${number}` })
        : lmstudio.stream({ ...HELLO, prompt: `echo: ${number}` }).response,
    )
    expect((await Promise.all(all)).map(({ text }) => text)).toEqual(all.map((_, number) => String(number)))
  })

  test('start their time limit only when their turn comes', async () => {
    const { mock, lmstudio } = await setUp(
      { faults: ['delay-headers'] },
      { maxConcurrency: 1, generationTimeout: 20_000 },
    )
    const first = lmstudio.complete(HELLO)
    await mock.whenHeld()
    const second = lmstudio.complete(HELLO)
    mock.release()
    await first
    expect((await second).text).toContain('Hello.')
  })

  test.each([
    ['the `timeout` of the call', { timeout: 200 }, {}, 'timeout'],
    ['`generationTimeout`', {}, { generationTimeout: 200 }, 'generationTimeout'],
  ] as const)('wait for their turn no longer than %s', async (_, call, options, limit) => {
    const { lmstudio } = await setUp({}, { maxConcurrency: 1, ...options })
    for await (const _text of lmstudio.stream(HELLO).textStream) {
      // The stream of the loop takes the only place.
      expect(await caught(lmstudio.complete(HELLO, call))).toMatchObject({
        code: 'queue-timeout',
        limit,
        timeoutMs: 200,
      })
      break
    }
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })
})

describe('the place of a generation is released', () => {
  const settings = { maxConcurrency: 1, maxRetries: 0, idleTimeout: 200 } as const

  test('when a time limit ends a stream that is no longer read', async () => {
    const { mock, lmstudio } = await setUp(
      { faults: [{ name: 'stall', afterEvents: 2 }] },
      { ...settings, idleTimeout: 60_000 },
    )
    const iterator = lmstudio.stream(HELLO, { timeout: 500 })[Symbol.asyncIterator]()
    await iterator.next()
    expect(await mock.calls[0]!.finished).toBe('aborted')
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })

  test.each<MockFault>([
    'status-400',
    'status-503',
    'reset',
    'html',
    'malformed-json',
    'empty-body',
    'error-200',
    'zero-deltas',
    'redirect',
  ])('when complete fails with %s', async (fault) => {
    const { lmstudio } = await setUp({ faults: [fault] }, settings)
    await caught(lmstudio.complete(HELLO))
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })

  test('when complete times out', async () => {
    const { mock, lmstudio } = await setUp({}, settings)
    mock.inject('delay-headers')
    expect(await caught(lmstudio.complete(HELLO, { timeout: 200 }))).toMatchObject({ name: 'TimeoutError' })
    mock.reset()
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })

  test.each<MockFault>([
    'status-400',
    'status-503',
    'html',
    'error-200',
    'zero-deltas',
    'cut',
    'cut-mid-character',
    'error-frame',
    { name: 'stall', afterEvents: 2 },
    { name: 'reset', afterEvents: 2 },
    'json-instead-of-stream',
    'no-done',
    'redirect',
  ])('when a stream ends with %s', async (fault) => {
    const { lmstudio } = await setUp({ faults: [fault] }, settings)
    await readAll(lmstudio.stream(HELLO))
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })

  test('when the consumer leaves a stream', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject({ name: 'stall', afterEvents: 2 }, { times: 3 })
    for await (const _ of lmstudio.stream(HELLO)) break
    for await (const _ of lmstudio.stream(HELLO).textStream) break
    await lmstudio
      .stream(HELLO)
      .toReadableStream()
      .getReader()
      .read()
      .then(() => undefined)
    // The third stream is still open and takes the only place.
    const controller = new AbortController()
    const queued = caught(lmstudio.complete(HELLO, { signal: controller.signal }))
    await turns()
    controller.abort('gone')
    expect(await queued).toBe('gone')
    expect(mock.calls).toHaveLength(3)
  })

  test('when a stream is aborted before, at or after its first event', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    for (const fault of [
      'delay-headers',
      { name: 'stall', afterEvents: 0 },
      { name: 'stall', afterEvents: 2 },
    ] as const) {
      mock.inject(fault)
      const stream = lmstudio.stream(HELLO)
      const reading = readAll(stream)
      await mock.whenHeld()
      stream.abort()
      expect((await reading).error).toMatchObject({ name: 'AbortError' })
      await mock.calls.at(-1)?.finished
    }
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })

  test('when the consumer leaves a stream that waits for its response', async () => {
    const { mock, lmstudio } = await setUp({ faults: ['delay-headers'] }, { maxConcurrency: 1 })
    const iterator = lmstudio.stream(HELLO)[Symbol.asyncIterator]()
    const first = iterator.next()
    await mock.whenHeld()
    await iterator.return?.()
    await first.catch(() => {})
    expect(await mock.calls[0]?.finished).toBe('aborted')
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })

  test('when the function `apiToken` throws', async () => {
    let fails = true
    const { lmstudio } = await setUp(
      {},
      {
        maxConcurrency: 1,
        apiToken: () => {
          if (fails) throw new Error('keychain locked')
          return 'sk-lm-abcdefgh:abcdefghijklmnopqrst'
        },
      },
    )
    await caught(lmstudio.complete(HELLO))
    await caught(lmstudio.stream(HELLO).response)
    fails = false
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })

  test('when the connection is refused', async () => {
    jitter(0)
    const lmstudio = connect({ url: `http://127.0.0.1:${await closedPort()}` }, { maxConcurrency: 1 })
    for (let count = 0; count < 3; count++) {
      expect(await caught(lmstudio.complete(HELLO))).toMatchObject({ code: 'not-running' })
    }
  })

  test('when a request is invalid', async () => {
    const { lmstudio } = await setUp({}, { maxConcurrency: 1 })
    await caught(lmstudio.complete({ ...HELLO, temperature: -1 }))
    await caught(lmstudio.stream({ ...HELLO, temperature: -1 }).response)
    await caught(lmstudio.complete(HELLO, { timeout: -1 }))
    await caught(lmstudio.stream(HELLO, { timeout: -1 }).response)
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
  })

  test('after the last attempt of a call that is retried', async () => {
    jitter(0)
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    mock.inject('status-503', { times: 2 })
    const both = await Promise.all([lmstudio.complete(HELLO), lmstudio.complete(HELLO)])
    expect(both.map(({ text }) => text)).toEqual(['You said: Hello.', 'You said: Hello.'])
  })
})

describe('streams that are not read', () => {
  test('take no place', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    for (let count = 0; count < 5; count++) lmstudio.stream(HELLO)
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
    expect(mock.calls).toHaveLength(1)
  })

  test('take no place when only their iterator is created', async () => {
    const { mock, lmstudio } = await setUp({}, { maxConcurrency: 1 })
    for (let count = 0; count < 5; count++) {
      lmstudio.stream(HELLO)[Symbol.asyncIterator]()
      lmstudio.stream(HELLO).toReadableStream()
      lmstudio.stream(HELLO).textStream[Symbol.asyncIterator]()
    }
    await turns()
    expect((await lmstudio.complete(HELLO)).text).toContain('Hello.')
    expect(mock.calls).toHaveLength(1)
  })
})

import { ConfigurationError, createLMStudio } from 'lmstudio-provider'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO } from './support/provider.js'
import { PUBLIC_CALLS, setUpCall } from './support/public-calls.js'
import { DONE, eventStream, frame } from './support/servers.js'
import { advanceUntil } from './support/time.js'

const NOWHERE = { url: 'http://127.0.0.1:9' }

describe('a download', () => {
  const call = PUBLIC_CALLS.find(({ name }) => name === 'downloadModel')!
  const STATUS = 'GET /api/v1/models/download/status'

  test.each([
    [5, 'resolves'],
    [6, 'rejects'],
  ] as const)('whose status fails %i times in a row %s', async (failures, outcome) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { lmstudio, sent } = await setUpCall(call, ({ request }, index) =>
      request === STATUS && index <= failures
        ? Promise.resolve(Response.json({ error: 'busy' }, { status: 503 }))
        : undefined,
    )
    const running = call.run(lmstudio, { maxRetries: 0 }).then(
      () => 'resolves',
      () => 'rejects',
    )
    let isOver = false
    void running.then(() => (isOver = true))
    await advanceUntil(() => isOver)
    expect(await running).toBe(outcome)
    expect(sent.filter(({ request }) => request === STATUS)).toHaveLength(
      outcome === 'resolves' ? failures + 4 : failures,
    )
  })
})

test.each([
  [256, 'reasoning'],
  [257, 'text'],
] as const)('after %i spaces, a think tag begins %s', async (spaces, kind) => {
  const content = `${' '.repeat(spaces)}<think>One.</think>Two.`
  const fetch = async (): Promise<Response> => eventStream(frame({ content }), frame({}, 'stop'), DONE)
  const { text, reasoning } = await connect(NOWHERE, { fetch }).stream(HELLO).response
  expect([text.trim(), reasoning]).toEqual(
    kind === 'reasoning' ? ['Two.', 'One.'] : ['<think>One.</think>Two.', undefined],
  )
})

test('the cause of an error has five levels', async () => {
  // Errors with a property that can hold a secret are copied.
  const chain = (depth: number): Error =>
    Object.assign(new Error(`level ${depth}`, depth < 10 ? { cause: chain(depth + 1) } : {}), { request: {} })
  const fetch = async (): Promise<Response> => {
    throw chain(1)
  }
  const levels: string[] = []
  const error = await caught(connect(NOWHERE, { fetch, maxRetries: 0 }).complete(HELLO))
  for (let { cause } = error; cause instanceof Error; { cause } = cause) levels.push(cause.message)
  expect(levels).toEqual(['level 1', 'level 2', 'level 3', 'level 4', 'level 5'])
})

test.each(['abc\n', 'abc\r', 'abc\r\n', '\nabc', 'ab\0c'])('a header cannot have the value %j', async (value) => {
  expect(() => createLMStudio({ headers: { 'x-key': value } })).toThrow(ConfigurationError)
  const fetch = vi.fn<typeof globalThis.fetch>()
  const call = connect(NOWHERE, { fetch }).complete(HELLO, { headers: { 'x-key': value } })
  expect(await caught(call)).toMatchObject({ name: 'ConfigurationError', code: 'invalid-headers' })
  expect(fetch).not.toHaveBeenCalled()
})

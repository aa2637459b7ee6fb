import { InvalidResponseError, NetworkError, type PartialEmbeddings } from 'lmstudio-provider'
import { expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO, setUp } from './support/provider.js'
import { bodyOf, sendJSON, serve } from './support/servers.js'

const model = 'text-embedding-plover-v2'
const ROUTE = '/v1/embeddings'
const numbered = (length: number): string[] => Array.from({ length }, (_, index) => `text ${index}`)
const partialOf = (error: unknown): PartialEmbeddings | undefined => (error as { partial?: PartialEmbeddings }).partial

/** A server whose vector for `text 7` is `[7]`; `answer` may say otherwise for a batch, given its first number. */
async function countingServer(answer: (first: number) => Promise<object | undefined> | object | undefined = () => {}) {
  const batches: string[][] = []
  const server = await serve((request, response) => {
    void (async () => {
      const input = (await bodyOf(request)).input as string[]
      batches.push(input)
      const vectors = input.map((text, index) => ({ index, embedding: [Number(text.split(' ')[1])] }))
      const usage = { prompt_tokens: input.length, total_tokens: input.length }
      const special = await answer(vectors[0]!.embedding[0]!)
      if (special !== undefined && 'status' in special) sendJSON(response, special, special.status as number)
      else sendJSON(response, { data: vectors, usage, model, ...special })
    })()
  })
  return { server, batches }
}

test('a failing batch ends the call with what the others gave, hidden from print', async () => {
  const { server, batches } = await countingServer((first) => (first === 4 ? { error: 'too long', status: 400 } : {}))
  const input = numbered(10)
  const error = await caught(connect(server).embed({ model, input, batchSize: 2, concurrency: 1 }))
  expect(error).toMatchObject({ name: 'InvalidRequestError' })
  expect(partialOf(error)).toEqual({
    model,
    embeddings: [[0], [1], [2], [3], ...Array.from({ length: 6 })],
    usage: { inputTokens: 4, outputTokens: undefined, totalTokens: 4 },
    failed: { from: 4, to: 6 },
  })
  expect(Object.keys(error)).not.toContain('partial')
  expect(JSON.stringify(error)).not.toContain('failed')
  expect(batches).toHaveLength(3)
})

test('what is missing after a failure can be embedded by a second call', async () => {
  let hasFailed = false
  const { server, batches } = await countingServer((first) => {
    if (first !== 6 || hasFailed) return {}
    hasFailed = true
    return { error: 'no memory', status: 400 }
  })
  const lmstudio = connect(server)
  const input = numbered(8)
  const error = await caught(lmstudio.embed({ model, input, batchSize: 2, concurrency: 1 }))
  const missing = input.filter((_, index) => partialOf(error)?.embeddings[index] === undefined)
  expect((await lmstudio.embed({ model, input: missing })).embeddings).toEqual([[6], [7]])
  expect(batches.at(-1)).toEqual(['text 6', 'text 7'])
})

test('a failure ends the batches that run beside it, and starts no other', async () => {
  const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
  mock.inject('delay-headers', { path: ROUTE })
  mock.inject('status-500', { path: ROUTE })
  const error = await caught(lmstudio.embed({ model, input: numbered(40), batchSize: 2, concurrency: 2 }))
  expect(error).toMatchObject({ name: 'NetworkError', status: 500 })
  const calls = mock.calls.filter(({ path }) => path === ROUTE)
  expect(calls).toHaveLength(2)
  expect(await calls[0]!.finished).toBe('aborted')
})

test('the caller’s abort rejects with its own reason, untouched, and ends every request', async () => {
  const { mock, lmstudio } = await setUp()
  mock.inject('delay-headers', { path: ROUTE, times: 2 })
  const controller = new AbortController()
  const reason = { why: 'enough' }
  const call = lmstudio.embed({ model, input: numbered(40), batchSize: 1 }, { signal: controller.signal })
  await mock.whenHeld()
  controller.abort(reason)
  expect(await caught(call)).toBe(reason)
  expect(partialOf(reason)).toBeUndefined()
  for (const { finished } of mock.calls) expect(await finished).toBe('aborted')
})

test('nothing is added to a reason that happens to be an error of this package', async () => {
  const controller = new AbortController()
  const reason = new NetworkError('enough')
  const { server } = await countingServer((first) => {
    if (first === 2) controller.abort(reason)
    return {}
  })
  const call = connect(server).embed(
    { model, input: numbered(4), batchSize: 1, concurrency: 1 },
    { signal: controller.signal },
  )
  expect(await caught(call)).toBe(reason)
  expect(partialOf(reason)).toBeUndefined()
})

test('a signal that has aborted before sends nothing', async () => {
  const { mock, lmstudio } = await setUp()
  const reason = new Error('no')
  expect(await caught(lmstudio.embed({ model, input: numbered(4) }, { signal: AbortSignal.abort(reason) }))).toBe(
    reason,
  )
  expect(mock.calls).toHaveLength(0)
})

test('vectors of another length in a later batch are refused, with what fits', async () => {
  const { server } = await countingServer((first) => (first === 2 ? { data: [{ embedding: [1, 2] }] } : {}))
  const error = await caught(connect(server).embed({ model, input: numbered(3), batchSize: 1, concurrency: 1 }))
  expect(error).toBeInstanceOf(InvalidResponseError)
  expect(error).toMatchObject({ code: 'mixed-dimensions' })
  expect(partialOf(error)).toMatchObject({ embeddings: [[0], [1], undefined], failed: { from: 2, to: 3 } })
})

test('vectors of different length in one batch are refused', async () => {
  const { server } = await countingServer(() => ({ data: [{ embedding: [1, 2] }, { embedding: [1] }] }))
  expect(await caught(connect(server).embed({ model, input: numbered(2) }))).toMatchObject({ code: 'mixed-dimensions' })
})

test('a model that vanishes meanwhile is told with the models that are there, and with what succeeded', async () => {
  const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
  const input = numbered(4)
  const pending = lmstudio.embed({ model, input, batchSize: 2, concurrency: 1 })
  await mock.whenCalled(ROUTE)
  mock.inject('no-models-loaded', { path: ROUTE })
  const error = await caught(pending)
  expect(error.availableModels).toContain(model)
  expect(partialOf(error)?.embeddings.map((vector) => vector?.length)).toEqual([256, 256, undefined, undefined])
})

test.each<[string, unknown, string]>([
  ['an empty text', '', 'input'],
  ['a text of nothing but space', ' \n', 'input'],
  ['an empty text among others', ['a', '', 'b'], 'input[1]'],
])('%s is refused by its place before anything is sent', async (_, input, place) => {
  const { mock, lmstudio } = await setUp()
  const error = await caught(lmstudio.embed({ model, input: input as string[] }))
  expect(error).toMatchObject({ name: 'InvalidRequestError' })
  expect(error.message).toContain(`\`${place}\``)
  expect(mock.calls).toHaveLength(0)
})

test.each([{ batchSize: 0 }, { batchSize: 1.5 }, { concurrency: 0 }, { concurrency: '2' }, { batchsize: 3 }])(
  '%j is refused',
  async (more) => {
    const { mock, lmstudio } = await setUp()
    expect(await caught(lmstudio.embed({ model, input: 'a', ...(more as object) }))).toMatchObject({
      name: 'InvalidRequestError',
    })
    expect(mock.calls).toHaveLength(0)
  },
)

test.each([
  [1, [1]],
  [64, [64]],
  [65, [64, 1]],
  [200, [64, 64, 64, 8]],
])('%i texts are sent in batches of %j', async (length, sizes) => {
  const { server, batches } = await countingServer()
  const { embeddings, usage } = await connect(server).embed({ model, input: numbered(length) })
  expect(embeddings).toEqual(Array.from({ length }, (_, index) => [index]))
  expect(usage.inputTokens).toBe(length)
  expect(batches.map((batch) => batch.length).toSorted((a, b) => b - a)).toEqual(sizes)
})

test('the order of the texts is kept when the batches come back in another', async () => {
  let releaseFirst = (): void => {}
  const held = new Promise<void>((resolve) => (releaseFirst = resolve))
  const { server } = await countingServer(async (first) => {
    if (first === 0) await held
    if (first === 4) releaseFirst()
    return first === 4 ? { note: 'last' } : {}
  })
  const answer = await connect(server).embed({ model, input: numbered(6), batchSize: 2, concurrency: 2 })
  expect(answer.embeddings.flat()).toEqual([0, 1, 2, 3, 4, 5])
  expect(answer.raw).toMatchObject({ note: 'last' })
})

test('a count that one batch does not give is undefined in the sum', async () => {
  const { server } = await countingServer((first) => (first === 1 ? { usage: { total_tokens: 5 } } : {}))
  const { usage } = await connect(server).embed({ model, input: numbered(3), batchSize: 1 })
  expect(usage).toEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: 7 })
})

test('a list that is changed after the call is embedded as it was', async () => {
  const { server } = await countingServer()
  const input = numbered(4)
  const call = connect(server).embed({ model, input, batchSize: 1, concurrency: 1 })
  input.fill('text 9')
  expect((await call).embeddings.flat()).toEqual([0, 1, 2, 3])
})

test('a chat gets its turn beside a long list', async () => {
  const { mock, lmstudio } = await setUp({}, { maxConcurrency: 2 })
  mock.inject('delay-headers', { path: ROUTE, times: Infinity })
  const controller = new AbortController()
  const { signal } = controller
  const long = caught(lmstudio.embed({ model, input: numbered(50), batchSize: 1 }, { signal }))
  await mock.whenHeld()
  expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
  controller.abort()
  await long
})

test.each([
  [undefined, 4, 2],
  [undefined, 1, 1],
  [1, 4, 1],
  [3, 4, 3],
  [9, 4, 4],
])('with concurrency %s of %i at most %i batches run at once', async (concurrency, maxConcurrency, most) => {
  let running = 0
  let peak = 0
  const { server } = await countingServer(async () => {
    peak = Math.max(peak, ++running)
    // One turn of the server's loop: long enough for whatever was sent to have come.
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
    running--
    return {}
  })
  await connect(server, { maxConcurrency }).embed({ model, input: numbered(12), batchSize: 1, concurrency })
  expect(peak).toBe(most)
})

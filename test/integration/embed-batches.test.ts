import { InvalidResponseError, NetworkError, type PartialEmbeddings } from 'lmstudio-provider'
import { expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, HELLO, setUp } from './support/provider.js'
import { bodyOf, sendJSON, serve } from './support/servers.js'

const model = 'text-embedding-plover-v2'
const ROUTE = '/v1/embeddings'
const numbered = (length: number): string[] => Array.from({ length }, (_, index) => `text ${index}`)
const partialOf = (error: unknown): PartialEmbeddings | undefined => (error as { partial?: PartialEmbeddings }).partial

/** A server whose vector for `text 7` is `[7]`. `respond` receives the first number of a batch and may return other fields. */
async function numberServer(respond: (first: number) => Promise<object | undefined> | object | undefined = () => {}) {
  const batches: string[][] = []
  const server = await serve((request, response) => {
    void (async () => {
      const input = (await bodyOf(request)).input as string[]
      batches.push(input)
      const vectors = input.map((text, index) => ({ index, embedding: [Number(text.split(' ')[1])] }))
      const usage = { prompt_tokens: input.length, total_tokens: input.length }
      const special = await respond(vectors[0]!.embedding[0]!)
      if (special !== undefined && 'status' in special) sendJSON(response, special, special.status as number)
      else sendJSON(response, { data: vectors, usage, model, ...special })
    })()
  })
  return { server, batches }
}

test('a failing batch rejects the call with the vectors of the earlier batches, which are not printed', async () => {
  const { server, batches } = await numberServer((first) => (first === 4 ? { error: 'too long', status: 400 } : {}))
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

test('a second call can embed what is missing after a failure', async () => {
  let hasFailed = false
  const { server, batches } = await numberServer((first) => {
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

test('a failing batch aborts the batches in flight and starts no other', async () => {
  const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
  mock.inject('delay-headers', { path: ROUTE })
  mock.inject('status-500', { path: ROUTE })
  const error = await caught(lmstudio.embed({ model, input: numbered(40), batchSize: 2, concurrency: 2 }))
  expect(error).toMatchObject({ name: 'NetworkError', status: 500 })
  const calls = mock.calls.filter(({ path }) => path === ROUTE)
  expect(calls).toHaveLength(2)
  expect(await calls[0]!.finished).toBe('aborted')
})

test('an abort rejects with its reason unchanged and closes every connection', async () => {
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

test('adds nothing to an abort reason that is a ProviderError', async () => {
  const controller = new AbortController()
  const reason = new NetworkError('enough')
  const { server } = await numberServer((first) => {
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

test('a signal that is already aborted sends nothing', async () => {
  const { mock, lmstudio } = await setUp()
  const reason = new Error('changed my mind')
  expect(await caught(lmstudio.embed({ model, input: numbered(4) }, { signal: AbortSignal.abort(reason) }))).toBe(
    reason,
  )
  expect(mock.calls).toHaveLength(0)
})

test('rejects vectors of another length in a later batch, with the earlier vectors', async () => {
  const { server } = await numberServer((first) => (first === 2 ? { data: [{ embedding: [1, 2] }] } : {}))
  const error = await caught(connect(server).embed({ model, input: numbered(3), batchSize: 1, concurrency: 1 }))
  expect(error).toBeInstanceOf(InvalidResponseError)
  expect(error).toMatchObject({
    code: 'mixed-dimensions',
    message: 'The server returned vectors of different lengths (1 and 2).',
  })
  expect(partialOf(error)).toMatchObject({ embeddings: [[0], [1], undefined], failed: { from: 2, to: 3 } })
})

test('rejects vectors of different lengths in one batch', async () => {
  const { server } = await numberServer(() => ({ data: [{ embedding: [1, 2] }, { embedding: [1] }] }))
  expect(await caught(connect(server).embed({ model, input: numbered(2) }))).toMatchObject({
    code: 'mixed-dimensions',
    message: 'The server returned vectors of different lengths (2 and 1).',
  })
})

test('a model that is unloaded between two batches is reported with the available models and the earlier vectors', async () => {
  const { mock, lmstudio } = await setUp({}, { maxRetries: 0 })
  const input = numbered(4)
  const pending = lmstudio.embed({ model, input, batchSize: 2, concurrency: 1 })
  await mock.whenCalled(ROUTE)
  mock.inject('no-models-loaded', { path: ROUTE })
  const error = await caught(pending)
  expect(error.availableModels).toContain(model)
  expect(partialOf(error)?.embeddings.map((vector) => vector?.length)).toEqual([256, 256, undefined, undefined])
})

test.each([
  [1, [1]],
  [64, [64]],
  [65, [64, 1]],
  [200, [64, 64, 64, 8]],
])('sends %i texts in batches of %j', async (length, sizes) => {
  const { server, batches } = await numberServer()
  const { embeddings, usage } = await connect(server).embed({ model, input: numbered(length) })
  expect(embeddings).toEqual(Array.from({ length }, (_, index) => [index]))
  expect(usage.inputTokens).toBe(length)
  expect(batches.map((batch) => batch.length).toSorted((a, b) => b - a)).toEqual(sizes)
})

test('keeps the order of the texts when the batches arrive in another order', async () => {
  let releaseFirst = (): void => {}
  const held = new Promise<void>((resolve) => (releaseFirst = resolve))
  const { server } = await numberServer(async (first) => {
    if (first === 0) await held
    if (first === 4) releaseFirst()
    return first === 4 ? { note: 'last' } : {}
  })
  const response = await connect(server).embed({ model, input: numbered(6), batchSize: 2, concurrency: 2 })
  expect(response.embeddings.flat()).toEqual([0, 1, 2, 3, 4, 5])
  expect(response.raw).toMatchObject({ note: 'last' })
})

test('sums up the usage, and leaves out a count that one batch does not report', async () => {
  const { server } = await numberServer((first) => (first === 1 ? { usage: { total_tokens: 5 } } : {}))
  const { usage } = await connect(server).embed({ model, input: numbered(3), batchSize: 1 })
  expect(usage).toEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: 7 })
})

test('is not affected by a list that the caller changes later', async () => {
  const { server } = await numberServer()
  const input = numbered(4)
  const call = connect(server).embed({ model, input, batchSize: 1, concurrency: 1 })
  input.fill('text 9')
  expect((await call).embeddings.flat()).toEqual([0, 1, 2, 3])
})

test('leaves room for a chat while a long list is embedded', async () => {
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
])('with concurrency %s and maxConcurrency %i runs %i batches at a time', async (concurrency, maxConcurrency, most) => {
  let running = 0
  let peak = 0
  const { server } = await numberServer(async () => {
    peak = Math.max(peak, ++running)
    // Long enough for all requests that were sent to arrive.
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
    running--
    return {}
  })
  await connect(server, { maxConcurrency }).embed({ model, input: numbered(12), batchSize: 1, concurrency })
  expect(peak).toBe(most)
})

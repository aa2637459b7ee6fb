import { readFile } from 'node:fs/promises'
import type { MockFault } from 'lmstudio-provider/testing/node'
import { expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, setUp } from './support/provider.js'
import { sendJSON, serve } from './support/servers.js'

const EMBEDDER = 'text-embedding-plover-v2'
const cosine = (a: number[], b: number[]): number => {
  const dot = (x: number[], y: number[]): number => x.reduce((sum, value, index) => sum + value * y[index]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

test('one text gives one vector', async () => {
  const { mock, lmstudio } = await setUp()
  const { embeddings, model, raw } = await lmstudio.embed({ model: EMBEDDER, input: 'gull' })
  expect(embeddings).toHaveLength(1)
  expect(embeddings[0]).toHaveLength(256)
  expect(model).toContain(EMBEDDER)
  expect(raw).toMatchObject({ object: 'list' })
  expect(mock.calls[0]?.body).toEqual({ model: EMBEDDER, input: 'gull' })
})

test('several texts give as many vectors in the order of the texts', async () => {
  const { lmstudio } = await setUp()
  const input = ['a gull at sea', 'tax law', 'a gull at sea']
  const { embeddings } = await lmstudio.embed({ model: EMBEDDER, input })
  expect(embeddings).toHaveLength(3)
  expect(cosine(embeddings[0]!, embeddings[2]!)).toBeCloseTo(1)
  expect(cosine(embeddings[0]!, embeddings[1]!)).toBeLessThan(0.9)
})

test('vectors that come out of order are put into the order of their index', async () => {
  const body = await readFile(new URL('../fixtures/embeddings-unordered.json', import.meta.url), 'utf8')
  const { data } = JSON.parse(body) as { data: { index: number; embedding: number[] }[] }
  const { lmstudio } = await setUp({
    faults: [{ raw: { headers: { 'content-type': 'application/json' }, chunks: [body] } }],
  })
  const { embeddings } = await lmstudio.embed({ model: EMBEDDER, input: data.map(String) })
  data.forEach(({ index, embedding }) => expect(embeddings[index]).toEqual(embedding))
})

test.each([
  ['too few', [{ index: 0, embedding: [1] }]],
  ['too many', [0, 1, 2].map((index) => ({ index, embedding: [1] }))],
  ['two of the same index', [0, 0].map((index) => ({ index, embedding: [1] }))],
  ['a gap', [0, 5].map((index) => ({ index, embedding: [1] }))],
  ['an index below zero', [0, -1].map((index) => ({ index, embedding: [1] }))],
  ['an index that is no whole number', [0, 0.5].map((index) => ({ index, embedding: [1] }))],
  ['an index beyond all measure', [0, 4_000_000_000].map((index) => ({ index, embedding: [1] }))],
  ['an empty vector', [0, 1].map((index) => ({ index, embedding: [] }))],
  ['base64', [0, 1].map((index) => ({ index, embedding: 'AACAPw==' }))],
  ['text among the numbers', [0, 1].map((index) => ({ index, embedding: ['x'] }))],
  ['null among the numbers', [0, 1].map((index) => ({ index, embedding: [null] }))],
])('%s in answer to two texts is an invalid response', async (_name, data) => {
  const server = await serve((_request, response) => sendJSON(response, { object: 'list', data, model: EMBEDDER }))
  expect(await caught(connect(server).embed({ model: EMBEDDER, input: ['a', 'b'] }))).toMatchObject({
    name: 'InvalidResponseError',
  })
})

test('vectors without index keep their order, and a missing usage is undefined', async () => {
  const data = [{ embedding: [1] }, { embedding: [2] }]
  const server = await serve((_request, response) => sendJSON(response, { data }))
  const { embeddings, usage, model } = await connect(server).embed({ model: EMBEDDER, input: ['a', 'b'] })
  expect(embeddings).toEqual([[1], [2]])
  expect(usage).toMatchObject({ inputTokens: undefined, totalTokens: undefined })
  expect(model).toBe(EMBEDDER)
})

test.each([
  ['token ids', [1, 2]],
  ['lists of token ids', [[1, 2]]],
  ['nothing', []],
  ['a number', 7],
])('%s in place of a text are refused before anything is sent', async (_name, input) => {
  const { mock, lmstudio } = await setUp()
  expect(await caught(lmstudio.embed({ model: EMBEDDER, input: input as unknown as string }))).toMatchObject({
    name: 'InvalidRequestError',
  })
  expect(mock.calls).toHaveLength(0)
})

test.each<[MockFault, string]>([
  ['error-200', 'ApiError'],
  ['catch-all', 'UnsupportedEndpointError'],
  ['html', 'InvalidResponseError'],
  ['no-models-loaded', 'ModelNotFoundError'],
  ['load-failed', 'ModelLoadError'],
  ['status-400', 'InvalidRequestError'],
])('%s becomes a %s', async (fault, name) => {
  const { lmstudio } = await setUp({ faults: [fault] })
  expect((await caught(lmstudio.embed({ model: EMBEDDER, input: 'x' }))).name).toBe(name)
})

test('logs once that another model embedded the batches, because the vectors cannot be compared', async () => {
  const events: string[] = []
  const server = await serve((_request, response) =>
    sendJSON(response, { model: 'other-embedder', data: [{ index: 0, embedding: [1, 2] }] }),
  )
  const lmstudio = connect(server, { logger: ({ type }) => void events.push(type) })
  await lmstudio.embed({ model: EMBEDDER, input: ['a', 'b', 'c'], batchSize: 1 })
  expect(events.filter((type) => type === 'model-substituted')).toHaveLength(1)
})

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

test('returns one vector for one text', async () => {
  const { mock, lmstudio } = await setUp()
  const { embeddings, model, raw } = await lmstudio.embed({ model: EMBEDDER, input: 'gull' })
  expect(embeddings).toHaveLength(1)
  expect(embeddings[0]).toHaveLength(256)
  expect(model).toContain(EMBEDDER)
  expect(raw).toMatchObject({ object: 'list' })
  expect(mock.calls[0]?.body).toEqual({ model: EMBEDDER, input: 'gull' })
})

test('returns the vectors in the order of the texts', async () => {
  const { lmstudio } = await setUp()
  const input = ['a gull at sea', 'tax law', 'a gull at sea']
  const { embeddings } = await lmstudio.embed({ model: EMBEDDER, input })
  expect(embeddings).toHaveLength(3)
  expect(cosine(embeddings[0]!, embeddings[2]!)).toBeCloseTo(1)
  expect(cosine(embeddings[0]!, embeddings[1]!)).toBeLessThan(0.9)
})

test('sorts vectors that the server returns out of order', async () => {
  const body = await readFile(new URL('../fixtures/embeddings-unordered.json', import.meta.url), 'utf8')
  const { data } = JSON.parse(body) as { data: { index: number; embedding: number[] }[] }
  const { lmstudio } = await setUp({
    faults: [{ raw: { headers: { 'content-type': 'application/json' }, chunks: [body] } }],
  })
  const { embeddings } = await lmstudio.embed({ model: EMBEDDER, input: data.map(String) })
  data.forEach(({ index, embedding }) => expect(embeddings[index]).toEqual(embedding))
})

test('rejects a response with too few vectors', async () => {
  const data = [{ index: 0, embedding: [1] }]
  const server = await serve((_request, response) => sendJSON(response, { object: 'list', data, model: EMBEDDER }))
  expect(await caught(connect(server).embed({ model: EMBEDDER, input: ['a', 'b'] }))).toMatchObject({
    name: 'InvalidResponseError',
    code: 'wrong-count',
  })
})

test.each<[MockFault, string]>([
  ['error-200', 'ApiError'],
  ['catch-all', 'UnsupportedEndpointError'],
  ['html', 'InvalidResponseError'],
  ['no-models-loaded', 'ModelNotFoundError'],
  ['load-failed', 'ModelLoadError'],
  ['status-400', 'InvalidRequestError'],
])('rejects the fault %s with a %s', async (fault, name) => {
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

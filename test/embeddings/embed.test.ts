import { describe, expect, it } from 'vitest'
import { embed } from '../../src/embeddings/embed.js'
import type { EmbeddingResponse } from '../../src/embeddings/types.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, stubFetch, testClient } from '../helpers/client.js'

const model = 'text-embedding-plover-v2'

/** Embeds `input` with a server that responds with `body`. */
async function embedWith(body: unknown, input: unknown): Promise<{ response: EmbeddingResponse; requests: Request[] }> {
  const { fetch, requests } = stubFetch(json(body))
  const response = await embed(testClient({ fetch, maxRetries: 0 }), { model, input } as never)
  return { response, requests }
}

/** A body with these vectors; an index of `undefined` is left out. */
const bodyWith = (...vectors: [index: number | null | undefined, vector: unknown][]): object => ({
  data: vectors.map(([index, embedding]) => ({ embedding, ...(index === undefined ? {} : { index }) })),
})

describe('embed', () => {
  it('returns the vector of one text', async () => {
    const { response, requests } = await embedWith(fixtureJSON('embeddings.json'), 'gull')
    expect(response).toEqual({
      model: 'text-embedding-plover-v2@q8_0',
      embeddings: [[0.0123, -0.0456, 0.0789]],
      usage: { inputTokens: 0, outputTokens: undefined, totalTokens: 0 },
      raw: fixtureJSON('embeddings.json'),
    })
    expect(requests).toHaveLength(1)
    expect(requests[0]!.url).toMatch(/\/v1\/embeddings$/)
    expect(await requests[0]!.json()).toEqual({ model, input: 'gull' })
  })

  it('sorts the vectors of a response into the order of the texts', async () => {
    const { response, requests } = await embedWith(fixtureJSON('embeddings-unordered.json'), ['gull', 'tern'])
    expect(response.embeddings).toEqual([
      [0.1, 0.2, 0.3],
      [0.4, 0.5, 0.6],
    ])
    expect(await requests[0]!.json()).toEqual({ model, input: ['gull', 'tern'] })
  })

  it.each([undefined, null])('keeps the order of a response whose indices are %s', async (index) => {
    const { response } = await embedWith(bodyWith([index, [1]], [index, [2]]), ['a', 'b'])
    expect(response.embeddings).toEqual([[1], [2]])
  })

  it('falls back to the requested model and an undefined usage', async () => {
    const { response } = await embedWith({ ...bodyWith([0, [1]]), model: null }, 'a')
    expect(response).toMatchObject({ model, usage: { inputTokens: undefined, totalTokens: undefined } })
  })

  it('does not modify its input', async () => {
    const input = Object.freeze(['a', 'b'])
    expect((await embedWith(bodyWith([1, [2]], [0, [1]]), input)).response.embeddings).toEqual([[1], [2]])
  })

  const WRONG_INDICES = 'The indices of the vectors are wrong: some are missing or occur twice.'

  it.each<[string, object, string[], string]>([
    ['too few vectors', bodyWith([0, [1]]), ['a', 'b'], 'The number of vectors is wrong: expected 2, received 1.'],
    [
      'too many vectors',
      bodyWith([0, [1]], [1, [2]]),
      ['a'],
      'The number of vectors is wrong: expected 1, received 2.',
    ],
    ['no vectors', bodyWith(), ['a'], 'The number of vectors is wrong: expected 1, received 0.'],
    [
      'one vector too many, under a negative index',
      bodyWith([0, [1]], [-1, [2]]),
      ['a'],
      'The number of vectors is wrong: expected 1, received 2.',
    ],
    ['the same index twice', bodyWith([0, [1]], [0, [2]]), ['a', 'b'], WRONG_INDICES],
    ['a gap', bodyWith([0, [1]], [2, [2]]), ['a', 'b'], WRONG_INDICES],
    ['an index far out of range', bodyWith([0, [1]], [4_294_967_294, [2]]), ['a', 'b'], WRONG_INDICES],
    ['a negative index', bodyWith([0, [1]], [-1, [2]]), ['a', 'b'], WRONG_INDICES],
    ['a fractional index', bodyWith([0, [1]], [0.5, [2]]), ['a', 'b'], WRONG_INDICES],
  ])('rejects a response with %s', async (_, body, input, message) => {
    expect(await rejectionOf(embedWith(body, input))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'wrong-count',
      message,
    })
  })

  it.each<[string, object]>([
    ['null instead of a vector', { data: [{ index: 0, embedding: null }] }],
    ['null in a vector', bodyWith([0, [null]])],
    ['null behind numbers', bodyWith([0, [0.1, null]])],
    ['an empty vector', bodyWith([0, []])],
    ['a text that is not base64 of numbers', bodyWith([0, 'AAAA'])],
    ['strings in a vector', bodyWith([0, ['0.1']])],
  ])('rejects a response with %s, which is what a failed model sends', async (_, body) => {
    expect(await rejectionOf(embedWith(body, 'a'))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'invalid-vectors',
      hint: expect.stringContaining('embedding model') as string,
    })
  })

  it.each<[string, object]>([
    ['data that is not a list', { data: {} }],
    ['no data', { object: 'list' }],
  ])('rejects a response with %s', async (_, body) => {
    expect(await rejectionOf(embedWith(body, 'a'))).toMatchObject({
      name: 'InvalidResponseError',
      code: 'invalid-response',
    })
  })
})

describe('embed rejects before sending anything', () => {
  const rejectionFor = async (request: unknown): Promise<unknown> => {
    const { fetch, requests } = stubFetch(json({}))
    const error = await rejectionOf(embed(testClient({ fetch }), request as never))
    expect(requests).toEqual([])
    return error
  }

  it.each<[string, unknown, (string | number)[], string]>([
    ['an empty list', [], ['input'], 'must be a string, or an array of at least one string'],
    ['a number', 7, ['input'], 'must be a string, or an array of at least one string'],
    ['null', null, ['input'], 'must be a string, or an array of at least one string'],
    ['token ids', [1, 2], ['input', 0], 'must be a string that is not blank (LM Studio does not accept token ids)'],
    ['lists of token ids', [[1]], ['input', 0], 'must be a string that is not blank'],
    ['a list with null', ['a', null], ['input', 1], 'must be a string that is not blank'],
    ['an empty string', '', ['input'], 'must be a string that is not blank'],
    ['a blank string', ' \n', ['input'], 'must be a string that is not blank'],
    ['a list with an empty string', ['a', '', 'b'], ['input', 1], 'must be a string that is not blank'],
  ])('an input of %s', async (_, input, path, message) => {
    expect(await rejectionFor({ model, input })).toMatchObject({
      name: 'InvalidRequestError',
      issues: expect.arrayContaining([{ path, message: expect.stringContaining(message) as string }]) as unknown[],
    })
  })

  it.each([[null], [undefined], [{ model: '', input: 'a' }], [{ model, input: 'a', dimensions: 3 }]])(
    'the request %j',
    async (request) => {
      expect(await rejectionFor(request)).toMatchObject({ name: 'InvalidRequestError' })
    },
  )

  it.each([
    ['batchSize', 0],
    ['batchSize', 1.5],
    ['batchSize', 10_001],
    ['batchSize', '2'],
    ['concurrency', 0],
    ['concurrency', 1.5],
    ['concurrency', 1001],
    ['concurrency', '2'],
  ])('a %s of %j', async (key, value) => {
    expect(await rejectionFor({ model, input: 'a', [key]: value })).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: [key] }],
    })
  })
})

it.each([
  ['batchSize', 1],
  ['batchSize', 10_000],
  ['concurrency', 1],
  ['concurrency', 1000],
])('embed accepts a %s of %i', async (key, value) => {
  const { fetch } = stubFetch(json(bodyWith([0, [1]])))
  const response = await embed(testClient({ fetch }), { model, input: 'a', [key]: value })
  expect(response.embeddings).toEqual([[1]])
})

it.each([
  [`${model}@q8_0`, []],
  ['acme/other', ['model-substituted']],
])('embed of three batches with the model %s logs %j', async (returned, logged) => {
  const types: string[] = []
  const { fetch } = stubFetch(json({ ...bodyWith([0, [1]]), model: returned }))
  const client = testClient({ fetch, logger: ({ level, type }) => void (level === 'warn' && types.push(type)) })
  const { model: used } = await embed(client, { model, input: ['a', 'b', 'c'], batchSize: 1 })
  expect(used).toBe(returned)
  expect(types).toEqual(logged)
})

it('embed returns the model of the first response', async () => {
  const { fetch } = stubFetch(
    json({ ...bodyWith([0, [1]]), model: 'first' }),
    json({ ...bodyWith([0, [1]]), model: 'second' }),
  )
  const request = { model, input: ['a', 'b'], batchSize: 1, concurrency: 1 }
  expect((await embed(testClient({ fetch }), request)).model).toBe('first')
})

it('embed sends its headers with the lookup that explains a missing model', async () => {
  const { fetch, requests } = stubFetch(
    json({ error: "Model 'e' not found" }, { status: 404 }),
    json({ models: [] }),
    json({ models: [] }),
  )
  const request = embed(
    testClient({ fetch, maxRetries: 0 }),
    { model: 'e', input: 'a' },
    { headers: { 'x-trace': '7' } },
  )
  expect(await rejectionOf(request)).toMatchObject({ name: 'ModelNotFoundError', availableModels: [] })
  expect(requests.length).toBeGreaterThan(1)
  expect(requests.map(({ headers }) => headers.get('x-trace'))).toEqual(requests.map(() => '7'))
})

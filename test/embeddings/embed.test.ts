import { describe, expect, it } from 'vitest'
import { embed } from '../../src/embeddings/embed.js'
import { InvalidRequestError, InvalidResponseError } from '../../src/errors/index.js'
import type { EmbeddingResponse } from '../../src/embeddings/types.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, stubFetch, testClient } from '../helpers/client.js'

const model = 'text-embedding-plover-v2'
async function ask(input: unknown, body: unknown): Promise<{ result: EmbeddingResponse; requests: Request[] }> {
  const stub = stubFetch(json(body))
  const result = await embed(testClient({ fetch: stub.fetch, maxRetries: 0 }), { model, input } as never)
  return { result, requests: stub.requests }
}
const data = (...vectors: [index: number | null | undefined, vector: unknown][]): object => ({
  data: vectors.map(([index, embedding]) => ({ embedding, ...(index === undefined ? {} : { index }) })),
})

describe('embed', () => {
  it('gives the vector of one text', async () => {
    const { result, requests } = await ask('gull', fixtureJSON('embeddings.json'))
    expect(result).toEqual({
      model: 'text-embedding-plover-v2@q8_0',
      embeddings: [[0.0123, -0.0456, 0.0789]],
      usage: { inputTokens: 0, outputTokens: undefined, totalTokens: 0 },
      raw: fixtureJSON('embeddings.json'),
    })
    expect(requests[0]!.url).toMatch(/\/v1\/embeddings$/)
    expect(await requests[0]!.json()).toEqual({ model, input: 'gull' })
  })

  it('gives several vectors in the order of the texts, whatever the order of the answer', async () => {
    const { result } = await ask(['gull', 'tern'], fixtureJSON('embeddings-unordered.json'))
    expect(result.embeddings).toEqual([
      [0.1, 0.2, 0.3],
      [0.4, 0.5, 0.6],
    ])
  })

  it.each([undefined, null])('keeps the order of an answer whose indices are %s', async (index) => {
    expect((await ask(['a', 'b'], data([index, [1]], [index, [2]]))).result.embeddings).toEqual([[1], [2]])
  })

  it('names the model that was asked for where the answer names none', async () => {
    expect((await ask('a', { ...data([0, [1]]), model: null })).result.model).toBe(model)
  })

  it('does not change the list it is given', async () => {
    const input = Object.freeze(['a', 'b'])
    expect((await ask(input, data([1, [2]], [0, [1]]))).result.embeddings).toHaveLength(2)
  })

  it.each<[string, unknown, object]>([
    ['too few vectors', ['a', 'b'], data([0, [1]])],
    ['too many', 'a', data([0, [1]], [1, [2]])],
    ['none', 'a', data()],
    ['an empty vector', 'a', data([0, []])],
    ['one index twice', ['a', 'b'], data([0, [1]], [0, [2]])],
    ['a gap', ['a', 'b'], data([0, [1]], [2, [2]])],
    ['an index far outside', ['a', 'b'], data([0, [1]], [4_294_967_294, [2]])],
    ['a negative index', ['a', 'b'], data([0, [1]], [-1, [2]])],
    ['an index with a fraction', ['a', 'b'], data([0, [1]], [0.5, [2]])],
    ['one too many under a negative index', 'a', data([0, [1]], [-1, [2]])],
    ['base64', 'a', data([0, 'AAAA'])],
    ['texts for numbers', 'a', data([0, ['0.1']])],
    ['null for a number', 'a', data([0, [null]])],
    ['no list', 'a', { data: {} }],
    ['another answer', 'a', { object: 'list' }],
  ])('refuses an answer with %s', async (_, input, body) => {
    expect(await rejectionOf(ask(input, body))).toBeInstanceOf(InvalidResponseError)
  })

  it.each<[string, unknown]>([
    ['an empty list', []],
    ['token ids', [1, 2, 3]],
    ['lists of token ids', [[1, 2]]],
    ['a number', 7],
    ['null', null],
    ['nothing', undefined],
    ['a list with null', ['a', null]],
  ])('refuses to embed %s, and sends nothing', async (_, input) => {
    const stub = stubFetch(json({}))
    const error = await rejectionOf(embed(testClient({ fetch: stub.fetch }), { model, input } as never))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(stub.requests).toHaveLength(0)
  })

  it.each([[null], [undefined], [{ input: 'a' }], [{ model: '', input: 'a' }], [{ model, input: 'a', dimensions: 3 }]])(
    'refuses the request %j',
    async (request) => {
      expect(
        await rejectionOf(embed(testClient({ fetch: stubFetch(json({})).fetch }), request as never)),
      ).toBeInstanceOf(InvalidRequestError)
    },
  )
})

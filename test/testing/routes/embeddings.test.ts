import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { embeddingModel, post } from '../support/mock-requests.js'

const dot = (left: number[], right: number[]): number =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)

async function embed(input: unknown, extra: object = {}): Promise<number[][]> {
  const request = { model: embeddingModel, input, ...extra }
  const { data } = await (await post(createMockLMStudio(), '/v1/embeddings', request)).json()
  return data.map(({ embedding }: { embedding: number[] }) => embedding)
}

describe('POST /v1/embeddings', () => {
  test('texts that share words are closer than texts that do not', async () => {
    const texts = ['cat', 'cats', 'car engine', 'They sail to the harbor', 'Sailing into a harbor']
    const [cat, cats, engine, sail, sailing] = (await embed(texts)) as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ]
    expect(dot(cat, cats)).toBeGreaterThan(0.6)
    expect(dot(cat, engine)).toBeLessThan(0.3)
    expect(dot(sail, sailing)).toBeGreaterThan(dot(sail, engine))
  })

  test.each(['cat', ''])('the vector of %j has length 1', async (text) => {
    const [vector] = (await embed(text)) as [number[]]
    expect(dot(vector, vector)).toBeCloseTo(1, 5)
  })

  test('encoding_format and dimensions are ignored', async () => {
    const [vector] = await embed('gull', { encoding_format: 'base64', dimensions: 3 })
    expect(vector).toHaveLength(256)
  })

  test('the model id has the quantization appended, and the usage is all zeros', async () => {
    const request = { model: embeddingModel, input: ['a', 'b'] }
    const body = await (await post(createMockLMStudio(), '/v1/embeddings', request)).json()
    expect(body).toMatchObject({
      model: 'text-embedding-plover-v2@q8_0',
      data: [{ index: 0 }, { index: 1 }],
      usage: { prompt_tokens: 0, total_tokens: 0 },
    })
  })

  test.each([
    [{ ttl: '60' }, "'ttl' field must be an integer"],
    [{ model: 5 }, "'model' field must be a string"],
    [{ model: undefined }, "'model' field is required"],
    [{ input: [1, 2] }, "'input' field must be a string or an array of strings"],
  ])('%j is a 400', async (body, error) => {
    const response = await post(createMockLMStudio(), '/v1/embeddings', { model: embeddingModel, input: 'x', ...body })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error })
  })
})

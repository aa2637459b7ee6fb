import { describe, expect, test } from 'vitest'
import { callError, useServer, versions } from './support.js'

const mock = useServer()
const MODEL = 'text-embedding-plover-v2'
const texts = Array.from({ length: 150 }, (_, index) => `text ${index}`)
const inputs = (): unknown[] => mock.server.calls.map(({ body }) => (body as { input: unknown }).input)

describe.each(versions)('an embedding model in $version', ({ ai }) => {
  test('embeds one text', async () => {
    const { embedding, usage } = await ai.embed({ model: mock.provider().embeddingModel(MODEL), value: 'gull' })
    expect(embedding).toHaveLength(256)
    // LM Studio does not count the tokens of embeddings.
    expect(usage.tokens).toBe(0)
  })

  test('embeds many texts in batches, in the order of the texts', async () => {
    const { embeddings } = await ai.embedMany({ model: mock.provider().embeddingModel(MODEL), values: texts })
    expect(inputs().map((input) => (input as string[]).length)).toEqual([64, 64, 22])
    const { embedding } = await ai.embed({ model: mock.provider().textEmbeddingModel(MODEL), value: 'text 149' })
    expect(embeddings).toHaveLength(150)
    expect(embeddings[149]).toEqual(embedding)
  })

  test('takes the size of the batches from the model or from the call', async () => {
    const model = mock.provider().embeddingModel(MODEL, { batchSize: 100, concurrency: 1 })
    await ai.embedMany({ model, values: texts })
    await ai.embedMany({ model, values: texts, providerOptions: { lmstudio: { batchSize: 150 } } })
    expect(inputs().map((input) => (input as string[]).length)).toEqual([100, 50, 150])
  })

  test('rejects with an APICallError that has our code', async () => {
    mock.server.inject('status-400')
    const error = await callError(ai.embedMany({ model: mock.provider().embeddingModel(MODEL), values: texts }))
    expect(ai.APICallError.isInstance(error)).toBe(true)
    expect(error.url).toBe(`${mock.server.url}/v1/embeddings`)
    expect(error.code).toBe('invalid-request')
  })

  test('rejects with the reason of an abort', async () => {
    mock.server.inject('delay-headers')
    const controller = new AbortController()
    const model = mock.provider().embeddingModel(MODEL)
    const embedding = callError(ai.embed({ model, value: 'gull', abortSignal: controller.signal }))
    await mock.server.whenHeld()
    controller.abort()
    expect(await embedding).toMatchObject({ name: 'AbortError' })
  })
})

test.each([
  [{ prompt_tokens: 7, total_tokens: 7 }, { tokens: 7 }],
  [{ total_tokens: 8 }, { tokens: 8 }],
  [undefined, undefined],
])('reports the usage %j', async (usage, expected) => {
  const fetch: typeof globalThis.fetch = () =>
    Promise.resolve(Response.json({ data: [{ index: 0, embedding: [1, 2] }], model: MODEL, usage }))
  const result = await mock
    .provider({ fetch })
    .embeddingModel(MODEL)
    .doEmbed({ values: ['gull'] })
  expect(result).toMatchObject({ embeddings: [[1, 2]], warnings: [] })
  expect(result.usage).toEqual(expected)
})

test('sends nothing for no texts', async () => {
  const result = await mock.provider().embeddingModel(MODEL).doEmbed({ values: [] })
  expect(result).toMatchObject({ embeddings: [], usage: { tokens: 0 } })
  expect(mock.server.calls).toEqual([])
})

test('sends the headers of the call', async () => {
  await mock
    .provider()
    .embeddingModel(MODEL)
    .doEmbed({ values: ['gull'], headers: { 'x-team': 'gulls' } })
  expect(mock.lastCall().headers['x-team']).toBe('gulls')
})

test('refuses a wrong setting of a model and of a call', async () => {
  expect(() => mock.provider().embeddingModel(MODEL, { batchSize: 0 })).toThrow(
    'The model setting batchSize must be a whole number from 1 to 10000.',
  )
  const call = { values: ['gull'], providerOptions: { lmstudio: { batchsize: 3 } } }
  const error = await callError(mock.provider().embeddingModel(MODEL).doEmbed(call))
  expect(error.message).toContain('did you mean `batchSize`?')
})

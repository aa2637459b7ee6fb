import { describe, expect, test } from 'vitest'
import { createMockLMStudio, type MockLMStudioOptions } from '../../../src/testing/index.js'
import { get } from '../support/mock-requests.js'

async function openAIIds(options: MockLMStudioOptions): Promise<string[]> {
  const { data } = await (await get(createMockLMStudio(options), '/v1/models')).json()
  return data.map(({ id }: { id: string }) => id)
}

describe('model lists', () => {
  test('with JIT on, the OpenAI list has every downloaded model', async () => {
    expect(await openAIIds({})).toEqual([
      'acme/tern-4b',
      'acme/heron-base',
      'acme/plover-vl',
      'acme/judge-1b',
      'text-embedding-plover-v2',
    ])
  })

  test('with JIT off, the OpenAI list has the loaded instances', async () => {
    expect(await openAIIds({ jit: false })).toEqual(['acme/tern-4b'])
  })

  test('the v0 list calls embedding models "embeddings", the v1 list "embedding"', async () => {
    const mock = createMockLMStudio()
    expect((await (await get(mock, '/api/v0/models')).json()).data.at(-1).type).toBe('embeddings')
    expect((await (await get(mock, '/api/v1/models')).json()).models.at(-1).type).toBe('embedding')
  })

  test.each(['/api/v0/models/acme/tern-4b', '/api/v0/models/acme%2Ftern-4b'])('%s is one model', async (path) => {
    const model = await (await get(createMockLMStudio(), path)).json()
    expect(model).toMatchObject({ id: 'acme/tern-4b', state: 'loaded', loaded_context_length: 8192 })
  })

  test.each(['/api/v0/models/acme/puffin', '/api/v0/models/%E0'])('%s is a 404', async (path) => {
    const response = await get(createMockLMStudio(), path)
    expect(response.status).toBe(404)
    expect((await response.json()).error.code).toBe('model_not_found')
  })
})

import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { embeddingsSchema } from '../../src/embeddings/embed-batch.js'
import { modelsOpenAISchema, modelsV0Schema, modelsV1Schema } from '../../src/models/response.js'
import { fixtureJSON } from '../helpers/fixtures.js'

const passes = (schema: v.GenericSchema, value: unknown): boolean => v.safeParse(schema, value).success

describe('recorded lists', () => {
  it.each<[string, v.GenericSchema]>([
    ['models-v1.json', modelsV1Schema],
    ['models-v0.json', modelsV0Schema],
    ['models-openai.json', modelsOpenAISchema],
    ['models-openai-old.json', modelsOpenAISchema],
    ['embeddings.json', embeddingsSchema],
    ['embeddings-unordered.json', embeddingsSchema],
  ])('%s passes unchanged', (name, schema) => {
    expect(v.parse(schema, fixtureJSON(name))).toEqual(fixtureJSON(name))
  })

  it('takes no list for another kind of list', () => {
    expect(passes(modelsV1Schema, fixtureJSON('models-v0.json'))).toBe(false)
    expect(passes(modelsV1Schema, fixtureJSON('models-openai.json'))).toBe(false)
    expect(passes(modelsV0Schema, fixtureJSON('models-v1.json'))).toBe(false)
    expect(passes(modelsV0Schema, fixtureJSON('models-openai.json'))).toBe(false)
    expect(passes(modelsOpenAISchema, fixtureJSON('models-v1.json'))).toBe(false)
  })
})

describe('an entry of /api/v1/models', () => {
  const list = (more: object): unknown => ({ models: [{ key: 'k', type: 'llm', ...more }] })

  it.each([
    ['only key and type', {}],
    ['an unknown type', { type: 'diffusion' }],
    ['an unknown format', { format: 'splash' }],
    ['unknown members', { shiny: true, capabilities: { vision: false, hearing: true } }],
    [
      'null wherever it may stand',
      {
        publisher: null,
        display_name: null,
        architecture: null,
        quantization: null,
        size_bytes: null,
        params_string: null,
        loaded_instances: null,
        max_context_length: null,
        format: null,
        capabilities: null,
        variants: null,
      },
    ],
    [
      'null inside',
      {
        quantization: { name: null, bits_per_weight: null },
        capabilities: { vision: null, trained_for_tool_use: null, reasoning: null },
      },
    ],
    ['an instance without configuration', { loaded_instances: [{ id: 'k' }, { id: 'k:2', config: null }] }],
    [
      'newer settings of an instance',
      {
        loaded_instances: [
          { id: 'k', config: { context_length: 1, speculative_draft_mtp: {}, reasoning_budget_message: 'x' } },
        ],
      },
    ],
    ['reasoning without options', { capabilities: { reasoning: {} } }],
    ['reasoning with null', { capabilities: { reasoning: { allowed_options: null, default: null } } }],
  ])('passes with %s', (_, more) => expect(passes(modelsV1Schema, list(more))).toBe(true))

  it.each([
    ['without key', { key: undefined }],
    ['with a key that is a number', { key: 7 }],
    ['without type', { type: undefined }],
    ['with a size that is a text', { size_bytes: '3 GB' }],
    ['with a context length that is a text', { max_context_length: '65536' }],
    ['with instances that are an object', { loaded_instances: {} }],
    ['with an instance without id', { loaded_instances: [{}] }],
    [
      'with an instance whose context length is a text',
      { loaded_instances: [{ id: 'k', config: { context_length: '1' } }] },
    ],
    ['with vision that is a text', { capabilities: { vision: 'yes' } }],
    ['with capabilities that are a text', { capabilities: 'vision' }],
    ['with variants that are a text', { variants: 'k@q4' }],
    ['with reasoning options that are a text', { capabilities: { reasoning: { allowed_options: 'on' } } }],
  ])('is refused %s', (_, more) => expect(passes(modelsV1Schema, list(more))).toBe(false))
})

describe('an entry of /api/v0/models', () => {
  const list = (more: object): unknown => ({ data: [{ id: 'i', type: 'llm', ...more }] })

  it.each([
    ['only id and type', {}],
    ['unknown type and state', { type: 'audio', state: 'loading' }],
    [
      'null wherever it may stand',
      {
        publisher: null,
        arch: null,
        compatibility_type: null,
        quantization: null,
        state: null,
        max_context_length: null,
        loaded_context_length: null,
        capabilities: null,
      },
    ],
  ])('passes with %s', (_, more) => expect(passes(modelsV0Schema, list(more))).toBe(true))

  it.each([
    ['without id', { id: undefined }],
    ['with a context length that is a text', { loaded_context_length: '8192' }],
    ['with capabilities that are an object', { capabilities: {} }],
    ['with a state that is true', { state: true }],
  ])('is refused %s', (_, more) => expect(passes(modelsV0Schema, list(more))).toBe(false))
})

describe('the answer with vectors', () => {
  const answer = (more: object): unknown => ({ data: [{ embedding: [0.1] }], ...more })

  it.each([
    ['no index, model or usage', {}],
    ['null for them', { model: null, usage: null, data: [{ index: null, embedding: [0] }] }],
    ['unknown members', { object: 'list', x: 1 }],
  ])('passes with %s', (_, more) => expect(passes(embeddingsSchema, answer(more))).toBe(true))

  it.each([
    ['vectors as base64', { data: [{ embedding: 'AAAA' }] }],
    ['texts in a vector', { data: [{ embedding: ['0.1'] }] }],
    ['null in a vector', { data: [{ embedding: [null] }] }],
    ['a vector of vectors', { data: [{ embedding: [[0.1]] }] }],
    ['an index that is a text', { data: [{ index: '0', embedding: [0.1] }] }],
    ['no list', { data: { embedding: [0.1] } }],
  ])('is refused with %s', (_, more) => expect(passes(embeddingsSchema, answer(more))).toBe(false))
})

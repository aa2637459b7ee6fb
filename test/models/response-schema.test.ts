import { describe, expect, it } from 'vitest'
import { InvalidResponseError } from '../../src/errors/index.js'
import { readModelList } from '../../src/models/response.js'
import type { ModelsAPI } from '../../src/models/types.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { thrownBy } from '../helpers/provider-errors.js'

const accept = (api: ModelsAPI, body: unknown): void => void expect(readModelList(api, body).models).not.toEqual([])
const reject = (api: ModelsAPI, body: unknown): void =>
  expect(thrownBy(() => readModelList(api, body))).toBeInstanceOf(InvalidResponseError)

describe('readModelList of recorded lists', () => {
  it.each<[string, ModelsAPI, 'models' | 'data']>([
    ['models-v1.json', 'v1', 'models'],
    ['models-v0.json', 'v0', 'data'],
    ['models-openai.json', 'openai', 'data'],
    ['models-openai-old.json', 'openai', 'data'],
  ])('keeps every entry of %s unchanged as `raw`', (name, api, key) => {
    const body = fixtureJSON(name) as Record<string, unknown>
    expect(readModelList(api, body).models.map(({ raw }) => raw)).toEqual(body[key])
  })

  it.each<[string, ModelsAPI]>([
    ['models-v0.json', 'v1'],
    ['models-openai.json', 'v1'],
    ['models-v1.json', 'v0'],
    ['models-openai.json', 'v0'],
    ['models-v1.json', 'openai'],
  ])('does not accept %s as a list of the api %s', (name, api) => reject(api, fixtureJSON(name)))
})

describe('readModelList of /api/v1/models', () => {
  const list = (more: object): unknown => ({ models: [{ key: 'k', type: 'llm', ...more }] })

  it.each([
    ['only a key and a type', {}],
    ['an unknown type', { type: 'diffusion' }],
    ['an unknown format', { format: 'splash' }],
    ['unknown properties', { shiny: true, capabilities: { vision: false, hearing: true } }],
    [
      'null for every optional property',
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
      'null in nested properties',
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
    ['null for the reasoning options', { capabilities: { reasoning: { allowed_options: null, default: null } } }],
  ])('accepts a v1 entry with %s', (_, more) => accept('v1', list(more)))

  it.each([
    ['without a key', { key: undefined }],
    ['with a key that is a number', { key: 7 }],
    ['with an empty key', { key: ' ' }],
  ])('rejects a v1 list whose only entry is %s', (_, more) => reject('v1', list(more)))

  it.each([
    ['no type', { type: undefined }],
    ['a string as its size', { size_bytes: '3 GB' }],
    ['a string as its context length', { max_context_length: '65536' }],
    ['an object as its instances', { loaded_instances: {} }],
    ['an instance without an id', { loaded_instances: [{}] }],
    ['a string as its vision', { capabilities: { vision: 'yes' } }],
    ['a string as its capabilities', { capabilities: 'vision' }],
    ['a string as its variants', { variants: 'k@q4' }],
    ['a string as its reasoning', { capabilities: { reasoning: 'on' } }],
    ['a number as its display name', { display_name: 7 }],
    ['a list as its quantization', { quantization: [] }],
  ])('reads a v1 entry with %s without that field', (_, more) => {
    const [model] = readModelList('v1', list({ type: 'llm', ...more })).models
    const { capabilities, raw, type, ...facts } = model!
    expect({ ...facts, state: undefined }).toEqual({ id: 'k', state: undefined, instances: [] })
    expect(capabilities).toMatchObject({ vision: undefined, reasoning: undefined, maxContextLength: undefined })
    expect(type).toBe('type' in more ? 'unknown' : 'llm')
    expect(raw).toEqual({ key: 'k', type: 'llm', ...more })
  })

  it('reads an instance whose context length is a string without that length', () => {
    const config = { context_length: '1', flash_attention: true }
    const [model] = readModelList('v1', list({ loaded_instances: [null, { id: 'k', config }, { id: 7 }] })).models
    expect(model).toMatchObject({ state: 'loaded', instances: [{ id: 'k', contextLength: undefined, config }] })
  })

  it('reads the valid options of the reasoning', () => {
    const reasoning = { allowed_options: ['on', null, 7], default: 7 }
    const [model] = readModelList('v1', list({ capabilities: { reasoning } })).models
    expect(model!.capabilities.reasoning).toEqual({ options: ['on'], default: undefined })
  })
})

describe('readModelList of /api/v0/models', () => {
  const list = (more: object): unknown => ({ data: [{ id: 'i', type: 'llm', ...more }] })

  it.each([
    ['only an id and a type', {}],
    ['an unknown type and state', { type: 'audio', state: 'loading' }],
    [
      'null for every optional property',
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
  ])('accepts a v0 entry with %s', (_, more) => accept('v0', list(more)))

  it('rejects a v0 list whose only entry has no id', () => reject('v0', list({ id: undefined })))

  it.each([
    ['a string as its context length', { loaded_context_length: '8192' }],
    ['an object as its capabilities', { capabilities: {} }],
    ['a boolean as its state', { state: true }],
    ['null as its type', { type: null }],
  ])('reads a v0 entry with %s without that field', (_, more) => {
    const { capabilities, raw, type, ...facts } = readModelList('v0', list(more)).models[0]!
    expect(facts).toEqual({ id: 'i', state: 'unknown', instances: [] })
    expect(capabilities).toMatchObject({ toolUse: undefined, contextLength: undefined })
    expect([type, raw]).toEqual(['type' in more ? 'unknown' : 'llm', { id: 'i', type: 'llm', ...more }])
  })
})

describe('readModelList with odd entries', () => {
  it.each<[ModelsAPI, object]>([
    ['v1', { models: [null, { key: 'k', type: 'llm' }, 7, [], {}, 'k', { key: '' }] }],
    ['v0', { data: [null, { id: 'k', type: 'llm' }, 7, [], {}, 'k', { id: null }] }],
    ['openai', { data: [null, { id: 'k' }, 7, [], {}, { id: null }] }],
  ])('leaves out the entries of a %s list that cannot be read', (api, body) => {
    expect(readModelList(api, body).models.map(({ id }) => id)).toEqual(['k'])
  })

  it.each(['1e999', '-1', '1.5', '"8192"', '[]', 'null'])('does not use %s as a number', (number) => {
    const v1 = `{"models":[{"key":"k","type":"llm","size_bytes":N,"max_context_length":N,
      "loaded_instances":[{"id":"k","config":{"context_length":N}}]}]}`
    const v0 = '{"data":[{"id":"k","type":"llm","max_context_length":N,"loaded_context_length":N}]}'
    const openai = '{"data":[{"id":"k","max_model_len":N,"context_length":N,"meta":{"n_ctx_train":N,"n_ctx":N}}]}'
    for (const [api, body] of Object.entries({ v1, v0, openai })) {
      const parsed = JSON.parse(body.replaceAll('N', number)) as unknown
      const [model] = readModelList(api as ModelsAPI, parsed).models
      expect(model).toMatchObject({ id: 'k' })
      for (const field of ['sizeBytes', 'contextLength', 'maxContextLength']) expect(model).not.toHaveProperty(field)
      expect(model!.capabilities).toMatchObject({ contextLength: undefined, maxContextLength: undefined })
    }
  })
})

describe('readModelList of other servers', () => {
  const read = (body: unknown): object[] =>
    readModelList('openai', body).models.map(({ id, contextLength, maxContextLength }) => ({
      id,
      contextLength,
      maxContextLength,
    }))
  const entry = (more: object): object => ({
    object: 'list',
    data: [{ id: 'm', object: 'model', created: 1, ...more }],
  })

  it.each<[string, unknown]>([
    ['Ollama before its first model', { object: 'list', data: null }],
    ['a list without models', { object: 'list', data: [] }],
    ['llama.cpp without models', { models: [], object: 'list', data: [] }],
  ])('reads the list of %s as empty', (_, body) => expect(read(body)).toEqual([]))

  it.each<[string, unknown, number | undefined, number | undefined]>([
    ['Ollama', entry({ owned_by: 'library' }), undefined, undefined],
    ['vLLM', entry({ owned_by: 'vllm', root: '/m', max_model_len: 4096, permission: [{ id: 'p' }] }), 4096, 4096],
    ['llama.cpp', entry({ meta: { vocab_type: 2, n_ctx_train: 131_072, n_params: 8e9 } }), undefined, 131_072],
    ['llama.cpp with the length of its server', entry({ meta: { n_ctx_train: 131_072, n_ctx: 8192 } }), 8192, 131_072],
    ['llama.cpp while it loads', entry({ meta: null }), undefined, undefined],
    ['OpenRouter', entry({ name: 'M', context_length: 200_000, architecture: {}, pricing: {} }), undefined, 200_000],
    ['Mistral', entry({ max_context_length: 32_768, capabilities: { vision: false } }), undefined, 32_768],
    ['Groq', entry({ context_window: 8192, active: true }), undefined, 8192],
    ['LiteLLM', entry({ owned_by: 'openai' }), undefined, undefined],
    ['OpenVINO', entry({ owned_by: 'OVMS' }), undefined, undefined],
    ['a bare list', [{ id: 'm', type: 'chat', context_length: 8192 }], undefined, 8192],
    ['llama.cpp without `data`', { models: [{ name: 'm', model: 'm', type: 'model' }] }, undefined, undefined],
  ])('reads the list of %s', (_, body, contextLength, maxContextLength) => {
    expect(read(body)).toEqual([{ id: 'm', contextLength, maxContextLength }])
  })

  it.each<[string, unknown]>([
    ['an empty bare list', []],
    ['null with a status that says it failed', { data: null, status: 'error' }],
    ['models that have neither an id nor a name', { models: [{ size: 7 }, null] }],
    ['an object without a list', { object: 'list' }],
  ])('rejects %s', (_, body) => reject('openai', body))
})

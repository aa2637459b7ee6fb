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
    ['without a type', { type: undefined }],
    ['with a string as its size', { size_bytes: '3 GB' }],
    ['with a string as its context length', { max_context_length: '65536' }],
    ['with an object as its instances', { loaded_instances: {} }],
    ['with an instance without an id', { loaded_instances: [{}] }],
    [
      'with a string as the context length of an instance',
      { loaded_instances: [{ id: 'k', config: { context_length: '1' } }] },
    ],
    ['with a string as its vision', { capabilities: { vision: 'yes' } }],
    ['with a string as its capabilities', { capabilities: 'vision' }],
    ['with a string as its variants', { variants: 'k@q4' }],
    ['with a string as its reasoning options', { capabilities: { reasoning: { allowed_options: 'on' } } }],
  ])('rejects a v1 entry %s', (_, more) => reject('v1', list(more)))
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

  it.each([
    ['without an id', { id: undefined }],
    ['with a string as its context length', { loaded_context_length: '8192' }],
    ['with an object as its capabilities', { capabilities: {} }],
    ['with a boolean as its state', { state: true }],
  ])('rejects a v0 entry %s', (_, more) => reject('v0', list(more)))
})

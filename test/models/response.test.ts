import { describe, expect, it } from 'vitest'
import { readModelList } from '../../src/models/response.js'
import type { ModelInfo } from '../../src/models/types.js'
import { fixtureJSON } from '../helpers/fixtures.js'

const fromV1 = (entry: unknown): ModelInfo => readModelList('v1', { models: [entry] }).models[0]!
const fromV0 = (entry: unknown): ModelInfo => readModelList('v0', { data: [entry] }).models[0]!
const fromOpenAI = (entry: unknown): ModelInfo => readModelList('openai', { data: [entry] }).models[0]!

const v1 = (fixtureJSON('models-v1.json') as { models: { loaded_instances: { config: unknown }[] }[] }).models
const v0 = (fixtureJSON('models-v0.json') as { data: unknown[] }).data
const unknownCapabilities = {
  chat: undefined,
  embeddings: undefined,
  decisions: undefined,
  vision: undefined,
  toolUse: undefined,
  reasoning: undefined,
  structuredOutput: undefined,
  maxContextLength: undefined,
  contextLength: undefined,
}

describe('a model of /api/v1/models', () => {
  it('maps every property of a loaded vision model of /api/v1/models', () => {
    expect(fromV1(v1[0])).toEqual({
      id: 'acme/tern-4b',
      type: 'vlm',
      displayName: 'Tern 4B',
      publisher: 'acme',
      architecture: 'tern',
      quantization: 'Q5_K_M',
      sizeBytes: 3_100_200_300,
      parameters: '4B',
      format: 'gguf',
      state: 'loaded',
      instances: [{ id: 'acme/tern-4b', contextLength: 8192, config: v1[0]!.loaded_instances[0]!.config }],
      contextLength: 8192,
      maxContextLength: 65_536,
      capabilities: {
        chat: true,
        embeddings: false,
        decisions: false,
        vision: true,
        toolUse: true,
        reasoning: { options: ['off', 'on'], default: 'on' },
        structuredOutput: true,
        maxContextLength: 65_536,
        contextLength: 8192,
      },
      variants: ['acme/tern-4b@q5_k_m'],
      raw: v1[0],
    })
  })

  it('has no context length for a model of /api/v1/models that is not loaded', () => {
    const model = fromV1(v1[1])
    expect(model).toMatchObject({
      type: 'llm',
      state: 'not-loaded',
      instances: [],
      maxContextLength: 32_768,
      capabilities: { vision: false, toolUse: false },
    })
    expect(model).not.toHaveProperty('contextLength')
    expect(model.capabilities.contextLength).toBeUndefined()
  })

  it('reports chat, vision and tool use of an embedding model as false', () => {
    const model = fromV1(v1[2])
    expect(model).toMatchObject({
      type: 'embedding',
      capabilities: { chat: false, embeddings: true, vision: false, toolUse: false, structuredOutput: false },
    })
    expect(model).not.toHaveProperty('parameters')
    expect(model).not.toHaveProperty('architecture')
  })

  it('leaves out every property that is null or missing in /api/v1/models', () => {
    const nulls = {
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
    }
    for (const more of [
      {},
      nulls,
      { quantization: { name: null }, capabilities: { vision: null, trained_for_tool_use: null, reasoning: null } },
    ]) {
      const raw = { key: 'k', type: 'llm', ...more }
      expect(fromV1(raw)).toEqual({
        id: 'k',
        type: 'llm',
        state: 'unknown',
        instances: [],
        capabilities: {
          ...unknownCapabilities,
          chat: true,
          embeddings: false,
          decisions: false,
          structuredOutput: true,
        },
        raw,
      })
    }
  })

  it('offers a model of an unknown type for nothing that it may not do', () => {
    expect(
      fromV1({
        key: 'k',
        type: 'diffusion',
        max_context_length: 7,
        capabilities: { vision: true, trained_for_tool_use: false },
      }),
    ).toMatchObject({
      type: 'unknown',
      capabilities: {
        chat: false,
        embeddings: undefined,
        decisions: undefined,
        vision: false,
        toolUse: false,
        structuredOutput: false,
        maxContextLength: 7,
      },
    })
  })

  it('keeps every instance, including those without a config', () => {
    const model = fromV1({
      key: 'k',
      type: 'llm',
      loaded_instances: [
        { id: 'k', config: { context_length: 4096, new_setting: 1 } },
        { id: 'k:2' },
        { id: 'k:3', config: null },
      ],
    })
    expect(model.instances).toEqual([
      { id: 'k', contextLength: 4096, config: { context_length: 4096, new_setting: 1 } },
      { id: 'k:2', contextLength: undefined, config: {} },
      { id: 'k:3', contextLength: undefined, config: {} },
    ])
    expect(model).toMatchObject({ state: 'loaded', contextLength: 4096 })
  })

  it('accepts reasoning without options or a default', () => {
    expect(fromV1({ key: 'k', type: 'llm', capabilities: { reasoning: {} } }).capabilities.reasoning).toEqual({
      options: [],
      default: undefined,
    })
  })

  it('keeps an unknown format', () => expect(fromV1({ key: 'k', type: 'llm', format: 'splash' }).format).toBe('splash'))
})

describe('a model of /api/v0/models', () => {
  it('maps every property of a loaded vision model of /api/v0/models', () => {
    expect(fromV0(v0[0])).toEqual({
      id: 'tern-4b',
      type: 'vlm',
      publisher: 'acme',
      architecture: 'tern',
      quantization: 'Q5_K_M',
      format: 'gguf',
      state: 'loaded',
      instances: [{ id: 'tern-4b', contextLength: 8192, config: {} }],
      contextLength: 8192,
      maxContextLength: 65_536,
      capabilities: {
        chat: true,
        embeddings: false,
        decisions: false,
        vision: true,
        toolUse: true,
        reasoning: undefined,
        structuredOutput: true,
        maxContextLength: 65_536,
        contextLength: 8192,
      },
      raw: v0[0],
    })
  })

  it('reports vision as false and tool use as unknown for an llm of /api/v0/models without capabilities', () => {
    expect(fromV0(v0[1])).toMatchObject({
      type: 'llm',
      state: 'not-loaded',
      instances: [],
      capabilities: { vision: false, toolUse: undefined, contextLength: undefined },
    })
  })

  it('reads the type `embeddings` of /api/v0/models', () =>
    expect(fromV0(v0[2])).toMatchObject({ type: 'embedding', capabilities: { chat: false, embeddings: true } }))

  it('reports tool use as false if the list of capabilities of /api/v0/models lacks it', () => {
    expect(fromV0({ id: 'i', type: 'llm', capabilities: [] }).capabilities.toolUse).toBe(false)
  })

  it.each([
    ['loaded', 'loaded'],
    ['not-loaded', 'not-loaded'],
    ['loading', 'not-loaded'],
    [null, 'unknown'],
    [undefined, 'unknown'],
  ])('reads the state %s of /api/v0/models as %s', (state, expected) =>
    expect(fromV0({ id: 'i', type: 'llm', ...(state === undefined ? {} : { state }) }).state).toBe(expected),
  )

  it('does not offer a model of an unknown type of /api/v0/models for chat', () => {
    expect(fromV0({ id: 'i', type: 'audio' }).capabilities).toMatchObject({ chat: false, structuredOutput: false })
  })
})

describe('a model of /v1/models', () => {
  it('has the id of a model of /v1/models and nothing else', () => {
    const raw = { id: 'tern-4b', object: 'model' }
    expect(fromOpenAI(raw)).toEqual({
      id: 'tern-4b',
      type: 'unknown',
      state: 'unknown',
      instances: [],
      capabilities: unknownCapabilities,
      raw,
    })
  })
})

import { readFile } from 'node:fs/promises'
import type { MockFault } from 'lmstudio-provider/testing/node'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { connect, MODEL, setUp } from './support/provider.js'
import { sendJSON, serve } from './support/servers.js'

const fixture = (name: string): Promise<string> => readFile(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
const V1 = '/api/v1/models'
const V0 = '/api/v0/models'
const OPENAI = '/v1/models'

describe('the list of models', () => {
  test('of a current LM Studio comes from /api/v1/models in one request', async () => {
    const { mock, lmstudio } = await setUp()
    const models = await lmstudio.listModels()
    expect(mock.calls.map(({ path }) => path)).toEqual([V1])
    expect(models.find(({ id }) => id === MODEL)).toMatchObject({
      id: MODEL,
      type: 'vlm',
      displayName: 'Tern 4B',
      publisher: 'acme',
      quantization: 'Q5_K_M',
      sizeBytes: 3_100_200_300,
      parameters: '4B',
      format: 'gguf',
      state: 'loaded',
      instances: [{ id: MODEL, contextLength: 8192 }],
      contextLength: 8192,
      maxContextLength: 65_536,
      capabilities: {
        chat: true,
        embeddings: false,
        vision: true,
        toolUse: true,
        reasoning: { options: ['off', 'on'], default: 'on' },
      },
      raw: { key: MODEL },
    })
    expect(models.find(({ type }) => type === 'embedding')).toMatchObject({
      capabilities: { chat: false, embeddings: true },
    })
    expect(models.find(({ id }) => id === 'acme/heron-base')).toMatchObject({ state: 'not-loaded', instances: [] })
    expect(models.find(({ id }) => id === 'acme/heron-base')).not.toHaveProperty('contextLength')
  })

  test('of an LM Studio before 0.4 comes from /api/v0/models', async () => {
    const { mock, lmstudio } = await setUp({ version: '0.3' })
    const models = await lmstudio.listModels()
    expect(mock.calls.map(({ path }) => path)).toEqual([V1, V0])
    expect(models.find(({ id }) => id === MODEL)).toMatchObject({
      state: 'loaded',
      contextLength: 8192,
      maxContextLength: 65_536,
      capabilities: { toolUse: true },
    })
    expect(models.find(({ id }) => id.includes('embed'))).toMatchObject({ type: 'embedding' })
  })

  test.each<[string, MockFault]>([
    ['catch-alls', 'catch-all'],
    ['404s', 'status-404'],
    ['web pages', 'html'],
  ])('of a server whose native lists are %s comes from /v1/models', async (_name, fault) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(fault, { path: V1 })
    mock.inject(fault, { path: V0 })
    const models = await lmstudio.listModels()
    expect(mock.calls.map(({ path }) => path)).toEqual([V1, V0, OPENAI])
    expect(models.find(({ id }) => id === MODEL)).toMatchObject({ type: 'unknown', state: 'unknown', instances: [] })
  })

  test.each([
    ['models-v1.json', V1],
    ['models-v0.json', V0],
    ['models-openai.json', OPENAI],
    ['models-openai-old.json', OPENAI],
  ])('is read from the recorded body %s', async (name, path) => {
    const { mock, lmstudio } = await setUp()
    for (const missing of [V1, V0]) if (missing !== path) mock.inject('status-404', { path: missing })
    mock.inject({ raw: { headers: { 'content-type': 'application/json' }, chunks: [await fixture(name)] } }, { path })
    const models = await lmstudio.listModels()
    expect(models.length).toBeGreaterThan(0)
    for (const model of models) expect(model.id).toMatch(/\w/)
  })

  test('does not take a demand for a token for an old server', async () => {
    const { mock, lmstudio } = await setUp({ auth: true })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'AuthenticationError', code: 'auth-required' })
    expect(mock.calls.map(({ path }) => path)).toEqual([V1])
  })

  test.each([403, 500] as const)('does not take %i for a missing list', async (status) => {
    const { mock, lmstudio } = await setUp({ faults: [`status-${status}`] })
    expect(await caught(lmstudio.listModels())).toMatchObject({ status })
    expect(mock.calls).toHaveLength(1)
  })

  test.each<[string, MockFault, string]>([
    ['an error body with 200', { name: 'error-200', message: 'Something broke.' }, 'ApiError'],
    ['an error object with 200', { name: 'error-200', shape: 'object', message: 'Something broke.' }, 'ApiError'],
    ['the catch-all', 'catch-all', 'UnsupportedEndpointError'],
    ['a web page', 'html', 'InvalidResponseError'],
    ['a cut body', 'malformed-json', 'InvalidResponseError'],
    ['an empty body', 'empty-body', 'InvalidResponseError'],
  ])('is never [] for %s', async (_name, fault, name) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(fault, { path: /models/, times: 9 })
    expect((await caught(lmstudio.listModels())).name).toBe(name)
  })

  test.each([
    ['null', null],
    ['a number', 7],
    ['a list', []],
    ['an object with neither', {}],
    ['models of the wrong type', { models: 'none', data: 'none' }],
    ['models that are null', { models: null, data: null }],
    ['a model without a name', { models: [{ type: 'llm' }], data: [{ object: 'model' }] }],
    ['a model that is null', { models: [null], data: [null] }],
  ])('is not made of %s', async (_name, body) => {
    const server = await serve((_request, response) => sendJSON(response, body))
    expect(await caught(connect(server).listModels())).toMatchObject({ name: 'InvalidResponseError' })
  })

  test('may be empty', async () => {
    const { lmstudio } = await setUp({ models: [] })
    expect(await lmstudio.listModels()).toEqual([])
  })

  test('takes types, formats and keys from the future', async () => {
    const model = {
      type: 'diffusion',
      key: 'acme/puffin',
      display_name: 'Puffin',
      format: 'splash',
      size_bytes: null,
      loaded_instances: [],
      x_new: 1,
    }
    const server = await serve((_request, response) => sendJSON(response, { models: [model] }))
    expect(await connect(server).listModels()).toMatchObject([
      { id: 'acme/puffin', type: 'unknown', format: 'splash', raw: model },
    ])
  })

  test('takes a model of which only the key is known', async () => {
    const server = await serve((_request, response) =>
      sendJSON(response, { models: [{ type: 'llm', key: 'acme/puffin' }] }),
    )
    const [model] = await connect(server).listModels()
    expect(model).toMatchObject({ id: 'acme/puffin', type: 'llm', state: 'unknown', instances: [] })
  })

  test('of a server that says `null` wherever it may has no null in it', async () => {
    const model = {
      type: 'llm',
      publisher: null,
      key: 'acme/puffin',
      display_name: null,
      architecture: null,
      quantization: null,
      size_bytes: null,
      params_string: null,
      loaded_instances: [{ id: 'acme/puffin', config: {} }],
      max_context_length: null,
      format: null,
      capabilities: null,
      description: null,
      variants: null,
    }
    const server = await serve((_request, response) => sendJSON(response, { models: [model] }))
    const [{ raw: _raw, ...info } = { raw: 0 }] = await connect(server).listModels()
    expect(JSON.stringify(info)).not.toContain('null')
  })
})

describe('a model', () => {
  test('is known by id, variant and instance', async () => {
    const { lmstudio } = await setUp()
    const [{ variants = [] } = {}] = await lmstudio.listModels()
    for (const name of [MODEL, ...variants]) expect(await lmstudio.supportsModel(name)).toBe(true)
    expect(await lmstudio.supportsModel('acme/no-such-model')).toBe(false)
  })

  test('is looked for in the cache, then by one refresh', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await lmstudio.supportsModel(MODEL)).toBe(true)
    expect(await lmstudio.supportsModel(MODEL)).toBe(true)
    expect(mock.calls).toHaveLength(1)
    mock.configure({ models: [{ id: 'acme/new' }] })
    expect(await lmstudio.supportsModel('acme/new')).toBe(true)
    expect(mock.calls).toHaveLength(2)
    expect(await lmstudio.supportsModel('acme/nowhere')).toBe(false)
    expect(mock.calls).toHaveLength(3)
  })

  test('that is missing from a list just read is not looked for twice', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await lmstudio.supportsModel('acme/nowhere')).toBe(false)
    expect(mock.calls).toHaveLength(1)
  })

  test('of a server that is in trouble is an error, not "no"', async () => {
    const { lmstudio } = await setUp({ faults: ['status-500'] })
    expect(await caught(lmstudio.supportsModel(MODEL))).toMatchObject({ status: 500 })
  })

  test('has capabilities; an unknown one has none', async () => {
    const { lmstudio } = await setUp()
    expect(await lmstudio.modelCapabilities(MODEL)).toMatchObject({
      chat: true,
      toolUse: true,
      contextLength: 8192,
      maxContextLength: 65_536,
    })
    expect(await lmstudio.modelCapabilities('text-embedding-plover-v2')).toMatchObject({
      chat: false,
      embeddings: true,
    })
    expect(await lmstudio.modelCapabilities('acme/nowhere')).toBeUndefined()
  })

  test('says undefined, not false, for what the server does not say', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject('status-404', { path: V1 })
    mock.inject('status-404', { path: V0 })
    expect(await lmstudio.modelCapabilities(MODEL)).toMatchObject({
      vision: undefined,
      toolUse: undefined,
      contextLength: undefined,
    })
  })
})

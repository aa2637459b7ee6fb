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

describe('listModels', () => {
  test('requests only /api/v1/models of LM Studio 0.4', async () => {
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

  test('falls back to /api/v0/models for LM Studio before 0.4', async () => {
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
    ['responses to an unknown route', 'catch-all'],
    ['404s', 'status-404'],
    ['web pages', 'html'],
  ])('falls back to /v1/models if the native lists are %s', async (_name, fault) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(fault, { path: V1 })
    mock.inject(fault, { path: V0 })
    const models = await lmstudio.listModels()
    expect(mock.calls.map(({ path }) => path)).toEqual([V1, V0, OPENAI])
    expect(models.find(({ id }) => id === MODEL)).toMatchObject({ type: 'unknown', state: 'unknown', instances: [] })
  })

  test.each([
    [3, 'models-v1.json', V1],
    [3, 'models-v0.json', V0],
    [2, 'models-openai.json', OPENAI],
    [1, 'models-openai-old.json', OPENAI],
  ])('reads every model (%i) of the recorded list %s', async (count, name, path) => {
    const { mock, lmstudio } = await setUp()
    for (const missing of [V1, V0]) if (missing !== path) mock.inject('status-404', { path: missing })
    mock.inject({ raw: { headers: { 'content-type': 'application/json' }, chunks: [await fixture(name)] } }, { path })
    const models = await lmstudio.listModels()
    expect(models).toHaveLength(count)
    for (const model of models) expect(model.id).toMatch(/\w/)
  })

  test('does not request an older list from a server that requires a token', async () => {
    const { mock, lmstudio } = await setUp({ auth: true })
    expect(await caught(lmstudio.listModels())).toMatchObject({ name: 'AuthenticationError', code: 'auth-required' })
    expect(mock.calls.map(({ path }) => path)).toEqual([V1])
  })

  test.each([403, 500] as const)('does not request an older list after status %i', async (status) => {
    const { mock, lmstudio } = await setUp({ faults: [`status-${status}`] })
    expect(await caught(lmstudio.listModels())).toMatchObject({ status })
    expect(mock.calls).toHaveLength(1)
  })

  test.each<[string, MockFault, string]>([
    ['an error body with 200', { name: 'error-200', message: 'Something broke.' }, 'ApiError'],
    ['an error object with 200', { name: 'error-200', shape: 'object', message: 'Something broke.' }, 'ApiError'],
    ['the response to an unknown route', 'catch-all', 'UnsupportedEndpointError'],
    ['a web page', 'html', 'InvalidResponseError'],
    ['a truncated body', 'malformed-json', 'InvalidResponseError'],
    ['an empty body', 'empty-body', 'InvalidResponseError'],
  ])('rejects and does not return an empty list for %s', async (_name, fault, name) => {
    const { mock, lmstudio } = await setUp()
    mock.inject(fault, { path: /models/, times: 9 })
    expect((await caught(lmstudio.listModels())).name).toBe(name)
  })

  test.each([
    ['null', null],
    ['a number', 7],
    ['an empty array', []],
    ['an object without a list', {}],
    ['an object with a string as its list', { models: 'none', data: 'none' }],
    ['a list with a model without an id', { models: [{ type: 'llm' }], data: [{ object: 'model' }] }],
    ['a list with a model that is null', { models: [null], data: [null] }],
  ])('rejects a body that is %s', async (_name, body) => {
    const server = await serve((_request, response) => sendJSON(response, body))
    expect(await caught(connect(server).listModels())).toMatchObject({ name: 'InvalidResponseError' })
  })

  test.each([
    ['success false', { success: false, data: null }],
    ['a detail', { detail: 'Busy.' }],
    ['a list of details', { detail: [{ loc: ['query'], msg: 'Busy.' }] }],
    ['a message and a code', { message: 'Busy.', code: 'busy' }],
    ['a message beside a list that is null', { data: null, message: 'Busy.' }],
  ])('rejects a list with status 200 that reports a failure with %s', async (_name, body) => {
    const server = await serve((_request, response) => sendJSON(response, body))
    expect(await caught(connect(server).listModels())).toMatchObject({ name: 'ApiError', status: 200 })
  })

  test('uses the list of OpenAI if the others report a failure with status 200', async () => {
    const server = await serve((request, response) =>
      sendJSON(response, request.url === '/v1/models' ? { data: [{ id: 'm' }] } : { detail: 'Not Found' }),
    )
    expect(await connect(server).listModels()).toMatchObject([{ id: 'm' }])
  })

  test('returns an empty list if the list is null, as Ollama sends it', async () => {
    const server = await serve((_request, response) => sendJSON(response, { object: 'list', data: null }))
    expect(await connect(server).listModels()).toEqual([])
  })

  test('returns an empty list if the server has no models', async () => {
    const { lmstudio } = await setUp({ models: [] })
    expect(await lmstudio.listModels()).toEqual([])
  })

  test('accepts unknown types, formats and properties', async () => {
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

  test('accepts a model with only a key and a type', async () => {
    const server = await serve((_request, response) =>
      sendJSON(response, { models: [{ type: 'llm', key: 'acme/puffin' }] }),
    )
    const [model] = await connect(server).listModels()
    expect(model).toMatchObject({ id: 'acme/puffin', type: 'llm', state: 'unknown', instances: [] })
  })

  test('returns no null for a model whose optional properties are all null', async () => {
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

describe('supportsModel and modelCapabilities', () => {
  test('supportsModel accepts the id of a model and of its variants', async () => {
    const { lmstudio } = await setUp()
    const [model] = await lmstudio.listModels()
    expect(model?.variants).toEqual([`${MODEL}@q5_k_m`])
    for (const name of [MODEL, `${MODEL}@q5_k_m`]) expect(await lmstudio.supportsModel(name)).toBe(true)
    expect(await lmstudio.supportsModel('acme/no-such-model')).toBe(false)
  })

  test('supportsModel looks in the cache and then refreshes it once', async () => {
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

  test('supportsModel does not request a list twice for a model that does not exist', async () => {
    const { mock, lmstudio } = await setUp()
    expect(await lmstudio.supportsModel('acme/nowhere')).toBe(false)
    expect(mock.calls).toHaveLength(1)
  })

  test('supportsModel rejects if the list cannot be requested', async () => {
    const { lmstudio } = await setUp({ faults: ['status-500'] })
    expect(await caught(lmstudio.supportsModel(MODEL))).toMatchObject({ status: 500 })
  })

  test('modelCapabilities returns undefined for an unknown model', async () => {
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

  test('modelCapabilities reports undefined, not false, for what the server does not report', async () => {
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

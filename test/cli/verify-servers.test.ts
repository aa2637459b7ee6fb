import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { type MockLMStudioServerOptions, startMockLMStudio } from '../../src/testing/node-server.js'
import { type Override, startReplayServer } from '../helpers/replay-server.js'
import { findingOf, findingsOf, verify } from '../helpers/verify.js'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function replay(name: string, overrides: readonly Override[] = []): Promise<string> {
  const folder = fileURLToPath(new URL(`../fixtures/servers/${name}/`, import.meta.url))
  const server = await startReplayServer(folder, overrides)
  closing.push(server.close)
  return server.url
}

const EMBEDDINGS = 'text-embedding-plover-v2'

describe('every assumption that can be tried holds', () => {
  test.each([
    ['lm-studio-0.3', 'LM Studio', '0.3', 49],
    ['lm-studio-0.4', 'LM Studio', '0.4 or later', 63],
    ['llama.cpp', 'llama.cpp', 'b6829-3cfa9c3f', 28],
    ['ollama', 'Ollama', '0.12.6', 30],
    ['vllm', 'vLLM', '0.11.0', 34],
  ])('for the recorded server %s', async (name, kind, version, held) => {
    const report = await verify(await replay(name), { embeddingModel: kind === 'LM Studio' ? EMBEDDINGS : undefined })

    expect(findingsOf(report, 'failed')).toEqual([])
    expect(report.server).toMatchObject({ kind, version })
    expect(findingsOf(report, 'held')).toHaveLength(held)
  })

  test.each<[string, MockLMStudioServerOptions]>([
    ['of LM Studio 0.4', {}],
    ['of LM Studio 0.3', { version: '0.3' }],
    ['with CORS off', { cors: false }],
    [
      'with reasoning in the text',
      {
        models: [
          { id: 'a', loaded: true, reasoningField: 'inline', reasoning: { options: ['off', 'on'], default: 'on' } },
        ],
      },
    ],
    ['with its frames cut anywhere', { framing: { chunkBytes: 7, lineEnding: '\r\n' } }],
  ])('for a mock %s', async (_, options) => {
    const mock = await startMockLMStudio(options)
    closing.push(mock.close)
    const report = await verify(mock.url, { allowLoad: true })

    expect(findingsOf(report, 'failed')).toEqual([])
  })

  test('for a mock that requires a token', async () => {
    const mock = await startMockLMStudio({ auth: true })
    closing.push(mock.close)
    const report = await verify(mock.url, { provider: { endpoint: mock.url, apiToken: mock.apiToken } })

    expect(findingsOf(report, 'failed')).toEqual([])
    for (const id of ['missing', 'placeholder', 'greeting']) {
      expect(findingOf(report, 'Authentication', id).outcome).toBe('held')
    }
  })
})

test('decisions are tried where there is a decision model', async () => {
  const mock = await startMockLMStudio()
  closing.push(mock.close)
  const options = { only: ['Decisions'] }
  const reports = [
    await verify(mock.url, options),
    await verify(mock.url, { ...options, decisionModel: 'acme/judge-1b' }),
  ]

  expect(reports.map((report) => findingOf(report, 'Decisions', 'reading').outcome)).toEqual(['not-tried', 'held'])
})

describe('each kind of server', () => {
  test('states why an assumption was not tried', async () => {
    const report = await verify(await replay('llama.cpp'))

    expect(findingOf(report, 'Identification', 'greeting')).toMatchObject({
      outcome: 'not-tried',
      detail: 'the server is not LM Studio',
    })
    expect(findingOf(report, 'Responses', 'shape')).toMatchObject({
      outcome: 'not-tried',
      detail: 'the server does not have the route',
    })
    expect(findingOf(report, 'Embeddings', 'shape').detail).toContain('--embedding-model')
    expect(findingOf(report, 'CORS', 'authorization').detail).toContain('*')
  })

  test('is asked only for what it may have', async () => {
    const server = await startReplayServer(fileURLToPath(new URL('../fixtures/servers/llama.cpp/', import.meta.url)))
    closing.push(server.close)
    const { exchanges } = await verify(server.url)

    expect(server.unmatched).toEqual([])
    expect(exchanges.map(({ path }) => path)).not.toContain('/api/v1/chat')
    expect(exchanges.map(({ path }) => path)).toContain('/props')
  })

  test('notes what docs/http-api.md 14 asks about LM Studio', async () => {
    const { observations } = await verify(await replay('lm-studio-0.4'))

    expect(observations.map(({ section }) => section)).toEqual(
      expect.arrayContaining(['14.1', '14.2', '14.4', '14.5', '14.6']),
    )
  })
})

describe('a server that lacks something', () => {
  const refusal = (body: Override['body'], status: number, error: object): Override[] => [
    {
      method: 'POST',
      path: '/v1/chat/completions',
      body: { messages: [{}], ...body },
      status,
      text: JSON.stringify({ error }),
    },
  ]

  test.each<[string, string, string, string, Override[]]>([
    [
      'llama.cpp',
      'Tools',
      'call',
      'tools param requires --jinja flag',
      refusal({ tools: [{}] }, 500, { code: 500, message: 'tools param requires --jinja flag', type: 'server_error' }),
    ],
    [
      'vllm',
      'Tools',
      'call',
      'refuses tools',
      refusal({ tools: [{}] }, 400, {
        message: '"auto" tool choice requires --enable-auto-tool-choice',
        type: 'BadRequestError',
        code: 400,
      }),
    ],
    [
      'vllm',
      'Structured output',
      'schema',
      'refuses json_schema',
      refusal({ response_format: {} }, 400, { message: 'guided decoding is off', type: 'BadRequestError', code: 400 }),
    ],
    [
      'ollama',
      'Reasoning',
      'place',
      'refuses reasoning_effort',
      refusal({ reasoning_effort: 'medium' }, 400, { message: 'think value "medium" is not supported for this model' }),
    ],
  ])('%s: %s is not tried', async (name, probe, id, detail, overrides) => {
    const report = await verify(await replay(name, overrides), { only: [probe] })

    expect(findingOf(report, probe, id)).toMatchObject({
      outcome: 'not-tried',
      detail: expect.stringContaining(detail),
    })
    expect(findingsOf(report, 'failed')).toEqual([])
  })

  test('LM Studio without tools is a failure', async () => {
    const overrides = refusal({ tools: [{}] }, 400, { message: 'tools are not supported' })
    const report = await verify(await replay('lm-studio-0.4', overrides), { only: ['Tools'] })

    expect(findingOf(report, 'Tools', 'call').outcome).toBe('failed')
  })

  test('a model that writes no object in time is not a failure', async () => {
    const text = JSON.stringify({
      choices: [{ index: 0, message: { role: 'assistant', content: '{"name":"Herr' }, finish_reason: 'length' }],
    })
    const overrides = [
      {
        method: 'POST',
        path: '/v1/chat/completions',
        body: { response_format: { type: 'json_schema' } },
        status: 200,
        text,
      },
    ]
    const report = await verify(await replay('llama.cpp', overrides), { only: ['Structured output'] })

    expect(findingOf(report, 'Structured output', 'schema')).toMatchObject({
      outcome: 'not-tried',
      detail: 'the model did not finish the object in time',
    })
  })

  test('a server of an unknown kind is an OpenAI-compatible server', async () => {
    const text = JSON.stringify({ object: 'list', data: [{ id: 'a', object: 'model', owned_by: 'someone' }] })
    const report = await verify(await replay('vllm', [{ method: 'GET', path: '/v1/models', status: 200, text }]), {
      only: [],
    })

    expect(report.server).toEqual({ kind: 'OpenAI-compatible server', hasV1: false, hasV0: false })
  })

  test('a server that still loads its model cannot be used yet', async () => {
    const text = JSON.stringify({ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } })
    const endpoint = await replay('llama.cpp', [{ method: '*', path: '*', status: 503, text }])

    await expect(verify(endpoint)).rejects.toMatchObject({ status: 503 })
  })
})

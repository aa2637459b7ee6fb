import { MODEL, type Case } from '../contract.js'

export const modelCases: readonly Case[] = [
  {
    name: 'listModels describes every model that the server has',
    async run({ create, assert }) {
      const models = await create().listModels()
      assert.equal(
        models.map(({ id, type, state }) => [id, type, state]),
        [
          [MODEL, 'vlm', 'loaded'],
          ['acme/heron-base', 'llm', 'not-loaded'],
          ['acme/plover-vl', 'vlm', 'not-loaded'],
          ['acme/judge-1b', 'decision', 'not-loaded'],
          ['text-embedding-plover-v2', 'embedding', 'not-loaded'],
        ],
      )
      const [tern] = models
      assert.equal(
        [tern?.displayName, tern?.quantization, tern?.contextLength, tern?.maxContextLength],
        ['Tern 4B', 'Q5_K_M', 8192, 65_536],
      )
    },
  },
  {
    name: 'listModels reads the older list of LM Studio before 0.4',
    async run({ create, assert, mock }) {
      await mock.configure({ version: '0.3' })
      const models = await create().listModels()
      assert.equal([models.length, models[0]?.id, models[0]?.state], [5, MODEL, 'loaded'])
      assert.equal(
        (await mock.calls()).map(({ path }) => path),
        ['/api/v1/models', '/api/v0/models'],
      )
    },
  },
  {
    name: 'listModels reads the OpenAI list of a server that is not LM Studio',
    async run({ create, assert, mock }) {
      await mock.inject('status-404', { path: '/api/v1/models' })
      await mock.inject('status-404', { path: '/api/v0/models' })
      const models = await create().listModels()
      assert.ok(
        models.some(({ id, type }) => id === MODEL && type === 'unknown'),
        'has the model, with an unknown type',
      )
    },
  },
  {
    name: 'listModels does not request another list from a server that requires a token',
    async run({ create, assert, mock, library }) {
      await mock.configure({ auth: true })
      await assert.fails(() => create().listModels(), library.AuthenticationError)
      assert.equal((await mock.calls()).length, 1)
    },
  },
  {
    name: 'listModels rejects if the server responds with an error instead of a list',
    async run({ create, assert, mock, library }) {
      await mock.inject('error-200', { times: 3 })
      await assert.fails(() => create({ maxRetries: 0 }).listModels(), library.ProviderError)
    },
  },
  {
    name: 'supportsModel uses the cache, and refreshes it once for an unknown model',
    async run({ create, assert, mock }) {
      const provider = create()
      assert.equal(await provider.supportsModel(MODEL), true)
      assert.equal(await provider.supportsModel(MODEL), true)
      assert.equal((await mock.calls()).length, 1)
      await mock.configure({ models: [{ id: 'acme/newcomer' }] })
      assert.equal(await provider.supportsModel('acme/newcomer'), true)
      assert.equal((await mock.calls()).length, 2)
      assert.equal(await provider.supportsModel('acme/none'), false)
    },
  },
  {
    name: 'modelCapabilities returns what a model can do, and undefined for an unknown model',
    async run({ create, assert }) {
      const provider = create()
      const tern = await provider.modelCapabilities(MODEL)
      assert.equal([tern?.chat, tern?.vision, tern?.toolUse, tern?.embeddings], [true, true, true, false])
      assert.equal(tern?.reasoning?.default, 'on')
      assert.equal((await provider.modelCapabilities('text-embedding-plover-v2'))?.embeddings, true)
      assert.equal(await provider.modelCapabilities('acme/none'), undefined)
    },
  },
  {
    name: 'healthCheck reports a healthy server and counts its models',
    async run({ create, assert, endpoint }) {
      const { latencyMs, ...report } = await create().healthCheck()
      assert.ok((latencyMs ?? -1) >= 0, 'has a latency')
      assert.equal(report, {
        status: 'healthy',
        endpoint,
        isLMStudio: true,
        api: 'v1',
        modelsAvailable: 5,
        modelsLoaded: 1,
      })
    },
  },
  {
    name: 'healthCheck reports a server that is off and does not reject',
    async run({ create, assert, mock }) {
      await mock.close()
      const { status, diagnosis } = await create().healthCheck()
      assert.equal([status, diagnosis?.code], ['unreachable', 'not-running'])
      assert.ok((diagnosis?.steps.length ?? 0) > 0, 'has steps')
    },
  },
  {
    name: 'healthCheck reports an old version, a missing model and a missing token as degraded',
    async run({ create, assert, mock }) {
      const codes: unknown[] = []
      for (const options of [{ version: '0.3' }, { version: '0.4', models: [] }, { auth: true }] as const) {
        await mock.configure(options)
        const { status, diagnosis } = await create().healthCheck()
        codes.push([status, diagnosis?.code])
      }
      assert.equal(codes, [
        ['degraded', 'old-version'],
        ['degraded', 'no-models'],
        ['degraded', 'auth-required'],
      ])
    },
  },
]

import { MODEL, type Case } from '../contract.js'

export const modelCases: readonly Case[] = [
  {
    name: 'listModels describes every model the server has',
    async run({ create, assert }) {
      const models = await create().listModels()
      assert.equal(
        models.map(({ id, type, state }) => [id, type, state]),
        [
          [MODEL, 'vlm', 'loaded'],
          ['acme/heron-base', 'llm', 'not-loaded'],
          ['acme/plover-vl', 'vlm', 'not-loaded'],
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
    name: 'an LM Studio before 0.4 lists its models by the older route',
    async run({ create, assert, mock }) {
      await mock.configure({ version: '0.3' })
      const models = await create().listModels()
      assert.equal([models.length, models[0]?.id, models[0]?.state], [4, MODEL, 'loaded'])
      assert.equal(
        (await mock.calls()).map(({ path }) => path),
        ['/api/v1/models', '/api/v0/models'],
      )
    },
  },
  {
    name: 'a server that is not LM Studio lists its models by the route of OpenAI',
    async run({ create, assert, mock }) {
      await mock.inject('status-404', { path: '/api/v1/models' })
      await mock.inject('status-404', { path: '/api/v0/models' })
      const models = await create().listModels()
      assert.ok(
        models.some(({ id, type }) => id === MODEL && type === 'unknown'),
        'the model, of unknown type',
      )
    },
  },
  {
    name: 'a server that wants a token is not asked by another route',
    async run({ create, assert, mock, library }) {
      await mock.configure({ auth: true })
      await assert.fails(() => create().listModels(), library.AuthenticationError)
      assert.equal((await mock.calls()).length, 1)
    },
  },
  {
    name: 'an error for a list is an error, not an empty list',
    async run({ create, assert, mock, library }) {
      await mock.inject('error-200', { times: 3 })
      await assert.fails(() => create({ maxRetries: 0 }).listModels(), library.ProviderError)
    },
  },
  {
    name: 'supportsModel knows ids from the cache, and looks again for one that is new',
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
    name: 'modelCapabilities says what a model can do, and nothing of one that is not there',
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
    name: 'healthCheck finds a server healthy and counts its models',
    async run({ create, assert, endpoint }) {
      const { latencyMs, ...report } = await create().healthCheck()
      assert.ok((latencyMs ?? -1) >= 0, 'a latency')
      assert.equal(report, {
        status: 'healthy',
        endpoint,
        isLMStudio: true,
        api: 'v1',
        modelsAvailable: 4,
        modelsLoaded: 1,
      })
    },
  },
  {
    name: 'healthCheck reports a server that is off, and does not throw',
    async run({ create, assert, mock }) {
      await mock.close()
      const { status, diagnosis } = await create().healthCheck()
      assert.equal([status, diagnosis?.code], ['unreachable', 'not-running'])
      assert.ok((diagnosis?.steps.length ?? 0) > 0, 'what to do')
    },
  },
  {
    name: 'healthCheck reports a token that is needed, an empty disk and an old version as limited',
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

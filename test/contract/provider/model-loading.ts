import type { DownloadProgress } from 'lmstudio-provider'
import { MODEL, type Case } from '../contract.js'

const HERON = 'acme/heron-base'
const NEW = 'acme/puffin-7b'

export const lifecycleCases: readonly Case[] = [
  {
    name: 'loadModel loads a model once for repeated and concurrent calls',
    async run({ create, assert, mock }) {
      const provider = create()
      const all = await Promise.all([1, 2, 3].map(() => provider.loadModel(HERON, { contextLength: 2048 })))
      const again = await provider.loadModel(HERON)
      assert.equal(
        [...all, again].map(({ instanceId, config }) => [instanceId, config.contextLength]),
        [1, 2, 3, 4].map(() => [HERON, 2048]),
      )
      assert.equal([all[0]?.wasLoaded, again.wasLoaded], [false, true])
      assert.equal((await mock.calls()).filter(({ path }) => path === '/api/v1/models/load').length, 1)
    },
  },
  {
    name: 'loadModel loads another instance for other settings and with forceNew, and unloadModel unloads them',
    async run({ create, assert }) {
      const provider = create()
      const wide = await provider.loadModel(MODEL, { contextLength: 16_384 })
      const third = await provider.loadModel(MODEL, { forceNew: true })
      assert.equal([wide.instanceId, third.instanceId], [`${MODEL}:2`, `${MODEL}:3`])
      assert.equal((await provider.modelCapabilities(wide.instanceId))?.contextLength, 16_384)
      await provider.unloadModel(wide.instanceId)
      const loaded = async () =>
        (await provider.listModels()).find(({ id }) => id === MODEL)?.instances.map(({ id }) => id)
      assert.equal(await loaded(), [MODEL, `${MODEL}:3`])
      await provider.unloadModel(MODEL)
      await provider.unloadModel(MODEL)
      assert.equal(await loaded(), [])
    },
  },
  {
    name: 'loadModel and unloadModel list the available models for an unknown one',
    async run({ create, assert, library }) {
      const provider = create()
      for (const call of ['loadModel', 'unloadModel'] as const) {
        const error = await assert.fails(() => provider[call]('acme/none'), library.ModelNotFoundError)
        assert.ok(error.availableModels?.includes(MODEL), `${call} lists ${MODEL}`)
      }
    },
  },
  {
    name: 'downloadModel reports its progress, and the model is listed afterwards',
    async run({ create, assert }) {
      const provider = create()
      assert.equal(await provider.supportsModel(NEW), false)
      const seen: DownloadProgress[] = []
      const result = await provider.downloadModel(NEW, { onProgress: (progress) => seen.push(progress) })
      assert.equal([result.status, result.jobId], ['completed', seen[0]?.jobId])
      assert.equal([seen[0]?.status, seen.at(-1)?.status], ['downloading', 'completed'])
      assert.equal(seen.at(-1)?.downloadedBytes, result.totalBytes)
      assert.ok(
        (await provider.listModels()).some(({ id }) => id === NEW),
        'lists the new model',
      )
      assert.equal((await provider.downloadModel(NEW)).status, 'already-downloaded')
    },
  },
  {
    name: 'an aborted downloadModel leaves the download running, and another call can watch it by its jobId',
    async run({ create, assert, mock }) {
      const provider = create()
      const controller = new AbortController()
      const reason = new Error('enough')
      let jobId = ''
      const onProgress = (progress: DownloadProgress): void => {
        jobId = progress.jobId
        controller.abort(reason)
      }
      const thrown = await provider
        .downloadModel(NEW, { onProgress }, { signal: controller.signal })
        .catch((error) => error)
      assert.ok(thrown === reason, 'rejects with the reason of the abort')
      assert.equal((await provider.downloadModel(NEW, { jobId })).status, 'completed')
      assert.equal((await mock.calls()).filter(({ method }) => method === 'POST').length, 1)
    },
  },
  {
    name: 'downloadModel rejects if the download fails',
    async run({ create, assert, mock, library }) {
      await mock.inject('download-failed')
      await assert.fails(() => create().downloadModel(NEW), library.ApiError)
    },
  },
  {
    name: 'loadModel, unloadModel and downloadModel name the required version for LM Studio before 0.4',
    async run({ create, assert, mock, library }) {
      await mock.configure({ version: '0.3' })
      const provider = create()
      for (const call of ['loadModel', 'unloadModel', 'downloadModel'] as const) {
        const error = await assert.fails(() => provider[call](MODEL), library.UnsupportedEndpointError)
        assert.equal(error.since, '0.4.0', call)
      }
    },
  },
]

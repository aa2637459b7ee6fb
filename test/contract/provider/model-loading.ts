import type { DownloadProgress } from 'lmstudio-provider'
import { MODEL, type Case } from '../contract.js'

const HERON = 'acme/heron-base'
const NEW = 'acme/puffin-7b'

export const lifecycleCases: readonly Case[] = [
  {
    name: 'loadModel loads once however often and however concurrently it is asked',
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
    name: 'loadModel loads a second instance for other settings and when a fresh one is wanted, and unloadModel frees them',
    async run({ create, assert }) {
      const provider = create()
      const wide = await provider.loadModel(MODEL, { contextLength: 16_384 })
      const fresh = await provider.loadModel(MODEL, { forceNew: true })
      assert.equal([wide.instanceId, fresh.instanceId], [`${MODEL}:2`, `${MODEL}:3`])
      assert.equal((await provider.modelCapabilities(wide.instanceId))?.contextLength, 16_384)
      await provider.unloadModel(wide.instanceId)
      const left = async () =>
        (await provider.listModels()).find(({ id }) => id === MODEL)?.instances.map(({ id }) => id)
      assert.equal(await left(), [MODEL, `${MODEL}:3`])
      await provider.unloadModel(MODEL)
      await provider.unloadModel(MODEL)
      assert.equal(await left(), [])
    },
  },
  {
    name: 'loadModel and unloadModel name the models that are there when theirs is not',
    async run({ create, assert, library }) {
      const provider = create()
      await assert.fails(() => provider.loadModel('acme/none'), library.ModelNotFoundError)
      await assert.fails(() => provider.unloadModel('acme/none'), library.ModelNotFoundError)
    },
  },
  {
    name: 'downloadModel reports its progress, and then the model is there',
    async run({ create, assert }) {
      const provider = create()
      assert.equal(await provider.supportsModel(NEW), false)
      const seen: DownloadProgress[] = []
      const result = await provider.downloadModel(NEW, { onProgress: (now) => seen.push(now) })
      assert.equal([result.status, result.jobId], ['completed', seen[0]?.jobId])
      assert.equal([seen[0]?.status, seen.at(-1)?.status], ['downloading', 'completed'])
      assert.equal(seen.at(-1)?.downloadedBytes, result.totalBytes)
      assert.ok(
        (await provider.listModels()).some(({ id }) => id === NEW),
        'the new model in the list',
      )
      assert.equal((await provider.downloadModel(NEW)).status, 'already-downloaded')
    },
  },
  {
    name: 'an abort ends the watch over a download, which another call takes up by its job',
    async run({ create, assert, mock }) {
      const provider = create()
      const leaver = new AbortController()
      const reason = new Error('enough')
      let jobId = ''
      const onProgress = (now: DownloadProgress): void => {
        jobId = now.jobId
        leaver.abort(reason)
      }
      const thrown = await provider
        .downloadModel(NEW, { onProgress }, { signal: leaver.signal })
        .catch((error) => error)
      assert.ok(thrown === reason, 'the reason of the abort')
      assert.equal((await provider.downloadModel(NEW, { jobId })).status, 'completed')
      assert.equal((await mock.calls()).filter(({ method }) => method === 'POST').length, 1)
    },
  },
  {
    name: 'a download that fails is an error',
    async run({ create, assert, mock, library }) {
      await mock.inject('download-failed')
      await assert.fails(() => create().downloadModel(NEW), library.ApiError)
    },
  },
  {
    name: 'an LM Studio before 0.4 says which version brings load, unload and download',
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

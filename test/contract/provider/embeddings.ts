import type { PartialEmbeddings } from 'lmstudio-provider'
import { MODEL, type Case } from '../contract.js'

const EMBEDDER = 'text-embedding-plover-v2'

export const embeddingCases: readonly Case[] = [
  {
    name: 'embed returns one vector per text, in the order of the texts',
    async run({ create, assert, library: { cosineSimilarity } }) {
      const input = ['the sea at night', 'the sea by night', 'quarterly tax report']
      const { embeddings } = await create().embed({ model: EMBEDDER, input })
      assert.equal(embeddings.length, 3)
      const [first = [], second = [], third = []] = embeddings
      const [near, far] = [cosineSimilarity(first, second), cosineSimilarity(first, third)]
      assert.ok(near > far, `similar texts are closer (${near}) than different ones (${far})`)
    },
  },
  {
    name: 'embed accepts a single text',
    async run({ create, assert, mock }) {
      const { embeddings } = await create().embed({ model: EMBEDDER, input: 'the sea' })
      assert.equal(embeddings.length, 1)
      assert.equal((await mock.calls()).at(-1)?.path, '/v1/embeddings')
    },
  },
  {
    name: 'embed sends a long list in batches and keeps its order',
    async run({ create, assert, mock }) {
      const input = Array.from({ length: 150 }, (_, index) => `bird number ${index}`)
      const { embeddings } = await create().embed({ model: EMBEDDER, input })
      assert.equal((await mock.calls()).filter(({ path }) => path === '/v1/embeddings').length, 3)
      const [last] = (await create().embed({ model: EMBEDDER, input: 'bird number 149' })).embeddings
      assert.equal(embeddings.length, 150)
      assert.equal(embeddings[149], last)
    },
  },
  {
    name: 'embed attaches the earlier vectors to the error of a batch',
    async run({ create, assert, mock, library }) {
      const input = ['gull', 'tern', 'auk']
      const lmstudio = create()
      const { embeddings } = await lmstudio.embed({ model: EMBEDDER, input })
      await mock.inject('delay-headers', { path: '/v1/embeddings' })
      const pending = lmstudio.embed({ model: EMBEDDER, input, batchSize: 1, concurrency: 1 })
      const failing = assert.fails(() => pending, library.ModelLoadError)
      await mock.whenHeld()
      await mock.inject('load-failed', { path: '/v1/embeddings' })
      await mock.release()
      const { partial } = (await failing) as unknown as { partial?: PartialEmbeddings }
      assert.equal(partial?.embeddings[0], embeddings[0])
      assert.equal([partial?.embeddings.length, partial?.failed], [3, { from: 1, to: 2 }])
    },
  },
  {
    name: 'embed rejects an empty list before sending anything',
    async run({ create, assert, mock, library }) {
      await assert.fails(() => create().embed({ model: MODEL, input: [] }), library.InvalidRequestError)
      assert.equal(await mock.calls(), [])
    },
  },
]

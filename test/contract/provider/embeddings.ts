import { MODEL, type Case } from '../contract.js'

const EMBEDDER = 'text-embedding-plover-v2'

const cosine = (a: readonly number[] = [], b: readonly number[] = []): number => {
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

export const embeddingCases: readonly Case[] = [
  {
    name: 'embed gives one vector per text, in the order of the texts',
    async run({ create, assert }) {
      const input = ['the sea at night', 'the sea by night', 'quarterly tax report']
      const { embeddings } = await create().embed({ model: EMBEDDER, input })
      assert.equal(embeddings.length, 3)
      const [near, far] = [cosine(embeddings[0], embeddings[1]), cosine(embeddings[0], embeddings[2])]
      assert.ok(near > far, `like texts nearer (${near}) than unlike ones (${far})`)
    },
  },
  {
    name: 'embed takes a single text',
    async run({ create, assert, mock }) {
      const { embeddings } = await create().embed({ model: EMBEDDER, input: 'the sea' })
      assert.equal(embeddings.length, 1)
      assert.equal((await mock.calls()).at(-1)?.path, '/v1/embeddings')
    },
  },
  {
    name: 'embed refuses an empty list before anything is sent',
    async run({ create, assert, mock, library }) {
      await assert.fails(() => create().embed({ model: MODEL, input: [] }), library.InvalidRequestError)
      assert.equal(await mock.calls(), [])
    },
  },
]

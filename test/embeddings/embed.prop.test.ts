import fc from 'fast-check'
import { expect, it } from 'vitest'
import { embed } from '../../src/embeddings/embed.js'
import type { PartialEmbeddings } from '../../src/embeddings/types.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { json, stubFetch, testClient } from '../helpers/client.js'

const model = 'text-embedding-plover-v2'

/** A server whose vector for the text `7` is `[7]`, in reverse order. It rejects the batch that contains `bad`. */
function numberServer(bad?: number) {
  const sizes: number[] = []
  const { fetch } = stubFetch(async (request) => {
    const { input } = (await request.json()) as { input: string[] }
    sizes.push(input.length)
    if (bad !== undefined && input.includes(String(bad))) return json({ error: 'no' }, { status: 400 })
    // Batches overtake each other, depending on their first text.
    for (let turn = Number(input[0]) % 5; turn > 0; turn--) await Promise.resolve()
    const data = input.map((text, index) => ({ index, embedding: [Number(text)] }))
    return json({ data: data.toReversed(), usage: { prompt_tokens: input.length } })
  })
  return { client: testClient({ fetch, maxRetries: 0 }), sizes }
}

const requests = fc.record({
  length: fc.integer({ min: 1, max: 60 }),
  batchSize: fc.integer({ min: 1, max: 20 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
})

it('assigns each text its own vector, however the batches are cut and ordered', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async ({ length, ...settings }) => {
      const { client, sizes } = numberServer()
      const input = Array.from({ length }, (_, index) => String(index))
      const { embeddings, usage } = await embed(client, { model, input, ...settings })
      expect(embeddings).toEqual(input.map((text) => [Number(text)]))
      expect(usage.inputTokens).toBe(length)
      expect(sizes).toHaveLength(Math.ceil(length / settings.batchSize))
      expect(Math.max(...sizes)).toBeLessThanOrEqual(settings.batchSize)
    }),
  )
})

it('attaches exactly the vectors that arrived before a failure', async () => {
  let failuresWithPartial = 0
  await fc.assert(
    fc.asyncProperty(requests, fc.nat(59), async ({ length, ...settings }, at) => {
      const bad = at % length
      const { client } = numberServer(bad)
      const input = Array.from({ length }, (_, index) => String(index))
      const error = await rejectionOf(embed(client, { model, input, ...settings }))
      expect(error).toMatchObject({ name: 'InvalidRequestError', status: 400 })
      const { partial } = error as { partial?: PartialEmbeddings }
      // The first batches can fail before any other has succeeded.
      if (partial === undefined) return
      failuresWithPartial++
      const { embeddings, failed, usage } = partial
      expect(embeddings).toHaveLength(length)
      expect(embeddings[bad]).toBeUndefined()
      embeddings.forEach((vector, index) => expect(vector ?? [index]).toEqual([index]))
      expect(usage.inputTokens).toBe(embeddings.filter((vector) => vector !== undefined).length)
      expect(bad >= failed.from && bad < failed.to).toBe(true)
    }),
  )
  expect(failuresWithPartial).toBeGreaterThan(20)
})

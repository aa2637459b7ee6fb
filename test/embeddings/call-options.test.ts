import { createLMStudio } from 'lmstudio-provider'
import { expect, test } from 'vitest'
import { describeCallOptions } from '../helpers/call-options.js'
import { json } from '../helpers/client.js'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const respond = (): Response => json({ model: 'e', data: [{ index: 0, embedding: [1] }] })

describeCallOptions('embed', {
  responses: [respond, respond, respond],
  start: (lmstudio, options) =>
    lmstudio.embed({ model: 'e', input: ['a', 'b', 'c'], batchSize: 1, concurrency: 1 }, options),
})

test('embed leaves no listener on its signal when one of several batches in flight fails', async () => {
  const { signal } = new AbortController()
  const sent: Request[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init)
    sent.push(request)
    if (sent.length === 3) return Promise.resolve(json({ error: 'no' }, { status: 400 }))
    return new Promise((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error))
    })
  }
  const lmstudio = createLMStudio({ fetch, cache: false })
  const request = { model: 'e', input: ['a', 'b', 'c', 'd'], batchSize: 1, concurrency: 3 }
  expect(await rejectionOf(lmstudio.embed(request, { signal }))).toMatchObject({ status: 400 })
  expect(sent.map(({ signal: sentSignal }) => sentSignal.aborted).slice(0, 2)).toEqual([true, true])
  expect(sent).toHaveLength(3)
  expect(countListeners(signal)).toBe(0)
})

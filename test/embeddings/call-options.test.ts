import { describeCallOptions } from '../helpers/call-options.js'
import { json } from '../helpers/client.js'

const respond = (): Response => json({ model: 'e', data: [{ index: 0, embedding: [1] }] })

describeCallOptions('embed', {
  responses: [respond, respond, respond],
  start: (lmstudio, options) =>
    lmstudio.embed({ model: 'e', input: ['a', 'b', 'c'], batchSize: 1, concurrency: 1 }, options),
})

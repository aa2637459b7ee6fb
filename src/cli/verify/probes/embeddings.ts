import { bodyOf } from '../recorder.js'
import { defineProbe, objectsIn } from '../types.js'

const ROUTE = '/v1/embeddings'

export const embeddings = defineProbe({
  name: 'Embeddings',
  assumptions: {
    shape: { section: '3.5', text: 'POST /v1/embeddings returns data[] with index and an array of numbers' },
    reading: { section: '3.5', text: 'The library returns the vectors in the order of the input' },
    base64: { section: '3.5', text: 'encoding_format "base64" is ignored', scope: 'lmstudio' },
    tokens: { section: '3.5', text: 'Arrays of token ids get status 400', scope: 'lmstudio' },
  },
  async run({ provider, embeddingModel, lastExchange, request }, findings) {
    const model = embeddingModel()
    const response = await provider.embed({ model, input: ['A gull on a pier.', 'The tide turns at noon.'] })
    const entries = objectsIn(bodyOf(lastExchange(ROUTE))['data'])
    const vectors = entries.map(({ embedding }) => embedding)
    findings.check('shape', vectors.length === 2 && vectors.every(Array.isArray), `${vectors.length} entries`)
    const ordered = entries.toSorted((one, other) => Number(one['index'] ?? 0) - Number(other['index'] ?? 0))
    const expected = JSON.stringify(ordered.map(({ embedding }) => embedding))
    findings.check('reading', JSON.stringify(response.embeddings) === expected, 'the vectors differ')

    const base64 = await request('POST', ROUTE, { body: { model, input: 'gull', encoding_format: 'base64' } })
    const [entry] = objectsIn(bodyOf(base64)['data'])
    findings.check('base64', Array.isArray(entry?.['embedding']), `embedding is ${typeof entry?.['embedding']}`)
    const tokens = await request('POST', ROUTE, { body: { model, input: [[1, 2, 3]] } })
    findings.check('tokens', tokens.status === 400, `status ${tokens.status}`)
  },
})

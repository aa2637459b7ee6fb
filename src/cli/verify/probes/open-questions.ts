import { bodyOf } from '../recorder.js'
import { defineProbe } from '../types.js'
import { isCatchAll } from '../wire.js'

export const openQuestions = defineProbe({
  name: 'Open questions',
  assumptions: {
    model: { section: '3.2', text: 'GET /v1/models/{id} does not exist', scope: 'lmstudio' },
    status: { section: '2.3', text: 'The public port does not serve /lms-status', scope: 'lmstudio' },
  },
  async run({ request, chatModel }, findings) {
    const routes = [
      { id: 'status', section: '14.6', path: '/lms-status' },
      { id: 'model', section: '14.4', path: `/v1/models/${encodeURIComponent(chatModel())}` },
    ] as const
    for (const { id, section, path } of routes) {
      const exchange = await request('GET', path)
      const isMissing = exchange.status === 404 || isCatchAll(bodyOf(exchange))
      const answer = `status ${exchange.status}, ${isMissing ? 'no such route' : 'the route exists'}`
      findings.check(id, isMissing, answer)
      findings.observe({ section, question: `GET ${path}`, answer })
    }
  },
})

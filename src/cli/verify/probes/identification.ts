import { ProviderError } from '../../../errors/provider-error.js'
import { UnsupportedEndpointError } from '../../../errors/errors.js'
import { bodyOf } from '../recorder.js'
import { defineProbe } from '../types.js'
import { isCatchAll } from '../wire.js'

const UNKNOWN_PATH = '/lmstudio-provider-verify'

export const identification = defineProbe({
  name: 'Identification',
  assumptions: {
    greeting: { section: '2.1', text: 'GET /lmstudio-greeting returns 200 and {"lmstudio":true}', scope: 'lmstudio' },
    express: { section: '1.1', text: 'Responses carry X-Powered-By: Express', scope: 'lmstudio' },
    catchAll: {
      section: '8.1',
      text: 'An unknown path returns "Unexpected endpoint or method"',
      scope: 'lmstudio',
    },
    health: { section: '1.1', text: 'There is no health route: GET /health returns the error body', scope: 'lmstudio' },
    missingRoute: {
      section: '13',
      text: 'The library reports a route that the server lacks as UnsupportedEndpointError',
    },
  },
  async run({ provider, request, server }, findings) {
    const greeting = await request('GET', '/lmstudio-greeting')
    const isGreeting = greeting.status === 200 && bodyOf(greeting)['lmstudio'] === true
    findings.check('greeting', isGreeting, `status ${greeting.status}`)
    const poweredBy = greeting.headers.get('x-powered-by')
    findings.check('express', poweredBy === 'Express', `X-Powered-By: ${poweredBy ?? 'not sent'}`)

    const unknown = await request('GET', UNKNOWN_PATH)
    findings.check('catchAll', isCatchAll(bodyOf(unknown)), `status ${unknown.status} with another body`)
    if (isCatchAll(bodyOf(unknown))) {
      findings.observe({ section: '8.1', question: 'Status of an unknown path', answer: String(unknown.status) })
    }
    const health = await request('GET', '/health')
    findings.check('health', isCatchAll(bodyOf(health)), `status ${health.status} with another body`)

    if (server.hasV1) return findings.skip('missingRoute', 'the server has every route of the library')
    try {
      await provider.unloadModel('verify')
      findings.failed('missingRoute', 'The call succeeded.')
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error
      findings.check('missingRoute', UnsupportedEndpointError.isInstance(error), `${error.name}: ${error.message}`)
    }
  },
})

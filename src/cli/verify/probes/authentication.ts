import { defineProbe } from '../types.js'

export const authentication = defineProbe({
  name: 'Authentication',
  assumptions: {
    missing: { section: '1.3', text: 'With authentication on, a request without a token gets 401' },
    placeholder: { section: '1.3', text: 'With authentication on, a placeholder token gets 401', scope: 'lmstudio' },
    ignored: { section: '1.3', text: 'With authentication off, any token is accepted' },
    greeting: { section: '1.3', text: 'The greeting needs no token', scope: 'lmstudio' },
  },
  async run({ request }, findings) {
    const without = await request('GET', '/v1/models', { token: false })
    const withPlaceholder = await request('GET', '/v1/models', { headers: { authorization: 'Bearer lm-studio' } })
    const isOn = without.status === 401 || without.status === 403
    if (isOn) {
      findings.check('missing', without.status === 401, `status ${without.status}`)
      findings.check('placeholder', withPlaceholder.status === 401, `status ${withPlaceholder.status}`)
      findings.skip('ignored', 'authentication is on')
    } else {
      findings.skip('missing', 'authentication is off')
      findings.skip('placeholder', 'authentication is off')
      findings.check('ignored', withPlaceholder.status === 200, `status ${withPlaceholder.status}`)
    }
    const greeting = await request('GET', '/lmstudio-greeting', { token: false })
    findings.check('greeting', greeting.status === 200, `status ${greeting.status}`)
  },
})
